//! Progress, with the rate and the time that is left. On terminals only.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::input::record::Position;

const PER_SECOND: u8 = 5;
const KNOWN: &str = "{bar:30} {percent:>3} %  {msg}  {eta} left";
const UNKNOWN: &str = "{spinner} {elapsed}  {msg}";

pub struct Progress {
    bar: ProgressBar,
    rows: u64,
    bad: u64,
}

impl Progress {
    /// Shows how much of an input of `size` is done, if `shows` is true.
    pub fn new(shows: bool, size: Option<u64>, begun: Position) -> Progress {
        if !shows {
            return Progress { bar: ProgressBar::hidden(), rows: 0, bad: 0 };
        }
        let target = ProgressDrawTarget::stderr_with_hz(PER_SECOND);
        let bar = ProgressBar::with_draw_target(size, target);
        let template = if size.is_some() { KNOWN } else { UNKNOWN };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_position(begun.bytes);
        bar.reset_eta();
        Progress { bar, rows: 0, bad: 0 }
    }

    /// One more row is done, up to a place of the input.
    pub fn row(&mut self, is_bad: bool) {
        self.rows += 1;
        self.bad += u64::from(is_bad);
    }

    /// Shows what is done.
    pub fn update(&mut self, end: Position) {
        if self.bar.is_hidden() {
            return;
        }
        let seconds = self.bar.elapsed().max(Duration::from_millis(1)).as_secs_f64();
        let bad = if self.bad > 0 { format!(", {} bad", self.bad) } else { String::new() };
        self.bar.set_message(format!("{} rows{bad}, {:.0} rows/s", self.rows, self.rows as f64 / seconds));
        self.bar.set_position(end.bytes);
    }

    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
