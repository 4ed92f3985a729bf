//! How far an output has come, in a file beside it: a line for the job, then one for each group of rows that
//! is in the output. Now and then everything is forced to disk, and the journal becomes short again.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::failure::{Exit, Failure, Outcome};
use crate::input::record::Position;
use crate::output::target::{Mark, Target};
use crate::predict::bad_rows::BadRows;
use crate::predict::job::Job;

/// At most so much is lost if the machine fails.
const BETWEEN_SYNCS: Duration = Duration::from_secs(5);

/// What is done.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Rows of the input, with the bad ones.
    pub rows: u64,
    pub bad_rows: u64,
    /// How far the input was read, and the checksum of that.
    input: Mark,
    pub output: Mark,
    pub bad: Mark,
}

impl Entry {
    /// What is done after a row that ends at a position of the input.
    pub fn new(rows: u64, bad_rows: u64, end: Position, output: Mark, bad: Mark) -> Entry {
        let input = Mark { bytes: end.bytes, checksum: end.checksum };
        Entry { rows, bad_rows, input, output, bad }
    }

    pub fn position(&self) -> Position {
        Position { bytes: self.input.bytes, checksum: self.input.checksum }
    }
}

/// The journal of an output.
pub fn path_of(output: &Path) -> PathBuf {
    let mut path = OsString::from(output);
    path.push(".journal");
    PathBuf::from(path)
}

pub fn remove(path: &Path) -> Outcome {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Failure::file(path, &error)),
        _ => Ok(()),
    }
}

/// The entries of a journal for the same job; none if there is no journal.
pub fn read(path: &Path, job: &Job) -> Outcome<Option<Vec<Entry>>> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Failure::file(path, &error)),
    };
    let mut lines = text.split(|byte| *byte == b'\n');
    let first = lines.next().unwrap_or_default();
    let Ok(own) = serde_json::from_slice::<Job>(first) else {
        let message = format!("{}: not a journal of this program; --force begins anew", path.display());
        return Err(Failure::usage(message));
    };
    if let Some(what) = job.difference(&own) {
        let path = path.display();
        let message = format!(
            "{path} is of a run with another {what}; use the same arguments, or begin anew with --force"
        );
        return Err(Failure::usage(message));
    }
    // The last line may be cut off.
    Ok(Some(lines.map_while(|line| serde_json::from_slice(line).ok()).collect()))
}

/// The last entry whose output and bad rows are in their files. The first was forced to disk: it must be.
pub fn last_that_fits(entries: Vec<Entry>, target: &mut Target, bad: Option<&mut BadRows>) -> Outcome<Entry> {
    if entries.is_empty() {
        return Ok(Entry::default());
    }
    if entries.iter().any(|entry| entry.bad_rows > 0) && bad.is_none() {
        return Err(Failure::usage(
            "the earlier run had --bad-rows; name the same file, or begin anew with --force",
        ));
    }
    let outputs = target.fits(&entries.iter().map(|entry| entry.output).collect::<Vec<_>>())?;
    let bads = match bad {
        Some(bad) => bad.0.fits(&entries.iter().map(|entry| entry.bad).collect::<Vec<_>>())?,
        None => vec![true; entries.len()],
    };
    let fitting = outputs.iter().zip(&bads).map(|(output, bad)| *output && *bad);
    match entries.iter().zip(fitting).take_while(|(_, fits)| *fits).last() {
        Some((entry, _)) => Ok(*entry),
        None => Err(Failure::new(
            Exit::Usage,
            "the output, or the file of bad rows, changed since the journal was written; --force begins anew",
        )),
    }
}

/// A journal that is being written.
pub struct Journal {
    path: PathBuf,
    job: Job,
    /// None while it is replaced: not every system replaces a file that is open.
    file: Option<File>,
    last_sync: Instant,
}

impl Journal {
    /// Starts a journal with what is done already, or goes on with one.
    pub fn start(path: PathBuf, job: &Job, begun: &Entry) -> Outcome<Journal> {
        let file = rewrite(&path, job, begun).map_err(|error| Failure::file(&path, &error))?;
        Ok(Journal { path, job: job.clone(), file: Some(file), last_sync: Instant::now() })
    }

    /// Notes what is done. It is in its files; whether it is on disk is not known yet.
    pub fn note(&mut self, entry: &Entry) -> Outcome {
        let Some(file) = &mut self.file else { return Ok(()) };
        file.write_all(&line(entry)).map_err(|error| Failure::file(&self.path, &error))
    }

    /// Whether it is time to force everything to disk.
    pub fn wants_sync(&self) -> bool {
        self.last_sync.elapsed() >= BETWEEN_SYNCS
    }

    /// Becomes short: everything up to an entry is on disk.
    pub fn synced(&mut self, entry: &Entry) -> Outcome {
        self.file = None;
        let file = rewrite(&self.path, &self.job, entry);
        self.file = Some(file.map_err(|error| Failure::file(&self.path, &error))?);
        self.last_sync = Instant::now();
        Ok(())
    }
}

/// Replaces a journal as a whole: at no time is there half of one.
fn rewrite(path: &Path, job: &Job, entry: &Entry) -> io::Result<File> {
    let mut new = OsString::from(path);
    new.push(".new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(&new)?;
    let mut text = line(job);
    if *entry != Entry::default() {
        text.extend_from_slice(&line(entry));
    }
    file.write_all(&text)?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    // Not every system can force a folder to disk.
    if let Ok(folder) =
        File::open(path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new(".")))
    {
        let _ = folder.sync_all();
    }
    Ok(file)
}

fn line<T: Serialize>(value: &T) -> Vec<u8> {
    let mut line = serde_json::to_vec(value).unwrap_or_default();
    line.push(b'\n');
    line
}
