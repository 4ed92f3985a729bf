//! Rows as the JSON text of a request, each value written once, in its final bytes, when it is added.

use crate::error::{Error, ErrorKind, Result, reserve};
use crate::memory::push;
use crate::names::Names;
use crate::protocol::deployment_api::buffer::Buffer;
use crate::protocol::deployment_api::request;
use crate::protocol::deployment_api::wire::{InputKeys, Wire};
use crate::values::{ColumnReader, Numbers, Source, Texts, Value};
use sidekick_numbers::{BLOCK, Number};
use std::ops::Range;
use std::sync::Arc;

/// Finished rows, with commas between them, and the values of the open row.
pub(crate) struct JsonRows {
    wire: Arc<Wire>,
    text: Buffer,
    /// Where each finished row is in the text.
    finished: Vec<Range<usize>>,
    /// Whether the open row has a value.
    open: bool,
}

/// A state that can be restored.
pub(crate) struct JsonCheckpoint {
    bytes: usize,
    finished: usize,
    open: bool,
}

impl JsonRows {
    pub(crate) fn new(wire: &Arc<Wire>) -> JsonRows {
        JsonRows { wire: Arc::clone(wire), text: Buffer::default(), finished: Vec::new(), open: false }
    }

    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.finished.len()
    }

    /// The text of some finished rows.
    pub(crate) fn text(&self, rows: Range<usize>) -> &[u8] {
        let start = self.finished.get(rows.start).map_or(0, |row| row.start);
        let last = rows.end.checked_sub(1).and_then(|last| self.finished.get(last));
        let end = last.map_or(start, |row| row.end);
        self.text.as_slice().get(start..end).unwrap_or_default()
    }

    /// The text of all rows, the open one too.
    #[cfg(test)]
    pub(crate) fn all(&self) -> &[u8] {
        self.text.as_slice()
    }

    /// Adds a value to the open row. If it cannot be sent, nothing changes.
    #[inline(always)]
    pub(crate) fn put(&mut self, index: usize, value: &Value<'_>) -> Result<()> {
        let before = self.text.len();
        let put = if self.open { self.put_next(index, value) } else { self.put_first(index, value) };
        put.map_err(|error| self.undo(before, error))
    }

    #[cold]
    fn undo(&mut self, before: usize, error: Error) -> Error {
        self.text.truncate(before);
        error
    }

    #[inline(always)]
    fn put_next(&mut self, index: usize, value: &Value<'_>) -> Result<()> {
        request::put_member(&mut self.text, self.wire.input(index)?, value, self.wire.tensorjson)
    }

    #[inline(never)]
    fn put_first(&mut self, index: usize, value: &Value<'_>) -> Result<()> {
        let JsonRows { wire, text, finished, .. } = self;
        let keys = wire.input(index)?;
        begin_row(text, !finished.is_empty(), |text| {
            request::put_member(text, keys, value, wire.tensorjson)
        })?;
        self.open = true;
        Ok(())
    }

    /// Finishes the open row.
    pub(crate) fn end_row(&mut self) -> Result<()> {
        const SEPARATOR: usize = 1;
        let start = self.finished.last().map_or(0, |row| row.end + SEPARATOR);
        end_row(&mut self.text, &mut self.finished, start)?;
        self.open = false;
        Ok(())
    }

    /// Drops the values of the open row.
    pub(crate) fn discard_row(&mut self) {
        self.text.truncate(self.finished.last().map_or(0, |row| row.end));
        self.open = false;
    }

    /// Drops all rows and keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.finished.clear();
        self.discard_row();
    }

    /// Makes room for so many more bytes.
    pub(crate) fn reserve(&mut self, bytes: usize) -> Result<()> {
        self.text.reserve(bytes)
    }

    pub(crate) fn checkpoint(&self) -> JsonCheckpoint {
        JsonCheckpoint { bytes: self.text.len(), finished: self.finished.len(), open: self.open }
    }

    /// Restores a state: undoes everything since.
    pub(crate) fn restore(&mut self, checkpoint: JsonCheckpoint) {
        self.text.truncate(checkpoint.bytes);
        self.finished.truncate(checkpoint.finished);
        self.open = checkpoint.open;
    }

    /// Becomes a copy of some finished rows.
    pub(crate) fn copy(&mut self, other: &JsonRows, rows: Range<usize>) -> Result<()> {
        self.clear();
        let copied = other.finished.get(rows.clone()).unwrap_or_default();
        self.text.extend(other.text(rows))?;
        let start = copied.first().map_or(0, |row| row.start);
        reserve(&mut self.finished, copied.len())?;
        self.finished.extend(copied.iter().map(|row| row.start - start..row.end - start));
        Ok(())
    }

    /// Adds `count` whole rows while none is open: a value of each column. An error names the feature, and
    /// leaves a part of the rows behind.
    pub(crate) fn add_columns(&mut self, count: usize, readers: &[ColumnReader<'_>]) -> Result<()> {
        let JsonRows { wire, text, finished, .. } = self;
        let mut columns = Vec::new();
        for reader in readers {
            push(&mut columns, Column::new(reader, wire)?)?;
        }
        reserve(finished, count)?;
        for row in 0..count {
            if row % BLOCK == 0 {
                columns.iter_mut().for_each(|column| column.prepare(row));
            }
            add_row(text, finished, &columns, row).map_err(|error| error.in_row_of_column(row))?;
        }
        Ok(())
    }
}

