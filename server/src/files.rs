//! Files of deployments. What is there but no regular file is refused: a pipe that nobody writes to would be
//! waited for without end.

use std::fs::{self, File};
use std::io;
use std::path::Path;

/// Opens a file to read it.
pub fn open(file: &Path) -> io::Result<File> {
    check(file)?;
    File::open(file)
}

pub fn read_text(file: &Path) -> io::Result<String> {
    check(file)?;
    fs::read_to_string(file)
}

/// A folder has an error of its own.
fn check(file: &Path) -> io::Result<()> {
    let about = fs::metadata(file)?;
    match about.is_file() || about.is_dir() {
        true => Ok(()),
        false => Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file")),
    }
}
