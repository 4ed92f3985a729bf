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
    model_description: Option<String>,
    files: Vec<String>,
    help: bool,
}

/// Runs a task on the deployment and the files of the command line, so many of them. 0 if it succeeds, 2 for
/// wrong use, 1 for any failure, each reported on one line.
pub fn run(
    usage: &str,
    count: RangeInclusive<usize>,
    task: fn(&Deployment, &[String]) -> Outcome,
) -> ExitCode {
    let Some(arguments) = parse(std::env::args().skip(1)) else { return wrong_use(usage) };
    if arguments.help {
        println!(
            "usage: {usage} [--model-description FILE]\n  the token: --token T, --token-file F, or SIDEKICK_TOKEN"
        );
        return ExitCode::SUCCESS;
    }
    let (Some(url), Some(token)) = (arguments.url, arguments.token) else { return wrong_use(usage) };
    if !count.contains(&arguments.files.len()) {
        return wrong_use(usage);
    }
    let opened = open(&url, &token, arguments.model_description.as_deref());
    match opened.and_then(|deployment| task(&deployment, &arguments.files)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn open(url: &str, token: &str, model_description: Option<&str>) -> Result<Deployment, Box<dyn Error>> {
    let mut options = Options::default();
    if let Some(file) = model_description {
        options.set_model_description_file(file)?;
    }
    Ok(Deployment::open(url, token, &options)?)
}

fn wrong_use(usage: &str) -> ExitCode {
    eprintln!("usage: {usage} (--token T, --token-file F or SIDEKICK_TOKEN; --help)");
    ExitCode::from(2)
}

/// `None` if the command line does not match the usage.
fn parse(mut words: impl Iterator<Item = String>) -> Option<Arguments> {
    let token = std::env::var("SIDEKICK_TOKEN").ok().filter(|token| !token.is_empty());
    let mut arguments = Arguments { token, ..Arguments::default() };
    while let Some(word) = words.next() {
        match &*word {
            "--help" => arguments.help = true,
            "--url" => arguments.url = Some(words.next()?),
            "--token" => arguments.token = Some(words.next()?),
            "--token-file" => arguments.token = Some(read_token(&words.next()?)),
            "--model-description" => arguments.model_description = Some(words.next()?),
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
