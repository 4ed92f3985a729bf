//! Scores a CSV table: every input of the deployment is a column; a column, or two for a class, is added for
//! every output.

mod common;

use common::Outcome;
use csv::{Reader, StringRecord, Writer};
use sidekick::{Deployment, FeatureType, Predictions, Rows};
use std::error::Error;
use std::process::ExitCode;

fn score(deployment: &Deployment, files: &[String]) -> Outcome {
    let mut table = Reader::from_path(&files[0])?;
    let header = table.headers()?.clone();
    let records = table.records().collect::<Result<Vec<_>, _>>()?;
    let mut rows = deployment.rows();
    for record in &records {
        add_row(deployment, &mut rows, &header, record)?;
    }
    let predictions = deployment.predict(&rows)?;
    let mut scored = Writer::from_path(&files[1])?;
    scored.write_record(header.iter().map(str::to_owned).chain(added_columns(deployment)))?;
    for (row, record) in records.iter().enumerate() {
        let outputs = outputs(deployment, &predictions, row)?;
        scored.write_record(record.iter().map(str::to_owned).chain(outputs))?;
    }
    scored.flush()?;
    println!("{} rows scored", records.len());
    Ok(())
}

/// Adds the inputs of a row from the columns that bear their names.
fn add_row(
    deployment: &Deployment,
    rows: &mut Rows,
    header: &StringRecord,
    record: &StringRecord,
) -> Outcome {
    for (index, input) in deployment.inputs().iter().enumerate() {
        let name = input.name();
        let column = header.iter().position(|column| column == &**name);
        let field = column.and_then(|column| record.get(column));
        let field = field.ok_or_else(|| format!("the table has no column \"{}\"", &**name))?;
        match input.feature_type() {
            FeatureType::Numeric => {
                let number = field.parse().map_err(|_| format!("not a number: \"{field}\""))?;
                rows.add_number(index, number)?;
            }
            FeatureType::Text => rows.add_text(index, field)?,
            _ => rows.add_category(index, field)?,
        }
    }
    Ok(rows.end_row()?)
}

fn added_columns(deployment: &Deployment) -> Vec<String> {
    let columns = |name: &str, feature_type| match feature_type {
        FeatureType::Categorical => {
            vec![format!("predicted {name}"), format!("predicted {name} probability")]
        }
        _ => vec![format!("predicted {name}")],
    };
    deployment.outputs().iter().flat_map(|output| columns(output.name(), output.feature_type())).collect()
}

fn outputs(
    deployment: &Deployment,
    predictions: &Predictions,
    row: usize,
) -> Result<Vec<String>, Box<dyn Error>> {
    let mut fields = Vec::new();
    for (index, output) in deployment.outputs().iter().enumerate() {
        if output.feature_type() == FeatureType::Categorical {
            let (label, probability) = predictions.probabilities(index)?.at_rank(row, 0)?;
            fields.extend([label.to_string(), probability.to_string()]);
        } else {
            fields.push(predictions.number(index, row)?.to_string());
        }
    }
    Ok(fields)
}

fn main() -> ExitCode {
    common::run("score_table --url URL INPUT.csv OUTPUT.csv", 2..=2, score)
}
