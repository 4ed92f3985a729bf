//! Statuses, types and other numbers of the C API: fixed, never reused. C reads them.

#![allow(dead_code)]

/// What a call returns: `SIDEKICK_OK`, or one of the `SIDEKICK_ERROR_` constants. Later versions may add
/// some. Since 0.1.0.
pub type sidekick_status = i32;

/// The call succeeded. Since 0.1.0.
pub const SIDEKICK_OK: sidekick_status = 0;
/// An invalid argument: NULL where an object is needed, text that is not UTF-8, an index out of range, a
/// malformed URL. Since 0.1.0.
pub const SIDEKICK_ERROR_ARGUMENT: sidekick_status = 1;
/// A defect of this library. Please report the message. Since 0.1.0.
pub const SIDEKICK_ERROR_INTERNAL: sidekick_status = 2;
/// Out of memory, for a buffer whose size the caller or a response decides. Since 0.1.0.
pub const SIDEKICK_ERROR_MEMORY: sidekick_status = 3;
/// A file could not be read or written. Since 0.1.0.
pub const SIDEKICK_ERROR_FILE: sidekick_status = 4;
/// The stream is full: take predictions with `sidekick_stream_next` first. Since 0.1.0.
pub const SIDEKICK_ERROR_STREAM_FULL: sidekick_status = 5;
/// No feature has this name or index. Since 0.1.0.
pub const SIDEKICK_ERROR_UNKNOWN_FEATURE: sidekick_status = 10;
/// A value or a getter of another type than the feature's. Since 0.1.0.
pub const SIDEKICK_ERROR_FEATURE_TYPE: sidekick_status = 11;
/// A value of another shape than the feature's. Since 0.1.0.
pub const SIDEKICK_ERROR_FEATURE_SHAPE: sidekick_status = 12;
/// An invalid value: not finite, or not one of the categories. Or one that was received, and is
/// not the integer as which it is read. Since 0.1.0.
pub const SIDEKICK_ERROR_FEATURE_VALUE: sidekick_status = 13;
/// A duplicate feature in one row. Since 0.1.0.
pub const SIDEKICK_ERROR_FEATURE_TWICE: sidekick_status = 14;
/// A row that lacks features where a whole row is needed. Since 0.1.0.
pub const SIDEKICK_ERROR_ROW_INCOMPLETE: sidekick_status = 15;
/// An image that this library cannot read, or that is too large. Since 0.1.0.
pub const SIDEKICK_ERROR_IMAGE: sidekick_status = 16;
/// A `.npy` file that this library cannot read. Since 0.1.0.
pub const SIDEKICK_ERROR_NPY: sidekick_status = 17;
/// No connection to the server could be made. Since 0.1.0.
pub const SIDEKICK_ERROR_CONNECT: sidekick_status = 20;
/// The TLS handshake failed, or the server's certificate is not trusted. Since 0.1.0.
pub const SIDEKICK_ERROR_TLS: sidekick_status = 21;
/// A time limit passed. Since 0.1.0.
pub const SIDEKICK_ERROR_TIMEOUT: sidekick_status = 22;
/// The connection broke, or what came over it is not HTTP. Since 0.1.0.
pub const SIDEKICK_ERROR_NETWORK: sidekick_status = 23;
/// The call was cancelled, see `sidekick_cancel_trigger`. Since 0.1.0.
pub const SIDEKICK_ERROR_CANCELLED: sidekick_status = 24;
/// An HTTP status other than 2xx, without the server's own error object. Since 0.1.0.
pub const SIDEKICK_ERROR_HTTP: sidekick_status = 30;
/// The server reported an error, see `sidekick_error_server_code`. Since 0.1.0.
pub const SIDEKICK_ERROR_SERVER: sidekick_status = 31;
/// What the server describes is not a deployment that this library understands. Since 0.1.0.
pub const SIDEKICK_ERROR_DESCRIBE: sidekick_status = 40;
/// A response whose body is malformed. Since 0.1.0, until 0.2.0 as `SIDEKICK_ERROR_REPLY_JSON`.
pub const SIDEKICK_ERROR_REPLY_MALFORMED: sidekick_status = 41;
/// A response with fewer or more rows than were sent. Since 0.1.0.
pub const SIDEKICK_ERROR_REPLY_ROWS: sidekick_status = 42;
/// A response row that lacks a declared output. Since 0.1.0.
pub const SIDEKICK_ERROR_REPLY_OUTPUT: sidekick_status = 43;
/// A value in a response of another type than declared. Since 0.1.0.
pub const SIDEKICK_ERROR_REPLY_TYPE: sidekick_status = 44;
/// A value in a response of another shape, or number of categories, than declared. Since 0.1.0.
pub const SIDEKICK_ERROR_REPLY_SHAPE: sidekick_status = 45;
/// A value in a response whose encoding is invalid, such as a malformed data URL. Since 0.1.0, until 0.2.0 as
/// `SIDEKICK_ERROR_REPLY_DATA_URL`.
pub const SIDEKICK_ERROR_REPLY_ENCODING: sidekick_status = 46;
/// A response above the limit, see `sidekick_options_set_reply_limit`. Since 0.1.0.
pub const SIDEKICK_ERROR_REPLY_TOO_LARGE: sidekick_status = 47;

