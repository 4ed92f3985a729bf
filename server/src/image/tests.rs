//! What images become, against what Pillow, OpenCV, torchvision and TensorFlow make of them.

use image::{DynamicImage, GrayImage, RgbImage};

use super::filter::{Axis, Span};
use super::fit::fit;
use super::*;

const ROW: [u8; 7] = [0, 255, 0, 128, 64, 200, 10];

fn grey_row() -> DynamicImage {
    GrayImage::from_raw(7, 1, ROW.to_vec()).unwrap().into()
}

/// 5 x 4 pixels of no pattern.
fn colours() -> DynamicImage {
    let samples = (0..60).map(|i| (i * i * 37 + i * 11) as u8).collect();
    RgbImage::from_raw(5, 4, samples).unwrap().into()
}

fn size(width: usize, height: usize) -> Size {
    Size { width, height }
}

/// The samples of a tensor of bytes.
fn encoded(image: DynamicImage, keys: &InputKeys, size: Size, channels: usize) -> Vec<u8> {
    let input = keys.check(Some(size), channels).unwrap();
    let mut values = vec![77; size.width * size.height * channels];
    input.encode(image, true, |value| value.round() as u8, &mut values).unwrap();
    values
}

fn floats(image: DynamicImage, keys: &InputKeys, size: Size, channels: usize) -> Vec<f32> {
    let input = keys.check(Some(size), channels).unwrap();
    let mut values = vec![f32::NAN; size.width * size.height * channels];
    input.encode(image, false, |value| value as f32, &mut values).unwrap();
    values
}

fn filtered(filter: Filter) -> InputKeys {
    InputKeys { filter: Some(filter), ..InputKeys::default() }
}

#[test]
fn each_filter_gives_the_samples_of_pillow() {
    let due: [(Filter, [u8; 3], [u8; 10]); 5] = [
        (Filter::Nearest, [255, 128, 200], [0, 255, 255, 0, 128, 128, 64, 200, 200, 10]),
        (Filter::Box, [128, 64, 105], [0, 255, 255, 0, 128, 128, 64, 200, 200, 10]),
        (Filter::Bilinear, [109, 95, 103], [0, 140, 191, 13, 83, 106, 71, 166, 114, 10]),
        (Filter::Bicubic, [109, 92, 104], [0, 152, 218, 5, 82, 112, 67, 184, 120, 0]),
        (Filter::Lanczos, [105, 98, 103], [0, 159, 226, 7, 73, 116, 68, 192, 122, 0]),
    ];
    for (filter, fewer, more) in due {
        assert_eq!(encoded(grey_row(), &filtered(filter), size(3, 1), 1), fewer, "{filter:?}");
        assert_eq!(encoded(grey_row(), &filtered(filter), size(10, 1), 1), more, "{filter:?}");
    }
}

#[test]
fn both_directions_and_grey_give_the_samples_of_pillow() {
    let due = [
        60, 119, 176, 109, 154, 175, 73, 205, 231, 117, 151, 132, 169, 179, 134, 137, 120, 195, 110, 119,
        101, 104, 77, 107, 112, 151, 171,
    ];
    assert_eq!(encoded(colours(), &InputKeys::default(), size(3, 3), 3), due);
    let grey =
        [48, 130, 110, 168, 200, 130, 215, 197, 107, 141, 73, 159, 144, 205, 91, 176, 37, 24, 164, 126];
    assert_eq!(encoded(colours(), &InputKeys::default(), size(5, 4), 1), grey);
}

#[test]
fn without_antialias_only_neighbours_of_the_centre_count() {
    let keys =
        InputKeys { antialias: Some(false), round: Some(false), scale: Some(1.0), ..InputKeys::default() };
    // Centres at 0.6667, 3 and 5.3333.
    let values = floats(grey_row(), &keys, size(3, 1), 1);
    let due = [255.0 * 2.0 / 3.0, 128.0, 200.0 - 190.0 / 3.0];
    assert!(values.iter().zip(due).all(|(value, due)| (value - due).abs() < 1e-4), "{values:?}");
    let rounded = InputKeys { round: None, ..keys.clone() };
    assert_eq!(encoded(grey_row(), &rounded, size(3, 1), 1), [170, 128, 137]);
    // Keys' polynomial with a = -0.75, as in PyTorch and OpenCV, at the centre between two samples.
    let between = InputKeys { filter: Some(Filter::Bicubic), ..keys };
    let four: DynamicImage = GrayImage::from_raw(4, 1, vec![0, 100, 200, 0]).unwrap().into();
    let values = floats(four, &between, size(1, 1), 1);
    assert!((values[0] - 300.0 * 0.59375).abs() < 1e-4, "{values:?}");
}

