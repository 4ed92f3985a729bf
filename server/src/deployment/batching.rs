//! How requests of several clients are joined, as `deployment.json` declares it.

use std::time::Duration;

use crate::deployment::remote::Mistake;

const DEFAULT_ROWS: usize = 64;

/// Requests that come within `delay` of the first are computed together, up to so many rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Batching {
    pub delay: Duration,
    pub rows: usize,
}

impl Batching {
    /// From the keys `max_batch_delay`, in milliseconds, and `max_batch_rows`. None without the first.
    pub fn new(delay: Option<f64>, rows: Option<usize>) -> Result<Option<Batching>, Mistake> {
        let rows_wrong = |problem: &str| Err(Mistake { key: "max_batch_rows", problem: problem.to_owned() });
        let Some(milliseconds) = delay else {
            return match rows {
                Some(_) => {
                    rows_wrong("it needs max_batch_delay, the milliseconds that requests wait for others")
                }
                None => Ok(None),
            };
        };
        let delay = Duration::try_from_secs_f64(milliseconds / 1000.0).map_err(|_| {
            let problem = format!("{milliseconds} is not a number of milliseconds from 0");
            Mistake { key: "max_batch_delay", problem }
        })?;
        match rows.unwrap_or(DEFAULT_ROWS) {
            0 | 1 => rows_wrong("a batch has at least 2 rows"),
            rows => Ok(Some(Batching { delay, rows })),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delay_is_enough() {
        let half = Duration::from_micros(500);
        assert_eq!(Batching::new(Some(0.5), None), Ok(Some(Batching { delay: half, rows: 64 })));
        let zero = Batching { delay: Duration::ZERO, rows: 2 };
        assert_eq!(Batching::new(Some(0.0), Some(2)), Ok(Some(zero)));
        assert_eq!(Batching::new(None, None), Ok(None));
    }

    #[test]
    fn mistakes_name_the_key() {
        for (delay, rows, key) in [
            (Some(-1.0), None, "max_batch_delay: -1 is not"),
            (Some(f64::NAN), None, "max_batch_delay: NaN is not"),
            (Some(1.0), Some(1), "max_batch_rows: a batch has"),
            (None, Some(4), "max_batch_rows: it needs max_batch_delay"),
        ] {
            let Mistake { key: found, problem } = Batching::new(delay, rows).unwrap_err();
            assert!(format!("{found}: {problem}").starts_with(key), "{problem}");
        }
    }
}
