//! JPEG files: complete ones are read exactly, truncated ones are refused, and metadata is left out.

use sidekick_pictures::{Error, Header, jpeg};

fn file(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/../../tests/images/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn pixels(file: &[u8]) -> Result<Vec<u8>, Error> {
    let header = jpeg::header(file)?;
    let pixels = jpeg::decode(file)?;
    assert_eq!(pixels.len(), (header.width * header.height) as usize * usize::from(header.channels));
    Ok(pixels)
}

/// A marker segment.
fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
    let length = (content.len() as u16 + 2).to_be_bytes();
    [&[0xff, marker], length.as_slice(), content].concat()
}

/// A file with something after its first two bytes.
fn with(file: &[u8], segment: &[u8]) -> Vec<u8> {
    [&file[..2], segment, &file[2..]].concat()
}

fn joined(file: &[u8]) -> Vec<u8> {
    jpeg::essence(file).unwrap().parts().concat()
}

#[test]
fn scans_of_a_component_each_give_the_pixels_of_one_scan() {
    for sampling in ["420", "422", "440", "444"] {
        let one = file(&format!("one-scan-{sampling}.jpg"));
        let three = file(&format!("three-scans-{sampling}.jpg"));
        assert_eq!(jpeg::header(&three).unwrap(), Header { width: 32, height: 32, channels: 3 });
        assert_eq!(pixels(&three).unwrap(), pixels(&one).unwrap(), "{sampling}");
    }
    let interleaved = pixels(&file("interleaved.jpg")).unwrap();
    assert_eq!(pixels(&file("restarts.jpg")).unwrap(), interleaved);
    assert_eq!(pixels(&file("progressive.jpg")).unwrap(), interleaved);
}

#[test]
fn a_part_of_a_file_is_refused_or_has_all_its_pixels() {
    for name in ["interleaved.jpg", "restarts.jpg", "progressive.jpg", "three-scans-420.jpg"] {
        let file = file(name);
        let whole = pixels(&file).unwrap();
        let mut complete = 0;
        for end in 0..file.len() {
            let cut = &file[..end];
            let accepted = jpeg::check(cut).is_ok();
            assert_eq!(pixels(cut).is_ok(), accepted, "{name} up to {end}");
            if accepted {
                complete += 1;
                assert_eq!(pixels(cut).unwrap(), whole, "{name} up to {end}");
            }
        }
        // Without the end marker, or half of it, the scans are complete.
        assert!((2..10).contains(&complete), "{name}: {complete}");
    }
    assert_eq!(jpeg::check(&file("seven-half.jpg")), Err(Error::Cut));
    assert_eq!(pixels(&file("seven-half.jpg")), Err(Error::Cut));
}

#[test]
fn a_cut_file_with_an_end_marker_is_refused_by_the_decoder() {
    let file = file("seven-half.jpg");
    let ended = [file.as_slice(), b"\xff\xd9"].concat();
    assert_eq!(pixels(&ended), Err(Error::Damaged("a scan ends too early")));
    let file = self::file("three-scans-444.jpg");
    let second = file.windows(2).rposition(|bytes| bytes == [0xff, 0xda]).unwrap();
    assert_eq!(pixels(&[&file[..second], b"\xff\xd9"].concat()), Err(Error::Cut));
}

/// A download that broke off, in a file that was made as long as it should become.
#[test]
fn zeros_are_not_taken_for_the_rest_of_a_cut_file() {
    for name in ["seven.jpg", "interleaved.jpg", "standard-tables.jpg"] {
        let whole = file(name);
        let scan = whole.windows(2).rposition(|bytes| bytes == [0xff, 0xda]).unwrap();
        let half = &whole[..(scan + whole.len()) / 2];
        let filled = [half, &[0; 50_000]].concat();
        assert_eq!(pixels(&filled), Err(Error::Cut), "{name}");
        assert_eq!(jpeg::check(&filled), Err(Error::Cut), "{name}");
    }
    let whole = file("seven.jpg");
    let padded = [&whole[..whole.len() - 2], &[0; 50_000]].concat();
    assert_eq!(pixels(&padded).unwrap(), pixels(&whole).unwrap());
    jpeg::check(&padded).unwrap();
}

#[test]
fn the_end_of_another_file_does_not_end_a_cut_one() {
    let whole = file("seven.jpg");
    let followed = [file("seven-half.jpg").as_slice(), &whole].concat();
    assert!(jpeg::check(&followed).is_err());
    assert!(pixels(&followed).is_err());
    let unended = [&whole[..whole.len() - 2], &whole].concat();
    assert_eq!(pixels(&joined(&unended)).unwrap(), pixels(&whole).unwrap());
    assert!(joined(&unended).len() < whole.len() + 8);
}

/// Every segment with this marker is left out.
fn without(file: &[u8], marker: u8) -> Vec<u8> {
    let mut left = file.to_vec();
    while let Some(at) = left.windows(2).position(|bytes| bytes == [0xff, marker]) {
        let length = usize::from(u16::from_be_bytes([left[at + 2], left[at + 3]]));
        left.drain(at..at + 2 + length);
    }
    left
}

