//! Versions of files.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

/// What tells one version of a file from another.
#[derive(Debug, PartialEq, Eq)]
pub struct Version {
    pub length: u64,
    changed: Option<SystemTime>,
    /// A file that replaced another one, or that was given its time, may be as long and as old.
    inode: u64,
    /// When the system last noted a change, in seconds and nanoseconds. Nobody can set it.
    noted: (i64, i64),
}

impl Version {
    /// A file that is not there has none.
    pub fn of(file: &Path) -> Option<Version> {
        use std::os::unix::fs::MetadataExt;
        let about = fs::metadata(file).ok()?;
        let noted = (about.ctime(), about.ctime_nsec());
        Some(Version { length: about.len(), changed: about.modified().ok(), inode: about.ino(), noted })
    }
}
