//! Numbers as real data has them, the same on every run.

/// Numbers of two to six digits, as a table's columns have them: counts, prices, measurements.
pub fn table_numbers(count: usize) -> Vec<f64> {
    let mut random = Random(1);
    let mut next = || {
        let digits = 2 + random.below(5);
        let whole = 10u64.pow(digits as u32 - 1) + random.below(9 * 10u64.pow(digits as u32 - 1));
        // As many decimals as digits, and 4 at most; every third number has none.
        let decimals = if random.below(3) == 0 { 0 } else { random.below(1 + digits.min(4)) };
        let sign = if random.below(8) == 0 { -1.0 } else { 1.0 };
        sign * whole as f64 / 10f64.powi(decimals as i32)
    };
    (0..count).map(|_| next()).collect()
}

/// The samples of an image as many models take them: normalized by mean and standard deviation.
pub fn normalized_samples(count: usize) -> Vec<f32> {
    let mut random = Random(2);
    (0..count).map(|_| (random.below(256) as f32 / 255.0 - 0.449) / 0.226).collect()
}

/// What a model returns from its last layer between 0 and 1.
pub fn sigmoids(count: usize) -> Vec<f32> {
    let mut random = Random(3);
    (0..count).map(|_| 1.0 / (1.0 + (-2.0 * random.normal()).exp())).collect()
}

/// A row of probabilities: the softmax of what a model returns for its classes.
pub fn softmax(classes: usize, seed: u64) -> Vec<f32> {
    let mut random = Random(seed);
    let weights: Vec<f32> = (0..classes).map(|_| (3.0 * random.normal()).exp()).collect();
    let sum: f32 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / sum).collect()
}

/// As most servers write a 32-bit float: in the fewest digits, with an exponent below 0.0001.
pub fn json(value: f32) -> String {
    json_of(format!("{value:?}"), format!("{value:e}"), value)
}

/// The same with the digits of the 64-bit float that it becomes.
pub fn json_of_17_digits(value: f32) -> String {
    let long = f64::from(value);
    json_of(format!("{long:?}"), format!("{long:e}"), value)
}

fn json_of(plain: String, exponential: String, value: f32) -> String {
    if value == 0.0 || value.abs() >= 1e-4 {
        return plain;
    }
    let (digits, exponent) = exponential.split_once("e-").expect("an exponent below 0");
    format!("{digits}e-{exponent:0>2}")
}

/// A linear congruential generator.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    /// Almost normally distributed: a sum of twelve.
    fn normal(&mut self) -> f32 {
        (0..12).map(|_| self.below(1 << 24) as f32 / (1 << 24) as f32).sum::<f32>() - 6.0
    }
}
