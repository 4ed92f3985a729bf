//! Lines of CSV.

/// Appends a line; fields are quoted where they have to be.
pub fn push_line<T: AsRef<[u8]>>(out: &mut Vec<u8>, fields: &[T], delimiter: u8) {
    for (index, field) in fields.iter().enumerate() {
        if index > 0 {
            out.push(delimiter);
        }
        let field = field.as_ref();
        // A line that is one empty field would be no line for most readers.
        match needs_quotes(field, delimiter) || (fields.len() == 1 && field.is_empty()) {
            true => push_quoted(out, field),
            false => out.extend_from_slice(field),
        }
    }
    out.push(b'\n');
}

fn needs_quotes(field: &[u8], delimiter: u8) -> bool {
    field.iter().any(|byte| *byte == delimiter || matches!(byte, b'"' | b'\n' | b'\r'))
}

fn push_quoted(out: &mut Vec<u8>, field: &[u8]) {
    out.push(b'"');
    for &byte in field {
        if byte == b'"' {
            out.push(byte);
        }
        out.push(byte);
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_gets_back_what_was_written() {
        let rows = [["a,b", "c\"d", "e\nf"], ["", "\r", "☀"], ["plain", " spaces ", "\t"]];
        let mut out = Vec::new();
        rows.iter().for_each(|row| push_line(&mut out, row, b','));
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&out[..]);
        let read: Vec<Vec<String>> =
            reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect();
        assert_eq!(read, rows.map(|row| row.map(str::to_owned).to_vec()));
    }

    #[test]
    fn one_empty_field_is_a_line() {
        let mut out = Vec::new();
        push_line(&mut out, &[""], b',');
        assert_eq!(out, b"\"\"\n");
    }
}
