//! Joins the requests of several clients to one run of the model.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::{Duration, Instant};

use crate::deployment::Batching;
use crate::engine::{ALWAYS, Caller, EngineError, Model};
use crate::metrics::Counts;
use crate::tensor::{Signature, Size, Tensor, TensorSpec};

/// A model whose requests wait for one another, for a while.
///
/// The first request of a batch waits for others, then runs the model for all of them. Requests share a batch
/// if their tensors have the same shapes but for the first axis. A batch that fails is run request by
/// request, so that each gets its own result or error.
pub struct Batcher {
    model: Arc<dyn Model>,
    /// How long the first request of a batch waits.
    delay: Duration,
    /// The most rows of a batch.
    most: usize,
    /// How many runs of the model there are at once. Other batches wait, and take more requests meanwhile.
    at_once: usize,
    counts: Arc<Counts>,
    state: Mutex<State>,
    /// For the first requests of batches.
    changed: Condvar,
    /// For requests that are computed alone.
    freed: Condvar,
}

#[derive(Default)]
struct State {
    open: Vec<Batch>,
    last: u64,
    computed: usize,
}

/// A batch whose first request waits for others.
struct Batch {
    number: u64,
    /// The shapes of the inputs without their first axis.
    shapes: Vec<Vec<usize>>,
    rows: usize,
    /// Whether no more requests fit.
    full: bool,
    /// The requests that have joined the first.
    others: Vec<Request>,
}

struct Request {
    job: Job,
    answer: mpsc::Sender<Answer>,
}

/// What a request needs of the model.
struct Job {
    rows: usize,
    inputs: Vec<Tensor>,
    outputs: Vec<usize>,
}

/// What comes of a request that has joined another.
enum Answer {
    Done(Result<Vec<Tensor>, EngineError>),
    /// The batch failed: it has to run alone.
    Alone(Job),
}

impl Batcher {
    /// Fails if the model has a tensor without an axis for rows.
    pub fn new(model: Arc<dyn Model>, batching: Batching, counts: Arc<Counts>) -> Result<Batcher, String> {
        check(model.signature())?;
        let Batching { delay, rows } = batching;
        let cores = std::thread::available_parallelism().map_or(2, |cores| cores.get());
        // An engine on another machine has a queue of its own.
        let at_once = if model.waits() { usize::MAX } else { cores };
        let (state, changed, freed) = (Mutex::default(), Condvar::new(), Condvar::new());
        Ok(Batcher { model, delay, most: rows, at_once, counts, state, changed, freed })
    }

    /// Joins a batch that is open, or opens one.
    fn enter(&self, job: Job) -> Entered {
        let shapes = job.inputs.iter().map(|input| input.shape[1..].to_vec()).collect();
        let mut state = self.state();
        if let Some(batch) = state.open.iter_mut().find(|batch| !batch.full && batch.shapes == shapes) {
            if batch.rows + job.rows <= self.most {
                let (sender, receiver) = mpsc::channel();
                batch.rows += job.rows;
                batch.full = batch.rows == self.most;
                let full = batch.full;
                batch.others.push(Request { job, answer: sender });
                if full {
                    self.changed.notify_all();
                }
                return Entered::Joined(receiver);
            }
            batch.full = true;
            self.changed.notify_all();
        }
        state.last += 1;
        let number = state.last;
        state.open.push(Batch { number, shapes, rows: job.rows, full: false, others: Vec::new() });
        Entered::First(number, job)
    }

