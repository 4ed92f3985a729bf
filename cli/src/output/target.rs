//! Where results are written: a file or standard output, in whole groups of rows.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crc32fast::Hasher;
use serde::{Deserialize, Serialize};

use crate::failure::{Exit, Failure, Outcome};

/// So many bytes of a file, and their checksum.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
pub struct Mark {
    pub bytes: u64,
    pub checksum: u32,
}

/// A file, or standard output, and what is to be written next.
pub struct Target {
    output: Output,
    pub buffer: Vec<u8>,
    hasher: Hasher,
    bytes: u64,
}

enum Output {
    Standard,
    File(File, PathBuf),
}

impl Target {
    pub fn standard() -> Target {
        Target { output: Output::Standard, buffer: Vec::new(), hasher: Hasher::new(), bytes: 0 }
    }

    /// Opens a file that this program alone writes. What is in it stays.
    pub fn open(path: &Path) -> Outcome<Target> {
        let failed = |error: &io::Error| Failure::file(path, error);
        let options = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
        let file = options.map_err(|error| failed(&error))?;
        // A device can be shared, and a file system may have no locks.
        let is_file = file.metadata().is_ok_and(|metadata| metadata.is_file());
        if is_file && matches!(file.try_lock(), Err(TryLockError::WouldBlock)) {
            let message = format!("{}: another sidekick is writing it", path.display());
            return Err(Failure::new(Exit::Failed, message));
        }
        let output = Output::File(file, path.to_path_buf());
        Ok(Target { output, buffer: Vec::new(), hasher: Hasher::new(), bytes: 0 })
    }

    /// Which of some marks, in rising order, the file still fits: for each whether it does.
    pub fn fits(&mut self, marks: &[Mark]) -> Outcome<Vec<bool>> {
        let Output::File(file, path) = &mut self.output else { return Ok(vec![false; marks.len()]) };
        fits(file, marks).map_err(|error| Failure::file(path, &error))
    }

    /// Cuts the file off after a mark that it fits, and goes on there.
    pub fn cut(&mut self, mark: Mark) -> Outcome {
        self.hasher = Hasher::new_with_initial_len(mark.checksum, mark.bytes);
        self.bytes = mark.bytes;
        let Output::File(file, path) = &mut self.output else { return Ok(()) };
        // A pipe or a device cannot be cut, and has nothing to be cut.
        if !file.metadata().is_ok_and(|metadata| metadata.is_file()) {
            return Ok(());
        }
        let cut = file.set_len(mark.bytes).and_then(|()| file.seek(SeekFrom::Start(mark.bytes)));
        cut.map(|_| ()).map_err(|error| Failure::file(path, &error))
    }

    /// Writes what is in the buffer.
    pub fn flush(&mut self) -> Outcome {
        if self.buffer.is_empty() {
            return Ok(());
        }
        match &mut self.output {
            Output::Standard => {
                let mut output = io::stdout().lock();
                let written = output.write_all(&self.buffer).and_then(|()| output.flush());
                written.map_err(|error| Failure::standard_output(&error))?;
            }
            Output::File(file, path) => {
                file.write_all(&self.buffer).map_err(|error| Failure::file(path, &error))?;
            }
        }
        self.hasher.update(&self.buffer);
        self.bytes += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }

    /// What was written.
    pub fn mark(&self) -> Mark {
        Mark { bytes: self.bytes, checksum: self.hasher.clone().finalize() }
    }

    /// Forces what was written to disk.
    pub fn sync(&self) -> Outcome {
        match &self.output {
            Output::Standard => Ok(()),
            Output::File(file, path) => file.sync_data().map_err(|error| Failure::file(path, &error)),
        }
    }
}

/// Reads the file up to the last mark that it is long enough for.
fn fits(file: &mut File, marks: &[Mark]) -> io::Result<Vec<bool>> {
    const BLOCK: usize = 64 << 10;
    let mut buffer = vec![0; BLOCK];
    let mut hasher = Hasher::new();
    let mut bytes = 0;
    file.seek(SeekFrom::Start(0))?;
    let mut fitting = Vec::new();
    for mark in marks {
        while bytes < mark.bytes {
            let most = usize::try_from(mark.bytes - bytes).unwrap_or(BLOCK).min(BLOCK);
            match file.read(&mut buffer[..most])? {
                0 => break,
                count => {
                    hasher.update(&buffer[..count]);
                    bytes += count as u64;
                }
            }
        }
        fitting.push(bytes == mark.bytes && hasher.clone().finalize() == mark.checksum);
    }
    Ok(fitting)
}
