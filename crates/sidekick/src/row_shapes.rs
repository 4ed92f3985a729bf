//! The shapes of rows whose arrays differ in size: runs of rows that have the same shape.

use crate::error::{Error, ErrorKind, Result};
use crate::memory::{collected, push};
use std::ops::Range;

/// The shape of each row of a column, and where its elements lie.
#[derive(Debug, Default)]
pub(crate) struct RowShapes {
    runs: Vec<Run>,
    rows: usize,
    elements: usize,
}

#[derive(Debug)]
struct Run {
    /// Its first row, and the place of that row's first element.
    row: usize,
    element: usize,
    /// None if the rows have no array.
    shape: Option<Vec<usize>>,
    /// The elements of each row.
    size: usize,
}

impl RowShapes {
    /// How many rows there are.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// Appends rows of one shape.
    pub(crate) fn push(&mut self, rows: usize, shape: &[usize]) -> Result<()> {
        self.push_run(rows, Some(shape))
    }

    /// Appends rows without an array.
    pub(crate) fn push_missing(&mut self, rows: usize) -> Result<()> {
        self.push_run(rows, None)
    }

    fn push_run(&mut self, rows: usize, shape: Option<&[usize]>) -> Result<()> {
        if rows == 0 {
            return Ok(());
        }
        let size = shape.map_or(Some(0), product);
        let end = size.and_then(|size| size.checked_mul(rows)?.checked_add(self.elements));
        let (size, end) = size.zip(end).ok_or_else(|| too_many(rows, shape.unwrap_or_default()))?;
        if self.runs.last().is_none_or(|run| run.shape.as_deref() != shape) {
            let shape = shape.map(|shape| collected(shape.iter().copied())).transpose()?;
            push(&mut self.runs, Run { row: self.rows, element: self.elements, shape, size })?;
        }
        self.rows += rows;
        self.elements = end;
        Ok(())
    }

    /// Appends some rows of others.
    pub(crate) fn extend(&mut self, other: &RowShapes, rows: Range<usize>) -> Result<()> {
        let ends = other.runs.iter().skip(1).map(|run| run.row).chain([other.rows]);
        for (run, end) in other.runs.iter().zip(ends) {
            let count = end.min(rows.end).saturating_sub(run.row.max(rows.start));
            self.push_run(count, run.shape.as_deref())?;
        }
        Ok(())
    }

    /// Drops the rows from this one on.
    pub(crate) fn truncate(&mut self, rows: usize) {
        if rows < self.rows {
            self.elements = self.start(rows);
            self.rows = rows;
            self.runs.truncate(self.runs.partition_point(|run| run.row < rows));
        }
    }

    /// The shape of a row; None if it has no array.
    pub(crate) fn shape(&self, row: usize) -> Option<&[usize]> {
        self.run(row)?.shape.as_deref()
    }

    /// The first row after this one that has another shape, or how many rows there are.
    pub(crate) fn end_of_run(&self, row: usize) -> usize {
        let after = self.runs.partition_point(|run| run.row <= row);
        self.runs.get(after).map_or(self.rows, |run| run.row)
    }

    /// Where the elements of some rows lie.
    pub(crate) fn elements(&self, rows: Range<usize>) -> Range<usize> {
        self.start(rows.start)..self.start(rows.end)
    }

    /// The place of a row's first element, or of the end.
    fn start(&self, row: usize) -> usize {
        self.run(row).map_or(self.elements, |run| run.element + (row - run.row) * run.size)
    }

    fn run(&self, row: usize) -> Option<&Run> {
        let after = self.runs.partition_point(|run| run.row <= row);
        after.checked_sub(1).and_then(|place| self.runs.get(place)).filter(|_| row < self.rows)
    }
}

/// How many elements a shape has, if that is a number.
pub(crate) fn product(shape: &[usize]) -> Option<usize> {
    // A size of 0 makes any product 0, whatever the other sizes are.
    if shape.contains(&0) {
        Some(0)
    } else {
        shape.iter().try_fold(1, |all: usize, size| all.checked_mul(*size))
    }
}

