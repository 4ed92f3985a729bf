//! Tries a model: prints what it takes and returns, and what it predicts for zeros and empty texts. Takes the
//! URL of a deployment or of a model on a server of the Open Inference Protocol (`--url
//! http://HOST:8000/v2/models/NAME --token ""`).

mod common;

use common::Outcome;
use sidekick::{
    Array, Deployment, FeatureSpec, FeatureType, PixelEncoding, Pixels, Predictions, Rows, SIZE_ANY, Specs,
};
use std::process::ExitCode;

/// How many elements of an array are printed.
const SHOWN: usize = 8;

fn try_model(deployment: &Deployment, _: &[String]) -> Outcome {
    print_features("takes", deployment.inputs());
    print_features("returns", deployment.outputs());
    let mut rows = deployment.rows();
    for (index, input) in deployment.inputs().iter().enumerate() {
        add_blank(&mut rows, index, input)?;
    }
    rows.end_row()?;
    let predictions = deployment.predict(&rows)?;
    println!("predicts");
    for (index, output) in deployment.outputs().iter().enumerate() {
        println!("  {}: {}", output.name(), predicted(&predictions, index, output)?);
    }
    Ok(())
}

fn print_features(title: &str, features: &Specs) {
    println!("{title}");
    for feature in features {
        let size = |size: &usize| if *size == SIZE_ANY { "any".to_owned() } else { size.to_string() };
        let shape: Vec<String> = feature.shape().iter().map(size).collect();
        println!("  {}: {} [{}]", feature.name(), feature.feature_type(), shape.join(", "));
    }
}

/// Adds zeros or an empty text to an input.
fn add_blank(rows: &mut Rows, index: usize, input: &FeatureSpec) -> Outcome {
    // A size that is free may be 1.
    let shape: Vec<usize> =
        input.shape().iter().map(|size| if *size == SIZE_ANY { 1 } else { *size }).collect();
    let zeros = vec![0u8; shape.iter().product()];
    match input.feature_type() {
        FeatureType::Numeric if input.is_array() => rows.add_array(index, &Array::of(&shape, &zeros)?)?,
        FeatureType::Numeric => rows.add_number(index, 0.0)?,
        FeatureType::Binary => rows.add_binary(index, false)?,
        FeatureType::Text => rows.add_text(index, "")?,
        FeatureType::Bytes => rows.add_bytes(index, b"")?,
        FeatureType::Categorical => {
            let label = input.categories().first().ok_or("an input lists no categories")?;
            rows.add_category(index, label)?;
        }
        FeatureType::Image => {
            let &[height, width, channels] = &*shape else { return Err("an image has no pixels".into()) };
            let (width, height) = (u32::try_from(width)?, u32::try_from(height)?);
            let channels = u8::try_from(channels)?;
            let black = Pixels { width, height, channels, row_stride: 0, bytes: &zeros };
            rows.add_pixels(index, &black, PixelEncoding::Png)?;
        }
    }
    Ok(())
}

fn predicted(
    predictions: &Predictions,
    index: usize,
    output: &FeatureSpec,
) -> Result<String, sidekick::Error> {
    Ok(match output.feature_type() {
        FeatureType::Categorical => {
            let (label, probability) = predictions.probabilities(index)?.at_rank(0, 0)?;
            format!("{label}, with probability {probability:.3}")
        }
        FeatureType::Text => predictions.text(index, 0)?.to_owned(),
        FeatureType::Bytes => format!("{} bytes", predictions.bytes(index, 0)?.len()),
        FeatureType::Image => "an image".to_owned(),
        FeatureType::Numeric if output.is_array() => {
            let values = predictions.array(index, 0)?;
            let shown: Vec<String> = values.iter().take(SHOWN).map(f32::to_string).collect();
            shown.join(", ") + if values.len() > SHOWN { ", ..." } else { "" }
        }
        FeatureType::Numeric | FeatureType::Binary => predictions.number(index, 0)?.to_string(),
    })
}

fn main() -> ExitCode {
    common::run("try_model --url URL", 0..=0, try_model)
}
