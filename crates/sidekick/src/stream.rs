//! Predictions as a stream: rows are pushed, and predictions taken in the order of the rows. The number of
//! rows in between is bounded.

use crate::batches::{self, Batches};
use crate::client::Client;
use crate::error::{Error, ErrorKind, Result, reserve};
use crate::memory::{none_for, push};
use crate::predictions::Predictions;
use crate::rows::Rows;
use crate::transport::{Cancel, Context, Relay};
use std::collections::VecDeque;
use std::mem;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;

/// Batches that a stream holds for each request in flight: the one in flight, and the next.
const BATCHES_IN_FLIGHT: usize = 2;

/// Rows that wait for their predictions, in order and in bounded memory.
///
/// Push until the stream [is full](Stream::is_full), take the [next](Stream::next) predictions, and repeat.
/// At the end, take predictions until there are none. If `max_in_flight` is above 1, that many threads send
/// the requests; they end with the stream. Otherwise `next` sends each request itself. One thread at a time
/// may use a stream; a [`Cancel`] may be triggered from any. A forked child must not use it.
pub struct Stream {
    /// Present until the stream is dropped.
    pipeline: Option<Pipeline>,
    process: u32,
}

/// The parts of a stream. Only the process that made it can use them: its threads are there.
struct Pipeline {
    client: Arc<Client>,
    /// Cancels requests in flight, also when the stream is dropped.
    cancel: Cancel,
    /// Batches whose predictions are not taken yet, in the order of the rows.
    held: VecDeque<Held>,
    pushed_rows: usize,
    workers: Workers,
    /// Runs the callbacks of the workers, if only the program's threads do.
    relay: Option<Arc<Relay>>,
    /// Rows whose memory is reused.
    spare: Vec<Rows>,
}

/// A batch of rows that is to be predicted.
struct Batch {
    rows: Rows,
    /// The place of its first row in the stream.
    first: usize,
}

/// The result of a batch, and its rows, whose memory is reused.
struct Done {
    rows: Option<Rows>,
    result: Result<Predictions>,
}

/// Where a worker puts the result of a batch. A lock and a condition variable leave no data in the waiting
/// thread, which belongs to the host program. A channel would.
#[derive(Default)]
struct ResultSlot {
    done: Mutex<Option<Done>>,
    filled: Condvar,
}

/// A batch whose predictions are not taken yet.
enum Held {
    /// Predicted when it is taken.
    Here(Box<Batch>),
    /// Predicted by a worker.
    Away(Arc<ResultSlot>),
}

/// The threads that predict; none if one request is in flight at a time.
struct Workers {
    most: usize,
    threads: Vec<JoinHandle<()>>,
    jobs: Sender<Job>,
    queue: Arc<Mutex<Receiver<Job>>>,
}

/// A batch, and where to put its predictions.
type Job = (Batch, Arc<ResultSlot>);

impl Stream {
    pub(crate) fn new(client: &Arc<Client>, cancel: Option<&Cancel>) -> Result<Stream> {
        let pipeline = Pipeline {
            client: Arc::clone(client),
            cancel: Cancel::under(cancel)?,
            held: VecDeque::new(),
            pushed_rows: 0,
            workers: Workers::new(client.options().max_in_flight),
            relay: client.relay(),
            spare: Vec::new(),
        };
        Ok(Stream { pipeline: Some(pipeline), process: process::id() })
    }

    /// Copies finished rows into batches of `batch_rows`. While the stream is full, it takes none and fails
    /// with [`ErrorKind::StreamFull`]. Otherwise it takes all rows, however many. It never waits.
    pub fn push(&mut self, rows: &Rows) -> Result<()> {
        self.pipeline()?.push(rows)
    }

    /// Whether the stream holds twice `max_in_flight` batches. Then predictions have to be taken before more
    /// rows are pushed.
    pub fn is_full(&self) -> bool {
        self.pipeline.as_ref().is_some_and(Pipeline::is_full)
    }

    /// Waits for the predictions of the next batch, in the order of the rows. `None` if all were taken. An
    /// error concerns one batch, and names its rows by their index among all that were pushed. The stream
    /// continues with the next batch.
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
    /// Cancels requests in flight. A forked child must leave its copy alone: it does not have the threads,
    /// and a lock may be held forever.
    fn drop(&mut self) {
        let pipeline = self.pipeline.take();
        if self.process != process::id() {
            mem::forget(pipeline);
        }
    }
}