/// TLS 1.2. Since 0.1.0.
pub const SIDEKICK_TLS_1_2: i32 = 12;
/// TLS 1.3. Since 0.1.0.
pub const SIDEKICK_TLS_1_3: i32 = 13;

/// Tensors are sent as bytes if the server lists that it takes them, or has answered with some; until then as
/// JSON. Since 0.2.0.
pub const SIDEKICK_WIRE_AUTO: i32 = 0;
/// Tensors are sent as bytes. Since 0.2.0.
pub const SIDEKICK_WIRE_BINARY: i32 = 1;
/// Tensors are sent, and asked for, as JSON. Since 0.2.0.
pub const SIDEKICK_WIRE_JSON: i32 = 2;

/// A request failed for good: no response, or one with a status of 4xx or 5xx. Other faults of a response are
/// not logged: the call's error reports them. Since 0.1.0.
pub const SIDEKICK_LOG_ERROR: i32 = 1;
/// An attempt failed, and the request is sent again. Since 0.1.0.
pub const SIDEKICK_LOG_WARNING: i32 = 2;
/// A response arrived. Since 0.1.0.
pub const SIDEKICK_LOG_INFO: i32 = 3;
/// A connection was made or reused. Since 0.1.0.
pub const SIDEKICK_LOG_DEBUG: i32 = 4;

/// The protocol that the URL means, for `sidekick_options_set_protocol`. Since 0.2.0.
pub const SIDEKICK_PROTOCOL_AUTO: i32 = 0;
/// The Deployment API: JSON rows. Since 0.2.0.
pub const SIDEKICK_PROTOCOL_DEPLOYMENT_API: i32 = 1;
/// The Open Inference Protocol of Triton, KServe, MLServer and others: tensors. Since 0.2.0.
pub const SIDEKICK_PROTOCOL_OPEN_INFERENCE: i32 = 2;

/// The side of what a model takes. Since 0.1.0.
pub const SIDEKICK_INPUT: i32 = 0;
/// The side of what a model returns. Since 0.1.0.
pub const SIDEKICK_OUTPUT: i32 = 1;

/// A number if the shape is `[1]`, else an array of 32-bit floats. Since 0.1.0.
pub const SIDEKICK_TYPE_NUMERIC: i32 = 1;
/// One of several categories; as an output, a probability for each. Since 0.1.0.
pub const SIDEKICK_TYPE_CATEGORICAL: i32 = 2;
/// One of two classes; as an output, the probability of the second. Since 0.1.0.
pub const SIDEKICK_TYPE_BINARY: i32 = 3;
/// Text of any length. Since 0.1.0.
pub const SIDEKICK_TYPE_TEXT: i32 = 4;
/// An image; the shape is `[height, width, channels]`. Since 0.1.0.
pub const SIDEKICK_TYPE_IMAGE: i32 = 5;
/// Bytes of any meaning, of a model of the Open Inference Protocol whose description says so. Since 0.2.0.
pub const SIDEKICK_TYPE_BYTES: i32 = 6;

