//! Large values cost little more than themselves: the peak of the whole client, the caller's copy included,
//! stays under
//! 2.5 times the bytes on the wire. The server here reads and forgets.

#![cfg(target_os = "linux")]

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};
use sidekick::{Array, Deployment, Options, PixelEncoding, Pixels, Rows};
use std::fs;
use std::io::{BufRead, BufReader, Read, Write, copy, sink};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

const MEGABYTES_50: usize = 50_000_000;
/// An image of this side has 50 MB of RGB samples, an array of this side 50 MB of 32-bit floats.
const PICTURE_SIDE: usize = 4_083;
const ARRAY_SIDE: usize = 3_536;

static BYTES_POSTED: AtomicU64 = AtomicU64::new(0);

/// Serves a deployment that takes one feature and returns 1 for every row.
fn serve(feature: &str, tensorjson: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/forward", listener.local_addr().unwrap());
    let describe = format!(
        r#"{{"paths": {{"/": {{"x-peltarion-tensorjson": {tensorjson}}}}}, "components": {{"schemas": {{
        "input-row": {{"properties": {{"in": {{"x-peltarion": {feature}}}}}}},
        "output-row-batch": {{"properties": {{"rows": {{"properties": {{
            "out": {{"x-peltarion": {{"type": "numeric", "shape": [1]}}}}}}}}}}}}}}}}}}"#
    );
    thread::spawn(move || {
        for connection in listener.incoming() {
            answer(connection.unwrap(), &describe);
        }
    });
    url
}

fn answer(mut connection: TcpStream, describe: &str) {
    let mut reader = BufReader::new(connection.try_clone().unwrap());
    loop {
        let (mut posted, mut length) = (false, 0);
        for line in reader.by_ref().lines() {
            let line = line.unwrap().to_ascii_lowercase();
            posted |= line.starts_with("post ");
            length = line.strip_prefix("content-length: ").map_or(length, |text| text.parse().unwrap());
            if line.is_empty() {
                break;
            }
        }
        BYTES_POSTED
            .fetch_add(copy(&mut reader.by_ref().take(length), &mut sink()).unwrap(), Ordering::Relaxed);
        let body = if posted { r#"{"rows":[{"out":1}]}"# } else { describe };
        if write!(connection, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len()).is_err() {
            return;
        }
        if reader.fill_buf().is_ok_and(<[u8]>::is_empty) {
            return;
        }
    }
}

/// The most memory this process has held since the last call, in bytes.
fn take_peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    fs::write("/proc/self/clear_refs", "5").unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

/// Adds a value, predicts, and compares the peak from when the caller has its value with what went over the
/// wire.
fn check<T>(what: &str, feature: &str, tensorjson: bool, value: T, add: impl FnOnce(&mut Rows, &T)) {
    let deployment = Deployment::open(&serve(feature, tensorjson), "token", &Options::default()).unwrap();
    BYTES_POSTED.store(0, Ordering::Relaxed);
    take_peak();
    let mut rows = deployment.rows();
    add(&mut rows, &value);
    rows.end_row().unwrap();
    assert_eq!(deployment.predict(&rows).unwrap().number("out", 0).unwrap(), 1.0);
    let (peak, wire) = (take_peak(), BYTES_POSTED.load(Ordering::Relaxed));
    println!(
        "{what}: {} MB on the wire, peak {} MB, {:.2} x",
        wire / 1_000_000,
        peak / 1_000_000,
        peak as f64 / wire as f64
    );
    assert!(wire as usize > MEGABYTES_50 * 9 / 10, "{what}: {wire} bytes are no 50 MB");
    assert!(peak < wire * 5 / 2, "{what}: a peak of {peak} bytes for {wire} on the wire");
}

/// Bytes that do not compress.
fn noise(count: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let step = move |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    };
    (0..count).map(step).collect()
}

/// A PNG of 50 MB.
fn large_png() -> Vec<u8> {
    let mut file = Vec::new();
    let samples = noise(PICTURE_SIDE * PICTURE_SIDE * 3);
    let side = PICTURE_SIDE as u32;
    PngEncoder::new_with_quality(&mut file, CompressionType::Uncompressed, FilterType::NoFilter)
        .write_image(&samples, side, side, ExtendedColorType::Rgb8)
        .unwrap();
    file
}

#[test]
fn fifty_megabytes_stay_below_two_and_a_half_times_the_wire() {
    let text = "räksmörgås ".repeat(MEGABYTES_50 / 14);
    check("text", r#"{"type": "text"}"#, true, text, |rows, text| rows.add_text("in", text).unwrap());

    let image = r#"{"type": "image", "shape": [8, 8, 3]}"#;
    check("image", image, true, large_png(), |rows, png| rows.add_image("in", png).unwrap());

    // The worst of samples: those of which compression makes more.
    check("pixels", image, true, noise(PICTURE_SIDE * PICTURE_SIDE * 3), |rows, samples| {
        let side = PICTURE_SIDE as u32;
        let pixels = Pixels { width: side, height: side, channels: 3, row_stride: 0, bytes: samples };
        rows.add_pixels("in", &pixels, PixelEncoding::Png).unwrap();
    });

    let array = format!(r#"{{"type": "numeric", "shape": [{ARRAY_SIDE}, {ARRAY_SIDE}]}}"#);
    for tensorjson in [true, false] {
        let values: Vec<f32> = (0..ARRAY_SIDE * ARRAY_SIDE).map(|i| i as f32 / 7.0).collect();
        check(&format!("array, tensorjson {tensorjson}"), &array, tensorjson, values, |rows, values| {
            rows.add_array("in", &Array::of(&[ARRAY_SIDE; 2], values).unwrap()).unwrap();
        });
    }
}
