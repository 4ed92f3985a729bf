//! Inputs in format 2.

use std::path::Path;

use crate::dates::{DateRule, RULES};
use crate::deployment::feature::{Categories, Category, FeatureType, MAX_SIZE, misplaced};
use crate::deployment::fields::{At, Fields};
use crate::deployment::format2::{images, values};
use crate::deployment::input::{Encoding, Fill, Input, InputKind, TextEncoding};
use crate::deployment::jsonc::Value;
use crate::image::{InputImage, Size};
use crate::ngrams::Ngrams;
use crate::tokens::Tokens;

const ENCODINGS: [(&str, Encoding); 3] =
    [("one-hot", Encoding::OneHot), ("ordinal", Encoding::Ordinal), ("raw", Encoding::Raw)];
/// The keys that only some types have.
const KEYS: [&str; 25] = [
    "clip",
    "log",
    "mean",
    "std",
    "fill",
    "categories",
    "categories_file",
    "encoding",
    "ngrams",
    "tokenizer",
    "date",
    "scale",
    "shape",
    "labels",
    "activation",
    "preset",
    "layout",
    "channels",
    "resize",
    "shortest_edge",
    "pad",
    "filter",
    "antialias",
    "round",
    "exif",
];

/// Reads an input, if it has no mistake.
pub fn read(at: &At, place: usize, folder: &Path) -> Option<Input> {
    let fields = at.fields()?;
    let (name, feature_type) = values::name_and_type(&fields);
    let tensor = fields.text("tensor").unwrap_or_default();
    let batch_axis = values::batch_axis(&fields);
    let shape = values::shape(&fields);
    let (kind, shape) = match feature_type? {
        FeatureType::Numeric => (Some(InputKind::Array(values::transform(&fields))), shape),
        FeatureType::Categorical => categorical(&fields, folder, shape),
        FeatureType::Binary => (binary(&fields, folder, &shape), vec![1]),
        FeatureType::Text => (text(&fields, folder, &shape).map(InputKind::Text), vec![1]),
        FeatureType::Image => (image(&fields, &shape), shape),
    };
    let fill = kind.as_ref().and_then(|kind| fill(&fields, kind));
    let (path, mistakes) = (fields.path().to_owned(), fields.mistakes());
    fields.finish(noun(feature_type?), &KEYS);
    let input = Input { place, name: name?, shape, tensor, batch_axis, kind: kind?, fill };
    (!mistakes.has(&path)).then_some(input)
}

fn noun(feature_type: FeatureType) -> &'static str {
    match feature_type {
        FeatureType::Numeric => "a numeric input",
        FeatureType::Categorical => "a categorical input",
        FeatureType::Binary => "a binary input",
        FeatureType::Text => "a text input",
        FeatureType::Image => "an image input",
    }
}

fn categorical(fields: &Fields, folder: &Path, shape: Vec<usize>) -> (Option<InputKind>, Vec<usize>) {
    let encoding = fields.get("encoding").map_or(Some(Encoding::OneHot), |at| at.one_of(&ENCODINGS));
    let written = ["categories", "categories_file"].map(|key| fields.get(key).is_some()).contains(&true);
    let Some(list) = values::categories(fields, folder) else {
        if !written {
            fields
                .wrong("categories", "it is missing; write the categories, or the name of a categories_file");
        }
        return (None, shape);
    };
    values::check_shape(fields, &shape, &[list.len()]);
    let shape = vec![list.len()];
    (encoding.map(|encoding| InputKind::Categorical(Categories::new(list), encoding)), shape)
}

fn binary(fields: &Fields, folder: &Path, shape: &[usize]) -> Option<InputKind> {
    values::check_shape(fields, shape, &[1]);
    let encoding = fields.get("encoding").map_or(Some(Encoding::Ordinal), |at| at.one_of(&ENCODINGS));
    let default = || ["0", "1"].map(|name| Category::Text(name.to_owned())).to_vec();
    let list = values::categories(fields, folder).unwrap_or_else(default);
    if list.len() != 2 {
        fields.wrong("categories", format!("there are {}; a binary input has two", list.len()));
    }
    misplaced(&list).into_iter().for_each(|problem| fields.wrong("categories", problem));
    Some(InputKind::Binary(Categories::new(list), encoding?))
}

fn image(fields: &Fields, shape: &[usize]) -> Option<InputKind> {
    values::check_image_shape(fields, shape);
    let keys = images::input(fields);
    let checked = match *shape {
        [height, width, channels] => keys.check(Some(Size { width, height }), channels),
        _ => Ok(InputImage::declared(keys)),
    };
    checked.map(InputKind::Image).map_err(|mistakes| images::report(fields, mistakes)).ok()
}

