//! Images: read, fitted to a model and written as values of its tensors; and values that become images.

mod arrangement;
mod encode;
mod fill;
mod filter;
mod fit;
mod format1;
mod formula;
mod mistakes;
mod options;
mod output;
mod read;
mod resize;

pub use arrangement::{Channels, Layout, Size};
pub use encode::size_of;
pub use filter::Filter;
pub use fit::Resize;
pub use formula::Formula;
pub use mistakes::Mistake;
pub use options::{InputImage, InputKeys, Preset};
pub use output::{OutputImage, OutputKeys, grey_pixel, png_url};
pub use read::{DEFAULT_MAX_PIXELS, Rules, from_data_url, from_file};

#[cfg(test)]
mod tests;
