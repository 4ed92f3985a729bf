//! From the values of a tensor to an image.

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};

use crate::data_url;
use crate::image::arrangement::{Arrangement, Channels, Layout, Size, layout_of};
use crate::image::formula::{Formula, PartialFormula};
use crate::image::mistakes::{Mistake, Mistakes};
use crate::image::options::complete_shape;

/// The keys of an image output.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OutputKeys {
    pub layout: Option<Layout>,
    pub channels: Option<Channels>,
    pub scale: Option<f64>,
    pub mean: Option<Vec<f64>>,
    pub std: Option<Vec<f64>>,
}

/// An image output, checked: how values of a tensor become an image.
#[derive(Clone, Debug, PartialEq)]
pub struct OutputImage {
    /// What the file says; none in format 1.
    keys: Option<OutputKeys>,
    pub layout: Layout,
    pub channels: Channels,
    /// The formula that the values were made with.
    pub formula: Formula,
    /// The same for a tensor of integers.
    pub integer_formula: Formula,
}

impl OutputKeys {
    /// Checks the keys of an output whose shape has so many channels.
    pub fn check(&self, channels: usize) -> Result<OutputImage, Vec<Mistake>> {
        let mut mistakes = Mistakes::default();
        let order = Channels::of_shape(self.channels, channels, &mut mistakes);
        let (mean, std) = (self.mean.as_deref(), self.std.as_deref());
        let own = PartialFormula::read(self.scale, mean, std, channels, &mut mistakes);
        mistakes.done(OutputImage {
            keys: Some(self.clone()),
            layout: self.layout.unwrap_or_default(),
            channels: order,
            formula: own.over(Formula::UNIT),
            integer_formula: own.over(Formula::SAMPLES),
        })
    }
}

impl OutputImage {
    /// What format 1 declares: the scale alone.
    pub fn format1(channels: usize, scale: f32) -> OutputImage {
        let formula = Formula { scale: f64::from(scale), ..Formula::SAMPLES };
        let channels = if channels == 1 { Channels::Grey } else { Channels::Rgb };
        OutputImage { keys: None, layout: Layout::Nhwc, channels, formula, integer_formula: formula }
    }

    /// As the keys declare it, before the model says the rest.
    pub fn declared(keys: OutputKeys) -> OutputImage {
        OutputImage { keys: Some(keys), ..OutputImage::format1(3, 1.0) }
    }

    /// Completes it, and the shape if that is empty, by the sizes of an example in the model's tensor.
    pub fn complete(
        &mut self,
        shape: &mut Vec<usize>,
        sizes: Option<&[Option<usize>]>,
    ) -> Result<(), Vec<Mistake>> {
        let mut keys = self.keys.clone().unwrap_or_default();
        keys.layout = keys.layout.or_else(|| layout_of(sizes?, shape));
        complete_shape(shape, sizes, keys.layout.unwrap_or_default())?;
        if self.keys.is_some() {
            *self = keys.check(shape[2])?;
        }
        Ok(())
    }

    /// Makes a PNG data URL of the values of one example: `sample = (value * std + mean) / scale`, rounded,
    /// and the nearest of 0 to 255.
    pub fn to_data_url(
        &self,
        values: &[f32],
        size: Size,
        integers: bool,
    ) -> Result<String, image::ImageError> {
        let formula = if integers { self.integer_formula } else { self.formula };
        let [mean, std] = [formula.mean, formula.std].map(|numbers| numbers.map(|number| number as f32));
        let scale = formula.scale as f32;
        let mut samples = Vec::with_capacity(values.len());
        let arrangement = Arrangement { layout: self.layout, channels: self.channels, size };
        arrangement.for_each_sample(|place, channel| {
            let sample = (values[place] * std[channel] + mean[channel]) / scale;
            samples.push(sample.round().clamp(0.0, 255.0) as u8);
        });
        png_url(&samples, size, self.channels == Channels::Grey)
    }
}

/// A PNG data URL of one grey pixel.
pub fn grey_pixel() -> String {
    png_url(&[128], Size { width: 1, height: 1 }, true).unwrap_or_default()
}

/// A PNG data URL of samples, grey or RGB.
pub fn png_url(samples: &[u8], size: Size, is_grey: bool) -> Result<String, image::ImageError> {
    let color = if is_grey { ExtendedColorType::L8 } else { ExtendedColorType::Rgb8 };
    let mut png = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut png, CompressionType::Fast, FilterType::Adaptive);
    encoder.write_image(samples, size.width as u32, size.height as u32, color)?;
    Ok(data_url::format("image/png", &png))
}
