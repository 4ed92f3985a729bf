//! Serves ONNX models over the Deployment API and the Open Inference Protocol, locally.

use std::process::ExitCode;

use clap::Parser;
use sidekick_server::commands::{self, Arguments};

fn main() -> ExitCode {
    match commands::run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            for line in problem.lines() {
                eprintln!("sidekick-server: {}", line.split_whitespace().collect::<Vec<_>>().join(" "));
            }
            ExitCode::FAILURE
        }
    }
}
