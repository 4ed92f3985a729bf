//! A cycle of each kind: open, add, predict, read. Every call in it is made as a step, which may run out of
//! memory once.

use crate::refusing::counted;
use flate2::Compression;
use flate2::write::GzEncoder;
use image::{DynamicImage, GrayImage, ImageFormat, LumaA, RgbImage, RgbaImage};
use sidekick::{
    Array, DType, Deployment, ErrorKind, InputColumn, InputPieces, Options, PixelEncoding, Pixels,
    Predictions, Result, Rows,
};
use std::fmt::Debug;
use std::io::{Cursor, Write};
use std::sync::OnceLock;

/// The body that answers another.
type Reply = Box<dyn Fn(&[u8]) -> Vec<u8> + Send + Sync>;
/// An image's name, its format, and how it is made.
type Picture = (&'static str, ImageFormat, fn() -> DynamicImage);

/// A deployment, what it answers, and what is done with it.
pub struct Scenario {
    pub name: String,
    inputs: String,
    outputs: String,
    tensorjson: bool,
    /// The document that describes it, if not that of these.
    pub document: Option<String>,
    /// The status and headers of its replies to predictions.
    pub reply_head: &'static str,
    pub reply: Reply,
    pub run: Box<dyn Fn(&str) + Send + Sync>,
    /// Whether it need not make large requests.
    pub is_small: bool,
    /// Whether a library that is not ours asks for large memory of its own: there a request that is refused
    /// may end the process, as the header says.
    pub is_foreign: bool,
}

impl Scenario {
    /// The describe document.
    pub fn describe(&self) -> Vec<u8> {
        let Scenario { inputs, outputs, tensorjson, document, .. } = self;
        if let Some(document) = document {
            return document.clone().into_bytes();
        }
        format!(
            r#"{{"paths": {{"/": {{"x-peltarion-tensorjson": {tensorjson}}}}}, "components": {{"schemas": {{
            "input-row": {{"properties": {inputs}}},
            "output-row-batch": {{"properties": {{"rows": {{"properties": {outputs}}}}}}}}}}}}}"#
        )
        .into_bytes()
    }
}

const NUMBER: &str = r#"{"x": {"x-peltarion": {"type": "numeric", "shape": [1]}}}"#;
const TEXT: &str = r#"{"x": {"x-peltarion": {"type": "text"}}}"#;
const IMAGE: &str = r#"{"x": {"x-peltarion": {"type": "image", "shape": [8, 8, 3]}}}"#;
/// More than so many bytes are a large request, and each doubling another.
const BYTES: usize = 100_000;
/// An array of so many elements takes 200 KB and more as text.
const SIDE: usize = 150;

