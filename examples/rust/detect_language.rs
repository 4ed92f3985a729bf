//! Prints the language of each line of standard input.

mod common;

use common::Outcome;
use sidekick::{Deployment, InputPieces};
use std::io::stdin;
use std::process::ExitCode;

fn detect(deployment: &Deployment, _: &[String]) -> Outcome {
    let lines = stdin().lines().collect::<Result<Vec<_>, _>>()?;
    let texts: InputPieces = lines.iter().collect();
    let mut rows = deployment.rows();
    rows.add_columns(lines.len(), &[(0, texts.column())])?;
    let predictions = deployment.predict(&rows)?;
    let languages = predictions.probabilities(0)?;
    for (row, line) in lines.iter().enumerate() {
        let (language, probability) = languages.at_rank(row, 0)?;
        println!("{language}\t{probability:.4}\t{line}");
    }
    Ok(())
}

fn main() -> ExitCode {
    common::run("detect_language --url URL < LINES", 0..=0, detect)
}
