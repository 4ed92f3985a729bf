//! From the model's output values to the reply.

use std::borrow::Cow;
use std::io::{self, Write};
use std::sync::Arc;

use serde::ser::{Error as _, Serialize, SerializeMap, Serializer};

use crate::deployment::{Deployment, Output, OutputKind};
use crate::error::ApiError;
use crate::image::Size;
use crate::outputs::{Column, Numbers};
use crate::work::Work;
use crate::{data_url, npy};

/// The predictions for the rows of a request.
pub struct Predictions<'a> {
    deployment: &'a Deployment,
    rows: usize,
    batches: Vec<Batch>,
    work: Arc<Work>,
}

/// Rows that were computed together.
struct Batch {
    rows: usize,
    /// The values of each output feature.
    columns: Vec<Column>,
}

impl<'a> Predictions<'a> {
    /// Predictions of no rows yet.
    pub fn none(deployment: &'a Deployment) -> Predictions<'a> {
        Predictions { deployment, rows: 0, batches: Vec::new(), work: Arc::new(Work::unbounded()) }
    }

    /// Those of one batch.
    pub fn new(
        deployment: &'a Deployment,
        rows: usize,
        columns: Vec<Column>,
    ) -> Result<Predictions<'a>, String> {
        let mut predictions = Predictions::none(deployment);
        predictions.add(rows, columns).map(|()| predictions)
    }

    /// Adds the model's values for more rows, which all have to be finite: JSON cannot carry others.
    pub fn add(&mut self, rows: usize, columns: Vec<Column>) -> Result<(), String> {
        for (output, column) in self.deployment.outputs.iter().zip(&columns) {
            let row = |place: usize| place / (column.values.len() / rows).max(1);
            let wrong = |row: usize, what: &str| {
                let row = self.rows + row;
                Err(format!("the model's output {:?} is {what} for rows[{row}]", output.name))
            };
            if let Some(row) = column.nan_row.or(column.values.not_finite().map(row)) {
                return wrong(row, "not finite");
            }
            let is_file = matches!(output.kind, OutputKind::Array(_)) && !self.deployment.tensorjson;
            if let (true, Some(place)) = (is_file, column.values.beyond_singles()) {
                return wrong(row(place), "beyond 32-bit floats, which .npy files hold,");
            }
        }
        self.rows += rows;
        self.batches.push(Batch { rows, columns });
        Ok(())
    }

    /// The same within these bounds.
    pub fn within(self, work: &Arc<Work>) -> Predictions<'a> {
        Predictions { work: Arc::clone(work), ..self }
    }

    fn each_row(&self) -> impl Iterator<Item = Row<'_>> {
        let row = move |batch, row| Row { predictions: self, batch, row };
        self.batches.iter().flat_map(move |batch| (0..batch.rows).map(move |place| row(batch, place)))
    }

    /// The reply to a batch: `{"rows": [...]}`.
    pub fn to_batch_reply(&self) -> Result<Vec<u8>, ApiError> {
        #[derive(serde::Serialize)]
        struct Reply<'a> {
            rows: Vec<Row<'a>>,
        }
        self.written(&Reply { rows: self.each_row().collect() })
    }

    /// The reply to a single example: the bare object.
    pub fn to_single_reply(&self) -> Result<Vec<u8>, ApiError> {
        self.written(&self.each_row().next())
    }

    fn written(&self, reply: &impl Serialize) -> Result<Vec<u8>, ApiError> {
        let mut body = Body { bytes: Vec::new(), work: &self.work, refused: None };
        let written = serde_json::to_writer(&mut body, reply);
        // A response that took too long to write ends with the work's own error.
        let reason = |error: serde_json::Error| {
            body.refused
                .take()
                .or_else(|| self.work.step().err())
                .unwrap_or_else(|| ApiError::internal(error.to_string()))
        };
        written.map_err(reason)?;
        Ok(body.bytes)
    }
}

/// The body of a response, which the work counts while it grows.
struct Body<'a> {
    bytes: Vec<u8>,
    work: &'a Work,
    /// Why it could not grow.
    refused: Option<ApiError>,
}

