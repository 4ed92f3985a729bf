//! The header of a file's image: its size, its components and their colours (T.81 B.2.2,
//! B.2.3).

use super::error::{damaged, unsupported};
use super::segments::code;
use crate::Error;

/// The most components that have a meaning as a colour.
const MAX_COMPONENTS: usize = 4;

/// How the samples of the components make a colour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Colors {
    Grey,
    Rgb,
    YCbCr,
    /// Both with inverted samples, as Adobe writes them.
    Cmyk,
    Ycck,
}

pub(super) struct Component {
    pub(super) id: u8,
    /// Its samples along a side of a minimum coded unit, in blocks.
    pub(super) horizontal: usize,
    pub(super) vertical: usize,
    pub(super) quantization: usize,
    /// Its size in samples.
    pub(super) width: usize,
    pub(super) height: usize,
    /// Its size in blocks, whole minimum coded units.
    pub(super) blocks_across: usize,
    pub(super) blocks_down: usize,
}

impl Component {
    /// Its blocks in a minimum coded unit of several components.
    pub(super) fn blocks_of_unit(&self) -> usize {
        self.horizontal * self.vertical
    }
}

pub(super) struct Frame {
    pub(super) progressive: bool,
    pub(super) width: usize,
    pub(super) height: usize,
    /// The largest sampling factors.
    pub(super) horizontal: usize,
    pub(super) vertical: usize,
    /// The image's size in minimum coded units.
    pub(super) units_across: usize,
    pub(super) units_down: usize,
    pub(super) components: Vec<Component>,
}

impl Frame {
    /// Reads the frame header of a file of this size.
    pub(super) fn parse(marker: u8, content: &[u8], file_size: usize) -> Result<Frame, Error> {
        let progressive = match marker {
            code::FRAME_BASELINE | code::FRAME_SEQUENTIAL => false,
            code::FRAME_PROGRESSIVE => true,
            _ => {
                return Err(unsupported(
                    "only baseline, sequential and progressive JPEGs with Huffman codes are",
                ));
            }
        };
        let (&[precision, height_1, height_0, width_1, width_0, count], specifications) =
            content.split_first_chunk().ok_or_else(|| damaged("its frame header is too short"))?;
        if precision != 8 {
            return Err(unsupported("only JPEGs of 8 bits a sample are"));
        }
        let width = usize::from(u16::from_be_bytes([width_1, width_0]));
        let height = usize::from(u16::from_be_bytes([height_1, height_0]));
        if width == 0 || height == 0 {
            return Err(unsupported("only JPEGs whose header has their width and height are"));
        }
        let specifications = specifications.as_chunks().0;
        let count = usize::from(count);
        if specifications.len() < count {
            return Err(damaged("its frame header is too short"));
        }
        if !matches!(count, 1 | 3 | MAX_COMPONENTS) {
            return Err(unsupported("only JPEGs of 1, 3 or 4 components are"));
        }
        let frame = Frame::of(progressive, width, height, &specifications[..count])?;
        // A block takes at least one bit, so a short file cannot cause a large allocation.
        if frame.blocks() > file_size.saturating_mul(8) { Err(Error::Cut) } else { Ok(frame) }
    }

    /// How many blocks the image has.
    pub(super) fn blocks(&self) -> usize {
        let blocks = self
            .components
            .iter()
            .map(|component| component.width.div_ceil(8) * component.height.div_ceil(8));
        blocks.sum()
    }

    fn of(
        progressive: bool,
        width: usize,
        height: usize,
        specifications: &[[u8; 3]],
    ) -> Result<Frame, Error> {
        let factors: Vec<(usize, usize)> =
            specifications.iter().map(|[_, f, _]| ((f >> 4) as usize, (f & 15) as usize)).collect();
        if factors.iter().any(|(h, v)| !(1..=4).contains(h) || !(1..=4).contains(v)) {
            return Err(damaged("a sampling factor is not 1 to 4"));
        }
        let horizontal = factors.iter().map(|factor| factor.0).max().unwrap_or(1);
        let vertical = factors.iter().map(|factor| factor.1).max().unwrap_or(1);
        if factors.iter().any(|(h, v)| horizontal % h != 0 || vertical % v != 0) {
            return Err(unsupported("only JPEGs whose sampling factors divide the largest are"));
        }
        let (units_across, units_down) = (width.div_ceil(8 * horizontal), height.div_ceil(8 * vertical));
        let component = |(&[id, _, quantization], &(h, v)): (&[u8; 3], &(usize, usize))| Component {
            id,
            horizontal: h,
            vertical: v,
            quantization: usize::from(quantization),
            width: (width * h).div_ceil(horizontal),
            height: (height * v).div_ceil(vertical),
            blocks_across: units_across * h,
            blocks_down: units_down * v,
        };
        let components = specifications.iter().zip(&factors).map(component).collect();
        Ok(Frame { progressive, width, height, horizontal, vertical, units_across, units_down, components })
    }

    /// How many channels its pixels have: 1 grey, 3 RGB.
    pub(super) fn channels(&self) -> usize {
        if self.components.len() == 1 { 1 } else { 3 }
    }

    /// The colours of its components, by the rules that libjpeg made common.
    pub(super) fn colors(&self, jfif: bool, adobe: Option<u8>) -> Colors {
        let ids: Vec<u8> = self.components.iter().map(|component| component.id).collect();
        match (ids.as_slice(), adobe) {
            ([_], _) => Colors::Grey,
            ([_, _, _, _], None | Some(0)) => Colors::Cmyk,
            ([_, _, _, _], _) => Colors::Ycck,
            (_, _) if jfif => Colors::YCbCr,
            (_, Some(0)) | (b"RGB", None) => Colors::Rgb,
            _ => Colors::YCbCr,
        }
    }
}