/// Begins a row with what `put` appends, and returns where it starts. `follows` tells whether a row is before
/// it. The comma of the first value becomes a brace.
#[inline(always)]
fn begin_row(text: &mut Buffer, follows: bool, put: impl FnOnce(&mut Buffer) -> Result<()>) -> Result<usize> {
    if follows {
        text.push(b',')?;
    }
    let start = text.len();
    put(text)?;
    text.set(start, b'{');
    Ok(start)
}

/// Ends the row that starts here.
#[inline(always)]
fn end_row(text: &mut Buffer, finished: &mut Vec<Range<usize>>, start: usize) -> Result<()> {
    if finished.len() == finished.capacity() {
        reserve(finished, 1)?;
    }
    text.push(b'}')?;
    finished.push(start..text.len());
    Ok(())
}

#[inline(always)]
fn add_row(
    text: &mut Buffer,
    finished: &mut Vec<Range<usize>>,
    columns: &[Column<'_>],
    row: usize,
) -> Result<()> {
    let start = begin_row(text, !finished.is_empty(), |text| {
        columns.iter().try_for_each(|column| column.put(row, text))
    })?;
    end_row(text, finished, start)
}

/// A column that is written into the text.
struct Column<'a> {
    reader: &'a ColumnReader<'a>,
    keys: &'a InputKeys,
    tensorjson: bool,
    cells: Cells<'a>,
}

/// The most common columns have their own fast path.
enum Cells<'a> {
    Floats(Box<Floats<'a>>),
    Labels(&'a Texts<'a>, &'a Names),
    Texts(&'a Texts<'a>),
    Other,
}

/// A column of floats, with the numbers of the current block of rows. Their digits are found together.
struct Floats<'a> {
    numbers: Numbers<'a>,
    block: [Number; BLOCK],
}

impl<'a> Column<'a> {
    fn new(reader: &'a ColumnReader<'a>, wire: &'a Wire) -> Result<Column<'a>> {
        let cells = match &reader.source {
            Source::Floats(numbers) => {
                Cells::Floats(Box::new(Floats { numbers: *numbers, block: Default::default() }))
            }
            Source::Labels(labels) => Cells::Labels(labels, &reader.spec.categories),
            Source::Texts(texts) => Cells::Texts(texts),
            _ => Cells::Other,
        };
        Ok(Column { reader, keys: wire.input(reader.index)?, tensorjson: wire.tensorjson, cells })
    }

    /// Makes ready for a block of rows.
    fn prepare(&mut self, first: usize) {
        if let Cells::Floats(floats) = &mut self.cells {
            Number::set_block(&mut floats.block, &floats.numbers.floats(first));
        }
    }

    /// Appends the value of a row. An error names the feature.
    #[inline]
    fn put(&self, row: usize, text: &mut Buffer) -> Result<()> {
        self.put_cell(row, text).map_err(|error| self.reader.spec.in_feature(error))
    }

    #[inline]
    fn put_cell(&self, row: usize, text: &mut Buffer) -> Result<()> {
        match &self.cells {
            Cells::Floats(floats) => {
                let number = floats.block.get(row % BLOCK).ok_or_else(beyond_block)?;
                request::put_number_of(text, self.keys, number)
            }
            Cells::Labels(labels, names) => match names.find(labels.get(row)?.0) {
                Some(category) => request::put_category(text, self.keys, category),
                None => self.put_slow(row, text),
            },
            Cells::Texts(texts) => {
                let (value, all_on) = texts.get(row)?;
                request::put_text_of(text, self.keys, all_on, value.len())
            }
            Cells::Other => self.put_slow(row, text),
        }
    }

    #[inline(never)]
    fn put_slow(&self, row: usize, text: &mut Buffer) -> Result<()> {
        self.reader.give(row, |value| request::put_member(text, self.keys, value, self.tensorjson))
    }
}

#[cold]
fn beyond_block() -> Error {
    Error::new(ErrorKind::Internal, "a row beyond its block")
}
