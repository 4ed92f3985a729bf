//! Small files that declare a huge image are refused before memory is taken for it, on the way out and on the
//! way back.

#![cfg(target_os = "linux")]

mod common;

use common::{open, options, reply};
use sidekick::{Deployment, ErrorKind, Options};
use std::fs;

const MEBIBYTES_32: u64 = 32 << 20;
const DESCRIBE: &str = r#"{"components": {"schemas": {
    "input-row": {"properties": {"in": {"x-peltarion": {"type": "image", "shape": [8, 8, 3]}}}},
    "output-row-batch": {"properties": {"rows": {"properties": {
        "out": {"x-peltarion": {"type": "image", "shape": [8, 8, 3]}}}}}}}}}"#;

/// A server whose response to everything holds this text as an image.
fn serve(image: &str) -> String {
    let body = format!(r#"{{"rows":[{{"out":"{image}"}}]}}"#);
    let address = common::listen(move |mut stream| {
        while let Some(request) = common::read_request(&mut stream) {
            if !reply(&mut stream, "200 OK", if request.is_post() { &body } else { DESCRIBE }) {
                return;
            }
        }
    });
    format!("http://{address}/forward")
}

/// The most memory that this process held while `work` ran, beyond what it held before.
fn peak_of(work: impl FnOnce()) -> u64 {
    let held = |name: &str| {
        let status = fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    };
    fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = held("VmRSS:");
    work();
    held("VmHWM:").saturating_sub(before)
}

fn chunk(kind: &[u8], content: &[u8]) -> Vec<u8> {
    let body = [kind, content].concat();
    let mut checksum = u32::MAX;
    for byte in &body {
        checksum ^= u32::from(*byte);
        (0..8).for_each(|_| checksum = (checksum >> 1) ^ (0xedb8_8320 & (checksum & 1).wrapping_neg()));
    }
    [&(content.len() as u32).to_be_bytes(), body.as_slice(), &(!checksum).to_be_bytes()].concat()
}

/// A PNG of this colour type whose samples are all but missing.
fn png(side: u32, color_type: u8) -> Vec<u8> {
    let sides = [side.to_be_bytes(), side.to_be_bytes()].concat();
    let header = [sides.as_slice(), &[8, color_type, 0, 0, 0]].concat();
    let samples = [0x78, 0x01, 0x01, 0, 0, 0xff, 0xff, 0, 0, 0, 1];
    let chunks = [chunk(b"IHDR", &header), chunk(b"IDAT", &samples), chunk(b"IEND", b"")].concat();
    [b"\x89PNG\r\n\x1a\n".as_slice(), &chunks].concat()
}

fn gif(side: u16) -> Vec<u8> {
    let side = side.to_le_bytes();
    let frame = [b"\x2c\0\0\0\0".as_slice(), &side, &side, b"\0\x02\x02\x44\x01\0\x3b"].concat();
    [b"GIF89a".as_slice(), &side, &side, b"\x80\0\0\0\0\0\xff\xff\xff", &frame].concat()
}

/// A JPEG of four components at full resolution and hardly a bit of them.
fn jpeg(side: u16) -> Vec<u8> {
    let side = side.to_be_bytes();
    let components = b"\x04\x01\x11\0\x02\x11\0\x03\x11\0\x04\x11\0";
    let frame = [b"\xff\xc2\0\x14\x08".as_slice(), &side, &side, components].concat();
    [b"\xff\xd8".as_slice(), &frame, b"\xff\xda\0\x08\x01\x01\0\0\0\0ab\xff\xd9"].concat()
}

fn refused_on_adding(deployment: &Deployment, name: &str, file: &[u8]) {
    let mut refused = None;
    let peak = peak_of(|| refused = deployment.rows().add_image("in", file).err());
    let refused = refused.unwrap_or_else(|| panic!("{name} is refused"));
    assert_eq!(refused.kind(), ErrorKind::Image, "{name}: {refused}");
    assert!(peak < MEBIBYTES_32, "{name}: a peak of {peak} bytes");
}

fn refused_on_reading(name: &str, media_type: &str, file: &[u8]) {
    use base64::Engine;
    let base64 = base64::engine::general_purpose::STANDARD.encode(file);
    let deployment = open(&serve(&format!("data:{media_type};base64,{base64}")), &options());
    let mut rows = deployment.rows();
    rows.add_image("in", &png(1, 2)).unwrap();
    rows.end_row().unwrap();
    let predictions = deployment.predict(&rows).unwrap();
    let peak = peak_of(|| {
        assert_eq!(predictions.image_pixels("out", 0).unwrap_err().kind(), ErrorKind::Image, "{name}");
    });
    assert!(peak < MEBIBYTES_32, "{name}: a peak of {peak} bytes");
}

/// One test, for it measures the process.
#[test]
fn bombs_are_refused_without_memory() {
    let webp = fs::read(format!("{}/../../tests/images/bomb.webp", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let deployment = open(&serve(""), &options());
    for (name, file) in [
        ("WebP", webp),
        ("GIF", gif(16_000)),
        ("RGB PNG", png(16_000, 2)),
        ("RGBA PNG", png(16_000, 6)),
        ("JPEG", jpeg(16_000)),
        // Within the limit, and still more than the file can have.
        ("smaller JPEG", jpeg(8_000)),
    ] {
        if cfg!(feature = "more-images") || !matches!(name, "WebP" | "GIF") {
            refused_on_adding(&deployment, name, &file);
        }
    }
    refused_on_reading("RGBA PNG", "image/png", &png(16_000, 6));
    refused_on_reading("JPEG", "image/jpeg", &jpeg(16_000));
    refused_on_reading("smaller JPEG", "image/jpeg", &jpeg(8_000));

    // Without a limit, a file goes out if it can be whole.
    let mut unlimited: Options = options();
    unlimited.set_max_image_pixels(u64::MAX).unwrap();
    let deployment = open(&serve(""), &unlimited);
    assert!(deployment.rows().add_image("in", &png(16_000, 2)).is_ok());
    refused_on_adding(&deployment, "JPEG", &jpeg(16_000));
}
