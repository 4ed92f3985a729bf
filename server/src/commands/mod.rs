//! What the program does, by its first argument.

mod check;
mod compare;
mod init;
mod inspect;
mod serve;

use clap::{Parser, Subcommand};

/// Serves ONNX models over the Deployment API and the Open Inference Protocol.
///
/// Each DIR is a deployment: a deployment.json and an ONNX model. A MODEL.onnx alone is served with the
/// inputs and outputs that its file declares. Once all of them are loaded, standard output says
///
///   listening on http://HOST:PORT
///   deployment ID URL TOKEN TITLE        (a line for each)
///   ready
///
/// where ID, URL and TOKEN hold no spaces. SIGTERM and SIGINT finish the requests in flight and end the
/// server with exit code 0; a second signal, or 30 seconds, end that with exit code 1. Exit code 1 also means
/// that it could not start, 2 that it was called wrongly.
#[derive(Parser)]
#[command(
    version,
    verbatim_doc_comment,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true
)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,

    #[command(flatten)]
    serve: serve::ServeArguments,
}

#[derive(Subcommand)]
enum Command {
    Inspect(inspect::InspectArguments),
    Init(init::InitArguments),
    Check(check::CheckArguments),
}

/// Does what the arguments say. An error is the lines that say what is wrong.
pub fn run(arguments: &Arguments) -> Result<(), String> {
    match &arguments.command {
        None => serve::run(&arguments.serve),
        Some(Command::Inspect(arguments)) => inspect::run(arguments),
        Some(Command::Init(arguments)) => init::run(arguments),
        Some(Command::Check(arguments)) => check::run(arguments),
    }
}
