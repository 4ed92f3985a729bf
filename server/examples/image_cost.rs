//! What an image costs the server, beside decoding and resizing it by hand with the crate `image`:
//! image_cost FOLDER IMAGE. The folder is that of a deployment with one image input and a model that does
//! almost nothing, whose time counts as the server's. Prints both times in microseconds.

use std::hint::black_box;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use std::{env, fs};

use image::imageops::{self, FilterType};
use serde_json::json;
use sidekick_server::source::{Loading, Source};
use sidekick_server::{data_url, http};

/// Runs of which the fastest counts: others share the machine.
const RUNS: usize = 200;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("image_cost: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let arguments: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let [folder, image] = arguments.as_slice() else {
        return Err("usage: image_cost FOLDER IMAGE".to_owned());
    };
    let file = fs::read(image).map_err(|error| format!("{}: {error}", image.display()))?;
    let loading = Loading { token: String::new(), engines: Default::default() };
    let served = Source::new(folder.clone()).load(&loading)?;
    let input = &served.deployment.inputs[0];
    let &[height, width, _] = input.shape.as_slice() else {
        return Err(format!("{}: the first input is no image", folder.display()));
    };
    let media = if file.starts_with(b"\x89PNG") { "image/png" } else { "image/jpeg" };
    let row = json!({&input.name: data_url::format(media, &file)});
    let body = axum::body::Bytes::from(json!({"rows": [row]}).to_string());

    http::reply(&served, body.clone()).map_err(|error| error.message)?;
    let server = fastest(|| http::reply(&served, body.clone()).map(drop).map_err(|error| error.message))?;
    let by_hand = fastest(|| {
        let image = image::load_from_memory(&file).map_err(|error| error.to_string())?;
        let image = image.into_rgb8();
        black_box(imageops::resize(&image, width as u32, height as u32, FilterType::Triangle));
        Ok(())
    })?;
    println!("{:.1} {:.1}", micros(server), micros(by_hand));
    Ok(())
}

fn fastest(mut work: impl FnMut() -> Result<(), String>) -> Result<Duration, String> {
    let mut best = Duration::MAX;
    for _ in 0..RUNS {
        let begun = Instant::now();
        work()?;
        best = best.min(begun.elapsed());
    }
    Ok(best)
}

fn micros(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}
