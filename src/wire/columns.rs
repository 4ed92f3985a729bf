//! Typed columns: where a reply's values end up, one column an output, row after row.

use super::picture::MediaType;
use crate::spec::{FeatureSpec, FeatureType, Names, Specs};

/// One output's values over all rows.
#[derive(Debug)]
pub(crate) enum Column {
    /// Numeric scalars, and binary probabilities.
    Numbers(Vec<f64>),
    /// Text, each closed by a NUL.
    Texts(Pieces<String>),
    /// Probabilities, rows x categories.
    Categories(Categories),
    /// Array elements, rows x elements of the shape.
    Arrays(Vec<f32>),
    /// Encoded pictures.
    Images(Pieces<Vec<u8>>, Vec<MediaType>),
}

/// Values of varying length in one buffer.
#[derive(Debug, Default)]
pub(crate) struct Pieces<B> {
    pub(crate) buffer: B,
    /// Where each value ends.
    pub(crate) ends: Vec<usize>,
}

impl<B> Pieces<B> {
    /// Where a row's value lies in the buffer.
    pub(crate) fn range(&self, row: usize) -> Option<std::ops::Range<usize>> {
        let end = *self.ends.get(row)?;
        let start = row.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        Some(start..end)
    }
}

/// A matrix of probabilities with its labels stored once.
#[derive(Debug)]
pub(crate) struct Categories {
    /// From the describe document, or else from the first row of the reply.
    pub(crate) labels: Names,
    pub(crate) probabilities: Vec<f64>,
}

/// All columns of a reply, in the order of the outputs.
#[derive(Debug)]
pub(crate) struct Columns {
    pub(crate) rows: usize,
    pub(crate) columns: Vec<Column>,
}

impl Columns {
    /// Empty columns for these outputs.
    pub(crate) fn new(outputs: &Specs) -> Columns {
        Columns { rows: 0, columns: outputs.iter().map(empty_column).collect() }
    }
}

fn empty_column(spec: &FeatureSpec) -> Column {
    match spec.feature_type() {
        FeatureType::Numeric if spec.is_array() => Column::Arrays(Vec::new()),
        FeatureType::Numeric | FeatureType::Binary => Column::Numbers(Vec::new()),
        FeatureType::Categorical => {
            Column::Categories(Categories { labels: spec.categories.clone(), probabilities: Vec::new() })
        }
        FeatureType::Text => Column::Texts(Pieces::default()),
        FeatureType::Image => Column::Images(Pieces::default(), Vec::new()),
    }
}
