//! A deployment with its model, and what is answered about it.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock, PoisonError};

use axum::body::Bytes;

use crate::deployment::Deployment;
use crate::describe;
use crate::error::ApiError;
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
    /// The page, without and with the token, disabled and enabled; made when it is first requested.
    pub pages: [[OnceLock<Bytes>; 2]; 2],
    /// What the model's file does not say: one line each.
    pub assumed: Vec<String>,
    /// Files that it was loaded from, beside those of its folder.
    pub files: Vec<PathBuf>,
    /// Why a newer version is not served.
    pub trouble: Mutex<Option<String>>,
}

impl Served {
    pub fn new(deployment: Deployment, model: LoadedModel) -> Served {
        // The model decides what the deployment leaves open.
        let describe = match &model.absent {
            None => describe::document(&deployment).to_string().into(),
            Some(_) => Bytes::new(),
        };
        let signature = model.signature();
        let metadata = match signature.incomplete() {
            None => Ok(metadata::model(&deployment.id, model.engine(), signature).to_string().into()),
            Some(problem) => Err(problem),
        };
        let (pages, assumed, files, trouble) = Default::default();
        Served { deployment, model, describe, metadata, pages, assumed, files, trouble }
    }

    /// What is assumed, and what showed when the model was tried.
    pub fn notes(&self) -> impl Iterator<Item = String> {
        let assumed = self.assumed.iter().map(|assumed| format!("assumed: {assumed}"));
        assumed.chain(self.model.notes.iter().cloned())
    }

    /// Says the notes on standard error.
    pub fn say_notes(&self) {
        let id = &self.deployment.id;
        for note in self.notes() {
            // A closed standard error is no reason to fail.
            drop(writeln!(io::stderr(), "sidekick-server: deployment {id}: {note}"));
        }
    }

    pub fn trouble(&self) -> Option<String> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Fails as long as the engine of the model has never answered.
    pub fn require_model(&self) -> Result<(), ApiError> {
        self.model.absent.as_ref().map_or(Ok(()), |reason| Err(ApiError::busy(reason)))
    }
}
