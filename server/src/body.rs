//! The bodies of requests: read within limits of size, time and memory, and decompressed.

use std::io::Read;
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, header};
use flate2::read::{MultiGzDecoder, ZlibDecoder};
use futures_util::StreamExt;
use tokio::time::timeout_at;

use crate::error::{ApiError, ErrorCode};
use crate::memory::{Counted, Share};
use crate::work::Work;

/// How long a body may make no progress before the request fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long the rest of a refused body is read, so that its sender gets to the reply.
const DRAIN_PATIENCE: Duration = Duration::from_secs(5);

/// Bytes that are decompressed between two checks whether to continue.
const CHUNK: usize = 256 << 10;

/// How a body is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    Identity,
    /// One or several members of gzip.
    Gzip,
    /// A stream of zlib, which HTTP calls deflate.
    Deflate,
}

/// The compression that a request declares for its body. A coding other than identity and those in `known` is
/// refused.
pub fn coding(headers: &HeaderMap, known: &[Coding]) -> Result<Coding, ApiError> {
    let mut codings = headers.get_all(header::CONTENT_ENCODING).iter();
    let name = match (codings.next(), codings.next()) {
        (None, _) => return Ok(Coding::Identity),
        (Some(coding), None) => coding.to_str().unwrap_or("?"),
        _ => "of several headers",
    };
    let coding = match name.trim().to_ascii_lowercase().as_str() {
        "identity" => return Ok(Coding::Identity),
        "gzip" | "x-gzip" => Some(Coding::Gzip),
        "deflate" => Some(Coding::Deflate),
        _ => None,
    };
    coding.filter(|coding| known.contains(coding)).ok_or_else(|| {
        let name = name.chars().take(40).collect::<String>();
        let possible = if known.contains(&Coding::Deflate) { "gzip and deflate are" } else { "gzip is" };
        let message = format!("the Content-Encoding {name:?} is not supported, {possible}");
        ApiError::new(ErrorCode::UnsupportedContentType, message)
    })
}

fn over(limit: usize) -> ApiError {
    ApiError::too_large(format!("the request body is larger than the limit of {limit} bytes"))
}

/// Reads a body of at most `limit` bytes until the deadline.
pub async fn read(
    body: Body,
    headers: &HeaderMap,
    limit: usize,
    share: Share,
    deadline: Option<Instant>,
) -> Result<Bytes, ApiError> {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: usize| length > limit) {
        drain(body).await;
        return Err(over(limit));
    }
    let mut stream = body.into_data_stream();
    let mut read = Counted { bytes: Vec::new(), share };
    while let Some(chunk) = next_until(&mut stream, deadline).await? {
        let chunk = chunk.map_err(|_| ApiError::bad_data("the request body is cut short"))?;
        let kept = match read.bytes.len() + chunk.len() > limit {
            true => Err(over(limit)),
            false => read.push(&chunk),
        };
        if let Err(error) = kept {
            // What was read is given back before the rest is read over.
            drop(read);
            drain(Body::from_stream(stream)).await;
            return Err(error);
        }
    }
    Ok(Bytes::from_owner(read))
}

/// The next piece of a stream, which has to come before the deadline and within the patience.
async fn next_until<S: StreamExt + Unpin>(
    stream: &mut S,
    deadline: Option<Instant>,
) -> Result<Option<S::Item>, ApiError> {
    let patience = Instant::now() + PATIENCE;
    let until = deadline.map_or(patience, |deadline| deadline.min(patience));
    let stopped = match until == patience {
        true => "the request body stopped arriving",
        false => "the request body did not arrive before the deadline of the request",
    };
    timeout_at(until.into(), stream.next()).await.map_err(|_| ApiError::timed_out(stopped))
}

/// Reads over a refused body for a while: a reply to a client that still sends would be lost with the
/// connection.
pub async fn drain(body: Body) {
    let mut stream = body.into_data_stream();
    let read_over = async { while let Some(Ok(_)) = stream.next().await {} };
    // When the time is up the connection closes, and that is all.
    drop(tokio::time::timeout(DRAIN_PATIENCE, read_over).await);
}

/// Unpacks a body to at most `limit` bytes.
pub fn unpack(
    body: Bytes,
    coding: Coding,
    limit: usize,
    share: Share,
    work: &Work,
) -> Result<Bytes, ApiError> {
    match coding {
        Coding::Identity => Ok(body),
        Coding::Gzip => unpack_from(MultiGzDecoder::new(&*body), "gzip", limit, share, work),
        Coding::Deflate => unpack_from(ZlibDecoder::new(&*body), "deflate", limit, share, work),
    }
}

fn unpack_from(
    mut decoder: impl Read,
    name: &str,
    limit: usize,
    share: Share,
    work: &Work,
) -> Result<Bytes, ApiError> {
    let mut unpacked = Counted { bytes: Vec::new(), share };
    let mut chunk = vec![0; CHUNK];
    loop {
        work.step()?;
        let length = decoder
            .read(&mut chunk)
            .map_err(|_| ApiError::bad_data(format!("the request body is not {name}, or is cut short")))?;
        if length == 0 {
            return Ok(Bytes::from_owner(unpacked));
        }
        if unpacked.bytes.len() + length > limit {
            return Err(over(limit));
        }
        unpacked.push(&chunk[..length])?;
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{GzEncoder, ZlibEncoder};

    use super::*;
    use crate::memory::Memory;

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn unpacked_from(coding: Coding, body: &[u8], limit: usize) -> Result<Bytes, ApiError> {
        let body = Bytes::copy_from_slice(body);
        unpack(body, coding, limit, Memory::new(1 << 20).share(), &Work::unbounded())
    }

    fn unpacked(body: &[u8], limit: usize) -> Result<Bytes, ApiError> {
        unpacked_from(Coding::Gzip, body, limit)
    }

    #[test]
    fn deflate_is_zlib() {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(b"one two").unwrap();
        let body = encoder.finish().unwrap();
        assert_eq!(unpacked_from(Coding::Deflate, &body, 7).unwrap(), "one two");
        assert_eq!(unpacked_from(Coding::Deflate, &body, 6).unwrap_err().status.as_u16(), 413);
        for body in [&body[..body.len() - 1], b"{}", b""] {
            assert_eq!(
                unpacked_from(Coding::Deflate, body, 9).unwrap_err().code,
                ErrorCode::BadData,
                "{body:?}"
            );
        }
    }

    #[test]
    fn members_are_joined_up_to_the_limit() {
        let body = [packed(b"one "), packed(b""), packed(b"two")].concat();
        assert_eq!(unpacked(&body, 7).unwrap(), "one two");
        assert_eq!(unpacked(&body, 6).unwrap_err().status.as_u16(), 413);
        assert_eq!(unpacked(&packed(&vec![0; 900_000]), 899_999).unwrap_err().status.as_u16(), 413);
    }

    #[test]
    fn what_is_not_gzip_is_refused() {
        let whole = [packed(b"one"), packed(b"two")].concat();
        for body in [
            b"".as_slice(),
            b"{}",
            &whole[..whole.len() - 1],
            &whole[..10],
            &[&whole, b"x".as_slice()].concat(),
        ] {
            assert_eq!(unpacked(body, 1000).unwrap_err().code, ErrorCode::BadData, "{body:?}");
        }
    }
}
