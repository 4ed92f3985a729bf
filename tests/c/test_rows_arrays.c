/* Arrays on their way out: every dtype, strides, .npy files, and what is refused. Each check runs against
 * deployments that mirror what was sent, in both wire forms. */
#include "deployments.h"
#include "files.h"

static sidekick_deployment *mirror;
static sidekick_rows *rows;
static const size_t SHAPE[] = {2, 3};
/* The array in most of the files of make_files.py. */
static const float FILE_VALUES[] = {0.5f, -1, 2, 3, 4.25f, -5};

/* The one row that was added to `rows` arrives as these values; `rows` is empty then. */
static void check_sent(const float *expected) {
    sidekick_predictions *predictions;
    const float *elements = NULL;
    size_t count = 0;
    OK(sidekick_rows_end_row(rows, &error));
    predictions = predict(mirror, rows);
    OK(sidekick_rows_clear(rows, &error));
    OK(sidekick_predictions_array(predictions, 0, 0, &elements, &count, &error));
    CHECK(count == 6 && memcmp(elements, expected, 6 * sizeof *expected) == 0);
    sidekick_predictions_free(predictions);
}

/* Sends six elements of a dtype, by name and by index, and checks them. */
static void check_dtype(int32_t dtype, const void *data, size_t size, const float *expected) {
    OK(sidekick_rows_add_array(rows, "value", SIDEKICK_NUL, dtype, SHAPE, 2, NULL, data, size, &error));
    check_sent(expected);
    OK(sidekick_rows_add_array_at(rows, 0, dtype, SHAPE, 2, NULL, data, size, &error));
    check_sent(expected);
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_array_at(rows, 0, dtype, SHAPE, 2, NULL, data, size - 1, &error));
}

static void test_every_dtype(void) {
    const float f32[] = {0, -0.0f, 1.5f, 3.4028235e38f, 1e-45f, -0.1f};
    const double f64[] = {0, 1.5, 0.1, 1e-60, -3.4028234e38, 7};
    const float from_f64[] = {0, 1.5f, 0.1f, 0, -3.4028234e38f, 7};
    const int8_t i8[] = {-128, -1, 0, 1, 2, 127};
    const float from_i8[] = {-128, -1, 0, 1, 2, 127};
    const int16_t i16[] = {-32768, -1, 0, 1, 2, 32767};
    const float from_i16[] = {-32768, -1, 0, 1, 2, 32767};
    const int32_t i32[] = {INT32_MIN, -1, 0, 1, 16777217, INT32_MAX};
    const float from_i32[] = {-2147483648.0f, -1, 0, 1, 16777216, 2147483648.0f};
    const int64_t i64[] = {INT64_MIN, -1, 0, 1, 2, INT64_MAX};
    const float from_i64[] = {-9223372036854775808.0f, -1, 0, 1, 2, 9223372036854775808.0f};
    const uint8_t u8[] = {0, 1, 2, 10, 100, 255};
    const float from_u8[] = {0, 1, 2, 10, 100, 255};
    const uint16_t u16[] = {0, 1, 2, 10, 100, 65535};
    const float from_u16[] = {0, 1, 2, 10, 100, 65535};
    const uint32_t u32[] = {0, 1, 2, 10, 100, UINT32_MAX};
    const float from_u32[] = {0, 1, 2, 10, 100, 4294967296.0f};
    const uint64_t u64[] = {0, 1, 2, 10, 100, UINT64_MAX};
    const float from_u64[] = {0, 1, 2, 10, 100, 18446744073709551616.0f};
    check_dtype(SIDEKICK_DTYPE_F32, f32, sizeof f32, f32);
    check_dtype(SIDEKICK_DTYPE_F64, f64, sizeof f64, from_f64);
    check_dtype(SIDEKICK_DTYPE_I8, i8, sizeof i8, from_i8);
    check_dtype(SIDEKICK_DTYPE_I16, i16, sizeof i16, from_i16);
    check_dtype(SIDEKICK_DTYPE_I32, i32, sizeof i32, from_i32);
    check_dtype(SIDEKICK_DTYPE_I64, i64, sizeof i64, from_i64);
    check_dtype(SIDEKICK_DTYPE_U8, u8, sizeof u8, from_u8);
    check_dtype(SIDEKICK_DTYPE_U16, u16, sizeof u16, from_u16);
    check_dtype(SIDEKICK_DTYPE_U32, u32, sizeof u32, from_u32);
    check_dtype(SIDEKICK_DTYPE_U64, u64, sizeof u64, from_u64);
}

