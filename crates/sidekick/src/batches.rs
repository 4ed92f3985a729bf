//! One predict call as several requests: sent one by one, or several at a time, their results in the order of
//! the rows.

use crate::client::{Client, Predicted};
use crate::error::{Error, ErrorKind, Result};
use crate::memory::push;
use crate::protocol::Refusal;
use crate::rows::Rows;
use crate::transport::{CallHeaders, Cancel, Close, Context, Relay, Wake};
use std::collections::BTreeMap;
use std::io;
use std::iter;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, TryRecvError};
use std::thread;

/// Predicts all rows of a call.
pub(crate) fn predict(
    client: &Client,
    rows: &Rows,
    headers: CallHeaders<'_>,
    cancel: Option<&Cancel>,
) -> Result<Predicted> {
    let mut predicted = Predicted::new(&client.schema().outputs)?;
    let batches = Batches::new(client, rows)?;
    predicted.columns.reserve(&client.schema().outputs, rows.len(), batches.count() > 1)?;
    let workers = client.options().max_in_flight.min(batches.count());
    let relay = if workers > 1 { client.relay() } else { None };
    let context = Context { cancel, relay: relay.as_deref(), headers, on_caller: workers <= 1 };
    let call = Call { client, rows, batches, context };
    if workers > 1 {
        side_by_side(&call, workers, &mut predicted)?;
    } else {
        one_by_one(&call, &mut predicted)?;
    }
    Ok(predicted)
}

/// Predicts the rows of one batch in one request, or in more if bad rows are isolated.
pub(crate) fn predict_batch(client: &Client, rows: &Rows, context: Context<'_>) -> Result<Predicted> {
    let mut predicted = Predicted::new(&client.schema().outputs)?;
    let batches = Batches::even(rows.len(), rows.len());
    Call { client, rows, batches, context }.predict(0..rows.len(), &mut predicted)?;
    Ok(predicted)
}

/// One predict call.
struct Call<'a> {
    client: &'a Client,
    rows: &'a Rows,
    batches: Batches,
    context: Context<'a>,
}

impl Call<'_> {
    /// Predicts the rows of a batch.
    fn predict_batch(&self, batch: usize) -> Result<Predicted> {
        let mut predicted = Predicted::new(&self.client.schema().outputs)?;
        self.predict(self.batches.range(batch), &mut predicted).map(|()| predicted)
    }

    /// Predicts some rows and appends their results. If bad rows are isolated, a request that the server
    /// refuses is halved until each bad row is alone.
    fn predict(&self, rows: Range<usize>, predicted: &mut Predicted) -> Result<()> {
        let columns = &mut predicted.columns;
        let predicted_all = self.client.predict(self.rows, rows.clone(), columns, self.context);
        let Err(Refusal { error, blames_rows }) = predicted_all else { return Ok(()) };
        let options = self.client.options();
        let fails_at_rows = blames_rows || options.isolate_status_500 && error.http_status() == Some(500);
        if !options.isolate_bad_rows || !fails_at_rows {
            return Err(error.in_rows(rows, self.batches.rows));
        }
        if rows.len() == 1 {
            return push(&mut predicted.failures, error.in_row(rows.start));
        }
        let middle = rows.start + rows.len() / 2;
        self.predict(rows.start..middle, predicted)?;
        self.predict(middle..rows.end, predicted)
    }
}

fn one_by_one(call: &Call<'_>, predicted: &mut Predicted) -> Result<()> {
    call.batches.ranges().try_for_each(|rows| call.predict(rows, predicted))
}

/// Each worker takes the next free batch, so that the server always has `workers` requests to work on.
fn side_by_side(call: &Call<'_>, workers: usize, predicted: &mut Predicted) -> Result<()> {
    let next = AtomicUsize::new(0);
    let failed = AtomicBool::new(false);
    let (done, results) = mpsc::channel();
    let relay = call.context.relay;
    let collected = thread::scope(|scope| {
        // However this ends, no worker waits for a token then.
        let _closed = Close(relay);
        for _ in 0..workers {
            let (done, next, failed) = (done.clone(), &next, &failed);
            let work = move || {
                // Dropped in reverse order: the waiting thread finds that this sender is gone.
                let _woken = Wake(relay);
                let done = done;
                while !failed.load(Ordering::Relaxed) {
                    let batch = next.fetch_add(1, Ordering::Relaxed);
                    if batch >= call.batches.count() {
                        return;
                    }
                    let result = call.predict_batch(batch);
                    failed.fetch_or(result.is_err(), Ordering::Relaxed);
                    if done.send((batch, result)).is_err() {
                        return;
                    }
                    relay.iter().for_each(|relay| relay.wake());
                }
            };
            let started = worker().spawn_scoped(scope, work);
            if let Err(error) = started {
                failed.store(true, Ordering::Relaxed);
                return Err(no_thread(&error));
            }
        }
        drop(done);
        collect(arriving(&results, relay), predicted)
    });
    // Lines of requests that ended after the call had failed.
    relay.iter().for_each(|relay| relay.serve());
    collected
}

