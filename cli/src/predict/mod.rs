//! Predicts rows: of the command line, of a table of any length, of a folder of images.

mod bad_rows;
mod job;
mod journal;
mod pipeline;
mod progress;

use std::path::{Path, PathBuf};
use std::time::Instant;

use anstyle::Style;
use clap::Args;
use sidekick::Deployment;

use crate::connection::ConnectionArguments;
use crate::failure::{Failure, Outcome};
use crate::input::InputArguments;
use crate::input::record::Position;
use crate::input::source::Source;
use crate::output::columns::Columns;
use crate::output::target::Target;
use crate::output::writer::{Format, Writer};
use crate::predict::bad_rows::BadRows;
use crate::predict::job::Job;
use crate::predict::journal::{Entry, Journal};
use crate::predict::pipeline::{Broken, Parts, Pipeline};
use crate::predict::progress::Progress;
use crate::terminal::{self, Terminal};

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

#[derive(Args)]
#[command(next_help_heading = "Output")]
struct OutputArguments {
    /// File to write; its ending names the format; otherwise standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// How to write, if the name of the output does not say
    #[arg(short, long, value_name = "FORMAT", value_enum)]
    format: Option<Format>,

    /// Copies a column of the input to the output
    #[arg(long, value_name = "COLUMN")]
    keep: Vec<String>,

    /// Copies all columns of the input to the output
    #[arg(long, conflicts_with = "keep")]
    keep_all: bool,

    /// Writes the probabilities of all categories, not of the most probable one alone
    #[arg(long)]
    probabilities: bool,

    /// Folder for images, bytes and arrays; otherwise they are data URLs and JSON lists
    #[arg(long, value_name = "DIR")]
    files: Option<PathBuf>,

    /// File for rows that are bad, with the reason of each; all others are predicted
    #[arg(long, value_name = "FILE")]
    bad_rows: Option<PathBuf>,

    /// Takes status 500 for a refusal of rows, too: servers whose model fails at a row answer so
    #[arg(long, requires = "bad_rows")]
    isolate_status_500: bool,

    /// Goes on where an earlier run with the same arguments was ended
    #[arg(long, requires = "output")]
    resume: bool,

    /// Begins anew where an output has a journal of --resume
    #[arg(long)]
    force: bool,
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
    if connection.takes_standard_input() && input.takes_standard_input() {
        return Err(Failure::usage("standard input cannot be both the token and rows"));
    }
    output.check(input)?;
    let mut connection = connection.resolve(terminal)?;
    connection.options.set_max_in_flight(requests.in_flight)?;
    connection.options.set_batch_rows(requests.batch_rows)?;
    connection.options.set_isolate_bad_rows(output.bad_rows.is_some());
    connection.options.set_isolate_status_500(output.isolate_status_500);
    let deployment = connection.open()?;
    let mut source = input.open(deployment.inputs(), terminal)?;
    let format = output.format(&*source);
    let made = output.columns(&deployment, &mut *source, format)?;
    let job = Job::new(&connection.url, &deployment, format, made.1.titles(), output.files.as_deref());
    let opened = output.open(&*source, &made.1, &job)?;
    let begun = opened.begun;
    skip(&mut *source, &begun)?;
    let started = Instant::now();
    let shows = terminal.shows_progress() && (output.output.is_some() || !is_terminal());
    let mut progress = Progress::new(shows, source.size(), begun.position());
    let (columns, writer) = made;
    let Opened { target, bad, journal, .. } = opened;
    let parts = Parts { columns, writer, target, bad, journal, begun, batch_rows: requests.batch_rows };
    let mut pipeline = Pipeline::new(&deployment, &mut *source, parts)?;
    let done = pipeline.run(&mut progress);
    progress.finish();
    let done = done.map_err(|broken| match broken {
        Broken::Client(error, text) => connection.explain_as(&error, text),
        Broken::Other(failure) => failure,
    })?;
    if output.output.is_some() || output.bad_rows.is_some() {
        terminal.note(summary(&begun, &done, started.elapsed().as_secs_f64()));
    }
    if done.bad_rows > begun.bad_rows {
        let path = output.bad_rows.as_deref().unwrap_or(Path::new(""));
        terminal.warning(format!("{} bad rows are in {}", done.bad_rows, path.display()));
    }
    Ok(())
}

