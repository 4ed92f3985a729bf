//! The rows of one deployment, in the form that its protocol sends.

use crate::error::{Error, ErrorKind, Result};
use crate::protocol::deployment_api::rows::{JsonCheckpoint, JsonRows};
use crate::protocol::open_inference::tensors::{self, Tensors};
#[cfg(test)]
use crate::protocol::test_lines::{LineCheckpoint, LineRows};
use crate::values::{ColumnReader, Value};
use std::ops::Range;

/// Rows, encoded as they are added. A call that fails leaves them as they were, unless it says otherwise. Not
/// a trait object: the way of a value into its store is inlined, and a table is dispatched once, not each of
/// its values.
pub(crate) enum RowStore {
    Json(JsonRows),
    Tensors(Tensors),
    #[cfg(test)]
    Lines(LineRows),
}

/// A state to return to.
pub(crate) enum StoreCheckpoint {
    Json(JsonCheckpoint),
    Tensors(tensors::Checkpoint),
    #[cfg(test)]
    Lines(LineCheckpoint),
}

impl RowStore {
    /// How many rows are finished.
    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        match self {
            RowStore::Json(rows) => rows.len(),
            RowStore::Tensors(rows) => rows.len(),
            #[cfg(test)]
            RowStore::Lines(rows) => rows.len(),
        }
    }

    /// The rows of the Deployment API, for tests and benchmarks of their text.
    #[cfg(any(test, feature = "internal-api"))]
    pub(crate) fn json(&self) -> Option<&JsonRows> {
        match self {
            RowStore::Json(rows) => Some(rows),
            _ => None,
        }
    }

    /// Adds a value of an input, checked against its spec, to the open row, which does not have it yet.
    #[inline(always)]
    pub(crate) fn put(&mut self, index: usize, value: &Value<'_>) -> Result<()> {
        match self {
            RowStore::Json(rows) => rows.put(index, value),
            RowStore::Tensors(rows) => rows.put(index, value),
            #[cfg(test)]
            RowStore::Lines(rows) => rows.put(index, value),
        }
    }

    /// Finishes the open row, which has all inputs that are not optional.
    pub(crate) fn end_row(&mut self) -> Result<()> {
        match self {
            RowStore::Json(rows) => rows.end_row(),
            RowStore::Tensors(rows) => rows.end_row(),
            #[cfg(test)]
            RowStore::Lines(rows) => rows.end_row(),
        }
    }

    /// How many rows, from the first of these on, can share a request: at least one.
    pub(crate) fn alike(&self, rows: Range<usize>) -> usize {
        match self {
            RowStore::Tensors(store) => store.alike(rows),
            _ => rows.len(),
        }
    }

    /// Drops the values of the open row.
    pub(crate) fn discard_row(&mut self) {
        match self {
            RowStore::Json(rows) => rows.discard_row(),
            RowStore::Tensors(rows) => rows.discard_row(),
            #[cfg(test)]
            RowStore::Lines(rows) => rows.discard_row(),
        }
    }

    /// Drops all rows and keeps their memory.
    pub(crate) fn clear(&mut self) {
        match self {
            RowStore::Json(rows) => rows.clear(),
            RowStore::Tensors(rows) => rows.clear(),
            #[cfg(test)]
            RowStore::Lines(rows) => rows.clear(),
        }
    }

    /// Makes room for values of about so many bytes.
    pub(crate) fn reserve(&mut self, bytes: usize) -> Result<()> {
        match self {
            RowStore::Json(rows) => rows.reserve(bytes),
            // How its values share the bytes is not known.
            RowStore::Tensors(_) => Ok(()),
            #[cfg(test)]
            RowStore::Lines(_) => Ok(()),
        }
    }

    pub(crate) fn checkpoint(&self) -> Result<StoreCheckpoint> {
        match self {
            RowStore::Json(rows) => Ok(StoreCheckpoint::Json(rows.checkpoint())),
            RowStore::Tensors(rows) => rows.checkpoint().map(StoreCheckpoint::Tensors),
            #[cfg(test)]
            RowStore::Lines(rows) => Ok(StoreCheckpoint::Lines(rows.checkpoint())),
        }
    }

    /// Undoes everything since a state of the same store.
    pub(crate) fn restore(&mut self, checkpoint: StoreCheckpoint) {
        match (self, checkpoint) {
            (RowStore::Json(rows), StoreCheckpoint::Json(checkpoint)) => rows.restore(checkpoint),
            (RowStore::Tensors(rows), StoreCheckpoint::Tensors(checkpoint)) => rows.restore(checkpoint),
            #[cfg(test)]
            (RowStore::Lines(rows), StoreCheckpoint::Lines(checkpoint)) => rows.restore(&checkpoint),
            // A checkpoint never leaves the rows that made it.
            _ => {}
        }
    }

    /// Becomes a copy of some finished rows of another store of the same deployment.
    pub(crate) fn copy(&mut self, other: &RowStore, rows: Range<usize>) -> Result<()> {
        match (self, other) {
            (RowStore::Json(to), RowStore::Json(from)) => to.copy(from, rows),
            (RowStore::Tensors(to), RowStore::Tensors(from)) => to.copy(from, rows),
            #[cfg(test)]
            (RowStore::Lines(to), RowStore::Lines(from)) => to.copy(from, rows),
            _ => Err(other_store()),
        }
    }

    /// Adds `count` whole rows, while none is open, from a column for each input that is not optional. An
    /// error names the feature, and the row among these; the rows before it stay.
    pub(crate) fn add_columns(&mut self, count: usize, readers: &[ColumnReader<'_>]) -> Result<()> {
        match self {
            RowStore::Json(rows) => rows.add_columns(count, readers),
            RowStore::Tensors(rows) => rows.add_columns(count, readers),
            #[cfg(test)]
            RowStore::Lines(rows) => rows.add_columns(count, readers),
        }
    }
}

/// The error of rows that are kept for another protocol than the one that is to send them.
#[cold]
pub(super) fn other_store() -> Error {
    Error::new(ErrorKind::Internal, "rows of another protocol")
}