fn text(fields: &Fields, folder: &Path, shape: &[usize]) -> Option<TextEncoding> {
    values::check_shape(fields, shape, &[1]);
    let (ngrams, tokenizer, date) = (fields.get("ngrams"), fields.get("tokenizer"), fields.get("date"));
    let given = [&ngrams, &tokenizer, &date].iter().filter(|at| at.is_some()).count();
    if given > 1 {
        fields.wrong_here("a text has one of ngrams, tokenizer and date; leave the others out");
    }
    if let Some(at) = ngrams {
        return read_ngrams(&at).map(TextEncoding::Ngrams);
    }
    if let Some(at) = tokenizer {
        return read_tokenizer(&at, folder).map(|tokens| TextEncoding::Tokens(Box::new(tokens)));
    }
    let Some(at) = date else {
        return Some(TextEncoding::Raw);
    };
    let rule = |at: &At| {
        let text = at.text()?;
        DateRule::parse(&text).or_else(|| at.expected(RULES))
    };
    let transform = values::transform(fields);
    Some(TextEncoding::Date(at.one_or_each(rule)?, transform))
}

fn read_ngrams(at: &At) -> Option<Ngrams> {
    let fields = at.fields()?;
    let size = |key, remedy| fields.required(key, remedy).and_then(|at| at.size());
    let min = size("min", "write the length of the shortest n-grams, such as 1");
    let max = size("max", "write the length of the longest n-grams, such as 4");
    let buckets = size("buckets", "write the length of the vector, such as 4096");
    let (path, mistakes) = (at.path().to_owned(), fields.mistakes());
    let ngrams =
        Ngrams { min: min.unwrap_or(1), max: max.unwrap_or(usize::MAX), buckets: buckets.unwrap_or(1) };
    if ngrams.min < 1 || ngrams.max < ngrams.min {
        fields.wrong("min", format!("{} has to be at least 1 and at most max; change it", ngrams.min));
    }
    if !(1..=MAX_SIZE).contains(&ngrams.buckets) {
        fields.wrong("buckets", format!("{} is out of range; write 1 to {MAX_SIZE}", ngrams.buckets));
    }
    fields.finish("ngrams", &[]);
    (!mistakes.has(&path)).then_some(ngrams)
}

const PADDINGS: [(&str, bool); 2] = [("longest", false), ("max_length", true)];

/// The name of a file, or an object with it and more.
fn read_tokenizer(at: &At, folder: &Path) -> Option<Tokens> {
    if let Value::Text(_) = at.value() {
        return load_tokenizer(at, folder, None);
    }
    let fields = at.fields()?;
    let max_length = fields.size("max_length");
    if max_length == Some(0) || max_length > Some(1 << 20) {
        fields.wrong("max_length", "write a number of tokens, 1 to 1048576");
    }
    let file = fields.required("file", "write the name of the tokenizer's file, such as \"tokenizer.json\"");
    let tokens = file.and_then(|at| load_tokenizer(&at, folder, max_length.filter(|&length| length > 0)));
    let attention_mask = fields.text("attention_mask");
    let token_type_ids = fields.text("token_type_ids");
    let padding = fields.get("padding").and_then(|at| at.one_of(&PADDINGS));
    fields.finish("a tokenizer", &[]);
    let mut tokens = tokens?;
    tokens.attention_mask = attention_mask;
    tokens.token_type_ids = token_type_ids;
    tokens.to_max_length = padding.unwrap_or_default();
    Some(tokens)
}

fn load_tokenizer(at: &At, folder: &Path, max_length: Option<usize>) -> Option<Tokens> {
    let file = at.text()?;
    match Tokens::load(&folder.join(&file), max_length) {
        Ok(tokens) => Some(tokens),
        Err(problem) => {
            at.wrong(format!(
                "{file:?}: {problem}; write the path of a tokenizer.json, from the folder of deployment.json"
            ));
            None
        }
    }
}

/// The value for a missing one, which has to be one that the feature takes.
fn fill(fields: &Fields, kind: &InputKind) -> Option<Fill> {
    if matches!(kind, InputKind::Image { .. }) {
        return None;
    }
    let at = fields.get("fill")?;
    match (kind, at.value()) {
        (InputKind::Number(_) | InputKind::Array(_), Value::Text(text))
            if text.eq_ignore_ascii_case("nan") =>
        {
            Some(Fill::Number(f64::NAN))
        }
        (InputKind::Number(_) | InputKind::Array(_), Value::Number(number)) => {
            number.as_f64().map(Fill::Number)
        }
        (InputKind::Number(_) | InputKind::Array(_), _) => at.expected("a number, or \"NaN\""),
        (InputKind::Categorical(categories, _) | InputKind::Binary(categories, _), value) => {
            let name = match value {
                Value::Text(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                _ => return at.expected("one of the categories"),
            };
            if categories.place(&name).is_none() {
                at.wrong(format!("{name:?} is not one of the categories; write one that is"));
            }
            Some(Fill::Text(name))
        }
        (InputKind::Text(TextEncoding::Date(..)), Value::Text(text)) => {
            if DateRule::Year.number(text).is_none() {
                at.wrong(format!("{text:?} is no date; write it as 2024-05-17"));
            }
            Some(Fill::Text(text.clone()))
        }
        (_, Value::Text(text)) => Some(Fill::Text(text.clone())),
        _ => at.expected("a string"),
    }
}
