//! The local server with the shipped deployments and those made for the tests. It is the one at
//! `SIDEKICK_SERVER_URL` if that is set. Otherwise the first test that asks builds and starts one for all
//! tests of its program.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::thread;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
/// Where `make test-deployments` puts what it makes.
const MADE: &str = "target/tests/deployments";
/// Runs the server until standard input ends, which it does with the process of the tests, however that ends.
const BESIDE: &str = r#""$@" & exec >&-; read -r _; kill $! 2>/dev/null"#;

struct Server {
    url: String,
    /// Ends the server when it is closed.
    _input: Option<ChildStdin>,
}

/// The URL of a deployment.
pub fn url(id: &str) -> String {
    static SERVER: OnceLock<Server> = OnceLock::new();
    let server = SERVER.get_or_init(|| match std::env::var("SIDEKICK_SERVER_URL") {
        Ok(url) => Server { url, _input: None },
        Err(_) => start(),
    });
    format!("{}/deployment/{id}/forward", server.url)
}

fn start() -> Server {
    let ready = Path::new(ROOT).join(MADE).join("ready");
    assert!(
        ready.exists(),
        "the deployments of the tests are missing: `make test-deployments` makes them, once"
    );
    let mut folders = folders("server/deployments");
    folders.extend(self::folders(MADE));
    let mut child = Command::new("sh")
        .args(["-c", BESIDE, "sh"])
        .arg(build())
        .args(["--listen", "127.0.0.1:0"])
        .args(folders)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a shell starts the server");
    let url = url_when_ready(&mut child);
    Server { url, _input: child.stdin.take() }
}

/// The deployments in a folder of the repository.
fn folders(parent: &str) -> Vec<PathBuf> {
    let entries = Path::new(ROOT).join(parent).read_dir().unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.is_dir()).collect()
}

/// Builds the server, beside the program of the tests.
fn build() -> PathBuf {
    let program = std::env::current_exe().unwrap();
    let target = program.ancestors().nth(3).expect("cargo puts tests in TARGET/PROFILE/deps");
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let status = Command::new(cargo)
        .args(["build", "--quiet", "--package", "sidekick-server", "--target-dir"])
        .arg(target)
        .current_dir(ROOT)
        .status()
        .expect("cargo builds the server");
    assert!(status.success(), "the server could not be built");
    target.join("debug/sidekick-server")
}

/// Reads what the server prints; it is never blocked by a reader who has gone.
fn url_when_ready(child: &mut Child) -> String {
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut url = None;
    for line in lines.by_ref() {
        if let Some(address) = line.strip_prefix("listening on ") {
            url = Some(address.to_owned());
        }
        if line == "ready" {
            break;
        }
    }
    thread::spawn(move || lines.for_each(drop));
    url.expect("the server tells its address; what it printed is above")
}
