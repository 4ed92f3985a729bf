//! Serves deployments until a signal stops it.

use std::convert::Infallible;
use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;

use crate::access_log::{AccessLog, Format};
use crate::app::App;
use crate::connections::{self, Limits};
use crate::deployment::{Deployment, EngineName};
use crate::engine::Settings;
use crate::engine::choose::Engines;
use crate::memory::Memory;
use crate::metrics::Metrics;
use crate::queue::Queue;
use crate::registry::Registry;
use crate::request_id::RequestIds;
use crate::served::Served;
use crate::source::{Loading, Source};
use crate::switches::Switches;
use crate::token::TokenArguments;
use crate::turns::Turns;
use crate::watch::Watch;
use crate::{browser, http, image, waiting};

/// Threads for looking up names.
const SPARE_THREADS: usize = 16;
/// More threads than any system has, and no more than the runtime can count.
const MOST_THREADS: usize = 1 << 30;

/// How long requests in flight may take after the signal to stop.
const GRACE: Duration = Duration::from_secs(30);

// What is served, and within which limits. (A doc comment here would replace the help of the program.)
#[derive(Args)]
pub struct ServeArguments {
    /// Address to listen on; port 0 picks a free one
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8000", value_parser = host_and_port)]
    listen: String,

    /// Largest request body, counted after decompression
    #[arg(long, value_name = "BYTES", default_value_t = 256 << 20)]
    max_body: usize,

    /// Memory for the bodies, tensors and replies of all requests together
    #[arg(long, value_name = "BYTES", default_value_t = 2 << 30)]
    max_memory: usize,

    /// Most pixels of an image
    #[arg(long, value_name = "NUMBER", default_value_t = image::DEFAULT_MAX_PIXELS)]
    max_pixels: u64,

    /// Most connections at once; beyond them the one that is idle for longest is closed
    #[arg(long, value_name = "NUMBER", default_value_t = 1000, value_parser = at_least_one)]
    max_connections: usize,

    /// Time for a request, from its head to its answer
    #[arg(long, value_name = "SECONDS", default_value = "300", value_parser = seconds)]
    deadline: Duration,

    /// Time for the head of a request
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds)]
    head_timeout: Duration,

    /// Time without a request, or without progress of an answer, after which a connection is closed
    #[arg(long, value_name = "SECONDS", default_value = "75", value_parser = seconds)]
    idle_timeout: Duration,

    /// Requests that may wait beside those that are computed; beyond them the answer is 503
    #[arg(long, value_name = "NUMBER", default_value_t = 1000)]
    max_queue: usize,

    /// How long the start waits for engines on other machines that do not answer
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds_or_none)]
    engine_wait: Duration,

    #[command(flatten)]
    engines: EngineArguments,

    /// Loads a deployment again when its files change
    #[arg(long)]
    watch: bool,

    /// Opens the page in a browser
    #[arg(long)]
    open: bool,

    /// Writes a line for each request that is answered: text, json or off
    #[arg(long, value_name = "FORM", value_enum, default_value = "off", hide_possible_values = true)]
    log: Format,

    /// File to whose end the lines of --log are written, instead of standard error
    #[arg(long, value_name = "FILE")]
    log_file: Option<PathBuf>,

    #[command(flatten)]
    token: TokenArguments,

    /// File of the token with which deployments are enabled and disabled, on their pages or by PUT
    /// /deployment/ID/enabled. What was set last is kept beside it, in FILE.state.json
    #[arg(long, value_name = "FILE")]
    admin_token_file: Option<PathBuf>,

    /// Folders of deployments, and models to be served alone
    #[arg(value_name = "DIR|MODEL.onnx", required = true)]
    paths: Vec<PathBuf>,
}

/// What computes the models.
#[derive(Args)]
pub struct EngineArguments {
    /// Engine of all deployments, instead of their own: auto, rten or onnxruntime
    #[arg(long, value_name = "NAME", value_parser = engine_name)]
    engine: Option<EngineName>,

    /// Library of ONNX Runtime: the file, its folder, or that of the Python package. Otherwise ORT_DYLIB_PATH
    /// or the package of `python3`
    #[arg(long, value_name = "PATH")]
    onnxruntime: Option<PathBuf>,

    /// Threads with which ONNX Runtime computes one request; otherwise as many as there are processors
    #[arg(long, value_name = "NUMBER", value_parser = at_least_one)]
    engine_threads: Option<usize>,

    /// Most requests that ONNX Runtime computes at once with one model; each takes the memory of the model.
    /// Otherwise as many as have processors for their threads, if all take at most 1 GiB
    #[arg(long, value_name = "NUMBER", value_parser = at_least_one)]
    engine_runs: Option<usize>,
}

