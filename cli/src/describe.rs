//! Shows the inputs and outputs of a deployment.

use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use sidekick::{DType, Deployment, FeatureSpec, ProtocolKind, SIZE_ANY, Specs};

use crate::connection::ConnectionArguments;
use crate::failure::Outcome;
use crate::table::{self, shown};
use crate::terminal::{self, BOLD, DIM, Terminal};

/// Shows the inputs and outputs of a deployment
#[derive(Args)]
pub struct DescribeArguments {
    /// For people or for programs
    #[arg(short, long, value_name = "FORMAT", value_enum, default_value_t = Format::Table)]
    format: Format,

    /// Lists all categories, also where there are many
    #[arg(short, long)]
    all: bool,

    #[command(flatten)]
    connection: ConnectionArguments,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Format {
    Table,
    Json,
}

/// So many categories are shown without `--all`.
const MOST_CATEGORIES: usize = 8;

pub fn run(arguments: &DescribeArguments, terminal: &Terminal) -> Outcome {
    let connection = arguments.connection.resolve(terminal)?;
    let deployment = connection.open()?;
    terminal::print(&match arguments.format {
        Format::Table => as_table(&connection.url, &deployment, arguments.all),
        Format::Json => format!("{:#}\n", as_json(&connection.url, &deployment)),
    })
}

fn as_table(url: &str, deployment: &Deployment, all: bool) -> String {
    let mut out = format!("{}\n", shown_whole(url));
    for (title, specs) in [("inputs", deployment.inputs()), ("outputs", deployment.outputs())] {
        out += &format!("\n{BOLD}{title}{BOLD:#}\n");
        let rows: Vec<Vec<String>> = specs.iter().map(|spec| row(spec, all)).collect();
        let widths = table::widths(&rows, Vec::new());
        for row in &rows {
            table::push_line(&mut out, row, &widths, &[], anstyle::Style::new());
        }
    }
    if let Some(limit) = deployment.batch_limit() {
        out += &format!("\n{DIM}at most {limit} rows in one request{DIM:#}\n");
    }
    out
}

fn shown_whole(text: &str) -> String {
    terminal::one_line(text)
}

fn row(spec: &FeatureSpec, all: bool) -> Vec<String> {
    let mut kind = spec.feature_type().to_string();
    if spec.shape() != [1] && spec.categories().is_empty() {
        kind += &format!(" {}", shape_text(spec.shape()));
    }
    let mut more = Vec::new();
    if let (Some(dtype), Some(_)) = (spec.dtype(), spec.tensor_shape()) {
        more.push(dtype_name(dtype).to_owned());
    }
    if !spec.categories().is_empty() {
        more.push(categories(spec, all));
    }
    if spec.is_optional() {
        more.push("may be left out".to_owned());
    }
    vec![shown(spec.name()), kind, more.join("; ")]
}

fn categories(spec: &FeatureSpec, all: bool) -> String {
    let most = if all { usize::MAX } else { MOST_CATEGORIES };
    let labels = spec.categories();
    let first: Vec<String> = labels.iter().take(most).map(|label| shown(label)).collect();
    match labels.len().saturating_sub(first.len()) {
        0 => first.join(", "),
        more => format!("{}, and {more} more", first.join(", ")),
    }
}

fn shape_text(shape: &[usize]) -> String {
    let size = |size: &usize| if *size == SIZE_ANY { "any".to_owned() } else { size.to_string() };
    format!("[{}]", shape.iter().map(size).collect::<Vec<_>>().join(", "))
}

fn as_json(url: &str, deployment: &Deployment) -> Value {
    let protocol = match deployment.protocol() {
        ProtocolKind::OpenInference => "open-inference",
        _ => "deployment-api",
    };
    json!({
        "url": url,
        "protocol": protocol,
        "model_version": deployment.model_version().map(|version| version.as_str()),
        "batch_limit": deployment.batch_limit(),
        "inputs": features(deployment.inputs()),
        "outputs": features(deployment.outputs()),
    })
}

fn features(specs: &Specs) -> Vec<Value> {
    specs.iter().map(feature).collect()
}

fn feature(spec: &FeatureSpec) -> Value {
    let categories: Vec<&str> = spec.categories().iter().map(|label| label.as_str()).collect();
    json!({
        "name": spec.name().as_str(),
        "type": spec.feature_type().to_string(),
        "shape": sizes(spec.shape()),
        "dtype": spec.dtype().map(dtype_name),
        "tensor_shape": spec.tensor_shape().map(sizes),
        "categories": if categories.is_empty() { None } else { Some(categories) },
        "optional": spec.is_optional(),
    })
}

/// A size that may be any is -1, as servers write it.
fn sizes(shape: &[usize]) -> Vec<Value> {
    shape.iter().map(|size| if *size == SIZE_ANY { json!(-1) } else { json!(size) }).collect()
}

/// The names that NumPy has.
fn dtype_name(dtype: DType) -> &'static str {
    match dtype {
        DType::F32 => "float32",
        DType::F64 => "float64",
        DType::I8 => "int8",
        DType::I16 => "int16",
        DType::I32 => "int32",
        DType::I64 => "int64",
        DType::U8 => "uint8",
        DType::U16 => "uint16",
        DType::U32 => "uint32",
        DType::U64 => "uint64",
        DType::F16 => "float16",
        DType::Bf16 => "bfloat16",
        DType::Bool => "bool",
    }
}
