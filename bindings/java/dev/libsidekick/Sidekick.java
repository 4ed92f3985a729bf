// Written from sidekick.h, which is the manual, by `make header`: do not edit.

package dev.libsidekick;

import com.sun.jna.Callback;
import com.sun.jna.IntegerType;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.ByReference;
import com.sun.jna.ptr.DoubleByReference;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;

/** The functions of the C library. Texts are bytes in UTF-8 with their length. */
public interface Sidekick extends Library {
    Sidekick INSTANCE = Native.load("sidekick", Sidekick.class);

    /** A size_t. */
    class SizeT extends IntegerType {
        private static final long serialVersionUID = 1;

        public SizeT() {
            this(0);
        }

        public SizeT(long value) {
            super(Native.SIZE_T_SIZE, value, true);
        }
    }

    /** A place for a size_t. */
    class SizeTByReference extends ByReference {
        public SizeTByReference() {
            super(Native.SIZE_T_SIZE);
        }

        public long getValue() {
            return Native.SIZE_T_SIZE == 8 ? getPointer().getLong(0) : getPointer().getInt(0) & 0xFFFFFFFFL;
        }
    }

    /** As the length of a text that a NUL ends. */
    SizeT SIDEKICK_NUL = new SizeT(0xFFFFFFFFL);
    int SIDEKICK_VERSION_MAJOR = 0;
    int SIDEKICK_VERSION_MINOR = 2;
    int SIDEKICK_VERSION_PATCH = 0;
    int SIDEKICK_PROTOCOL_AUTO = 0;
    int SIDEKICK_PROTOCOL_DEPLOYMENT_API = 1;
    int SIDEKICK_PROTOCOL_OPEN_INFERENCE = 2;
    int SIDEKICK_INPUT = 0;
    int SIDEKICK_OUTPUT = 1;
    int SIDEKICK_TYPE_NUMERIC = 1;
    int SIDEKICK_TYPE_CATEGORICAL = 2;
    int SIDEKICK_TYPE_BINARY = 3;
    int SIDEKICK_TYPE_TEXT = 4;
    int SIDEKICK_TYPE_IMAGE = 5;
    int SIDEKICK_TYPE_BYTES = 6;
    int SIDEKICK_DTYPE_F32 = 1;
    int SIDEKICK_DTYPE_F64 = 2;
    int SIDEKICK_DTYPE_I8 = 3;
    int SIDEKICK_DTYPE_I16 = 4;
    int SIDEKICK_DTYPE_I32 = 5;
    int SIDEKICK_DTYPE_I64 = 6;
    int SIDEKICK_DTYPE_U8 = 7;
    int SIDEKICK_DTYPE_U16 = 8;
    int SIDEKICK_DTYPE_U32 = 9;
    int SIDEKICK_DTYPE_U64 = 10;
    int SIDEKICK_DTYPE_F16 = 11;
    int SIDEKICK_DTYPE_BF16 = 12;
    int SIDEKICK_DTYPE_BOOL = 13;
    int SIDEKICK_RECORD_END_ROW = 0;
    int SIDEKICK_RECORD_NUMBER = 1;
    int SIDEKICK_RECORD_INTEGER = 2;
    int SIDEKICK_RECORD_CATEGORY = 3;
    int SIDEKICK_RECORD_BINARY = 4;
    int SIDEKICK_RECORD_TEXT = 5;
    int SIDEKICK_RECORD_BYTES = 6;
    int SIDEKICK_RECORD_UNSIGNED = 7;
    int SIDEKICK_COLUMN_PIECES = -1;
    int SIDEKICK_COLUMN_TEXTS = -2;
    int SIDEKICK_OK = 0;
    int SIDEKICK_ERROR_ARGUMENT = 1;
    int SIDEKICK_ERROR_INTERNAL = 2;
    int SIDEKICK_ERROR_MEMORY = 3;
    int SIDEKICK_ERROR_FILE = 4;
    int SIDEKICK_ERROR_STREAM_FULL = 5;
    int SIDEKICK_ERROR_UNKNOWN_FEATURE = 10;
    int SIDEKICK_ERROR_FEATURE_TYPE = 11;
    int SIDEKICK_ERROR_FEATURE_SHAPE = 12;
    int SIDEKICK_ERROR_FEATURE_VALUE = 13;
    int SIDEKICK_ERROR_FEATURE_TWICE = 14;
    int SIDEKICK_ERROR_ROW_INCOMPLETE = 15;
    int SIDEKICK_ERROR_IMAGE = 16;
    int SIDEKICK_ERROR_NPY = 17;
    int SIDEKICK_ERROR_CONNECT = 20;
    int SIDEKICK_ERROR_TLS = 21;
    int SIDEKICK_ERROR_TIMEOUT = 22;
    int SIDEKICK_ERROR_NETWORK = 23;
    int SIDEKICK_ERROR_CANCELLED = 24;
    int SIDEKICK_ERROR_HTTP = 30;
    int SIDEKICK_ERROR_SERVER = 31;
    int SIDEKICK_ERROR_DESCRIBE = 40;
    int SIDEKICK_ERROR_REPLY_MALFORMED = 41;
    int SIDEKICK_ERROR_REPLY_ROWS = 42;
    int SIDEKICK_ERROR_REPLY_OUTPUT = 43;
    int SIDEKICK_ERROR_REPLY_TYPE = 44;
    int SIDEKICK_ERROR_REPLY_SHAPE = 45;
    int SIDEKICK_ERROR_REPLY_ENCODING = 46;
    int SIDEKICK_ERROR_REPLY_TOO_LARGE = 47;
    int SIDEKICK_TLS_1_2 = 12;
    int SIDEKICK_TLS_1_3 = 13;
    int SIDEKICK_WIRE_AUTO = 0;
    int SIDEKICK_WIRE_BINARY = 1;
    int SIDEKICK_WIRE_JSON = 2;
    int SIDEKICK_LOG_ERROR = 1;
    int SIDEKICK_LOG_WARNING = 2;
    int SIDEKICK_LOG_INFO = 3;
    int SIDEKICK_LOG_DEBUG = 4;