impl Write for Body<'_> {
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        self.write_all(more).map(|()| more.len())
    }

    #[inline]
    fn write_all(&mut self, more: &[u8]) -> io::Result<()> {
        if let Err(refused) = self.work.reserve(&mut self.bytes, more.len()) {
            self.refused = Some(refused);
            return Err(io::ErrorKind::OutOfMemory.into());
        }
        self.bytes.extend_from_slice(more);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Row<'a> {
    predictions: &'a Predictions<'a>,
    batch: &'a Batch,
    row: usize,
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.predictions.work.step().map_err(|error| S::Error::custom(error.message))?;
        let deployment = self.predictions.deployment;
        let mut map = serializer.serialize_map(Some(deployment.outputs.len()))?;
        for (output, column) in deployment.outputs.iter().zip(&self.batch.columns) {
            let size = column.values.len() / self.batch.rows;
            let values = column.values.part(self.row * size, size);
            let value = Value { output, shape: &column.shape, values, tensorjson: deployment.tensorjson };
            map.serialize_entry(&output.name, &value)?;
        }
        map.end()
    }
}

/// The numbers or the text of one value of a feature.
#[derive(Clone, Copy)]
enum Part<'a> {
    F32(&'a [f32]),
    F64(&'a [f64]),
    I64(&'a [i64]),
    U64(&'a [u64]),
    Text(&'a [String]),
}

impl Numbers {
    fn part(&self, start: usize, size: usize) -> Part<'_> {
        match self {
            Numbers::F32(list) => Part::F32(&list[start..][..size]),
            Numbers::F64(list) => Part::F64(&list[start..][..size]),
            Numbers::I64(list) => Part::I64(&list[start..][..size]),
            Numbers::U64(list) => Part::U64(&list[start..][..size]),
            Numbers::Text(list) => Part::Text(&list[start..][..size]),
        }
    }
}

/// Evaluates an expression for the list of whichever type.
macro_rules! each {
    ($part:expr, $list:ident => $result:expr) => {
        match $part {
            Part::F32($list) => $result,
            Part::F64($list) => $result,
            Part::I64($list) => $result,
            Part::U64($list) => $result,
            Part::Text($list) => $result,
        }
    };
}

impl Part<'_> {
    /// Numbers as 32-bit floats, as images and `.npy` files have them.
    fn singles(&self) -> Cow<'_, [f32]> {
        match self {
            Part::F32(list) => Cow::Borrowed(list),
            Part::F64(list) => list.iter().map(|value| *value as f32).collect(),
            Part::I64(list) => list.iter().map(|value| *value as f32).collect(),
            Part::U64(list) => list.iter().map(|value| *value as f32).collect(),
            Part::Text(_) => Cow::Borrowed(&[]),
        }
    }
}

struct Value<'a> {
    output: &'a Output,
    shape: &'a [usize],
    values: Part<'a>,
    tensorjson: bool,
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.output.kind {
            OutputKind::Number(_) | OutputKind::Binary | OutputKind::Text(_) => {
                each!(self.values, list => list[0].serialize(serializer))
            }
            OutputKind::Categorical(categories) => {
                let names = categories.iter().map(|category| category.name());
                each!(self.values, list => serializer.collect_map(names.zip(list)))
            }
            OutputKind::Image(image) => {
                let integers = matches!(self.values, Part::I64(_) | Part::U64(_));
                let size = Size { width: self.shape[1], height: self.shape[0] };
                let url = image.to_data_url(&self.values.singles(), size, integers);
                serializer.serialize_str(&url.map_err(S::Error::custom)?)
            }
            OutputKind::Array(_) if self.tensorjson => {
                let mut array = serializer.serialize_map(Some(2))?;
                array.serialize_entry("shape", self.shape)?;
                each!(self.values, list => array.serialize_entry("data", list)?);
                array.end()
            }
            OutputKind::Array(_) => {
                let file = npy::write(self.shape, &self.values.singles());
                serializer.serialize_str(&data_url::format(data_url::NPY, &file))
            }
        }
    }
}
