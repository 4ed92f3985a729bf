//! Counts the lines of standard input by their language: any number of lines, in bounded memory.

mod common;

use common::Outcome;
use sidekick::{Deployment, NulString, Rows, Stream};
use std::collections::BTreeMap;
use std::io::stdin;
use std::process::ExitCode;

const ROWS_AT_ONCE: usize = 128;

fn count(deployment: &Deployment, _: &[String]) -> Outcome {
    let mut counts = BTreeMap::new();
    let mut stream = deployment.stream()?;
    let mut rows = deployment.rows();
    for line in stdin().lines() {
        rows.add_text(0, &line?)?;
        rows.end_row()?;
        if rows.len() == ROWS_AT_ONCE {
            push(&mut stream, &mut rows, &mut counts)?;
        }
    }
    push(&mut stream, &mut rows, &mut counts)?;
    while take(&mut stream, &mut counts)? {}
    for (language, lines) in counts {
        println!("{}\t{lines}", &*language);
    }
    Ok(())
}

/// Sends rows on their way, and makes room for the next ones.
fn push(stream: &mut Stream, rows: &mut Rows, counts: &mut BTreeMap<String, u64>) -> Outcome {
    while stream.is_full() {
        take(stream, counts)?;
    }
    stream.push(rows)?;
    rows.clear();
    Ok(())
}

/// Counts the next predictions. Returns whether there were any.
fn take(stream: &mut Stream, counts: &mut BTreeMap<String, u64>) -> Result<bool, sidekick::Error> {
    let Some(predictions) = stream.next()? else { return Ok(false) };
    let languages = predictions.probabilities(0)?;
    for row in 0..predictions.len() {
        let language: &NulString = languages.at_rank(row, 0)?.0;
        *counts.entry(language.to_string()).or_default() += 1;
    }
    Ok(true)
}

fn main() -> ExitCode {
    common::run("count_languages --url URL < LINES", 0..=0, count)
}
