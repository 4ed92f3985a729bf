//! Files that a caller names.

use crate::error::{Error, Result};
use std::fs::{self, File};
use std::io;
use std::path::Path;

/// No system takes a longer path; the standard library would copy it.
const PATH_BYTES: usize = 32 * 1024;

/// All of a file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    require_short(path).and_then(|()| fs::read(path)).map_err(|reason| Error::of_file(path, "read", &reason))
}

/// A new file, in place of one that is there.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    require_short(path).and_then(|()| File::create(path))
}

fn require_short(path: &Path) -> io::Result<()> {
    if path.as_os_str().len() <= PATH_BYTES { Ok(()) } else { Err(io::ErrorKind::InvalidFilename.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn a_path_beyond_any_is_refused_in_few_words() {
        let path = "x".repeat(100_000);
        let error = read(Path::new(&path)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::File);
        assert!(error.to_string().len() < 2000);
        assert!(create(Path::new(&path)).is_err());
    }
}
