//! What the examples share: their command line, and how they end.

use sidekick::{Deployment, Options};
use std::error::Error;
use std::ops::RangeInclusive;
use std::process::ExitCode;

pub type Outcome = Result<(), Box<dyn Error>>;

/// The arguments of the command line.
#[derive(Default)]
struct Arguments {
    url: Option<String>,
    token: Option<String>,
    files: Vec<String>,
    help: bool,
}

/// Runs a task on the deployment and the files of the command line, so many of them. 0 when it succeeds, 2
/// for wrong use, 1 for any failure, each told on one line.
pub fn run(
    usage: &str,
    count: RangeInclusive<usize>,
    task: fn(&Deployment, &[String]) -> Outcome,
) -> ExitCode {
    let Some(arguments) = parse(std::env::args().skip(1)) else { return wrong_use(usage) };
    if arguments.help {
        println!("usage: {usage}\n  the token: --token T, --token-file F, or SIDEKICK_TOKEN");
        return ExitCode::SUCCESS;
    }
    let (Some(url), Some(token)) = (arguments.url, arguments.token) else { return wrong_use(usage) };
    if !count.contains(&arguments.files.len()) {
        return wrong_use(usage);
    }
    let opened = Deployment::open(&url, &token, &Options::default()).map_err(Box::from);
    match opened.and_then(|deployment| task(&deployment, &arguments.files)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn wrong_use(usage: &str) -> ExitCode {
    eprintln!("usage: {usage} (--token T, --token-file F or SIDEKICK_TOKEN; --help)");
    ExitCode::from(2)
}

/// `None` if the command line does not match the usage.
fn parse(mut words: impl Iterator<Item = String>) -> Option<Arguments> {
    let mut arguments = Arguments { token: std::env::var("SIDEKICK_TOKEN").ok(), ..Arguments::default() };
    while let Some(word) = words.next() {
        match &*word {
            "--help" => arguments.help = true,
            "--url" => arguments.url = Some(words.next()?),
            "--token" => arguments.token = Some(words.next()?),
            "--token-file" => arguments.token = Some(read_token(&words.next()?)),
            option if option.starts_with("--") => return None,
            _ => arguments.files.push(word),
        }
    }
    Some(arguments)
}

/// A token kept in a file is not seen in a list of processes.
fn read_token(path: &str) -> String {
    std::fs::read_to_string(path).map(|text| text.trim().to_owned()).unwrap_or_else(|error| {
        eprintln!("error: {path}: {error}");
        std::process::exit(1)
    })
}
