//! Examples to try a deployment with: the first of its held-out data, or random ones, the same each time.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use crate::deployment::{Category, Deployment, Input, InputKind, TextEncoding};
use crate::image::{self, Size};
use crate::{data_url, files, npy};

/// So many examples are made.
const COUNT: usize = 3;

/// Rows of the Deployment API.
pub struct Examples {
    pub rows: Vec<Value>,
    /// Where they come from.
    pub origin: String,
}

/// Examples in the order in which they are to be tried: a model may fail on random numbers, such as one that
/// takes the place of a word in a list.
pub fn all(deployment: &Deployment) -> Vec<Examples> {
    let random = |most, origin: &str| {
        let mut random = Random { state: 0x9e37_79b9_7f4a_7c15, most };
        let rows = (0..COUNT).map(|_| random.row(deployment)).collect();
        Examples { rows, origin: origin.to_owned() }
    };
    let held_out = held_out(deployment);
    let held_out =
        held_out.map(|(file, rows)| Examples { rows, origin: format!("the first of {}", file.display()) });
    held_out
        .into_iter()
        .chain([random(9, "random, the same each time"), random(0, "all numbers are 0")])
        .collect()
}

/// The first row of the held-out data, if it is there.
pub fn first_held_out(deployment: &Deployment) -> Option<Map<String, Value>> {
    let (_, rows) = held_out(deployment)?;
    rows.into_iter().next()?.as_object().cloned()
}

/// The first rows of the CSV file that `held_out.data` names, if it has a column for each input.
fn held_out(deployment: &Deployment) -> Option<(PathBuf, Vec<Value>)> {
    let name = deployment.held_out.as_ref()?["data"].as_str()?;
    let folder = deployment.model.parent().unwrap_or(Path::new(""));
    let (file, text) = [folder.join(name), PathBuf::from(name)]
        .into_iter()
        .find_map(|file| Some((file.clone(), files::read_text(&file).ok()?)))?;
    let mut lines = text.lines().map(cells);
    let header = lines.next()?;
    let row = |cells: Vec<String>| {
        let value = |input: &Input| {
            let place = header.iter().position(|name| *name == input.name)?;
            Some((input.name.clone(), read(input, cells.get(place)?)?))
        };
        deployment.inputs.iter().map(value).collect::<Option<Map<_, _>>>().map(Value::from)
    };
    let rows: Vec<Value> = lines.take(COUNT).map(row).collect::<Option<_>>()?;
    (!rows.is_empty()).then_some((file, rows))
}

/// The cells of a line of CSV. A cell in quotes may hold commas, and two quotes for one.
fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut letters = line.chars().peekable();
    let mut quoted = false;
    while let Some(letter) = letters.next() {
        let last = cells.len() - 1;
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => cells[last].extend(letters.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            letter => cells[last].push(letter),
        }
    }
    cells
}

/// The value in a cell; None for types that a cell cannot hold.
fn read(input: &Input, cell: &str) -> Option<Value> {
    match &input.kind {
        InputKind::Number { .. } => cell.parse::<f64>().ok().map(Value::from),
        InputKind::Array { .. } | InputKind::Image { .. } => None,
        _ => Some(cell.into()),
    }
}

/// Numbers that look random (xorshift).
struct Random {
    /// Anything but 0.
    state: u64,
    /// The largest number of a feature.
    most: usize,
}

impl Random {
    fn next(&mut self) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state
    }

    /// A number from 0, below `end`.
    fn below(&mut self, end: usize) -> usize {
        (self.next() >> 11) as usize % end.max(1)
    }

    /// A number of a feature; it has a logarithm, unless only 0 is wanted.
    fn number(&mut self) -> usize {
        if self.most == 0 { 0 } else { 1 + self.below(self.most) }
    }

    fn row(&mut self, deployment: &Deployment) -> Value {
        let value = |input: &Input| (input.name.clone(), self.value(input, deployment.tensorjson));
        deployment.inputs.iter().map(value).collect::<Map<_, _>>().into()
    }

    fn value(&mut self, input: &Input, tensorjson: bool) -> Value {
        match &input.kind {
            InputKind::Number { .. } => json!(self.number()),
            InputKind::Categorical(categories, _) | InputKind::Binary(categories, _) => {
                json!(self.category(categories.list()))
            }
            InputKind::Text(TextEncoding::Date(..)) => json!(self.date()),
            InputKind::Text(_) => json!(self.text()),
            InputKind::Image { .. } => json!(self.image(&input.shape)),
            InputKind::Array { .. } => self.array(&input.shape, tensorjson),
        }
    }

    fn category<'a>(&mut self, categories: &'a [Category]) -> &'a Category {
        &categories[self.below(categories.len())]
    }

    fn text(&mut self) -> &'static str {
        ["a short text", "This is an example.", "the quick brown fox"][self.below(3)]
    }

    fn date(&mut self) -> String {
        format!("{}-0{}-1{}", 2020 + self.below(10), 1 + self.below(9), self.below(10))
    }

    /// A PNG of random pixels.
    fn image(&mut self, shape: &[usize]) -> String {
        let &[height, width, channels] = shape else { return image::grey_pixel() };
        let samples: Vec<u8> = (0..height * width * channels).map(|_| self.below(256) as u8).collect();
        image::png_url(&samples, Size { width, height }, channels == 1).unwrap_or_default()
    }

    /// Whole numbers, which a tensor of any type takes.
    fn array(&mut self, shape: &[usize], tensorjson: bool) -> Value {
        let values: Vec<f32> = (0..shape.iter().product()).map(|_| self.number() as f32).collect();
        match tensorjson {
            true => json!({"shape": shape, "data": values}),
            false => json!(data_url::format(data_url::NPY, &npy::write(shape, &values))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_may_be_quoted() {
        assert_eq!(cells(r#"a,"b, ""c""",,d"#), ["a", r#"b, "c""#, "", "d"]);
        assert_eq!(cells(""), [""]);
    }

    #[test]
    fn random_numbers_are_the_same_each_time_and_in_range() {
        let numbers = || {
            let mut random = Random { state: 1, most: 9 };
            (0..1000).map(|_| random.below(10)).collect::<Vec<_>>()
        };
        assert_eq!(numbers(), numbers());
        let seen: std::collections::HashSet<usize> = numbers().into_iter().collect();
        assert_eq!(seen.len(), 10);
    }
}
