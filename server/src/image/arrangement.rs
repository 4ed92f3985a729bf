//! How the pixels of an image are arranged in a tensor.

use crate::image::mistakes::Mistakes;

/// Where the channels of a pixel are in a tensor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// Pixel after pixel, as in TensorFlow.
    #[default]
    Nhwc,
    /// Channel after channel, as in PyTorch.
    Nchw,
}

/// Which channels a tensor has, and in what order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channels {
    Rgb,
    Bgr,
    Grey,
}

impl Channels {
    pub fn count(self) -> usize {
        if self == Channels::Grey { 1 } else { 3 }
    }

    /// Those of a shape with so many channels, which agree with what the key says.
    pub fn of_shape(key: Option<Channels>, count: usize, mistakes: &mut Mistakes) -> Channels {
        if !matches!(count, 1 | 3) {
            let problem = "an image has 1 or 3 channels; write [height, width, 1] or [height, width, 3]";
            mistakes.add("shape", problem);
        } else if key.is_some_and(|channels| channels.count() != count) {
            let fitting = if count == 1 { "\"grey\"" } else { "\"RGB\" or \"BGR\"" };
            mistakes.add("channels", format!("the shape has {count}; write {fitting}, or change the shape"));
        }
        key.unwrap_or(if count == 1 { Channels::Grey } else { Channels::Rgb })
    }
}

/// The size of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    pub width: usize,
    pub height: usize,
}

impl Size {
    pub fn longest(self) -> usize {
        self.width.max(self.height)
    }
}

/// The pixels of one image in a tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrangement {
    pub layout: Layout,
    pub channels: Channels,
    pub size: Size,
}

impl Arrangement {
    /// The shape of one example of the tensor.
    pub fn shape(&self) -> [usize; 3] {
        let Size { width, height } = self.size;
        match self.layout {
            Layout::Nhwc => [height, width, self.channels.count()],
            Layout::Nchw => [self.channels.count(), height, width],
        }
    }

    /// Calls `each` with the place of each sample in the tensor and its channel there, in the order of an
    /// image of the tensor's channels: rows from the top, RGB or grey.
    pub fn for_each_sample(&self, mut each: impl FnMut(usize, usize)) {
        let (channels, pixels) = (self.channels.count(), self.size.width * self.size.height);
        for pixel in 0..pixels {
            for sample in 0..channels {
                let channel = if self.channels == Channels::Bgr { channels - 1 - sample } else { sample };
                let place = match self.layout {
                    Layout::Nhwc => pixel * channels + channel,
                    Layout::Nchw => channel * pixels + pixel,
                };
                each(place, channel);
            }
        }
    }
}

/// The layout of a tensor whose example has these sizes (`None`: any) and holds an image of this shape, or of
/// any if the shape is empty. None if both layouts fit, or neither.
pub fn layout_of(sizes: &[Option<usize>], shape: &[usize]) -> Option<Layout> {
    let fits = |layout| {
        let Some(sizes) = image_sizes(sizes, layout) else { return false };
        match shape {
            [] => matches!(sizes[2], Some(1 | 3)),
            shape => sizes.iter().zip(shape).all(|(size, due)| size.is_none_or(|size| size == *due)),
        }
    };
    match (fits(Layout::Nhwc), fits(Layout::Nchw)) {
        (true, false) => Some(Layout::Nhwc),
        (false, true) => Some(Layout::Nchw),
        _ => None,
    }
}

/// The height, width and channels of an example with these sizes.
fn image_sizes(sizes: &[Option<usize>], layout: Layout) -> Option<[Option<usize>; 3]> {
    let &[first, second, third] = sizes else { return None };
    Some(match layout {
        Layout::Nhwc => [first, second, third],
        Layout::Nchw => [second, third, first],
    })
}

/// The shape of the images that a tensor takes whose example has these sizes.
pub fn shape_of(sizes: &[Option<usize>], layout: Layout) -> Option<Vec<usize>> {
    let shape: Option<Vec<usize>> = image_sizes(sizes, layout)?.into_iter().collect();
    shape.filter(|shape| matches!(shape[2], 1 | 3))
}
