//! How a sample becomes a value: `value = (sample * scale - mean) / std`. This is what torchvision's ToTensor
//! and Normalize compute, where the scale is 1/255.

use crate::image::mistakes::Mistakes;

/// The most channels of a pixel.
pub const MAX_CHANNELS: usize = 3;

/// The formula, for each channel of a tensor in its order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Formula {
    pub scale: f64,
    pub mean: [f64; MAX_CHANNELS],
    pub std: [f64; MAX_CHANNELS],
}

impl Formula {
    /// Values are samples.
    pub const SAMPLES: Formula = Formula { scale: 1.0, mean: [0.0; MAX_CHANNELS], std: [1.0; MAX_CHANNELS] };
    /// Values are 0 to 1.
    pub const UNIT: Formula = Formula { scale: 1.0 / 255.0, ..Formula::SAMPLES };

    pub fn value(&self, sample: f64, channel: usize) -> f64 {
        (sample * self.scale - self.mean[channel]) / self.std[channel]
    }
}

/// The parts of a formula that are given.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PartialFormula {
    pub scale: Option<f64>,
    pub mean: Option<[f64; MAX_CHANNELS]>,
    pub std: Option<[f64; MAX_CHANNELS]>,
}

impl PartialFormula {
    /// Reads the keys `scale`, `mean` and `std` of a feature of so many channels.
    pub fn read(
        scale: Option<f64>,
        mean: Option<&[f64]>,
        std: Option<&[f64]>,
        channels: usize,
        mistakes: &mut Mistakes,
    ) -> PartialFormula {
        if let Some(scale) = scale.filter(|scale| !(*scale as f32).is_normal()) {
            mistakes.add(
                "scale",
                format!("{scale:?} is no factor; write a number such as 1, or leave it out for 1/255"),
            );
        }
        let mean = each("mean", mean, channels, mistakes);
        let std = each("std", std, channels, mistakes);
        if std.is_some_and(|std| std.iter().any(|std| *std <= 0.0)) {
            mistakes.add("std", "a standard deviation is more than 0; write 1 to leave values as they are");
        }
        PartialFormula { scale, mean, std }
    }

    /// The formula with these parts in place of its own.
    pub fn over(self, formula: Formula) -> Formula {
        Formula {
            scale: self.scale.unwrap_or(formula.scale),
            mean: self.mean.unwrap_or(formula.mean),
            std: self.std.unwrap_or(formula.std),
        }
    }

    /// For a tensor whose channels are in the other order.
    pub fn reversed(self) -> PartialFormula {
        let reverse = |[a, b, c]: [f64; MAX_CHANNELS]| [c, b, a];
        PartialFormula { scale: self.scale, mean: self.mean.map(reverse), std: self.std.map(reverse) }
    }
}

/// One number for all channels, or one for each.
pub fn spread<N: Copy>(
    key: &'static str,
    numbers: &[N],
    channels: usize,
    mistakes: &mut Mistakes,
) -> Option<Vec<N>> {
    match numbers {
        [number] => Some(vec![*number; channels]),
        _ if numbers.len() == channels => Some(numbers.to_vec()),
        _ => {
            let given = numbers.len();
            mistakes.add(key, format!("it has {given} numbers; write one for all channels, or {channels}"));
            None
        }
    }
}

fn each(
    key: &'static str,
    numbers: Option<&[f64]>,
    channels: usize,
    mistakes: &mut Mistakes,
) -> Option<[f64; MAX_CHANNELS]> {
    let numbers = spread(key, numbers?, channels, mistakes)?;
    // Channels that a grey image does not have are not used.
    Some(std::array::from_fn(|channel| numbers.get(channel).copied().unwrap_or(1.0)))
}
