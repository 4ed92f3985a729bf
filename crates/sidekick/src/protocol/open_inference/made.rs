//! Outputs whose values are made of the elements of a tensor: probabilities of categories, and images of
//! pixels.

use super::model::Tensor;
use super::pixels::PixelTensor;
use crate::array::DType;
use crate::elements::{ElementColumn, View};
use crate::error::{Error, ErrorKind, Result};
use crate::images::{self, MediaType};
use crate::memory::push;
use crate::results::Column;

/// The type of the elements that the values of a column are made of; nothing if they are taken as they come.
pub(super) fn element_type(tensor: &Tensor, column: &Column) -> Result<Option<DType>> {
    let is_made = matches!(column, Column::Categories(_)) || tensor.pixels.is_some();
    if !is_made {
        return Ok(None);
    }
    tensor.datatype.dtype().map(Some).ok_or_else(|| internal("values that are not made of numbers"))
}

/// Appends the values of so many rows.
pub(super) fn append(
    tensor: &Tensor,
    rows: usize,
    elements: &ElementColumn,
    column: &mut Column,
) -> Result<()> {
    match (column, tensor.pixels.as_deref(), elements.elements()) {
        (Column::Categories(categories), ..) => categories.extend(elements.doubles()?),
        (Column::Images(pieces, media_types), Some(pixels), View::U8(samples)) => {
            (0..rows).try_for_each(|row| {
                let file =
                    image(tensor, pixels, row, elements, samples).map_err(|error| error.in_row(row))?;
                push(media_types, MediaType::Png)?;
                pieces.push(&file)
            })
        }
        _ => Err(internal("elements in another column")),
    }
}

/// The image of a row as a PNG file.
fn image(
    tensor: &Tensor,
    pixels: &PixelTensor,
    row: usize,
    elements: &ElementColumn,
    samples: &[u8],
) -> Result<Vec<u8>> {
    let (shape, range) = match tensor.elements {
        Some(size) => (&*tensor.shape, row * size..(row + 1) * size),
        None => (elements.shapes().shape(row).unwrap_or_default(), elements.shapes().elements(row..row + 1)),
    };
    let samples = samples.get(range).ok_or_else(|| internal("an image beyond its column"))?;
    images::png_file(&pixels.samples(shape, samples)?)
}

fn internal(what: &str) -> Error {
    Error::new(ErrorKind::Internal, what)
}