impl EngineArguments {
    pub fn engines(&self) -> Engines {
        let (engine, library) = (self.engine, self.onnxruntime.clone());
        let settings = Settings { threads: self.engine_threads, runs: self.engine_runs };
        Engines { engine, library, settings, ..Engines::default() }
    }
}

fn engine_name(text: &str) -> Result<EngineName, String> {
    match text {
        "auto" => Ok(EngineName::Auto),
        "rten" => Ok(EngineName::Rten),
        "onnxruntime" => Ok(EngineName::OnnxRuntime),
        _ => Err("it is auto, rten or onnxruntime".to_owned()),
    }
}

/// Checks the form of an address; its host is looked up at the start.
fn host_and_port(text: &str) -> Result<String, String> {
    let (host, port) = text.rsplit_once(':').ok_or("write HOST:PORT, such as 127.0.0.1:8000")?;
    port.parse::<u16>().map_err(|_| format!("the port {port:?} is not a number from 0 to 65535"))?;
    match host {
        "" => Err("the host is missing".to_owned()),
        host if host.contains(':') && !host.starts_with('[') => {
            Err("an IPv6 address is written in brackets: [::1]:8000".to_owned())
        }
        _ => Ok(text.to_owned()),
    }
}

fn at_least_one(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|&number| number >= 1).ok_or_else(|| "it is a whole number from 1".to_owned())
}

fn seconds_or_none(text: &str) -> Result<Duration, String> {
    let duration = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    duration.ok_or_else(|| "it is a number of seconds from 0".to_owned())
}

fn seconds(text: &str) -> Result<Duration, String> {
    seconds_or_none(text)
        .ok()
        .filter(|duration| !duration.is_zero())
        .ok_or_else(|| "it is a number of seconds above 0".to_owned())
}

/// Serves until a signal stops it.
pub fn run(arguments: &ServeArguments) -> Result<(), String> {
    check_token(arguments)?;
    let loading = Loading { token: arguments.token.token()?, engines: arguments.engines.engines() };
    let log = open_log(arguments)?;
    let switches = arguments.admin_token_file.as_deref().map_or(Ok(Switches::default()), Switches::load)?;
    let watch = Watch::new(arguments.paths.iter().cloned().map(Source::new).collect());
    // A request in the queue may keep a thread while it waits, also if its client has gone. If the threads
    // ended, a request with a turn would wait for a thread, and those with the threads for a turn.
    let threads = arguments.max_queue.saturating_add(at_once() + SPARE_THREADS).min(MOST_THREADS);
    let runtime =
        tokio::runtime::Builder::new_multi_thread().max_blocking_threads(threads).enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    let until = Instant::now() + arguments.engine_wait;
    let Some((watch, served)) = runtime.block_on(load_or_stop(watch, &loading, until))? else {
        // What is loaded holds up nothing.
        runtime.shutdown_background();
        return Ok(());
    };
    let served = Arc::new(served);
    waiting::start(&arguments.paths, &served, &loading);
    let metrics = Arc::clone(&loading.engines.metrics);
    if arguments.watch {
        watch.start(Arc::clone(&served), loading).map_err(|error| format!("--watch: {error}"))?;
    }
    let outcome = runtime.block_on(serve(arguments, served, metrics, switches, log.clone()));
    // Work whose client has gone, or that outlasted the grace, does not hold up the end.
    runtime.shutdown_background();
    log.iter().for_each(|log| log.flush());
    outcome
}

/// The access log, if one is wanted.
fn open_log(arguments: &ServeArguments) -> Result<Option<Arc<AccessLog>>, String> {
    match (arguments.log, arguments.log_file.as_deref()) {
        (Format::Off, None) => Ok(None),
        (Format::Off, Some(_)) => {
            Err("--log-file: choose a form of the lines, too: --log text or --log json".to_owned())
        }
        (format, file) => {
            let at_file = |error| format!("--log-file {}: {error}", file.unwrap_or(Path::new("")).display());
            AccessLog::open(format, file).map(Arc::new).map(Some).map_err(at_file)
        }
    }
}

/// How many requests are computed at once.
fn at_once() -> usize {
    std::thread::available_parallelism().map_or(2, |cores| cores.get()).max(2)
}

/// Refuses a token that no deployment takes.
fn check_token(arguments: &ServeArguments) -> Result<(), String> {
    let mut sources = arguments.paths.iter().cloned().map(Source::new);
    match arguments.token.given() {
        Some(option) if !sources.any(|source| matches!(source, Source::Model(_))) => Err(format!(
            "{option}: it is the token of models that have no deployment.json; each folder has tokens of its own, \
             under \"tokens\" in its deployment.json"
        )),
        _ => Ok(()),
    }
}

