//! Checks, step by step, whether a deployment can be asked, and says what to do if not.

use std::sync::{Arc, Mutex, PoisonError};

use clap::Args;
use sidekick::{Deployment, ErrorKind, LogLevel, ProtocolKind};

use crate::connection::{Connection, ConnectionArguments};
use crate::failure::{Exit, Failure, Outcome, exit_of};
use crate::terminal::{self, BAD, DIM, GOOD, Terminal, one_line};

/// Checks address, connection, TLS, token, description, and whether the deployment is enabled
///
/// Each has a line. The one that fails says what to do, and those after it are not checked. The exit code is
/// 3 for a connection or TLS, 4 for a refusal of the server, 2 for an address that is none.
#[derive(Args)]
pub struct CheckArguments {
    #[command(flatten)]
    connection: ConnectionArguments,
}

/// What is checked, in this order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd)]
enum Step {
    Address,
    Connection,
    Tls,
    Token,
    Description,
    Enabled,
}

use Step::{Address, Description, Enabled, Tls, Token};

const STEPS: [(Step, &str); 6] = [
    (Address, "address"),
    (Step::Connection, "connection"),
    (Tls, "TLS"),
    (Token, "token"),
    (Description, "description"),
    (Enabled, "enabled"),
];

/// A request without a row: whoever may predict gets a response, or is told that rows are missing.
const NO_ROWS: &str = r#"{"rows":[]}"#;

/// What failed, and why.
struct Found {
    step: Step,
    what: String,
    exit: Exit,
}

pub fn run(arguments: &CheckArguments, terminal: &Terminal) -> Outcome {
    let mut connection = arguments.connection.resolve(terminal)?;
    let times = Arc::new(Mutex::new(None));
    if !terminal.verbose {
        listen(&mut connection, Arc::clone(&times));
    }
    let opened = Deployment::open(&connection.url, connection.token(), &connection.options);
    let found = match &opened {
        Ok(deployment) => ask(deployment),
        Err(error) if connection.needs_token(error) => {
            Some(Found { step: Token, what: "there is none".to_owned(), exit: Exit::Usage })
        }
        Err(error) => Some(blame(error)),
    };
    // Without a token nothing was sent.
    let is_known = |step| match &opened {
        Ok(_) => true,
        Err(error) if connection.needs_token(error) => step == Address,
        Err(_) => step < Description,
    };
    let connected = times.lock().unwrap_or_else(PoisonError::into_inner).take();
    let mut report = String::new();
    for (step, name) in STEPS {
        match &found {
            Some(found) if found.step == step => {
                let what = one_line(&found.what);
                report +=
                    &format!("{BAD}failed{BAD:#}  {name:<11}  {what}; {}\n", advice(found, &connection));
            }
            Some(found) if found.step < step || !is_known(step) => {
                report += &format!("{DIM}-       {name}{DIM:#}\n")
            }
            _ => {
                let what = one_line(&good(step, &connection, opened.as_ref().ok(), connected.as_deref()));
                report += &format!("{GOOD}ok{GOOD:#}      {name:<11}  {what}\n");
            }
        }
    }
    terminal::print(&report)?;
    // The report says it; an error line would say it twice.
    found.map_or(Ok(()), |found| Err(Failure::new(found.exit, "")))
}

/// Keeps the log's line about the connection.
fn listen(connection: &mut Connection, line: Arc<Mutex<Option<String>>>) {
    connection.options.set_log(move |level, message| {
        if level == LogLevel::Debug && message.contains(": connected after ") {
            *line.lock().unwrap_or_else(PoisonError::into_inner) = Some(message.to_owned());
        }
    });
}

/// Asks for no predictions: only a deployment that is enabled can answer.
fn ask(deployment: &Deployment) -> Option<Found> {
    // A server of the Open Inference Protocol said that the model is there.
    if deployment.protocol() == ProtocolKind::OpenInference {
        return None;
    }
    let refused = |step, what| Some(Found { step, what, exit: Exit::Refused });
    match deployment.post_json(NO_ROWS) {
        Err(error) => Some(blame(&error)),
        Ok(reply) if reply.text.contains("DeploymentNotEnabled") => {
            refused(Enabled, "the deployment is not enabled".to_owned())
        }
        Ok(reply) if matches!(reply.status, 401 | 403) => refused(Token, format!("status {}", reply.status)),
        Ok(reply) if reply.status == 404 => {
            refused(Address, "there is no deployment to post rows to".to_owned())
        }
        Ok(reply) if reply.status >= 500 => refused(Enabled, format!("status {}", reply.status)),
        Ok(_) => None,
    }
}

/// The step that an error belongs to.
fn blame(error: &sidekick::Error) -> Found {
    let step = match (error.kind(), error.http_status(), error.server_code()) {
        (_, _, Some("DeploymentNotEnabled")) => Enabled,
        (_, Some(401 | 403), _) => Token,
        (_, Some(404 | 405), _) | (ErrorKind::Argument, ..) => Address,
        (ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Network, ..) => Step::Connection,
        (ErrorKind::Tls, ..) => Tls,
        _ => Description,
    };
    Found { step, what: error.to_string(), exit: exit_of(error) }
}

/// What is right about a step.
fn good(
    step: Step,
    connection: &Connection,
    deployment: Option<&Deployment>,
    connected: Option<&str>,
) -> String {
    let is_encrypted = connection.url.to_ascii_lowercase().starts_with("https:");
    let protocol = deployment.map(Deployment::protocol);
    match step {
        Address => connection.url.clone(),
        Step::Connection => connected.unwrap_or("the server answers").to_owned(),
        Tls if is_encrypted => "the server's certificate is trusted".to_owned(),
        Tls => "none: http".to_owned(),
        Token if connection.token().is_empty() => "none, and the server wants none".to_owned(),
        Token => "the server accepts it".to_owned(),
        Description => deployment.map_or(String::new(), |deployment| {
            format!("{} inputs, {} outputs", deployment.inputs().len(), deployment.outputs().len())
        }),
        Enabled if protocol == Some(ProtocolKind::OpenInference) => "the model is loaded".to_owned(),
        Enabled => "it takes rows".to_owned(),
    }
}

/// What to do about a step that failed.
fn advice(found: &Found, connection: &Connection) -> &'static str {
    match found.step {
        Address if found.exit == Exit::Usage => {
            "copy the URL from the deployment's page; --help lists what else is set"
        }
        Address => "compare the URL with the one on the deployment's page",
        Step::Connection => {
            "is the server running, and this host, port and proxy right? --verbose shows more"
        }
        Tls => {
            "a private authority needs --ca-file; a certificate that expired has to be renewed by the server"
        }
        Token if connection.token().is_empty() => {
            "no token was given: set SIDEKICK_TOKEN, --token-file or a profile"
        }
        Token => {
            "copy the token again from the deployment's page, into the file or variable that it comes from"
        }
        Description => {
            "the server describes nothing that can be asked; a --model-description may help, or its owner"
        }
        Enabled => "enable it on its page, or ask its owner",
    }
}