    interface sidekick_token_callback extends Callback {
        int invoke(Pointer data, int refused, Pointer token);
    }

    interface sidekick_release_callback extends Callback {
        void invoke(Pointer data);
    }

    interface sidekick_log_callback extends Callback {
        void invoke(Pointer data, int level, Pointer message, SizeT length);
    }

    interface sidekick_signal_callback extends Callback {
        int invoke(Pointer data);
    }

    Pointer sidekick_version();

    int sidekick_deployment_open(byte[] url, SizeT url_length, byte[] token, SizeT token_length,
        Pointer options, Pointer cancel, PointerByReference deployment, PointerByReference error);

    void sidekick_deployment_free(Pointer deployment);

    SizeT sidekick_deployment_batch_limit(Pointer deployment);

    Pointer sidekick_deployment_model_version(Pointer deployment, SizeTByReference length);

    int sidekick_deployment_protocol(Pointer deployment);

    SizeT sidekick_deployment_feature_count(Pointer deployment, int side);

    int sidekick_deployment_feature_index(Pointer deployment, int side, byte[] name, SizeT name_length,
        SizeTByReference index, PointerByReference error);

    int sidekick_deployment_feature_name(Pointer deployment, int side, SizeT index, PointerByReference name,
        SizeTByReference name_length, PointerByReference error);

    int sidekick_deployment_feature_type(Pointer deployment, int side, SizeT index,
        IntByReference feature_type, PointerByReference error);

    int sidekick_deployment_feature_dtype(Pointer deployment, int side, SizeT index, IntByReference dtype,
        PointerByReference error);

    int sidekick_deployment_feature_optional(Pointer deployment, int side, SizeT index,
        IntByReference optional, PointerByReference error);

    int sidekick_deployment_feature_shape(Pointer deployment, int side, SizeT index,
        PointerByReference shape, SizeTByReference rank, PointerByReference error);