/// As cameras write the frames of Motion JPEG.
#[test]
fn without_huffman_tables_those_of_the_standard_hold() {
    let whole = file("standard-tables.jpg");
    let bare = without(&whole, 0xc4);
    assert!(bare.len() + 400 < whole.len());
    assert_eq!(pixels(&bare).unwrap(), pixels(&whole).unwrap());
    jpeg::check(&bare[..bare.len() - 2]).unwrap();
    assert!(pixels(&without(&file("progressive.jpg"), 0xc4)).is_err());
}

#[test]
fn components_of_the_same_number_are_told_apart_by_their_order() {
    let whole = file("interleaved.jpg");
    let mut same = whole.clone();
    let frame = same.windows(2).position(|bytes| bytes == [0xff, 0xc0]).unwrap();
    let scan = same.windows(2).position(|bytes| bytes == [0xff, 0xda]).unwrap();
    for component in 0..3 {
        same[frame + 10 + 3 * component] = 7;
        same[scan + 5 + 2 * component] = 7;
    }
    assert_eq!(pixels(&same).unwrap(), pixels(&whole).unwrap());
}

#[test]
fn bytes_after_the_end_are_accepted() {
    for name in ["interleaved.jpg", "progressive.jpg"] {
        let file = file(name);
        let whole = pixels(&file).unwrap();
        let unended = &file[..file.len() - 2];
        for more in [b"more".as_slice(), b"\xff", b"\xff\xe1\0\x08GPS", b"\xff\xd8\xff\xe1\0\x10"] {
            for longer in [[&file, more].concat(), [unended, more].concat()] {
                jpeg::check(&longer).unwrap();
                assert_eq!(pixels(&longer).unwrap(), whole, "{name} and {more:?}");
            }
            assert_eq!(joined(&[&file, more].concat()), file);
        }
        assert!(!joined(&[unended, b"\xff\xe1\0\x08GPSGPS"].concat()).ends_with(b"GPS"));
    }
}

#[test]
fn files_without_metadata_are_all_of_their_essence() {
    for name in ["interleaved.jpg", "restarts.jpg", "progressive.jpg", "seven.jpg"] {
        let file = file(name);
        let essence = jpeg::essence(&file).unwrap();
        assert!(essence.is_all_of(&file), "{name}");
        assert_eq!(essence.parts(), [file.as_slice()]);
    }
}

#[test]
fn metadata_are_left_out_wherever_they_are() {
    let plain = file("three-scans-422.jpg");
    let pixels_of_plain = pixels(&plain).unwrap();
    let scan = plain.windows(2).rposition(|bytes| bytes == [0xff, 0xda]).unwrap();
    let secrets = [
        segment(0xe1, b"Exif\0\0secret"),
        segment(0xe1, b"http://ns.adobe.com/xap/1.0/\0secret"),
        segment(0xed, b"Photoshop 3.0\0secret"),
        segment(0xfe, b"secret"),
        segment(0xe2, b"MPF\0secret"),
        segment(0xe0, b"JFXX\0secret"),
        segment(0xee, b"secret"),
        segment(0xef, b"secret"),
    ];
    for secret in &secrets {
        for file in [with(&plain, secret), [&plain[..scan], secret, &plain[scan..]].concat()] {
            let essence = jpeg::essence(&file).unwrap();
            assert!(!essence.is_all_of(&file));
            assert_eq!(joined(&file), plain);
            assert_eq!(essence.exif().is_some(), secret.starts_with(b"\xff\xe1\0\x0eExif"));
        }
    }
    let all = with(&plain, &secrets.concat());
    assert_eq!(joined(&all), plain);
    assert_eq!(jpeg::essence(&all).unwrap().exif(), Some(b"secret".as_slice()));
    assert_eq!(pixels(&joined(&[&all, &all[..]].concat())).unwrap(), pixels_of_plain);
}

/// A name counts in the segments that are its own: elsewhere no reader looks for it.
#[test]
fn names_in_other_segments_are_metadata() {
    let plain = with(&file("three-scans-444.jpg"), &segment(0xee, b"Adobe\0\x64\0\0\0\0\0"));
    let plain = joined(&plain);
    for content in [&b"JFIF\0\x01\x01\0\0\x01\0\x01\x01\x01more"[..], b"Exif\0\0MM\0*"] {
        for marker in [0xe9, 0xfe] {
            let changed = with(&plain, &segment(marker, content));
            assert_eq!(joined(&changed), plain);
            assert_eq!(jpeg::essence(&changed).unwrap().exif(), None);
        }
    }
}

/// Readers skip them, but tell a JPEG by the marker that follows the first.
#[test]
fn bytes_between_segments_are_left_out() {
    let plain = file("three-scans-422.jpg");
    let scan = plain.windows(2).rposition(|bytes| bytes == [0xff, 0xda]).unwrap();
    let (start, more) = ([&b"more"[..], &segment(0xfe, b"secret")].concat(), [b'm'; 300]);
    for changed in [with(&plain, &more), with(&plain, &start), [&plain[..], &more].concat()] {
        assert_eq!(joined(&changed), plain);
        assert_eq!(pixels(&changed), pixels(&plain));
    }
    // Before another scan they belong to the coded data of the one before.
    let changed = [&plain[..scan], &more, &plain[scan..]].concat();
    assert_eq!(joined(&changed), changed);
}

