//! The forms in which arrays and images travel: data URLs, `.npy` files, image files.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sidekick::internal;
use sidekick_pictures::{jpeg, png};
use sidekick_server::image::{Filter, InputImage, InputKeys, Resize, Size};
use sidekick_server::{data_url, npy};

/// Any bytes as a data URL, and as what one carries.
pub fn data_url(bytes: &[u8]) {
    let written = internal::write_data_url("a/b", bytes).unwrap();
    let text = std::str::from_utf8(&written).unwrap().trim_matches('"');
    assert_eq!(text, format!("data:a/b;base64,{}", STANDARD.encode(bytes)));
    assert_eq!(internal::read_data_url(text).unwrap(), ("a/b", bytes.to_vec()));
    assert_eq!(data_url::parse(text).ok(), Some(("a/b".to_owned(), bytes.to_vec())));
    if let Ok(text) = std::str::from_utf8(bytes) {
        read_data_url(text);
    }
}

fn read_data_url(text: &str) {
    let found = internal::read_data_url(text).ok();
    let expected = plain_data_url(text);
    assert_eq!(found, expected, "{text}");
    // The server takes `;base64` only at the end, and its media type is in lower case.
    if let Ok((media_type, bytes)) = data_url::parse(text) {
        let (ours, same) = found.expect("the client reads what the server reads");
        assert_eq!((media_type, &bytes), (ours.to_ascii_lowercase(), &same));
    }
}

fn plain_data_url(text: &str) -> Option<(&str, Vec<u8>)> {
    let (head, data) = text.split_once(',')?;
    let (scheme, head) = head.split_once(':')?;
    let mut parts = head.split(';').map(str::trim);
    let media_type = parts.next()?;
    let is_base64 = parts.any(|part| part.eq_ignore_ascii_case("base64"));
    let bytes = STANDARD.decode(data).ok()?;
    (is_base64 && scheme.eq_ignore_ascii_case("data")).then_some((media_type, bytes))
}

/// Any bytes as a `.npy` file: client and server read the same values. And any values written and read.
pub fn npy(bytes: &[u8]) {
    let client = internal::read_npy(bytes).ok();
    let server = npy::read(bytes).ok();
    if let Some((shape, values)) = &client {
        assert!(values.len() <= bytes.len(), "an element has a byte at least");
        assert_eq!(values.len(), shape.iter().product::<usize>());
    }
    // What is not finite is refused by the client when it is read, by the server when it is used.
    if let (Some((shape, values)), Some(server)) = (&client, &server) {
        assert_eq!(shape, &server.shape);
        let bits = |values: &[f32]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(values), bits(&server.data));
    }
    write_npy(bytes);
}

fn write_npy(bytes: &[u8]) {
    let values: Vec<f32> = bytes.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    if values.iter().any(|value| !value.is_finite()) {
        return;
    }
    for shape in [vec![values.len()], vec![1, values.len(), 1]] {
        let data: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        let file = [internal::npy_header(&shape), data].concat();
        assert_eq!(internal::read_npy(&file).unwrap(), (shape.clone(), values.clone()));
        let read = npy::read(&file).unwrap();
        assert_eq!((&read.shape, &read.data), (&shape, &values));
        let read = npy::read(&npy::write(&shape, &values)).unwrap();
        assert_eq!((read.shape, read.data), (shape, values.clone()));
    }
}

/// So many bytes of pixels may come of a file here: the time that one takes stays short.
const MOST_PIXELS: u64 = 1 << 20;

