! Written from sidekick.h, which is the manual, by `make header`: do not edit.
! A text is passed with its length, so trim it first. An output that is not wanted is left out, as is `error`.
! An object that is not wanted, such as `cancel`, is c_null_ptr; a callback is c_null_funptr.
module sidekick
    use, intrinsic :: iso_c_binding
    implicit none
    public

    !> As the length of a text that a NUL ends.
    integer(c_size_t), parameter :: SIDEKICK_NUL = -1_c_size_t
    integer(c_int32_t), parameter :: SIDEKICK_VERSION_MAJOR = 0_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_VERSION_MINOR = 2_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_VERSION_PATCH = 0_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_PROTOCOL_AUTO = 0_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_PROTOCOL_DEPLOYMENT_API = 1_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_PROTOCOL_OPEN_INFERENCE = 2_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_INPUT = 0_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_OUTPUT = 1_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_TYPE_NUMERIC = 1_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_TYPE_CATEGORICAL = 2_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_TYPE_BINARY = 3_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_TYPE_TEXT = 4_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_TYPE_IMAGE = 5_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_TYPE_BYTES = 6_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_DTYPE_F32 = 1_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_DTYPE_F64 = 2_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_DTYPE_I8 = 3_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_DTYPE_I16 = 4_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_DTYPE_I32 = 5_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_DTYPE_I64 = 6_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_DTYPE_U8 = 7_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_DTYPE_U16 = 8_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_DTYPE_U32 = 9_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_DTYPE_U64 = 10_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_DTYPE_F16 = 11_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_DTYPE_BF16 = 12_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_DTYPE_BOOL = 13_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_RECORD_END_ROW = 0_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_RECORD_NUMBER = 1_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_RECORD_INTEGER = 2_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_RECORD_CATEGORY = 3_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_RECORD_BINARY = 4_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_RECORD_TEXT = 5_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_RECORD_BYTES = 6_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_RECORD_UNSIGNED = 7_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_COLUMN_PIECES = -1_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_COLUMN_TEXTS = -2_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_OK = 0_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_ERROR_ARGUMENT = 1_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_ERROR_INTERNAL = 2_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_ERROR_MEMORY = 3_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_ERROR_FILE = 4_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_ERROR_STREAM_FULL = 5_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_ERROR_UNKNOWN_FEATURE = 10_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_ERROR_FEATURE_TYPE = 11_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_ERROR_FEATURE_SHAPE = 12_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_ERROR_FEATURE_VALUE = 13_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_ERROR_FEATURE_TWICE = 14_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_ERROR_ROW_INCOMPLETE = 15_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_ERROR_IMAGE = 16_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_ERROR_NPY = 17_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_ERROR_CONNECT = 20_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_ERROR_TLS = 21_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_ERROR_TIMEOUT = 22_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_ERROR_NETWORK = 23_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_ERROR_CANCELLED = 24_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_ERROR_HTTP = 30_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_ERROR_SERVER = 31_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_ERROR_DESCRIBE = 40_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_ERROR_REPLY_MALFORMED = 41_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_ERROR_REPLY_ROWS = 42_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_ERROR_REPLY_OUTPUT = 43_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_ERROR_REPLY_TYPE = 44_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_ERROR_REPLY_SHAPE = 45_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_ERROR_REPLY_ENCODING = 46_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_ERROR_REPLY_TOO_LARGE = 47_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_TLS_1_2 = 12_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_TLS_1_3 = 13_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_WIRE_AUTO = 0_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_WIRE_BINARY = 1_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_WIRE_JSON = 2_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_LOG_ERROR = 1_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_LOG_WARNING = 2_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_LOG_INFO = 3_c_int32_t
    integer(c_int32_t), parameter :: SIDEKICK_LOG_DEBUG = 4_c_int32_t

    interface
        function sidekick_version() bind(c) result(result_)
            import
            type(c_ptr) :: result_
        end function

        function sidekick_deployment_open(url, url_length, token, token_length, options, cancel, &
                deployment, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            character(kind=c_char), intent(in) :: url(*)
            integer(c_size_t), value :: url_length
            character(kind=c_char), intent(in) :: token(*)
            integer(c_size_t), value :: token_length
            type(c_ptr), value :: options
            type(c_ptr), value :: cancel
            type(c_ptr), intent(inout), optional :: deployment
            type(c_ptr), intent(inout), optional :: error
        end function

        subroutine sidekick_deployment_free(deployment) bind(c)
            import
            type(c_ptr), value :: deployment
        end subroutine

        function sidekick_deployment_batch_limit(deployment) bind(c) result(result_)
            import
            integer(c_size_t) :: result_
            type(c_ptr), value :: deployment
        end function

        function sidekick_deployment_model_version(deployment, length) bind(c) result(result_)
            import
            type(c_ptr) :: result_
            type(c_ptr), value :: deployment
            integer(c_size_t), intent(inout), optional :: length
        end function

        function sidekick_deployment_protocol(deployment) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: deployment
        end function

        function sidekick_deployment_feature_count(deployment, side) bind(c) result(result_)
            import
            integer(c_size_t) :: result_
            type(c_ptr), value :: deployment
            integer(c_int32_t), value :: side
        end function

        function sidekick_deployment_feature_index(deployment, side, name, name_length, index, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: deployment
            integer(c_int32_t), value :: side
            character(kind=c_char), intent(in) :: name(*)
            integer(c_size_t), value :: name_length
            integer(c_size_t), intent(inout), optional :: index
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_deployment_feature_name(deployment, side, index, name, name_length, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: deployment
            integer(c_int32_t), value :: side
            integer(c_size_t), value :: index
            type(c_ptr), intent(inout), optional :: name
            integer(c_size_t), intent(inout), optional :: name_length
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_deployment_feature_type(deployment, side, index, feature_type, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: deployment
            integer(c_int32_t), value :: side
            integer(c_size_t), value :: index
            integer(c_int32_t), intent(inout), optional :: feature_type
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_deployment_feature_dtype(deployment, side, index, dtype, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: deployment
            integer(c_int32_t), value :: side
            integer(c_size_t), value :: index
            integer(c_int32_t), intent(inout), optional :: dtype
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_deployment_feature_optional(deployment, side, index, optional, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: deployment
            integer(c_int32_t), value :: side
            integer(c_size_t), value :: index
            integer(c_int32_t), intent(inout), optional :: optional
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_deployment_feature_shape(deployment, side, index, shape, rank, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: deployment
            integer(c_int32_t), value :: side
            integer(c_size_t), value :: index
            type(c_ptr), intent(inout), optional :: shape
            integer(c_size_t), intent(inout), optional :: rank
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_deployment_category_count(deployment, side, index, count, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: deployment
            integer(c_int32_t), value :: side
            integer(c_size_t), value :: index
            integer(c_size_t), intent(inout), optional :: count
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_deployment_category(deployment, side, index, category, label, label_length, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: deployment
            integer(c_int32_t), value :: side
            integer(c_size_t), value :: index
            integer(c_size_t), value :: category
            type(c_ptr), intent(inout), optional :: label
            integer(c_size_t), intent(inout), optional :: label_length
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_rows_new(deployment, rows, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: deployment
            type(c_ptr), intent(inout), optional :: rows
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_rows_count(rows) bind(c) result(result_)
            import
            integer(c_size_t) :: result_
            type(c_ptr), value :: rows
        end function

        function sidekick_rows_add_number(rows, name, name_length, number, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: rows
            character(kind=c_char), intent(in) :: name(*)
            integer(c_size_t), value :: name_length
            real(c_double), value :: number
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_rows_add_number_at(rows, index, number, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: rows
            integer(c_size_t), value :: index
            real(c_double), value :: number
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_rows_add_integer(rows, name, name_length, integer, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: rows
            character(kind=c_char), intent(in) :: name(*)
            integer(c_size_t), value :: name_length
            integer(c_int64_t), value :: integer
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_rows_add_integer_at(rows, index, integer, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: rows
            integer(c_size_t), value :: index
            integer(c_int64_t), value :: integer
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_rows_add_unsigned(rows, name, name_length, integer, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: rows
            character(kind=c_char), intent(in) :: name(*)
            integer(c_size_t), value :: name_length
            integer(c_int64_t), value :: integer
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_rows_add_unsigned_at(rows, index, integer, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: rows
            integer(c_size_t), value :: index
            integer(c_int64_t), value :: integer
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_rows_add_category(rows, name, name_length, label, label_length, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: rows
            character(kind=c_char), intent(in) :: name(*)
            integer(c_size_t), value :: name_length
            character(kind=c_char), intent(in) :: label(*)
            integer(c_size_t), value :: label_length
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_rows_add_category_at(rows, index, label, label_length, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: rows
            integer(c_size_t), value :: index
            character(kind=c_char), intent(in) :: label(*)
            integer(c_size_t), value :: label_length
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_rows_add_binary(rows, name, name_length, value, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: rows
            character(kind=c_char), intent(in) :: name(*)
            integer(c_size_t), value :: name_length
            integer(c_int32_t), value :: value
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_rows_add_binary_at(rows, index, value, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: rows
            integer(c_size_t), value :: index
            integer(c_int32_t), value :: value
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_rows_add_text(rows, name, name_length, value, value_length, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: rows
            character(kind=c_char), intent(in) :: name(*)
            integer(c_size_t), value :: name_length
            character(kind=c_char), intent(in) :: value(*)
            integer(c_size_t), value :: value_length
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_rows_add_text_at(rows, index, value, value_length, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: rows
            integer(c_size_t), value :: index
            character(kind=c_char), intent(in) :: value(*)
            integer(c_size_t), value :: value_length
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_rows_add_bytes(rows, name, name_length, value, size, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: rows
            character(kind=c_char), intent(in) :: name(*)
            integer(c_size_t), value :: name_length
            type(c_ptr), value :: value
            integer(c_size_t), value :: size
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_rows_add_bytes_at(rows, index, value, size, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: rows
            integer(c_size_t), value :: index
            type(c_ptr), value :: value
            integer(c_size_t), value :: size
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_rows_add_packed(rows, records, size, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: rows
            type(c_ptr), value :: records
            integer(c_size_t), value :: size
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_rows_end_row(rows, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: rows
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_rows_discard_row(rows, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: rows
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_rows_clear(rows, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: rows
            type(c_ptr), intent(inout), optional :: error
        end function

        subroutine sidekick_rows_free(rows) bind(c)
            import
            type(c_ptr), value :: rows
        end subroutine

        function sidekick_rows_add_image(rows, name, name_length, encoded, size, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: rows
            character(kind=c_char), intent(in) :: name(*)
            integer(c_size_t), value :: name_length
            type(c_ptr), value :: encoded
            integer(c_size_t), value :: size
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_rows_add_image_at(rows, index, encoded, size, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: rows
            integer(c_size_t), value :: index
            type(c_ptr), value :: encoded
            integer(c_size_t), value :: size
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_rows_add_image_file(rows, name, name_length, path, path_length, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: rows
            character(kind=c_char), intent(in) :: name(*)
            integer(c_size_t), value :: name_length
            character(kind=c_char), intent(in) :: path(*)
            integer(c_size_t), value :: path_length
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_rows_add_image_file_at(rows, index, path, path_length, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: rows
            integer(c_size_t), value :: index
            character(kind=c_char), intent(in) :: path(*)
            integer(c_size_t), value :: path_length
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_rows_add_pixels(rows, name, name_length, width, height, channels, row_stride, &
                samples, size, jpeg_quality, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: rows
            character(kind=c_char), intent(in) :: name(*)
            integer(c_size_t), value :: name_length
            integer(c_int32_t), value :: width
            integer(c_int32_t), value :: height
            integer(c_int32_t), value :: channels
            integer(c_size_t), value :: row_stride
            type(c_ptr), value :: samples
            integer(c_size_t), value :: size
            integer(c_int32_t), value :: jpeg_quality
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_rows_add_pixels_at(rows, index, width, height, channels, row_stride, samples, &
                size, jpeg_quality, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: rows
            integer(c_size_t), value :: index
            integer(c_int32_t), value :: width
            integer(c_int32_t), value :: height
            integer(c_int32_t), value :: channels
            integer(c_size_t), value :: row_stride
            type(c_ptr), value :: samples
            integer(c_size_t), value :: size
            integer(c_int32_t), value :: jpeg_quality
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_rows_add_array(rows, name, name_length, dtype, shape, rank, strides, data, &
                data_size, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: rows
            character(kind=c_char), intent(in) :: name(*)
            integer(c_size_t), value :: name_length
            integer(c_int32_t), value :: dtype
            integer(c_size_t), intent(in), optional :: shape(*)
            integer(c_size_t), value :: rank
            integer(c_intptr_t), intent(in), optional :: strides(*)
            type(c_ptr), value :: data
            integer(c_size_t), value :: data_size
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_rows_add_array_at(rows, index, dtype, shape, rank, strides, data, data_size, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: rows
            integer(c_size_t), value :: index
            integer(c_int32_t), value :: dtype
            integer(c_size_t), intent(in), optional :: shape(*)
            integer(c_size_t), value :: rank
            integer(c_intptr_t), intent(in), optional :: strides(*)
            type(c_ptr), value :: data
            integer(c_size_t), value :: data_size
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_rows_add_npy(rows, name, name_length, file, size, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: rows
            character(kind=c_char), intent(in) :: name(*)
            integer(c_size_t), value :: name_length
            type(c_ptr), value :: file
            integer(c_size_t), value :: size
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_rows_add_npy_at(rows, index, file, size, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: rows
            integer(c_size_t), value :: index
            type(c_ptr), value :: file
            integer(c_size_t), value :: size
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_rows_add_npy_file(rows, name, name_length, path, path_length, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: rows
            character(kind=c_char), intent(in) :: name(*)
            integer(c_size_t), value :: name_length
            character(kind=c_char), intent(in) :: path(*)
            integer(c_size_t), value :: path_length
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_rows_add_npy_file_at(rows, index, path, path_length, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: rows
            integer(c_size_t), value :: index
            character(kind=c_char), intent(in) :: path(*)
            integer(c_size_t), value :: path_length
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_rows_add_columns(rows, count, column_count, inputs, kinds, values, sizes, ends, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: rows
            integer(c_size_t), value :: count
            integer(c_size_t), value :: column_count
            integer(c_size_t), intent(in), optional :: inputs(*)
            integer(c_int32_t), intent(in), optional :: kinds(*)
            type(c_ptr), intent(in), optional :: values(*)
            integer(c_size_t), intent(in), optional :: sizes(*)
            type(c_ptr), intent(in), optional :: ends(*)
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_deployment_predict(deployment, rows, cancel, predictions, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: deployment
            type(c_ptr), value :: rows
            type(c_ptr), value :: cancel
            type(c_ptr), intent(inout), optional :: predictions
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_deployment_predict_packed(deployment, records, size, cancel, values, count, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: deployment
            type(c_ptr), value :: records
            integer(c_size_t), value :: size
            type(c_ptr), value :: cancel
            real(c_double), intent(inout) :: values(*)
            integer(c_size_t), value :: count
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_deployment_post_json(deployment, json, json_length, cancel, reply, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: deployment
            character(kind=c_char), intent(in) :: json(*)
            integer(c_size_t), value :: json_length
            type(c_ptr), value :: cancel
            type(c_ptr), intent(inout), optional :: reply
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_reply_http_status(reply) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: reply
        end function

        function sidekick_reply_text(reply, length) bind(c) result(result_)
            import
            type(c_ptr) :: result_
            type(c_ptr), value :: reply
            integer(c_size_t), intent(inout), optional :: length
        end function

        subroutine sidekick_reply_free(reply) bind(c)
            import
            type(c_ptr), value :: reply
        end subroutine

        function sidekick_predictions_count(predictions) bind(c) result(result_)
            import
            integer(c_size_t) :: result_
            type(c_ptr), value :: predictions
        end function

        function sidekick_predictions_failure_count(predictions) bind(c) result(result_)
            import
            integer(c_size_t) :: result_
            type(c_ptr), value :: predictions
        end function

        function sidekick_predictions_failure(predictions, index, failure, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: predictions
            integer(c_size_t), value :: index
            type(c_ptr), intent(inout), optional :: failure
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_predictions_sent_row(predictions, prediction, row, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: predictions
            integer(c_size_t), value :: prediction
            integer(c_size_t), intent(inout), optional :: row
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_predictions_number(predictions, output, row, number, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: predictions
            integer(c_size_t), value :: output
            integer(c_size_t), value :: row
            real(c_double), intent(inout), optional :: number
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_predictions_integer(predictions, output, row, value, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: predictions
            integer(c_size_t), value :: output
            integer(c_size_t), value :: row
            integer(c_int64_t), intent(inout), optional :: value
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_predictions_numbers(predictions, output, numbers, count, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: predictions
            integer(c_size_t), value :: output
            type(c_ptr), intent(inout), optional :: numbers
            integer(c_size_t), intent(inout), optional :: count
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_predictions_bytes(predictions, output, row, value, size, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: predictions
            integer(c_size_t), value :: output
            integer(c_size_t), value :: row
            type(c_ptr), intent(inout), optional :: value
            integer(c_size_t), intent(inout), optional :: size
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_predictions_bytes_column(predictions, output, values, ends, count, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: predictions
            integer(c_size_t), value :: output
            type(c_ptr), intent(inout), optional :: values
            type(c_ptr), intent(inout), optional :: ends
            integer(c_size_t), intent(inout), optional :: count
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_predictions_text(predictions, output, row, value, value_length, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: predictions
            integer(c_size_t), value :: output
            integer(c_size_t), value :: row
            type(c_ptr), intent(inout), optional :: value
            integer(c_size_t), intent(inout), optional :: value_length
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_predictions_texts(predictions, output, texts, ends, count, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: predictions
            integer(c_size_t), value :: output
            type(c_ptr), intent(inout), optional :: texts
            type(c_ptr), intent(inout), optional :: ends
            integer(c_size_t), intent(inout), optional :: count
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_predictions_category_count(predictions, output, count, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: predictions
            integer(c_size_t), value :: output
            integer(c_size_t), intent(inout), optional :: count
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_predictions_category_label(predictions, output, category, label, label_length, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: predictions
            integer(c_size_t), value :: output
            integer(c_size_t), value :: category
            type(c_ptr), intent(inout), optional :: label
            integer(c_size_t), intent(inout), optional :: label_length
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_predictions_probabilities(predictions, output, row, probabilities, count, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: predictions
            integer(c_size_t), value :: output
            integer(c_size_t), value :: row
            type(c_ptr), intent(inout), optional :: probabilities
            integer(c_size_t), intent(inout), optional :: count
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_predictions_probability_matrix(predictions, output, matrix, count, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: predictions
            integer(c_size_t), value :: output
            type(c_ptr), intent(inout), optional :: matrix
            integer(c_size_t), intent(inout), optional :: count
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_predictions_probability(predictions, output, row, label, label_length, &
                probability, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: predictions
            integer(c_size_t), value :: output
            integer(c_size_t), value :: row
            character(kind=c_char), intent(in) :: label(*)
            integer(c_size_t), value :: label_length
            real(c_double), intent(inout), optional :: probability
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_predictions_top(predictions, output, row, rank, label, label_length, probability, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: predictions
            integer(c_size_t), value :: output
            integer(c_size_t), value :: row
            integer(c_size_t), value :: rank
            type(c_ptr), intent(inout), optional :: label
            integer(c_size_t), intent(inout), optional :: label_length
            real(c_double), intent(inout), optional :: probability
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_predictions_image(predictions, output, row, encoded, size, media_type, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: predictions
            integer(c_size_t), value :: output
            integer(c_size_t), value :: row
            type(c_ptr), intent(inout), optional :: encoded
            integer(c_size_t), intent(inout), optional :: size
            type(c_ptr), intent(inout), optional :: media_type
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_predictions_image_size(predictions, output, row, width, height, channels, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: predictions
            integer(c_size_t), value :: output
            integer(c_size_t), value :: row
            integer(c_int32_t), intent(inout), optional :: width
            integer(c_int32_t), intent(inout), optional :: height
            integer(c_int32_t), intent(inout), optional :: channels
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_predictions_image_pixels(predictions, output, row, buffer, buffer_size, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: predictions
            integer(c_size_t), value :: output
            integer(c_size_t), value :: row
            type(c_ptr), value :: buffer
            integer(c_size_t), value :: buffer_size
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_predictions_save_image(predictions, output, row, path, path_length, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: predictions
            integer(c_size_t), value :: output
            integer(c_size_t), value :: row
            character(kind=c_char), intent(in) :: path(*)
            integer(c_size_t), value :: path_length
            type(c_ptr), intent(inout), optional :: error
        end function

        subroutine sidekick_predictions_free(predictions) bind(c)
            import
            type(c_ptr), value :: predictions
        end subroutine

        function sidekick_predictions_array(predictions, output, row, elements, count, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: predictions
            integer(c_size_t), value :: output
            integer(c_size_t), value :: row
            type(c_ptr), intent(inout), optional :: elements
            integer(c_size_t), intent(inout), optional :: count
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_predictions_elements(predictions, output, row, elements, size, dtype, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: predictions
            integer(c_size_t), value :: output
            integer(c_size_t), value :: row
            type(c_ptr), intent(inout), optional :: elements
            integer(c_size_t), intent(inout), optional :: size
            integer(c_int32_t), intent(inout), optional :: dtype
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_predictions_elements_column(predictions, output, elements, size, dtype, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: predictions
            integer(c_size_t), value :: output
            type(c_ptr), intent(inout), optional :: elements
            integer(c_size_t), intent(inout), optional :: size
            integer(c_int32_t), intent(inout), optional :: dtype
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_predictions_array_shape(predictions, output, shape, rank, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: predictions
            integer(c_size_t), value :: output
            type(c_ptr), intent(inout), optional :: shape
            integer(c_size_t), intent(inout), optional :: rank
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_predictions_row_shape(predictions, output, row, shape, rank, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: predictions
            integer(c_size_t), value :: output
            integer(c_size_t), value :: row
            type(c_ptr), intent(inout), optional :: shape
            integer(c_size_t), intent(inout), optional :: rank
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_predictions_arrays(predictions, output, elements, count, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: predictions
            integer(c_size_t), value :: output
            type(c_ptr), intent(inout), optional :: elements
            integer(c_size_t), intent(inout), optional :: count
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_predictions_copy_array(predictions, output, row, dtype, buffer, buffer_size, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: predictions
            integer(c_size_t), value :: output
            integer(c_size_t), value :: row
            integer(c_int32_t), value :: dtype
            type(c_ptr), value :: buffer
            integer(c_size_t), value :: buffer_size
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_predictions_save_npy(predictions, output, row, path, path_length, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: predictions
            integer(c_size_t), value :: output
            integer(c_size_t), value :: row
            character(kind=c_char), intent(in) :: path(*)
            integer(c_size_t), value :: path_length
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_stream_new(deployment, cancel, stream, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: deployment
            type(c_ptr), value :: cancel
            type(c_ptr), intent(inout), optional :: stream
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_stream_push(stream, rows, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: stream
            type(c_ptr), value :: rows
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_stream_is_full(stream) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: stream
        end function

        function sidekick_stream_next(stream, predictions, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: stream
            type(c_ptr), intent(inout), optional :: predictions
            type(c_ptr), intent(inout), optional :: error
        end function

        subroutine sidekick_stream_free(stream) bind(c)
            import
            type(c_ptr), value :: stream
        end subroutine

        function sidekick_cancel_new(cancel, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), intent(inout), optional :: cancel
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_cancel_trigger(cancel, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: cancel
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_cancel_set_timeout(cancel, milliseconds, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: cancel
            integer(c_int64_t), value :: milliseconds
            type(c_ptr), intent(inout), optional :: error
        end function

        subroutine sidekick_cancel_free(cancel) bind(c)
            import
            type(c_ptr), value :: cancel
        end subroutine

        function sidekick_error_status(error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: error
        end function

        function sidekick_error_message(error, length) bind(c) result(result_)
            import
            type(c_ptr) :: result_
            type(c_ptr), value :: error
            integer(c_size_t), intent(inout), optional :: length
        end function

        function sidekick_error_http_status(error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: error
        end function

        function sidekick_error_server_code(error, length) bind(c) result(result_)
            import
            type(c_ptr) :: result_
            type(c_ptr), value :: error
            integer(c_size_t), intent(inout), optional :: length
        end function

        function sidekick_error_server_message(error, length) bind(c) result(result_)
            import
            type(c_ptr) :: result_
            type(c_ptr), value :: error
            integer(c_size_t), intent(inout), optional :: length
        end function

        function sidekick_error_row(error) bind(c) result(result_)
            import
            integer(c_int64_t) :: result_
            type(c_ptr), value :: error
        end function

        function sidekick_error_rows_first(error) bind(c) result(result_)
            import
            integer(c_int64_t) :: result_
            type(c_ptr), value :: error
        end function

        function sidekick_error_rows_count(error) bind(c) result(result_)
            import
            integer(c_size_t) :: result_
            type(c_ptr), value :: error
        end function

        function sidekick_error_feature(error, length) bind(c) result(result_)
            import
            type(c_ptr) :: result_
            type(c_ptr), value :: error
            integer(c_size_t), intent(inout), optional :: length
        end function

        function sidekick_error_os_error(error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: error
        end function

        function sidekick_error_attempts(error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: error
        end function

        function sidekick_error_retryable(error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: error
        end function

        subroutine sidekick_error_free(error) bind(c)
            import
            type(c_ptr), value :: error
        end subroutine

        function sidekick_options_new(options, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), intent(inout), optional :: options
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_options_set_batch_rows(options, batch_rows, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: options
            integer(c_size_t), value :: batch_rows
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_options_set_max_in_flight(options, requests, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: options
            integer(c_size_t), value :: requests
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_options_set_isolate_bad_rows(options, isolate, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: options
            integer(c_int32_t), value :: isolate
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_options_set_isolate_status_500(options, isolate, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: options
            integer(c_int32_t), value :: isolate
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_options_set_connect_timeout(options, milliseconds, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: options
            integer(c_int64_t), value :: milliseconds
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_options_set_response_timeout(options, milliseconds, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: options
            integer(c_int64_t), value :: milliseconds
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_options_set_call_timeout(options, milliseconds, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: options
            integer(c_int64_t), value :: milliseconds
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_options_set_retries(options, retries, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: options
            integer(c_int32_t), value :: retries
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_options_set_retry_backoff(options, first_milliseconds, ceiling_milliseconds, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: options
            integer(c_int64_t), value :: first_milliseconds
            integer(c_int64_t), value :: ceiling_milliseconds
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_options_set_ca_file(options, path, path_length, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: options
            character(kind=c_char), intent(in) :: path(*)
            integer(c_size_t), value :: path_length
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_options_set_ca_pem(options, pem, size, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: options
            type(c_ptr), value :: pem
            integer(c_size_t), value :: size
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_options_set_client_certificate_file(options, certificate_path, &
                certificate_path_length, key_path, key_path_length, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: options
            character(kind=c_char), intent(in) :: certificate_path(*)
            integer(c_size_t), value :: certificate_path_length
            character(kind=c_char), intent(in) :: key_path(*)
            integer(c_size_t), value :: key_path_length
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_options_set_client_certificate_pem(options, certificate, certificate_size, key, &
                key_size, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: options
            type(c_ptr), value :: certificate
            integer(c_size_t), value :: certificate_size
            type(c_ptr), value :: key
            integer(c_size_t), value :: key_size
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_options_set_tls_minimum(options, version, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: options
            integer(c_int32_t), value :: version
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_options_set_dangerous_skip_tls_verification(options, skip, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: options
            integer(c_int32_t), value :: skip
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_options_set_allow_token_over_http(options, allow, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: options
            integer(c_int32_t), value :: allow
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_options_add_header(options, name, name_length, value, value_length, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: options
            character(kind=c_char), intent(in) :: name(*)
            integer(c_size_t), value :: name_length
            character(kind=c_char), intent(in) :: value(*)
            integer(c_size_t), value :: value_length
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_options_set_user_agent_suffix(options, suffix, suffix_length, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: options
            character(kind=c_char), intent(in) :: suffix(*)
            integer(c_size_t), value :: suffix_length
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_options_set_host_header(options, host, host_length, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: options
            character(kind=c_char), intent(in) :: host(*)
            integer(c_size_t), value :: host_length
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_options_set_reply_limit(options, limit, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: options
            integer(c_int64_t), value :: limit
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_options_set_max_image_pixels(options, pixels, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: options
            integer(c_int64_t), value :: pixels
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_options_set_apply_orientation(options, apply, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: options
            integer(c_int32_t), value :: apply
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_options_set_request_gzip(options, compress, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: options
            integer(c_int32_t), value :: compress
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_options_set_reply_gzip(options, allow, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: options
            integer(c_int32_t), value :: allow
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_options_set_keep_alive(options, connections, idle_milliseconds, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: options
            integer(c_size_t), value :: connections
            integer(c_int64_t), value :: idle_milliseconds
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_options_set_proxy(options, url, url_length, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: options
            character(kind=c_char), intent(in) :: url(*)
            integer(c_size_t), value :: url_length
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_options_set_no_proxy(options, hosts, hosts_length, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: options
            character(kind=c_char), intent(in) :: hosts(*)
            integer(c_size_t), value :: hosts_length
            type(c_ptr), intent(inout), optional :: error
        end function

        subroutine sidekick_options_free(options) bind(c)
            import
            type(c_ptr), value :: options
        end subroutine

        function sidekick_options_set_protocol(options, protocol, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: options
            integer(c_int32_t), value :: protocol
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_options_set_model_description(options, json, json_length, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: options
            character(kind=c_char), intent(in) :: json(*)
            integer(c_size_t), value :: json_length
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_options_set_model_description_file(options, path, path_length, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: options
            character(kind=c_char), intent(in) :: path(*)
            integer(c_size_t), value :: path_length
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_options_set_wire(options, wire, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: options
            integer(c_int32_t), value :: wire
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_options_set_token_callback(options, callback, data, release, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: options
            type(c_funptr), value :: callback
            type(c_ptr), value :: data
            type(c_funptr), value :: release
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_token_set(token, value, value_length, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: token
            character(kind=c_char), intent(in) :: value(*)
            integer(c_size_t), value :: value_length
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_token_fail(token, message, message_length, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: token
            character(kind=c_char), intent(in) :: message(*)
            integer(c_size_t), value :: message_length
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_options_set_log_callback(options, callback, data, release, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: options
            type(c_funptr), value :: callback
            type(c_ptr), value :: data
            type(c_funptr), value :: release
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_options_set_signal_callback(options, callback, data, release, &
                error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: options
            type(c_funptr), value :: callback
            type(c_ptr), value :: data
            type(c_funptr), value :: release
            type(c_ptr), intent(inout), optional :: error
        end function

        function sidekick_options_set_callbacks_on_caller(options, on_caller, error) bind(c) result(result_)
            import
            integer(c_int32_t) :: result_
            type(c_ptr), value :: options
            integer(c_int32_t), value :: on_caller
            type(c_ptr), intent(inout), optional :: error
        end function
    end interface

contains

    !> A copy of text that the library hands out; empty for c_null_ptr.
    function sidekick_string(text, length) result(string)
        type(c_ptr), intent(in) :: text
        integer(c_size_t), intent(in) :: length
        character(len=:), allocatable :: string
        character(kind=c_char), pointer :: bytes(:)
        integer(c_size_t) :: at
        allocate (character(len=length) :: string)
        if (.not. c_associated(text)) then
            string = ''
            return
        end if
        call c_f_pointer(text, bytes, [length])
        do at = 1, length
            string(at:at) = bytes(at)
        end do
    end function
end module
