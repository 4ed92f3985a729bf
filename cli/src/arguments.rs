//! What the program is called with.

use clap::{Parser, Subcommand};

use crate::bench::BenchArguments;
use crate::check::CheckArguments;
use crate::completions::CompletionsArguments;
use crate::describe::DescribeArguments;
use crate::man::ManArguments;
use crate::predict::PredictArguments;
use crate::serve::ServeArguments;
use crate::terminal::Manners;

/// Predictions from deployed models.
///
/// A deployment is known by its URL and token: --url and --token-file, SIDEKICK_URL and SIDEKICK_TOKEN, or a
/// profile. `sidekick help COMMAND` lists the options of a command.
///
/// Exit codes: 0 done, 1 a file or a response is broken, 2 called wrongly, 3 no connection, 4 the server
/// refused, 5 a row is bad.
#[derive(Parser)]
#[command(name = "sidekick", version, verbatim_doc_comment)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,

    #[command(flatten)]
    pub manners: Manners,
}

#[derive(Subcommand)]
pub enum Command {
    Describe(DescribeArguments),
    Predict(PredictArguments),
    Check(CheckArguments),
    Bench(BenchArguments),
    Serve(ServeArguments),
    Completions(CompletionsArguments),
    Man(ManArguments),
}
