//! Statuses, types and other numbers of the C API: fixed, never reused. C reads them.

#![allow(dead_code)]

/// What a call says of itself: `SIDEKICK_OK`, or one of the `SIDEKICK_ERROR_` constants. Later versions may add some.
/// Since 0.1.0.
pub type sidekick_status = i32;

/// The call succeeded. Since 0.1.0.
pub const SIDEKICK_OK: sidekick_status = 0;
/// The call itself is wrong: NULL where an object is needed, text that is not UTF-8, an index out of range, a
/// malformed URL, a buffer of the wrong size. Since 0.1.0.
pub const SIDEKICK_ERROR_ARGUMENT: sidekick_status = 1;
/// A defect of this library; the message is worth a report. Since 0.1.0.
pub const SIDEKICK_ERROR_INTERNAL: sidekick_status = 2;
/// Memory for a buffer whose size a caller or a reply decides could not be had. Since 0.1.0.
pub const SIDEKICK_ERROR_MEMORY: sidekick_status = 3;
/// A file could not be read or written. Since 0.1.0.
pub const SIDEKICK_ERROR_FILE: sidekick_status = 4;
/// A stream holds as many batches as it may: take predictions with `sidekick_stream_next` first. Since 0.1.0.
pub const SIDEKICK_ERROR_STREAM_FULL: sidekick_status = 5;
/// No feature has the name or the index given. Since 0.1.0.
pub const SIDEKICK_ERROR_UNKNOWN_FEATURE: sidekick_status = 10;
/// A value, or a getter, of another type than the feature's. Since 0.1.0.
pub const SIDEKICK_ERROR_FEATURE_TYPE: sidekick_status = 11;
/// A value of another shape than the feature's. Since 0.1.0.
pub const SIDEKICK_ERROR_FEATURE_SHAPE: sidekick_status = 12;
/// A value of the right type that cannot be sent: not finite, or not one of the categories. Since 0.1.0.
pub const SIDEKICK_ERROR_FEATURE_VALUE: sidekick_status = 13;
/// A feature given twice in one row. Since 0.1.0.
pub const SIDEKICK_ERROR_FEATURE_TWICE: sidekick_status = 14;
/// A row that lacks features where a whole row is needed. Since 0.1.0.
pub const SIDEKICK_ERROR_ROW_INCOMPLETE: sidekick_status = 15;
/// Bytes that are no picture this library reads, or a picture beyond its limits. Since 0.1.0.
pub const SIDEKICK_ERROR_IMAGE: sidekick_status = 16;
/// Bytes that are no `.npy` file this library reads. Since 0.1.0.
pub const SIDEKICK_ERROR_NPY: sidekick_status = 17;
/// No connection to the server could be made. Since 0.1.0.
pub const SIDEKICK_ERROR_CONNECT: sidekick_status = 20;
/// The server's TLS certificate or handshake was not accepted. Since 0.1.0.
pub const SIDEKICK_ERROR_TLS: sidekick_status = 21;
/// A time limit passed. Since 0.1.0.
pub const SIDEKICK_ERROR_TIMEOUT: sidekick_status = 22;
/// An established connection broke, or what came over it is not HTTP. Since 0.1.0.
pub const SIDEKICK_ERROR_NETWORK: sidekick_status = 23;
/// The call was cancelled, see `sidekick_cancel_trigger`. Since 0.1.0.
pub const SIDEKICK_ERROR_CANCELLED: sidekick_status = 24;
/// An HTTP status other than 2xx without an error object of the Deployment API. Since 0.1.0.
pub const SIDEKICK_ERROR_HTTP: sidekick_status = 30;
/// The server answered with an error object: see `sidekick_error_server_code`. Since 0.1.0.
pub const SIDEKICK_ERROR_SERVER: sidekick_status = 31;
/// The URL's describe document does not describe a deployment this library understands. Since 0.1.0.
pub const SIDEKICK_ERROR_DESCRIBE: sidekick_status = 40;
/// A response whose body is malformed: not JSON, or JSON of another form. Since 0.1.0.
pub const SIDEKICK_ERROR_REPLY_MALFORMED: sidekick_status = 41;
/// A reply with fewer or more rows than were sent. Since 0.1.0.
pub const SIDEKICK_ERROR_REPLY_ROWS: sidekick_status = 42;
/// A reply row without one of the declared outputs. Since 0.1.0.
pub const SIDEKICK_ERROR_REPLY_OUTPUT: sidekick_status = 43;
/// A reply value of another form than the output's type has. Since 0.1.0.
pub const SIDEKICK_ERROR_REPLY_TYPE: sidekick_status = 44;
/// A reply value of another shape, or number of categories, than declared. Since 0.1.0.
pub const SIDEKICK_ERROR_REPLY_SHAPE: sidekick_status = 45;
/// A value in a response whose encoding is invalid: a malformed data URL, or bytes not of its media type. Since 0.1.0.
pub const SIDEKICK_ERROR_REPLY_ENCODING: sidekick_status = 46;
/// A reply beyond the size limit, see `sidekick_options_set_reply_limit`. Since 0.1.0.
pub const SIDEKICK_ERROR_REPLY_TOO_LARGE: sidekick_status = 47;

