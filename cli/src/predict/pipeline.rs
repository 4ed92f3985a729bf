//! Rows on their way: read, sent in batches, and written in their order. Memory is bounded by the batches in
//! flight.

use std::collections::VecDeque;

use sidekick::{Deployment, Predictions, Rows, Stream};

use crate::failure::{Failure, Outcome, exit_of, without_row};
use crate::input::record::Item;
use crate::input::source::Source;
use crate::output::cell::Cell;
use crate::output::columns::Columns;
use crate::output::target::{Mark, Target};
use crate::output::writer::Writer;
use crate::predict::bad_rows::BadRows;
use crate::predict::journal::{Entry, Journal};
use crate::predict::progress::Progress;

/// A group of rows ends after so many batches' rows, even if most are bad.
const MOST_ROWS_A_BATCH: usize = 16;

/// Where results go.
pub struct Parts {
    pub columns: Columns,
    pub writer: Writer,
    pub target: Target,
    pub bad: Option<BadRows>,
    pub journal: Option<Journal>,
    /// What earlier runs have done.
    pub begun: Entry,
}

pub struct Pipeline<'s> {
    source: &'s mut dyn Source,
    stream: Stream,
    /// The batch that is being filled.
    rows: Rows,
    /// Rows that were read and are not written yet, in their order.
    waiting: VecDeque<Waiting>,
    parts: Parts,
    batch_rows: usize,
    /// Rows that may wait to be written before more are read.
    most_waiting: usize,
    done: Entry,
    /// Rows that were sent whose predictions were taken.
    taken: usize,
}

/// A row that waits to be written.
struct Waiting {
    item: Item,
    /// Why it was not sent.
    bad: Option<String>,
    /// Whether it is the last of the rows that became one batch. A run that goes on begins after such a row,
    /// so that its batches are the same.
    ends_group: bool,
}

/// Why it ended early.
pub enum Broken {
    /// An error of the client, and the text of it that names rows of the input.
    Client(sidekick::Error, String),
    Other(Failure),
}

impl From<Failure> for Broken {
    fn from(failure: Failure) -> Broken {
        Broken::Other(failure)
    }
}

