//! Classifies images: the class and its probability for each file. If file names contain the class, as in
//! `digit-7-0042.png`, it counts how many are right.

mod common;

use common::Outcome;
use sidekick::Deployment;
use std::path::Path;
use std::process::ExitCode;

fn classify(deployment: &Deployment, files: &[String]) -> Outcome {
    let mut rows = deployment.rows();
    for file in files {
        rows.add_image_file(0, file)?;
        rows.end_row()?;
    }
    let predictions = deployment.predict(&rows)?;
    let classes = predictions.probabilities(0)?;
    let (mut labelled, mut right) = (0, 0);
    for (row, file) in files.iter().enumerate() {
        let (label, probability) = classes.at_rank(row, 0)?;
        println!("{file}\t{label}\t{probability:.4}");
        if let Some(truth) = label_in_name(file) {
            labelled += 1;
            right += i32::from(truth == &**label);
        }
    }
    if labelled > 0 {
        println!("{right} of {labelled} right");
    }
    Ok(())
}

/// `7` of `digits/digit-7-0042.png`.
fn label_in_name(file: &str) -> Option<&str> {
    let name = Path::new(file).file_name()?.to_str()?;
    let (label, _) = name.split_once('-')?.1.split_once('-')?;
    Some(label)
}

fn main() -> ExitCode {
    common::run("classify_images --url URL FILE...", 1..=usize::MAX, classify)
}
