//! Data URLs (RFC 2397) in base64 (RFC 4648), written into a buffer and read from a response.

use crate::base64_text::{BASE64, Base64, append_decoded, append_encoded, encoded_length};
use crate::error::{Error, ErrorKind, Result, reserve};
use crate::images::unwritten;
use base64::write::EncoderWriter;
use std::io;

/// A writer that appends the base64 of what is written to it.
pub(crate) type Encoder<'a> = EncoderWriter<'static, Base64, &'a mut Vec<u8>>;

/// Appends `bytes` as a quoted data URL, the form in which JSON carries it.
#[inline(never)]
pub(crate) fn write(out: &mut Vec<u8>, media_type: &str, bytes: &[u8]) -> Result<()> {
    begin(out, media_type, bytes.len())?;
    append_encoded(out, bytes)?;
    out.push(b'"');
    Ok(())
}

/// The same as [`write`], for bytes that `write_bytes` writes piece by piece. It reserves room for `most`
/// bytes, and no more may come.
pub(crate) fn write_with<T>(
    out: &mut Vec<u8>,
    media_type: &str,
    most: usize,
    write_bytes: impl FnOnce(&mut Encoder<'_>) -> io::Result<T>,
) -> Result<T> {
    begin(out, media_type, most)?;
    let mut encoder = Encoder::new(&mut *out, &BASE64);
    let written = write_bytes(&mut encoder).and_then(|written| encoder.finish().map(|_| written));
    drop(encoder);
    out.push(b'"');
    written.map_err(unwritten)
}

/// Makes room for a data URL of so many bytes, and appends what comes before its text.
fn begin(out: &mut Vec<u8>, media_type: &str, bytes: usize) -> Result<()> {
    let encoded = encoded_length(bytes);
    reserve(out, encoded.saturating_add(media_type.len() + 16))?;
    out.extend_from_slice(format!("\"data:{media_type};base64,").as_bytes());
    Ok(())
}

/// The parts of a data URL: its media type as written, and its base64 text.
pub(crate) struct DataUrl<'a> {
    pub(crate) media_type: &'a str,
    base64: &'a str,
}

/// Splits a data URL. Letter case does not matter, and parameters other than `base64` are ignored.
pub(crate) fn split(text: &str) -> Result<DataUrl<'_>> {
    let bad = |what: &str| Error::new(ErrorKind::ReplyEncoding, format!("not a base64 data URL: {what}"));
    let rest = match text.split_at_checked(5) {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("data:") => rest,
        _ => return Err(bad("it does not start with \"data:\"")),
    };
    let (head, base64) = rest.split_once(',').ok_or_else(|| bad("it has no comma"))?;
    let mut parts = head.split(';').map(str::trim);
    let media_type = parts.next().unwrap_or_default();
    if !parts.any(|part| part.eq_ignore_ascii_case("base64")) {
        return Err(bad("it is not marked as base64"));
    }
    Ok(DataUrl { media_type, base64 })
}

impl DataUrl<'_> {
    /// Appends the bytes it carries.
    pub(crate) fn decode_into(&self, out: &mut Vec<u8>) -> Result<()> {
        append_decoded(out, self.base64).map_err(|error| error.at("data URL"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decode(text: &str) -> Result<(String, Vec<u8>)> {
        let url = split(text)?;
        let mut bytes = b"kept".to_vec();
        url.decode_into(&mut bytes)?;
        assert!(bytes.starts_with(b"kept"));
        Ok((url.media_type.to_owned(), bytes.split_off(4)))
    }

    #[test]
    fn the_tolerant_forms_are_read() {
        let expected = ("image/jpg".to_owned(), b"ab".to_vec());
        assert_eq!(decode("data:image/jpg;base64,YWI=").unwrap(), expected);
        assert_eq!(decode("DATA:image/jpg;charset=utf-8;BASE64,YWI=").unwrap(), expected);
    }

    #[test]
    fn what_is_no_data_url_is_refused() {
        for bad in [
            "",
            "data",
            "dat€",
            "http://x",
            "data:image/png;base64",
            "data:,a",
            "data:;base64,a",
            "data:;base64,YW=I",
        ] {
            assert_eq!(decode(bad).unwrap_err().kind(), ErrorKind::ReplyEncoding, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_come_back(bytes: Vec<u8>) {
            let mut out = Vec::new();
            write(&mut out, "a/b", &bytes).unwrap();
            let text = String::from_utf8(out).unwrap();
            prop_assert_eq!(decode(text.trim_matches('"')).unwrap(), ("a/b".to_owned(), bytes));
        }
    }
}
