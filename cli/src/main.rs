//! Predictions from deployed models on the command line.

#![forbid(unsafe_code)]

mod arguments;
mod bench;

mod check;
mod completions;
mod connection;
mod describe;
mod examples;
mod failure;
mod histogram;
mod input;
mod invalid;
mod json_values;
mod lists;
mod man;
mod output;
mod predict;
mod profiles;
mod serve;
mod table;
mod terminal;
mod text_values;
mod token;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::arguments::{Arguments, Command};
use crate::failure::Outcome;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let terminal = terminal::Terminal::new(&arguments.manners);
    match run(&arguments.command, &terminal) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            terminal.failure(&failure);
            failure.exit.into()
        }
    }
}

fn run(command: &Command, terminal: &terminal::Terminal) -> Outcome {
    match command {
        Command::Describe(arguments) => describe::run(arguments, terminal),
        Command::Predict(arguments) => predict::run(arguments, terminal),
        Command::Check(arguments) => check::run(arguments, terminal),
        Command::Bench(arguments) => bench::run(arguments, terminal),
        Command::Serve(arguments) => serve::run(arguments),
        Command::Completions(arguments) => completions::run(arguments, Arguments::command()),
        Command::Man(arguments) => man::run(arguments, Arguments::command()),
    }
}
