//! Sends an array from a `.npy` file through an autoencoder, and saves what comes back as a grey image.

mod common;

use common::Outcome;
use sidekick::Deployment;
use std::process::ExitCode;

fn denoise(deployment: &Deployment, files: &[String]) -> Outcome {
    let mut rows = deployment.rows();
    rows.add_npy_file(0, &files[0])?;
    rows.end_row()?;
    let predictions = deployment.predict(&rows)?;
    let values = predictions.array(0, 0)?;
    let (height, width) = match *predictions.row_shape(0, 0)? {
        [height, width, ..] if height * width == values.len() => (height, width),
        _ => return Err("the output of this deployment is not a grey image".into()),
    };
    // PGM, as the netpbm manual describes it: a head, then a byte a pixel.
    let mut image = format!("P5\n{width} {height}\n255\n").into_bytes();
    image.extend(values.iter().map(|value| (value.clamp(0.0, 1.0) * 255.0).round() as u8));
    std::fs::write(&files[1], image).map_err(|error| format!("{}: {error}", files[1]))?;
    println!("{}: {width} x {height}", files[1]);
    Ok(())
}

fn main() -> ExitCode {
    common::run("denoise --url URL INPUT.npy OUTPUT.pgm", 2..=2, denoise)
}
