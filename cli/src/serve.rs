//! Starts the local server.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;

use crate::failure::{Exit, Failure, Outcome};

const PROGRAM: &str = "sidekick-server";

/// Starts the local server, sidekick-server, with the arguments given
///
/// It serves ONNX models over the Deployment API and the Open Inference Protocol. `sidekick serve --help`
/// shows its own options. Without arguments it serves the deployments that are installed with this program.
/// SIDEKICK_SERVER names another program than the one beside this or in PATH.
#[derive(Args)]
#[command(disable_help_flag = true)]
pub struct ServeArguments {
    /// Arguments of sidekick-server: options, folders of deployments, models
    #[arg(value_name = "ARGUMENT", trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

pub fn run(arguments: &ServeArguments) -> Outcome {
    let program = program();
    let mut command = Command::new(&program);
    match arguments.arguments.is_empty() {
        true => command.args(installed()),
        false => command.args(&arguments.arguments),
    };
    start(&mut command).map_err(|error| {
        let message = match error.kind() {
            io::ErrorKind::NotFound => {
                "there is no such program here or in PATH; the package sidekick-server or `make install` has it"
                    .to_owned()
            }
            _ => error.to_string(),
        };
        Failure::new(Exit::Failed, format!("{}: {message}", program.display()))
    })
}

/// The server beside this program, or any that PATH has.
fn program() -> PathBuf {
    if let Some(named) = env::var_os("SIDEKICK_SERVER").filter(|named| !named.is_empty()) {
        return PathBuf::from(named);
    }
    let beside = env::current_exe()
        .ok()
        .map(|own| own.with_file_name(PROGRAM).with_extension(env::consts::EXE_EXTENSION));
    beside.filter(|program| program.is_file()).unwrap_or_else(|| PathBuf::from(PROGRAM))
}

/// The deployments of the same installation or archive, in the order of their names.
fn installed() -> Vec<PathBuf> {
    let own = env::current_exe().unwrap_or_default();
    let prefix = own.parent().and_then(Path::parent).unwrap_or(Path::new(""));
    let entries = fs::read_dir(prefix.join("share/sidekick/deployments")).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// Becomes the server: signals reach it, and its exit code is this program's.
#[cfg(unix)]
fn start(command: &mut Command) -> io::Result<()> {
    use std::os::unix::process::CommandExt;
    Err(command.exec())
}

#[cfg(not(unix))]
fn start(command: &mut Command) -> io::Result<()> {
    let status = command.status()?;
    std::process::exit(status.code().unwrap_or(1))
}