    int sidekick_deployment_category_count(Pointer deployment, int side, SizeT index, SizeTByReference count,
        PointerByReference error);

    int sidekick_deployment_category(Pointer deployment, int side, SizeT index, SizeT category,
        PointerByReference label, SizeTByReference label_length, PointerByReference error);

    int sidekick_rows_new(Pointer deployment, PointerByReference rows, PointerByReference error);

    SizeT sidekick_rows_count(Pointer rows);

    int sidekick_rows_add_number(Pointer rows, byte[] name, SizeT name_length, double number,
        PointerByReference error);

    int sidekick_rows_add_number_at(Pointer rows, SizeT index, double number, PointerByReference error);

    int sidekick_rows_add_integer(Pointer rows, byte[] name, SizeT name_length, long integer,
        PointerByReference error);

    int sidekick_rows_add_integer_at(Pointer rows, SizeT index, long integer, PointerByReference error);

    int sidekick_rows_add_unsigned(Pointer rows, byte[] name, SizeT name_length, long integer,
        PointerByReference error);

    int sidekick_rows_add_unsigned_at(Pointer rows, SizeT index, long integer, PointerByReference error);

    int sidekick_rows_add_category(Pointer rows, byte[] name, SizeT name_length, byte[] label,
        SizeT label_length, PointerByReference error);

    int sidekick_rows_add_category_at(Pointer rows, SizeT index, byte[] label, SizeT label_length,
        PointerByReference error);

    int sidekick_rows_add_binary(Pointer rows, byte[] name, SizeT name_length, int value,
        PointerByReference error);

    int sidekick_rows_add_binary_at(Pointer rows, SizeT index, int value, PointerByReference error);

    int sidekick_rows_add_text(Pointer rows, byte[] name, SizeT name_length, byte[] value,
        SizeT value_length, PointerByReference error);

    int sidekick_rows_add_text_at(Pointer rows, SizeT index, byte[] value, SizeT value_length,
        PointerByReference error);

    int sidekick_rows_add_bytes(Pointer rows, byte[] name, SizeT name_length, Pointer value, SizeT size,
        PointerByReference error);

    int sidekick_rows_add_bytes_at(Pointer rows, SizeT index, Pointer value, SizeT size,
        PointerByReference error);

    int sidekick_rows_add_packed(Pointer rows, Pointer records, SizeT size, PointerByReference error);

    int sidekick_rows_end_row(Pointer rows, PointerByReference error);

    int sidekick_rows_discard_row(Pointer rows, PointerByReference error);

    int sidekick_rows_clear(Pointer rows, PointerByReference error);

    void sidekick_rows_free(Pointer rows);

    int sidekick_rows_add_image(Pointer rows, byte[] name, SizeT name_length, Pointer encoded, SizeT size,
        PointerByReference error);

    int sidekick_rows_add_image_at(Pointer rows, SizeT index, Pointer encoded, SizeT size,
        PointerByReference error);

    int sidekick_rows_add_image_file(Pointer rows, byte[] name, SizeT name_length, byte[] path,
        SizeT path_length, PointerByReference error);

    int sidekick_rows_add_image_file_at(Pointer rows, SizeT index, byte[] path, SizeT path_length,
        PointerByReference error);

    int sidekick_rows_add_pixels(Pointer rows, byte[] name, SizeT name_length, int width, int height,
        int channels, SizeT row_stride, Pointer samples, SizeT size, int jpeg_quality, PointerByReference error);

    int sidekick_rows_add_pixels_at(Pointer rows, SizeT index, int width, int height, int channels,
        SizeT row_stride, Pointer samples, SizeT size, int jpeg_quality, PointerByReference error);

    int sidekick_rows_add_array(Pointer rows, byte[] name, SizeT name_length, int dtype, Pointer shape,
        SizeT rank, Pointer strides, Pointer data, SizeT data_size, PointerByReference error);

