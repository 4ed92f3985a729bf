//! Bytes in, bytes out: how rows become request bodies and reply bodies become columns. Nothing here knows a network.

pub(crate) mod deployment_api;

use crate::array::Array;
use crate::error::Result;
use crate::images::WireImage;
use crate::results::Columns;
use crate::spec::Specs;
use deployment_api::buffer::Buffer;
use deployment_api::wire::Wire;
use deployment_api::{reply, request};
use sidekick_numbers::Number;
use std::sync::Arc;

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

/// Which protocol a deployment speaks. The numbers are the C API's constants: fixed, never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(i32)]
pub enum ProtocolKind {
    /// The Deployment API: JSON rows.
    DeploymentApi = 1,
}

/// A way of speaking to a deployment. Rows and predictions know the wire through this alone. Not a trait object: a value's way
/// into the buffer is inlined where the value is added.
#[derive(Clone)]
pub(crate) enum Protocol {
    /// The Deployment API's JSON rows.
    DeploymentApi(Arc<Wire>),
}

impl Protocol {
    /// The Deployment API, as a describe document has it.
    pub(crate) fn deployment_api(wire: Wire) -> Protocol {
        Protocol::DeploymentApi(Arc::new(wire))
    }

    /// Whether arrays are sent as `{"shape", "data"}`.
    #[cfg(feature = "internal-api")]
    pub(crate) fn tensor_json(&self) -> bool {
        let Protocol::DeploymentApi(wire) = self;
        wire.tensorjson
    }

    /// Which protocol it is.
    pub(crate) fn kind(&self) -> ProtocolKind {
        match self {
            Protocol::DeploymentApi(_) => ProtocolKind::DeploymentApi,
        }
    }

    /// The media type of a request's body.
    pub(crate) fn content_type(&self) -> &'static str {
        match self {
            Protocol::DeploymentApi(..) => "application/json",
        }
    }

    /// The byte that stands between two rows.
    #[inline]
    pub(crate) fn row_separator(&self) -> u8 {
        match self {
            Protocol::DeploymentApi(..) => b',',
        }
    }

    /// Appends a feature to the open row.
    #[inline(always)]
    pub(crate) fn put(&self, out: &mut Buffer, index: usize, value: &Value<'_>) -> Result<()> {
        let Protocol::DeploymentApi(wire) = self;
        request::put_member(out, wire.input(index)?, value, wire.tensorjson)
    }

    /// The same with a finite number whose digits are found already.
    #[inline(always)]
    pub(crate) fn put_number_of(&self, out: &mut Buffer, index: usize, number: &Number) -> Result<()> {
        match self {
            Protocol::DeploymentApi(wire) => request::put_number_of(out, wire.input(index)?, number),
        }
    }

    /// The same with one of the feature's categories.
    #[inline(always)]
    pub(crate) fn put_category(&self, out: &mut Buffer, index: usize, category: usize) -> Result<()> {
        match self {
            Protocol::DeploymentApi(wire) => request::put_category(out, wire.input(index)?, category),
        }
    }

    /// The same with a text: the first `length` bytes of text that goes on.
    #[inline(always)]
    pub(crate) fn put_text_of(
        &self,
        out: &mut Buffer,
        index: usize,
        text: &[u8],
        length: usize,
    ) -> Result<()> {
        match self {
            Protocol::DeploymentApi(wire) => request::put_text_of(out, wire.input(index)?, text, length),
        }
    }

    /// Makes the feature at this place the row's first.
    #[inline]
    pub(crate) fn open_row(&self, out: &mut Buffer, start: usize) {
        match self {
            Protocol::DeploymentApi(..) => request::open_row(out, start),
        }
    }

    /// Appends what closes a row of at least one feature.
    #[inline]
    pub(crate) fn close_row(&self, out: &mut Buffer) -> Result<()> {
        match self {
            Protocol::DeploymentApi(..) => out.push(b'}'),
        }
    }

    /// The body of a request that sends these rows: slices to be sent one behind the other.
    pub(crate) fn body<'a>(&self, rows: &'a [u8]) -> [&'a [u8]; 3] {
        match self {
            Protocol::DeploymentApi(..) => [b"{\"rows\":[", rows, b"]}"],
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
            Protocol::DeploymentApi(wire) => reply::read(body, rows, outputs, &wire.outputs, columns),
        }
    }
}
