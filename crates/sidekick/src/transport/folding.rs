//! Obsolete forms of response heads that RFC 9112 asks user agents to accept: values that are folded onto the
//! next line (section 5.2), and white space between a name and its colon (section 5.1). They are unfolded in
//! place, at the same length, so that no header that frames a body is missed.

use httparse::{EMPTY_HEADER, ParserConfig, Response, Status};

const HEADERS: usize = 128;

/// The length of the head at the start of the input, folded or not. 0 if it is incomplete, None if it is
/// invalid.
pub(super) fn length(input: &[u8]) -> Option<usize> {
    let mut headers = [EMPTY_HEADER; HEADERS];
    let mut config = ParserConfig::default();
    config.allow_obsolete_multiline_headers_in_responses(true);
    config.allow_spaces_after_header_name_in_responses(true);
    match config.parse_response(&mut Response::new(&mut headers), input) {
        Ok(Status::Complete(length)) => Some(length),
        Ok(Status::Partial) => Some(0),
        Err(_) => None,
    }
}

/// Unfolds a complete head.
pub(super) fn unfold(head: &mut [u8]) {
    let mut start = line_length(head);
    let mut is_first = true;
    while let Some(rest) = head.get(start..).filter(|rest| !rest.is_empty()) {
        let (folded, length) = (matches!(rest.first(), Some(b' ' | b'\t')), line_length(rest));
        // White space right after the status line continues no header: such a head stays invalid.
        if folded && !is_first {
            let before = head.get_mut(..start).unwrap_or_default();
            before
                .iter_mut()
                .rev()
                .take_while(|byte| matches!(byte, b'\r' | b'\n'))
                .for_each(|byte| *byte = b' ');
        } else if !folded {
            close_name(head.get_mut(start..start + length).unwrap_or_default());
        }
        start += length;
        is_first = false;
    }
}

/// Moves a header's colon to the end of its name.
fn close_name(line: &mut [u8]) {
    let Some(colon) = line.iter().position(|byte| *byte == b':') else { return };
    let spaces = line.iter_mut().take(colon).rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let between = line.get_mut(colon - spaces..=colon).unwrap_or_default();
    between.fill(b' ');
    if let Some(end) = between.first_mut() {
        *end = b':';
    }
}

fn line_length(text: &[u8]) -> usize {
    text.iter().position(|byte| *byte == b'\n').map_or(text.len(), |end| end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_unfolded_at_the_same_length() {
        for (old, new) in [
            ("HTTP/1.1 200 OK\r\nA: b\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\r\n\r\n"),
            ("HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\td\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b   c  \td\r\n\r\n"),
            ("HTTP/1.1 200 OK\nA: b\n c\n\n", "HTTP/1.1 200 OK\nA: b  c\n\n"),
            ("HTTP/1.1 200 OK\r\nLength \t: 5\r\n\r\n", "HTTP/1.1 200 OK\r\nLength:   5\r\n\r\n"),
            ("HTTP/1.1 200 OK\r\nA: b\r\n Length: 5\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b   Length: 5\r\n\r\n"),
            ("HTTP/1.1 200 OK\r\n A: b\r\n\r\n", "HTTP/1.1 200 OK\r\n A: b\r\n\r\n"),
        ] {
            let mut head = old.as_bytes().to_vec();
            unfold(&mut head);
            assert_eq!(String::from_utf8(head).unwrap(), new);
        }
        assert_eq!(length(b"HTTP/1.1 200 OK\r\nA : b\r\n c\r\n\r\nbody"), Some(30));
        assert_eq!((length(b"HTTP/1.1 200 OK\r\nA "), length(b"SSH-2.0")), (Some(0), None));
    }
}