/// Loads all deployments; none are returned if a signal comes first.
async fn load_or_stop(
    watch: Watch,
    loading: &Loading,
    until: Instant,
) -> Result<Option<(Watch, Registry)>, String> {
    let mut signals = Signals::new().map_err(|error| error.to_string())?;
    let loading = loading.clone();
    let loaded = tokio::task::spawn_blocking(move || {
        load(watch.sources(), &loading, until).map(|registry| (watch, registry))
    });
    tokio::select! {
        () = signals.next() => Ok(None),
        loaded = loaded => {
            loaded.map_err(|_| "loading the deployments failed".to_owned())?.map(Some)
        }
    }
}

/// Loads all deployments.
fn load<'a>(
    sources: impl Iterator<Item = &'a Source>,
    loading: &Loading,
    until: Instant,
) -> Result<Registry, String> {
    let mut registry = Registry::default();
    for source in sources {
        let served = waiting::load(source, loading, until)?;
        let at_file = |problem| format!("{}: {problem}", source.file().display());
        registry.add(served).map_err(at_file)?;
    }
    Ok(registry)
}

async fn serve(
    arguments: &ServeArguments,
    served: Arc<Registry>,
    metrics: Arc<Metrics>,
    switches: Switches,
    log: Option<Arc<AccessLog>>,
) -> Result<(), String> {
    let cannot_listen = |error: io::Error| {
        let hint = match error.kind() {
            io::ErrorKind::AddrInUse => "; another server runs there: stop it, or choose another port",
            _ => "",
        };
        format!("--listen {}: {error}{hint}", arguments.listen)
    };
    let signals = Signals::new().map_err(|error| error.to_string())?;
    let listener = bind(&arguments.listen).await.map_err(cannot_listen)?;
    let bound = listener.local_addr().map_err(cannot_listen)?;
    let address = reachable(bound);
    served.all().iter().for_each(|served| served.say_notes());
    announce(address, &served.all()).map_err(|error| format!("standard output: {error}"))?;
    if arguments.open {
        browser::open(&page(address, &served.all()));
    }
    let app = App {
        served,
        base: format!("http://{address}"),
        local_port: bound.ip().is_loopback().then_some(bound.port()),
        max_body: arguments.max_body,
        max_pixels: arguments.max_pixels,
        deadline: arguments.deadline,
        memory: Memory::new(arguments.max_memory),
        turns: Turns::new(at_once()),
        queue: Queue::new(arguments.max_queue, at_once()),
        metrics,
        switches,
        request_ids: RequestIds::default(),
        log,
    };
    let limits = Limits {
        head: arguments.head_timeout,
        idle: arguments.idle_timeout,
        most: arguments.max_connections,
    };
    let (stop, stopped) = oneshot::channel();
    tokio::select! {
        () = connections::serve(listener, http::router(app), limits, stopped) => Ok(()),
        problem = signals.stop_then_give_up(stop) => Err(problem),
    }
}

/// Listens on the first address of the host that it can have. IPv4 goes first: clients that look up
/// `localhost` try
/// 127.0.0.1 too.
async fn bind(listen: &str) -> io::Result<TcpListener> {
    let mut addresses: Vec<SocketAddr> = tokio::net::lookup_host(listen).await?.collect();
    addresses.sort_by_key(SocketAddr::is_ipv6);
    TcpListener::bind(addresses.as_slice()).await
}

/// The address to connect to: a server on all interfaces is reached through loopback.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        let v4 = address.is_ipv4();
        address.set_ip(if v4 { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { IpAddr::V6(Ipv6Addr::LOCALHOST) });
    }
    address
}

fn announce(address: SocketAddr, served: &[Arc<Served>]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "listening on http://{address}")?;
    for deployment in served.iter().map(|served| &served.deployment) {
        let Deployment { id, title, tokens, .. } = deployment;
        writeln!(out, "deployment {id} http://{address}{} {} {title}", deployment.path(), tokens[0])?;
    }
    writeln!(out, "ready")?;
    out.flush()
}

/// The page of the one deployment, or the list of them.
fn page(address: SocketAddr, served: &[Arc<Served>]) -> String {
    match served {
        [one] => format!("http://{address}/deployment/{}", one.deployment.id),
        _ => format!("http://{address}/"),
    }
}

/// The signals that stop the server.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> io::Result<Signals> {
        Ok(Signals {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => (),
            _ = self.interrupt.recv() => (),
        }
    }

    /// Passes the first signal on as a request to stop; returns when a second one or the end of the grace
    /// cuts that short.
    async fn stop_then_give_up(mut self, stop: oneshot::Sender<Infallible>) -> String {
        self.next().await;
        drop(stop);
        tokio::select! {
            () = self.next() => "stopped by a second signal, requests were in flight".to_owned(),
            () = tokio::time::sleep(GRACE) => format!("requests were in flight {} s after the signal", GRACE.as_secs()),
        }
    }
}