/// Results as they arrive, until no worker is left. Meanwhile the callbacks of a relay run here.
fn arriving<'a, T>(results: &'a Receiver<T>, relay: Option<&'a Relay>) -> impl Iterator<Item = T> + 'a {
    let look = move || match results.try_recv() {
        Ok(result) => Some(Some(result)),
        Err(TryRecvError::Empty) => None,
        Err(TryRecvError::Disconnected) => Some(None),
    };
    iter::from_fn(move || relay.map_or_else(|| results.recv().ok(), |relay| relay.wait(look)))
}

/// A thread with a name, so that it can be distinguished from the program's.
pub(crate) fn worker() -> thread::Builder {
    thread::Builder::new().name("sidekick".to_owned())
}

/// The error if the system cannot start the threads of `max_in_flight`.
pub(crate) fn no_thread(error: &io::Error) -> Error {
    Error::new(ErrorKind::Memory, format!("no thread for max_in_flight: {error}"))
}

/// Appends results in the order of the batches, each as soon as those before it have arrived. Of several
/// errors, that of the first batch is reported.
fn collect(
    results: impl Iterator<Item = (usize, Result<Predicted>)>,
    predicted: &mut Predicted,
) -> Result<()> {
    let mut early = BTreeMap::new();
    let mut next = 0;
    for (batch, result) in results {
        early.insert(batch, result);
        while let Some(result) = early.remove(&next) {
            predicted.append(result?)?;
            next += 1;
        }
    }
    early.into_values().find_map(Result::err).map_or(Ok(()), Err)
}

/// Consecutive ranges of rows, each with as many as a request has.
pub(crate) struct Batches {
    rows: usize,
    batch_rows: usize,
    /// Where each batch begins if they are not equally long.
    starts: Option<Vec<usize>>,
}

impl Batches {
    /// Rows that cannot share a request are in different batches.
    pub(crate) fn new(client: &Client, rows: &Rows) -> Result<Batches> {
        let (count, most) = (rows.len(), client.batch_rows());
        let mut batches = Batches::even(count, most);
        if rows.store().alike(0..count) == count {
            return Ok(batches);
        }
        let (mut starts, mut start) = (Vec::new(), 0);
        while start < count {
            push(&mut starts, start)?;
            let end = count.min(start.saturating_add(most));
            start += rows.store().alike(start..end).max(1);
        }
        batches.starts = Some(starts);
        Ok(batches)
    }

    /// So many rows, as many of them in each batch.
    fn even(rows: usize, batch_rows: usize) -> Batches {
        Batches { rows, batch_rows, starts: None }
    }

    pub(crate) fn ranges(&self) -> impl Iterator<Item = Range<usize>> {
        (0..self.count()).map(|batch| self.range(batch))
    }

    fn count(&self) -> usize {
        self.starts.as_ref().map_or_else(|| self.rows.div_ceil(self.batch_rows), Vec::len)
    }

    fn range(&self, batch: usize) -> Range<usize> {
        if let Some(starts) = &self.starts {
            let start = |batch: usize| starts.get(batch).copied().unwrap_or(self.rows);
            return start(batch)..start(batch.saturating_add(1));
        }
        let first = batch.saturating_mul(self.batch_rows);
        first..self.rows.min(first.saturating_add(self.batch_rows))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_cover_all_rows_once() {
        let batches = |rows, batch_rows| Batches::even(rows, batch_rows).ranges().collect::<Vec<_>>();
        assert_eq!(batches(5, 2), [0..2, 2..4, 4..5]);
        assert_eq!(batches(4, 2), [0..2, 2..4]);
        assert_eq!(batches(4, 3), [0..3, 3..4]);
        assert_eq!(batches(3, usize::MAX).len(), 1);
        assert!(batches(0, 2).is_empty());
        let uneven = Batches { rows: 5, batch_rows: 2, starts: Some(vec![0, 1, 3]) };
        assert_eq!(uneven.ranges().collect::<Vec<_>>(), [0..1, 1..3, 3..5]);
    }
}