static void test_strides(void) {
    const uint8_t counting[] = {1, 2, 3, 4, 5, 6};
    const int16_t wide[] = {1, -9, 2, -9, 3, -9, 4, -9, 5, -9, 6};
    const float in_order[] = {1, 2, 3, 4, 5, 6}, transposed[] = {1, 3, 5, 2, 4, 6}, reversed[] = {6, 5, 4, 3, 2, 1};
    const float repeated[] = {1, 2, 3, 1, 2, 3}, one[] = {4, 4, 4, 4, 4, 4}, rows_reversed[] = {4, 5, 6, 1, 2, 3};
    const ptrdiff_t plain[] = {3, 1}, columns[] = {1, 2}, gaps[] = {12, 4}, back[] = {-3, -1};
    const ptrdiff_t same_row[] = {0, 1}, none[] = {0, 0};
    const ptrdiff_t row_back[] = {-3, 1};
    OK(sidekick_rows_add_array_at(rows, 0, SIDEKICK_DTYPE_U8, SHAPE, 2, plain, counting, 6, &error));
    check_sent(in_order);
    OK(sidekick_rows_add_array_at(rows, 0, SIDEKICK_DTYPE_U8, SHAPE, 2, columns, counting, 6, &error));
    check_sent(transposed);
    OK(sidekick_rows_add_array_at(rows, 0, SIDEKICK_DTYPE_I16, SHAPE, 2, gaps, wide, sizeof wide, &error));
    check_sent(in_order);
    OK(sidekick_rows_add_array_at(rows, 0, SIDEKICK_DTYPE_U8, SHAPE, 2, back, counting + 5, 1, &error));
    check_sent(reversed);
    OK(sidekick_rows_add_array(rows, "value", 5, SIDEKICK_DTYPE_U8, SHAPE, 2, row_back, counting + 3, 3, &error));
    check_sent(rows_reversed);
    OK(sidekick_rows_add_array_at(rows, 0, SIDEKICK_DTYPE_U8, SHAPE, 2, same_row, counting, 3, &error));
    check_sent(repeated);
    OK(sidekick_rows_add_array(rows, "value", 5, SIDEKICK_DTYPE_U8, SHAPE, 2, none, counting + 3, 1, &error));
    check_sent(one);
    /* Elements need no alignment. */
    {
        char bytes[sizeof in_order + 1];
        memcpy(bytes + 1, in_order, sizeof in_order);
        OK(sidekick_rows_add_array_at(rows, 0, SIDEKICK_DTYPE_F32, SHAPE, 2, NULL, bytes + 1, sizeof in_order, &error));
        check_sent(in_order);
    }
}

