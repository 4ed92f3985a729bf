//! A deployment as its `deployment.json` describes it.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use serde::Deserialize;
use serde_json::Value;

use crate::category::Category;
use crate::deployment::batching::Batching;
use crate::deployment::constants::Constant;
use crate::deployment::engine_name::EngineName;
use crate::deployment::input::{Encoding, Input, InputKind};
use crate::deployment::mistakes::Lines;
use crate::deployment::output::Output;
use crate::deployment::remote::RemoteEngine;

/// The file of the model, unless another is named.
pub(super) const MODEL_FILE: &str = "model.onnx";

/// The content of `deployment.json`. It holds the tokens, so it has no Debug form.
#[derive(Default)]
pub struct Deployment {
    pub id: String,
    pub title: String,
    pub description: String,
    pub tokens: Vec<String>,
    pub limited_tokens: Vec<String>,
    pub enabled: bool,
    pub tensorjson: bool,
    pub form: DescribeForm,
    /// The file of the model, if no server elsewhere computes it.
    pub model: PathBuf,
    pub engine: EngineName,
    pub remote: Option<RemoteEngine>,
    pub batching: Option<Batching>,
    pub inputs: Vec<Input>,
    pub outputs: Vec<Output>,
    pub constants: Vec<Constant>,
    pub held_out: Option<Value>,
    /// The file, and where its keys are.
    pub file: PathBuf,
    pub lines: Lines,
    pub(super) input_places: HashMap<String, usize>,
}

/// Which of the two describe documents clients get.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DescribeForm {
    #[default]
    Current,
    Older,
}

impl Deployment {
    /// Whether it has features. Without them it answers the Open Inference Protocol alone.
    pub fn has_features(&self) -> bool {
        !self.inputs.is_empty()
    }

    /// Whether the model is run for each row alone, because a tensor has no axis for the batch.
    pub fn runs_row_by_row(&self) -> bool {
        let inputs = self.inputs.iter().map(|input| input.batch_axis);
        inputs.chain(self.outputs.iter().map(|output| output.batch_axis)).any(|axis| axis.is_none())
    }

    /// The categories of each column of a tensor that categories enter as they are; none for a column of
    /// something else.
    pub fn raw_categories(&self) -> BTreeMap<String, Vec<Vec<Category>>> {
        let mut tensors: BTreeMap<String, Vec<Vec<Category>>> = BTreeMap::new();
        for input in &self.inputs {
            // The model has a tensor of the feature's name, if the file names none.
            let tensor = if input.tensor.is_empty() { &input.name } else { &input.tensor };
            let columns = tensors.entry(tensor.clone()).or_default();
            match &input.kind {
                InputKind::Categorical(categories, Encoding::Raw)
                | InputKind::Binary(categories, Encoding::Raw) => columns.push(categories.list().to_vec()),
                _ => columns.extend(vec![Vec::new(); input.encoding().iter().product()]),
            }
        }
        tensors.retain(|_, columns| columns.iter().any(|categories| !categories.is_empty()));
        tensors
    }

    /// Where a client predicts, below the server's address.
    pub fn path(&self) -> String {
        match self.has_features() {
            true => format!("/deployment/{}/forward", self.id),
            false => format!("/v2/models/{}", self.id),
        }
    }

    pub(super) fn set_inputs(&mut self, inputs: Vec<Input>) {
        let names = inputs.iter().enumerate().map(|(place, input)| (input.name.clone(), place));
        self.input_places = names.collect();
        self.inputs = inputs;
    }

    /// The index of the input of this name.
    pub fn input_place(&self, name: &str) -> Option<usize> {
        self.input_places.get(name).copied()
    }
}
