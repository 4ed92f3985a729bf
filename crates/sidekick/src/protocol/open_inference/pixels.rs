//! Images as tensors: how a pixel becomes an element, and where the element lies.

use super::datatype::{Class, DataType, Word};
use super::description::{Layout, Meaning};
use crate::array::SIZE_ANY;
use crate::error::{Error, ErrorKind, Result, reserve};
use crate::images::{MAX_SIDE, Samples};
use crate::memory::{filled, none_for};
use crate::message::Message;
use std::borrow::Cow;

/// The values of a pixel's channel.
const PIXELS: usize = 256;

/// How images become the elements of a tensor.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PixelTensor {
    /// Height and width may be [`SIZE_ANY`].
    height: usize,
    width: usize,
    channels: usize,
    layout: Layout,
    /// The bytes of an element.
    size: usize,
    /// For each channel, the element of each value.
    elements: Vec<[Word; PIXELS]>,
}

impl PixelTensor {
    /// The tensor of this datatype, and of this shape a row, with what the description says of it. The error
    /// says why it can hold no image.
    pub(crate) fn new(
        datatype: DataType,
        shape: &[usize],
        meaning: &Meaning,
    ) -> std::result::Result<PixelTensor, String> {
        let &[first, middle, last] = shape else {
            return Err("but an image has three dimensions, or is BYTES".to_owned());
        };
        let is_color = |size: usize| matches!(size, 1 | 3);
        let layout = meaning.layout.unwrap_or(match is_color(last) || !is_color(first) {
            true => Layout::Hwc,
            false => Layout::Chw,
        });
        let (height, width, channels) = match layout {
            Layout::Hwc => (first, middle, last),
            Layout::Chw => (middle, last, first),
        };
        if channels == SIZE_ANY {
            return Err("but an image has 1 or 3 channels; give its shape".to_owned());
        }
        if !is_color(channels) {
            return Err("but an image has 1 or 3 channels; set its layout".to_owned());
        }
        if height == 0 || width == 0 {
            return Err("but an image has pixels".to_owned());
        }
        if [height, width].iter().any(|size| *size != SIZE_ANY && *size > MAX_SIDE as usize) {
            return Err(format!("but an image has at most {MAX_SIDE} pixels at a side"));
        }
        let mut elements = Vec::new();
        for channel in 0..channels {
            elements.push(elements_of(datatype, meaning, channel, channels)?);
        }
        Ok(PixelTensor { height, width, channels, layout, size: datatype.size(), elements })
    }

    /// Height, width and channels.
    pub(crate) fn shape(&self) -> Vec<usize> {
        vec![self.height, self.width, self.channels]
    }

    /// Appends the elements of an image, which has this size. Returns their shape.
    pub(crate) fn append(&self, samples: &Samples<'_>, out: &mut Vec<u8>) -> Result<[usize; 3]> {
        let (height, width, channels) = (samples.height as usize, samples.width as usize, self.channels);
        let fits = |own: usize, size: usize| own == SIZE_ANY || own == size;
        if !fits(self.height, height) || !fits(self.width, width) {
            let own = |own: usize| if own == SIZE_ANY { "any".to_owned() } else { own.to_string() };
            let (w, h) = (own(self.width), own(self.height));
            let message = format!("the image has {width} x {height} pixels, and the model takes {w} x {h}");
            return Err(Error::new(ErrorKind::FeatureShape, message + "; resize it before"));
        }
        if samples.is_rgb && channels == 1 {
            let message = "the image is RGB, and the model takes grey; convert it before";
            return Err(Error::new(ErrorKind::FeatureShape, message));
        }
        let (start, bytes) = (out.len(), size_of_image([height, width, channels], self.size)?);
        reserve(out, bytes)?;
        out.resize(start + bytes, 0);
        let out = out.get_mut(start..).unwrap_or_default();
        match self.size {
            1 => self.write::<1>(samples, out),
            2 => self.write::<2>(samples, out),
            4 => self.write::<4>(samples, out),
            _ => self.write::<8>(samples, out),
        }
        Ok(match self.layout {
            Layout::Hwc => [height, width, channels],
            Layout::Chw => [channels, height, width],
        })
    }