#[test]
fn an_area_counts_samples_at_its_edges_in_part() {
    let values = floats(
        grey_row(),
        &InputKeys { round: Some(false), scale: Some(1.0), ..filtered(Filter::Area) },
        size(3, 1),
        1,
    );
    let due = [255.0 * 3.0 / 7.0, (128.0 + 64.0 * 2.0 / 3.0) * 3.0 / 7.0, (64.0 / 3.0 + 210.0) * 3.0 / 7.0];
    assert!(values.iter().zip(due).all(|(value, due)| (value - due).abs() < 1e-4), "{values:?}");
}

#[test]
fn a_nearest_sample_is_the_one_that_holds_the_centre() {
    let span = Span { original: 10, resized: 4, first: 1, count: 2, at: 0 };
    let axis = Axis::new(&span, Filter::Nearest, false, |weight| weight);
    assert_eq!(axis.iter().collect::<Vec<_>>(), [(3, &[1.0][..]), (6, &[1.0][..])]);
}

#[test]
fn values_follow_the_formula_in_each_layout_and_order() {
    let pixel = || RgbImage::from_raw(2, 1, vec![0, 51, 255, 102, 204, 0]).unwrap().into();
    let keys = |layout, channels| InputKeys {
        layout: Some(layout),
        channels: Some(channels),
        mean: Some(vec![0.5, 0.0, 1.0]),
        std: Some(vec![0.5, 1.0, 2.0]),
        ..InputKeys::default()
    };
    let near = |values: Vec<f32>, due: [f32; 6]| {
        assert!(values.iter().zip(due).all(|(value, due)| (value - due).abs() < 1e-6), "{values:?}");
    };
    let rgb = keys(Layout::Nhwc, Channels::Rgb);
    near(floats(pixel(), &rgb, size(2, 1), 3), [-1.0, 0.2, 0.0, -0.2, 0.8, -0.5]);
    let planes = keys(Layout::Nchw, Channels::Rgb);
    near(floats(pixel(), &planes, size(2, 1), 3), [-1.0, -0.2, 0.2, 0.8, 0.0, -0.5]);
    let bgr = keys(Layout::Nhwc, Channels::Bgr);
    near(floats(pixel(), &bgr, size(2, 1), 3), [1.0, 0.2, -0.5, -1.0, 0.8, -0.3]);
    let both = keys(Layout::Nchw, Channels::Bgr);
    near(floats(pixel(), &both, size(2, 1), 3), [1.0, -1.0, 0.2, 0.8, -0.5, -0.3]);
    let grey = GrayImage::from_raw(2, 1, vec![51, 255]).unwrap().into();
    near(floats(grey, &planes, size(2, 1), 3), [-0.6, 1.0, 0.2, 1.0, -0.4, 0.0]);
}

#[test]
fn a_tensor_of_integers_has_samples_unless_the_keys_say_otherwise() {
    let plain = InputKeys { preset: Some(Preset::Mobilenet), ..InputKeys::default() };
    assert_eq!(encoded(grey_row(), &plain, size(7, 1), 1), ROW);
    let input =
        InputKeys { mean: Some(vec![128.0]), ..InputKeys::default() }.check(Some(size(7, 1)), 1).unwrap();
    let mut values = [0i8; 7];
    input.encode(grey_row(), true, |value| value as i8, &mut values).unwrap();
    assert_eq!(values, [-128, 127, -128, 0, -64, 72, -118]);
}

#[test]
fn an_image_covers_the_size_as_torchvision_has_it() {
    let cover = |edge, image, model| fit(Resize::Cover, edge, image, model).unwrap();
    let span = |original, resized, first, count| Span { original, resized, first, count, at: 0 };
    let due = (span(640, 383, 80, 224), span(427, 256, 16, 224));
    assert_eq!(cover(Some(256), size(640, 427), size(224, 224)), due);
    let due = (span(427, 224, 0, 224), span(640, 335, 56, 224));
    assert_eq!(cover(None, size(427, 640), size(224, 224)), due);
    // Wider than the model, then higher.
    assert_eq!(cover(None, size(30, 10), size(20, 10)), (span(30, 30, 5, 20), span(10, 10, 0, 10)));
    assert_eq!(cover(None, size(10, 10), size(20, 10)), (span(10, 20, 0, 20), span(10, 20, 5, 10)));
    // Half a sample: to the even one.
    assert_eq!(cover(None, size(13, 10), size(10, 10)).0, span(13, 13, 2, 10));
    assert_eq!(cover(None, size(11, 10), size(10, 10)).0, span(11, 11, 0, 10));
}

