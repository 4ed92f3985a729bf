//! Reads and writes the files that a caller names. Only this module does, so that all their errors read
//! alike.

use crate::error::{Error, ErrorKind, Result};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// No system has longer paths, and the standard library would copy one.
const PATH_BYTES: usize = 32 * 1024;
/// How much of a path a message shows.
const SHOWN_BYTES: usize = 1024;

/// All of a file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    require_short(path).and_then(|()| fs::read(path)).map_err(|reason| failure(path, "read", &reason))
}

/// Writes a file. An existing one is replaced.
pub(crate) fn write(path: &Path, write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> Result<()> {
    let written = require_short(path).and_then(|()| File::create(path)).and_then(|file| {
        let mut file = BufWriter::new(file);
        write(&mut file)?;
        file.flush()
    });
    written.map_err(|reason| failure(path, "written", &reason))
}

fn require_short(path: &Path) -> io::Result<()> {
    if path.as_os_str().len() <= PATH_BYTES { Ok(()) } else { Err(io::ErrorKind::InvalidFilename.into()) }
}

/// The error of a file that cannot be read or written, with the system's reason and number.
fn failure(path: &Path, cannot_be: &str, reason: &io::Error) -> Error {
    let bytes = path.as_os_str().as_encoded_bytes();
    let start = String::from_utf8_lossy(bytes.get(..SHOWN_BYTES).unwrap_or(bytes));
    let cut = if bytes.len() > SHOWN_BYTES { "…" } else { "" };
    let message = format!("the file {start}{cut} cannot be {cannot_be}: {reason}");
    let out_of_memory = reason.kind() == io::ErrorKind::OutOfMemory;
    let kind = if out_of_memory { ErrorKind::Memory } else { ErrorKind::File };
    Error::new(kind, message).with_os_error(reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_is_too_long_is_refused_in_a_short_message() {
        let path = "x".repeat(100_000);
        let path = Path::new(&path);
        for error in [read(path).unwrap_err(), write(path, |_| Ok(())).unwrap_err()] {
            assert_eq!(error.kind(), ErrorKind::File);
            assert!(error.to_string().len() < 2000);
        }
    }

    #[test]
    fn errors_have_the_path_the_reason_and_its_number() {
        let path = Path::new("no such folder/file");
        let reason = fs::read(path).unwrap_err();
        let said = |cannot_be: &str| format!("the file no such folder/file cannot be {cannot_be}: {reason}");
        for (error, cannot_be) in
            [(read(path).unwrap_err(), "read"), (write(path, |_| Ok(())).unwrap_err(), "written")]
        {
            assert_eq!((error.kind(), error.os_error()), (ErrorKind::File, reason.raw_os_error()));
            assert_eq!(error.to_string(), said(cannot_be));
        }
    }

    #[test]
    fn a_file_that_is_larger_than_memory_is_a_memory_error() {
        let kind = |reason: io::ErrorKind| failure(Path::new("x"), "read", &reason.into()).kind();
        assert_eq!(kind(io::ErrorKind::OutOfMemory), ErrorKind::Memory);
        assert_eq!(kind(io::ErrorKind::NotFound), ErrorKind::File);
    }
}
