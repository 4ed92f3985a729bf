//! Bytes in, bytes out: how rows become request bodies and reply bodies become columns. Nothing here knows a network.

pub(crate) mod deployment_api;

use crate::array::Array;
use crate::error::Result;
use crate::images::WireImage;
use crate::results::Columns;
use crate::spec::{FeatureSpec, Schema, Specs};
use deployment_api::buffer::Buffer;
use deployment_api::floats::Number;
use deployment_api::{reply, request};

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

/// A way of speaking to a deployment. Rows and predictions know the wire through this alone. Not a trait object: a value's way
/// into the buffer is inlined where the value is added.
#[derive(Clone, Copy)]
pub(crate) enum Protocol {
    /// The Deployment API's JSON rows.
    JsonRows {
        /// Whether arrays travel as JSON, not as `.npy` files.
        tensorjson: bool,
    },
}

impl Protocol {
    /// The one that the deployment declares.
    pub(crate) fn of(schema: &Schema) -> Protocol {
        Protocol::JsonRows { tensorjson: schema.tensorjson }
    }

    /// The media type of a request's body.
    pub(crate) fn content_type(&self) -> &'static str {
        match self {
            Protocol::JsonRows { .. } => "application/json",
        }
    }

    /// The byte that stands between two rows.
    #[inline]
    pub(crate) fn row_separator(&self) -> u8 {
        match self {
            Protocol::JsonRows { .. } => b',',
        }
    }

    /// Appends a feature to the open row.
    #[inline(always)]
    pub(crate) fn put(&self, out: &mut Buffer, spec: &FeatureSpec, value: &Value<'_>) -> Result<()> {
        let Protocol::JsonRows { tensorjson } = self;
        request::put_member(out, spec, value, *tensorjson)
    }

    /// The same with a finite number whose digits are found already.
    #[inline(always)]
    pub(crate) fn put_number_of(&self, out: &mut Buffer, spec: &FeatureSpec, number: &Number) -> Result<()> {
        match self {
            Protocol::JsonRows { .. } => request::put_number_of(out, spec, number),
        }
    }

    /// The same with one of the feature's categories.
    #[inline(always)]
    pub(crate) fn put_category(&self, out: &mut Buffer, spec: &FeatureSpec, index: usize) -> Result<()> {
        match self {
            Protocol::JsonRows { .. } => request::put_category(out, spec, index),
        }
    }

    /// The same with a text: the first `length` bytes of text that goes on.
    #[inline(always)]
    pub(crate) fn put_text_of(
        &self,
        out: &mut Buffer,
        spec: &FeatureSpec,
        text: &[u8],
        length: usize,
    ) -> Result<()> {
        match self {
            Protocol::JsonRows { .. } => request::put_text_of(out, spec, text, length),
        }
    }

    /// Makes the feature at this place the row's first.
    #[inline]
    pub(crate) fn open_row(&self, out: &mut Buffer, start: usize) {
        match self {
            Protocol::JsonRows { .. } => request::open_row(out, start),
        }
    }

    /// Appends what closes a row of at least one feature.
    #[inline]
    pub(crate) fn close_row(&self, out: &mut Buffer) -> Result<()> {
        match self {
            Protocol::JsonRows { .. } => out.push(b'}'),
        }
    }

    /// The body of a request that sends these rows: slices to be sent one behind the other.
    pub(crate) fn body<'a>(&self, rows: &'a [u8]) -> [&'a [u8]; 3] {
        match self {
            Protocol::JsonRows { .. } => [b"{\"rows\":[", rows, b"]}"],
        }
    }

    /// Reads the body of a 2xx reply to a request of `rows` rows, and appends its values to the columns.
    pub(crate) fn read_reply(
        &self,
        body: &[u8],
        rows: usize,
        outputs: &Specs,
        columns: &mut Columns,
    ) -> Result<()> {
        match self {
            Protocol::JsonRows { .. } => reply::read(body, rows, outputs, columns),
        }
    }
}
