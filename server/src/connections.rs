//! The connections of the server: accepted, watched while they are silent, and ended.

use std::collections::HashMap;
use std::convert::Infallible;
use std::io;
use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, oneshot, watch};
use tokio::task::{Id, JoinSet};
use tower_service::Service;

/// What a connection keeps of what it reads and writes; a request's head has to fit.
const BUFFER: usize = 128 << 10;

/// How long one that was told to end is waited for before the next one is.
const ENDING: Duration = Duration::from_millis(50);

/// What connections may take.
#[derive(Clone, Copy)]
pub struct Limits {
    /// From the first byte of a head, or from the connection, to the head's end.
    pub head: Duration,
    /// Between two requests, or without progress of a response.
    pub idle: Duration,
    /// Connections at once.
    pub most: usize,
}

/// The address of the client, in the extensions of a request.
#[derive(Clone, Copy)]
pub struct Client(pub IpAddr);

/// Serves until `stop` ends, then finishes the requests in flight.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    mut stop: oneshot::Receiver<Infallible>,
) {
    let (stopping, stopped) = watch::channel(false);
    let mut connections = Connections::default();
    loop {
        tokio::select! {
            _ = &mut stop => break,
            ended = connections.next_end(), if !connections.is_empty() => connections.forget(ended),
            accepted = listener.accept(), if connections.len() <= limits.most => match accepted {
                Ok((stream, peer)) => {
                    // A client that went away already is noticed when it is answered, not here.
                    drop(stream.set_nodelay(true));
                    let watched = Arc::new(Watch::new());
                    let run = run(stream, peer.ip(), router.clone(), limits, Arc::clone(&watched), stopped.clone());
                    let newest = connections.add(run, watched);
                    if connections.len() > limits.most {
                        connections.end_oldest(Some(newest)).await;
                    }
                }
                // The client has gone.
                Err(error) if is_of_the_client(&error) => (),
                // No descriptors are left, or no memory.
                Err(_) => connections.end_oldest(None).await,
            },
        }
    }
    drop(listener);
    stopping.send_replace(true);
    while !connections.is_empty() {
        let ended = connections.next_end().await;
        connections.forget(ended);
    }
}

fn is_of_the_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// The connections there are.
#[derive(Default)]
struct Connections {
    tasks: JoinSet<()>,
    watched: HashMap<Id, Arc<Watch>>,
}

impl Connections {
    fn len(&self) -> usize {
        self.tasks.len()
    }

    fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    fn add(&mut self, run: impl Future<Output = ()> + Send + 'static, watched: Arc<Watch>) -> Id {
        let id = self.tasks.spawn(run).id();
        self.watched.insert(id, watched);
        id
    }

    async fn next_end(&mut self) -> Option<Id> {
        match self.tasks.join_next_with_id().await? {
            Ok((id, ())) => Some(id),
            Err(error) => Some(error.id()),
        }
    }

    fn forget(&mut self, ended: Option<Id>) {
        ended.map(|id| self.watched.remove(&id));
    }

    /// Ends the connection that has been silent for longest, other than the `newest`, and waits until one has
    /// ended. The newest may have come before the last response of an older one was noted.
    async fn end_oldest(&mut self, newest: Option<Id>) {
        let older = self.watched.iter().filter(|(id, _)| Some(**id) != newest);
        let silent = older.filter_map(|(_, watched)| Some((watched.silent_since()?, watched)));
        if let Some((_, oldest)) = silent.min_by_key(|(since, _)| *since) {
            oldest.end.notify_one();
        }
        let ended = tokio::time::timeout(ENDING, self.next_end()).await;
        match ended {
            Ok(Some(ended)) => drop(self.watched.remove(&ended)),
            Ok(None) => tokio::time::sleep(ENDING).await,
            Err(_) => (),
        }
    }
}

