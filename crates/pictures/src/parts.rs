//! The parts of a file that its image needs.

use crate::Error;

/// The parts of a file that its image needs, one after the other, without the metadata between them.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Essence<'a> {
    parts: Vec<&'a [u8]>,
    /// Where in the file the last part begins, if what follows it may be joined to it.
    joined_from: Option<usize>,
    /// How much of the file was read.
    end: usize,
    left_out: bool,
    exif: Option<&'a [u8]>,
}

impl<'a> Essence<'a> {
    /// The parts.
    pub fn parts(&self) -> &[&'a [u8]] {
        &self.parts
    }

    /// The bytes of all parts together.
    pub(crate) fn size(&self) -> usize {
        self.parts.iter().map(|part| part.len()).sum()
    }

    /// Whether they are all of a file.
    pub fn is_all_of(&self, file: &[u8]) -> bool {
        !self.left_out && self.end == file.len()
    }

    /// The EXIF data that were left out: a TIFF file, whose tags say how to rotate the image.
    pub fn exif(&self) -> Option<&'a [u8]> {
        self.exif
    }

    /// Keeps the file up to `end`.
    pub(crate) fn keep(&mut self, file: &'a [u8], end: usize) -> Result<(), Error> {
        if end == self.end {
            return Ok(());
        }
        let start = match self.joined_from {
            Some(start) => {
                self.parts.pop();
                start
            }
            None => self.end,
        };
        self.push(file.get(start..end).unwrap_or_default())?;
        (self.joined_from, self.end) = (Some(start), end);
        Ok(())
    }

    /// Leaves the file out up to `end`.
    pub(crate) fn leave_out(&mut self, end: usize) {
        (self.joined_from, self.end, self.left_out) = (None, end, true);
    }

    /// Puts something else in place of the file up to `end`.
    pub(crate) fn replace(&mut self, part: &'static [u8], end: usize) -> Result<(), Error> {
        self.leave_out(end);
        self.push(part)
    }

    fn push(&mut self, part: &'a [u8]) -> Result<(), Error> {
        self.parts.try_reserve(1).map_err(|_| Error::Memory(size_of::<&[u8]>()))?;
        self.parts.push(part);
        Ok(())
    }

    /// A copy, as memory allows.
    pub fn copied(&self) -> Result<Essence<'a>, Error> {
        let mut parts = Vec::new();
        parts.try_reserve_exact(self.parts.len()).map_err(|_| Error::Memory(size_of_val(&*self.parts)))?;
        parts.extend_from_slice(&self.parts);
        Ok(Essence {
            parts,
            joined_from: self.joined_from,
            end: self.end,
            left_out: self.left_out,
            exif: self.exif,
        })
    }

    pub(crate) fn set_exif(&mut self, exif: &'a [u8]) {
        self.exif.get_or_insert(exif);
    }
}