#[test]
fn what_colours_mean_is_kept() {
    let plain = file("three-scans-444.jpg");
    for kept in [segment(0xe2, b"ICC_PROFILE\0\x01\x01profile"), segment(0xee, b"Adobe\0\x64\0\0\0\0\0")] {
        let file = with(&plain, &kept);
        assert!(jpeg::essence(&file).unwrap().is_all_of(&file));
    }
    let plain_jfif = segment(0xe0, b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0");
    let with_thumbnail = segment(0xe0, b"JFIF\0\x01\x02\0\0\x01\0\x01\x01\x01rgb");
    assert_eq!(joined(&with(&plain, &with_thumbnail)), with(&plain, &plain_jfif));
}

#[test]
fn headers_that_promise_more_than_the_file_has_reserve_nothing() {
    let mut file = file("interleaved.jpg");
    let frame = file.windows(2).position(|bytes| bytes == [0xff, 0xc0]).unwrap();
    file[frame + 5..frame + 9].copy_from_slice(&[0xff; 4]);
    assert_eq!(jpeg::header(&file), Err(Error::Cut));
    assert_eq!(jpeg::decode(&file), Err(Error::Cut));
}

#[test]
fn metadata_do_not_make_up_for_missing_scans() {
    let mut file = file("interleaved.jpg");
    let frame = file.windows(2).position(|bytes| bytes == [0xff, 0xc0]).unwrap();
    file[frame + 5..frame + 9].copy_from_slice(&[8, 0, 8, 0]);
    let file = with(&file, &segment(0xe1, &[0; 60_000]));
    assert!(jpeg::header(&file).is_ok());
    assert_eq!(jpeg::essence(&file), Err(Error::Cut));
}

/// Whatever is in a file: no panic, no endless loop.
#[test]
fn damage_is_survived() {
    for name in ["interleaved.jpg", "restarts.jpg", "progressive.jpg", "three-scans-420.jpg"] {
        let file = file(name);
        for at in 0..file.len() {
            for value in [0, 1, 0x11, 0x7f, 0xd0, 0xd9, 0xda, 0xff, file[at] ^ 1, file[at] ^ 0x10] {
                let mut damaged = file.clone();
                damaged[at] = value;
                let _ = jpeg::essence(&damaged);
                if jpeg::header(&damaged).is_ok_and(|header| header.width * header.height < 1 << 20) {
                    let _ = pixels(&damaged);
                }
            }
        }
    }
}

/// A grey progressive file of 512 x 512 pixels without anything in it: its first scan has the first
/// coefficient of each block, further ones have the coefficients and the bits that are given (T.81 B.2.3), and
/// say in two bytes that nothing comes.
fn empty_scans(scans: impl Iterator<Item = (u8, u8)>) -> Vec<u8> {
    const BLOCKS: usize = 64 * 64;
    let table = |class: u8, symbol: u8| {
        let mut content = [0; 18];
        (content[0], content[1], content[17]) = (class, 1, symbol);
        segment(0xc4, &content)
    };
    let frame = segment(0xc2, &[8, 2, 0, 2, 0, 1, 1, 0x11, 0]);
    let steps = segment(0xdb, &[[0].as_slice(), &[1; 64]].concat());
    // A code of one bit, 0, is all that each table has: no difference, and 4096 blocks without a coefficient.
    let mut file = [b"\xff\xd8", &*steps, &frame, &table(0, 0), &table(0x10, 0xc0)].concat();
    file.extend([segment(0xda, &[1, 1, 0, 0, 0, 0]), vec![0; BLOCKS / 8]].concat());
    for (coefficient, bits) in scans {
        file.extend([&*segment(0xda, &[1, 1, 0, coefficient, coefficient, bits]), &[0; 2]].concat());
    }
    [&*file, b"\xff\xd9"].concat()
}

#[test]
fn scans_of_a_coefficient_each_are_read() {
    let file = empty_scans((1..64).map(|coefficient| (coefficient, 0)));
    assert!(pixels(&file).unwrap().iter().all(|sample| *sample == 128));
    jpeg::check(&file[..file.len() - 2]).unwrap();
}

/// Runs of empty blocks take next to no data, but each scan goes over all blocks.
#[test]
fn scans_that_take_far_more_time_than_data_are_refused() {
    let scans =
        |coefficient| (0..14).rev().map(move |low| (coefficient, if low == 13 { 13 } else { 17 * low + 16 }));
    let file = empty_scans((1..64).flat_map(scans));
    assert!(file.len() < 12_000);
    let refused = Err(Error::Damaged("its scans are far longer than its data"));
    assert_eq!(pixels(&file).map(|_| ()), refused);
    assert_eq!(jpeg::check(&file[..file.len() - 2]), refused);
}