static void test_layouts_beyond_the_data(void) {
    static const uint8_t data[16];
    const ptrdiff_t gaps[] = {4, 1}, far[] = {PTRDIFF_MAX, 1}, near[] = {PTRDIFF_MIN, 1};
    const size_t huge[] = {(size_t)-1, (size_t)-1}, large[] = {2, SIZE_MAX / 4 + 1};
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_rows_add_array_at(rows, 0, SIDEKICK_DTYPE_U8, SHAPE, 2, gaps, data, 6, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_rows_add_array_at(rows, 0, SIDEKICK_DTYPE_U8, SHAPE, 2, far, data, 16, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_rows_add_array_at(rows, 0, SIDEKICK_DTYPE_U8, SHAPE, 2, near, data, 16, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_rows_add_array_at(rows, 0, SIDEKICK_DTYPE_U8, huge, 2, NULL, data, 16, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_rows_add_array_at(rows, 0, SIDEKICK_DTYPE_F64, large, 2, NULL, data, 16, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_rows_add_array_at(rows, 0, SIDEKICK_DTYPE_U8, SHAPE, 2, NULL, data, 0, &error));
    KEEPS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_rows_add_array_at(rows, 0, SIDEKICK_DTYPE_U8, SHAPE, 2, NULL, data, 7, &error));
    ABOUT(0, "value");
    FORGET();
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_array_at(rows, 0, 0, SHAPE, 2, NULL, data, 16, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_array_at(rows, 0, 14, SHAPE, 2, NULL, data, 16, &error));
    KEEPS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_array(rows, "value", 5, -1, SHAPE, 2, NULL, data, 16, &error));
    ABOUT(0, "value");
    FORGET();
}

static void test_other_shapes(void) {
    static const uint8_t data[24];
    const size_t turned[] = {3, 2}, flat[] = {6}, deep[] = {1, 2, 3}, empty[] = {0, 3};
    const ptrdiff_t back[] = {24, -8};
    KEEPS(SIDEKICK_ERROR_FEATURE_SHAPE,
          sidekick_rows_add_array(rows, "value", 5, SIDEKICK_DTYPE_U8, turned, 2, NULL, data, 6, &error));
    SAYS("expected an array of shape [2, 3], got [3, 2]");
    ABOUT(0, "value");
    FORGET();
    FAILS(SIDEKICK_ERROR_FEATURE_SHAPE,
          sidekick_rows_add_array_at(rows, 0, SIDEKICK_DTYPE_U8, flat, 1, NULL, data, 6, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_SHAPE,
          sidekick_rows_add_array_at(rows, 0, SIDEKICK_DTYPE_U8, deep, 3, NULL, data, 6, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_SHAPE,
          sidekick_rows_add_array_at(rows, 0, SIDEKICK_DTYPE_U8, empty, 2, NULL, data, 0, &error));
    /* Without elements nothing is read, wherever the strides point. */
    FAILS(SIDEKICK_ERROR_FEATURE_SHAPE,
          sidekick_rows_add_array_at(rows, 0, SIDEKICK_DTYPE_F64, empty, 2, back, NULL, 0, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_SHAPE,
          sidekick_rows_add_array_at(rows, 0, SIDEKICK_DTYPE_F32, NULL, 0, NULL, data, 4, &error));
}

static void test_values_that_cannot_be_sent(void) {
    const float not_finite[] = {NAN, INFINITY, -INFINITY};
    const double too_large[] = {1, 2, 3, 4, -1e39, 6};
    const float good[] = {1, 2, 3, 4, 5, 6};
    int i;
    for (i = 0; i < 3; i++) {
        float values[] = {1, 2, 3, 4, 5, 6};
        values[4] = not_finite[i];
        KEEPS(SIDEKICK_ERROR_FEATURE_VALUE,
              sidekick_rows_add_array(rows, "value", 5, SIDEKICK_DTYPE_F32, SHAPE, 2, NULL, values,
                                      sizeof values, &error));
        SAYS("element [1, 1]");
        ABOUT(0, "value");
        FORGET();
    }
    FAILS(SIDEKICK_ERROR_FEATURE_VALUE,
          sidekick_rows_add_array_at(rows, 0, SIDEKICK_DTYPE_F64, SHAPE, 2, NULL, too_large, sizeof too_large, &error));
    /* Half an array that was written is taken back. */
    OK(sidekick_rows_add_array_at(rows, 0, SIDEKICK_DTYPE_F32, SHAPE, 2, NULL, good, sizeof good, &error));
    check_sent(good);
}

/* A file arrives as these values through each of the four functions that take one. */
static void check_file(const char *name, const float *expected) {
    size_t size;
    unsigned char *file = read_file(name, &size);
    OK(sidekick_rows_add_npy(rows, "value", SIDEKICK_NUL, file, size, &error));
    check_sent(expected);
    OK(sidekick_rows_add_npy_at(rows, 0, file, size, &error));
    check_sent(expected);
    OK(sidekick_rows_add_npy_file(rows, "value", SIDEKICK_NUL, name, SIDEKICK_NUL, &error));
    check_sent(expected);
    OK(sidekick_rows_add_npy_file_at(rows, 0, name, SIDEKICK_NUL, &error));
    check_sent(expected);
    free(file);
}

static void test_npy_files(void) {
    const char *const dtypes[] = {"f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"};
    const float whole[] = {0, 1, 2, 3, 4, 100}, bits[] = {0, 1, 1, 1, 1, 1};
    char name[64];
    size_t i;
    check_file("array.npy", FILE_VALUES);
    check_file("array-fortran.npy", FILE_VALUES);
    check_file("array-big-endian.npy", FILE_VALUES);
    check_file("array-f8-fortran-big-endian.npy", FILE_VALUES);
    check_file("array-version-2.npy", FILE_VALUES);
    check_file("array-version-3.npy", FILE_VALUES);
    check_file("whole-b1.npy", bits);
    for (i = 0; i < sizeof dtypes / sizeof *dtypes; i++) {
        snprintf(name, sizeof name, "whole-%s.npy", dtypes[i]);
        check_file(name, whole);
        snprintf(name, sizeof name, "whole-%s-big-endian.npy", dtypes[i]);
        check_file(name, whole);
    }
}

/* A file is refused through each of the four functions that take one. */
static void refused_file(sidekick_status status, const char *name) {
    size_t size;
    unsigned char *file = read_file(name, &size);
    KEEPS(status, sidekick_rows_add_npy(rows, "value", SIDEKICK_NUL, file, size, &error));
    ABOUT(0, "value");
    FORGET();
    FAILS(status, sidekick_rows_add_npy_at(rows, 0, file, size, &error));
    KEEPS(status, sidekick_rows_add_npy_file(rows, "value", SIDEKICK_NUL, name, SIDEKICK_NUL, &error));
    ABOUT(0, "value");
    FORGET();
    FAILS(status, sidekick_rows_add_npy_file_at(rows, 0, name, SIDEKICK_NUL, &error));
    free(file);
}

static void test_npy_refusals(void) {
    refused_file(SIDEKICK_ERROR_FEATURE_SHAPE, "array-transposed.npy");
    refused_file(SIDEKICK_ERROR_FEATURE_VALUE, "array-nan.npy");
    refused_file(SIDEKICK_ERROR_FEATURE_VALUE, "array-too-large.npy");
    refused_file(SIDEKICK_ERROR_NPY, "array-complex.npy");
    refused_file(SIDEKICK_ERROR_NPY, "array-half.npy");
    refused_file(SIDEKICK_ERROR_NPY, "array-objects.npy");
    refused_file(SIDEKICK_ERROR_NPY, "array-cut.npy");
    refused_file(SIDEKICK_ERROR_NPY, "array-long.npy");
    refused_file(SIDEKICK_ERROR_NPY, "empty");
    refused_file(SIDEKICK_ERROR_NPY, "rgb.png");
    FAILS(SIDEKICK_ERROR_NPY, sidekick_rows_add_npy_at(rows, 0, NULL, 0, &error));
    KEEPS(SIDEKICK_ERROR_FILE, sidekick_rows_add_npy_file(rows, "value", 5, "not there.npy", SIDEKICK_NUL, &error));
    SAYS("not there.npy");
    ABOUT(0, "value");
    FORGET();
    FAILS(SIDEKICK_ERROR_FILE, sidekick_rows_add_npy_file_at(rows, 0, "array.npy", 5, &error));
    FAILS(SIDEKICK_ERROR_FILE, sidekick_rows_add_npy_file_at(rows, 0, NULL, 0, &error));
}

static void test_null(void) {
    const float data[] = {1, 2, 3, 4, 5, 6};
    const ptrdiff_t back[] = {-12, -4}, plain[] = {12, 4};
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_rows_add_array(NULL, "value", 5, SIDEKICK_DTYPE_F32, SHAPE, 2, NULL, data, sizeof data, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_rows_add_array(rows, NULL, 5, SIDEKICK_DTYPE_F32, SHAPE, 2, NULL, data, sizeof data, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_rows_add_array(rows, "value", 5, SIDEKICK_DTYPE_F32, NULL, 2, NULL, data, sizeof data, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_rows_add_array(rows, "value", 5, SIDEKICK_DTYPE_F32, SHAPE, 2, NULL, NULL, sizeof data, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_rows_add_array_at(NULL, 0, SIDEKICK_DTYPE_F32, SHAPE, 2, NULL, data, sizeof data, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_rows_add_array_at(rows, 0, SIDEKICK_DTYPE_F32, NULL, 2, NULL, data, sizeof data, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_rows_add_array_at(rows, 0, SIDEKICK_DTYPE_F32, SHAPE, 2, plain, NULL, sizeof data, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_rows_add_array_at(rows, 0, SIDEKICK_DTYPE_F32, SHAPE, 2, back, NULL, sizeof data, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_rows_add_array_at(rows, 0, SIDEKICK_DTYPE_F32, SHAPE, 2, back, NULL, 0, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_npy(NULL, "value", 5, data, 4, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_npy(rows, NULL, 5, data, 4, &error));
    FAILS_ABOUT(0, "value", SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_npy(rows, "value", 5, NULL, 4, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_npy_at(NULL, 0, data, 4, &error));
    FAILS_ABOUT(0, "value", SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_npy_at(rows, 0, NULL, 4, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_npy_file(NULL, "value", 5, "array.npy", 9, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_npy_file(rows, NULL, 5, "array.npy", 9, &error));
    FAILS_ABOUT(0, "value", SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_npy_file(rows, "value", 5, NULL, 9, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_npy_file_at(NULL, 0, "array.npy", 9, &error));
    FAILS_ABOUT(0, "value", SIDEKICK_ERROR_ARGUMENT,
                sidekick_rows_add_npy_file_at(rows, 0, NULL, SIDEKICK_NUL, &error));
    CHECK(sidekick_rows_add_npy_at(rows, 0, NULL, 4, NULL) == SIDEKICK_ERROR_ARGUMENT);
}

static void test_wrong_features(void) {
    const float data[] = {1, 2, 3, 4, 5, 6};
    sidekick_deployment *echo = open_deployment("echo");
    sidekick_rows *several = new_rows(echo);
    size_t size;
    unsigned char *file = read_file("array.npy", &size);
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE,
          sidekick_rows_add_array(several, "x", 1, SIDEKICK_DTYPE_F32, SHAPE, 2, NULL, data, sizeof data, &error));
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE,
          sidekick_rows_add_array_at(several, INPUTS, SIDEKICK_DTYPE_F32, SHAPE, 2, NULL, data, sizeof data, &error));
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE, sidekick_rows_add_npy(several, "x", 1, file, size, &error));
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE, sidekick_rows_add_npy_at(several, INPUTS, file, size, &error));
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE, sidekick_rows_add_npy_file(several, "x", 1, "array.npy", 9, &error));
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE, sidekick_rows_add_npy_file_at(several, INPUTS, "array.npy", 9, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE,
          sidekick_rows_add_array(several, "number", 6, SIDEKICK_DTYPE_F32, SHAPE, 2, NULL, data, sizeof data, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE, sidekick_rows_add_array_at(several, IN_PICTURE, SIDEKICK_DTYPE_F32,
                                                                  SHAPE, 2, NULL, data, sizeof data, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE, sidekick_rows_add_npy(several, "text", 4, file, size, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE, sidekick_rows_add_npy_at(several, IN_FLAG, file, size, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE, sidekick_rows_add_npy_file(several, "category", 8, "array.npy", 9, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE, sidekick_rows_add_npy_file_at(several, IN_NUMBER, "array.npy", 9, &error));
    add_echo_array(several, 0);
    FAILS(SIDEKICK_ERROR_FEATURE_TWICE,
          sidekick_rows_add_array(several, "array", 5, SIDEKICK_DTYPE_F32, SHAPE, 2, NULL, data, sizeof data, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TWICE,
          sidekick_rows_add_array_at(several, IN_ARRAY, SIDEKICK_DTYPE_F32, SHAPE, 2, NULL, data, sizeof data, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TWICE, sidekick_rows_add_npy(several, "array", 5, file, size, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TWICE, sidekick_rows_add_npy_at(several, IN_ARRAY, file, size, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TWICE, sidekick_rows_add_npy_file(several, "array", 5, "array.npy", 9, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TWICE, sidekick_rows_add_npy_file_at(several, IN_ARRAY, "array.npy", 9, &error));
    free(file);
    sidekick_rows_free(several);
    sidekick_deployment_free(echo);
}

/* Arrays without dimensions, and without elements. */
static void test_small_arrays(void) {
    const float value = -1.5f, *elements = NULL;
    const size_t nothing[] = {0, 3};
    size_t count = 7;
    sidekick_predictions *predictions;
    mirror = open_liar("mirror-scalar");
    rows = new_rows(mirror);
    OK(sidekick_rows_add_array_at(rows, 0, SIDEKICK_DTYPE_F32, NULL, 0, NULL, &value, sizeof value, &error));
    OK(sidekick_rows_end_row(rows, &error));
    predictions = predict(mirror, rows);
    OK(sidekick_predictions_array(predictions, 0, 0, &elements, &count, &error));
    CHECK(count == 1 && elements[0] == value);
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(mirror);
    mirror = open_liar("mirror-empty");
    rows = new_rows(mirror);
    OK(sidekick_rows_add_array_at(rows, 0, SIDEKICK_DTYPE_F32, nothing, 2, NULL, NULL, 0, &error));
    OK(sidekick_rows_end_row(rows, &error));
    predictions = predict(mirror, rows);
    OK(sidekick_predictions_array(predictions, 0, 0, &elements, &count, &error));
    CHECK(count == 0 && sidekick_predictions_count(predictions) == 1);
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(mirror);
}

/* Both wire forms reach the model and come back from it. */
static void test_the_server_sees_the_elements(void) {
    const char *const ids[] = {"echo", "echo-npy", "echo-older"};
    int i;
    for (i = 0; i < 3; i++) {
        sidekick_deployment *echo = open_deployment(ids[i]);
        sidekick_rows *several = new_rows(echo);
        sidekick_predictions *predictions;
        const float *elements = NULL;
        size_t count = 0;
        add_echo_row(several, 0.25, "a", 0);
        add_echo_row_but(several, IN_ARRAY, 1, "b", 1);
        OK(sidekick_rows_add_npy_file_at(several, IN_ARRAY, "array-fortran.npy", SIDEKICK_NUL, &error));
        OK(sidekick_rows_end_row(several, &error));
        predictions = predict(echo, several);
        OK(sidekick_predictions_arrays(predictions, OUT_ARRAY, &elements, &count, &error));
        CHECK(count == 12 && elements[0] == 0.25f && elements[5] == 5.25f);
        CHECK(memcmp(elements + 6, FILE_VALUES, sizeof FILE_VALUES) == 0);
        sidekick_predictions_free(predictions);
        sidekick_rows_free(several);
        sidekick_deployment_free(echo);
    }
}

/* A million elements: out as 8-bit integers to one deployment, in as floats from another. */
static void test_large_arrays(void) {
    enum { SIDE = 1000 };
    static unsigned char bytes[SIDE * SIDE];
    const size_t shape[] = {SIDE, SIDE};
    sidekick_deployment *mean = open_deployment("single-array"), *filled = open_deployment("big-array");
    sidekick_rows *large = new_rows(mean), *small = new_rows(filled);
    sidekick_predictions *predictions;
    const float *elements = NULL;
    size_t count = 0, same = 0, i;
    double number = 0;
    memset(bytes, 7, sizeof bytes);
    memset(bytes, 9, sizeof bytes / 2);
    OK(sidekick_rows_add_array_at(large, 0, SIDEKICK_DTYPE_U8, shape, 2, NULL, bytes, sizeof bytes, &error));
    OK(sidekick_rows_end_row(large, &error));
    predictions = predict(mean, large);
    OK(sidekick_predictions_number(predictions, 0, 0, &number, &error));
    CHECK(fabs(number - 8) < 0.001);
    sidekick_predictions_free(predictions);
    OK(sidekick_rows_add_number_at(small, 0, -0.1, &error));
    OK(sidekick_rows_end_row(small, &error));
    predictions = predict(filled, small);
    OK(sidekick_predictions_array(predictions, 0, 0, &elements, &count, &error));
    for (i = 0; i < count; i++) {
        same += elements[i] == -0.1f;
    }
    CHECK(count == SIDE * SIDE && same == count);
    sidekick_predictions_free(predictions);
    sidekick_rows_free(small);
    sidekick_rows_free(large);
    sidekick_deployment_free(filled);
    sidekick_deployment_free(mean);
}

int main(void) {
    const char *const mirrors[] = {"mirror-array", "mirror-array-npy"};
    int i;
    for (i = 0; i < 2; i++) {
        mirror = open_liar(mirrors[i]);
        rows = new_rows(mirror);
        test_every_dtype();
        test_strides();
        test_layouts_beyond_the_data();
        test_other_shapes();
        test_values_that_cannot_be_sent();
        test_npy_files();
        test_npy_refusals();
        test_null();
        sidekick_rows_free(rows);
        sidekick_deployment_free(mirror);
    }
    test_wrong_features();
    test_small_arrays();
    test_the_server_sees_the_elements();
    test_large_arrays();
    return checks_failed("test_rows_arrays");
}
