//! Bodies of requests in gzip.

use crate::error::{Error, ErrorKind, Result, reserve};
use crate::memory;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::{self, Write};

/// More than the memory that the encoder allocates for itself.
const ENCODER_BYTES: usize = 1 << 20;

/// The slices as one body in gzip, fast rather than small.
pub(super) fn compress(parts: &[&[u8]]) -> Result<Vec<u8>> {
    memory::probe(ENCODER_BYTES)?;
    let mut encoder = GzEncoder::new(Fallible(Vec::new()), Compression::fast());
    let written = parts.iter().try_for_each(|part| encoder.write_all(part)).and_then(|()| encoder.finish());
    let failed = |error| Error::new(ErrorKind::Memory, format!("the request cannot be compressed: {error}"));
    written.map(|compressed| compressed.0).map_err(failed)
}

/// A buffer that reports when there is no memory for it.
struct Fallible(Vec<u8>);

impl Write for Fallible {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        reserve(&mut self.0, bytes.len()).map_err(|_| io::ErrorKind::OutOfMemory)?;
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
