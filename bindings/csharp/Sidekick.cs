// Written from sidekick.h, which is the manual, by `make header`: do not edit.

using System;
using System.Runtime.InteropServices;

namespace Sidekick
{
    /// <summary>The functions of the C library. Texts are bytes in UTF-8 with their length.</summary>
    public static class Native
    {
        const string Library = "sidekick";

        /// <summary>As the length of a text that a NUL ends.</summary>
        public static readonly UIntPtr SIDEKICK_NUL = (UIntPtr)0xFFFFFFFFu;
        public const int SIDEKICK_VERSION_MAJOR = 0;
        public const int SIDEKICK_VERSION_MINOR = 2;
        public const int SIDEKICK_VERSION_PATCH = 0;
        public const int SIDEKICK_PROTOCOL_AUTO = 0;
        public const int SIDEKICK_PROTOCOL_DEPLOYMENT_API = 1;
        public const int SIDEKICK_PROTOCOL_OPEN_INFERENCE = 2;
        public const int SIDEKICK_INPUT = 0;
        public const int SIDEKICK_OUTPUT = 1;
        public const int SIDEKICK_TYPE_NUMERIC = 1;
        public const int SIDEKICK_TYPE_CATEGORICAL = 2;
        public const int SIDEKICK_TYPE_BINARY = 3;
        public const int SIDEKICK_TYPE_TEXT = 4;
        public const int SIDEKICK_TYPE_IMAGE = 5;
        public const int SIDEKICK_TYPE_BYTES = 6;
        public const int SIDEKICK_DTYPE_F32 = 1;
        public const int SIDEKICK_DTYPE_F64 = 2;
        public const int SIDEKICK_DTYPE_I8 = 3;
        public const int SIDEKICK_DTYPE_I16 = 4;
        public const int SIDEKICK_DTYPE_I32 = 5;
        public const int SIDEKICK_DTYPE_I64 = 6;
        public const int SIDEKICK_DTYPE_U8 = 7;
        public const int SIDEKICK_DTYPE_U16 = 8;
        public const int SIDEKICK_DTYPE_U32 = 9;
        public const int SIDEKICK_DTYPE_U64 = 10;
        public const int SIDEKICK_DTYPE_F16 = 11;
        public const int SIDEKICK_DTYPE_BF16 = 12;
        public const int SIDEKICK_DTYPE_BOOL = 13;
        public const int SIDEKICK_RECORD_END_ROW = 0;
        public const int SIDEKICK_RECORD_NUMBER = 1;
        public const int SIDEKICK_RECORD_INTEGER = 2;
        public const int SIDEKICK_RECORD_CATEGORY = 3;
        public const int SIDEKICK_RECORD_BINARY = 4;
        public const int SIDEKICK_RECORD_TEXT = 5;
        public const int SIDEKICK_RECORD_BYTES = 6;
        public const int SIDEKICK_RECORD_UNSIGNED = 7;
        public const int SIDEKICK_COLUMN_PIECES = -1;
        public const int SIDEKICK_COLUMN_TEXTS = -2;
        public const int SIDEKICK_OK = 0;
        public const int SIDEKICK_ERROR_ARGUMENT = 1;
        public const int SIDEKICK_ERROR_INTERNAL = 2;
        public const int SIDEKICK_ERROR_MEMORY = 3;
        public const int SIDEKICK_ERROR_FILE = 4;
        public const int SIDEKICK_ERROR_STREAM_FULL = 5;
        public const int SIDEKICK_ERROR_UNKNOWN_FEATURE = 10;
        public const int SIDEKICK_ERROR_FEATURE_TYPE = 11;
        public const int SIDEKICK_ERROR_FEATURE_SHAPE = 12;
        public const int SIDEKICK_ERROR_FEATURE_VALUE = 13;
        public const int SIDEKICK_ERROR_FEATURE_TWICE = 14;
        public const int SIDEKICK_ERROR_ROW_INCOMPLETE = 15;
        public const int SIDEKICK_ERROR_IMAGE = 16;
        public const int SIDEKICK_ERROR_NPY = 17;
        public const int SIDEKICK_ERROR_CONNECT = 20;
        public const int SIDEKICK_ERROR_TLS = 21;
        public const int SIDEKICK_ERROR_TIMEOUT = 22;
        public const int SIDEKICK_ERROR_NETWORK = 23;
        public const int SIDEKICK_ERROR_CANCELLED = 24;
        public const int SIDEKICK_ERROR_HTTP = 30;
        public const int SIDEKICK_ERROR_SERVER = 31;
        public const int SIDEKICK_ERROR_DESCRIBE = 40;
        public const int SIDEKICK_ERROR_REPLY_MALFORMED = 41;
        public const int SIDEKICK_ERROR_REPLY_ROWS = 42;
        public const int SIDEKICK_ERROR_REPLY_OUTPUT = 43;
        public const int SIDEKICK_ERROR_REPLY_TYPE = 44;
        public const int SIDEKICK_ERROR_REPLY_SHAPE = 45;
        public const int SIDEKICK_ERROR_REPLY_ENCODING = 46;
        public const int SIDEKICK_ERROR_REPLY_TOO_LARGE = 47;
        public const int SIDEKICK_TLS_1_2 = 12;
        public const int SIDEKICK_TLS_1_3 = 13;
        public const int SIDEKICK_WIRE_AUTO = 0;
        public const int SIDEKICK_WIRE_BINARY = 1;
        public const int SIDEKICK_WIRE_JSON = 2;
        public const int SIDEKICK_LOG_ERROR = 1;
        public const int SIDEKICK_LOG_WARNING = 2;
        public const int SIDEKICK_LOG_INFO = 3;
        public const int SIDEKICK_LOG_DEBUG = 4;

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        public delegate int sidekick_token_callback(IntPtr data, int refused, IntPtr token);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        public delegate void sidekick_release_callback(IntPtr data);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        public delegate void sidekick_log_callback(IntPtr data, int level, IntPtr message, UIntPtr length);

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        public delegate int sidekick_signal_callback(IntPtr data);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern IntPtr sidekick_version();

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_deployment_open(byte[] url, UIntPtr url_length, byte[] token,
            UIntPtr token_length, IntPtr options, IntPtr cancel, ref IntPtr deployment, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern void sidekick_deployment_free(IntPtr deployment);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern UIntPtr sidekick_deployment_batch_limit(IntPtr deployment);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern IntPtr sidekick_deployment_model_version(IntPtr deployment, ref UIntPtr length);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_deployment_protocol(IntPtr deployment);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern UIntPtr sidekick_deployment_feature_count(IntPtr deployment, int side);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_deployment_feature_index(IntPtr deployment, int side, byte[] name,
            UIntPtr name_length, ref UIntPtr index, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_deployment_feature_name(IntPtr deployment, int side, UIntPtr index,
            ref IntPtr name, ref UIntPtr name_length, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_deployment_feature_type(IntPtr deployment, int side, UIntPtr index,
            ref int feature_type, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_deployment_feature_dtype(IntPtr deployment, int side,
            UIntPtr index, ref int dtype, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_deployment_feature_optional(IntPtr deployment, int side,
            UIntPtr index, ref int optional, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_deployment_feature_shape(IntPtr deployment, int side,
            UIntPtr index, ref IntPtr shape, ref UIntPtr rank, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_deployment_category_count(IntPtr deployment, int side,
            UIntPtr index, ref UIntPtr count, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_deployment_category(IntPtr deployment, int side, UIntPtr index,
            UIntPtr category, ref IntPtr label, ref UIntPtr label_length, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_rows_new(IntPtr deployment, ref IntPtr rows, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern UIntPtr sidekick_rows_count(IntPtr rows);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_rows_add_number(IntPtr rows, byte[] name, UIntPtr name_length,
            double number, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_rows_add_number_at(IntPtr rows, UIntPtr index, double number,
            ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_rows_add_integer(IntPtr rows, byte[] name, UIntPtr name_length,
            long integer, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_rows_add_integer_at(IntPtr rows, UIntPtr index, long integer,
            ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_rows_add_unsigned(IntPtr rows, byte[] name, UIntPtr name_length,
            ulong integer, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_rows_add_unsigned_at(IntPtr rows, UIntPtr index, ulong integer,
            ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_rows_add_category(IntPtr rows, byte[] name, UIntPtr name_length,
            byte[] label, UIntPtr label_length, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_rows_add_category_at(IntPtr rows, UIntPtr index, byte[] label,
            UIntPtr label_length, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_rows_add_binary(IntPtr rows, byte[] name, UIntPtr name_length,
            int value, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_rows_add_binary_at(IntPtr rows, UIntPtr index, int value,
            ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_rows_add_text(IntPtr rows, byte[] name, UIntPtr name_length,
            byte[] value, UIntPtr value_length, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_rows_add_text_at(IntPtr rows, UIntPtr index, byte[] value,
            UIntPtr value_length, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_rows_add_bytes(IntPtr rows, byte[] name, UIntPtr name_length,
            IntPtr value, UIntPtr size, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_rows_add_bytes_at(IntPtr rows, UIntPtr index, IntPtr value,
            UIntPtr size, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_rows_add_packed(IntPtr rows, IntPtr records, UIntPtr size,
            ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_rows_end_row(IntPtr rows, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_rows_discard_row(IntPtr rows, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_rows_clear(IntPtr rows, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern void sidekick_rows_free(IntPtr rows);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_rows_add_image(IntPtr rows, byte[] name, UIntPtr name_length,
            IntPtr encoded, UIntPtr size, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_rows_add_image_at(IntPtr rows, UIntPtr index, IntPtr encoded,
            UIntPtr size, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_rows_add_image_file(IntPtr rows, byte[] name, UIntPtr name_length,
            byte[] path, UIntPtr path_length, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_rows_add_image_file_at(IntPtr rows, UIntPtr index, byte[] path,
            UIntPtr path_length, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_rows_add_pixels(IntPtr rows, byte[] name, UIntPtr name_length,
            uint width, uint height, uint channels, UIntPtr row_stride, IntPtr samples, UIntPtr size, int jpeg_quality,
            ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_rows_add_pixels_at(IntPtr rows, UIntPtr index, uint width,
            uint height, uint channels, UIntPtr row_stride, IntPtr samples, UIntPtr size, int jpeg_quality,
            ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_rows_add_array(IntPtr rows, byte[] name, UIntPtr name_length,
            int dtype, UIntPtr[] shape, UIntPtr rank, IntPtr[] strides, IntPtr data, UIntPtr data_size, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_rows_add_array_at(IntPtr rows, UIntPtr index, int dtype,
            UIntPtr[] shape, UIntPtr rank, IntPtr[] strides, IntPtr data, UIntPtr data_size, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_rows_add_npy(IntPtr rows, byte[] name, UIntPtr name_length,
            IntPtr file, UIntPtr size, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_rows_add_npy_at(IntPtr rows, UIntPtr index, IntPtr file,
            UIntPtr size, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_rows_add_npy_file(IntPtr rows, byte[] name, UIntPtr name_length,
            byte[] path, UIntPtr path_length, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_rows_add_npy_file_at(IntPtr rows, UIntPtr index, byte[] path,
            UIntPtr path_length, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_rows_add_columns(IntPtr rows, UIntPtr count, UIntPtr column_count,
            UIntPtr[] inputs, int[] kinds, IntPtr[] values, UIntPtr[] sizes, IntPtr[] ends, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_deployment_predict(IntPtr deployment, IntPtr rows, IntPtr cancel,
            ref IntPtr predictions, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_deployment_predict_packed(IntPtr deployment, IntPtr records,
            UIntPtr size, IntPtr cancel, double[] values, UIntPtr count, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_deployment_post_json(IntPtr deployment, byte[] json,
            UIntPtr json_length, IntPtr cancel, ref IntPtr reply, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_reply_http_status(IntPtr reply);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern IntPtr sidekick_reply_text(IntPtr reply, ref UIntPtr length);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern void sidekick_reply_free(IntPtr reply);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern UIntPtr sidekick_predictions_count(IntPtr predictions);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern UIntPtr sidekick_predictions_failure_count(IntPtr predictions);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_predictions_failure(IntPtr predictions, UIntPtr index,
            ref IntPtr failure, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_predictions_sent_row(IntPtr predictions, UIntPtr prediction,
            ref UIntPtr row, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_predictions_number(IntPtr predictions, UIntPtr output, UIntPtr row,
            ref double number, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_predictions_integer(IntPtr predictions, UIntPtr output,
            UIntPtr row, ref long value, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_predictions_numbers(IntPtr predictions, UIntPtr output,
            ref IntPtr numbers, ref UIntPtr count, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_predictions_bytes(IntPtr predictions, UIntPtr output, UIntPtr row,
            ref IntPtr value, ref UIntPtr size, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_predictions_bytes_column(IntPtr predictions, UIntPtr output,
            ref IntPtr values, ref IntPtr ends, ref UIntPtr count, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_predictions_text(IntPtr predictions, UIntPtr output, UIntPtr row,
            ref IntPtr value, ref UIntPtr value_length, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_predictions_texts(IntPtr predictions, UIntPtr output,
            ref IntPtr texts, ref IntPtr ends, ref UIntPtr count, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_predictions_category_count(IntPtr predictions, UIntPtr output,
            ref UIntPtr count, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_predictions_category_label(IntPtr predictions, UIntPtr output,
            UIntPtr category, ref IntPtr label, ref UIntPtr label_length, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_predictions_probabilities(IntPtr predictions, UIntPtr output,
            UIntPtr row, ref IntPtr probabilities, ref UIntPtr count, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_predictions_probability_matrix(IntPtr predictions, UIntPtr output,
            ref IntPtr matrix, ref UIntPtr count, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_predictions_probability(IntPtr predictions, UIntPtr output,
            UIntPtr row, byte[] label, UIntPtr label_length, ref double probability, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_predictions_top(IntPtr predictions, UIntPtr output, UIntPtr row,
            UIntPtr rank, ref IntPtr label, ref UIntPtr label_length, ref double probability, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_predictions_image(IntPtr predictions, UIntPtr output, UIntPtr row,
            ref IntPtr encoded, ref UIntPtr size, ref IntPtr media_type, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_predictions_image_size(IntPtr predictions, UIntPtr output,
            UIntPtr row, ref uint width, ref uint height, ref uint channels, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_predictions_image_pixels(IntPtr predictions, UIntPtr output,
            UIntPtr row, IntPtr buffer, UIntPtr buffer_size, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_predictions_save_image(IntPtr predictions, UIntPtr output,
            UIntPtr row, byte[] path, UIntPtr path_length, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern void sidekick_predictions_free(IntPtr predictions);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_predictions_array(IntPtr predictions, UIntPtr output, UIntPtr row,
            ref IntPtr elements, ref UIntPtr count, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_predictions_elements(IntPtr predictions, UIntPtr output,
            UIntPtr row, ref IntPtr elements, ref UIntPtr size, ref int dtype, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_predictions_elements_column(IntPtr predictions, UIntPtr output,
            ref IntPtr elements, ref UIntPtr size, ref int dtype, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_predictions_array_shape(IntPtr predictions, UIntPtr output,
            ref IntPtr shape, ref UIntPtr rank, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_predictions_row_shape(IntPtr predictions, UIntPtr output,
            UIntPtr row, ref IntPtr shape, ref UIntPtr rank, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_predictions_arrays(IntPtr predictions, UIntPtr output,
            ref IntPtr elements, ref UIntPtr count, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_predictions_copy_array(IntPtr predictions, UIntPtr output,
            UIntPtr row, int dtype, IntPtr buffer, UIntPtr buffer_size, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_predictions_save_npy(IntPtr predictions, UIntPtr output,
            UIntPtr row, byte[] path, UIntPtr path_length, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_stream_new(IntPtr deployment, IntPtr cancel, ref IntPtr stream,
            ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_stream_push(IntPtr stream, IntPtr rows, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_stream_is_full(IntPtr stream);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_stream_next(IntPtr stream, ref IntPtr predictions,
            ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern void sidekick_stream_free(IntPtr stream);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_cancel_new(ref IntPtr cancel, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_cancel_trigger(IntPtr cancel, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_cancel_set_timeout(IntPtr cancel, ulong milliseconds,
            ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern void sidekick_cancel_free(IntPtr cancel);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_error_status(IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern IntPtr sidekick_error_message(IntPtr error, ref UIntPtr length);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_error_http_status(IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern IntPtr sidekick_error_server_code(IntPtr error, ref UIntPtr length);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern IntPtr sidekick_error_server_message(IntPtr error, ref UIntPtr length);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern long sidekick_error_row(IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern long sidekick_error_rows_first(IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern UIntPtr sidekick_error_rows_count(IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern IntPtr sidekick_error_feature(IntPtr error, ref UIntPtr length);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_error_os_error(IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern uint sidekick_error_attempts(IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_error_retryable(IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern void sidekick_error_free(IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_options_new(ref IntPtr options, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_options_set_batch_rows(IntPtr options, UIntPtr batch_rows,
            ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_options_set_max_in_flight(IntPtr options, UIntPtr requests,
            ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_options_set_isolate_bad_rows(IntPtr options, int isolate,
            ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_options_set_isolate_status_500(IntPtr options, int isolate,
            ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_options_set_connect_timeout(IntPtr options, ulong milliseconds,
            ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_options_set_response_timeout(IntPtr options, ulong milliseconds,
            ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_options_set_call_timeout(IntPtr options, ulong milliseconds,
            ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_options_set_retries(IntPtr options, uint retries, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_options_set_retry_backoff(IntPtr options, ulong first_milliseconds,
            ulong ceiling_milliseconds, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_options_set_ca_file(IntPtr options, byte[] path,
            UIntPtr path_length, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_options_set_ca_pem(IntPtr options, IntPtr pem, UIntPtr size,
            ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_options_set_client_certificate_file(IntPtr options,
            byte[] certificate_path, UIntPtr certificate_path_length, byte[] key_path, UIntPtr key_path_length,
            ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_options_set_client_certificate_pem(IntPtr options,
            IntPtr certificate, UIntPtr certificate_size, IntPtr key, UIntPtr key_size, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_options_set_tls_minimum(IntPtr options, int version,
            ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_options_set_dangerous_skip_tls_verification(IntPtr options,
            int skip, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_options_set_allow_token_over_http(IntPtr options, int allow,
            ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_options_add_header(IntPtr options, byte[] name,
            UIntPtr name_length, byte[] value, UIntPtr value_length, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_options_set_user_agent_suffix(IntPtr options, byte[] suffix,
            UIntPtr suffix_length, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_options_set_host_header(IntPtr options, byte[] host,
            UIntPtr host_length, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_options_set_reply_limit(IntPtr options, ulong limit,
            ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_options_set_max_image_pixels(IntPtr options, ulong pixels,
            ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_options_set_apply_orientation(IntPtr options, int apply,
            ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_options_set_request_gzip(IntPtr options, int compress,
            ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_options_set_reply_gzip(IntPtr options, int allow, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_options_set_keep_alive(IntPtr options, UIntPtr connections,
            ulong idle_milliseconds, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_options_set_proxy(IntPtr options, byte[] url, UIntPtr url_length,
            ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_options_set_no_proxy(IntPtr options, byte[] hosts,
            UIntPtr hosts_length, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern void sidekick_options_free(IntPtr options);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_options_set_protocol(IntPtr options, int protocol,
            ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_options_set_model_description(IntPtr options, byte[] json,
            UIntPtr json_length, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_options_set_model_description_file(IntPtr options, byte[] path,
            UIntPtr path_length, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_options_set_wire(IntPtr options, int wire, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_options_set_token_callback(IntPtr options,
            sidekick_token_callback callback, IntPtr data, sidekick_release_callback release, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_token_set(IntPtr token, byte[] value, UIntPtr value_length,
            ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_token_fail(IntPtr token, byte[] message, UIntPtr message_length,
            ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_options_set_log_callback(IntPtr options,
            sidekick_log_callback callback, IntPtr data, sidekick_release_callback release, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_options_set_signal_callback(IntPtr options,
            sidekick_signal_callback callback, IntPtr data, sidekick_release_callback release, ref IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        public static extern int sidekick_options_set_callbacks_on_caller(IntPtr options, int on_caller,
            ref IntPtr error);
    }
}
