--  Written from sidekick.h, which is the manual, by `make header`: do not edit.
--  A text goes as To_C (Text) with the length Text'Length. Null is fine for what is not wanted.

with Interfaces;           use Interfaces;
with Interfaces.C;         use Interfaces.C;
with Interfaces.C.Strings; use Interfaces.C.Strings;
with System;

package Sidekick is

   --  As the length of a text that a NUL ends.
   SIDEKICK_NUL : constant size_t := size_t'Last;
   SIDEKICK_VERSION_MAJOR : constant := 0;
   SIDEKICK_VERSION_MINOR : constant := 2;
   SIDEKICK_VERSION_PATCH : constant := 0;
   SIDEKICK_PROTOCOL_AUTO : constant := 0;
   SIDEKICK_PROTOCOL_DEPLOYMENT_API : constant := 1;
   SIDEKICK_PROTOCOL_OPEN_INFERENCE : constant := 2;
   SIDEKICK_INPUT : constant := 0;
   SIDEKICK_OUTPUT : constant := 1;
   SIDEKICK_TYPE_NUMERIC : constant := 1;
   SIDEKICK_TYPE_CATEGORICAL : constant := 2;
   SIDEKICK_TYPE_BINARY : constant := 3;
   SIDEKICK_TYPE_TEXT : constant := 4;
   SIDEKICK_TYPE_IMAGE : constant := 5;
   SIDEKICK_TYPE_BYTES : constant := 6;
   SIDEKICK_DTYPE_F32 : constant := 1;
   SIDEKICK_DTYPE_F64 : constant := 2;
   SIDEKICK_DTYPE_I8 : constant := 3;
   SIDEKICK_DTYPE_I16 : constant := 4;
   SIDEKICK_DTYPE_I32 : constant := 5;
   SIDEKICK_DTYPE_I64 : constant := 6;
   SIDEKICK_DTYPE_U8 : constant := 7;
   SIDEKICK_DTYPE_U16 : constant := 8;
   SIDEKICK_DTYPE_U32 : constant := 9;
   SIDEKICK_DTYPE_U64 : constant := 10;
   SIDEKICK_DTYPE_F16 : constant := 11;
   SIDEKICK_DTYPE_BF16 : constant := 12;
   SIDEKICK_DTYPE_BOOL : constant := 13;
   SIDEKICK_RECORD_END_ROW : constant := 0;
   SIDEKICK_RECORD_NUMBER : constant := 1;
   SIDEKICK_RECORD_INTEGER : constant := 2;
   SIDEKICK_RECORD_CATEGORY : constant := 3;
   SIDEKICK_RECORD_BINARY : constant := 4;
   SIDEKICK_RECORD_TEXT : constant := 5;
   SIDEKICK_RECORD_BYTES : constant := 6;
   SIDEKICK_RECORD_UNSIGNED : constant := 7;
   SIDEKICK_COLUMN_PIECES : constant := -1;
   SIDEKICK_COLUMN_TEXTS : constant := -2;
   SIDEKICK_OK : constant := 0;
   SIDEKICK_ERROR_ARGUMENT : constant := 1;
   SIDEKICK_ERROR_INTERNAL : constant := 2;
   SIDEKICK_ERROR_MEMORY : constant := 3;
   SIDEKICK_ERROR_FILE : constant := 4;
   SIDEKICK_ERROR_STREAM_FULL : constant := 5;
   SIDEKICK_ERROR_UNKNOWN_FEATURE : constant := 10;
   SIDEKICK_ERROR_FEATURE_TYPE : constant := 11;
   SIDEKICK_ERROR_FEATURE_SHAPE : constant := 12;
   SIDEKICK_ERROR_FEATURE_VALUE : constant := 13;
   SIDEKICK_ERROR_FEATURE_TWICE : constant := 14;
   SIDEKICK_ERROR_ROW_INCOMPLETE : constant := 15;
   SIDEKICK_ERROR_IMAGE : constant := 16;
   SIDEKICK_ERROR_NPY : constant := 17;
   SIDEKICK_ERROR_CONNECT : constant := 20;
   SIDEKICK_ERROR_TLS : constant := 21;
   SIDEKICK_ERROR_TIMEOUT : constant := 22;
   SIDEKICK_ERROR_NETWORK : constant := 23;
   SIDEKICK_ERROR_CANCELLED : constant := 24;
   SIDEKICK_ERROR_HTTP : constant := 30;
   SIDEKICK_ERROR_SERVER : constant := 31;
   SIDEKICK_ERROR_DESCRIBE : constant := 40;
   SIDEKICK_ERROR_REPLY_MALFORMED : constant := 41;
   SIDEKICK_ERROR_REPLY_ROWS : constant := 42;
   SIDEKICK_ERROR_REPLY_OUTPUT : constant := 43;
   SIDEKICK_ERROR_REPLY_TYPE : constant := 44;
   SIDEKICK_ERROR_REPLY_SHAPE : constant := 45;
   SIDEKICK_ERROR_REPLY_ENCODING : constant := 46;
   SIDEKICK_ERROR_REPLY_TOO_LARGE : constant := 47;
   SIDEKICK_TLS_1_2 : constant := 12;
   SIDEKICK_TLS_1_3 : constant := 13;
   SIDEKICK_WIRE_AUTO : constant := 0;
   SIDEKICK_WIRE_BINARY : constant := 1;
   SIDEKICK_WIRE_JSON : constant := 2;
   SIDEKICK_LOG_ERROR : constant := 1;
   SIDEKICK_LOG_WARNING : constant := 2;
   SIDEKICK_LOG_INFO : constant := 3;
   SIDEKICK_LOG_DEBUG : constant := 4;

   subtype sidekick_status is Integer_32;

   type sidekick_cancel is limited private;
   type sidekick_cancel_pointer is access all sidekick_cancel with Convention => C;

   type sidekick_deployment is limited private;
   type sidekick_deployment_pointer is access all sidekick_deployment with Convention => C;

   type sidekick_error is limited private;
   type sidekick_error_pointer is access all sidekick_error with Convention => C;

   type sidekick_options is limited private;
   type sidekick_options_pointer is access all sidekick_options with Convention => C;

   type sidekick_predictions is limited private;
   type sidekick_predictions_pointer is access all sidekick_predictions with Convention => C;

   type sidekick_reply is limited private;
   type sidekick_reply_pointer is access all sidekick_reply with Convention => C;

   type sidekick_rows is limited private;
   type sidekick_rows_pointer is access all sidekick_rows with Convention => C;

   type sidekick_stream is limited private;
   type sidekick_stream_pointer is access all sidekick_stream with Convention => C;

   type sidekick_token is limited private;
   type sidekick_token_pointer is access all sidekick_token with Convention => C;

   type sidekick_token_callback is access function (data : System.Address; refused : Integer_32;
      token : sidekick_token_pointer) return Integer_32 with Convention => C;

   type sidekick_release_callback is access procedure (data : System.Address) with Convention => C;

   type sidekick_log_callback is access procedure (data : System.Address; level : Integer_32;
      message : char_array; length : size_t) with Convention => C;

   type sidekick_signal_callback is access function (data : System.Address) return Integer_32 with Convention
      => C;

   function sidekick_version  return chars_ptr
     with Import, Convention => C, External_Name => "sidekick_version";

   function sidekick_deployment_open (url : char_array; url_length : size_t; token : char_array;
      token_length : size_t; options : sidekick_options_pointer; cancel : sidekick_cancel_pointer;
      deployment : access sidekick_deployment_pointer; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_deployment_open";

   procedure sidekick_deployment_free (deployment : sidekick_deployment_pointer)
     with Import, Convention => C, External_Name => "sidekick_deployment_free";

   function sidekick_deployment_batch_limit (deployment : sidekick_deployment_pointer) return size_t
     with Import, Convention => C, External_Name => "sidekick_deployment_batch_limit";

   function sidekick_deployment_model_version (deployment : sidekick_deployment_pointer;
      length : access size_t) return chars_ptr
     with Import, Convention => C, External_Name => "sidekick_deployment_model_version";

   function sidekick_deployment_protocol (deployment : sidekick_deployment_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_deployment_protocol";

   function sidekick_deployment_feature_count (deployment : sidekick_deployment_pointer;
      side : Integer_32) return size_t
     with Import, Convention => C, External_Name => "sidekick_deployment_feature_count";

   function sidekick_deployment_feature_index (deployment : sidekick_deployment_pointer; side : Integer_32;
      name : char_array; name_length : size_t; index : access size_t;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_deployment_feature_index";

   function sidekick_deployment_feature_name (deployment : sidekick_deployment_pointer; side : Integer_32;
      index : size_t; name : access chars_ptr; name_length : access size_t;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_deployment_feature_name";

   function sidekick_deployment_feature_type (deployment : sidekick_deployment_pointer; side : Integer_32;
      index : size_t; feature_type : access Integer_32; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_deployment_feature_type";

   function sidekick_deployment_feature_dtype (deployment : sidekick_deployment_pointer; side : Integer_32;
      index : size_t; dtype : access Integer_32; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_deployment_feature_dtype";

   function sidekick_deployment_feature_optional (deployment : sidekick_deployment_pointer;
      side : Integer_32; index : size_t; optional : access Integer_32;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_deployment_feature_optional";

   function sidekick_deployment_feature_shape (deployment : sidekick_deployment_pointer; side : Integer_32;
      index : size_t; shape : access System.Address; rank : access size_t;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_deployment_feature_shape";

   function sidekick_deployment_category_count (deployment : sidekick_deployment_pointer; side : Integer_32;
      index : size_t; count : access size_t; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_deployment_category_count";

   function sidekick_deployment_category (deployment : sidekick_deployment_pointer; side : Integer_32;
      index : size_t; category : size_t; label : access chars_ptr; label_length : access size_t;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_deployment_category";

   function sidekick_rows_new (deployment : sidekick_deployment_pointer; rows : access sidekick_rows_pointer;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_rows_new";

   function sidekick_rows_count (rows : sidekick_rows_pointer) return size_t
     with Import, Convention => C, External_Name => "sidekick_rows_count";

   function sidekick_rows_add_number (rows : sidekick_rows_pointer; name : char_array; name_length : size_t;
      number : double; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_rows_add_number";

   function sidekick_rows_add_number_at (rows : sidekick_rows_pointer; index : size_t; number : double;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_rows_add_number_at";

   function sidekick_rows_add_integer (rows : sidekick_rows_pointer; name : char_array; name_length : size_t;
      integer : Integer_64; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_rows_add_integer";

   function sidekick_rows_add_integer_at (rows : sidekick_rows_pointer; index : size_t; integer : Integer_64;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_rows_add_integer_at";

   function sidekick_rows_add_unsigned (rows : sidekick_rows_pointer; name : char_array;
      name_length : size_t; integer : Unsigned_64; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_rows_add_unsigned";

   function sidekick_rows_add_unsigned_at (rows : sidekick_rows_pointer; index : size_t;
      integer : Unsigned_64; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_rows_add_unsigned_at";

   function sidekick_rows_add_category (rows : sidekick_rows_pointer; name : char_array;
      name_length : size_t; label : char_array; label_length : size_t;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_rows_add_category";

   function sidekick_rows_add_category_at (rows : sidekick_rows_pointer; index : size_t; label : char_array;
      label_length : size_t; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_rows_add_category_at";

   function sidekick_rows_add_binary (rows : sidekick_rows_pointer; name : char_array; name_length : size_t;
      value : Integer_32; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_rows_add_binary";

   function sidekick_rows_add_binary_at (rows : sidekick_rows_pointer; index : size_t; value : Integer_32;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_rows_add_binary_at";

   function sidekick_rows_add_text (rows : sidekick_rows_pointer; name : char_array; name_length : size_t;
      value : char_array; value_length : size_t; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_rows_add_text";

   function sidekick_rows_add_text_at (rows : sidekick_rows_pointer; index : size_t; value : char_array;
      value_length : size_t; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_rows_add_text_at";

   function sidekick_rows_add_bytes (rows : sidekick_rows_pointer; name : char_array; name_length : size_t;
      value : System.Address; size : size_t; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_rows_add_bytes";

   function sidekick_rows_add_bytes_at (rows : sidekick_rows_pointer; index : size_t; value : System.Address;
      size : size_t; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_rows_add_bytes_at";

   function sidekick_rows_add_packed (rows : sidekick_rows_pointer; records : System.Address; size : size_t;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_rows_add_packed";

   function sidekick_rows_end_row (rows : sidekick_rows_pointer;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_rows_end_row";

   function sidekick_rows_discard_row (rows : sidekick_rows_pointer;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_rows_discard_row";

   function sidekick_rows_clear (rows : sidekick_rows_pointer;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_rows_clear";

   procedure sidekick_rows_free (rows : sidekick_rows_pointer)
     with Import, Convention => C, External_Name => "sidekick_rows_free";

   function sidekick_rows_add_image (rows : sidekick_rows_pointer; name : char_array; name_length : size_t;
      encoded : System.Address; size : size_t; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_rows_add_image";

   function sidekick_rows_add_image_at (rows : sidekick_rows_pointer; index : size_t;
      encoded : System.Address; size : size_t; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_rows_add_image_at";

   function sidekick_rows_add_image_file (rows : sidekick_rows_pointer; name : char_array;
      name_length : size_t; path : char_array; path_length : size_t;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_rows_add_image_file";

   function sidekick_rows_add_image_file_at (rows : sidekick_rows_pointer; index : size_t; path : char_array;
      path_length : size_t; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_rows_add_image_file_at";

   function sidekick_rows_add_pixels (rows : sidekick_rows_pointer; name : char_array; name_length : size_t;
      width : Unsigned_32; height : Unsigned_32; channels : Unsigned_32; row_stride : size_t;
      samples : System.Address; size : size_t; jpeg_quality : Integer_32;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_rows_add_pixels";

   function sidekick_rows_add_pixels_at (rows : sidekick_rows_pointer; index : size_t; width : Unsigned_32;
      height : Unsigned_32; channels : Unsigned_32; row_stride : size_t; samples : System.Address; size : size_t;
      jpeg_quality : Integer_32; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_rows_add_pixels_at";

   function sidekick_rows_add_array (rows : sidekick_rows_pointer; name : char_array; name_length : size_t;
      dtype : Integer_32; shape : System.Address; rank : size_t; strides : System.Address; data : System.Address;
      data_size : size_t; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_rows_add_array";

   function sidekick_rows_add_array_at (rows : sidekick_rows_pointer; index : size_t; dtype : Integer_32;
      shape : System.Address; rank : size_t; strides : System.Address; data : System.Address; data_size : size_t;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_rows_add_array_at";

   function sidekick_rows_add_npy (rows : sidekick_rows_pointer; name : char_array; name_length : size_t;
      file : System.Address; size : size_t; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_rows_add_npy";

   function sidekick_rows_add_npy_at (rows : sidekick_rows_pointer; index : size_t; file : System.Address;
      size : size_t; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_rows_add_npy_at";

   function sidekick_rows_add_npy_file (rows : sidekick_rows_pointer; name : char_array;
      name_length : size_t; path : char_array; path_length : size_t;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_rows_add_npy_file";

   function sidekick_rows_add_npy_file_at (rows : sidekick_rows_pointer; index : size_t; path : char_array;
      path_length : size_t; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_rows_add_npy_file_at";

   function sidekick_rows_add_columns (rows : sidekick_rows_pointer; count : size_t; column_count : size_t;
      inputs : System.Address; kinds : System.Address; values : System.Address; sizes : System.Address;
      ends : System.Address; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_rows_add_columns";

   function sidekick_deployment_predict (deployment : sidekick_deployment_pointer;
      rows : sidekick_rows_pointer; cancel : sidekick_cancel_pointer;
      predictions : access sidekick_predictions_pointer; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_deployment_predict";

   function sidekick_deployment_predict_packed (deployment : sidekick_deployment_pointer;
      records : System.Address; size : size_t; cancel : sidekick_cancel_pointer; values : System.Address;
      count : size_t; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_deployment_predict_packed";

   function sidekick_deployment_post_json (deployment : sidekick_deployment_pointer; json : char_array;
      json_length : size_t; cancel : sidekick_cancel_pointer; reply : access sidekick_reply_pointer;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_deployment_post_json";

   function sidekick_reply_http_status (reply : sidekick_reply_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_reply_http_status";

   function sidekick_reply_text (reply : sidekick_reply_pointer; length : access size_t) return chars_ptr
     with Import, Convention => C, External_Name => "sidekick_reply_text";

   procedure sidekick_reply_free (reply : sidekick_reply_pointer)
     with Import, Convention => C, External_Name => "sidekick_reply_free";

   function sidekick_predictions_count (predictions : sidekick_predictions_pointer) return size_t
     with Import, Convention => C, External_Name => "sidekick_predictions_count";

   function sidekick_predictions_failure_count (predictions : sidekick_predictions_pointer) return size_t
     with Import, Convention => C, External_Name => "sidekick_predictions_failure_count";

   function sidekick_predictions_failure (predictions : sidekick_predictions_pointer; index : size_t;
      failure : access sidekick_error_pointer; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_predictions_failure";

   function sidekick_predictions_sent_row (predictions : sidekick_predictions_pointer; prediction : size_t;
      row : access size_t; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_predictions_sent_row";

   function sidekick_predictions_number (predictions : sidekick_predictions_pointer; output : size_t;
      row : size_t; number : access double; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_predictions_number";

   function sidekick_predictions_integer (predictions : sidekick_predictions_pointer; output : size_t;
      row : size_t; value : access Integer_64; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_predictions_integer";

   function sidekick_predictions_numbers (predictions : sidekick_predictions_pointer; output : size_t;
      numbers : access System.Address; count : access size_t;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_predictions_numbers";

   function sidekick_predictions_bytes (predictions : sidekick_predictions_pointer; output : size_t;
      row : size_t; value : access System.Address; size : access size_t;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_predictions_bytes";

   function sidekick_predictions_bytes_column (predictions : sidekick_predictions_pointer; output : size_t;
      values : access System.Address; ends : access System.Address; count : access size_t;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_predictions_bytes_column";

   function sidekick_predictions_text (predictions : sidekick_predictions_pointer; output : size_t;
      row : size_t; value : access chars_ptr; value_length : access size_t;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_predictions_text";

   function sidekick_predictions_texts (predictions : sidekick_predictions_pointer; output : size_t;
      texts : access chars_ptr; ends : access System.Address; count : access size_t;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_predictions_texts";

   function sidekick_predictions_category_count (predictions : sidekick_predictions_pointer; output : size_t;
      count : access size_t; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_predictions_category_count";

   function sidekick_predictions_category_label (predictions : sidekick_predictions_pointer; output : size_t;
      category : size_t; label : access chars_ptr; label_length : access size_t;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_predictions_category_label";

   function sidekick_predictions_probabilities (predictions : sidekick_predictions_pointer; output : size_t;
      row : size_t; probabilities : access System.Address; count : access size_t;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_predictions_probabilities";

   function sidekick_predictions_probability_matrix (predictions : sidekick_predictions_pointer;
      output : size_t; matrix : access System.Address; count : access size_t;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_predictions_probability_matrix";

   function sidekick_predictions_probability (predictions : sidekick_predictions_pointer; output : size_t;
      row : size_t; label : char_array; label_length : size_t; probability : access double;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_predictions_probability";

   function sidekick_predictions_top (predictions : sidekick_predictions_pointer; output : size_t;
      row : size_t; rank : size_t; label : access chars_ptr; label_length : access size_t;
      probability : access double; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_predictions_top";

   function sidekick_predictions_image (predictions : sidekick_predictions_pointer; output : size_t;
      row : size_t; encoded : access System.Address; size : access size_t; media_type : access chars_ptr;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_predictions_image";

   function sidekick_predictions_image_size (predictions : sidekick_predictions_pointer; output : size_t;
      row : size_t; width : access Unsigned_32; height : access Unsigned_32; channels : access Unsigned_32;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_predictions_image_size";

   function sidekick_predictions_image_pixels (predictions : sidekick_predictions_pointer; output : size_t;
      row : size_t; buffer : System.Address; buffer_size : size_t;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_predictions_image_pixels";

   function sidekick_predictions_save_image (predictions : sidekick_predictions_pointer; output : size_t;
      row : size_t; path : char_array; path_length : size_t;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_predictions_save_image";

   procedure sidekick_predictions_free (predictions : sidekick_predictions_pointer)
     with Import, Convention => C, External_Name => "sidekick_predictions_free";

   function sidekick_predictions_array (predictions : sidekick_predictions_pointer; output : size_t;
      row : size_t; elements : access System.Address; count : access size_t;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_predictions_array";

   function sidekick_predictions_elements (predictions : sidekick_predictions_pointer; output : size_t;
      row : size_t; elements : access System.Address; size : access size_t; dtype : access Integer_32;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_predictions_elements";

   function sidekick_predictions_elements_column (predictions : sidekick_predictions_pointer;
      output : size_t; elements : access System.Address; size : access size_t; dtype : access Integer_32;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_predictions_elements_column";

   function sidekick_predictions_array_shape (predictions : sidekick_predictions_pointer; output : size_t;
      shape : access System.Address; rank : access size_t; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_predictions_array_shape";

   function sidekick_predictions_row_shape (predictions : sidekick_predictions_pointer; output : size_t;
      row : size_t; shape : access System.Address; rank : access size_t;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_predictions_row_shape";

   function sidekick_predictions_arrays (predictions : sidekick_predictions_pointer; output : size_t;
      elements : access System.Address; count : access size_t;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_predictions_arrays";

   function sidekick_predictions_copy_array (predictions : sidekick_predictions_pointer; output : size_t;
      row : size_t; dtype : Integer_32; buffer : System.Address; buffer_size : size_t;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_predictions_copy_array";

   function sidekick_predictions_save_npy (predictions : sidekick_predictions_pointer; output : size_t;
      row : size_t; path : char_array; path_length : size_t;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_predictions_save_npy";

   function sidekick_stream_new (deployment : sidekick_deployment_pointer; cancel : sidekick_cancel_pointer;
      stream : access sidekick_stream_pointer; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_stream_new";

   function sidekick_stream_push (stream : sidekick_stream_pointer; rows : sidekick_rows_pointer;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_stream_push";

   function sidekick_stream_is_full (stream : sidekick_stream_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_stream_is_full";

   function sidekick_stream_next (stream : sidekick_stream_pointer;
      predictions : access sidekick_predictions_pointer; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_stream_next";

   procedure sidekick_stream_free (stream : sidekick_stream_pointer)
     with Import, Convention => C, External_Name => "sidekick_stream_free";

   function sidekick_cancel_new (cancel : access sidekick_cancel_pointer;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_cancel_new";

   function sidekick_cancel_trigger (cancel : sidekick_cancel_pointer;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_cancel_trigger";

   function sidekick_cancel_set_timeout (cancel : sidekick_cancel_pointer; milliseconds : Unsigned_64;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_cancel_set_timeout";

   procedure sidekick_cancel_free (cancel : sidekick_cancel_pointer)
     with Import, Convention => C, External_Name => "sidekick_cancel_free";

   function sidekick_error_status (error : sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_error_status";

   function sidekick_error_message (error : sidekick_error_pointer; length : access size_t) return chars_ptr
     with Import, Convention => C, External_Name => "sidekick_error_message";

   function sidekick_error_http_status (error : sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_error_http_status";

   function sidekick_error_server_code (error : sidekick_error_pointer;
      length : access size_t) return chars_ptr
     with Import, Convention => C, External_Name => "sidekick_error_server_code";

   function sidekick_error_server_message (error : sidekick_error_pointer;
      length : access size_t) return chars_ptr
     with Import, Convention => C, External_Name => "sidekick_error_server_message";

   function sidekick_error_row (error : sidekick_error_pointer) return Integer_64
     with Import, Convention => C, External_Name => "sidekick_error_row";

   function sidekick_error_rows_first (error : sidekick_error_pointer) return Integer_64
     with Import, Convention => C, External_Name => "sidekick_error_rows_first";

   function sidekick_error_rows_count (error : sidekick_error_pointer) return size_t
     with Import, Convention => C, External_Name => "sidekick_error_rows_count";

   function sidekick_error_feature (error : sidekick_error_pointer; length : access size_t) return chars_ptr
     with Import, Convention => C, External_Name => "sidekick_error_feature";

   function sidekick_error_os_error (error : sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_error_os_error";

   function sidekick_error_attempts (error : sidekick_error_pointer) return Unsigned_32
     with Import, Convention => C, External_Name => "sidekick_error_attempts";

   function sidekick_error_retryable (error : sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_error_retryable";

   procedure sidekick_error_free (error : sidekick_error_pointer)
     with Import, Convention => C, External_Name => "sidekick_error_free";

   function sidekick_options_new (options : access sidekick_options_pointer;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_options_new";

   function sidekick_options_set_batch_rows (options : sidekick_options_pointer; batch_rows : size_t;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_options_set_batch_rows";

   function sidekick_options_set_max_in_flight (options : sidekick_options_pointer; requests : size_t;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_options_set_max_in_flight";

   function sidekick_options_set_isolate_bad_rows (options : sidekick_options_pointer; isolate : Integer_32;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_options_set_isolate_bad_rows";

   function sidekick_options_set_isolate_status_500 (options : sidekick_options_pointer;
      isolate : Integer_32; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_options_set_isolate_status_500";

   function sidekick_options_set_connect_timeout (options : sidekick_options_pointer;
      milliseconds : Unsigned_64; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_options_set_connect_timeout";

   function sidekick_options_set_response_timeout (options : sidekick_options_pointer;
      milliseconds : Unsigned_64; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_options_set_response_timeout";

   function sidekick_options_set_call_timeout (options : sidekick_options_pointer;
      milliseconds : Unsigned_64; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_options_set_call_timeout";

   function sidekick_options_set_retries (options : sidekick_options_pointer; retries : Unsigned_32;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_options_set_retries";

   function sidekick_options_set_retry_backoff (options : sidekick_options_pointer;
      first_milliseconds : Unsigned_64; ceiling_milliseconds : Unsigned_64;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_options_set_retry_backoff";

   function sidekick_options_set_ca_file (options : sidekick_options_pointer; path : char_array;
      path_length : size_t; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_options_set_ca_file";

   function sidekick_options_set_ca_pem (options : sidekick_options_pointer; pem : System.Address;
      size : size_t; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_options_set_ca_pem";

   function sidekick_options_set_client_certificate_file (options : sidekick_options_pointer;
      certificate_path : char_array; certificate_path_length : size_t; key_path : char_array;
      key_path_length : size_t; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_options_set_client_certificate_file";

   function sidekick_options_set_client_certificate_pem (options : sidekick_options_pointer;
      certificate : System.Address; certificate_size : size_t; key : System.Address; key_size : size_t;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_options_set_client_certificate_pem";

   function sidekick_options_set_tls_minimum (options : sidekick_options_pointer; version : Integer_32;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_options_set_tls_minimum";

   function sidekick_options_set_dangerous_skip_tls_verification (options : sidekick_options_pointer;
      skip : Integer_32; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_options_set_dangerous_skip_tls_verification";

   function sidekick_options_set_allow_token_over_http (options : sidekick_options_pointer;
      allow : Integer_32; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_options_set_allow_token_over_http";

   function sidekick_options_add_header (options : sidekick_options_pointer; name : char_array;
      name_length : size_t; value : char_array; value_length : size_t;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_options_add_header";

   function sidekick_options_set_user_agent_suffix (options : sidekick_options_pointer; suffix : char_array;
      suffix_length : size_t; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_options_set_user_agent_suffix";

   function sidekick_options_set_host_header (options : sidekick_options_pointer; host : char_array;
      host_length : size_t; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_options_set_host_header";

   function sidekick_options_set_reply_limit (options : sidekick_options_pointer; limit : Unsigned_64;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_options_set_reply_limit";

   function sidekick_options_set_max_image_pixels (options : sidekick_options_pointer; pixels : Unsigned_64;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_options_set_max_image_pixels";

   function sidekick_options_set_apply_orientation (options : sidekick_options_pointer; apply : Integer_32;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_options_set_apply_orientation";

   function sidekick_options_set_request_gzip (options : sidekick_options_pointer; compress : Integer_32;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_options_set_request_gzip";

   function sidekick_options_set_reply_gzip (options : sidekick_options_pointer; allow : Integer_32;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_options_set_reply_gzip";

   function sidekick_options_set_keep_alive (options : sidekick_options_pointer; connections : size_t;
      idle_milliseconds : Unsigned_64; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_options_set_keep_alive";

   function sidekick_options_set_proxy (options : sidekick_options_pointer; url : char_array;
      url_length : size_t; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_options_set_proxy";

   function sidekick_options_set_no_proxy (options : sidekick_options_pointer; hosts : char_array;
      hosts_length : size_t; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_options_set_no_proxy";

   procedure sidekick_options_free (options : sidekick_options_pointer)
     with Import, Convention => C, External_Name => "sidekick_options_free";

   function sidekick_options_set_protocol (options : sidekick_options_pointer; protocol : Integer_32;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_options_set_protocol";

   function sidekick_options_set_model_description (options : sidekick_options_pointer; json : char_array;
      json_length : size_t; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_options_set_model_description";

   function sidekick_options_set_model_description_file (options : sidekick_options_pointer;
      path : char_array; path_length : size_t; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_options_set_model_description_file";

   function sidekick_options_set_wire (options : sidekick_options_pointer; wire : Integer_32;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_options_set_wire";

   function sidekick_options_set_token_callback (options : sidekick_options_pointer;
      callback : sidekick_token_callback; data : System.Address; release : sidekick_release_callback;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_options_set_token_callback";

   function sidekick_token_set (token : sidekick_token_pointer; value : char_array; value_length : size_t;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_token_set";

   function sidekick_token_fail (token : sidekick_token_pointer; message : char_array;
      message_length : size_t; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_token_fail";

   function sidekick_options_set_log_callback (options : sidekick_options_pointer;
      callback : sidekick_log_callback; data : System.Address; release : sidekick_release_callback;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_options_set_log_callback";

   function sidekick_options_set_signal_callback (options : sidekick_options_pointer;
      callback : sidekick_signal_callback; data : System.Address; release : sidekick_release_callback;
      error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_options_set_signal_callback";

   function sidekick_options_set_callbacks_on_caller (options : sidekick_options_pointer;
      on_caller : Integer_32; error : access sidekick_error_pointer) return Integer_32
     with Import, Convention => C, External_Name => "sidekick_options_set_callbacks_on_caller";

private

   type sidekick_cancel is limited null record with Convention => C;
   type sidekick_deployment is limited null record with Convention => C;
   type sidekick_error is limited null record with Convention => C;
   type sidekick_options is limited null record with Convention => C;
   type sidekick_predictions is limited null record with Convention => C;
   type sidekick_reply is limited null record with Convention => C;
   type sidekick_rows is limited null record with Convention => C;
   type sidekick_stream is limited null record with Convention => C;
   type sidekick_token is limited null record with Convention => C;

end Sidekick;
