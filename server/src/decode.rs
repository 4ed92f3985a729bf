//! From the model's output values to the reply.

use std::sync::Arc;

use serde::ser::{Error as _, Serialize, SerializeMap, Serializer};

use crate::deployment::{Deployment, Output, OutputKind};
use crate::image::Size;
use crate::work::Work;
use crate::{data_url, npy};

/// The predictions of a batch.
pub struct Predictions<'a> {
    deployment: &'a Deployment,
    rows: usize,
    /// Per output feature, its values, row after row.
    values: Vec<Vec<f32>>,
    work: Arc<Work>,
}

impl<'a> Predictions<'a> {
    /// Takes the model's values, which all have to be finite: JSON cannot carry others.
    pub fn new(
        deployment: &'a Deployment,
        rows: usize,
        values: Vec<Vec<f32>>,
    ) -> Result<Predictions<'a>, String> {
        for (output, values) in deployment.outputs.iter().zip(&values) {
            if let Some(place) = values.iter().position(|value| !value.is_finite()) {
                let row = place / output.size();
                return Err(format!("the model's output {:?} is not finite for rows[{row}]", output.name));
            }
        }
        Ok(Predictions { deployment, rows, values, work: Arc::new(Work::unbounded()) })
    }

    /// The same within these bounds.
    pub fn within(self, work: &Arc<Work>) -> Predictions<'a> {
        Predictions { work: Arc::clone(work), ..self }
    }

    /// The reply to a batch: `{"rows": [...]}`.
    pub fn to_batch_reply(&self) -> serde_json::Result<Vec<u8>> {
        #[derive(serde::Serialize)]
        struct Batch<'a> {
            rows: Vec<Row<'a>>,
        }
        let rows = (0..self.rows).map(|row| Row { predictions: self, row }).collect();
        serde_json::to_vec(&Batch { rows })
    }

    /// The reply to a single example: the bare object.
    pub fn to_single_reply(&self) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec(&Row { predictions: self, row: 0 })
    }
}

struct Row<'a> {
    predictions: &'a Predictions<'a>,
    row: usize,
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.predictions.work.step().map_err(|error| S::Error::custom(error.message))?;
        let deployment = self.predictions.deployment;
        let mut map = serializer.serialize_map(Some(deployment.outputs.len()))?;
        for (output, values) in deployment.outputs.iter().zip(&self.predictions.values) {
            let size = output.size();
            let values = &values[self.row * size..][..size];
            let value = Value { output, values, tensorjson: deployment.tensorjson };
            map.serialize_entry(&output.name, &value)?;
        }
        map.end()
    }
}

struct Value<'a> {
    output: &'a Output,
    values: &'a [f32],
    tensorjson: bool,
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (shape, values) = (&self.output.shape, self.values);
        match &self.output.kind {
            OutputKind::Number | OutputKind::Binary => serializer.serialize_f32(values[0]),
            OutputKind::Categorical(categories) => {
                serializer.collect_map(categories.iter().map(|category| category.name()).zip(values))
            }
            OutputKind::Text(labels) => serializer.serialize_str(&labels[largest(values)]),
            OutputKind::Image(image) => {
                let size = Size { width: shape[1], height: shape[0] };
                let url = image.to_data_url(values, size, false).map_err(S::Error::custom)?;
                serializer.serialize_str(&url)
            }
            OutputKind::Array if self.tensorjson => {
                let mut array = serializer.serialize_map(Some(2))?;
                array.serialize_entry("shape", shape)?;
                array.serialize_entry("data", values)?;
                array.end()
            }
            OutputKind::Array => {
                serializer.serialize_str(&data_url::format(data_url::NPY, &npy::write(shape, values)))
            }
        }
    }
}

/// The place of the largest value, the first of equals.
fn largest(values: &[f32]) -> usize {
    (1..values.len()).fold(0, |best, place| if values[place] > values[best] { place } else { best })
}