    int sidekick_rows_add_array_at(Pointer rows, SizeT index, int dtype, Pointer shape, SizeT rank,
        Pointer strides, Pointer data, SizeT data_size, PointerByReference error);

    int sidekick_rows_add_npy(Pointer rows, byte[] name, SizeT name_length, Pointer file, SizeT size,
        PointerByReference error);

    int sidekick_rows_add_npy_at(Pointer rows, SizeT index, Pointer file, SizeT size,
        PointerByReference error);

    int sidekick_rows_add_npy_file(Pointer rows, byte[] name, SizeT name_length, byte[] path,
        SizeT path_length, PointerByReference error);

    int sidekick_rows_add_npy_file_at(Pointer rows, SizeT index, byte[] path, SizeT path_length,
        PointerByReference error);

    int sidekick_rows_add_columns(Pointer rows, SizeT count, SizeT column_count, Pointer inputs, int[] kinds,
        Pointer values, Pointer sizes, Pointer ends, PointerByReference error);

    int sidekick_deployment_predict(Pointer deployment, Pointer rows, Pointer cancel,
        PointerByReference predictions, PointerByReference error);

    int sidekick_deployment_predict_packed(Pointer deployment, Pointer records, SizeT size, Pointer cancel,
        double[] values, SizeT count, PointerByReference error);

    int sidekick_deployment_post_json(Pointer deployment, byte[] json, SizeT json_length, Pointer cancel,
        PointerByReference reply, PointerByReference error);

    int sidekick_reply_http_status(Pointer reply);

    Pointer sidekick_reply_text(Pointer reply, SizeTByReference length);

    void sidekick_reply_free(Pointer reply);

    SizeT sidekick_predictions_count(Pointer predictions);

    SizeT sidekick_predictions_failure_count(Pointer predictions);

    int sidekick_predictions_failure(Pointer predictions, SizeT index, PointerByReference failure,
        PointerByReference error);

    int sidekick_predictions_sent_row(Pointer predictions, SizeT prediction, SizeTByReference row,
        PointerByReference error);

    int sidekick_predictions_number(Pointer predictions, SizeT output, SizeT row, DoubleByReference number,
        PointerByReference error);

    int sidekick_predictions_integer(Pointer predictions, SizeT output, SizeT row, LongByReference value,
        PointerByReference error);

    int sidekick_predictions_numbers(Pointer predictions, SizeT output, PointerByReference numbers,
        SizeTByReference count, PointerByReference error);

    int sidekick_predictions_bytes(Pointer predictions, SizeT output, SizeT row, PointerByReference value,
        SizeTByReference size, PointerByReference error);

    int sidekick_predictions_bytes_column(Pointer predictions, SizeT output, PointerByReference values,
        PointerByReference ends, SizeTByReference count, PointerByReference error);

    int sidekick_predictions_text(Pointer predictions, SizeT output, SizeT row, PointerByReference value,
        SizeTByReference value_length, PointerByReference error);

    int sidekick_predictions_texts(Pointer predictions, SizeT output, PointerByReference texts,
        PointerByReference ends, SizeTByReference count, PointerByReference error);

    int sidekick_predictions_category_count(Pointer predictions, SizeT output, SizeTByReference count,
        PointerByReference error);

    int sidekick_predictions_category_label(Pointer predictions, SizeT output, SizeT category,
        PointerByReference label, SizeTByReference label_length, PointerByReference error);

    int sidekick_predictions_probabilities(Pointer predictions, SizeT output, SizeT row,
        PointerByReference probabilities, SizeTByReference count, PointerByReference error);

    int sidekick_predictions_probability_matrix(Pointer predictions, SizeT output, PointerByReference matrix,
        SizeTByReference count, PointerByReference error);

    int sidekick_predictions_probability(Pointer predictions, SizeT output, SizeT row, byte[] label,
        SizeT label_length, DoubleByReference probability, PointerByReference error);

    int sidekick_predictions_top(Pointer predictions, SizeT output, SizeT row, SizeT rank,
        PointerByReference label, SizeTByReference label_length, DoubleByReference probability,
        PointerByReference error);

