//! Opens a page in the browser of this machine.

use std::io::{self, Write};
use std::process::{Command, Stdio};
use std::thread;

/// The program that opens a URL.
const OPENER: &str = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };

/// Opens a page; if that fails, a line on standard error says where it is.
pub fn open(url: &str) {
    let mut command = Command::new(OPENER);
    command.arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let url = url.to_owned();
    match command.spawn() {
        // It may run as long as the browser.
        Ok(mut opener) => drop(thread::spawn(move || match opener.wait() {
            Ok(status) if !status.success() => say(&url, &format!("{OPENER} failed")),
            _ => (),
        })),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            say(&url, &format!("there is no {OPENER} here"))
        }
        Err(error) => say(&url, &format!("{OPENER}: {error}")),
    }
}

fn say(url: &str, problem: &str) {
    // A closed standard error is no reason to fail.
    drop(writeln!(io::stderr(), "sidekick-server: --open: {problem}; the page is {url}"));
}