/// A scenario whose deployment answers 0.5 to everything.
fn with(name: impl Into<String>, inputs: impl Into<String>, run: fn(&str)) -> Scenario {
    scenario(name, inputs, NUMBER, r#"{"rows":[{"x":0.5}]}"#, run)
}

pub fn scenario(
    name: impl Into<String>,
    inputs: impl Into<String>,
    outputs: impl Into<String>,
    reply: impl Into<Vec<u8>>,
    run: impl Fn(&str) + Send + Sync + 'static,
) -> Scenario {
    let reply = reply.into();
    Scenario {
        name: name.into(),
        inputs: inputs.into(),
        outputs: outputs.into(),
        tensorjson: true,
        document: None,
        reply_head: "200 OK",
        reply: Box::new(move |_| reply.clone()),
        run: Box::new(run),
        is_small: false,
        is_foreign: false,
    }
}

/// Makes a call. If it runs out of memory, it is made again, and must then succeed.
pub fn step<T>(mut call: impl FnMut() -> Result<T>) -> T {
    match counted(&mut call) {
        Err(error) if error.kind() == ErrorKind::Memory => call().expect("the handle goes on to work"),
        made => made.expect("nothing but memory may be missing"),
    }
}

/// Makes a call that fails, with this kind or for lack of memory; made again it fails with this kind.
fn refused<T: Debug>(kind: ErrorKind, mut call: impl FnMut() -> Result<T>) {
    let error = counted(&mut call).expect_err("it is refused");
    if error.kind() == ErrorKind::Memory {
        assert_eq!(call().expect_err("it is refused").kind(), kind);
    } else {
        assert_eq!(error.kind(), kind, "{error}");
    }
}

pub fn open_with(url: &str, set: impl FnOnce(&mut Options)) -> Deployment {
    let mut options = Options::default();
    options.set_proxy("").unwrap();
    set(&mut options);
    step(|| Deployment::open(url, "token", &options))
}

fn open(url: &str) -> Deployment {
    open_with(url, |_| ())
}

/// Ends the row and predicts.
pub fn predict(deployment: &Deployment, rows: &mut Rows) -> Predictions {
    step(|| rows.end_row());
    step(|| deployment.predict(rows))
}

/// A cycle in which one value is added.
fn predict_one(url: &str, mut add: impl FnMut(&mut Rows) -> Result<()>) {
    let deployment = open(url);
    let mut rows = deployment.rows();
    step(|| add(&mut rows));
    assert_eq!(predict(&deployment, &mut rows).number("x", 0).unwrap(), 0.5);
}

/// A cycle in which many rows are added at once, and each is answered.
fn predict_many(url: &str, count: usize, mut add: impl FnMut(&mut Rows) -> Result<()>) {
    let deployment = open_with(url, |options| options.set_batch_rows(usize::MAX).unwrap());
    let mut rows = deployment.rows();
    step(|| add(&mut rows));
    assert_eq!(step(|| deployment.predict(&rows)).numbers("x").unwrap(), vec![0.5; count]);
}

/// Rows of 0.5.
fn many_rows(count: usize) -> String {
    format!(r#"{{"rows":[{}]}}"#, vec![r#"{"x":0.5}"#; count].join(","))
}

/// As many rows of 0.5 as were sent.
fn echo(mut scenario: Scenario) -> Scenario {
    let rows = |body: &[u8]| body.windows(4).filter(|bytes| bytes == b"{\"x\"").count();
    scenario.reply = Box::new(move |body| many_rows(rows(body)).into_bytes());
    scenario
}

pub fn all() -> Vec<Scenario> {
    let groups = [
        arrays(),
        tables(),
        pictures(),
        texts(),
        categories(),
        transports(),
        streams(),
        arrays_out(),
        errors(),
        crate::tensors::all(),
    ];
    groups.into_iter().flatten().collect()
}

fn arrays() -> Vec<Scenario> {
    use DType::*;
    let input = format!(r#"{{"x": {{"x-peltarion": {{"type": "numeric", "shape": [{SIDE}, {SIDE}]}}}}}}"#);
    let mut all = Vec::new();
    for tensorjson in [true, false] {
        for dtype in [F32, F64, I8, I16, I32, I64, U8, U16, U32, U64] {
            let run = move |url: &str| {
                let size = dtype.size();
                let bytes: Vec<u8> = (0..SIDE * SIDE * size).map(|at| (at % 63) as u8).collect();
                let strides = [size as isize, (SIDE * size) as isize];
                let columns = Array::with_layout(dtype, &[SIDE, SIDE], &strides, 0, true, &bytes).unwrap();
                let deployment = open(url);
                let mut rows = deployment.rows();
                for array in [Array::new(dtype, &[SIDE, SIDE], &bytes).unwrap(), columns] {
                    step(|| rows.add_array("x", &array));
                    step(|| rows.end_row());
                    step(|| deployment.predict(&rows));
                    rows.clear();
                }
            };
            let name = format!("arrays of {dtype:?}, tensorjson {tensorjson}");
            let made = scenario(name, input.clone(), NUMBER, many_rows(1), run);
            all.push(Scenario { tensorjson, ..made });
        }
    }
    let npy = |url: &str| {
        let file = npy_file();
        let path = temporary("in.npy", &file);
        predict_one(url, |rows| rows.add_npy("x", &file));
        predict_one(url, |rows| rows.add_npy_file("x", &path));
        std::fs::remove_file(path).unwrap();
    };
    all.push(with("npy files", input, npy));
    all
}

/// A `.npy` file of ones.
fn npy_file() -> Vec<u8> {
    let head = format!("{{'descr': '<f4', 'fortran_order': True, 'shape': ({SIDE}, {SIDE}), }}\n");
    let ones = [1f32; SIDE * SIDE].map(f32::to_le_bytes).concat();
    [b"\x93NUMPY\x01\0", &(head.len() as u16).to_le_bytes()[..], head.as_bytes(), &ones].concat()
}

fn temporary(name: &str, bytes: &[u8]) -> std::path::PathBuf {
    let path = std::env::temp_dir().join(format!("sidekick-{}-{name}", std::process::id()));
    std::fs::write(&path, bytes).unwrap();
    path
}

fn tables() -> Vec<Scenario> {
    const COUNT: usize = 9_000;
    let rows = |name: &str, inputs: &str, run: fn(&str)| echo(with(name, inputs, run));
    let category = r#"{"x": {"x-peltarion": {"type": "categorical", "shape": [2]}, "enum": ["one", "two"]}}"#;
    let array = r#"{"x": {"x-peltarion": {"type": "numeric", "shape": [4]}}}"#;
    vec![
        rows("rows one by one", NUMBER, |url| {
            let deployment = open(url);
            let mut rows = deployment.rows();
            for number in 0..COUNT {
                step(|| rows.add_number("x", number as f64));
                step(|| rows.end_row());
            }
            assert_eq!(step(|| deployment.predict(&rows)).len(), COUNT);
        }),
        rows(
            "integers and binaries one by one",
            r#"{"x": {"x-peltarion": {"type": "binary", "shape": [1]}}}"#,
            |url| {
                let deployment = open(url);
                let mut rows = deployment.rows();
                for number in 0..COUNT {
                    step(|| match number % 2 {
                        0 => rows.add_integer("x", 1),
                        _ => rows.add_binary(0, false),
                    });
                    step(|| rows.end_row());
                }
                assert_eq!(step(|| deployment.predict(&rows)).len(), COUNT);
            },
        ),
        rows("packed rows", NUMBER, |url| {
            let records = packed(COUNT);
            predict_many(url, COUNT, |rows| rows.add_packed(&records));
        }),
        rows("packed predictions", NUMBER, |url| {
            let records = packed(COUNT);
            let deployment = open(url);
            let mut values = vec![0.0; COUNT];
            step(|| deployment.predict_packed(&records, None, &mut values));
            assert_eq!(values, [0.5; COUNT]);
        }),
        rows("columns of floats", NUMBER, |url| {
            let values: Vec<f64> = (0..COUNT).map(|at| at as f64 / 7.0).collect();
            predict_many(url, COUNT, |rows| rows.add_columns(COUNT, &[("x", InputColumn::of(&values))]));
        }),
        rows("columns of integers", NUMBER, |url| {
            let values: Vec<i64> = (0..COUNT).map(|at| at as i64 - 70).collect();
            predict_many(url, COUNT, |rows| rows.add_columns(COUNT, &[(0, InputColumn::of(&values))]));
        }),
        rows("columns of arrays", array, |url| {
            let values: Vec<f32> = (0..4 * COUNT).map(|at| at as f32 / 7.0).collect();
            predict_many(url, COUNT, |rows| rows.add_columns(COUNT, &[(0, InputColumn::of(&values))]));
        }),
        rows("columns of texts", TEXT, |url| {
            let pieces: InputPieces = (0..COUNT).map(|at| format!("text \"{at}\"")).collect();
            predict_many(url, COUNT, |rows| rows.add_columns(COUNT, &[("x", pieces.column())]));
            let closed: String = (0..COUNT).map(|at| format!("text {at}\0")).collect();
            let column = InputColumn::Texts(closed.as_bytes());
            predict_many(url, COUNT, |rows| rows.add_columns(COUNT, &[("x", column)]));
        }),
        rows("columns of categories", category, |url| {
            let pieces: InputPieces = (0..COUNT).map(|at| ["one", "two"][at % 2]).collect();
            predict_many(url, COUNT, |rows| rows.add_columns(COUNT, &[("x", pieces.column())]));
        }),
        wide(),
    ]
}

fn packed(count: usize) -> Vec<u8> {
    let record = |kind: u32, payload: &[u8]| {
        [&kind.to_ne_bytes()[..], &0u32.to_ne_bytes(), &payload.len().to_ne_bytes(), payload].concat()
    };
    [record(1, &2.5f64.to_ne_bytes()), record(0, b"")].concat().repeat(count)
}

/// Many features, in and out.
fn wide() -> Scenario {
    const COUNT: usize = 2_500;
    let feature = |at: usize| {
        format!(r#""feature number {at}": {{"x-peltarion": {{"type": "numeric", "shape": [1]}}}}"#)
    };
    let features = format!("{{{}}}", (0..COUNT).map(feature).collect::<Vec<_>>().join(","));
    let members: Vec<String> = (0..COUNT).map(|at| format!(r#""feature number {at}":{at}"#)).collect();
    let reply = format!(r#"{{"rows":[{{{}}}]}}"#, members.join(","));
    scenario("many features", features.clone(), features, reply, |url| {
        let deployment = open(url);
        let mut rows = deployment.rows();
        for at in 0..COUNT {
            step(|| rows.add_number(at, at as f64));
        }
        assert_eq!(predict(&deployment, &mut rows).number(COUNT - 1, 0).unwrap(), (COUNT - 1) as f64);
        let numbers = [1.5];
        let columns: Vec<_> = (0..COUNT).map(|at| (at, InputColumn::of(&numbers))).collect();
        rows.clear();
        step(|| rows.add_columns(1, &columns));
        assert_eq!(step(|| deployment.predict(&rows)).len(), 1);
    })
}

/// Samples that compress a little.
fn samples(count: usize) -> Vec<u8> {
    (0..count).map(|at| (at * at / 7 % 251) as u8).collect()
}

fn pictures() -> Vec<Scenario> {
    const SIDE: u32 = 200;
    let raw = |name: &str, channels: u8, row_stride: usize, encoding: PixelEncoding| {
        let name = format!("pixels, {channels} channels, {name}");
        scenario(name, IMAGE, NUMBER, many_rows(1), move |url: &str| {
            let bytes = samples((SIDE as usize + 9) * 4 * SIDE as usize);
            let pixels = Pixels { width: SIDE, height: SIDE, channels, row_stride, bytes: &bytes };
            predict_one(url, |rows| rows.add_pixels("x", &pixels, encoding));
        })
    };
    let mut all = vec![
        raw("PNG", 3, 0, PixelEncoding::Png),
        raw("PNG, gaps", 3, 609, PixelEncoding::Png),
        raw("PNG", 4, 0, PixelEncoding::Png),
        raw("PNG, gaps", 1, 503, PixelEncoding::Png),
        raw("JPEG", 1, 0, PixelEncoding::Jpeg(100)),
        raw("JPEG", 3, 0, PixelEncoding::Jpeg(100)),
        raw("JPEG, gaps", 4, 803, PixelEncoding::Jpeg(100)),
    ];
    let rgb = || DynamicImage::from(RgbImage::from_raw(SIDE, SIDE, samples(120_000)).unwrap());
    let rgba = || DynamicImage::from(RgbaImage::from_raw(SIDE, SIDE, samples(160_000)).unwrap());
    let grey = || DynamicImage::from(GrayImage::from_raw(2 * SIDE, 2 * SIDE, samples(160_000)).unwrap());
    let kinds: [Picture; 9] = [
        ("RGB", ImageFormat::Png, rgb),
        ("RGBA", ImageFormat::Png, rgba),
        ("16 bits", ImageFormat::Png, || DynamicImage::from(RgbImage::new(SIDE, SIDE)).into_rgb16().into()),
        ("RGB", ImageFormat::Jpeg, rgb),
        ("RGB", ImageFormat::Bmp, rgb),
        ("RGB", ImageFormat::Gif, rgb),
        ("RGB", ImageFormat::Tiff, rgb),
        ("grey", ImageFormat::Tiff, grey),
        ("RGB", ImageFormat::WebP, rgb),
    ];
    for (what, format, picture) in kinds {
        let file = OnceLock::new();
        let made = scenario(
            format!("an image as {format:?}, {what}"),
            IMAGE,
            NUMBER,
            many_rows(1),
            move |url: &str| {
                let file = file.get_or_init(|| encoded(&picture(), format));
                predict_one(url, |rows| rows.add_image("x", file));
            },
        );
        let is_foreign = matches!(format, ImageFormat::Png | ImageFormat::Tiff | ImageFormat::WebP);
        all.push(Scenario { is_foreign, ..made });
    }
    let file = with("an image's file", IMAGE, |url| {
        let file = encoded(
            &DynamicImage::from(RgbImage::from_raw(200, 200, samples(120_000)).unwrap()),
            ImageFormat::Png,
        );
        let path = temporary("in.png", &file);
        predict_one(url, |rows| rows.add_image_file("x", &path));
        std::fs::remove_file(path).unwrap();
    });
    all.push(Scenario { is_foreign: true, ..file });
    let replies: [Picture; 6] = [
        ("RGB", ImageFormat::Png, rgb),
        ("RGBA", ImageFormat::Png, rgba),
        ("grey with alpha", ImageFormat::Png, || {
            DynamicImage::ImageLumaA8(image::ImageBuffer::from_pixel(300, 300, LumaA([7, 8])))
        }),
        ("RGB", ImageFormat::Jpeg, rgb),
        ("grey", ImageFormat::Jpeg, grey),
        ("16 bits", ImageFormat::Png, || DynamicImage::from(RgbImage::new(SIDE, SIDE)).into_rgb16().into()),
    ];
    for (what, format, picture) in replies {
        let made = scenario(
            format!("a response's image as {format:?}, {what}"),
            NUMBER,
            IMAGE,
            "",
            move |url: &str| {
                let deployment = open(url);
                let mut rows = deployment.rows();
                step(|| rows.add_number("x", 1.0));
                let predictions = predict(&deployment, &mut rows);
                let picture = picture();
                let size = step(|| predictions.image_size("x", 0));
                assert_eq!((size.0, size.1), (picture.width(), picture.height()));
                let pixels = step(|| predictions.image_pixels("x", 0));
                assert_eq!((pixels.width, pixels.height), (picture.width(), picture.height()));
                if format == ImageFormat::Png && size.2 == 3 {
                    assert_eq!(pixels.bytes, *picture.into_rgb8());
                }
                let path = temporary("out", b"");
                step(|| predictions.save_image("x", 0, &path));
                std::fs::remove_file(path).unwrap();
            },
        );
        let body = OnceLock::new();
        let make = move || {
            let url = data_url(format.to_mime_type(), &encoded(&picture(), format));
            format!(r#"{{"rows":[{{"x":{url}}}]}}"#).into_bytes()
        };
        let reply = Box::new(move |_: &[u8]| body.get_or_init(&make).clone());
        all.push(Scenario { reply, is_foreign: format == ImageFormat::Png, ..made });
    }
    all
}

fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut file = Vec::new();
    picture.write_to(&mut Cursor::new(&mut file), format).unwrap();
    file
}

fn data_url(media_type: &str, bytes: &[u8]) -> String {
    use base64::prelude::{BASE64_STANDARD, Engine};
    format!("\"data:{media_type};base64,{}\"", BASE64_STANDARD.encode(bytes))
}

fn texts() -> Vec<Scenario> {
    let plain = "text ".repeat(BYTES / 5);
    let escaped = r#"a\n\u00e9\ud83e\udd8a\"\u0001 "#.repeat(BYTES / 20);
    let read = |url: &str, expected: &str| {
        let deployment = open(url);
        let mut rows = deployment.rows();
        step(|| rows.add_text("x", "a\n\"\u{e9}"));
        let predictions = predict(&deployment, &mut rows);
        assert!(predictions.text("x", 0).unwrap() == expected);
    };
    let reply = |text: &str| format!(r#"{{"rows":[{{"x":"{text}"}}]}}"#);
    let unescaped = "a\n\u{e9}\u{1f98a}\"\u{1} ".repeat(BYTES / 20);
    let (plain_reply, escaped_reply) = (reply(&plain), reply(&escaped));
    let key = format!(
        r#"{{"{escaped}":[null,"{escaped}"],"deep":{0}{1},"rows":[{{"x":0.5,"{escaped}":1}}]}}"#,
        "[".repeat(BYTES),
        "]".repeat(BYTES)
    );
    vec![
        with("a text", TEXT, |url| {
            let text = "text ".repeat(BYTES / 5);
            predict_one(url, |rows| rows.add_text("x", &text));
        }),
        with("a text to be escaped", TEXT, |url| {
            let text = "a\n\"\u{1} ".repeat(BYTES / 5);
            predict_one(url, |rows| rows.add_text("x", &text));
        }),
        scenario("a reply's text", TEXT, TEXT, plain_reply, move |url: &str| read(url, &plain)),
        scenario("a reply's escaped text", TEXT, TEXT, escaped_reply, move |url: &str| read(url, &unescaped)),
        scenario("a reply's unknown keys", TEXT, NUMBER, key, |url: &str| {
            predict_one(url, |rows| rows.add_text("x", ""));
        }),
        echo(with(
            "labels that the deployment does not list",
            r#"{"x": {"x-peltarion": {"type": "categorical", "shape": [2]}}}"#,
            |url| {
                let label = "label ".repeat(BYTES / 6);
                predict_one(url, |rows| rows.add_category("x", &label));
            },
        )),
    ]
}

fn categories() -> Vec<Scenario> {
    const COUNT: usize = 9_000;
    let label = |at: usize| format!("the label of category {at}");
    let labels = (0..COUNT).map(|at| format!("{:?}", label(at))).collect::<Vec<_>>();
    let listed = format!(
        r#"{{"x": {{"x-peltarion": {{"type": "categorical", "shape": [{COUNT}]}}, "enum": [{}]}}}}"#,
        labels.join(",")
    );
    let unlisted = format!(r#"{{"x": {{"x-peltarion": {{"type": "categorical", "shape": [{COUNT}]}}}}}}"#);
    let object = |order: &mut dyn Iterator<Item = usize>| {
        let members: Vec<String> = order.map(|at| format!("{:?}:{at}.5", label(at))).collect();
        format!(r#"{{"x":{{{}}}}}"#, members.join(","))
    };
    let (forth, back) = (object(&mut (0..COUNT)), object(&mut (0..COUNT).rev()));
    let run = move |url: &str| {
        let deployment = open_with(url, |options| options.set_batch_rows(2).unwrap());
        let mut rows = deployment.rows();
        for _ in 0..4 {
            step(|| rows.add_category("x", &label(7)));
            step(|| rows.end_row());
        }
        let predictions = step(|| deployment.predict(&rows));
        let probabilities = predictions.probabilities("x").unwrap();
        assert_eq!(probabilities.of(3, &label(7)).unwrap(), 7.5);
        assert_eq!(step(|| probabilities.at_rank(2, 1)).1, COUNT as f64 - 1.5);
        assert_eq!(step(|| probabilities.top(1, 2)).len(), 2);
    };
    let turned = [format!(r#"{{"rows":[{forth},{back}]}}"#), format!(r#"{{"rows":[{back},{forth}]}}"#)];
    let in_turn = |name: &str, features: &str| {
        let (turned, next) = (turned.clone(), std::sync::atomic::AtomicUsize::new(0));
        let made = scenario(name, features, features, "", run);
        let reply = move |_: &[u8]| {
            let next = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            turned[next % 2].clone().into_bytes()
        };
        Scenario { reply: Box::new(reply), ..made }
    };
    vec![
        in_turn("categories that are listed", &listed),
        in_turn("categories that the server alone knows", &unlisted),
    ]
}

fn transports() -> Vec<Scenario> {
    let post = |url: &str, set: fn(&mut Options)| {
        let deployment = open_with(url, set);
        let json = format!("[{}1]", "1,".repeat(BYTES / 2));
        let reply = step(|| deployment.post_json(&json));
        assert!(reply.text.starts_with("text"), "{}", &reply.text[..20]);
        assert_eq!(reply.status, 200);
    };
    let mixed = b"text \xff\xc3".repeat(BYTES / 7);
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all("text ".repeat(BYTES).as_bytes()).unwrap();
    let packed = packer.finish().unwrap();
    let rows = echo(with("requests in gzip", TEXT, |url| {
        let deployment = open_with(url, |options| options.set_request_gzip(true));
        let mut rows = deployment.rows();
        let text: String = (0..BYTES).map(|at| char::from(b'a' + (at * at % 23) as u8)).collect();
        step(|| rows.add_text("x", &text));
        step(|| rows.end_row());
        assert_eq!(step(|| deployment.predict(&rows)).number("x", 0).unwrap(), 0.5);
    }));
    vec![
        scenario("posts of JSON", TEXT, TEXT, "text ".repeat(BYTES / 5), move |url: &str| post(url, |_| ())),
        scenario("posts answered in bytes that are no text", TEXT, TEXT, mixed, move |url: &str| {
            post(url, |_| ())
        }),
        Scenario {
            reply_head: "200 OK\r\nContent-Encoding: gzip",
            ..scenario("replies in gzip", TEXT, TEXT, packed, move |url: &str| post(url, |_| ()))
        },
        Scenario { reply: Box::new(|_| many_rows(1).into_bytes()), is_foreign: true, ..rows },
    ]
}

fn streams() -> Vec<Scenario> {
    const COUNT: usize = 6_000;
    let in_flight = |requests: usize| {
        let run = move |url: &str| {
            let set = |options: &mut Options| {
                options.set_max_in_flight(requests).unwrap();
                options.set_batch_rows(COUNT).unwrap();
            };
            let deployment = open_with(url, set);
            let values = vec![0.25; 3 * COUNT];
            let mut rows = deployment.rows();
            step(|| rows.add_columns(3 * COUNT, &[("x", InputColumn::of(&values))]));
            assert_eq!(step(|| deployment.predict(&rows)).numbers("x").unwrap(), vec![0.5; 3 * COUNT]);
        };
        echo(scenario(format!("{requests} requests in flight"), NUMBER, NUMBER, "", run))
    };
    let stream = |requests: usize| {
        let run = move |url: &str| {
            let set = |options: &mut Options| {
                options.set_max_in_flight(requests).unwrap();
                options.set_batch_rows(20).unwrap();
            };
            let deployment = open_with(url, set);
            let values = vec![0.25; COUNT];
            let mut rows = deployment.rows();
            step(|| rows.add_columns(COUNT, &[("x", InputColumn::of(&values))]));
            let mut stream = deployment.stream().unwrap();
            step(|| stream.push(&rows));
            let mut got = 0;
            loop {
                match counted(|| stream.next()) {
                    Ok(None) => break,
                    Ok(Some(predictions)) => got += predictions.len(),
                    // That batch is done with, and the stream goes on.
                    Err(error) => {
                        assert_eq!(error.kind(), ErrorKind::Memory);
                        got += 20;
                    }
                }
            }
            assert_eq!(got, COUNT);
        };
        echo(scenario(format!("a stream, {requests} requests in flight"), NUMBER, NUMBER, "", run))
    };
    vec![in_flight(1), in_flight(3), stream(1), stream(3)]
}

fn arrays_out() -> Vec<Scenario> {
    let output = format!(r#"{{"x": {{"x-peltarion": {{"type": "numeric", "shape": [{SIDE}, {SIDE}]}}}}}}"#);
    let data = vec!["1.0"; SIDE * SIDE].join(",");
    let tensor = format!(r#"{{"rows":[{{"x":{{"shape":[{SIDE},{SIDE}],"data":[{data}]}}}}]}}"#);
    let npy = data_url("application/x.peltarion.npy", &npy_file());
    let escaped = npy.replace('/', "\\/");
    let run = |url: &str| {
        let deployment = open(url);
        let mut rows = deployment.rows();
        step(|| rows.add_number("x", 1.0));
        let predictions = predict(&deployment, &mut rows);
        assert_eq!(predictions.array("x", 0).unwrap(), [1.0; SIDE * SIDE]);
        let path = temporary("out.npy", b"");
        step(|| predictions.save_npy("x", 0, &path));
        std::fs::remove_file(path).unwrap();
    };
    let reply = |value: &str| format!(r#"{{"rows":[{{"x":{value}}}]}}"#);
    vec![
        scenario("a reply's array", NUMBER, output.clone(), tensor, run),
        scenario("a reply's array as npy", NUMBER, output.clone(), reply(&npy), run),
        scenario("a reply's array as npy, escaped", NUMBER, output, reply(&escaped), run),
    ]
}

/// Calls that fail, with much to say.
fn errors() -> Vec<Scenario> {
    let long = || "long ".repeat(BYTES / 5);
    let call = |run: fn(&Deployment)| {
        move |url: &str| {
            let deployment = open(url);
            run(&deployment);
        }
    };
    let fails = |name: &str, head: &'static str, body: String, kind: ErrorKind| {
        let run = move |url: &str| {
            let deployment = open_with(url, |options| options.set_retries(0));
            let mut rows = deployment.rows();
            step(|| rows.add_text("x", "?"));
            step(|| rows.end_row());
            refused(kind, || deployment.predict(&rows).map(|_| ()));
        };
        Scenario { reply_head: head, ..scenario(name, TEXT, TEXT, body, run) }
    };
    let escaped = r#"\u00e9\n"#.repeat(BYTES / 8);
    let names = scenario(
        "names that nothing has",
        TEXT,
        TEXT,
        "",
        call(|deployment| {
            let name = "name ".repeat(BYTES / 5);
            let mut rows = deployment.rows();
            refused(ErrorKind::UnknownFeature, || rows.add_text(&*name, ""));
            refused(ErrorKind::File, || rows.add_image_file("x", &name));
            refused(ErrorKind::File, || rows.add_npy_file("x", &name));
        }),
    );
    let labels = r#"{"x": {"x-peltarion": {"type": "categorical", "shape": [1]}, "enum": ["a"]}}"#;
    let labels = scenario(
        "labels that nothing has",
        labels,
        TEXT,
        "",
        call(|deployment| {
            let label = "label ".repeat(BYTES / 6);
            let mut rows = deployment.rows();
            refused(ErrorKind::FeatureValue, || rows.add_category("x", &label));
        }),
    );
    let tokens = scenario("a long token", TEXT, TEXT, "", |url: &str| {
        let token = "token".repeat(12_000);
        refused(ErrorKind::Argument, || Deployment::open(url, &token, &Options::default()));
        let mut options = Options::default();
        options.set_proxy("").unwrap();
        options.set_token_source(move |_| Ok("token".repeat(12_000)));
        refused(ErrorKind::Argument, || Deployment::open(url, "", &options));
    });
    vec![
        Scenario { is_small: true, ..names },
        Scenario { is_small: true, ..labels },
        Scenario { is_small: true, ..tokens },
        fails(
            "an error object",
            "400 Bad",
            format!(r#"{{"errorCode":"{escaped}","errorMessage":"{escaped}"}}"#),
            ErrorKind::Server,
        ),
        fails(
            "an error object with a good status",
            "200 OK",
            format!(r#"{{"errorCode":"E","errorMessage":"{escaped}"}}"#),
            ErrorKind::Server,
        ),
        fails("an error page", "502 Bad", format!("<html><p>{}", long()), ErrorKind::Http),
        fails(
            "an error in JSON",
            "500 Bad",
            format!("[{}{{\"message\": \"{}\"}}]", "0,".repeat(BYTES), long()),
            ErrorKind::Http,
        ),
        fails(
            "another type than the output's",
            "200 OK",
            format!(r#"{{"rows":[{{"x":[{}0]}}]}}"#, "0,".repeat(BYTES)),
            ErrorKind::ReplyType,
        ),
        fails("a reply that is no JSON", "200 OK", long(), ErrorKind::ReplyMalformed),
    ]
}