    /// Waits until a batch is full or its time is up, and one may be computed. Returns the others in it.
    fn wait(&self, number: u64) -> Vec<Request> {
        let end = Instant::now() + self.delay;
        let mut state = self.state();
        loop {
            let place = state.open.iter().position(|batch| batch.number == number).unwrap_or_default();
            let left = end.saturating_duration_since(Instant::now());
            let is_due = state.open[place].full || left.is_zero();
            if is_due && state.computed < self.at_once {
                state.computed += 1;
                return state.open.swap_remove(place).others;
            }
            let left = if is_due { Duration::MAX } else { left };
            let woken = self.changed.wait_timeout(state, left.min(LONGEST_WAIT));
            state = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Runs the model for one request, as soon as that may be.
    fn run_alone(
        &self,
        inputs: Vec<Tensor>,
        outputs: &[usize],
        caller: Caller,
    ) -> Result<Vec<Tensor>, EngineError> {
        let mut state = self.state();
        while state.computed >= self.at_once {
            state = self.freed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.computed += 1;
        drop(state);
        let _end = End(self);
        self.model.run(inputs, outputs, caller)
    }

    /// Runs the model for the first request and those that have joined it.
    fn compute(&self, first: Job, others: Vec<Request>, caller: Caller) -> Result<Vec<Tensor>, EngineError> {
        let _end = End(self);
        self.counts.joined.observe(1 + others.len() as u64);
        if others.is_empty() {
            return self.model.run(first.inputs, &first.outputs, caller);
        }
        let jobs: Vec<&Job> = std::iter::once(&first).chain(others.iter().map(|other| &other.job)).collect();
        // A panic of the engine is a failure of the batch, too: most of its requests may be fine.
        let outcome = catch_unwind(AssertUnwindSafe(|| self.run_joined(&jobs)));
        match outcome {
            Ok(Some(Ok(results))) => {
                let mut results = results.into_iter();
                let own = results.next().unwrap_or_default();
                for (other, result) in others.into_iter().zip(results) {
                    other.answer(Answer::Done(Ok(result)));
                }
                Ok(own)
            }
            // Each of them would wait for the engine in vain.
            Ok(Some(Err(EngineError::Unavailable { reason, retry_after }))) => {
                let error = || EngineError::Unavailable { reason: reason.clone(), retry_after };
                others.into_iter().for_each(|other| other.answer(Answer::Done(Err(error()))));
                Err(error())
            }
            _ => {
                for Request { job, answer } in others {
                    // Who waits no longer needs no answer.
                    drop(answer.send(Answer::Alone(job)));
                }
                self.model.run(first.inputs, &first.outputs, caller)
            }
        }
    }

    /// Runs the model once. The outputs of each job; none if they cannot be joined, or taken apart.
    fn run_joined(&self, jobs: &[&Job]) -> Option<Result<Vec<Vec<Tensor>>, EngineError>> {
        let inputs = (0..jobs[0].inputs.len()).map(|place| {
            let parts = jobs.iter().map(|job| job.inputs[place].clone());
            Tensor::join(parts)
        });
        let inputs = inputs.collect::<Option<Vec<Tensor>>>()?;
        let mut places: Vec<usize> = jobs.iter().flat_map(|job| job.outputs.iter().copied()).collect();
        places.sort_unstable();
        places.dedup();
        // The others want it, even if the first one has gone.
        let found = match self.model.run(inputs, &places, ALWAYS) {
            Ok(found) => found,
            Err(error) => return Some(Err(error)),
        };
        let rows = jobs.iter().map(|job| job.rows).sum();
        if found.len() != places.len() || found.iter().any(|output| output.shape.first() != Some(&rows)) {
            return None;
        }
        let mut start = 0;
        let part = |job: &&Job| {
            let rows = start..start + job.rows;
            start = rows.end;
            let output = |place| Some(found[places.binary_search(place).ok()?].rows(rows.clone()));
            job.outputs.iter().map(output).collect::<Option<Vec<Tensor>>>()
        };
        jobs.iter().map(part).collect::<Option<Vec<_>>>().map(Ok)
    }

    /// Nothing panics while it holds the lock.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A wait that the clock can express.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

enum Entered {
    First(u64, Job),
    Joined(mpsc::Receiver<Answer>),
}

impl Request {
    fn answer(self, answer: Answer) {
        // Who waits no longer needs no answer.
        drop(self.answer.send(answer));
    }
}

impl Model for Batcher {
    fn engine(&self) -> &str {
        self.model.engine()
    }

    fn signature(&self) -> &Signature {
        self.model.signature()
    }

    fn run(
        &self,
        inputs: Vec<Tensor>,
        outputs: &[usize],
        caller: Caller,
    ) -> Result<Vec<Tensor>, EngineError> {
        let Some(rows) = common_rows(&inputs).filter(|rows| (1..self.most).contains(rows)) else {
            return self.run_alone(inputs, outputs, caller);
        };
        match self.enter(Job { rows, inputs, outputs: outputs.to_vec() }) {
            Entered::First(number, job) => {
                let others = self.wait(number);
                self.compute(job, others, caller)
            }
            Entered::Joined(answer) => match answer.recv() {
                Ok(Answer::Done(outcome)) => outcome,
                Ok(Answer::Alone(job)) => self.run_alone(job.inputs, &job.outputs, caller),
                Err(_) => Err(EngineError::Failed("the batch of the request was lost".to_owned())),
            },
        }
    }

    fn waits(&self) -> bool {
        true
    }
}

/// The end of a computation, also if it panics.
struct End<'a>(&'a Batcher);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.state().computed -= 1;
        self.0.changed.notify_all();
        // If a batch is faster, its own end wakes the next.
        self.0.freed.notify_one();
    }
}

/// The rows of tensors that all have as many.
fn common_rows(inputs: &[Tensor]) -> Option<usize> {
    let rows = *inputs.first()?.shape.first()?;
    inputs.iter().all(|input| input.shape.first() == Some(&rows)).then_some(rows)
}

/// Checks that all tensors have an axis of free size first.
fn check(signature: &Signature) -> Result<(), String> {
    let has_rows = |spec: &&TensorSpec| matches!(spec.sizes().first(), Some(Size::Free(_)));
    let sides = [("input", &signature.inputs), ("output", &signature.outputs)];
    for (side, specs) in sides {
        if let Some(spec) = specs.iter().find(|spec| !has_rows(spec)) {
            return Err(format!(
                "max_batch_delay: the {side} {:?} of the model has the shape {:?}; requests can only be joined \
                 if the first axis of every tensor is the batch, of any size",
                spec.name,
                spec.wire_shape()
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    use super::*;
    use crate::tensor::{Datatype, Values};

    /// Doubles its input, and gives how many rows a run had. It fails at a negative number, panics at a NaN,
    /// and is not there for infinity.
    struct Doubler {
        signature: Signature,
        runs: AtomicUsize,
    }

    impl Model for Doubler {
        fn engine(&self) -> &str {
            "doubler"
        }

        fn signature(&self) -> &Signature {
            &self.signature
        }

        fn run(&self, inputs: Vec<Tensor>, outputs: &[usize], _: Caller) -> Result<Vec<Tensor>, EngineError> {
            self.runs.fetch_add(1, Ordering::SeqCst);
            let Values::F32(values) = &inputs[0].values else { panic!("floats") };
            assert!(!values.iter().any(|value| value.is_nan()));
            if values.contains(&f32::INFINITY) {
                return Err(EngineError::Unavailable { reason: "gone".to_owned(), retry_after: None });
            }
            if let Some(negative) = values.iter().find(|value| **value < 0.0) {
                return Err(EngineError::Failed(format!("{negative} is negative")));
            }
            let rows = inputs[0].shape[0];
            let output = |place: &usize| match place {
                0 => Tensor {
                    shape: inputs[0].shape.clone(),
                    values: Values::F32(values.iter().map(|value| value * 2.0).collect()),
                },
                _ => Tensor { shape: vec![rows], values: Values::I64(vec![rows as i64; rows]) },
            };
            Ok(outputs.iter().map(output).collect())
        }
    }

    fn doubler() -> Arc<Doubler> {
        let spec = |name, datatype, rest: &[Size]| {
            TensorSpec::new(name, datatype, [&[Size::Free(None)], rest].concat())
        };
        let x = || spec("x", Datatype::Fp32, &[Size::Free(None)]);
        let outputs = vec![x(), spec("rows", Datatype::Int64, &[])];
        let signature = Signature { inputs: vec![x()], outputs, ..Signature::default() };
        Arc::new(Doubler { signature, runs: AtomicUsize::new(0) })
    }

    /// An hour is longer than any test: these batches are computed when they are full.
    fn batcher(model: &Arc<Doubler>, most: usize) -> Arc<Batcher> {
        let batching = Batching { delay: Duration::from_secs(3600), rows: most };
        let model: Arc<dyn Model> = Arc::<Doubler>::clone(model);
        Arc::new(Batcher::new(model, batching, Arc::default()).unwrap())
    }

    fn rows(values: &[f32]) -> Vec<Tensor> {
        vec![Tensor { shape: vec![values.len(), 1], values: Values::F32(values.to_vec()) }]
    }

    /// What comes of requests that arrive one after the other, in their order.
    fn run_all(
        batcher: &Arc<Batcher>,
        requests: &[(&[f32], &[usize])],
    ) -> Vec<Result<Vec<Tensor>, EngineError>> {
        let run = |&(values, outputs): &(&[f32], &[usize])| {
            let before = batcher.state().open.iter().map(|batch| batch.rows).sum::<usize>();
            let (own, inputs, outputs) = (Arc::clone(batcher), rows(values), outputs.to_vec());
            let running = thread::spawn(move || own.run(inputs, &outputs, ALWAYS));
            // The next one comes when this one waits, or when the batch has left.
            while batcher.state().open.iter().map(|batch| batch.rows).sum::<usize>() == before {
                if running.is_finished() {
                    break;
                }
                thread::yield_now();
            }
            running
        };
        let running: Vec<_> = requests.iter().map(run).collect();
        let lost = || Err(EngineError::Failed("panicked".to_owned()));
        running.into_iter().map(|running| running.join().unwrap_or_else(|_| lost())).collect()
    }

    fn floats(outcome: &Result<Vec<Tensor>, EngineError>) -> &[f32] {
        match &outcome.as_ref().unwrap()[0].values {
            Values::F32(values) => values,
            _ => panic!("floats"),
        }
    }

    fn failure(outcome: &Result<Vec<Tensor>, EngineError>) -> &str {
        outcome.as_ref().unwrap_err().reason()
    }

    #[test]
    fn requests_are_joined_and_each_gets_its_rows_and_outputs() {
        let model = doubler();
        let batcher = batcher(&model, 4);
        let found = run_all(&batcher, &[(&[1.0], &[0]), (&[2.0, 3.0], &[0, 1]), (&[4.0], &[1])]);
        assert_eq!(floats(&found[0]), [2.0]);
        assert_eq!(floats(&found[1]), [4.0, 6.0]);
        let both = found[1].as_ref().unwrap();
        assert_eq!(both[1], Tensor { shape: vec![2], values: Values::I64(vec![4, 4]) });
        let rows = found[2].as_ref().unwrap();
        assert_eq!(rows[..], [Tensor { shape: vec![1], values: Values::I64(vec![4]) }]);
        assert_eq!(model.runs.load(Ordering::SeqCst), 1);
        assert!(batcher.state().open.is_empty());
        assert_eq!(batcher.state().computed, 0);
    }

    #[test]
    fn a_request_that_does_not_fit_begins_another_batch() {
        let model = doubler();
        let batcher = batcher(&model, 4);
        let found = run_all(&batcher, &[(&[1.0; 3], &[1]), (&[2.0; 2], &[1]), (&[3.0; 2], &[1])]);
        let rows: Vec<_> = found.iter().map(|found| found.as_ref().unwrap()[0].values.clone()).collect();
        assert_eq!(rows, [Values::I64(vec![3; 3]), Values::I64(vec![4; 2]), Values::I64(vec![4; 2])]);
    }

    #[test]
    fn a_large_request_and_one_without_rows_do_not_wait() {
        let model = doubler();
        let batcher = batcher(&model, 2);
        assert_eq!(floats(&batcher.run(rows(&[1.0, 2.0]), &[0], ALWAYS)), [2.0, 4.0]);
        assert!(floats(&batcher.run(rows(&[]), &[0], ALWAYS)).is_empty());
    }

    /// Notes the most runs that there were at once.
    #[derive(Default)]
    struct Busy {
        signature: Signature,
        now: AtomicUsize,
        most: AtomicUsize,
    }

    impl Model for Busy {
        fn engine(&self) -> &str {
            "busy"
        }

        fn signature(&self) -> &Signature {
            &self.signature
        }

        fn run(&self, inputs: Vec<Tensor>, _: &[usize], _: Caller) -> Result<Vec<Tensor>, EngineError> {
            self.most.fetch_max(1 + self.now.fetch_add(1, Ordering::SeqCst), Ordering::SeqCst);
            thread::sleep(Duration::from_millis(20));
            self.now.fetch_sub(1, Ordering::SeqCst);
            if inputs[0].shape[0] == 2 { Err(EngineError::failed("a pair")) } else { Ok(inputs) }
        }
    }

    #[test]
    fn requests_alone_are_runs_at_once_as_well() {
        let model = Arc::new(Busy::default());
        let batching = Batching { delay: Duration::from_secs(3600), rows: 2 };
        let own: Arc<dyn Model> = Arc::<Busy>::clone(&model);
        let mut batcher = Batcher::new(own, batching, Arc::default()).unwrap();
        batcher.at_once = 2;
        // Too large to be joined, or joined in pairs that fail.
        thread::scope(|scope| {
            for count in [3, 1, 3, 1, 3, 1, 3, 1] {
                scope.spawn({
                    let batcher = &batcher;
                    move || batcher.run(rows(&vec![1.0; count]), &[0], ALWAYS).unwrap()
                });
            }
        });
        assert_eq!(model.most.load(Ordering::SeqCst), 2);
        assert_eq!(batcher.state().computed, 0);
    }

    #[test]
    fn other_shapes_are_other_batches() {
        let model = doubler();
        let batcher = batcher(&model, 2);
        let own = Arc::clone(&batcher);
        let wide = thread::spawn(move || {
            own.run(vec![Tensor { shape: vec![1, 2], values: Values::F32(vec![5.0, 6.0]) }], &[0], ALWAYS)
        });
        while batcher.state().open.is_empty() {
            thread::yield_now();
        }
        let found = run_all(&batcher, &[(&[1.0], &[0]), (&[2.0], &[0])]);
        assert_eq!([floats(&found[0]), floats(&found[1])], [[2.0], [4.0]]);
        assert_eq!(batcher.state().open.len(), 1);
        batcher
            .run(vec![Tensor { shape: vec![1, 2], values: Values::F32(vec![7.0, 8.0]) }], &[0], ALWAYS)
            .unwrap();
        assert_eq!(floats(&wide.join().unwrap()), [10.0, 12.0]);
    }

    #[test]
    fn a_batch_that_fails_is_run_request_by_request() {
        for bad in [-1.0, f32::NAN] {
            let model = doubler();
            let batcher = batcher(&model, 3);
            let found = run_all(&batcher, &[(&[1.0], &[0]), (&[bad], &[0]), (&[3.0], &[0])]);
            assert_eq!((floats(&found[0]), floats(&found[2])), (&[2.0][..], &[6.0][..]));
            let expected = if bad.is_nan() { "panicked" } else { "-1 is negative" };
            assert_eq!(failure(&found[1]), expected);
            assert_eq!(model.runs.load(Ordering::SeqCst), 4);
            assert_eq!(batcher.state().computed, 0);
        }
    }

    #[test]
    fn the_first_request_may_be_the_bad_one() {
        let model = doubler();
        let found = run_all(&batcher(&model, 2), &[(&[-1.0], &[0]), (&[3.0], &[0])]);
        assert_eq!((failure(&found[0]), floats(&found[1])), ("-1 is negative", &[6.0][..]));
    }

    #[test]
    fn an_engine_that_is_not_there_is_asked_once() {
        let model = doubler();
        let found = run_all(&batcher(&model, 2), &[(&[1.0], &[0]), (&[f32::INFINITY], &[0])]);
        assert_eq!([failure(&found[0]), failure(&found[1])], ["gone", "gone"]);
        assert_eq!(model.runs.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn a_request_alone_is_computed_when_its_time_is_up() {
        let model: Arc<dyn Model> = doubler();
        let batching = Batching { delay: Duration::from_millis(1), rows: 100 };
        let batcher = Batcher::new(model, batching, Arc::default()).unwrap();
        assert_eq!(floats(&batcher.run(rows(&[1.0]), &[0], ALWAYS)), [2.0]);
    }

    #[test]
    fn a_model_without_an_axis_for_rows_is_refused() {
        let shape = vec![Size::Fixed(1), Size::Fixed(3)];
        let mut model = Doubler { signature: Signature::default(), runs: AtomicUsize::new(0) };
        model.signature.inputs = vec![TensorSpec::new("x", Datatype::Fp32, shape)];
        let batching = Batching { delay: Duration::ZERO, rows: 2 };
        let refused = Batcher::new(Arc::new(model), batching, Arc::default());
        let refused = refused.err().unwrap();
        assert!(refused.contains("the input \"x\" of the model has the shape [1, 3]"), "{refused}");
    }
}
