//! Which deployment a command is about, its token, and how it is reached.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};
use sidekick::{Deployment, LogLevel, Options, ProtocolKind};

use crate::failure::{Failure, Outcome, exit_of};
use crate::profiles::{self, Profile};
use crate::terminal::{Terminal, one_line};
use crate::token;

/// Options of every command that asks a deployment.
#[derive(Args)]
#[command(next_help_heading = "Deployment")]
pub struct ConnectionArguments {
    /// URL of the deployment; otherwise SIDEKICK_URL or a profile's
    #[arg(short, long, value_name = "URL")]
    url: Option<String>,

    /// File whose first line is the token, - for standard input; otherwise a profile's, SIDEKICK_TOKEN or
    /// SIDEKICK_TOKEN_FILE
    #[arg(short, long, value_name = "FILE")]
    token_file: Option<PathBuf>,

    /// Refused: command lines are public on a machine
    #[arg(long, hide = true, num_args = 0..=1)]
    token: Option<Option<String>>,

    /// Profile of the file of profiles; otherwise SIDEKICK_PROFILE or the default one
    #[arg(short, long, value_name = "NAME")]
    profile: Option<String>,

    /// Protocol of the deployment, in place of the one that its URL means
    #[arg(long, value_name = "NAME", value_enum)]
    protocol: Option<ProtocolName>,

    /// File that describes a model of the Open Inference Protocol: labels, types, images
    #[arg(long, value_name = "FILE")]
    model_description: Option<PathBuf>,

    /// Certificates (PEM) to trust instead of the system's
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,

    /// Certificate (PEM) of this client
    #[arg(long, value_name = "FILE", requires = "client_key")]
    client_certificate: Option<PathBuf>,

    /// Key (PEM) of the client's certificate
    #[arg(long, value_name = "FILE", requires = "client_certificate")]
    client_key: Option<PathBuf>,

    /// Proxy, http:// or socks5://; empty for none; otherwise the environment's
    #[arg(long, value_name = "URL")]
    proxy: Option<String>,

    /// One more header of every request
    #[arg(long, value_name = "NAME:VALUE", value_parser = header)]
    header: Vec<(String, String)>,

    /// Host header, by which an ingress chooses the model
    #[arg(long, value_name = "HOST")]
    host_header: Option<String>,

    /// Allows http:// to another machine; then anybody on the network can read the token
    #[arg(long)]
    allow_token_over_http: bool,

    /// Time for making a connection; 0 for no limit
    #[arg(long, value_name = "SECONDS", value_parser = seconds, default_value = "10")]
    connect_timeout: Duration,

    /// How long the server may be silent; 0 for no limit
    #[arg(long, value_name = "SECONDS", value_parser = seconds, default_value = "120")]
    response_timeout: Duration,

    /// Time for one request with all its attempts; 0 for no limit
    #[arg(long, value_name = "SECONDS", value_parser = seconds, default_value = "0")]
    call_timeout: Duration,

    /// How often a request is sent again after a temporary failure [default: 2]
    #[arg(long, value_name = "NUMBER")]
    retries: Option<u32>,
}

#[derive(Clone, Copy, ValueEnum)]
enum ProtocolName {
    DeploymentApi,
    OpenInference,
}

impl From<ProtocolName> for ProtocolKind {
    fn from(name: ProtocolName) -> ProtocolKind {
        match name {
            ProtocolName::DeploymentApi => ProtocolKind::DeploymentApi,
            ProtocolName::OpenInference => ProtocolKind::OpenInference,
        }
    }
}

const NO_TOKEN: &str = "no token was given: set SIDEKICK_TOKEN, --token-file or a profile";

/// A deployment that can be opened.
pub struct Connection {
    pub url: String,
    token: String,
    pub options: Options,
}

impl Connection {
    pub fn open(&self) -> Outcome<Deployment> {
        Deployment::open(&self.url, &self.token, &self.options).map_err(|error| self.explain(&error))
    }

    pub fn token(&self) -> &str {
        &self.token
    }

    /// An error of the client, and what to do if no token was found.
    pub fn explain(&self, error: &sidekick::Error) -> Failure {
        self.explain_as(error, error.to_string())
    }

    /// The same with another text of the error.
    pub fn explain_as(&self, error: &sidekick::Error, text: String) -> Failure {
        let exit = exit_of(error);
        match (self.token.is_empty(), error.http_status()) {
            (true, Some(401 | 403)) => Failure::new(exit, format!("{text}; {NO_TOKEN}")),
            _ if self.needs_token(error) => Failure::usage(NO_TOKEN),
            _ => Failure::new(exit, text),
        }
    }

    /// Whether an error is that the protocol needs a token, and there is none.
    pub fn needs_token(&self, error: &sidekick::Error) -> bool {
        self.token.is_empty() && error.to_string().starts_with("the token is empty")
    }
}

impl ConnectionArguments {
    /// Whether the token comes from standard input.
    pub fn takes_standard_input(&self) -> bool {
        self.token_file.as_deref() == Some(Path::new("-"))
    }

    /// Whether a number of retries was asked for.
    pub fn sets_retries(&self) -> bool {
        self.retries.is_some()
    }

