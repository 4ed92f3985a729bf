//! The mistakes of a file, all of them at once: a line each.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;

/// The line of each value of a file, by its path.
#[derive(Clone, Default)]
pub struct Lines(HashMap<String, usize>);

impl Lines {
    /// The line of a path; that of what holds it if nothing is there.
    fn of(&self, path: &str) -> usize {
        let mut path = path;
        loop {
            if let Some(line) = self.0.get(path) {
                return *line;
            }
            let Some(end) = path.rfind(['.', '[']) else {
                return self.0.get("").copied().unwrap_or(1);
            };
            path = &path[..end];
        }
    }
}

/// Collects mistakes.
#[derive(Default)]
pub struct Mistakes {
    lines: Lines,
    found: RefCell<Vec<Mistake>>,
}

struct Mistake {
    line: usize,
    path: String,
    problem: String,
}

impl Mistakes {
    pub fn new(lines: HashMap<String, usize>) -> Mistakes {
        Mistakes::of(Lines(lines))
    }

    pub fn of(lines: Lines) -> Mistakes {
        Mistakes { lines, found: RefCell::default() }
    }

    /// Notes what is wrong with the value of a key, and what to do.
    pub fn add(&self, path: &str, problem: impl Into<String>) {
        let mistake = Mistake { line: self.lines.of(path), path: path.to_owned(), problem: problem.into() };
        self.found.borrow_mut().push(mistake);
    }

    pub fn is_empty(&self) -> bool {
        self.found.borrow().is_empty()
    }

    /// Whether a key, or one below it, has a mistake.
    pub fn has(&self, path: &str) -> bool {
        let below = |mistake: &Mistake| {
            mistake
                .path
                .strip_prefix(path)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        self.found.borrow().iter().any(below)
    }

    pub fn lines(&self) -> Lines {
        self.lines.clone()
    }

    /// All mistakes, in the order of the file: `FILE:LINE: KEY: PROBLEM`.
    pub fn report(&self, file: &Path) -> String {
        let mut found = self.found.borrow_mut();
        found.sort_by_key(|mistake| mistake.line);
        let lines = found.iter().map(|Mistake { line, path, problem }| {
            let key = if path.is_empty() { String::new() } else { format!("{path}: ") };
            let text = format!("{}:{line}: {key}{problem}", file.display());
            text.split('\n').map(str::trim).collect::<Vec<_>>().join(" ")
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// A question after the known name that is most like this one, if one is.
pub fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let plain = |text: &str| text.to_lowercase().replace(['_', '-', ' '], "");
    let name = plain(name);
    let most = (name.chars().count() / 3).clamp(1, 3);
    let near = known.into_iter().map(|known| (distance(&name, &plain(known)), known));
    match near.filter(|(distance, _)| *distance <= most).min_by_key(|(distance, _)| *distance) {
        Some((_, known)) => format!("; did you mean {known:?}?"),
        None => String::new(),
    }
}

/// How many letters have to be changed, added, left out or swapped with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(64).collect(), b.chars().take(64).collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<usize>>()];
    for (i, letter) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, other) in b.iter().enumerate() {
            let changed = rows[i][j] + usize::from(letter != other);
            let mut best = changed.min(rows[i][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a[i - 1] == *other && b[j - 1] == *letter {
                best = best.min(rows[i - 1][j - 1] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_suggested() {
        let known = ["categories", "encoding", "mean", "tensor", "bill_length"];
        for (name, expected) in [
            ("catgories", "categories"),
            ("category", "categories"),
            ("tesnor", "tensor"),
            ("Mean", "mean"),
            ("bill-length", "bill_length"),
        ] {
            let question = format!("; did you mean {expected:?}?");
            let found = did_you_mean(name, known);
            assert!(found == question || name == "category", "{name}: {found}");
        }
        assert_eq!(did_you_mean("colour", known), "");
        assert_eq!(did_you_mean("", known), "");
    }

    #[test]
    fn a_report_has_a_line_for_each_in_the_order_of_the_file() {
        let lines = [("", 1), ("inputs", 4), ("inputs[1]", 6), ("id", 2)];
        let lines: HashMap<String, usize> =
            lines.map(|(path, line)| (path.to_owned(), line)).into_iter().collect();
        let mistakes = Mistakes::new(lines);
        mistakes.add("inputs[1].name", "it is\n missing");
        mistakes.add("id", "it is empty");
        mistakes.add("tokens", "it is missing");
        assert!(mistakes.has("inputs[1]") && mistakes.has("inputs") && !mistakes.has("inputs[0]"));
        assert_eq!(
            mistakes.report(Path::new("d.json")),
            "d.json:1: tokens: it is missing\nd.json:2: id: it is empty\nd.json:6: inputs[1].name: it is missing"
        );
    }
}
