//! Texts in columns, for people.

use anstyle::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::terminal::one_line;

/// A longer text is cut.
const WIDEST: usize = 60;
const CUT: &str = "...";
const GAP: &str = "  ";

/// A text as a table shows it: harmless, and not too wide.
pub fn shown(text: &str) -> String {
    let line = one_line(text);
    if line.width() <= WIDEST {
        return line;
    }
    let mut left = WIDEST - CUT.len();
    let kept = line.chars().take_while(|character| {
        let width = character.width().unwrap_or(0);
        let fits = width <= left;
        left = left.saturating_sub(width);
        fits
    });
    kept.collect::<String>() + CUT
}

/// The widths of columns that hold these rows, and at least `least`.
pub fn widths(rows: &[Vec<String>], mut least: Vec<usize>) -> Vec<usize> {
    for row in rows {
        least.resize(least.len().max(row.len()), 0);
        for (width, text) in least.iter_mut().zip(row) {
            *width = text.width().max(*width);
        }
    }
    least
}

/// Appends a line of texts in columns; `right` says which end at their column's right edge.
pub fn push_line(out: &mut String, row: &[String], widths: &[usize], right: &[bool], style: Style) {
    let mut line = String::new();
    for (index, text) in row.iter().enumerate() {
        let width = widths.get(index).copied().unwrap_or(0);
        let padding = " ".repeat(width.saturating_sub(text.width()));
        let gap = if index == 0 { "" } else { GAP };
        match right.get(index) {
            Some(true) => line.extend([gap, &padding, text]),
            _ => line.extend([gap, text, &padding]),
        }
    }
    out.push_str(&format!("{style}{}{style:#}\n", line.trim_end()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_text() {
        let rows = vec![vec!["a".to_owned(), "1".to_owned()], vec!["雪".to_owned(), "10".to_owned()]];
        let widths = widths(&rows, vec![]);
        let mut out = String::new();
        for row in &rows {
            push_line(&mut out, row, &widths, &[false, true], Style::new());
        }
        assert_eq!(out, "a    1\n雪  10\n");
    }

    #[test]
    fn a_long_text_is_cut() {
        let text = shown(&"雪".repeat(100));
        assert!(text.width() <= WIDEST && text.ends_with(CUT), "{text}");
        assert_eq!(shown("short"), "short");
    }
}
