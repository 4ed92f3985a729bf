//! Serves ONNX models over the Deployment API and the Open Inference Protocol, locally.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use sidekick_server::commands::{self, Arguments};

fn main() -> ExitCode {
    match commands::run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            for line in problem.lines() {
                let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
                // A closed standard error changes nothing of what failed.
                drop(writeln!(io::stderr(), "sidekick-server: {line}"));
            }
            ExitCode::FAILURE
        }
    }
}
