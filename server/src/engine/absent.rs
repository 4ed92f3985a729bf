//! A model whose engine has not answered yet.

use crate::engine::{Caller, EngineError, Model};
use crate::tensor::{Signature, Tensor};

/// Stands for the model until its engine is there.
pub struct AbsentModel {
    signature: Signature,
    reason: String,
}

impl AbsentModel {
    pub fn new(reason: String) -> AbsentModel {
        AbsentModel { signature: Signature::default(), reason }
    }
}

impl Model for AbsentModel {
    fn engine(&self) -> &str {
        "none yet"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn run(&self, _: Vec<Tensor>, _: &[usize], _: Caller) -> Result<Vec<Tensor>, EngineError> {
        Err(EngineError::Unavailable { reason: self.reason.clone(), retry_after: None })
    }
}
