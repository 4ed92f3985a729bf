//! What is done with numbers before they enter their tensor, and undone with those of outputs.

/// Limits, then a logarithm, then `(number - mean) / std`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Transform {
    pub clip: Option<(f64, f64)>,
    pub log: Option<Log>,
    /// One for all elements, or one for each place of the last axis; none if nothing is subtracted.
    pub mean: Vec<f64>,
    pub std: Vec<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Log {
    Natural,
    /// Of one more than the number.
    OnePlus,
    Two,
    Ten,
}

/// The names of the logarithms are those of NumPy.
pub const LOGS: [(&str, Log); 4] =
    [("log", Log::Natural), ("log1p", Log::OnePlus), ("log2", Log::Two), ("log10", Log::Ten)];

impl Log {
    fn of(self, number: f64) -> f64 {
        match self {
            Log::Natural => number.ln(),
            Log::OnePlus => number.ln_1p(),
            Log::Two => number.log2(),
            Log::Ten => number.log10(),
        }
    }

    fn undone(self, number: f64) -> f64 {
        match self {
            Log::Natural => number.exp(),
            Log::OnePlus => number.exp_m1(),
            Log::Two => number.exp2(),
            Log::Ten => 10f64.powf(number),
        }
    }
}

impl Transform {
    /// Whether numbers stay as they are.
    pub fn is_identity(&self) -> bool {
        *self == Transform::default()
    }

    /// The number at a place of the last axis, on its way into the tensor.
    pub fn apply(&self, number: f64, place: usize) -> Result<f64, String> {
        // Only what stands for a missing number is not one.
        if number.is_nan() {
            return Ok(number);
        }
        let mut value = number;
        if let Some((low, high)) = self.clip {
            value = value.clamp(low, high);
        }
        if let Some(log) = self.log {
            value = log.of(value);
            if !value.is_finite() {
                return Err(format!("{number} has no logarithm"));
            }
        }
        Ok((value - at(&self.mean, place, 0.0)) / at(&self.std, place, 1.0))
    }

    /// The number that a value of an output stands for: the same steps backwards, without limits.
    pub fn undo(&self, value: f64, place: usize) -> f64 {
        let value = value * at(&self.std, place, 1.0) + at(&self.mean, place, 0.0);
        let value = self.log.map_or(value, |log| log.undone(value));
        // A NaN stays one.
        self.clip.map_or(value, |(low, high)| value.clamp(low, high))
    }
}

fn at(values: &[f64], place: usize, default: f64) -> f64 {
    match values {
        [] => default,
        [value] => *value,
        values => values[place % values.len()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steps_come_in_their_order_and_back() {
        let transform =
            Transform { clip: Some((1.0, 100.0)), log: Some(Log::Ten), mean: vec![1.0, 0.0], std: vec![0.5] };
        assert_eq!(transform.apply(1000.0, 0), Ok(2.0));
        assert_eq!(transform.apply(1000.0, 1), Ok(4.0));
        assert_eq!(transform.apply(-5.0, 2), Ok(-2.0));
        assert_eq!(transform.undo(2.0, 0), 100.0);
        assert_eq!(transform.undo(-2.0, 2), 1.0);
        assert!(!transform.is_identity() && Transform::default().is_identity());
    }

    #[test]
    fn a_number_without_a_logarithm_is_refused() {
        for (name, log) in LOGS {
            let transform = Transform { log: Some(log), ..Transform::default() };
            assert_eq!(transform.apply(-2.0, 0), Err("-2 has no logarithm".to_owned()), "{name}");
            let there = transform.apply(3.0, 0).unwrap();
            assert!((transform.undo(there, 0) - 3.0).abs() < 1e-12, "{name}");
        }
        let plain = Transform { log: Some(Log::Natural), ..Transform::default() };
        assert!(plain.apply(0.0, 0).is_err());
    }

    #[test]
    fn limits_make_no_number_of_what_is_none() {
        let limited = Transform { clip: Some((0.0, 10.0)), ..Transform::default() };
        assert!(limited.undo(f64::NAN, 0).is_nan());
        assert_eq!((limited.undo(f64::INFINITY, 0), limited.undo(-1.0, 0)), (10.0, 0.0));
    }

    #[test]
    fn a_missing_number_stays_missing() {
        let standardised = Transform { mean: vec![3.0], clip: Some((0.0, 1.0)), ..Transform::default() };
        assert!(standardised.apply(f64::NAN, 0).unwrap().is_nan());
    }
}