/// Any bytes as an image file.
pub fn image(bytes: &[u8]) {
    let size = internal::image_size(bytes);
    let is_small =
        |(width, height, _): &(u32, u32, u8)| u64::from(*width) * u64::from(*height) <= MOST_PIXELS;
    if !size.as_ref().is_ok_and(is_small) {
        return;
    }
    if let Ok(decoded) = internal::decode_image(bytes) {
        assert_eq!(size.unwrap(), (decoded.width, decoded.height, decoded.channels));
        let samples = decoded.width as usize * decoded.height as usize * usize::from(decoded.channels);
        assert_eq!(decoded.bytes.len(), samples);
    }
    if let Ok(url) = internal::image_on_the_wire(bytes) {
        let url = std::str::from_utf8(&url).unwrap().trim_matches('"');
        let (media_type, sent) = internal::read_data_url(url).unwrap();
        assert_eq!(internal::media_type(&sent).unwrap().name(), media_type);
        let (width, height, channels) = internal::image_size(&sent).unwrap();
        assert_eq!((width, height), (size_of(bytes).0, size_of(bytes).1));
        assert_ne!(channels, 4, "no alpha is sent");
    }
    let declared = any_input(bytes);
    if let Ok(image) = declared.from_file(bytes, MOST_PIXELS) {
        let mut values = [f32::NAN; 2 * 3 * 3];
        let encoded = declared.encode(image, true, |value| value as f32, &mut values);
        let in_range = values.iter().all(|value| (0.0..=255.0).contains(value));
        assert!(in_range || encoded.is_err());
    }
}

/// An image input of 3 x 2 pixels, whose keys the last bytes of the file choose.
fn any_input(bytes: &[u8]) -> InputImage {
    use Filter::*;
    let choice = bytes.iter().rev().take(4).fold(0, |sum, byte| sum * 7 + usize::from(*byte));
    let size = Size { width: 3, height: 2 };
    let resizes = [Resize::Stretch, Resize::Cover, Resize::Contain, Resize::None];
    let filters = [Nearest, Box, Area, Bilinear, Bicubic, Lanczos];
    let resize = resizes[choice % resizes.len()];
    let filter = filters[choice % filters.len()];
    let keys = InputKeys {
        resize: Some(resize),
        filter: Some(filter).filter(|_| resize != Resize::None),
        antialias: Some(choice % 3 == 0).filter(|_| resize != Resize::None && filter.has_antialias()),
        exif: Some(choice % 5 == 0),
        ..InputKeys::default()
    };
    match choice % 8 {
        0 => InputImage::format1(size, 3, 1.0),
        _ => keys.check(Some(size), 3).expect("the keys fit each other"),
    }
}

/// Any bytes as a JPEG file: what is decoded is complete, and the same without its metadata.
pub fn jpeg(bytes: &[u8]) {
    let Ok(header) = jpeg::header(bytes) else {
        assert!(jpeg::decode(bytes).is_err() && jpeg::check(bytes).is_err());
        return;
    };
    if u64::from(header.width) * u64::from(header.height) > MOST_PIXELS {
        return;
    }
    let Ok(pixels) = jpeg::decode(bytes) else { return };
    let samples = header.width as usize * header.height as usize * usize::from(header.channels);
    assert_eq!(pixels.len(), samples);
    let plain = jpeg::essence(bytes).expect("a file that can be decoded has its parts").parts().concat();
    assert_eq!((jpeg::header(&plain), jpeg::decode(&plain)), (Ok(header), Ok(pixels)));
    assert!(jpeg::essence(&plain).is_ok_and(|essence| essence.parts().concat() == plain));
}

/// Any bytes as a PNG file: it decodes to the same without its metadata.
pub fn png(bytes: &[u8]) {
    let Ok(essence) = png::essence(bytes) else { return };
    let plain = essence.parts().concat();
    assert!(plain.len() <= bytes.len() + 64);
    assert!(png::essence(&plain).is_ok_and(|essence| essence.parts().concat() == plain));
    if internal::image_size(bytes)
        .is_ok_and(|(width, height, _)| u64::from(width) * u64::from(height) <= MOST_PIXELS)
    {
        let decoded = internal::decode_image(bytes);
        assert!(decoded.is_err() || internal::decode_image(&plain).ok() == decoded.ok());
    }
}

fn size_of(bytes: &[u8]) -> (u32, u32) {
    let (width, height, _) = internal::image_size(bytes).unwrap();
    (width, height)
}
