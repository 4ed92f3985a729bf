//! PNG files without their metadata.

use sidekick_pictures::{Error, png};

fn chunk(kind: &[u8], content: &[u8]) -> Vec<u8> {
    let length = (content.len() as u32).to_be_bytes();
    [length.as_slice(), kind, content, b"csum"].concat()
}

fn file(chunks: &[Vec<u8>]) -> Vec<u8> {
    [b"\x89PNG\r\n\x1a\n".as_slice(), &chunks.concat()].concat()
}

#[test]
fn chunks_that_the_image_needs_are_kept() {
    let kinds =
        ["IHDR", "PLTE", "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "cICP", "sBIT", "IDAT", "IDAT", "IEND"];
    let chunks: Vec<Vec<u8>> = kinds.iter().map(|kind| chunk(kind.as_bytes(), b"contents!")).collect();
    let plain = file(&chunks);
    let essence = png::essence(&plain).unwrap();
    assert!(essence.is_all_of(&plain));
    assert_eq!(essence.parts(), [plain.as_slice()]);
    for kind in ["tEXt", "zTXt", "iTXt", "eXIf", "tIME", "pHYs", "acTL", "fcTL", "fdAT", "prVt"] {
        for place in [1, 9, 11] {
            let mut chunks = chunks.clone();
            chunks.insert(place, chunk(kind.as_bytes(), b"secret"));
            let file = file(&chunks);
            let essence = png::essence(&file).unwrap();
            assert!(!essence.is_all_of(&file));
            assert_eq!(essence.parts().concat(), plain, "{kind} at {place}");
            assert_eq!(essence.exif(), (kind == "eXIf").then_some(b"secret".as_slice()));
        }
    }
    let longer = [&plain, b"secret".as_slice()].concat();
    assert_eq!(png::essence(&longer).unwrap().parts(), [plain.as_slice()]);
}

#[test]
fn a_palette_of_parts_of_colours_is_refused() {
    for (length, good) in
        [(0, false), (1, false), (2, false), (3, true), (4, false), (767, false), (768, true)]
    {
        let chunks = [chunk(b"IHDR", &[0; 13]), chunk(b"PLTE", &vec![7; length]), chunk(b"IEND", b"")];
        let file = file(&chunks);
        assert_eq!(png::essence(&file).is_ok(), good, "{length}");
    }
}

#[test]
fn a_part_of_a_file_is_refused() {
    let whole = file(&[chunk(b"IHDR", &[0; 13]), chunk(b"IDAT", b"data"), chunk(b"IEND", b"")]);
    assert!(png::essence(&whole).is_ok());
    for end in 8..whole.len() {
        assert_eq!(png::essence(&whole[..end]), Err(Error::Cut), "up to {end}");
    }
    assert!(png::essence(&whole[..7]).is_err());
    let endless = file(&[[u32::MAX.to_be_bytes().as_slice(), b"IDAT"].concat()]);
    assert_eq!(png::essence(&endless), Err(Error::Cut));
}
