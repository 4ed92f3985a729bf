//! Cycles with images: files and samples to send, files that come back.

use super::cycle::*;
use image::{DynamicImage, GrayImage, ImageFormat, LumaA, RgbImage, RgbaImage};
use sidekick::{PixelEncoding, Pixels};
use std::io::Cursor;
use std::sync::OnceLock;

/// An image's name, its format, and how it is made.
type Picture = (&'static str, ImageFormat, fn() -> DynamicImage);
/// Samples that compress a little.
fn samples(count: usize) -> Vec<u8> {
    (0..count).map(|at| (at * at / 7 % 251) as u8).collect()
}

pub fn all() -> Vec<Scenario> {
    const SIDE: u32 = 200;
    let raw = |name: &str, channels: u8, row_stride: usize, encoding: PixelEncoding| {
        let name = format!("pixels, {channels} channels, {name}");
        scenario(name, IMAGE, NUMBER, many_rows(1), move |url: &str| {
            let bytes = samples((SIDE as usize + 9) * 4 * SIDE as usize);
            let pixels = Pixels { width: SIDE, height: SIDE, channels, row_stride, bytes: &bytes };
            predict_one(url, |rows| rows.add_pixels("x", &pixels, encoding));
        })
    };
    let mut all = vec![
        raw("PNG", 3, 0, PixelEncoding::Png),
        raw("PNG, gaps", 3, 609, PixelEncoding::Png),
        raw("PNG", 4, 0, PixelEncoding::Png),
        raw("PNG, gaps", 1, 503, PixelEncoding::Png),
        raw("JPEG", 1, 0, PixelEncoding::Jpeg(100)),
        raw("JPEG", 3, 0, PixelEncoding::Jpeg(100)),
        raw("JPEG, gaps", 4, 803, PixelEncoding::Jpeg(100)),
    ];
    let rgb = || DynamicImage::from(RgbImage::from_raw(SIDE, SIDE, samples(120_000)).unwrap());
    let rgba = || DynamicImage::from(RgbaImage::from_raw(SIDE, SIDE, samples(160_000)).unwrap());
    let grey = || DynamicImage::from(GrayImage::from_raw(2 * SIDE, 2 * SIDE, samples(160_000)).unwrap());
    let wide = || DynamicImage::from(RgbaImage::from_raw(40_000, 2, samples(320_000)).unwrap());
    let longest = || DynamicImage::from(GrayImage::from_raw(65_535, 1, samples(65_535)).unwrap());
    // Its indices, of a byte each, are large.
    let large = || DynamicImage::from(RgbImage::from_raw(300, 300, samples(270_000)).unwrap());
    let kinds: [Picture; 12] = [
        ("RGB", ImageFormat::Png, rgb),
        ("RGBA", ImageFormat::Png, rgba),
        ("long rows", ImageFormat::Png, wide),
        ("16 bits", ImageFormat::Png, || DynamicImage::from(RgbImage::new(SIDE, SIDE)).into_rgb16().into()),
        ("RGB", ImageFormat::Jpeg, rgb),
        ("RGB", ImageFormat::Bmp, rgb),
        ("long rows", ImageFormat::Bmp, longest),
        ("RGB", ImageFormat::Gif, rgb),
        ("large", ImageFormat::Gif, large),
        ("RGB", ImageFormat::Tiff, rgb),
        ("grey", ImageFormat::Tiff, grey),
        ("RGB", ImageFormat::WebP, rgb),
    ];
    for (what, format, picture) in kinds {
        let file = OnceLock::new();
        let made = scenario(
            format!("an image as {format:?}, {what}"),
            IMAGE,
            NUMBER,
            many_rows(1),
            move |url: &str| {
                let file = file.get_or_init(|| encoded(&picture(), format));
                predict_one(url, |rows| rows.add_image("x", file));
            },
        );
        let is_foreign = !matches!((format, what), (ImageFormat::Jpeg, _) | (ImageFormat::Bmp, "RGB"));
        all.push(Scenario { is_foreign, ..made });
    }
    let file = with("an image's file", IMAGE, |url| {
        let file = encoded(
            &DynamicImage::from(RgbImage::from_raw(200, 200, samples(120_000)).unwrap()),
            ImageFormat::Png,
        );
        let path = temporary("in.png", &file);
        predict_one(url, |rows| rows.add_image_file("x", &path));
        std::fs::remove_file(path).unwrap();
    });
    all.push(Scenario { is_foreign: true, ..file });
    let replies: [Picture; 6] = [
        ("RGB", ImageFormat::Png, rgb),
        ("RGBA", ImageFormat::Png, rgba),
        ("grey with alpha", ImageFormat::Png, || {
            DynamicImage::ImageLumaA8(image::ImageBuffer::from_pixel(300, 300, LumaA([7, 8])))
        }),
        ("RGB", ImageFormat::Jpeg, rgb),
        ("grey", ImageFormat::Jpeg, grey),
        ("16 bits", ImageFormat::Png, || DynamicImage::from(RgbImage::new(SIDE, SIDE)).into_rgb16().into()),
    ];
    for (what, format, picture) in replies {
        let made = scenario(
            format!("a response's image as {format:?}, {what}"),
            NUMBER,
            IMAGE,
            "",
            move |url: &str| {
                let deployment = open(url);
                let mut rows = deployment.rows();
                step(|| rows.add_number("x", 1.0));
                let predictions = predict(&deployment, &mut rows);
                let picture = picture();
                let size = step(|| predictions.image_size("x", 0));
                assert_eq!((size.0, size.1), (picture.width(), picture.height()));
                let pixels = step(|| predictions.image_pixels("x", 0));
                assert_eq!((pixels.width, pixels.height), (picture.width(), picture.height()));
                if format == ImageFormat::Png && size.2 == 3 {
                    assert_eq!(pixels.bytes, *picture.into_rgb8());
                }
                let path = temporary("out", b"");
                step(|| predictions.save_image("x", 0, &path));
                std::fs::remove_file(path).unwrap();
            },
        );
        let body = OnceLock::new();
        let make = move || {
            let url = data_url(format.to_mime_type(), &encoded(&picture(), format));
            format!(r#"{{"rows":[{{"x":{url}}}]}}"#).into_bytes()
        };
        let reply = Box::new(move |_: &[u8]| body.get_or_init(&make).clone());
        all.push(Scenario { reply, is_foreign: format == ImageFormat::Png, ..made });
    }
    all
}

fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut file = Vec::new();
    picture.write_to(&mut Cursor::new(&mut file), format).unwrap();
    file
}
