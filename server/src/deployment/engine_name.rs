//! The engines of this machine, by the names that a deployment gives them.

use serde::Deserialize;

/// What computes a model on this machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EngineName {
    /// Rten if it runs the model and agrees with ONNX Runtime, where that is there; else ONNX Runtime.
    #[default]
    Auto,
    Rten,
    OnnxRuntime,
}