    /// The samples of an image that a model returns: its elements, of a byte each, in this shape.
    pub(crate) fn samples<'a>(&self, shape: &[usize], elements: &'a [u8]) -> Result<Samples<'a>> {
        let (height, width) = match (self.layout, shape) {
            (Layout::Hwc, [height, width, _]) | (Layout::Chw, [_, height, width]) => (*height, *width),
            _ => return Err(Error::new(ErrorKind::Internal, "an image without three dimensions")),
        };
        let side = |size: usize| u32::try_from(size).ok().filter(|size| *size > 0);
        let (width, height) = side(width).zip(side(height)).ok_or_else(|| {
            let message = Message::from("an image of ").quote(format_args!("{width} x {height}"));
            Error::with_quotes(ErrorKind::ReplyShape, message.say(" pixels came back"))
        })?;
        let is_rgb = self.channels == 3;
        let bytes = match self.layout {
            Layout::Chw if is_rgb => Cow::Owned(side_by_side(elements)?),
            _ => Cow::Borrowed(elements),
        };
        Ok(Samples { width, height, is_rgb, bytes })
    }

    /// Writes each channel: side by side, or one after the other.
    fn write<const SIZE: usize>(&self, samples: &Samples<'_>, out: &mut [u8]) {
        let out = out.as_chunks_mut::<SIZE>().0;
        let pixels = samples.height as usize * samples.width as usize;
        let step_in = if samples.is_rgb { 3 } else { 1 };
        for (channel, elements) in self.elements.iter().enumerate() {
            let (first, step) = match self.layout {
                Layout::Hwc => (channel, self.channels),
                Layout::Chw => (channel * pixels, 1),
            };
            // A grey image has one channel for all.
            let values = samples.bytes.iter().skip(if samples.is_rgb { channel } else { 0 }).step_by(step_in);
            let places = out.iter_mut().skip(first).step_by(step).take(pixels);
            for (place, value) in places.zip(values) {
                let element = elements.get(usize::from(*value)).and_then(|word| word.first_chunk());
                *place = element.copied().unwrap_or([0; SIZE]);
            }
        }
    }
}

/// The bytes of an image's elements, of `size` bytes each. A large image in FP64 is more than 32 bits count.
fn size_of_image(shape: [usize; 3], size: usize) -> Result<usize> {
    let bytes = shape.iter().try_fold(size, |bytes, side| bytes.checked_mul(*side));
    bytes.ok_or_else(|| none_for(usize::MAX))
}

/// The samples of three channels that lie one after the other.
fn side_by_side(channels: &[u8]) -> Result<Vec<u8>> {
    let mut samples = filled(channels.len(), 0)?;
    let pixels = channels.len() / 3;
    for (channel, values) in channels.chunks_exact(pixels.max(1)).enumerate() {
        let places = samples.iter_mut().skip(channel).step_by(3);
        places.zip(values).for_each(|(place, value)| *place = *value);
    }
    Ok(samples)
}