impl<'s> Pipeline<'s> {
    pub fn new(
        deployment: &Deployment,
        source: &'s mut dyn Source,
        parts: Parts,
        batch_rows: usize,
        in_flight: usize,
    ) -> Outcome<Pipeline<'s>> {
        let (stream, rows, waiting) = (deployment.stream()?, deployment.rows(), VecDeque::new());
        let done = parts.begun;
        let most_waiting = (2 * MOST_ROWS_A_BATCH).saturating_mul(batch_rows).saturating_mul(in_flight);
        Ok(Pipeline { source, stream, rows, waiting, parts, batch_rows, most_waiting, done, taken: 0 })
    }

    /// Predicts all rows that are left. What is done is written, also if it ends early.
    pub fn run(&mut self, progress: &mut Progress) -> Result<Entry, Broken> {
        let predicted = self.predict(progress);
        let written = self.finish();
        predicted?;
        written?;
        Ok(self.done)
    }

    fn predict(&mut self, progress: &mut Progress) -> Result<(), Broken> {
        let mut ended = false;
        let mut stop = None;
        loop {
            // Bad rows do not fill the stream, and wait for the rows before them.
            while !ended && !self.stream.is_full() && self.waiting.len() < self.most_waiting {
                match self.fill() {
                    Ok(more) => ended = !more,
                    // Rows before it are predicted first.
                    Err(failure) => (ended, stop) = (true, Some(failure)),
                }
                self.write_bad_rows(progress)?;
            }
            match self.stream.next().map_err(|error| self.located(error))? {
                Some(predictions) => self.write(&predictions, progress)?,
                None if ended => break,
                None => {}
            }
        }
        stop.map_or(Ok(()), |failure| Err(failure.into()))
    }

    /// Reads a group of rows and sends those that are good. Whether there may be more.
    fn fill(&mut self) -> Outcome<bool> {
        let mut read = 0;
        let mut end = Ok(true);
        let most = self.batch_rows.saturating_mul(MOST_ROWS_A_BATCH);
        while self.rows.len() < self.batch_rows && read < most {
            match self.read_row() {
                Ok(true) => read += 1,
                other => {
                    end = other;
                    break;
                }
            }
        }
        if let Some(last) = self.waiting.back_mut().filter(|_| read > 0) {
            last.ends_group = true;
        }
        if !self.rows.is_empty() {
            self.stream.push(&self.rows)?;
            self.rows.clear();
        }
        end
    }

    /// Reads one row; false at the end of the input. A bad row is a failure if there is no file for it.
    fn read_row(&mut self) -> Outcome<bool> {
        let Some(item) = self.source.next()? else { return Ok(false) };
        let added = self.source.add(&item.record, &mut self.rows).and_then(|()| self.rows.end_row());
        let bad = added.err().map(|error| (exit_of(&error), without_row(&error)));
        if bad.is_some() {
            self.rows.discard_row();
        }
        if let (Some((exit, reason)), None) = (&bad, &self.parts.bad) {
            return Err(Failure::new(*exit, format!("{}{reason}", item.place())));
        }
        let bad = bad.map(|(_, reason)| reason);
        self.waiting.push_back(Waiting { item, bad, ends_group: false });
        Ok(true)
    }

    /// An error about rows of the stream, with their places in the input. They are the next that wait.
    fn located(&self, error: sidekick::Error) -> Broken {
        let text = without_row(&error);
        let mut sent =
            self.waiting.iter().filter(|waiting| waiting.bad.is_none()).map(|waiting| &waiting.item);
        let place = match (error.row(), error.rows()) {
            (None, Some(rows)) if rows.len() > 1 => {
                let first = sent.next().map_or(1, |item| item.row);
                let last = sent.nth(rows.len() - 2).map_or(first, |item| item.row);
                format!("rows {first} to {last}: ")
            }
            (None, Some(_)) => sent.next().map(Item::place).unwrap_or_default(),
            (Some(row), _) => {
                let place = row.saturating_sub(self.taken);
                sent.nth(place).map(Item::place).unwrap_or_default()
            }
            (None, None) => String::new(),
        };
        Broken::Client(error, place + &text)
    }

    /// Writes the predictions of some rows that were sent.
    fn write(&mut self, predictions: &Predictions, progress: &mut Progress) -> Outcome {
        let mut failures = predictions.failures().iter().peekable();
        let count = predictions.len() + predictions.failures().len();
        let mut predicted = 0;
        self.taken += count;
        for sent in 0..count {
            self.write_bad_rows(progress)?;
            let Some(waiting) = self.waiting.pop_front() else { break };
            let failure = failures.next_if(|failure| failure.row() == Some(sent));
            match failure {
                Some(failure) => self.write_bad(&waiting.item, &without_row(failure)),
                None => {
                    self.write_row(&waiting.item, predictions, predicted)?;
                    predicted += 1;
                }
            }
            progress.row(failure.is_some());
            self.passed(&waiting, progress)?;
        }
        self.write_bad_rows(progress)
    }

    /// Writes the bad rows that are next.
    fn write_bad_rows(&mut self, progress: &mut Progress) -> Outcome {
        while self.waiting.front().is_some_and(|waiting| waiting.bad.is_some()) {
            let Some(waiting) = self.waiting.pop_front() else { break };
            self.write_bad(&waiting.item, waiting.bad.as_deref().unwrap_or_default());
            progress.row(true);
            self.passed(&waiting, progress)?;
        }
        Ok(())
    }

    fn write_row(&mut self, item: &Item, predictions: &Predictions, index: usize) -> Outcome {
        let Parts { columns, writer, target, .. } = &mut self.parts;
        let mut cells = Vec::with_capacity(writer.titles().len());
        if writer.numbers_rows() {
            cells.push(Cell::Number(item.row.to_string()));
        }
        cells.extend(self.source.kept(&item.record));
        columns.push(predictions, index, item.row, &mut cells)?;
        writer.row(&cells, &mut target.buffer);
        Ok(())
    }

    fn write_bad(&mut self, item: &Item, reason: &str) {
        if let Some(bad) = &mut self.parts.bad {
            bad.push(self.source, item, reason);
            self.done.bad_rows += 1;
        }
    }

    /// A row is written. At the end of a group that is noted.
    fn passed(&mut self, waiting: &Waiting, progress: &mut Progress) -> Outcome {
        if !waiting.ends_group {
            return Ok(());
        }
        progress.update(waiting.item.end);
        let (rows, bad_rows) = (waiting.item.row, self.done.bad_rows);
        self.flush()?;
        let (output, bad) = (self.parts.target.mark(), self.bad_mark());
        self.done = Entry::new(rows, bad_rows, waiting.item.end, output, bad);
        let Some(journal) = &mut self.parts.journal else { return Ok(()) };
        journal.note(&self.done)?;
        match journal.wants_sync() {
            true => self.sync(),
            false => Ok(()),
        }
    }

    fn flush(&mut self) -> Outcome {
        self.parts.writer.end_group(&mut self.parts.target.buffer);
        self.parts.target.flush()?;
        self.parts.bad.as_mut().map_or(Ok(()), |bad| bad.0.flush())
    }

    /// Forces everything to disk.
    fn sync(&mut self) -> Outcome {
        let Some(journal) = &mut self.parts.journal else { return Ok(()) };
        self.parts.target.sync()?;
        self.parts.bad.as_ref().map_or(Ok(()), |bad| bad.0.sync())?;
        journal.synced(&self.done)
    }

    /// Writes what is left. With a journal, rows of a group that is not whole are not written: another run
    /// predicts them in the batch that they belong to.
    fn finish(&mut self) -> Outcome {
        if self.parts.journal.is_none() || self.waiting.is_empty() {
            self.flush()?;
            self.done.output = self.parts.target.mark();
            self.done.bad = self.bad_mark();
        }
        self.sync()
    }

    fn bad_mark(&self) -> Mark {
        self.parts.bad.as_ref().map_or(Mark::default(), |bad| bad.0.mark())
    }
}
