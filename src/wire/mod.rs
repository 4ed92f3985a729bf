//! Bytes in, bytes out: how rows become request bodies and reply bodies become columns. Nothing here knows a network.

pub(crate) mod array;
pub(crate) mod columns;
pub(crate) mod data_url;
mod decimal;
pub(crate) mod describe;
mod digits;
pub(crate) mod failure;
pub(crate) mod floats;
mod huffman;
mod jpeg;
mod json;
pub(crate) mod npy;
pub(crate) mod picture;
pub(crate) mod reply;
pub(crate) mod request;
mod short;
mod shortest;
mod sixteen;

use crate::error::Result;
use crate::spec::{FeatureSpec, Schema, Specs};
use array::Array;
use columns::Columns;
use picture::WireImage;

/// A value that was checked against its feature's spec.
pub(crate) enum Value<'a> {
    Number(f64),
    Integer(i64),
    /// The index of one of the spec's categories.
    Category(usize),
    Text(&'a str),
    Image(WireImage<'a>),
    Array(&'a Array<'a>),
}

/// One way of speaking to a deployment. Rows and predictions know the wire through this alone.
pub(crate) trait Protocol: Send + Sync {
    /// The media type of a request's body.
    fn content_type(&self) -> &'static str;

    /// What stands between two rows.
    fn row_separator(&self) -> &'static [u8];

    /// Appends a feature to the open row; `first` says that it is the row's first.
    fn put(&self, out: &mut Vec<u8>, first: bool, spec: &FeatureSpec, value: &Value<'_>) -> Result<()>;

    /// Appends what closes a row of at least one feature.
    fn close_row(&self, out: &mut Vec<u8>);

    /// The body of a request that sends these rows: slices to be sent one behind the other.
    fn body<'a>(&self, rows: &'a [u8]) -> [&'a [u8]; 3];

    /// Reads the body of a 2xx reply to a request of `rows` rows, and appends its values to the columns.
    fn read_reply(&self, body: &[u8], rows: usize, outputs: &Specs, columns: &mut Columns) -> Result<()>;
}

/// The Deployment API's JSON rows.
pub(crate) struct JsonRows {
    tensorjson: bool,
}

impl JsonRows {
    /// In the array form that the deployment declares.
    pub(crate) fn new(schema: &Schema) -> JsonRows {
        JsonRows { tensorjson: schema.tensorjson }
    }
}

impl Protocol for JsonRows {
    fn content_type(&self) -> &'static str {
        "application/json"
    }

    fn row_separator(&self) -> &'static [u8] {
        b","
    }

    fn put(&self, out: &mut Vec<u8>, first: bool, spec: &FeatureSpec, value: &Value<'_>) -> Result<()> {
        let start = out.len();
        spec.member_json.append_to(out);
        if let (true, Some(comma)) = (first, out.get_mut(start)) {
            *comma = b'{';
        }
        request::put_value(out, spec, value, self.tensorjson)
    }

    fn close_row(&self, out: &mut Vec<u8>) {
        out.push(b'}');
    }

    fn body<'a>(&self, rows: &'a [u8]) -> [&'a [u8]; 3] {
        [b"{\"rows\":[", rows, b"]}"]
    }

    fn read_reply(&self, body: &[u8], rows: usize, outputs: &Specs, columns: &mut Columns) -> Result<()> {
        reply::read(body, rows, outputs, columns)
    }
}
