//! What is written: the output, the file of bad rows, and the journal of both.

use std::path::{Path, PathBuf};

use anstyle::Style;
use clap::Args;
use sidekick::Deployment;

use crate::failure::{Failure, Outcome};
use crate::input::InputArguments;
use crate::input::source::Source;
use crate::output::columns::Columns;
use crate::output::target::Target;
use crate::output::writer::{Format, Writer};
use crate::predict::bad_rows::BadRows;
use crate::predict::job::Job;
use crate::predict::journal::{self, Entry, Journal};
use crate::predict::pipeline::Parts;
use crate::terminal;

/// What is written.
#[derive(Args)]
#[command(next_help_heading = "Output")]
pub struct OutputArguments {
    /// File to write, - for standard output, which is the default; its ending names the format
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
    pub bad_rows: Option<PathBuf>,

    /// Takes status 500 for a refusal of rows, too: servers whose model fails at a row answer so
    #[arg(long, requires = "bad_rows")]
    pub isolate_status_500: bool,

    /// Goes on where an earlier run with the same arguments was ended
    #[arg(long, requires = "output")]
    resume: bool,

    /// Begins anew where an output has a journal of --resume
    #[arg(long)]
    force: bool,
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
    /// The file that is written; none for standard output.
    pub fn path(&self) -> Option<&Path> {
        self.output.as_deref().filter(|path| path.as_os_str() != "-")
    }

    /// Refuses what would destroy the input or an unfinished output.
    pub fn check(&self, input: &InputArguments) -> Outcome {
        let written = [self.path(), self.bad_rows.as_deref()];
        if let Some(path) = written.into_iter().flatten().find(|path| input.reads(path)) {
            let message = format!("{} is the input, and would be overwritten", path.display());
            return Err(Failure::usage(message));
        }
        self.check_bad_rows()?;
        if self.resume && self.path().is_none() {
            return Err(Failure::usage("--resume needs a file for --output"));
        }
        if let Some(path) = self.path().filter(|_| !self.resume && !self.force) {
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

    /// Refuses a file of bad rows that is none, or that is written otherwise.
    fn check_bad_rows(&self) -> Outcome {
        let Some(bad) = self.bad_rows.as_deref() else { return Ok(()) };
        if bad.as_os_str() == "-" {
            return Err(Failure::usage("--bad-rows needs a file: standard output is for results"));
        }
        let Some(output) = self.path() else { return Ok(()) };
        match place(bad) {
            bad if bad == place(output) => Err(Failure::usage("--output and --bad-rows are the same file")),
            bad if bad == place(&journal::path_of(output)) => {
                Err(Failure::usage("--bad-rows is the journal of --output"))
            }
            _ => Ok(()),
        }
    }

    /// Opens what is written, and reads how far an earlier run has come.
    pub fn open(&self, url: &str, deployment: &Deployment, source: &mut dyn Source) -> Outcome<Parts> {
        let format = self.format(source);
        let (columns, writer) = self.columns(deployment, source, format)?;
        let job = Job::new(url, deployment, format, writer.titles(), self.files.as_deref(), source.reading());
        let Opened { mut target, mut bad, journal, begun } = self.open_files(&job)?;
        target.cut(begun.output)?;
        if begun.output.bytes == 0 {
            writer.start(&mut target.buffer);
        }
        if let Some(bad) = &mut bad {
            bad.cut(begun.bad, source)?;
        }
        Ok(Parts { columns, writer, target, bad, journal, begun })
    }

    fn format(&self, source: &dyn Source) -> Format {
        let of_name = || self.path().and_then(Format::of_name);
        let usual = || match (self.path(), source.is_json()) {
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
        let title = if self.path().is_none() { terminal::title() } else { Style::new() };
        Ok((columns, Writer::new(format, titles, upright, title)))
    }

    fn open_files(&self, job: &Job) -> Outcome<Opened> {
        let mut target = self.path().map_or(Ok(Target::standard()), Target::open)?;
        let mut bad = self.bad_rows.as_deref().map(BadRows::open).transpose()?;
        let Some(output) = self.path() else {
            return Ok(Opened { target, bad, journal: None, begun: Entry::default() });
        };
        let path = journal::path_of(output);
        if self.force {
            journal::remove(&path)?;
        }
        if !self.resume {
            return Ok(Opened { target, bad, journal: None, begun: Entry::default() });
        }
        let entries = journal::read(&path, job)?;
        if entries.is_none() && !self.force && output.metadata().is_ok_and(|metadata| metadata.len() > 0) {
            let output = output.display();
            let message = format!("{output} is there already, and has no journal; --force overwrites it");
            return Err(Failure::usage(message));
        }
        let begun = journal::last_that_fits(entries.unwrap_or_default(), &mut target, bad.as_mut())?;
        // What a journal begins with has to be on disk.
        target.sync()?;
        bad.as_ref().map_or(Ok(()), |bad| bad.0.sync())?;
        let journal = Some(Journal::start(path, job, &begun)?);
        Ok(Opened { target, bad, journal, begun })
    }
}

/// A path that is the same for each way to write it, also if there is no such file yet.
fn place(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    let new = || Some(folder.canonicalize().ok()?.join(path.file_name()?));
    path.canonicalize().ok().or_else(new).unwrap_or_else(|| path.to_path_buf())
}