/// `float`. Since 0.1.0.
pub const SIDEKICK_DTYPE_F32: i32 = 1;
/// `double`. Since 0.1.0.
pub const SIDEKICK_DTYPE_F64: i32 = 2;
/// `int8_t`. Since 0.1.0.
pub const SIDEKICK_DTYPE_I8: i32 = 3;
/// `int16_t`. Since 0.1.0.
pub const SIDEKICK_DTYPE_I16: i32 = 4;
/// `int32_t`. Since 0.1.0.
pub const SIDEKICK_DTYPE_I32: i32 = 5;
/// `int64_t`. Since 0.1.0.
pub const SIDEKICK_DTYPE_I64: i32 = 6;
/// `uint8_t`. Since 0.1.0.
pub const SIDEKICK_DTYPE_U8: i32 = 7;
/// `uint16_t`. Since 0.1.0.
pub const SIDEKICK_DTYPE_U16: i32 = 8;
/// `uint32_t`. Since 0.1.0.
pub const SIDEKICK_DTYPE_U32: i32 = 9;
/// `uint64_t`. Since 0.1.0.
pub const SIDEKICK_DTYPE_U64: i32 = 10;
/// A 16-bit float (IEEE 754 binary16), as its bits in a `uint16_t`. Since 0.2.0.
pub const SIDEKICK_DTYPE_F16: i32 = 11;
/// A 16-bit float with the exponent of a `float`: its upper half, in a `uint16_t`. Since 0.2.0.
pub const SIDEKICK_DTYPE_BF16: i32 = 12;
/// A byte: 0 is false, any other is true. Since 0.2.0.
pub const SIDEKICK_DTYPE_BOOL: i32 = 13;

/// Kind of a packed record: ends the row; its length is 0. Since 0.2.0, as are the names of the other kinds.
pub const SIDEKICK_RECORD_END_ROW: u32 = 0;
/// Kind of a packed record: a `double`, for a number. Since 0.2.0.
pub const SIDEKICK_RECORD_NUMBER: u32 = 1;
/// Kind of a packed record: an `int64_t`, for an integer. Since 0.2.0.
pub const SIDEKICK_RECORD_INTEGER: u32 = 2;
/// Kind of a packed record: the label of a category. Since 0.2.0.
pub const SIDEKICK_RECORD_CATEGORY: u32 = 3;
/// Kind of a packed record: an `int64_t` that is 0 or 1, for a binary input. Since 0.2.0.
pub const SIDEKICK_RECORD_BINARY: u32 = 4;
/// Kind of a packed record: text. Since 0.2.0.
pub const SIDEKICK_RECORD_TEXT: u32 = 5;
/// Kind of a packed record: bytes. Since 0.2.0.
pub const SIDEKICK_RECORD_BYTES: u32 = 6;
/// Kind of a packed record: a `uint64_t`, for an integer. Since 0.2.0.
pub const SIDEKICK_RECORD_UNSIGNED: u32 = 7;

/// Kind of a column: pieces of bytes with their ends. No `SIDEKICK_DTYPE_` constant is negative. Since 0.1.0.
pub const SIDEKICK_COLUMN_PIECES: i32 = -1;
/// Kind of a column: texts, each ended by a NUL. Since 0.1.0.
pub const SIDEKICK_COLUMN_TEXTS: i32 = -2;

#[cfg(test)]
mod tests {
    use super::*;
    use sidekick::{DType, ErrorKind, FeatureType, LogLevel, ProtocolKind, TlsVersion, Wire};

