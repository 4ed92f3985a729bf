//! Many threads use one deployment of the real server, through a relay that resets every hundredth exchange.
//! Each prediction is right and at its place, and none is lost.

mod common;

use common::options;
use rustix::net::sockopt::set_socket_linger;
use sidekick::Deployment;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

const THREADS: usize = 32;
/// Wine takes its time for each call of a socket.
const PREDICTIONS: usize = if cfg!(windows) { 3_200 } else { 24_000 };
const EXCHANGES_PER_RESET: usize = 100;

/// Reads one message, head and body, as it is.
fn read_message(reader: &mut impl BufRead) -> Option<Vec<u8>> {
    let (mut message, mut length) = (Vec::new(), 0);
    loop {
        let start = message.len();
        if reader.read_until(b'\n', &mut message).ok()? == 0 {
            return None;
        }
        let line = String::from_utf8_lossy(&message[start..]).to_ascii_lowercase();
        length = line.strip_prefix("content-length:").map_or(length, |text| text.trim().parse().unwrap());
        if line.trim().is_empty() {
            reader.take(length).read_to_end(&mut message).ok()?;
            return Some(message);
        }
    }
}

/// Relays exchanges to the server. Every hundredth ends with a reset: half of them before the server has the
/// request, half after its response.
fn pass_on(client: TcpStream, server: &str, count: &AtomicUsize) {
    let behind = TcpStream::connect(server).unwrap();
    let mut requests = BufReader::new(client.try_clone().unwrap());
    let mut replies = BufReader::new(behind.try_clone().unwrap());
    let (mut client, mut behind) = (client, behind);
    while let Some(request) = read_message(&mut requests) {
        let number = count.fetch_add(1, Ordering::Relaxed);
        let resets = number % EXCHANGES_PER_RESET == EXCHANGES_PER_RESET - 1;
        let at_once = resets && number % (2 * EXCHANGES_PER_RESET) < EXCHANGES_PER_RESET;
        let reply =
            (!at_once).then(|| behind.write_all(&request).ok().and_then(|()| read_message(&mut replies)));
        if resets {
            // With a linger time of zero, closing sends a reset.
            set_socket_linger(&client, Some(Duration::ZERO)).unwrap();
            return;
        }
        let Some(Some(reply)) = reply else { return };
        if client.write_all(&reply).is_err() {
            return;
        }
    }
}

#[test]
fn resets_lose_nothing_and_mix_nothing_up() {
    let url = common::server::url("reciprocal");
    let server = url.trim_start_matches("http://").split('/').next().unwrap().to_owned();
    let count = Arc::new(AtomicUsize::new(0));
    let exchanges = Arc::clone(&count);
    let line = common::listen(move |client| pass_on(client, &server, &exchanges));
    let url = format!("http://{line}/deployment/reciprocal/forward");
    let mut options = options();
    // The relay needs a Content-Length, which the server's compressed responses do not have.
    options.set_reply_gzip(false);
    let deployment = Deployment::open(&url, "reciprocal-token", &options).unwrap();

    let ask = |value: f64| {
        let mut rows = deployment.rows();
        rows.add_number(0, value).unwrap();
        rows.end_row().unwrap();
        let predictions = deployment.predict(&rows).unwrap();
        (predictions.number(0, 0).unwrap() * value - 1.0).abs() < 1e-5
    };
    let each = PREDICTIONS / THREADS;
    let ask_all = |thread: usize| (1..=each).filter(|number| ask((thread * each + number) as f64)).count();
    let right: usize = thread::scope(|scope| {
        let work = &ask_all;
        let threads: Vec<_> = (0..THREADS).map(|thread| scope.spawn(move || work(thread))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(right, PREDICTIONS);
    // Every reset takes one more exchange.
    let resets = count.load(Ordering::Relaxed) / EXCHANGES_PER_RESET;
    assert!(
        count.load(Ordering::Relaxed) >= PREDICTIONS + resets && resets >= PREDICTIONS / EXCHANGES_PER_RESET
    );
    println!("{PREDICTIONS} predictions by {THREADS} threads, {resets} resets");
}
