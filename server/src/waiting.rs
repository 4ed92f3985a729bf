//! Engines on other machines that have not answered yet: the start waits for them for a while, then goes on
//! without them and asks again.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use crate::registry::Registry;
use crate::served::Served;
use crate::source::{Loading, Source};

/// How long an engine that did not answer is left alone.
const PAUSE: Duration = Duration::from_secs(2);
/// How long an engine that is asked may take to answer, also if there is no time to wait for it.
const LEAST: Duration = Duration::from_secs(5);

/// Loads a deployment. Waits for its engine, but not longer than until then.
pub fn load(source: &Source, loading: &Loading, until: Instant) -> Result<Served, String> {
    let mut loading = loading.clone();
    let left = || until.saturating_duration_since(Instant::now());
    loop {
        // It may be there and not answer.
        loading.engines.wait = Some(left().max(LEAST));
        let served = source.load(&loading)?;
        if served.model.absent.is_none() || left().is_zero() {
            return Ok(served);
        }
        thread::sleep(PAUSE.min(left()));
    }
}

/// Asks again for the models whose engine did not answer at the start, until all are there. The registry has
/// the deployments in the order of their paths.
pub fn start(paths: &[PathBuf], registry: &Arc<Registry>, loading: &Loading) {
    for (place, served) in registry.all().iter().enumerate() {
        ask_again(&Source::new(paths[place].clone()), place, served, registry, loading);
    }
}

/// Asks again for the model of a deployment, if its engine did not answer.
pub fn ask_again(
    source: &Source,
    place: usize,
    served: &Arc<Served>,
    registry: &Arc<Registry>,
    loading: &Loading,
) {
    let Some(reason) = served.model.absent.clone() else { return };
    say(&format!("deployment {}: {reason}; it answers 503 until then", served.deployment.id));
    let (source, served) = (source.clone(), Arc::clone(served));
    let (registry, loading) = (Arc::clone(registry), loading.clone());
    thread::spawn(move || ask(&source, place, &served, reason, &registry, &loading));
}

fn ask(
    source: &Source,
    place: usize,
    absent: &Arc<Served>,
    mut reason: String,
    registry: &Registry,
    loading: &Loading,
) {
    let id = &absent.deployment.id;
    // Who replaces the deployment asks for the model of the new one.
    while registry.has(place, absent) {
        thread::sleep(PAUSE);
        let problem = match source.load(loading) {
            Ok(served) => match served.model.absent.clone() {
                Some(reason) => reason,
                None => match registry.exchange(place, absent, served) {
                    Ok(Some(served)) => {
                        say(&format!("deployment {id}: its engine is there"));
                        return served.say_notes();
                    }
                    Ok(None) => return,
                    Err(problem) => problem,
                },
            },
            Err(problem) => problem,
        };
        if problem != reason {
            say(&format!("deployment {id}: {problem}"));
            reason = problem;
        }
    }
}

fn say(text: &str) {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    // A closed standard error is no reason to fail.
    drop(writeln!(io::stderr(), "sidekick-server: {line}"));
}
