//! Made-up rows, for measuring: zeros, first categories, empty texts.

use sidekick::{Array, FeatureSpec, FeatureType, PixelEncoding, Pixels, Rows, SIZE_ANY, Specs};

use crate::failure::{Failure, Outcome};

/// Adds so many rows.
pub fn add(rows: &mut Rows, inputs: &Specs, count: usize) -> Outcome {
    for _ in 0..count {
        for (index, spec) in inputs.iter().enumerate() {
            add_blank(rows, index, spec)?;
        }
        rows.end_row()?;
    }
    Ok(())
}

fn add_blank(rows: &mut Rows, index: usize, spec: &FeatureSpec) -> Outcome {
    // A size that is free may be 1.
    let shape: Vec<usize> =
        spec.shape().iter().map(|size| if *size == SIZE_ANY { 1 } else { *size }).collect();
    let zeros = vec![0u8; shape.iter().product()];
    match spec.feature_type() {
        FeatureType::Numeric if spec.is_array() => rows.add_array(index, &Array::of(&shape, &zeros)?)?,
        FeatureType::Numeric => rows.add_number(index, 0.0)?,
        FeatureType::Binary => rows.add_binary(index, false)?,
        FeatureType::Text => rows.add_text(index, "")?,
        FeatureType::Bytes => rows.add_bytes(index, b"")?,
        FeatureType::Categorical => match spec.categories().first() {
            Some(label) => rows.add_category(index, label)?,
            None => rows.add_integer(index, 0)?,
        },
        FeatureType::Image => add_black(rows, index, spec, &shape, &zeros)?,
    }
    Ok(())
}

fn add_black(rows: &mut Rows, index: usize, spec: &FeatureSpec, shape: &[usize], zeros: &[u8]) -> Outcome {
    let size = |size: usize| u32::try_from(size).ok();
    let &[height, width, channels] = shape else { return Err(no_image(spec)) };
    let (Some(height), Some(width), Ok(channels)) = (size(height), size(width), u8::try_from(channels))
    else {
        return Err(no_image(spec));
    };
    let black = Pixels { width, height, channels, row_stride: 0, bytes: zeros };
    Ok(rows.add_pixels(index, &black, PixelEncoding::Png)?)
}

fn no_image(spec: &FeatureSpec) -> Failure {
    Failure::usage(format!("no image can be made up for the input {:?}; give a file", spec.name().as_str()))
}
