//! What the caller chooses of a deployment's protocol.

use super::open_inference::description::Description;
use std::sync::Arc;

/// Which protocol a deployment speaks. The numbers are the C API's constants: fixed, never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(i32)]
pub enum ProtocolKind {
    /// The Deployment API: JSON rows.
    DeploymentApi = 1,
    /// The Open Inference Protocol: tensors.
    OpenInference = 2,
    #[cfg(test)]
    #[doc(hidden)]
    Lines = 1000,
}

/// How tensors of the Open Inference Protocol are sent and asked for. The numbers are the C API's constants:
/// fixed, never reused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(i32)]
pub enum Wire {
    /// As bytes if the server lists that it takes them, or has answered with some; until then as JSON.
    #[default]
    Auto = 0,
    /// As bytes.
    Binary = 1,
    /// As JSON, in both directions.
    Json = 2,
}

/// The settings of a protocol.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    /// None chooses by the URL.
    pub(crate) kind: Option<ProtocolKind>,
    pub(crate) wire: Wire,
    /// What the user says of a model of the Open Inference Protocol.
    pub(crate) description: Option<Arc<Description>>,
}
