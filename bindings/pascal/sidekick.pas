{ Written from sidekick.h, which is the manual, by `make header`: do not edit. }

unit sidekick;

{$ifdef FPC}{$mode delphi}{$packrecords c}{$endif}

interface

const
  SidekickLibrary = {$ifdef MSWINDOWS}'sidekick.dll'{$else}'sidekick'{$endif};
  { As the length of a text that a NUL ends. }
  SIDEKICK_NUL = High(NativeUInt);
  SIDEKICK_VERSION_MAJOR = 0;
  SIDEKICK_VERSION_MINOR = 2;
  SIDEKICK_VERSION_PATCH = 0;
  SIDEKICK_PROTOCOL_AUTO = 0;
  SIDEKICK_PROTOCOL_DEPLOYMENT_API = 1;
  SIDEKICK_PROTOCOL_OPEN_INFERENCE = 2;
  SIDEKICK_INPUT = 0;
  SIDEKICK_OUTPUT = 1;
  SIDEKICK_TYPE_NUMERIC = 1;
  SIDEKICK_TYPE_CATEGORICAL = 2;
  SIDEKICK_TYPE_BINARY = 3;
  SIDEKICK_TYPE_TEXT = 4;
  SIDEKICK_TYPE_IMAGE = 5;
  SIDEKICK_TYPE_BYTES = 6;
  SIDEKICK_DTYPE_F32 = 1;
  SIDEKICK_DTYPE_F64 = 2;
  SIDEKICK_DTYPE_I8 = 3;
  SIDEKICK_DTYPE_I16 = 4;
  SIDEKICK_DTYPE_I32 = 5;
  SIDEKICK_DTYPE_I64 = 6;
  SIDEKICK_DTYPE_U8 = 7;
  SIDEKICK_DTYPE_U16 = 8;
  SIDEKICK_DTYPE_U32 = 9;
  SIDEKICK_DTYPE_U64 = 10;
  SIDEKICK_DTYPE_F16 = 11;
  SIDEKICK_DTYPE_BF16 = 12;
  SIDEKICK_DTYPE_BOOL = 13;
  SIDEKICK_RECORD_END_ROW = 0;
  SIDEKICK_RECORD_NUMBER = 1;
  SIDEKICK_RECORD_INTEGER = 2;
  SIDEKICK_RECORD_CATEGORY = 3;
  SIDEKICK_RECORD_BINARY = 4;
  SIDEKICK_RECORD_TEXT = 5;
  SIDEKICK_RECORD_BYTES = 6;
  SIDEKICK_RECORD_UNSIGNED = 7;
  SIDEKICK_COLUMN_PIECES = -1;
  SIDEKICK_COLUMN_TEXTS = -2;
  SIDEKICK_OK = 0;
  SIDEKICK_ERROR_ARGUMENT = 1;
  SIDEKICK_ERROR_INTERNAL = 2;
  SIDEKICK_ERROR_MEMORY = 3;
  SIDEKICK_ERROR_FILE = 4;
  SIDEKICK_ERROR_STREAM_FULL = 5;
  SIDEKICK_ERROR_UNKNOWN_FEATURE = 10;
  SIDEKICK_ERROR_FEATURE_TYPE = 11;
  SIDEKICK_ERROR_FEATURE_SHAPE = 12;
  SIDEKICK_ERROR_FEATURE_VALUE = 13;
  SIDEKICK_ERROR_FEATURE_TWICE = 14;
  SIDEKICK_ERROR_ROW_INCOMPLETE = 15;
  SIDEKICK_ERROR_IMAGE = 16;
  SIDEKICK_ERROR_NPY = 17;
  SIDEKICK_ERROR_CONNECT = 20;
  SIDEKICK_ERROR_TLS = 21;
  SIDEKICK_ERROR_TIMEOUT = 22;
  SIDEKICK_ERROR_NETWORK = 23;
  SIDEKICK_ERROR_CANCELLED = 24;
  SIDEKICK_ERROR_HTTP = 30;
  SIDEKICK_ERROR_SERVER = 31;
  SIDEKICK_ERROR_DESCRIBE = 40;
  SIDEKICK_ERROR_REPLY_MALFORMED = 41;
  SIDEKICK_ERROR_REPLY_ROWS = 42;
  SIDEKICK_ERROR_REPLY_OUTPUT = 43;
  SIDEKICK_ERROR_REPLY_TYPE = 44;
  SIDEKICK_ERROR_REPLY_SHAPE = 45;
  SIDEKICK_ERROR_REPLY_ENCODING = 46;
  SIDEKICK_ERROR_REPLY_TOO_LARGE = 47;
  SIDEKICK_TLS_1_2 = 12;
  SIDEKICK_TLS_1_3 = 13;
  SIDEKICK_WIRE_AUTO = 0;
  SIDEKICK_WIRE_BINARY = 1;
  SIDEKICK_WIRE_JSON = 2;
  SIDEKICK_LOG_ERROR = 1;
  SIDEKICK_LOG_WARNING = 2;
  SIDEKICK_LOG_INFO = 3;
  SIDEKICK_LOG_DEBUG = 4;