    /// Finds URL, token and settings.
    pub fn resolve(&self, terminal: &Terminal) -> Outcome<Connection> {
        if self.token.is_some() {
            return Err(Failure::usage(token::REFUSED));
        }
        let given = match (&self.url, &self.profile) {
            (None, None) => token::variable("SIDEKICK_URL")?,
            (url, _) => url.clone(),
        };
        let profile = self.profile(given.is_some(), terminal)?;
        let own = profile.as_ref().and_then(|profile| profile.url.clone());
        let Some(url) = given.or(own) else {
            return Err(Failure::usage("which deployment? Give --url, SIDEKICK_URL or a profile with a url"));
        };
        let token = self.token_for(&url, profile.as_ref(), terminal)?;
        let options = self.options(profile.unwrap_or_default(), terminal.verbose)?;
        Ok(Connection { url, token: token.unwrap_or_default(), options })
    }

    /// The profile that is asked for, or the one that says which deployment if nothing else does.
    fn profile(&self, has_url: bool, terminal: &Terminal) -> Outcome<Option<Profile>> {
        match &self.profile {
            Some(name) => profiles::find(Some(name), terminal),
            None if has_url => Ok(None),
            None => profiles::find(token::variable("SIDEKICK_PROFILE")?.as_deref(), terminal),
        }
    }

    /// The token for a URL. A profile's is for its own server alone.
    fn token_for(
        &self,
        url: &str,
        profile: Option<&Profile>,
        terminal: &Terminal,
    ) -> Outcome<Option<String>> {
        if let Some(path) = &self.token_file {
            return token::read(path).map(Some);
        }
        if let Some(profile) = profile {
            let same = profile.url.as_deref().is_some_and(|own| is_same_server(own, url));
            match profile.token()? {
                Some(token) if same => return Ok(Some(token)),
                Some(_) => terminal.warning("the profile's token is not used: --url names another server"),
                None => {}
            }
        }
        if let Some(token) = token::variable("SIDEKICK_TOKEN")? {
            return Ok(Some(token));
        }
        token::variable("SIDEKICK_TOKEN_FILE")?.map(|path| token::read(Path::new(&path))).transpose()
    }

    /// The settings of the client; a flag comes before the profile's.
    fn options(&self, profile: Profile, verbose: bool) -> Outcome<Options> {
        let mut options = Options::default();
        options.set_connect_timeout(self.connect_timeout);
        options.set_response_timeout(self.response_timeout);
        options.set_call_timeout(self.call_timeout);
        options.set_allow_token_over_http(self.allow_token_over_http || profile.allow_token_over_http);
        options.set_user_agent_suffix(concat!("sidekick-cli/", env!("CARGO_PKG_VERSION")))?;
        if let Some(retries) = self.retries {
            options.set_retries(retries);
        }
        let named = profile.protocol.as_deref().map(|name| ProtocolName::from_str(name, true)).transpose();
        let named = named.map_err(|_| Failure::usage("protocol: write deployment-api or open-inference"))?;
        options.set_protocol(self.protocol.or(named).map(ProtocolKind::from));
        if let Some(path) = self.model_description.as_ref().or(profile.model_description.as_ref()) {
            options.set_model_description_file(path)?;
        }
        if let Some(path) = self.ca_file.as_ref().or(profile.ca_file.as_ref()) {
            options.set_ca_file(path)?;
        }
        let certificate = self.client_certificate.as_ref().or(profile.client_certificate.as_ref());
        let key = self.client_key.as_ref().or(profile.client_key.as_ref());
        match (certificate, key) {
            (Some(certificate), Some(key)) => options.set_client_certificate_file(certificate, key)?,
            (None, None) => {}
            _ => return Err(Failure::usage("client_certificate and client_key belong together")),
        }
        if let Some(proxy) = self.proxy.as_ref().or(profile.proxy.as_ref()) {
            options.set_proxy(proxy)?;
        }
        if let Some(host) = self.host_header.as_ref().or(profile.host_header.as_ref()) {
            options.set_host_header(host)?;
        }
        for (name, value) in
            profile.headers.iter().chain(self.header.iter().map(|(name, value)| (name, value)))
        {
            options.add_header(name, value)?;
        }
        if verbose {
            options.set_log(log);
        }
        Ok(options)
    }
}

fn log(level: LogLevel, message: &str) {
    anstream::eprintln!("{level:?}: {}", one_line(message));
}

/// Whether two URLs have the same scheme, host and port, letter by letter: the token goes no further.
fn is_same_server(own: &str, other: &str) -> bool {
    let origin = |url: &str| {
        let (scheme, rest) = url.split_once("://")?;
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        Some((scheme.to_ascii_lowercase(), rest[..end].to_ascii_lowercase()))
    };
    origin(own).is_some() && origin(own) == origin(other)
}

fn header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once(':').ok_or("write NAME:VALUE")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

pub fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds".to_owned())?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profiles_token_stays_on_its_server() {
        let own = "https://a.example/deployment/x/forward";
        assert!(is_same_server(own, "HTTPS://A.example/deployment/y"));
        for other in [
            "http://a.example/x",
            "https://a.example:444/x",
            "https://a.example.evil/x",
            "https://a.example\\@evil/x",
            "https://u@a.example/x",
            "a.example",
        ] {
            assert!(!is_same_server(own, other), "{other}");
        }
        assert!(!is_same_server("x", "x"));
    }
}