    #[test]
    fn the_numbers_are_the_cores() {
        use ErrorKind::*;
        for (status, kind) in [
            (SIDEKICK_ERROR_ARGUMENT, Argument),
            (SIDEKICK_ERROR_INTERNAL, Internal),
            (SIDEKICK_ERROR_MEMORY, Memory),
            (SIDEKICK_ERROR_FILE, File),
            (SIDEKICK_ERROR_STREAM_FULL, StreamFull),
            (SIDEKICK_ERROR_UNKNOWN_FEATURE, UnknownFeature),
            (SIDEKICK_ERROR_FEATURE_TYPE, FeatureType),
            (SIDEKICK_ERROR_FEATURE_SHAPE, FeatureShape),
            (SIDEKICK_ERROR_FEATURE_VALUE, FeatureValue),
            (SIDEKICK_ERROR_FEATURE_TWICE, FeatureTwice),
            (SIDEKICK_ERROR_ROW_INCOMPLETE, RowIncomplete),
            (SIDEKICK_ERROR_IMAGE, Image),
            (SIDEKICK_ERROR_NPY, Npy),
            (SIDEKICK_ERROR_CONNECT, Connect),
            (SIDEKICK_ERROR_TLS, Tls),
            (SIDEKICK_ERROR_TIMEOUT, Timeout),
            (SIDEKICK_ERROR_NETWORK, Network),
            (SIDEKICK_ERROR_CANCELLED, Cancelled),
            (SIDEKICK_ERROR_HTTP, Http),
            (SIDEKICK_ERROR_SERVER, Server),
            (SIDEKICK_ERROR_DESCRIBE, Describe),
            (SIDEKICK_ERROR_REPLY_MALFORMED, ReplyMalformed),
            (SIDEKICK_ERROR_REPLY_ROWS, ReplyRows),
            (SIDEKICK_ERROR_REPLY_OUTPUT, ReplyOutput),
            (SIDEKICK_ERROR_REPLY_TYPE, ReplyType),
            (SIDEKICK_ERROR_REPLY_SHAPE, ReplyShape),
            (SIDEKICK_ERROR_REPLY_ENCODING, ReplyEncoding),
            (SIDEKICK_ERROR_REPLY_TOO_LARGE, ReplyTooLarge),
        ] {
            assert_eq!(status, kind as sidekick_status);
        }
    }

    #[test]
    fn the_types_are_the_cores() {
        use FeatureType::*;
        let types = [
            (SIDEKICK_TYPE_NUMERIC, Numeric),
            (SIDEKICK_TYPE_CATEGORICAL, Categorical),
            (SIDEKICK_TYPE_BINARY, Binary),
            (SIDEKICK_TYPE_TEXT, Text),
            (SIDEKICK_TYPE_IMAGE, Image),
            (SIDEKICK_TYPE_BYTES, Bytes),
        ];
        types.into_iter().for_each(|(number, feature_type)| assert_eq!(number, feature_type as i32));
        use DType::*;
        let dtypes = [
            (SIDEKICK_DTYPE_F32, F32),
            (SIDEKICK_DTYPE_F64, F64),
            (SIDEKICK_DTYPE_I8, I8),
            (SIDEKICK_DTYPE_I16, I16),
            (SIDEKICK_DTYPE_I32, I32),
            (SIDEKICK_DTYPE_I64, I64),
            (SIDEKICK_DTYPE_U8, U8),
            (SIDEKICK_DTYPE_U16, U16),
            (SIDEKICK_DTYPE_U32, U32),
            (SIDEKICK_DTYPE_U64, U64),
            (SIDEKICK_DTYPE_F16, F16),
            (SIDEKICK_DTYPE_BF16, Bf16),
            (SIDEKICK_DTYPE_BOOL, Bool),
        ];
        dtypes.into_iter().for_each(|(number, dtype)| assert_eq!(number, dtype as i32));
        use LogLevel::*;
        let levels = [
            (SIDEKICK_LOG_ERROR, Error),
            (SIDEKICK_LOG_WARNING, Warning),
            (SIDEKICK_LOG_INFO, Info),
            (SIDEKICK_LOG_DEBUG, Debug),
        ];
        levels.into_iter().for_each(|(number, level)| assert_eq!(number, level as i32));
        assert_eq!(SIDEKICK_PROTOCOL_DEPLOYMENT_API, ProtocolKind::DeploymentApi as i32);
        assert_eq!(SIDEKICK_PROTOCOL_OPEN_INFERENCE, ProtocolKind::OpenInference as i32);
        assert_eq!(SIDEKICK_WIRE_AUTO, Wire::Auto as i32);
        assert_eq!(SIDEKICK_WIRE_BINARY, Wire::Binary as i32);
        assert_eq!(SIDEKICK_WIRE_JSON, Wire::Json as i32);
        assert_eq!(SIDEKICK_TLS_1_2, TlsVersion::Tls12 as i32);
        assert_eq!(SIDEKICK_TLS_1_3, TlsVersion::Tls13 as i32);
    }
}