type
  sidekick_status = Int32;
  sidekick_cancel = record end;
  Psidekick_cancel = ^sidekick_cancel;
  PPsidekick_cancel = ^Psidekick_cancel;
  sidekick_deployment = record end;
  Psidekick_deployment = ^sidekick_deployment;
  PPsidekick_deployment = ^Psidekick_deployment;
  sidekick_error = record end;
  Psidekick_error = ^sidekick_error;
  PPsidekick_error = ^Psidekick_error;
  sidekick_options = record end;
  Psidekick_options = ^sidekick_options;
  PPsidekick_options = ^Psidekick_options;
  sidekick_predictions = record end;
  Psidekick_predictions = ^sidekick_predictions;
  PPsidekick_predictions = ^Psidekick_predictions;
  sidekick_reply = record end;
  Psidekick_reply = ^sidekick_reply;
  PPsidekick_reply = ^Psidekick_reply;
  sidekick_rows = record end;
  Psidekick_rows = ^sidekick_rows;
  PPsidekick_rows = ^Psidekick_rows;
  sidekick_stream = record end;
  Psidekick_stream = ^sidekick_stream;
  PPsidekick_stream = ^Psidekick_stream;
  sidekick_token = record end;
  Psidekick_token = ^sidekick_token;
  PPsidekick_token = ^Psidekick_token;
  sidekick_token_callback = function(data: Pointer; refused: Int32; token: Psidekick_token): Int32; cdecl;
  sidekick_release_callback = procedure(data: Pointer); cdecl;
  sidekick_log_callback = procedure(data: Pointer; level: Int32; message: PAnsiChar; length: NativeUInt);
  cdecl;
  sidekick_signal_callback = function(data: Pointer): Int32; cdecl;

function sidekick_version: PAnsiChar; cdecl; external SidekickLibrary;

