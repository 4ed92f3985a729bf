//! Predicts rows: of the command line, of a table of any length, of a folder of images.

mod bad_rows;
mod job;
mod journal;
mod outputs;
mod pipeline;
mod progress;

use std::io::{self, IsTerminal};
use std::time::Instant;

use clap::Args;

use crate::connection::ConnectionArguments;
use crate::failure::{Failure, Outcome};
use crate::input::InputArguments;
use crate::input::record::Position;
use crate::input::source::{Source, listed};
use crate::predict::journal::Entry;
use crate::predict::outputs::OutputArguments;
use crate::predict::pipeline::{Broken, Pipeline};
use crate::predict::progress::Progress;
use crate::terminal::Terminal;

/// Predicts rows: one by its values, a table, JSON Lines, a folder of images
#[derive(Args)]
pub struct PredictArguments {
    #[command(flatten)]
    input: InputArguments,

    #[command(flatten)]
    output: OutputArguments,

    #[command(flatten)]
    requests: RequestArguments,

    #[command(flatten)]
    connection: ConnectionArguments,
}

/// How rows are sent.
#[derive(Args)]
#[command(next_help_heading = "Requests")]
pub struct RequestArguments {
    /// Requests in flight at once
    #[arg(short = 'n', long, value_name = "NUMBER", default_value_t = 4, value_parser = at_least_one)]
    pub in_flight: usize,

    /// Rows of a request
    #[arg(short, long, value_name = "NUMBER", default_value_t = sidekick::DEFAULT_BATCH_ROWS,
        value_parser = at_least_one)]
    pub batch_rows: usize,
}

fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("it has to be at least 1".to_owned()),
        Ok(number) => Ok(number),
        Err(_) => Err("not a number".to_owned()),
    }
}

pub fn run(arguments: &PredictArguments, terminal: &Terminal) -> Outcome {
    let PredictArguments { input, output, requests, connection } = arguments;
    if input.is_empty() {
        return Err(Failure::usage("nothing to predict: give NAME=VALUE, a file, or - for standard input"));
    }
    match (connection.takes_standard_input(), input.reads_of_standard_input()) {
        (true, 1..) => return Err(Failure::usage("standard input cannot be both the token and rows")),
        (_, 2..) => return Err(Failure::usage("standard input can be read only once")),
        _ => {}
    }
    output.check(input)?;
    let mut connection = connection.resolve(terminal)?;
    connection.options.set_max_in_flight(requests.in_flight)?;
    connection.options.set_batch_rows(requests.batch_rows)?;
    connection.options.set_isolate_bad_rows(output.bad_rows.is_some());
    connection.options.set_isolate_status_500(output.isolate_status_500);
    let deployment = connection.open()?;
    let mut source = input.open(deployment.inputs())?;
    let parts = output.open(&connection.url, &deployment, &mut *source)?;
    let unused = source.unused();
    note_unused(&unused, terminal);
    let begun = parts.begun;
    skip(&mut *source, &begun)?;
    let started = Instant::now();
    let shows = terminal.shows_progress() && (output.path().is_some() || !io::stdout().is_terminal());
    let mut progress = Progress::new(shows, source.size(), begun.position());
    let RequestArguments { batch_rows, in_flight } = *requests;
    let done = Pipeline::new(&deployment, &mut *source, parts, batch_rows, in_flight)?.run(&mut progress);
    progress.finish();
    if unused.is_empty() {
        note_unused(&source.unused(), terminal);
    }
    let done = done.map_err(|broken| match broken {
        Broken::Client(error, text) => connection.explain_as(&error, text),
        Broken::Other(failure) => failure,
    })?;
    report(output, terminal, &begun, &done, started.elapsed().as_secs_f64());
    Ok(())
}

/// A column that is no input may be a misspelt one.
fn note_unused(unused: &[String], terminal: &Terminal) {
    if !unused.is_empty() {
        terminal.note(format!("columns that are no input are ignored: {}", listed(unused)));
    }
}

/// Says what was done, if it is not on standard output.
fn report(output: &OutputArguments, terminal: &Terminal, begun: &Entry, done: &Entry, seconds: f64) {
    if output.path().is_some() || output.bad_rows.is_some() {
        terminal.note(summary(begun, done, seconds));
    }
    if let Some(path) = output.bad_rows.as_deref().filter(|_| done.bad_rows > begun.bad_rows) {
        let rows = if done.bad_rows == 1 { "row is" } else { "rows are" };
        terminal.warning(format!("{} bad {rows} in {}", done.bad_rows, path.display()));
    }
}

/// Reads past the rows that an earlier run has done, and makes sure that they are the same.
fn skip(source: &mut dyn Source, begun: &Entry) -> Outcome {
    let mut end = Position::default();
    let mut rows = 0;
    while rows < begun.rows {
        let Some(item) = source.next()? else { break };
        (rows, end) = (item.row, item.end);
    }
    match (rows, end) == (begun.rows, begun.position()) {
        true => Ok(()),
        false => Err(Failure::usage(format!(
            "the input is not that of the journal: its first {} rows differ; --force begins anew",
            begun.rows
        ))),
    }
}

fn summary(begun: &Entry, done: &Entry, seconds: f64) -> String {
    let rows = done.rows - begun.rows;
    let before = match begun.rows {
        0 => String::new(),
        before => format!(" after {before} of earlier runs"),
    };
    let rate = rows as f64 / seconds.max(1e-9);
    format!("{rows} rows{before} in {seconds:.1} s, {rate:.0} rows/s")
}