/// TLS 1.2. Since 0.1.0.
pub const SIDEKICK_TLS_1_2: i32 = 12;
/// TLS 1.3. Since 0.1.0.
pub const SIDEKICK_TLS_1_3: i32 = 13;

/// A request failed for good: no reply, or one with a status of 4xx or 5xx. What else is wrong with a reply, the call's error alone
/// tells. Since 0.1.0.
pub const SIDEKICK_LOG_ERROR: i32 = 1;
/// An attempt failed and is made again. Since 0.1.0.
pub const SIDEKICK_LOG_WARNING: i32 = 2;
/// A request was answered. Since 0.1.0.
pub const SIDEKICK_LOG_INFO: i32 = 3;
/// A connection was made or used again. Since 0.1.0.
pub const SIDEKICK_LOG_DEBUG: i32 = 4;

/// The Deployment API: JSON rows. Since 0.2.0.
pub const SIDEKICK_PROTOCOL_DEPLOYMENT_API: i32 = 1;

/// The features a model takes. Since 0.1.0.
pub const SIDEKICK_INPUT: i32 = 0;
/// The features a model gives. Since 0.1.0.
pub const SIDEKICK_OUTPUT: i32 = 1;

/// A number where the shape is `[1]`, else an array of 32-bit floats. Since 0.1.0.
pub const SIDEKICK_TYPE_NUMERIC: i32 = 1;
/// One of several categories; as an output, a probability for each. Since 0.1.0.
pub const SIDEKICK_TYPE_CATEGORICAL: i32 = 2;
/// One of two classes; as an output, the probability of the second. Since 0.1.0.
pub const SIDEKICK_TYPE_BINARY: i32 = 3;
/// Text of any length. Since 0.1.0.
pub const SIDEKICK_TYPE_TEXT: i32 = 4;
/// A picture; the shape is `[height, width, channels]`. Since 0.1.0.
pub const SIDEKICK_TYPE_IMAGE: i32 = 5;

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

/// As the kind of a column: pieces of bytes with their ends, see `sidekick_rows_add_columns`. No `SIDEKICK_DTYPE_` constant is
/// negative. Since 0.1.0.
pub const SIDEKICK_COLUMN_PIECES: i32 = -1;
/// As the kind of a column: texts that are each closed by a NUL, see `sidekick_rows_add_columns`. Since 0.1.0.
pub const SIDEKICK_COLUMN_TEXTS: i32 = -2;

#[cfg(test)]
mod tests {
    use super::*;
    use sidekick::{DType, ErrorKind, FeatureType, LogLevel, ProtocolKind, TlsVersion};

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
        assert_eq!(SIDEKICK_TLS_1_2, TlsVersion::Tls12 as i32);
        assert_eq!(SIDEKICK_TLS_1_3, TlsVersion::Tls13 as i32);
    }
}
