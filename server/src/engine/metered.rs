//! Counts the runs of a model.

use std::sync::Arc;
use std::time::Instant;

use crate::engine::{Caller, EngineError, Model};
use crate::metrics::Counts;
use crate::tensor::{Signature, Tensor};

/// A model whose runs are counted and timed.
pub struct Metered {
    pub model: Arc<dyn Model>,
    pub counts: Arc<Counts>,
}

impl Model for Metered {
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
        let rows = inputs.first().and_then(|input| input.shape.first()).copied().unwrap_or(1);
        let begun = Instant::now();
        let outcome = self.model.run(inputs, outputs, caller);
        let counts = &self.counts.engine;
        counts.ran(rows, begun.elapsed());
        match &outcome {
            Err(EngineError::Failed(_)) => counts.failed(),
            Err(EngineError::Unavailable { .. }) => counts.unavailable(),
            Ok(_) | Err(EngineError::Refused(_) | EngineError::Stopped) => (),
        }
        outcome
    }

    fn waits(&self) -> bool {
        self.model.waits()
    }
}
