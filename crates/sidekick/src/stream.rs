//! Predictions as a stream: rows are pushed, predictions taken in their order, and only so many are under way at once.

use crate::batches::{self, Batches};
use crate::client::Client;
use crate::error::{Error, ErrorKind, Result, reserve};
use crate::memory::{none_for, push};
use crate::predictions::Predictions;
use crate::rows::Rows;
use crate::transport::Cancel;
use std::collections::VecDeque;
use std::mem;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;

/// Batches that a stream holds for each request under way: one there, and one to follow it at once.
const BATCHES_IN_FLIGHT: usize = 2;

/// Rows on their way to the server and predictions on their way back, in order and in bounded memory.
///
/// Push until the stream [is full](Stream::is_full), take the [next](Stream::next) predictions, and so on; at the end take
/// until there are none. With `max_in_flight` above 1 that many threads, which end with the stream, send requests meanwhile;
/// else `next` sends the request itself. One thread at a time; a [`Cancel`] works from any. Not for a forked child.
pub struct Stream {
    /// Always there until it is dropped.
    pipeline: Option<Pipeline>,
    process: u32,
}

/// What a stream is made of; only of use in the process that made it, where its threads are.
struct Pipeline {
    client: Arc<Client>,
    /// Calls off what is under way, also when the stream is dropped.
    cancel: Cancel,
    /// Batches whose predictions were not taken yet, in the order of the rows.
    held: VecDeque<Held>,
    pushed_rows: usize,
    workers: Workers,
    /// Rows whose memory is used again.
    spare: Vec<Rows>,
}

/// A batch of rows that is to be predicted.
struct Batch {
    rows: Rows,
    /// The place of its first row in the stream.
    first: usize,
}

/// What became of a batch, and its rows, whose memory is used again.
struct Done {
    rows: Option<Rows>,
    result: Result<Predictions>,
}

/// Where a worker leaves what became of a batch. A lock and a condition leave nothing behind in the thread that waits, which is the
/// host's; a channel would.
#[derive(Default)]
struct ResultSlot {
    done: Mutex<Option<Done>>,
    filled: Condvar,
}

/// A batch that somebody is to take.
enum Held {
    /// Predicted when it is taken.
    Here(Box<Batch>),
    /// Predicted by a worker.
    Away(Arc<ResultSlot>),
}

/// The threads that predict; none where one request is under way at a time.
struct Workers {
    most: usize,
    threads: Vec<JoinHandle<()>>,
    jobs: Sender<Job>,
    queue: Arc<Mutex<Receiver<Job>>>,
}

/// A batch, and where its predictions go.
type Job = (Batch, Arc<ResultSlot>);

impl Stream {
    pub(crate) fn new(client: &Arc<Client>, cancel: Option<&Cancel>) -> Result<Stream> {
        let pipeline = Pipeline {
            client: Arc::clone(client),
            cancel: Cancel::under(cancel)?,
            held: VecDeque::new(),
            pushed_rows: 0,
            workers: Workers::new(client.options().max_in_flight),
            spare: Vec::new(),
        };
        Ok(Stream { pipeline: Some(pipeline), process: process::id() })
    }

    /// Takes a copy of finished rows, `batch_rows` of them to a request. None are taken, with [`ErrorKind::StreamFull`],
    /// while the stream is full; else all are, however many. It never waits.
    pub fn push(&mut self, rows: &Rows) -> Result<()> {
        self.pipeline()?.push(rows)
    }

    /// Whether the stream holds so many batches (twice `max_in_flight`) that predictions have to be taken before more are pushed.
    pub fn is_full(&self) -> bool {
        self.pipeline.as_ref().is_some_and(Pipeline::is_full)
    }

    /// The predictions of the next batch, in the order the rows were pushed; waits for them. Nothing where all were taken. An
    /// error is that of one batch, and names its rows among all that were pushed: the stream goes on with the next.
    #[allow(clippy::should_implement_trait)] // An iterator could not be pushed to between its items.
    pub fn next(&mut self) -> Result<Option<Predictions>> {
        self.pipeline()?.next()
    }

    fn pipeline(&mut self) -> Result<&mut Pipeline> {
        let here = self.process == process::id();
        self.pipeline.as_mut().filter(|_| here).ok_or_else(|| {
            Error::new(
                ErrorKind::Argument,
                "the stream was opened before a fork, by the parent process; open one in this process",
            )
        })
    }
}

impl Drop for Stream {
    /// Calls off what is under way. A forked child leaves alone what it has a copy of: the threads are not there, and a lock
    /// may be held for ever.
    fn drop(&mut self) {
        let pipeline = self.pipeline.take();
        if self.process != process::id() {
            mem::forget(pipeline);
        }
    }
}