#[test]
fn an_image_is_contained_as_in_a_letterbox_of_ultralytics() {
    let contain = |image, model| fit(Resize::Contain, None, image, model).unwrap();
    let span = |original, resized, at| Span { original, resized, first: 0, count: resized, at };
    assert_eq!(contain(size(640, 427), size(640, 640)), (span(640, 640, 0), span(427, 427, 106)));
    assert_eq!(contain(size(1, 1000), size(10, 10)), (span(1, 1, 4), span(1000, 10, 0)));
    let keys = InputKeys {
        resize: Some(Resize::Contain),
        channels: Some(Channels::Bgr),
        pad: Some(vec![1, 2, 3]),
        ..InputKeys::default()
    };
    let image = RgbImage::from_raw(2, 1, vec![10, 20, 30, 40, 50, 60]).unwrap().into();
    let due = [3, 2, 1, 3, 2, 1, 30, 20, 10, 60, 50, 40, 3, 2, 1, 3, 2, 1];
    assert_eq!(encoded(image, &keys, size(2, 3), 3), due);
}

#[test]
fn an_image_that_is_not_resized_has_the_size_of_the_model_or_gives_its_own() {
    let keys = InputKeys { resize: Some(Resize::None), ..InputKeys::default() };
    assert_eq!(encoded(grey_row(), &keys, size(7, 1), 1), ROW);
    let input = keys.check(Some(size(7, 2)), 1).unwrap();
    let refused = input.encode(grey_row(), true, |value| value as u8, &mut [0; 14]).unwrap_err();
    assert_eq!(
        refused.message,
        "the image is 7 x 1 pixels; the model takes 7 x 2, and images are not resized"
    );
    let any = keys.check(None, 1).unwrap();
    assert_eq!(any.arrangement(size_of(&grey_row())).shape(), [1, 7, 1]);
    let mut values = [0; 7];
    any.encode(grey_row(), true, |value| value as u8, &mut values).unwrap();
    assert_eq!(values, ROW);
}

#[test]
fn an_image_with_a_huge_edge_is_not_resized() {
    let long = || DynamicImage::from(GrayImage::from_raw(1 << 19, 1, vec![7; 1 << 19]).unwrap());
    let input = InputKeys::default().check(Some(size(4, 4)), 1).unwrap();
    let refused = input.encode(long(), true, |value| value as u8, &mut [0; 16]).unwrap_err();
    assert!(refused.message.contains("524288 x 1 pixels"), "{}", refused.message);
    let first = InputImage::format1(size(4, 4000), 1, 1.0);
    let refused = first.encode(long(), false, |value| value as u8, &mut [0; 16000]).unwrap_err();
    assert!(refused.message.contains("too wide"), "{}", refused.message);
}

#[test]
fn each_value_is_written_whatever_the_sizes_and_keys() {
    let filters =
        [Filter::Nearest, Filter::Box, Filter::Area, Filter::Bilinear, Filter::Bicubic, Filter::Lanczos];
    let edges = [1, 2, 3, 7, 16, 33];
    let pairs = edges.iter().flat_map(|&width| edges.iter().map(move |&height| size(width, height)));
    for (place, from) in pairs.clone().enumerate() {
        let samples = (0..from.width * from.height * 3).map(|i| (i * 89 + place) as u8).collect();
        let image = RgbImage::from_raw(from.width as u32, from.height as u32, samples).unwrap();
        for (other, to) in pairs.clone().enumerate() {
            let choice = place + other;
            let filter = filters[choice % filters.len()];
            let keys = InputKeys {
                layout: Some([Layout::Nhwc, Layout::Nchw][choice % 2]),
                resize: Some([Resize::Stretch, Resize::Cover, Resize::Contain][choice % 3]),
                filter: Some(filter),
                antialias: Some(choice % 4 < 2).filter(|_| filter.has_antialias()),
                round: Some(choice % 5 < 4),
                ..InputKeys::default()
            };
            let channels = [1, 3][other % 2];
            let values = floats(image.clone().into(), &keys, to, channels);
            let near = |value: &f32| (-1.0..=2.0).contains(value);
            assert!(values.iter().all(near), "{from:?} to {to:?} with {keys:?}");
        }
    }
}