    int sidekick_predictions_image(Pointer predictions, SizeT output, SizeT row, PointerByReference encoded,
        SizeTByReference size, PointerByReference media_type, PointerByReference error);

    int sidekick_predictions_image_size(Pointer predictions, SizeT output, SizeT row, IntByReference width,
        IntByReference height, IntByReference channels, PointerByReference error);

    int sidekick_predictions_image_pixels(Pointer predictions, SizeT output, SizeT row, Pointer buffer,
        SizeT buffer_size, PointerByReference error);

    int sidekick_predictions_save_image(Pointer predictions, SizeT output, SizeT row, byte[] path,
        SizeT path_length, PointerByReference error);

    void sidekick_predictions_free(Pointer predictions);

    int sidekick_predictions_array(Pointer predictions, SizeT output, SizeT row, PointerByReference elements,
        SizeTByReference count, PointerByReference error);

    int sidekick_predictions_elements(Pointer predictions, SizeT output, SizeT row,
        PointerByReference elements, SizeTByReference size, IntByReference dtype, PointerByReference error);

    int sidekick_predictions_elements_column(Pointer predictions, SizeT output, PointerByReference elements,
        SizeTByReference size, IntByReference dtype, PointerByReference error);

    int sidekick_predictions_array_shape(Pointer predictions, SizeT output, PointerByReference shape,
        SizeTByReference rank, PointerByReference error);

    int sidekick_predictions_row_shape(Pointer predictions, SizeT output, SizeT row,
        PointerByReference shape, SizeTByReference rank, PointerByReference error);

    int sidekick_predictions_arrays(Pointer predictions, SizeT output, PointerByReference elements,
        SizeTByReference count, PointerByReference error);

    int sidekick_predictions_copy_array(Pointer predictions, SizeT output, SizeT row, int dtype,
        Pointer buffer, SizeT buffer_size, PointerByReference error);

    int sidekick_predictions_save_npy(Pointer predictions, SizeT output, SizeT row, byte[] path,
        SizeT path_length, PointerByReference error);

    int sidekick_stream_new(Pointer deployment, Pointer cancel, PointerByReference stream,
        PointerByReference error);

    int sidekick_stream_push(Pointer stream, Pointer rows, PointerByReference error);

    int sidekick_stream_is_full(Pointer stream);

    int sidekick_stream_next(Pointer stream, PointerByReference predictions, PointerByReference error);

    void sidekick_stream_free(Pointer stream);

    int sidekick_cancel_new(PointerByReference cancel, PointerByReference error);

    int sidekick_cancel_trigger(Pointer cancel, PointerByReference error);

    int sidekick_cancel_set_timeout(Pointer cancel, long milliseconds, PointerByReference error);

    void sidekick_cancel_free(Pointer cancel);

    int sidekick_error_status(Pointer error);

    Pointer sidekick_error_message(Pointer error, SizeTByReference length);

    int sidekick_error_http_status(Pointer error);

    Pointer sidekick_error_server_code(Pointer error, SizeTByReference length);

    Pointer sidekick_error_server_message(Pointer error, SizeTByReference length);

    long sidekick_error_row(Pointer error);

    long sidekick_error_rows_first(Pointer error);

    SizeT sidekick_error_rows_count(Pointer error);

    Pointer sidekick_error_feature(Pointer error, SizeTByReference length);

    int sidekick_error_os_error(Pointer error);

    int sidekick_error_attempts(Pointer error);

    int sidekick_error_retryable(Pointer error);

    void sidekick_error_free(Pointer error);

    int sidekick_options_new(PointerByReference options, PointerByReference error);

    int sidekick_options_set_batch_rows(Pointer options, SizeT batch_rows, PointerByReference error);

    int sidekick_options_set_max_in_flight(Pointer options, SizeT requests, PointerByReference error);

    int sidekick_options_set_isolate_bad_rows(Pointer options, int isolate, PointerByReference error);

