//! Rows of the output as text.

use std::io::IsTerminal;
use std::path::Path;

use anstyle::Style;
use clap::ValueEnum;

use crate::output::cell::{Cell, push_string};
use crate::output::csv_text;
use crate::table::{self, shown};

/// How results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Csv,
    Jsonl,
    Table,
}

impl Format {
    /// The format that a file's name means.
    pub fn of_name(path: &Path) -> Option<Format> {
        let ending = path.extension()?.to_str()?.to_ascii_lowercase();
        match &*ending {
            "csv" => Some(Format::Csv),
            "jsonl" | "ndjson" => Some(Format::Jsonl),
            "txt" => Some(Format::Table),
            _ => None,
        }
    }

    /// The format of standard output: for people if it is a terminal, else for programs.
    pub fn of_standard_output(json: bool) -> Format {
        match (std::io::stdout().is_terminal(), json) {
            (true, _) => Format::Table,
            (false, true) => Format::Jsonl,
            (false, false) => Format::Csv,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Jsonl => "jsonl",
            Format::Table => "table",
        }
    }
}

/// Writes rows in one format.
pub struct Writer {
    format: Format,
    titles: Vec<String>,
    /// The titles as JSON strings, each with its colon.
    keys: Vec<Vec<u8>>,
    /// Whether the one row is written from top to bottom.
    upright: bool,
    /// How the titles of a table look.
    title: Style,
    table: Table,
}

/// The rows of a table that are not written yet.
#[derive(Default)]
struct Table {
    rows: Vec<Vec<String>>,
    right: Vec<bool>,
    widths: Vec<usize>,
    has_header: bool,
}

impl Writer {
    pub fn new(format: Format, titles: Vec<String>, upright: bool, title: Style) -> Writer {
        let titles = unique(titles);
        let key = |title: &String| {
            let mut key = Vec::new();
            push_string(&mut key, title);
            key.push(b':');
            key
        };
        let keys = titles.iter().map(key).collect();
        Writer { format, titles, keys, upright, title, table: Table::default() }
    }

    pub fn titles(&self) -> &[String] {
        &self.titles
    }

    /// Whether the first column is the number of the row.
    pub fn numbers_rows(&self) -> bool {
        !self.upright
    }

    /// What comes before the first row.
    pub fn start(&self, out: &mut Vec<u8>) {
        if self.format == Format::Csv {
            csv_text::push_line(out, &self.titles, b',');
        }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: &[Cell<'_>], out: &mut Vec<u8>) {
        match self.format {
            Format::Csv => {
                let texts: Vec<_> = cells.iter().map(Cell::as_text).collect();
                csv_text::push_line(out, &texts.iter().map(|text| text.as_bytes()).collect::<Vec<_>>(), b',')
            }
            Format::Jsonl => self.push_object(cells, out),
            Format::Table => {
                self.table.right.resize(cells.len(), true);
                self.table.right.iter_mut().zip(cells).for_each(|(right, cell)| *right &= cell.is_number());
                self.table.rows.push(cells.iter().map(|cell| shown(&cell.as_text())).collect());
            }
        }
    }

    /// Ends a group of rows. A table gets the widths of its first group, and wider ones when it must.
    pub fn end_group(&mut self, out: &mut Vec<u8>) {
        if self.table.rows.is_empty() {
            return;
        }
        let text = if self.upright { self.upright() } else { self.table_text() };
        out.extend_from_slice(text.as_bytes());
        self.table.rows.clear();
    }

    fn push_object(&self, cells: &[Cell<'_>], out: &mut Vec<u8>) {
        out.push(b'{');
        for (index, (key, cell)) in self.keys.iter().zip(cells).enumerate() {
            if index > 0 {
                out.push(b',');
            }
            out.extend_from_slice(key);
            cell.push_json(out);
        }
        out.extend_from_slice(b"}\n");
    }

    fn table_text(&mut self) -> String {
        let Table { rows, right, widths, has_header } = &mut self.table;
        let titles: Vec<String> = self.titles.iter().map(|title| shown(title)).collect();
        let mut text = String::new();
        *widths = table::widths(rows, table::widths(std::slice::from_ref(&titles), std::mem::take(widths)));
        if !std::mem::replace(has_header, true) {
            table::push_line(&mut text, &titles, widths, right, self.title);
        }
        for row in rows {
            table::push_line(&mut text, row, widths, right, Style::new());
        }
        text
    }

    /// A line for each column.
    fn upright(&self) -> String {
        let mut text = String::new();
        for row in &self.table.rows {
            let lines: Vec<Vec<String>> =
                self.titles.iter().zip(row).map(|(title, cell)| vec![shown(title), cell.clone()]).collect();
            let widths = table::widths(&lines, Vec::new());
            for line in &lines {
                table::push_line(&mut text, line, &widths, &[], Style::new());
            }
        }
        text
    }
}

/// Titles of which no two are the same: a number is put after the second.
fn unique(titles: Vec<String>) -> Vec<String> {
    let mut made: Vec<String> = Vec::with_capacity(titles.len());
    for title in titles {
        let candidates = (2u64..).map(|number| format!("{title} ({number})"));
        let mut candidates = std::iter::once(title.clone()).chain(candidates);
        made.extend(candidates.find(|candidate| !made.contains(candidate)));
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(format: Format, upright: bool) -> String {
        let titles = ["row", "a", "a"].map(str::to_owned).to_vec();
        let mut writer = Writer::new(format, titles, upright, Style::new());
        let mut out = Vec::new();
        writer.start(&mut out);
        let number = |text: &str| Cell::Number(text.to_owned());
        writer.row(&[number("1"), Cell::Text("x\n".into()), Cell::NotFinite(f64::NAN)], &mut out);
        writer.end_group(&mut out);
        if !upright {
            writer.row(&[number("10"), Cell::Nothing, number("0.5")], &mut out);
            writer.end_group(&mut out);
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_format_has_every_cell() {
        assert_eq!(written(Format::Csv, false), "row,a,a (2)\n1,\"x\n\",NaN\n10,,0.5\n");
        let lines = "{\"row\":1,\"a\":\"x\\n\",\"a (2)\":null}\n{\"row\":10,\"a\":null,\"a (2)\":0.5}\n";
        assert_eq!(written(Format::Jsonl, false), lines);
        assert_eq!(written(Format::Table, false), "row  a    a (2)\n  1  x\\n    NaN\n 10         0.5\n");
        assert_eq!(written(Format::Table, true), "row    1\na      x\\n\na (2)  NaN\n");
    }
}
