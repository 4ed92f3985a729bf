//! Why the program ends without having done all, and the exit code that says so to scripts.

use std::io;
use std::path::Path;
use std::process::ExitCode;

use sidekick::ErrorKind;

/// The result of everything here that can fail.
pub type Outcome<T = ()> = Result<T, Failure>;

/// The exit codes; `docs/cli.md` has their table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// The reader of standard output wants no more: nothing is wrong.
    Closed = 0,
    Failed = 1,
    Usage = 2,
    Network = 3,
    Refused = 4,
    BadRow = 5,
}

/// What went wrong, in one line.
#[derive(Debug)]
pub struct Failure {
    pub exit: Exit,
    pub message: String,
}

impl Failure {
    pub fn new(exit: Exit, message: impl Into<String>) -> Failure {
        Failure { exit, message: message.into() }
    }

    /// The program was called wrongly.
    pub fn usage(message: impl Into<String>) -> Failure {
        Failure::new(Exit::Usage, message)
    }

    /// A row that is not predicted.
    pub fn bad_row(message: impl Into<String>) -> Failure {
        Failure::new(Exit::BadRow, message)
    }

    /// A file could not be read or written.
    pub fn file(path: &Path, error: &io::Error) -> Failure {
        Failure::new(Exit::Failed, format!("{}: {error}", path.display()))
    }

    /// Standard output cannot be written. If its reader is gone, that is no failure.
    pub fn standard_output(error: &io::Error) -> Failure {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::new(Exit::Closed, ""),
            _ => Failure::new(Exit::Failed, format!("standard output: {error}")),
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

impl From<sidekick::Error> for Failure {
    fn from(error: sidekick::Error) -> Failure {
        Failure::new(exit_of(&error), error.to_string())
    }
}

/// The exit code of an error of the client.
pub fn exit_of(error: &sidekick::Error) -> Exit {
    use ErrorKind::*;
    match error.kind() {
        Argument | UnknownFeature => Exit::Usage,
        Connect | Tls | Timeout | Network => Exit::Network,
        FeatureType | FeatureShape | FeatureValue | FeatureTwice | RowIncomplete | Image | Npy => {
            Exit::BadRow
        }
        Http | Server if matches!(error.http_status(), Some(400 | 413 | 422)) => Exit::BadRow,
        Http | Server => Exit::Refused,
        _ => Exit::Failed,
    }
}

/// The text of an error without its row or rows, which count from 0 among those that were sent.
pub fn without_row(error: &sidekick::Error) -> String {
    let text = error.to_string();
    let place = match (error.row(), error.rows()) {
        (Some(row), _) => format!("row {row}: "),
        (None, Some(rows)) => format!("rows {} to ", rows.start),
        (None, None) => return text,
    };
    let rest = text.strip_prefix(&place).map(|rest| match error.row() {
        Some(_) => rest,
        // What follows is the last row, and how often they were sent.
        None => rest.split_once(": ").map_or(rest, |(_, rest)| rest),
    });
    rest.map(str::to_owned).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_keeps_its_text_without_its_row() {
        let error = sidekick::Error::new(ErrorKind::FeatureValue, "too odd").in_feature("x");
        assert_eq!(without_row(&error), "feature \"x\": too odd");
        assert_eq!(without_row(&error.clone().in_row(7)), "feature \"x\": too odd");
        assert_eq!(without_row(&error.in_rows(3..5, 9)), "feature \"x\": too odd");
    }

    #[test]
    fn a_status_that_blames_the_rows_is_a_bad_row() {
        let error = |status| sidekick::Error::new(ErrorKind::Server, "no").with_http_status(status);
        assert_eq!(exit_of(&error(422)), Exit::BadRow);
        assert_eq!(exit_of(&error(403)), Exit::Refused);
        assert_eq!(exit_of(&sidekick::Error::new(ErrorKind::Tls, "")), Exit::Network);
    }
}