impl Pipeline {
    fn push(&mut self, rows: &Rows) -> Result<()> {
        self.client.require_own(rows)?;
        self.cancel.check()?;
        if self.is_full() {
            let message = format!("the stream holds {} batches; take predictions first", self.held.len());
            return Err(Error::new(ErrorKind::StreamFull, message));
        }
        let ranges = Batches::new(&self.client, rows);
        let mut batches = Vec::new();
        for range in ranges.ranges() {
            push(&mut batches, self.batch(rows, range)?)?;
        }
        self.reserve(batches.len())?;
        self.workers.start(self.held.len() + batches.len(), &self.client, &self.cancel)?;
        self.held.extend(batches.into_iter().map(|batch| self.workers.give(batch)));
        self.pushed_rows += rows.len();
        Ok(())
    }

    /// Makes room for so many more batches.
    fn reserve(&mut self, batches: usize) -> Result<()> {
        let missing = |_| none_for(batches.saturating_mul(size_of::<Held>()));
        self.held.try_reserve(batches).map_err(missing)
    }

    fn is_full(&self) -> bool {
        self.held.len() >= self.workers.most.saturating_mul(BATCHES_IN_FLIGHT)
    }

    fn batch(&mut self, rows: &Rows, range: Range<usize>) -> Result<Batch> {
        let first = self.pushed_rows + range.start;
        let mut copy = self.spare.pop().unwrap_or_else(|| self.client.rows());
        copy.copy_rows(rows, range)?;
        Ok(Batch { rows: copy, first })
    }

    fn next(&mut self) -> Result<Option<Predictions>> {
        let Some(held) = self.held.pop_front() else { return Ok(None) };
        let done = match held {
            Held::Here(batch) => batch.predict(&self.client, &self.cancel),
            Held::Away(slot) => slot.wait(),
        };
        if let Some(rows) = done.rows {
            // Where there is no memory to keep them, others are made.
            let _ = push(&mut self.spare, rows);
        }
        done.result.map(Some)
    }
}

impl Drop for Pipeline {
    fn drop(&mut self) {
        self.cancel.trigger();
    }
}

impl Batch {
    fn predict(self, client: &Arc<Client>, cancel: &Cancel) -> Done {
        let predicted = batches::predict_batch(client, &self.rows, Some(cancel));
        let result = predicted.map(|predicted| client.predictions(predicted));
        // Where bad rows are sought, a request has some rows of the batch: all go without predictions.
        let count = self.rows.len();
        let result = result.map_err(|error| error.in_rows(0..count, count).in_stream(self.first));
        Done { rows: Some(self.rows), result }
    }
}

impl Done {
    /// What a thread leaves that a defect brought down.
    fn lost() -> Done {
        let message = "a defect of this library: a thread of the stream died";
        Done { rows: None, result: Err(Error::new(ErrorKind::Internal, message)) }
    }
}

impl ResultSlot {
    fn fill(&self, done: Done) {
        *self.done.lock().unwrap_or_else(PoisonError::into_inner) = Some(done);
        self.filled.notify_one();
    }

    fn wait(&self) -> Done {
        let done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        let mut done =
            self.filled.wait_while(done, |done| done.is_none()).unwrap_or_else(PoisonError::into_inner);
        done.take().unwrap_or_else(Done::lost)
    }
}

impl Workers {
    fn new(most: usize) -> Workers {
        let (jobs, queue) = mpsc::channel();
        Workers { most, threads: Vec::new(), jobs, queue: Arc::new(Mutex::new(queue)) }
    }

    /// Starts as many threads as can be of use for so many batches.
    fn start(&mut self, batches: usize, client: &Arc<Client>, cancel: &Cancel) -> Result<()> {
        let wanted = if self.most > 1 { batches.min(self.most) } else { 0 };
        while self.threads.len() < wanted {
            let (queue, client, cancel) = (Arc::clone(&self.queue), Arc::clone(client), cancel.clone());
            reserve(&mut self.threads, 1)?;
            let started = batches::worker().spawn(move || work(&queue, &client, &cancel));
            self.threads.push(started.map_err(|error| batches::no_thread(&error))?);
        }
        Ok(())
    }

    /// Has a batch predicted: by a thread where there are any.
    fn give(&self, batch: Batch) -> Held {
        if self.threads.is_empty() {
            return Held::Here(Box::new(batch));
        }
        let slot = Arc::new(ResultSlot::default());
        // The queue lives as long as its sender does, in the same struct.
        let _ = self.jobs.send((batch, Arc::clone(&slot)));
        Held::Away(slot)
    }
}

impl Drop for Workers {
    /// Ends the threads: they stop when nobody can give them a batch any more.
    fn drop(&mut self) {
        drop(mem::replace(&mut self.jobs, mpsc::channel().0));
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// What a thread does: predicts the next batch that nobody has.
fn work(queue: &Mutex<Receiver<Job>>, client: &Arc<Client>, cancel: &Cancel) {
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
    while let Ok((batch, slot)) = next() {
        let predict = AssertUnwindSafe(|| batch.predict(client, cancel));
        slot.fill(catch_unwind(predict).unwrap_or_else(|_| Done::lost()));
    }
}
