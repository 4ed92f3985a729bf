//! Data URLs: `data:MEDIA/TYPE;base64,...`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::error::ApiError;

/// The media type of a `.npy` file on this API's wire.
pub const NPY: &str = "application/x.peltarion.npy";

/// Takes a data URL apart: its media type in lower case, and its bytes.
pub fn parse(url: &str) -> Result<(String, Vec<u8>), ApiError> {
    let scheme = url.get(..5).filter(|scheme| scheme.eq_ignore_ascii_case("data:"));
    scheme.ok_or_else(|| ApiError::data_uri("a data URL begins with \"data:\", this value does not"))?;
    let (kind, text) =
        url[5..].split_once(',').ok_or_else(|| ApiError::data_uri("the data URL has no comma"))?;
    let kind = kind.to_ascii_lowercase();
    let media =
        kind.strip_suffix(";base64").ok_or_else(|| ApiError::data_uri("the data URL is not base64"))?;
    let bytes = STANDARD
        .decode(text)
        .map_err(|error| ApiError::data_uri(format!("the data URL's base64 is wrong: {error}")))?;
    Ok((media.split(';').next().unwrap_or_default().trim().to_owned(), bytes))
}

/// Makes a data URL.
pub fn format(media: &str, bytes: &[u8]) -> String {
    let mut url = format!("data:{media};base64,");
    STANDARD.encode_string(bytes, &mut url);
    url
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;

    #[test]
    fn what_is_formatted_is_parsed_back() {
        let url = format("image/png", b"\x00\xffbytes");
        assert_eq!(parse(&url).unwrap(), ("image/png".to_owned(), b"\x00\xffbytes".to_vec()));
    }

    #[test]
    fn letter_case_and_parameters_do_not_matter() {
        let (media, bytes) = parse("DATA:Image/JPEG;charset=utf-8;BASE64,AAE=").unwrap();
        assert_eq!((media.as_str(), bytes), ("image/jpeg", vec![0, 1]));
    }

    #[test]
    fn anything_else_is_a_data_uri_error() {
        for url in ["", "data", "dåta:", "http://x/y,z", "data:image/png;base64", "data:image/png,AAE="] {
            assert_eq!(parse(url).unwrap_err().code, ErrorCode::DataUriError, "{url}");
        }
        for text in ["AAE", "A AE=", "****", "AAE=AAE="] {
            let url = format!("data:image/png;base64,{text}");
            assert_eq!(parse(&url).unwrap_err().code, ErrorCode::DataUriError, "{url}");
        }
    }
}