#[cold]
fn too_many(rows: usize, shape: &[usize]) -> Error {
    Error::new(ErrorKind::Memory, format!("{rows} rows of the shape {shape:?} are larger than memory"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shapes(rows: &[(usize, &[usize])]) -> RowShapes {
        let mut shapes = RowShapes::default();
        rows.iter().for_each(|(rows, shape)| shapes.push(*rows, shape).unwrap());
        shapes
    }

    /// Every row's shape, and where its elements lie.
    fn shown(shapes: &RowShapes) -> Vec<(Vec<usize>, Range<usize>)> {
        let row = |row| (shapes.shape(row).unwrap().to_vec(), shapes.elements(row..row + 1));
        (0..shapes.rows()).map(row).collect()
    }

    #[test]
    fn rows_of_one_shape_are_a_run() {
        let all = shapes(&[(1, &[2, 3]), (0, &[9]), (2, &[2, 3]), (2, &[0, 3]), (1, &[1, 3])]);
        assert_eq!((all.rows(), all.runs.len(), all.elements), (6, 3, 21));
        let starts: Vec<_> = shown(&all).into_iter().map(|(_, range)| range).collect();
        assert_eq!(starts, [0..6, 6..12, 12..18, 18..18, 18..18, 18..21]);
        assert_eq!([0, 2, 3, 4, 5].map(|row| all.end_of_run(row)), [3, 3, 5, 5, 6]);
        assert_eq!((all.shape(4), all.shape(6)), (Some(&[0, 3][..]), None));
        assert_eq!((all.elements(1..4), all.elements(0..6), all.elements(6..6)), (6..18, 0..21, 21..21));
    }

    #[test]
    fn rows_are_dropped_and_copied() {
        let rows: [(usize, &[usize]); 4] = [(2, &[2]), (1, &[0]), (1, &[]), (2, &[2])];
        let all = shown(&shapes(&rows));
        for end in 0..=7 {
            let mut cut = shapes(&rows);
            cut.truncate(end);
            assert_eq!(shown(&cut), all[..end.min(6)]);
            cut.push(1, &[5]).unwrap();
            assert_eq!(shown(&cut).last().unwrap().0, [5]);
            for start in 0..=end.min(6) {
                let mut copy = shapes(&[(1, &[7])]);
                copy.extend(&shapes(&rows), start..end).unwrap();
                let base = all.get(start).map_or(0, |(_, range)| range.start);
                let moved = |(shape, range): &(Vec<usize>, Range<usize>)| {
                    (shape.clone(), range.start - base + 7..range.end - base + 7)
                };
                let expected: Vec<_> = all[start..end.min(6)].iter().map(moved).collect();
                assert_eq!(shown(&copy)[1..], expected);
            }
        }
    }

    #[test]
    fn a_row_may_have_no_array() {
        let mut all = shapes(&[(1, &[2])]);
        all.push_missing(2).unwrap();
        all.push(1, &[0]).unwrap();
        assert_eq!([0, 1, 2, 3].map(|row| all.shape(row)), [Some(&[2][..]), None, None, Some(&[0])]);
        assert_eq!([0, 1, 3].map(|row| all.end_of_run(row)), [1, 3, 4]);
        assert_eq!(all.elements(1..3), 2..2);
        let mut copy = RowShapes::default();
        copy.extend(&all, 2..4).unwrap();
        assert_eq!((copy.shape(0), copy.shape(1)), (None, Some(&[0][..])));
    }

    #[test]
    fn a_product_that_is_no_number_is_an_error() {
        let mut all = shapes(&[(1, &[1])]);
        for (rows, shape) in [(1, &[usize::MAX, 2][..]), (2, &[usize::MAX]), (1, &[usize::MAX])] {
            assert_eq!(all.push(rows, shape).unwrap_err().kind(), ErrorKind::Memory);
        }
        assert_eq!(shown(&all), [(vec![1], 0..1)]);
        all.push(usize::MAX - 1, &[usize::MAX, 0, 2]).unwrap();
        assert_eq!(all.rows(), usize::MAX);
    }
}
