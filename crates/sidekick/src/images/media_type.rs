//! The kinds of image that are sent.

use image::ImageFormat;

/// The kinds of image that are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaType {
    /// `image/png`
    Png,
    /// `image/jpeg`
    Jpeg,
}

impl MediaType {
    /// Its name with a closing NUL, as C reads it.
    pub fn with_nul(self) -> &'static str {
        match self {
            MediaType::Png => "image/png\0",
            MediaType::Jpeg => "image/jpeg\0",
        }
    }

    /// Its name: `image/png` or `image/jpeg`.
    pub fn name(self) -> &'static str {
        crate::text::without_nul(self.with_nul())
    }

    /// The media type a data URL names; `image/jpg` is met in the wild.
    pub(crate) fn from_name(name: &str) -> Option<MediaType> {
        let is = |known: &str| name.eq_ignore_ascii_case(known);
        if is("image/png") {
            return Some(MediaType::Png);
        }
        (is("image/jpeg") || is("image/jpg")).then_some(MediaType::Jpeg)
    }

    /// The media type that some bytes are, by their signature.
    pub(crate) fn of_bytes(bytes: &[u8]) -> Option<MediaType> {
        match image::guess_format(bytes) {
            Ok(ImageFormat::Png) => Some(MediaType::Png),
            Ok(ImageFormat::Jpeg) => Some(MediaType::Jpeg),
            _ => None,
        }
    }
}
