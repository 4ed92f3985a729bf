//! Versions of files.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

/// What tells one version of a file from another.
#[derive(Debug, PartialEq, Eq)]
pub struct Version {
    pub length: u64,
    changed: Option<SystemTime>,
    /// A file that replaced another one may be as long and as old.
    inode: u64,
}

impl Version {
    /// A file that is not there has none.
    pub fn of(file: &Path) -> Option<Version> {
        use std::os::unix::fs::MetadataExt;
        let about = fs::metadata(file).ok()?;
        Some(Version { length: about.len(), changed: about.modified().ok(), inode: about.ino() })
    }
}
