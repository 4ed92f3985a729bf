//! Inputs that are images by their shape.

use serde_json::json;

use crate::deployment::size_of_shape;
use crate::guess::names;
use crate::guess::write::Feature;
use crate::onnx::OnnxFile;
use crate::tensor::{Datatype, Size, TensorSpec};

/// The size of an image whose height and width are free in the model.
const ASSUMED_SIZE: usize = 224;
/// The scale of pixels 0..1.
const UNIT: f64 = 1.0 / 255.0;
/// What to write for other pixels.
const OTHER_PIXELS: &str = "if not: \"scale\": 1 for 0..255; or \"preset\": \"imagenet\" or \"mobilenet\"; \
                            or \"mean\" and \"std\"";
/// Smaller tensors are no images.
const SMALLEST: usize = 4;

/// Describes an input as an image, if its shape is that of one.
pub fn describe(feature: &mut Feature, spec: &TensorSpec, row: &[Size], onnx: &OnnxFile) -> bool {
    let image = Image::of(row).filter(|_| spec.datatype.is_float() || spec.datatype == Datatype::Uint8);
    let Some(image) = image else {
        return false;
    };
    let name = &spec.name;
    let order = if image.channels_first { "first" } else { "last" };
    let colour = if image.channels == 1 { "grey" } else { "RGB" };
    feature.assume(format!("input {name:?} is an image: channels {order}, {colour}"));
    let [height, width] = image.size(feature, name, onnx);
    if size_of_shape(&[height, width, image.channels]).is_none() {
        return false;
    }
    feature.key("type", "image").key("shape", json!([height, width, image.channels]));
    if is_detector(onnx) {
        feature.found("the metadata are those of a detector of Ultralytics, which the preset serves");
        feature.key("preset", "yolo");
        return true;
    }
    if image.channels_first {
        feature.key("layout", "NCHW");
    }
    describe_pixels(feature, spec, onnx);
    true
}

fn is_detector(onnx: &OnnxFile) -> bool {
    onnx.entry("author") == Some("Ultralytics") && onnx.entry("task") != Some("classify")
}

fn describe_pixels(feature: &mut Feature, spec: &TensorSpec, onnx: &OnnxFile) {
    let name = &spec.name;
    match onnx.scales_pixels(name) {
        _ if spec.datatype == Datatype::Uint8 => {
            feature.found("pixels 0..255, as uint8 has them").key("scale", 1)
        }
        Some(true) => feature.found("the model itself scales pixels of 0..255").key("scale", 1),
        Some(false) => {
            feature.found("the first operators of the model take pixels of 0..1").key("scale", UNIT)
        }
        None => feature
            .assume(format!("the pixels of image {name:?} are 0..1, without mean and std of the training"))
            .hint(OTHER_PIXELS)
            .key("scale", UNIT),
    };
}

/// The axes of an image.
struct Image<'a> {
    channels_first: bool,
    height: &'a Size,
    width: &'a Size,
    channels: usize,
}

impl Image<'_> {
    fn of(row: &[Size]) -> Option<Image<'_>> {
        let [first, middle, last] = row else { return None };
        let channels = |size: &Size| size.fixed().filter(|size| matches!(size, 1 | 3));
        let image = match (channels(last), channels(first)) {
            (Some(channels), None) => Image { channels_first: false, height: first, width: middle, channels },
            (_, Some(channels)) => Image { channels_first: true, height: middle, width: last, channels },
            (None, None) => return None,
        };
        let large = |size: &Size| size.fixed().is_none_or(|size| size >= SMALLEST);
        Some(image).filter(|image| large(image.height) && large(image.width))
    }

    /// Height and width; free ones are those of the metadata, or assumed.
    fn size(&self, feature: &mut Feature, name: &str, onnx: &OnnxFile) -> [usize; 2] {
        let sizes = [self.height.fixed(), self.width.fixed()];
        if let [Some(height), Some(width)] = sizes {
            return [height, width];
        }
        let declared = onnx.entry("imgsz").map(names::numbers).filter(|sizes| sizes.len() == 2);
        let other = match declared {
            Some(declared) => {
                feature.found("the size of the image is that of the metadata, \"imgsz\"");
                [declared[0], declared[1]]
            }
            None => {
                let size = format!("{ASSUMED_SIZE} x {ASSUMED_SIZE}");
                feature.assume(format!("image {name:?} is {size}: the model takes any size"));
                [ASSUMED_SIZE; 2]
            }
        };
        [sizes[0].unwrap_or(other[0]), sizes[1].unwrap_or(other[1])]
    }
}