function sidekick_deployment_open(url: PAnsiChar; url_length: NativeUInt; token: PAnsiChar;
  token_length: NativeUInt; options: Psidekick_options; cancel: Psidekick_cancel;
  deployment: PPsidekick_deployment; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

procedure sidekick_deployment_free(deployment: Psidekick_deployment); cdecl; external SidekickLibrary;

function sidekick_deployment_batch_limit(deployment: Psidekick_deployment): NativeUInt; cdecl;
  external SidekickLibrary;

function sidekick_deployment_model_version(deployment: Psidekick_deployment; length: PNativeUInt): PAnsiChar;
  cdecl; external SidekickLibrary;

function sidekick_deployment_protocol(deployment: Psidekick_deployment): Int32; cdecl;
  external SidekickLibrary;

function sidekick_deployment_feature_count(deployment: Psidekick_deployment; side: Int32): NativeUInt; cdecl;
  external SidekickLibrary;

function sidekick_deployment_feature_index(deployment: Psidekick_deployment; side: Int32; name: PAnsiChar;
  name_length: NativeUInt; index: PNativeUInt; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_deployment_feature_name(deployment: Psidekick_deployment; side: Int32; index: NativeUInt;
  name: PPAnsiChar; name_length: PNativeUInt; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_deployment_feature_type(deployment: Psidekick_deployment; side: Int32; index: NativeUInt;
  feature_type: PInt32; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_deployment_feature_dtype(deployment: Psidekick_deployment; side: Int32; index: NativeUInt;
  dtype: PInt32; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_deployment_feature_optional(deployment: Psidekick_deployment; side: Int32;
  index: NativeUInt; optional: PInt32; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_deployment_feature_shape(deployment: Psidekick_deployment; side: Int32; index: NativeUInt;
  shape: PPointer; rank: PNativeUInt; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_deployment_category_count(deployment: Psidekick_deployment; side: Int32; index: NativeUInt;
  count: PNativeUInt; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_deployment_category(deployment: Psidekick_deployment; side: Int32; index: NativeUInt;
  category: NativeUInt; label_: PPAnsiChar; label_length: PNativeUInt; error: PPsidekick_error): Int32; cdecl;
  external SidekickLibrary;

function sidekick_rows_new(deployment: Psidekick_deployment; rows: PPsidekick_rows;
  error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_rows_count(rows: Psidekick_rows): NativeUInt; cdecl; external SidekickLibrary;

function sidekick_rows_add_number(rows: Psidekick_rows; name: PAnsiChar; name_length: NativeUInt;
  number: Double; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_rows_add_number_at(rows: Psidekick_rows; index: NativeUInt; number: Double;
  error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_rows_add_integer(rows: Psidekick_rows; name: PAnsiChar; name_length: NativeUInt;
  integer: Int64; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_rows_add_integer_at(rows: Psidekick_rows; index: NativeUInt; integer: Int64;
  error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_rows_add_unsigned(rows: Psidekick_rows; name: PAnsiChar; name_length: NativeUInt;
  integer: UInt64; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_rows_add_unsigned_at(rows: Psidekick_rows; index: NativeUInt; integer: UInt64;
  error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_rows_add_category(rows: Psidekick_rows; name: PAnsiChar; name_length: NativeUInt;
  label_: PAnsiChar; label_length: NativeUInt; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_rows_add_category_at(rows: Psidekick_rows; index: NativeUInt; label_: PAnsiChar;
  label_length: NativeUInt; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_rows_add_binary(rows: Psidekick_rows; name: PAnsiChar; name_length: NativeUInt;
  value: Int32; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_rows_add_binary_at(rows: Psidekick_rows; index: NativeUInt; value: Int32;
  error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_rows_add_text(rows: Psidekick_rows; name: PAnsiChar; name_length: NativeUInt;
  value: PAnsiChar; value_length: NativeUInt; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_rows_add_text_at(rows: Psidekick_rows; index: NativeUInt; value: PAnsiChar;
  value_length: NativeUInt; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_rows_add_bytes(rows: Psidekick_rows; name: PAnsiChar; name_length: NativeUInt;
  value: Pointer; size: NativeUInt; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_rows_add_bytes_at(rows: Psidekick_rows; index: NativeUInt; value: Pointer;
  size: NativeUInt; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_rows_add_packed(rows: Psidekick_rows; records: Pointer; size: NativeUInt;
  error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_rows_end_row(rows: Psidekick_rows; error: PPsidekick_error): Int32; cdecl;
  external SidekickLibrary;

function sidekick_rows_discard_row(rows: Psidekick_rows; error: PPsidekick_error): Int32; cdecl;
  external SidekickLibrary;

function sidekick_rows_clear(rows: Psidekick_rows; error: PPsidekick_error): Int32; cdecl;
  external SidekickLibrary;

procedure sidekick_rows_free(rows: Psidekick_rows); cdecl; external SidekickLibrary;

function sidekick_rows_add_image(rows: Psidekick_rows; name: PAnsiChar; name_length: NativeUInt;
  encoded: Pointer; size: NativeUInt; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_rows_add_image_at(rows: Psidekick_rows; index: NativeUInt; encoded: Pointer;
  size: NativeUInt; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_rows_add_image_file(rows: Psidekick_rows; name: PAnsiChar; name_length: NativeUInt;
  path: PAnsiChar; path_length: NativeUInt; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_rows_add_image_file_at(rows: Psidekick_rows; index: NativeUInt; path: PAnsiChar;
  path_length: NativeUInt; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_rows_add_pixels(rows: Psidekick_rows; name: PAnsiChar; name_length: NativeUInt;
  width: UInt32; height: UInt32; channels: UInt32; row_stride: NativeUInt; samples: Pointer; size: NativeUInt;
  jpeg_quality: Int32; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_rows_add_pixels_at(rows: Psidekick_rows; index: NativeUInt; width: UInt32; height: UInt32;
  channels: UInt32; row_stride: NativeUInt; samples: Pointer; size: NativeUInt; jpeg_quality: Int32;
  error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_rows_add_array(rows: Psidekick_rows; name: PAnsiChar; name_length: NativeUInt;
  dtype: Int32; shape: PNativeUInt; rank: NativeUInt; strides: PNativeInt; data: Pointer;
  data_size: NativeUInt; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_rows_add_array_at(rows: Psidekick_rows; index: NativeUInt; dtype: Int32;
  shape: PNativeUInt; rank: NativeUInt; strides: PNativeInt; data: Pointer; data_size: NativeUInt;
  error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_rows_add_npy(rows: Psidekick_rows; name: PAnsiChar; name_length: NativeUInt;
  file_: Pointer; size: NativeUInt; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_rows_add_npy_at(rows: Psidekick_rows; index: NativeUInt; file_: Pointer; size: NativeUInt;
  error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_rows_add_npy_file(rows: Psidekick_rows; name: PAnsiChar; name_length: NativeUInt;
  path: PAnsiChar; path_length: NativeUInt; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_rows_add_npy_file_at(rows: Psidekick_rows; index: NativeUInt; path: PAnsiChar;
  path_length: NativeUInt; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_rows_add_columns(rows: Psidekick_rows; count: NativeUInt; column_count: NativeUInt;
  inputs: PNativeUInt; kinds: PInt32; values: PPointer; sizes: PNativeUInt; ends: PPointer;
  error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_deployment_predict(deployment: Psidekick_deployment; rows: Psidekick_rows;
  cancel: Psidekick_cancel; predictions: PPsidekick_predictions; error: PPsidekick_error): Int32; cdecl;
  external SidekickLibrary;

function sidekick_deployment_predict_packed(deployment: Psidekick_deployment; records: Pointer;
  size: NativeUInt; cancel: Psidekick_cancel; values: PDouble; count: NativeUInt;
  error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_deployment_post_json(deployment: Psidekick_deployment; json: PAnsiChar;
  json_length: NativeUInt; cancel: Psidekick_cancel; reply: PPsidekick_reply; error: PPsidekick_error): Int32;
  cdecl; external SidekickLibrary;

function sidekick_reply_http_status(reply: Psidekick_reply): Int32; cdecl; external SidekickLibrary;

function sidekick_reply_text(reply: Psidekick_reply; length: PNativeUInt): PAnsiChar; cdecl;
  external SidekickLibrary;

procedure sidekick_reply_free(reply: Psidekick_reply); cdecl; external SidekickLibrary;

function sidekick_predictions_count(predictions: Psidekick_predictions): NativeUInt; cdecl;
  external SidekickLibrary;

function sidekick_predictions_failure_count(predictions: Psidekick_predictions): NativeUInt; cdecl;
  external SidekickLibrary;

function sidekick_predictions_failure(predictions: Psidekick_predictions; index: NativeUInt;
  failure: PPsidekick_error; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_predictions_sent_row(predictions: Psidekick_predictions; prediction: NativeUInt;
  row: PNativeUInt; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_predictions_number(predictions: Psidekick_predictions; output: NativeUInt; row: NativeUInt;
  number: PDouble; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_predictions_integer(predictions: Psidekick_predictions; output: NativeUInt;
  row: NativeUInt; value: PInt64; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_predictions_numbers(predictions: Psidekick_predictions; output: NativeUInt;
  numbers: PPointer; count: PNativeUInt; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_predictions_bytes(predictions: Psidekick_predictions; output: NativeUInt; row: NativeUInt;
  value: PPointer; size: PNativeUInt; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_predictions_bytes_column(predictions: Psidekick_predictions; output: NativeUInt;
  values: PPointer; ends: PPointer; count: PNativeUInt; error: PPsidekick_error): Int32; cdecl;
  external SidekickLibrary;

function sidekick_predictions_text(predictions: Psidekick_predictions; output: NativeUInt; row: NativeUInt;
  value: PPAnsiChar; value_length: PNativeUInt; error: PPsidekick_error): Int32; cdecl;
  external SidekickLibrary;

function sidekick_predictions_texts(predictions: Psidekick_predictions; output: NativeUInt;
  texts: PPAnsiChar; ends: PPointer; count: PNativeUInt; error: PPsidekick_error): Int32; cdecl;
  external SidekickLibrary;

function sidekick_predictions_category_count(predictions: Psidekick_predictions; output: NativeUInt;
  count: PNativeUInt; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_predictions_category_label(predictions: Psidekick_predictions; output: NativeUInt;
  category: NativeUInt; label_: PPAnsiChar; label_length: PNativeUInt; error: PPsidekick_error): Int32; cdecl;
  external SidekickLibrary;

function sidekick_predictions_probabilities(predictions: Psidekick_predictions; output: NativeUInt;
  row: NativeUInt; probabilities: PPointer; count: PNativeUInt; error: PPsidekick_error): Int32; cdecl;
  external SidekickLibrary;

function sidekick_predictions_probability_matrix(predictions: Psidekick_predictions; output: NativeUInt;
  matrix: PPointer; count: PNativeUInt; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_predictions_probability(predictions: Psidekick_predictions; output: NativeUInt;
  row: NativeUInt; label_: PAnsiChar; label_length: NativeUInt; probability: PDouble;
  error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_predictions_top(predictions: Psidekick_predictions; output: NativeUInt; row: NativeUInt;
  rank: NativeUInt; label_: PPAnsiChar; label_length: PNativeUInt; probability: PDouble;
  error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_predictions_image(predictions: Psidekick_predictions; output: NativeUInt; row: NativeUInt;
  encoded: PPointer; size: PNativeUInt; media_type: PPAnsiChar; error: PPsidekick_error): Int32; cdecl;
  external SidekickLibrary;

function sidekick_predictions_image_size(predictions: Psidekick_predictions; output: NativeUInt;
  row: NativeUInt; width: PUInt32; height: PUInt32; channels: PUInt32; error: PPsidekick_error): Int32; cdecl;
  external SidekickLibrary;

function sidekick_predictions_image_pixels(predictions: Psidekick_predictions; output: NativeUInt;
  row: NativeUInt; buffer: Pointer; buffer_size: NativeUInt; error: PPsidekick_error): Int32; cdecl;
  external SidekickLibrary;

function sidekick_predictions_save_image(predictions: Psidekick_predictions; output: NativeUInt;
  row: NativeUInt; path: PAnsiChar; path_length: NativeUInt; error: PPsidekick_error): Int32; cdecl;
  external SidekickLibrary;

procedure sidekick_predictions_free(predictions: Psidekick_predictions); cdecl; external SidekickLibrary;

function sidekick_predictions_array(predictions: Psidekick_predictions; output: NativeUInt; row: NativeUInt;
  elements: PPointer; count: PNativeUInt; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_predictions_elements(predictions: Psidekick_predictions; output: NativeUInt;
  row: NativeUInt; elements: PPointer; size: PNativeUInt; dtype: PInt32; error: PPsidekick_error): Int32;
  cdecl; external SidekickLibrary;

function sidekick_predictions_elements_column(predictions: Psidekick_predictions; output: NativeUInt;
  elements: PPointer; size: PNativeUInt; dtype: PInt32; error: PPsidekick_error): Int32; cdecl;
  external SidekickLibrary;

function sidekick_predictions_array_shape(predictions: Psidekick_predictions; output: NativeUInt;
  shape: PPointer; rank: PNativeUInt; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_predictions_row_shape(predictions: Psidekick_predictions; output: NativeUInt;
  row: NativeUInt; shape: PPointer; rank: PNativeUInt; error: PPsidekick_error): Int32; cdecl;
  external SidekickLibrary;

function sidekick_predictions_arrays(predictions: Psidekick_predictions; output: NativeUInt;
  elements: PPointer; count: PNativeUInt; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_predictions_copy_array(predictions: Psidekick_predictions; output: NativeUInt;
  row: NativeUInt; dtype: Int32; buffer: Pointer; buffer_size: NativeUInt; error: PPsidekick_error): Int32;
  cdecl; external SidekickLibrary;

function sidekick_predictions_save_npy(predictions: Psidekick_predictions; output: NativeUInt;
  row: NativeUInt; path: PAnsiChar; path_length: NativeUInt; error: PPsidekick_error): Int32; cdecl;
  external SidekickLibrary;

function sidekick_stream_new(deployment: Psidekick_deployment; cancel: Psidekick_cancel;
  stream: PPsidekick_stream; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_stream_push(stream: Psidekick_stream; rows: Psidekick_rows;
  error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_stream_is_full(stream: Psidekick_stream): Int32; cdecl; external SidekickLibrary;

function sidekick_stream_next(stream: Psidekick_stream; predictions: PPsidekick_predictions;
  error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

procedure sidekick_stream_free(stream: Psidekick_stream); cdecl; external SidekickLibrary;

function sidekick_cancel_new(cancel: PPsidekick_cancel; error: PPsidekick_error): Int32; cdecl;
  external SidekickLibrary;

function sidekick_cancel_trigger(cancel: Psidekick_cancel; error: PPsidekick_error): Int32; cdecl;
  external SidekickLibrary;

function sidekick_cancel_set_timeout(cancel: Psidekick_cancel; milliseconds: UInt64;
  error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

procedure sidekick_cancel_free(cancel: Psidekick_cancel); cdecl; external SidekickLibrary;

function sidekick_error_status(error: Psidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_error_message(error: Psidekick_error; length: PNativeUInt): PAnsiChar; cdecl;
  external SidekickLibrary;

function sidekick_error_http_status(error: Psidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_error_server_code(error: Psidekick_error; length: PNativeUInt): PAnsiChar; cdecl;
  external SidekickLibrary;

function sidekick_error_server_message(error: Psidekick_error; length: PNativeUInt): PAnsiChar; cdecl;
  external SidekickLibrary;

function sidekick_error_row(error: Psidekick_error): Int64; cdecl; external SidekickLibrary;

function sidekick_error_rows_first(error: Psidekick_error): Int64; cdecl; external SidekickLibrary;

function sidekick_error_rows_count(error: Psidekick_error): NativeUInt; cdecl; external SidekickLibrary;

function sidekick_error_feature(error: Psidekick_error; length: PNativeUInt): PAnsiChar; cdecl;
  external SidekickLibrary;

function sidekick_error_os_error(error: Psidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_error_attempts(error: Psidekick_error): UInt32; cdecl; external SidekickLibrary;

function sidekick_error_retryable(error: Psidekick_error): Int32; cdecl; external SidekickLibrary;

procedure sidekick_error_free(error: Psidekick_error); cdecl; external SidekickLibrary;

function sidekick_options_new(options: PPsidekick_options; error: PPsidekick_error): Int32; cdecl;
  external SidekickLibrary;

function sidekick_options_set_batch_rows(options: Psidekick_options; batch_rows: NativeUInt;
  error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_options_set_max_in_flight(options: Psidekick_options; requests: NativeUInt;
  error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_options_set_isolate_bad_rows(options: Psidekick_options; isolate: Int32;
  error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_options_set_isolate_status_500(options: Psidekick_options; isolate: Int32;
  error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_options_set_connect_timeout(options: Psidekick_options; milliseconds: UInt64;
  error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_options_set_response_timeout(options: Psidekick_options; milliseconds: UInt64;
  error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_options_set_call_timeout(options: Psidekick_options; milliseconds: UInt64;
  error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_options_set_retries(options: Psidekick_options; retries: UInt32;
  error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_options_set_retry_backoff(options: Psidekick_options; first_milliseconds: UInt64;
  ceiling_milliseconds: UInt64; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_options_set_ca_file(options: Psidekick_options; path: PAnsiChar; path_length: NativeUInt;
  error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_options_set_ca_pem(options: Psidekick_options; pem: Pointer; size: NativeUInt;
  error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_options_set_client_certificate_file(options: Psidekick_options;
  certificate_path: PAnsiChar; certificate_path_length: NativeUInt; key_path: PAnsiChar;
  key_path_length: NativeUInt; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_options_set_client_certificate_pem(options: Psidekick_options; certificate: Pointer;
  certificate_size: NativeUInt; key: Pointer; key_size: NativeUInt; error: PPsidekick_error): Int32; cdecl;
  external SidekickLibrary;

function sidekick_options_set_tls_minimum(options: Psidekick_options; version: Int32;
  error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_options_set_dangerous_skip_tls_verification(options: Psidekick_options; skip: Int32;
  error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_options_set_allow_token_over_http(options: Psidekick_options; allow: Int32;
  error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_options_add_header(options: Psidekick_options; name: PAnsiChar; name_length: NativeUInt;
  value: PAnsiChar; value_length: NativeUInt; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_options_set_user_agent_suffix(options: Psidekick_options; suffix: PAnsiChar;
  suffix_length: NativeUInt; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_options_set_host_header(options: Psidekick_options; host: PAnsiChar;
  host_length: NativeUInt; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_options_set_reply_limit(options: Psidekick_options; limit: UInt64;
  error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_options_set_max_image_pixels(options: Psidekick_options; pixels: UInt64;
  error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_options_set_apply_orientation(options: Psidekick_options; apply: Int32;
  error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_options_set_request_gzip(options: Psidekick_options; compress: Int32;
  error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_options_set_reply_gzip(options: Psidekick_options; allow: Int32;
  error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_options_set_keep_alive(options: Psidekick_options; connections: NativeUInt;
  idle_milliseconds: UInt64; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_options_set_proxy(options: Psidekick_options; url: PAnsiChar; url_length: NativeUInt;
  error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_options_set_no_proxy(options: Psidekick_options; hosts: PAnsiChar;
  hosts_length: NativeUInt; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

procedure sidekick_options_free(options: Psidekick_options); cdecl; external SidekickLibrary;

function sidekick_options_set_protocol(options: Psidekick_options; protocol: Int32;
  error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_options_set_model_description(options: Psidekick_options; json: PAnsiChar;
  json_length: NativeUInt; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_options_set_model_description_file(options: Psidekick_options; path: PAnsiChar;
  path_length: NativeUInt; error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_options_set_wire(options: Psidekick_options; wire: Int32; error: PPsidekick_error): Int32;
  cdecl; external SidekickLibrary;

function sidekick_options_set_token_callback(options: Psidekick_options; callback: sidekick_token_callback;
  data: Pointer; release: sidekick_release_callback; error: PPsidekick_error): Int32; cdecl;
  external SidekickLibrary;

function sidekick_token_set(token: Psidekick_token; value: PAnsiChar; value_length: NativeUInt;
  error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_token_fail(token: Psidekick_token; message: PAnsiChar; message_length: NativeUInt;
  error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

function sidekick_options_set_log_callback(options: Psidekick_options; callback: sidekick_log_callback;
  data: Pointer; release: sidekick_release_callback; error: PPsidekick_error): Int32; cdecl;
  external SidekickLibrary;

function sidekick_options_set_signal_callback(options: Psidekick_options; callback: sidekick_signal_callback;
  data: Pointer; release: sidekick_release_callback; error: PPsidekick_error): Int32; cdecl;
  external SidekickLibrary;

function sidekick_options_set_callbacks_on_caller(options: Psidekick_options; on_caller: Int32;
  error: PPsidekick_error): Int32; cdecl; external SidekickLibrary;

implementation

end.
