//! Typed columns for the values of responses: one column for each output, row after row.

use crate::array::DType;
use crate::elements::ElementColumn;
use crate::error::{Error, ErrorKind, Result, reserve};
use crate::images::MediaType;
use crate::memory::{collected, filled, probe, push, push_text};
use crate::names::Names;
use crate::spec::{FeatureSpec, FeatureType, Specs};

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
    /// Encoded images.
    Images(Pieces<Vec<u8>>, Vec<MediaType>),
    /// Bytes of any meaning.
    Bytes(Pieces<Vec<u8>>),
    /// Numbers or arrays in the type they came in, rows x elements of the shape.
    Elements(ElementColumn),
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

impl Pieces<Vec<u8>> {
    /// Appends a value.
    pub(crate) fn push(&mut self, value: &[u8]) -> Result<()> {
        extend(&mut self.buffer, value)?;
        push(&mut self.ends, self.buffer.len())
    }

    fn append(&mut self, more: &Pieces<Vec<u8>>) -> Result<()> {
        let start = self.buffer.len();
        extend(&mut self.buffer, &more.buffer)?;
        extend_ends(&mut self.ends, &more.ends, start)
    }
}

/// A matrix of probabilities with its labels stored once.
#[derive(Debug)]
pub(crate) struct Categories {
    /// From the describe document, or from the first row of the response if the document lists none.
    pub(crate) labels: Names,
    pub(crate) probabilities: Vec<f64>,
}

/// All columns of a response, in the order of the outputs.
#[derive(Debug)]
pub(crate) struct Columns {
    pub(crate) rows: usize,
    pub(crate) columns: Vec<Column>,
}

impl Columns {
    /// Empty columns for these outputs.
    pub(crate) fn new(outputs: &Specs) -> Result<Columns> {
        Ok(Columns { rows: 0, columns: collected(outputs.iter().map(empty_column))? })
    }

    /// Makes room for the rows of a whole call, if their size is known before. `several` says whether they
    /// come in more than one response.
    pub(crate) fn reserve(&mut self, outputs: &Specs, rows: usize, several: bool) -> Result<()> {
        for (column, spec) in self.columns.iter_mut().zip(outputs) {
            let elements = spec.element_count().map_or(0, |elements| rows.saturating_mul(elements));
            let reserved = match column {
                // They may stay in the memory of the response.
                Column::Elements(_) if !several => probe_large(elements, spec.dtype),
                _ => column.reserve(rows, elements),
            };
            reserved.map_err(|error| spec.in_feature(error))?;
        }
        Ok(())
    }

    /// Appends the rows of another response of the same deployment.
    pub(crate) fn append(&mut self, more: Columns) -> Result<()> {
        self.rows += more.rows;
        self.columns.iter_mut().zip(more.columns).try_for_each(|(column, more)| column.append(more))
    }
}

impl Column {
    /// Makes room for so many rows, which have so many elements.
    fn reserve(&mut self, rows: usize, elements: usize) -> Result<()> {
        match self {
            Column::Numbers(numbers) => reserve(numbers, rows),
            Column::Categories(categories) => reserve(&mut categories.probabilities, elements),
            Column::Arrays(values) => reserve(values, elements),
            Column::Texts(texts) => reserve(&mut texts.ends, rows),
            Column::Bytes(pieces) => reserve(&mut pieces.ends, rows),
            Column::Images(pieces, media_types) => {
                reserve(&mut pieces.ends, rows)?;
                reserve(media_types, rows)
            }
            Column::Elements(column) => column.elements_mut()?.reserve(elements),
        }
    }

    fn append(&mut self, more: Column) -> Result<()> {
        match (self, more) {
            (Column::Numbers(all), Column::Numbers(more)) => extend(all, &more),
            (Column::Arrays(all), Column::Arrays(more)) => extend(all, &more),
            (Column::Categories(all), Column::Categories(more)) => all.append(&more),
            (Column::Texts(all), Column::Texts(more)) => {
                let start = all.buffer.len();
                push_text(&mut all.buffer, &more.buffer)?;
                extend_ends(&mut all.ends, &more.ends, start)
            }
            (Column::Images(all, media_types), Column::Images(more, more_types)) => {
                all.append(&more)?;
                extend(media_types, &more_types)
            }
            (Column::Bytes(all), Column::Bytes(more)) => all.append(&more),
            (Column::Elements(all), Column::Elements(more)) => match all.append(&more)? {
                true => Ok(()),
                false => Err(Error::new(ErrorKind::Internal, "elements of different types")),
            },
            _ => Err(Error::new(ErrorKind::Internal, "columns of different outputs")),
        }
    }
}

impl Categories {
    /// Appends probabilities of the same labels.
    pub(crate) fn extend(&mut self, probabilities: &[f64]) -> Result<()> {
        extend(&mut self.probabilities, probabilities)
    }

