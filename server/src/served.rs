//! A deployment with its model, and what is answered about it.

use std::sync::OnceLock;

use axum::body::Bytes;

use crate::deployment::Deployment;
use crate::describe;
use crate::model::LoadedModel;
use crate::open_inference::metadata;

/// A deployment ready to answer.
pub struct Served {
    pub deployment: Deployment,
    pub model: LoadedModel,
    /// The describe document of the Deployment API.
    pub describe: Bytes,
    /// The model's metadata for the Open Inference Protocol, or why it has none.
    pub metadata: Result<Bytes, String>,
    /// The page, with and without the token; made when it is first requested.
    pub pages: [OnceLock<Bytes>; 2],
}

impl Served {
    pub fn new(deployment: Deployment, model: LoadedModel) -> Served {
        let describe = describe::document(&deployment).to_string().into();
        let signature = model.signature();
        let metadata = match signature.incomplete() {
            None => Ok(metadata::model(&deployment.id, model.engine(), signature).to_string().into()),
            Some(problem) => Err(problem),
        };
        Served { deployment, model, describe, metadata, pages: Default::default() }
    }
}