#[test]
fn presets_expand_and_each_key_may_be_given_besides() {
    let preset = |preset| InputKeys { preset: Some(preset), ..InputKeys::default() };
    let model = Some(size(224, 224));
    let imagenet = preset(Preset::Imagenet).check(model, 3).unwrap();
    assert_eq!((imagenet.resize, imagenet.shortest_edge), (Resize::Cover, Some(256)));
    assert_eq!((imagenet.layout, imagenet.formula.mean), (Layout::Nchw, [0.485, 0.456, 0.406]));
    let changed = InputKeys {
        resize: Some(Resize::Stretch),
        channels: Some(Channels::Bgr),
        std: Some(vec![1.0]),
        ..preset(Preset::Imagenet)
    };
    let changed = changed.check(model, 3).unwrap();
    assert_eq!((changed.resize, changed.shortest_edge), (Resize::Stretch, None));
    assert_eq!((changed.formula.mean, changed.formula.std), ([0.406, 0.456, 0.485], [1.0; 3]));
    let yolo = preset(Preset::Yolo).check(model, 3).unwrap();
    assert_eq!((yolo.pad, yolo.exif, yolo.antialias, yolo.round), (vec![114; 3], true, false, true));
    let mobilenet = preset(Preset::Mobilenet).check(model, 3).unwrap();
    assert_eq!(mobilenet.formula.value(255.0, 2), 1.0);
    assert_eq!(mobilenet.formula.value(0.0, 0), -1.0);
}

#[test]
fn all_mistakes_of_an_image_are_found_at_once() {
    let keys = InputKeys {
        channels: Some(Channels::Grey),
        resize: Some(Resize::Stretch),
        shortest_edge: Some(100),
        pad: Some(vec![1, 2]),
        filter: Some(Filter::Area),
        antialias: Some(true),
        scale: Some(0.0),
        mean: Some(vec![1.0, 2.0]),
        std: Some(vec![0.0]),
        ..InputKeys::default()
    };
    let mistakes = keys.check(Some(size(224, 224)), 3).unwrap_err();
    let mut found: Vec<&str> = mistakes.iter().map(|mistake| mistake.key).collect();
    found.sort_unstable();
    found.dedup();
    assert_eq!(found, ["antialias", "channels", "mean", "pad", "scale", "shortest_edge", "std"]);
    let free = InputKeys { filter: Some(Filter::Area), ..InputKeys::default() };
    assert_eq!(free.check(None, 3).unwrap_err()[0].key, "resize");
    let small = InputKeys { resize: Some(Resize::Cover), shortest_edge: Some(100), ..InputKeys::default() };
    assert_eq!(small.check(Some(size(224, 224)), 3).unwrap_err()[0].key, "shortest_edge");
    let grey = InputKeys { preset: Some(Preset::Imagenet), ..InputKeys::default() };
    assert_eq!(grey.check(Some(size(224, 224)), 1).unwrap_err()[0].key, "preset");
    assert_eq!(InputKeys::default().check(Some(size(2, 2)), 4).unwrap_err()[0].key, "shape");
}

#[test]
fn an_output_becomes_the_image_that_its_values_were_made_of() {
    let output = OutputKeys {
        layout: Some(Layout::Nchw),
        channels: Some(Channels::Bgr),
        mean: Some(vec![0.5, 0.0, 1.0]),
        std: Some(vec![0.5, 1.0, 2.0]),
        ..OutputKeys::default()
    };
    let output = output.check(3).unwrap();
    let url = output.to_data_url(&[1.0, -1.0, 0.2, 0.8, -0.5, -0.3], size(2, 1), false).unwrap();
    let image = from_data_url(&url, Rules { max_pixels: 2, exif: false }).unwrap();
    assert_eq!(image.into_rgb8().into_raw(), [0, 51, 255, 102, 204, 0]);
    let bytes = OutputKeys::default().check(1).unwrap();
    let url = bytes.to_data_url(&[7.0, 300.0, -1.0], size(3, 1), true).unwrap();
    let image = from_data_url(&url, Rules { max_pixels: 3, exif: false }).unwrap();
    assert_eq!(image.into_luma8().into_raw(), [7, 255, 0]);
}