    /// Appends probabilities. If only the server knows the labels, another response may have them in another
    /// order.
    fn append(&mut self, more: &Categories) -> Result<()> {
        // It may have no rows: a server that refused them all has named no labels either.
        if more.labels.list().is_empty() {
            return Ok(());
        }
        if self.labels.list().is_empty() {
            self.labels = more.labels.clone();
        }
        if self.labels == more.labels {
            return extend(&mut self.probabilities, &more.probabilities);
        }
        let mut places = filled(self.labels.list().len(), 0)?;
        for (place, label) in places.iter_mut().zip(self.labels.list()) {
            *place = more.labels.find(label).ok_or_else(other_categories)?;
        }
        reserve(&mut self.probabilities, more.probabilities.len())?;
        for row in more.probabilities.chunks(places.len()) {
            self.probabilities.extend(places.iter().filter_map(|&place| row.get(place)));
        }
        Ok(())
    }
}

#[cold]
fn other_categories() -> Error {
    Error::new(ErrorKind::ReplyType, "the categories differ from one reply to the next")
}

/// Appends the ends of values that are appended to others.
fn extend_ends(all: &mut Vec<usize>, more: &[usize], start: usize) -> Result<()> {
    reserve(all, more.len())?;
    all.extend(more.iter().map(|end| start + end));
    Ok(())
}

fn extend<T: Copy>(all: &mut Vec<T>, more: &[T]) -> Result<()> {
    reserve(all, more.len())?;
    all.extend_from_slice(more);
    Ok(())
}

/// Fails if there is no memory for so many elements, before a request is sent for them. To ask for less
/// memory than there is anyway would cost time.
fn probe_large(elements: usize, dtype: Option<DType>) -> Result<()> {
    const LARGE: usize = 64 << 20;
    let bytes = elements.saturating_mul(dtype.map_or(1, DType::size));
    if bytes < LARGE { Ok(()) } else { probe(bytes) }
}

fn empty_column(spec: &FeatureSpec) -> Column {
    if let Some(dtype) = spec.dtype {
        return Column::Elements(ElementColumn::of(dtype));
    }
    match spec.feature_type() {
        FeatureType::Numeric if spec.is_array() => Column::Arrays(Vec::new()),
        FeatureType::Numeric | FeatureType::Binary => Column::Numbers(Vec::new()),
        FeatureType::Categorical => {
            Column::Categories(Categories { labels: spec.categories.clone(), probabilities: Vec::new() })
        }
        FeatureType::Text => Column::Texts(Pieces::default()),
        FeatureType::Image => Column::Images(Pieces::default(), Vec::new()),
        FeatureType::Bytes => Column::Bytes(Pieces::default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn categories(labels: &[&str], probabilities: &[f64]) -> Column {
        let labels = Names::new(labels.iter().map(|&label| label.into()).collect()).unwrap().unwrap();
        Column::Categories(Categories { labels, probabilities: probabilities.to_vec() })
    }

    fn joined(columns: Vec<Column>) -> Result<Column> {
        let mut columns = columns.into_iter();
        let mut all = columns.next().unwrap();
        columns.try_for_each(|more| all.append(more)).map(|()| all)
    }

    #[test]
    fn labels_in_another_order_are_put_right() {
        let unknown = || categories(&[], &[]);
        let all = joined(vec![
            unknown(),
            categories(&["a", "b"], &[0.1, 0.9]),
            unknown(),
            categories(&["b", "a"], &[0.2, 0.8, 1.0, 0.0]),
        ]);
        let Ok(Column::Categories(all)) = all else { panic!("{all:?}") };
        assert_eq!(all.probabilities, [0.1, 0.9, 0.8, 0.2, 0.0, 1.0]);
        let other = joined(vec![categories(&["a", "b"], &[]), categories(&["a", "c"], &[])]);
        assert_eq!(other.unwrap_err().kind(), ErrorKind::ReplyType);
    }

    #[test]
    fn pieces_keep_their_places() {
        let texts =
            |text: &str, ends: &[usize]| Column::Texts(Pieces { buffer: text.into(), ends: ends.to_vec() });
        let Ok(Column::Texts(all)) = joined(vec![texts("a\0bc\0", &[2, 5]), texts("d\0", &[2])]) else {
            panic!()
        };
        assert_eq!((all.buffer.as_str(), &all.ends[..]), ("a\0bc\0d\0", &[2, 5, 7][..]));
        assert_eq!((all.range(0), all.range(2), all.range(3)), (Some(0..2), Some(5..7), None));
        assert!(joined(vec![texts("", &[]), Column::Numbers(vec![])]).is_err());
        let bytes = |values: &[&[u8]]| {
            let mut pieces = Pieces::default();
            values.iter().for_each(|value| pieces.push(value).unwrap());
            Column::Bytes(pieces)
        };
        let Ok(Column::Bytes(all)) = joined(vec![bytes(&[b"a\xff", b""]), bytes(&[b"\0"])]) else { panic!() };
        assert_eq!((&all.buffer[..], &all.ends[..]), (&b"a\xff\0"[..], &[2, 2, 3][..]));
        assert_eq!(all.range(1), Some(2..2));
        assert!(joined(vec![bytes(&[]), texts("", &[])]).is_err());
    }
}