/// What a connection is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// The head of a request is awaited or has begun.
    Head,
    /// A request is read and computed, which has limits of its own.
    Request,
    /// A response is sent, or the next request is awaited.
    Idle,
}

/// What is known of a connection from outside.
struct Watch {
    state: Mutex<(Phase, Instant)>,
    end: Notify,
}

impl Watch {
    fn new() -> Watch {
        Watch { state: Mutex::new((Phase::Head, Instant::now())), end: Notify::new() }
    }

    /// Nothing panics while it holds the lock.
    fn state(&self) -> MutexGuard<'_, (Phase, Instant)> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(&self, phase: Phase) {
        *self.state() = (phase, Instant::now());
    }

    fn received(&self) {
        let mut state = self.state();
        if state.0 == Phase::Idle {
            *state = (Phase::Head, Instant::now());
        }
    }

    /// A response that makes progress, which keeps the time of what follows from running.
    fn sent(&self) {
        self.state().1 = Instant::now();
    }

    fn silent_since(&self) -> Option<Instant> {
        let (phase, since) = *self.state();
        (phase != Phase::Request).then_some(since)
    }

    /// Ends when the connection has been silent for too long.
    async fn expired(&self, limits: &Limits) {
        loop {
            let (phase, since) = *self.state();
            let limit = match phase {
                Phase::Head => limits.head,
                Phase::Request => Duration::MAX,
                Phase::Idle => limits.idle,
            };
            let left = limit.saturating_sub(since.elapsed());
            if left.is_zero() {
                return;
            }
            // What it is at may change meanwhile, and the limit with it.
            tokio::time::sleep(left.min(limits.head).min(limits.idle)).await;
        }
    }
}

async fn run(
    stream: TcpStream,
    client: IpAddr,
    router: Router,
    limits: Limits,
    watched: Arc<Watch>,
    mut stopped: watch::Receiver<bool>,
) {
    let service = service_fn(|mut request: Request<Incoming>| {
        watched.enter(Phase::Request);
        request.extensions_mut().insert(Client(client));
        let response = router.clone().call(request.map(Body::new));
        let watched = &watched;
        async move {
            let response = response.await;
            watched.enter(Phase::Idle);
            response
        }
    });
    let stream = TokioIo::new(Watched { stream, watched: Arc::clone(&watched) });
    let connection = http1::Builder::new().max_buf_size(BUFFER).serve_connection(stream, service);
    let mut connection = pin!(connection);
    let mut stop = pin!(stopped.wait_for(|&stopped| stopped));
    let mut stopping = false;
    loop {
        tokio::select! {
            // What the client did wrong is the client's to notice.
            _ = connection.as_mut() => return,
            () = watched.expired(&limits) => return,
            () = watched.end.notified() => return,
            _ = &mut stop, if !stopping => {
                stopping = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}

/// A stream that reports when something came or went.
struct Watched {
    stream: TcpStream,
    watched: Arc<Watch>,
}

impl Watched {
    fn noted(&self, outcome: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if let Poll::Ready(Ok(1..)) = outcome {
            self.watched.sent();
        }
        outcome
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let outcome = Pin::new(&mut self.stream).poll_read(context, buffer);
        if buffer.filled().len() > before {
            self.watched.received();
        }
        outcome
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.noted(outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.noted(outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_connection_is_not_the_one_that_ends() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let mut connections = Connections::default();
            let mut connect = |watched: &Arc<Watch>| {
                let ended = Arc::clone(watched);
                connections.add(async move { ended.end.notified().await }, Arc::clone(watched))
            };
            let watched = [(); 2].map(|()| Arc::new(Watch::new()));
            let [older, newest] = watched.each_ref().map(&mut connect);
            // A client that has a response connects anew before the server has noted that it was sent.
            watched[0].sent();
            connections.end_oldest(Some(newest)).await;
            assert!(!connections.watched.contains_key(&older) && connections.watched.contains_key(&newest));
        });
    }
}