fn is_terminal() -> bool {
    std::io::IsTerminal::is_terminal(&std::io::stdout())
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

/// The files that are written.
struct Opened {
    target: Target,
    bad: Option<BadRows>,
    journal: Option<Journal>,
    /// What earlier runs have done.
    begun: Entry,
}

impl OutputArguments {
    /// Refuses what would destroy the input or an unfinished output.
    fn check(&self, input: &InputArguments) -> Outcome {
        let written = [&self.output, &self.bad_rows];
        if let Some(path) = written.into_iter().flatten().find(|path| input.reads(path)) {
            let message = format!("{} is the input, and would be overwritten", path.display());
            return Err(Failure::usage(message));
        }
        if self.bad_rows.is_some() && self.bad_rows == self.output {
            return Err(Failure::usage("--output and --bad-rows are the same file"));
        }
        if let Some(path) = self.output.as_deref().filter(|_| !self.resume && !self.force) {
            let journal = journal::path_of(path);
            if journal.exists() {
                let (path, journal) = (path.display(), journal.display());
                return Err(Failure::usage(format!(
                    "{path} has the journal {journal}: go on with --resume, or begin anew with --force"
                )));
            }
        }
        Ok(())
    }

    fn format(&self, source: &dyn Source) -> Format {
        let of_name = || self.output.as_deref().and_then(Format::of_name);
        let usual = || match (&self.output, source.is_json()) {
            (None, json) => Format::of_standard_output(json),
            (Some(_), true) => Format::Jsonl,
            (Some(_), false) => Format::Csv,
        };
        self.format.or_else(of_name).unwrap_or_else(usual)
    }

    fn columns(
        &self,
        deployment: &Deployment,
        source: &mut dyn Source,
        format: Format,
    ) -> Outcome<(Columns, Writer)> {
        if self.resume && format == Format::Table {
            return Err(Failure::usage("--resume needs --format csv or jsonl: a table cannot go on"));
        }
        let json = format == Format::Jsonl;
        let columns = Columns::new(deployment.outputs(), self.probabilities, json, self.files.clone())?;
        let upright = source.is_single() && format == Format::Table;
        let mut titles = if upright { Vec::new() } else { vec!["row".to_owned()] };
        titles.extend(source.keep(&self.keep, self.keep_all)?);
        titles.extend(columns.titles().cloned());
        let title = if self.output.is_none() { terminal::title() } else { Style::new() };
        Ok((columns, Writer::new(format, titles, upright, title)))
    }

    fn open(&self, source: &dyn Source, writer: &Writer, job: &Job) -> Outcome<Opened> {
        let mut target = self.output.as_deref().map_or(Ok(Target::standard()), Target::open)?;
        let mut bad = self.bad_rows.as_deref().map(BadRows::open).transpose()?;
        let path = self.output.as_deref().map(journal::path_of);
        if let Some(path) = path.as_deref().filter(|_| self.force) {
            journal::remove(path)?;
        }
        let mut journal = None;
        let mut begun = Entry::default();
        if let (Some(output), Some(path)) = (&self.output, path.filter(|_| self.resume)) {
            let entries = journal::read(&path, job)?;
            if entries.is_none() && !self.force && output.metadata().is_ok_and(|metadata| metadata.len() > 0)
            {
                let output = output.display();
                let message = format!("{output} is there already, and has no journal; --force overwrites it");
                return Err(Failure::usage(message));
            }
            begun = journal::last_that_fits(entries.unwrap_or_default(), &mut target, bad.as_mut())?;
            journal = Some(Journal::start(path, job, &begun)?);
        }
        target.cut(begun.output)?;
        if begun.output.bytes == 0 {
            writer.start(&mut target.buffer);
        }
        if let Some(bad) = &mut bad {
            bad.cut(begun.bad, source)?;
        }
        Ok(Opened { target, bad, journal, begun })
    }
}
