//! What a cycle is made of: open, add, predict, read. Every call in it is made as a step, which may run out
//! of memory once.

use crate::refusing::counted;
use sidekick::{Deployment, ErrorKind, Options, Predictions, Result, Rows};
use std::fmt::Debug;

/// The body that answers another.
pub type Reply = Box<dyn Fn(&[u8]) -> Vec<u8> + Send + Sync>;

/// A deployment, what it answers, and what is done with it.
pub struct Scenario {
    pub name: String,
    pub inputs: String,
    pub outputs: String,
    pub tensorjson: bool,
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

pub const NUMBER: &str = r#"{"x": {"x-peltarion": {"type": "numeric", "shape": [1]}}}"#;
pub const TEXT: &str = r#"{"x": {"x-peltarion": {"type": "text"}}}"#;
pub const IMAGE: &str = r#"{"x": {"x-peltarion": {"type": "image", "shape": [8, 8, 3]}}}"#;
/// More than so many bytes are a large request, and each doubling another.
pub const BYTES: usize = 100_000;
/// An array of so many elements takes 200 KB and more as text.
pub const SIDE: usize = 150;

/// A scenario whose deployment answers 0.5 to everything.
pub fn with(name: impl Into<String>, inputs: impl Into<String>, run: fn(&str)) -> Scenario {
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
pub fn refused<T: Debug>(kind: ErrorKind, mut call: impl FnMut() -> Result<T>) {
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

pub fn open(url: &str) -> Deployment {
    open_with(url, |_| ())
}

/// Ends the row and predicts.
pub fn predict(deployment: &Deployment, rows: &mut Rows) -> Predictions {
    step(|| rows.end_row());
    step(|| deployment.predict(rows))
}

/// A cycle in which one value is added.
pub fn predict_one(url: &str, mut add: impl FnMut(&mut Rows) -> Result<()>) {
    let deployment = open(url);
    let mut rows = deployment.rows();
    step(|| add(&mut rows));
    assert_eq!(predict(&deployment, &mut rows).number("x", 0).unwrap(), 0.5);
}

/// A cycle in which many rows are added at once, and each is answered.
pub fn predict_many(url: &str, count: usize, mut add: impl FnMut(&mut Rows) -> Result<()>) {
    let deployment = open_with(url, |options| options.set_batch_rows(usize::MAX).unwrap());
    let mut rows = deployment.rows();
    step(|| add(&mut rows));
    assert_eq!(step(|| deployment.predict(&rows)).numbers("x").unwrap(), vec![0.5; count]);
}

/// Rows of 0.5.
pub fn many_rows(count: usize) -> String {
    format!(r#"{{"rows":[{}]}}"#, vec![r#"{"x":0.5}"#; count].join(","))
}

/// As many rows of 0.5 as were sent.
pub fn echo(mut scenario: Scenario) -> Scenario {
    let rows = |body: &[u8]| body.windows(4).filter(|bytes| bytes == b"{\"x\"").count();
    scenario.reply = Box::new(move |body| many_rows(rows(body)).into_bytes());
    scenario
}

pub fn temporary(name: &str, bytes: &[u8]) -> std::path::PathBuf {
    let path = std::env::temp_dir().join(format!("sidekick-{}-{name}", std::process::id()));
    std::fs::write(&path, bytes).unwrap();
    path
}

pub fn data_url(media_type: &str, bytes: &[u8]) -> String {
    use base64::prelude::{BASE64_STANDARD, Engine};
    format!("\"data:{media_type};base64,{}\"", BASE64_STANDARD.encode(bytes))
}
