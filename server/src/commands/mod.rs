//! What the program does, by its first argument.

use clap::Parser;

mod serve;

/// Serves ONNX models over the Deployment API and the Open Inference Protocol.
///
/// Each DIR is a deployment: a deployment.json and an ONNX model. Once all of them are loaded, standard
/// output says
///
///   listening on http://HOST:PORT
///   deployment ID URL TOKEN TITLE        (a line for each)
///   ready
///
/// where ID, URL and TOKEN hold no spaces. SIGTERM and SIGINT finish the requests in flight and end the
/// server with exit code 0; a second signal, or 30 seconds, end that with exit code 1. Exit code 1 also means
/// that it could not start, 2 that it was called wrongly.
#[derive(Parser)]
#[command(version, verbatim_doc_comment)]
pub struct Arguments {
    #[command(flatten)]
    serve: serve::ServeArguments,
}

/// Does what the arguments say. An error is the lines that say what is wrong.
pub fn run(arguments: &Arguments) -> Result<(), String> {
    serve::run(&arguments.serve)
}
