//! From an image to the values of a tensor, in one pass over its rows.

use image::DynamicImage;

use crate::error::ApiError;
use crate::image::arrangement::{Channels, Size};
use crate::image::fill::Target;
use crate::image::filter::Filter;
use crate::image::fit::fit;
use crate::image::format1;
use crate::image::options::{InputImage, MAX_EDGE};
use crate::image::read::{self, Rules};
use crate::image::resize::{Fixed, Float, Plan, Source, resize};

impl InputImage {
    /// Reads the image of a data URL.
    pub fn from_data_url(&self, url: &str, max_pixels: u64) -> Result<DynamicImage, ApiError> {
        read::from_data_url(url, Rules { max_pixels, exif: self.exif })
    }

    /// Reads the image of a file.
    pub fn from_file(&self, file: &[u8], max_pixels: u64) -> Result<DynamicImage, ApiError> {
        read::from_file(file, Rules { max_pixels, exif: self.exif })
    }

    /// Writes an image as the values of a tensor, whose elements `convert` makes. A tensor of integers has
    /// its own formula.
    pub fn encode<T: Copy>(
        &self,
        image: DynamicImage,
        integers: bool,
        convert: impl Fn(f64) -> T,
        values: &mut [T],
    ) -> Result<(), ApiError> {
        let image = match self.size {
            Some(size) if self.format1 => format1::fitted(image, size, self.channels)?,
            _ => image,
        };
        let arrangement = self.arrangement(size_of(&image));
        let plan = self.plan(size_of(&image), arrangement.size)?;
        let (bytes, channels) = samples(image);
        let luma = self.channels == Channels::Grey && channels == 3;
        let source = Source { bytes: &bytes, width: plan.across.original, channels, luma };
        let formula = if integers { self.integer_formula } else { self.formula };
        let mut target = Target::new(values, arrangement, source.row_channels(), formula, convert);
        if plan.across.count < arrangement.size.width || plan.down.count < arrangement.size.height {
            target.fill(&self.pad);
        }
        self.write(&source, &plan, &mut target);
        Ok(())
    }

    fn plan(&self, image: Size, model: Size) -> Result<Plan, ApiError> {
        let (across, down) = fit(self.resize, self.shortest_edge, image, model).ok_or_else(|| {
            let (Size { width, height }, due) = (image, model);
            ApiError::bad_data(format!(
                "the image is {width} x {height} pixels; the model takes {} x {}, and images are not resized",
                due.width, due.height
            ))
        })?;
        let plan = Plan { across, down, filter: self.filter, antialias: self.antialias };
        match plan.is_resized() && image.longest() > MAX_EDGE {
            true => Err(ApiError::bad_data(format!(
                "the image is {} x {} pixels; one with an edge of more than {MAX_EDGE} is not resized",
                image.width, image.height
            ))),
            false => Ok(plan),
        }
    }

    fn write<T: Copy, C: Fn(f64) -> T>(&self, source: &Source, plan: &Plan, target: &mut Target<T, C>) {
        let place = |row: usize| (plan.across.at, plan.down.at + row);
        let whole = matches!(self.filter, Filter::Nearest) || !plan.is_resized();
        let pillow = self.round && (self.antialias || self.filter == Filter::Box);
        if whole || pillow {
            resize::<Fixed>(source, plan, |row, samples| target.write(place(row), samples));
        } else if self.round {
            let mut rounded = Vec::new();
            resize::<Float>(source, plan, |row, samples| {
                rounded.clear();
                // Conversion to u8 cuts off the fraction and takes the nearest in range.
                rounded.extend(samples.iter().map(|sample| (sample + 0.5) as u8));
                target.write(place(row), &rounded);
            });
        } else {
            resize::<Float>(source, plan, |row, samples| target.write_exact(place(row), samples));
        }
    }
}

/// The size of an image.
pub fn size_of(image: &DynamicImage) -> Size {
    Size { width: image.width() as usize, height: image.height() as usize }
}

/// The samples of an image of 8 bits, and its channels: 1 grey, 3 RGB. Any alpha is dropped.
fn samples(image: DynamicImage) -> (Vec<u8>, usize) {
    match image.color().has_color() {
        true => (image.into_rgb8().into_raw(), 3),
        false => (image.into_luma8().into_raw(), 1),
    }
}
