//! Completion scripts for shells.

use clap::{Args, Command};
use clap_complete::Shell;

use crate::failure::Outcome;
use crate::terminal;

/// Prints a completion script
#[derive(Args)]
pub struct CompletionsArguments {
    /// The shell that it is for
    #[arg(value_enum)]
    shell: Shell,
}

pub fn run(arguments: &CompletionsArguments, mut command: Command) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "sidekick", &mut script);
    terminal::write(&script)
}
