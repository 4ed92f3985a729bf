//! Base64 (RFC 4648, with padding), written to and read into buffers whose memory may run out.

use crate::error::{Error, ErrorKind, Result, reserve};
use base64::Engine as _;
use base64::engine::general_purpose::PAD;
use std::sync::LazyLock;

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
pub(crate) type Base64 = base64::engine::Simd;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
pub(crate) static BASE64: LazyLock<Base64> = LazyLock::new(|| Base64::standard(PAD));
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
pub(crate) type Base64 = base64::engine::GeneralPurpose;
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
pub(crate) static BASE64: LazyLock<Base64> = LazyLock::new(|| Base64::new(&base64::alphabet::STANDARD, PAD));

/// The bytes of the text for so many bytes.
pub(crate) fn encoded_length(bytes: usize) -> usize {
    base64::encoded_len(bytes, true).unwrap_or(usize::MAX)
}

/// Appends the text for some bytes.
pub(crate) fn append_encoded(out: &mut Vec<u8>, bytes: &[u8]) -> Result<()> {
    let (start, length) = (out.len(), encoded_length(bytes.len()));
    reserve(out, length)?;
    out.resize(start + length, 0);
    let room = out.get_mut(start..).unwrap_or_default();
    let written = BASE64.encode_slice(bytes, room);
    written.map(|_| ()).map_err(|_| Error::new(ErrorKind::Internal, "base64 text outgrew its estimate"))
}

/// Appends the bytes of a text.
pub(crate) fn append_decoded(out: &mut Vec<u8>, text: &str) -> Result<()> {
    let (start, most) = (out.len(), base64::decoded_len_estimate(text.len()));
    reserve(out, most)?;
    out.resize(start + most, 0);
    let decoded = BASE64.decode_slice(text, out.get_mut(start..).unwrap_or_default());
    out.truncate(start + decoded.as_ref().copied().unwrap_or(0));
    let bad = |error| Error::new(ErrorKind::ReplyEncoding, format!("invalid base64: {error}"));
    decoded.map(|_| ()).map_err(bad)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_become_text_and_back() {
        for (bytes, text) in [(&b""[..], ""), (b"a", "YQ=="), (b"\xff\0\xfe", "/wD+"), (b"ab\n", "YWIK")] {
            let (mut out, mut back) = (b"x".to_vec(), b"y".to_vec());
            append_encoded(&mut out, bytes).unwrap();
            assert_eq!(out[1..], *text.as_bytes());
            append_decoded(&mut back, text).unwrap();
            assert_eq!(back[1..], *bytes);
        }
        for text in ["YQ", "YQ=", "Y", "YQ==\n", "_w==", "YR==", "é"] {
            let mut out = b"kept".to_vec();
            let error = append_decoded(&mut out, text).unwrap_err();
            assert_eq!((error.kind(), &out[..]), (ErrorKind::ReplyEncoding, &b"kept"[..]), "{text}");
            assert!(error.to_string().starts_with("invalid base64: "), "{error}");
        }
    }
}