    int sidekick_options_set_isolate_status_500(Pointer options, int isolate, PointerByReference error);

    int sidekick_options_set_connect_timeout(Pointer options, long milliseconds, PointerByReference error);

    int sidekick_options_set_response_timeout(Pointer options, long milliseconds, PointerByReference error);

    int sidekick_options_set_call_timeout(Pointer options, long milliseconds, PointerByReference error);

    int sidekick_options_set_retries(Pointer options, int retries, PointerByReference error);

    int sidekick_options_set_retry_backoff(Pointer options, long first_milliseconds,
        long ceiling_milliseconds, PointerByReference error);

    int sidekick_options_set_ca_file(Pointer options, byte[] path, SizeT path_length,
        PointerByReference error);

    int sidekick_options_set_ca_pem(Pointer options, Pointer pem, SizeT size, PointerByReference error);

    int sidekick_options_set_client_certificate_file(Pointer options, byte[] certificate_path,
        SizeT certificate_path_length, byte[] key_path, SizeT key_path_length, PointerByReference error);

    int sidekick_options_set_client_certificate_pem(Pointer options, Pointer certificate,
        SizeT certificate_size, Pointer key, SizeT key_size, PointerByReference error);

    int sidekick_options_set_tls_minimum(Pointer options, int version, PointerByReference error);

    int sidekick_options_set_dangerous_skip_tls_verification(Pointer options, int skip,
        PointerByReference error);

    int sidekick_options_set_allow_token_over_http(Pointer options, int allow, PointerByReference error);

    int sidekick_options_add_header(Pointer options, byte[] name, SizeT name_length, byte[] value,
        SizeT value_length, PointerByReference error);

    int sidekick_options_set_user_agent_suffix(Pointer options, byte[] suffix, SizeT suffix_length,
        PointerByReference error);

    int sidekick_options_set_host_header(Pointer options, byte[] host, SizeT host_length,
        PointerByReference error);

    int sidekick_options_set_reply_limit(Pointer options, long limit, PointerByReference error);

    int sidekick_options_set_max_image_pixels(Pointer options, long pixels, PointerByReference error);

    int sidekick_options_set_apply_orientation(Pointer options, int apply, PointerByReference error);

    int sidekick_options_set_request_gzip(Pointer options, int compress, PointerByReference error);

    int sidekick_options_set_reply_gzip(Pointer options, int allow, PointerByReference error);

    int sidekick_options_set_keep_alive(Pointer options, SizeT connections, long idle_milliseconds,
        PointerByReference error);

    int sidekick_options_set_proxy(Pointer options, byte[] url, SizeT url_length, PointerByReference error);

    int sidekick_options_set_no_proxy(Pointer options, byte[] hosts, SizeT hosts_length,
        PointerByReference error);

    void sidekick_options_free(Pointer options);

    int sidekick_options_set_protocol(Pointer options, int protocol, PointerByReference error);

    int sidekick_options_set_model_description(Pointer options, byte[] json, SizeT json_length,
        PointerByReference error);

    int sidekick_options_set_model_description_file(Pointer options, byte[] path, SizeT path_length,
        PointerByReference error);

    int sidekick_options_set_wire(Pointer options, int wire, PointerByReference error);

    int sidekick_options_set_token_callback(Pointer options, sidekick_token_callback callback, Pointer data,
        sidekick_release_callback release, PointerByReference error);

    int sidekick_token_set(Pointer token, byte[] value, SizeT value_length, PointerByReference error);

    int sidekick_token_fail(Pointer token, byte[] message, SizeT message_length, PointerByReference error);

    int sidekick_options_set_log_callback(Pointer options, sidekick_log_callback callback, Pointer data,
        sidekick_release_callback release, PointerByReference error);

    int sidekick_options_set_signal_callback(Pointer options, sidekick_signal_callback callback,
        Pointer data, sidekick_release_callback release, PointerByReference error);

    int sidekick_options_set_callbacks_on_caller(Pointer options, int on_caller, PointerByReference error);
}