impl Pipeline {
    fn push(&mut self, rows: &Rows) -> Result<()> {
        self.serve();
        self.client.require_own(rows)?;
        self.cancel.check()?;
        if self.is_full() {
            let message = format!("the stream holds {} batches; take predictions first", self.held.len());
            return Err(Error::new(ErrorKind::StreamFull, message));
        }
        let ranges = Batches::new(&self.client, rows)?;
        let mut batches = Vec::new();
        for range in ranges.ranges() {
            push(&mut batches, self.batch(rows, range)?)?;
        }
        self.reserve(batches.len())?;
        let wanted = self.held.len() + batches.len();
        self.workers.start(wanted, &self.client, &self.cancel, self.relay.as_ref())?;
        self.held.extend(batches.into_iter().map(|batch| self.workers.give(batch)));
        self.pushed_rows += rows.len();
        Ok(())
    }

    /// Runs callbacks that the workers wait for.
    fn serve(&self) {
        self.relay.iter().for_each(|relay| relay.serve());
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
            Held::Here(batch) => batch.predict(&self.client, Some(&self.cancel).into()),
            Held::Away(slot) => match &self.relay {
                Some(relay) => relay.wait(|| slot.take()),
                None => slot.wait(),
            },
        };
        if let Some(rows) = done.rows {
            // If there is no memory to keep them, new ones are made later.
            let _ = push(&mut self.spare, rows);
        }
        done.result.map(Some)
    }
}

impl Drop for Pipeline {
    fn drop(&mut self) {
        self.cancel.trigger();
        self.relay.iter().for_each(|relay| relay.close());
        self.workers.end();
        self.serve();
    }
}

impl Batch {
    fn predict(self, client: &Arc<Client>, context: Context<'_>) -> Done {
        let predicted = batches::predict_batch(client, &self.rows, context);
        let result = predicted.map(|predicted| client.predictions(predicted));
        // If bad rows are isolated, a request may have only part of the batch. The whole batch then has no
        // predictions.
        let count = self.rows.len();
        let result = result.map_err(|error| error.in_rows(0..count, count).in_stream(self.first));
        Done { rows: Some(self.rows), result }
    }
}

impl Done {
    /// The result that a thread leaves if a defect ended it.
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

    fn take(&self) -> Option<Done> {
        self.done.lock().unwrap_or_else(PoisonError::into_inner).take()
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

    /// Starts as many threads as that many batches can use.
    fn start(
        &mut self,
        batches: usize,
        client: &Arc<Client>,
        cancel: &Cancel,
        relay: Option<&Arc<Relay>>,
    ) -> Result<()> {
        let wanted = if self.most > 1 { batches.min(self.most) } else { 0 };
        while self.threads.len() < wanted {
            let (queue, client, cancel) = (Arc::clone(&self.queue), Arc::clone(client), cancel.clone());
            let relay = relay.cloned();
            reserve(&mut self.threads, 1)?;
            let work = move || {
                work(
                    &queue,
                    &client,
                    Context {
                        cancel: Some(&cancel),
                        relay: relay.as_deref(),
                        headers: &[],
                        on_caller: false,
                    },
                )
            };
            let started = batches::worker().spawn(work);
            self.threads.push(started.map_err(|error| batches::no_thread(&error))?);
        }
        Ok(())
    }

    /// Gives a batch to a thread, if there are any.
    fn give(&self, batch: Batch) -> Held {
        if self.threads.is_empty() {
            return Held::Here(Box::new(batch));
        }
        let slot = Arc::new(ResultSlot::default());
        // The queue lives as long as its sender does, in the same struct.
        let _ = self.jobs.send((batch, Arc::clone(&slot)));
        Held::Away(slot)
    }

    /// Ends the threads: they stop when the queue has no sender any more.
    fn end(&mut self) {
        drop(mem::replace(&mut self.jobs, mpsc::channel().0));
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// What a thread does: it predicts the next free batch.
fn work(queue: &Mutex<Receiver<Job>>, client: &Arc<Client>, context: Context<'_>) {
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
    while let Ok((batch, slot)) = next() {
        let predict = AssertUnwindSafe(|| batch.predict(client, context));
        slot.fill(catch_unwind(predict).unwrap_or_else(|_| Done::lost()));
        context.relay.iter().for_each(|relay| relay.wake());
    }
}