/// The element of each value of a channel: `(value * scale - mean) / std` if it is a float, else the value.
fn elements_of(
    datatype: DataType,
    meaning: &Meaning,
    channel: usize,
    channels: usize,
) -> std::result::Result<[Word; PIXELS], String> {
    let Meaning { scale, mean, std, .. } = meaning;
    let is_changed = scale.is_some() || mean.is_some() || std.is_some();
    if is_changed && datatype.class() != Class::Float {
        return Err("but scale, mean and std need floats".to_owned());
    }
    if channels == 1 && [scale, mean, std].into_iter().flatten().any(|numbers| numbers.len() > 1) {
        return Err("which has one channel, but scale, mean or std has three numbers".to_owned());
    }
    let of = |numbers: &Option<Vec<f64>>, otherwise: f64| {
        let numbers = numbers.as_deref().unwrap_or_default();
        numbers.get(channel).or(numbers.first()).copied().unwrap_or(otherwise)
    };
    let (scale, mean, std) = (of(scale, 1.0), of(mean, 0.0), of(std, 1.0));
    let mut elements = [Word::default(); PIXELS];
    for (value, element) in elements.iter_mut().enumerate() {
        let number = (value as f64 * scale - mean) / std;
        let fits = datatype.word_of_float(number).ok().filter(|_| number.is_finite());
        *element =
            fits.ok_or_else(|| format!("which does not hold {number:?}, the value of a pixel of {value}"))?;
    }
    Ok(elements)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::half::fp16_of;

    fn samples(is_rgb: bool, bytes: &[u8]) -> Samples<'_> {
        Samples { width: 2, height: 1, is_rgb, bytes: Cow::Borrowed(bytes) }
    }

    fn described(layout: Option<Layout>, numbers: Option<[&[f64]; 3]>) -> Meaning {
        let [scale, mean, std] = match numbers {
            Some(numbers) => numbers.map(|numbers| Some(numbers.to_vec())),
            None => [None, None, None],
        };
        Meaning { layout, scale, mean, std, ..Meaning::default() }
    }

    fn bytes(datatype: DataType, shape: &[usize], meaning: &Meaning, samples: &Samples<'_>) -> Vec<u8> {
        let mut out = vec![9];
        PixelTensor::new(datatype, shape, meaning).unwrap().append(samples, &mut out).unwrap();
        out.split_off(1)
    }

    #[test]
    fn pixels_lie_as_the_layout_has_them() {
        let rgb = samples(true, &[1, 2, 3, 4, 5, 6]);
        let plain = described(None, None);
        assert_eq!(bytes(DataType::Uint8, &[1, 2, 3], &plain, &rgb), [1, 2, 3, 4, 5, 6]);
        assert_eq!(bytes(DataType::Uint8, &[3, 1, 2], &plain, &rgb), [1, 4, 2, 5, 3, 6]);
        assert_eq!(bytes(DataType::Int16, &[3, 1, 2], &plain, &rgb)[..4], [1, 0, 4, 0]);
        let grey = samples(false, &[7, 8]);
        assert_eq!(bytes(DataType::Uint8, &[1, 2, 1], &plain, &grey), [7, 8]);
        assert_eq!(bytes(DataType::Uint8, &[1, 1, 2], &described(Some(Layout::Chw), None), &grey), [7, 8]);
        assert_eq!(bytes(DataType::Uint8, &[1, 2, 3], &plain, &grey), [7, 7, 7, 8, 8, 8]);
        assert_eq!(bytes(DataType::Uint8, &[3, 1, 2], &plain, &grey), [7, 8, 7, 8, 7, 8]);
        assert_eq!(PixelTensor::new(DataType::Uint8, &[3, 1, 2], &plain).unwrap().shape(), [1, 2, 3]);
    }

    #[test]
    fn an_image_of_any_size_has_its_own_shape() {
        let plain = described(None, None);
        let rgb = samples(true, &[1, 2, 3, 4, 5, 6]);
        for (shape, expected) in [
            ([SIZE_ANY, SIZE_ANY, 3], Ok([1, 2, 3])),
            ([3, SIZE_ANY, 2], Ok([3, 1, 2])),
            (
                [SIZE_ANY, 3, 3],
                Err("the image has 2 x 1 pixels, and the model takes 3 x any; resize it before"),
            ),
        ] {
            let mut out = Vec::new();
            let found = PixelTensor::new(DataType::Uint8, &shape, &plain).unwrap().append(&rgb, &mut out);
            assert_eq!(found.map_err(|error| error.to_string()), expected.map_err(str::to_owned));
            assert_eq!(out.len(), if expected.is_ok() { 6 } else { 0 });
        }
        let error = PixelTensor::new(DataType::Uint8, &[2, 2, SIZE_ANY], &plain).unwrap_err();
        assert!(error.contains("1 or 3 channels; give its shape"), "{error}");
    }

    #[test]
    fn a_float_is_scaled_then_the_mean_is_taken_off_then_it_is_divided() {
        let numbers: [&[f64]; 3] = [&[0.5], &[1.0, 2.0, 3.0], &[2.0, -4.0, 0.25]];
        let rgb = samples(true, &[10, 20, 30, 0, 255, 4]);
        let floats = bytes(DataType::Fp32, &[1, 2, 3], &described(None, Some(numbers)), &rgb);
        let floats: Vec<f32> = floats.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
        assert_eq!(floats, [2.0, -2.0, 48.0, -0.5, -31.375, -4.0]);
        let halves = bytes(DataType::Fp16, &[3, 1, 2], &described(None, Some(numbers)), &rgb);
        assert_eq!(halves[..4], [fp16_of(2.0).to_le_bytes(), fp16_of(-0.5).to_le_bytes()].concat());
        let doubles =
            bytes(DataType::Fp64, &[1, 2, 3], &described(None, Some([&[1.0 / 255.0], &[0.0], &[1.0]])), &rgb);
        assert_eq!(doubles[..8], (10.0f64 * (1.0 / 255.0)).to_le_bytes());
    }

    #[test]
    fn an_image_larger_than_memory_is_an_error() {
        let side = 1 << (usize::BITS / 2 - 1);
        assert_eq!(size_of_image([side, side, 3], 1).unwrap(), 3 * side * side);
        for (shape, size) in [([side, side, 1], 8), ([side, side, 3], 2), ([2 * side, 2 * side, 1], 1)] {
            let error = size_of_image(shape, size).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Memory, "{shape:?}");
        }
    }

    #[test]
    fn elements_of_an_output_become_samples() {
        let plain = described(None, None);
        let of = |shape: &[usize], own: &[usize], elements: &'static [u8]| {
            let tensor = PixelTensor::new(DataType::Uint8, shape, &plain).unwrap();
            let found = tensor.samples(own, elements)?;
            Ok::<_, Error>((found.width, found.height, found.is_rgb, found.bytes.into_owned()))
        };
        let rgb = (2, 1, true, vec![1, 2, 3, 4, 5, 6]);
        assert_eq!(of(&[1, 2, 3], &[1, 2, 3], &[1, 2, 3, 4, 5, 6]).unwrap(), rgb);
        assert_eq!(of(&[3, 1, 2], &[3, 1, 2], &[1, 4, 2, 5, 3, 6]).unwrap(), rgb);
        assert_eq!(of(&[SIZE_ANY, 2, 3], &[1, 2, 3], &[1, 2, 3, 4, 5, 6]).unwrap(), rgb);
        assert_eq!(
            of(&[1, SIZE_ANY, 4], &[1, 1, 4], &[1, 2, 3, 4]).unwrap(),
            (4, 1, false, vec![1, 2, 3, 4])
        );
        let error = of(&[SIZE_ANY, 2, 3], &[0, 2, 3], &[]).unwrap_err().vetted(|_| false);
        assert_eq!(
            (error.kind(), &*error.to_string()),
            (ErrorKind::ReplyShape, "an image of 2 x 0 pixels came back")
        );
    }

    #[test]
    fn what_holds_no_image_is_said() {
        let refused = |datatype, shape: &[usize], meaning: &Meaning| {
            PixelTensor::new(datatype, shape, meaning).unwrap_err()
        };
        let plain = described(None, None);
        let scaled = described(None, Some([&[300.0], &[0.0], &[1.0]]));
        assert!(refused(DataType::Uint8, &[2, 3], &plain).contains("three dimensions"));
        assert!(refused(DataType::Uint8, &[2, 2, 2], &plain).contains("1 or 3 channels; set its layout"));
        assert!(refused(DataType::Uint8, &[0, 2, 3], &plain).contains("has pixels"));
        assert!(refused(DataType::Uint8, &[2, 2, 3], &scaled).contains("need floats"));
        assert!(
            refused(DataType::Fp16, &[2, 2, 3], &scaled)
                .contains("does not hold 65700.0, the value of a pixel of 219")
        );
        assert!(refused(DataType::Int8, &[2, 2, 3], &plain).contains("does not hold 128.0"));
        let tensor = PixelTensor::new(DataType::Uint8, &[2, 1, 3], &plain).unwrap();
        let error = tensor.append(&samples(true, &[0; 6]), &mut Vec::new()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the image has 2 x 1 pixels, and the model takes 1 x 2; resize it before"
        );
        let grey = PixelTensor::new(DataType::Uint8, &[1, 2, 1], &plain).unwrap();
        let error = grey.append(&samples(true, &[0; 6]), &mut Vec::new()).unwrap_err();
        assert!(
            error.kind() == ErrorKind::FeatureShape && error.to_string().contains("takes grey"),
            "{error}"
        );
    }
}
