//! Images as the first format of `deployment.json` has them: another luma, and a filter of another rounding.

use image::DynamicImage;
use image::imageops::{FilterType, resize};

use crate::error::ApiError;
use crate::image::arrangement::{Channels, Size};

/// The most pixels of an image that is resized in height alone, as it is first.
const MAX_PIXELS: u64 = 1 << 26;

/// The image with these channels, stretched to this size.
pub fn fitted(image: DynamicImage, size: Size, channels: Channels) -> Result<DynamicImage, ApiError> {
    let (width, height) = (size.width as u32, size.height as u32);
    let is_grey = channels == Channels::Grey;
    let image: DynamicImage = if is_grey { image.into_luma8().into() } else { image.into_rgb8().into() };
    if (image.width(), image.height()) == (width, height) {
        return Ok(image);
    }
    if u64::from(image.width()) * u64::from(height) > MAX_PIXELS {
        return Err(ApiError::bad_data(format!(
            "an image of {} pixels is too wide to be resized",
            image.width()
        )));
    }
    Ok(match image {
        DynamicImage::ImageLuma8(grey) => resize(&grey, width, height, FilterType::Triangle).into(),
        other => resize(&other.into_rgb8(), width, height, FilterType::Triangle).into(),
    })
}
