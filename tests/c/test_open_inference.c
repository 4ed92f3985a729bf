/* Models of the Open Inference Protocol, by the functions that serve deployments. */
#include "deployments.h"

static const char *model_url(const char *id) {
    static char url[512];
    snprintf(url, sizeof url, "%s/v2%s%s", environment("SIDEKICK_SERVER_URL"), id[0] == '\0' ? "" : "/models/", id);
    return url;
}

static sidekick_deployment *open_with(const char *id, const sidekick_options *options) {
    sidekick_deployment *model = NULL;
    char token[128];
    snprintf(token, sizeof token, "%s-token", id);
    OK(sidekick_deployment_open(model_url(id), SIDEKICK_NUL, token, SIDEKICK_NUL, options, NULL, &model, &error));
    CHECK(sidekick_deployment_protocol(model) == SIDEKICK_PROTOCOL_OPEN_INFERENCE);
    return model;
}

static sidekick_deployment *open_model(const char *id) {
    return open_with(id, NULL);
}

/* Tensors as JSON give the same results, and a model without an axis for rows takes one row a request. */
static void test_json(void) {
    sidekick_options *options = NULL;
    sidekick_deployment *model;
    sidekick_rows *rows = NULL;
    sidekick_predictions *predictions;
    double number = 0;
    OK(sidekick_options_new(&options, &error));
    OK(sidekick_options_set_wire(options, SIDEKICK_WIRE_JSON, &error));
    model = open_with("reciprocal", options);
    CHECK(sidekick_deployment_batch_limit(model) == 0 && sidekick_deployment_batch_limit(NULL) == 0);
    rows = new_rows(model);
    OK(sidekick_rows_add_number_at(rows, 0, 4, &error));
    OK(sidekick_rows_end_row(rows, &error));
    predictions = predict(model, rows);
    OK(sidekick_predictions_number(predictions, 0, 0, &number, &error));
    CHECK(number == 0.25);
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(model);
    model = open_with("fixed", options);
    CHECK(sidekick_deployment_batch_limit(model) == 1);
    sidekick_deployment_free(model);
    sidekick_options_free(options);
}

static void test_numbers(void) {
    sidekick_deployment *model = open_model("reciprocal");
    sidekick_rows *rows = NULL;
    sidekick_predictions *predictions = NULL;
    const double numbers[] = {0.5, 4};
    const double *found = NULL;
    size_t count = 0;
    double number = 0;

    OK(sidekick_rows_new(model, &rows, &error));
    OK(sidekick_rows_add_number(rows, "number", SIDEKICK_NUL, 2, &error));
    OK(sidekick_rows_end_row(rows, &error));
    OK(sidekick_rows_add_number_at(rows, 0, numbers[0], &error));
    OK(sidekick_rows_end_row(rows, &error));
    OK(sidekick_deployment_predict(model, rows, NULL, &predictions, &error));
    OK(sidekick_predictions_number(predictions, 0, 0, &number, &error));
    CHECK(number == 0.5);
    OK(sidekick_predictions_numbers(predictions, 0, &found, &count, &error));
    CHECK(count == 2 && found[1] == 2);
    FAILS(SIDEKICK_ERROR_FEATURE_VALUE, sidekick_rows_add_number_at(rows, 0, 1e39, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE, sidekick_rows_add_text_at(rows, 0, "x", 1, &error));
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(model);
}

static void test_arrays(void) {
    sidekick_deployment *model = open_model("simple");
    sidekick_rows *rows = NULL;
    sidekick_predictions *predictions = NULL;
    const size_t sixteen = 16;
    int32_t first[16], second[16], sums[16];
    const double halves[16] = {0.5};
    const float *values = NULL;
    size_t count = 0;
    int place;

    for (place = 0; place < 16; place++) {
        first[place] = 2147483000;
        second[place] = place;
    }
    OK(sidekick_rows_new(model, &rows, &error));
    OK(sidekick_rows_add_array(rows, "INPUT0", SIDEKICK_NUL, SIDEKICK_DTYPE_I32, &sixteen, 1, NULL, first,
                               sizeof first, &error));
    KEEPS(SIDEKICK_ERROR_FEATURE_VALUE,
          sidekick_rows_add_array(rows, "INPUT1", SIDEKICK_NUL, SIDEKICK_DTYPE_F64, &sixteen, 1, NULL, halves,
                                  sizeof halves, &error));
    SAYS("element [0]: 0.5 is not a whole number that INT32 holds");
    ABOUT(0, "INPUT1");
    FORGET();
    OK(sidekick_rows_add_array(rows, "INPUT1", SIDEKICK_NUL, SIDEKICK_DTYPE_I32, &sixteen, 1, NULL, second,
                               sizeof second, &error));
    OK(sidekick_rows_end_row(rows, &error));
    OK(sidekick_deployment_predict(model, rows, NULL, &predictions, &error));
    OK(sidekick_predictions_array(predictions, 1, 0, &values, &count, &error));
    CHECK(count == 16 && values[0] == (float)2147483000);
    /* A copy in the tensor's own type is exact. */
    OK(sidekick_predictions_copy_array(predictions, 0, 0, SIDEKICK_DTYPE_I32, sums, sizeof sums, &error));
    CHECK(sums[0] == 2147483000 && sums[15] == 2147483015);
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(model);
}

/* The elements of a row and of a column, in the type of the tensor. */
static void test_elements(void) {
    sidekick_deployment *model = open_model("half"), *echo = open_deployment("echo");
    sidekick_rows *rows = NULL;
    sidekick_predictions *predictions = NULL;
    const size_t two = 2;
    const uint16_t halves[] = {0x3c00, 0xfbff};
    const float floats[] = {0.5f, -2};
    const void *elements = NULL;
    int32_t dtype = 0;
    size_t size = 0;

    OK(sidekick_deployment_feature_dtype(model, SIDEKICK_INPUT, 0, &dtype, &error));
    CHECK(dtype == SIDEKICK_DTYPE_F16);
    OK(sidekick_rows_new(model, &rows, &error));
    OK(sidekick_rows_add_array_at(rows, 0, SIDEKICK_DTYPE_F16, &two, 1, NULL, halves, sizeof halves, &error));
    OK(sidekick_rows_end_row(rows, &error));
    OK(sidekick_rows_add_array_at(rows, 0, SIDEKICK_DTYPE_F32, &two, 1, NULL, floats, sizeof floats, &error));
    OK(sidekick_rows_end_row(rows, &error));
    OK(sidekick_deployment_predict(model, rows, NULL, &predictions, &error));
    OK(sidekick_predictions_elements(predictions, 0, 0, &elements, &size, &dtype, &error));
    CHECK(dtype == SIDEKICK_DTYPE_F16 && size == sizeof halves && memcmp(elements, halves, size) == 0);
    OK(sidekick_predictions_elements_column(predictions, 0, &elements, &size, &dtype, &error));
    CHECK(size == 8 && ((const uint16_t *)elements)[2] == 0x3800 && ((const uint16_t *)elements)[3] == 0xc000);
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_predictions_elements(predictions, 0, 2, &elements, &size, &dtype, &error));
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE,
          sidekick_predictions_elements_column(predictions, 1, &elements, &size, &dtype, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_elements_column(predictions, 0, &elements, &size, NULL, &error));
    OK(sidekick_predictions_elements(predictions, 0, 1, &elements, NULL, &dtype, &error));
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(model);

    /* A deployment of the Deployment API has them as well. */
    rows = new_rows(echo);
    add_echo_row(rows, 1.5, "a", 1);
    add_echo_row(rows, 2.5, "b", 0);
    predictions = predict(echo, rows);
    OK(sidekick_predictions_elements_column(predictions, OUT_NUMBER, &elements, &size, &dtype, &error));
    CHECK(dtype == SIDEKICK_DTYPE_F64 && size == 2 * sizeof(double));
    OK(sidekick_predictions_elements(predictions, OUT_ARRAY, 1, &elements, &size, &dtype, &error));
    CHECK(dtype == SIDEKICK_DTYPE_F32 && size == 6 * sizeof(float));
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE,
          sidekick_predictions_elements(predictions, OUT_TEXT, 0, &elements, &size, &dtype, &error));
    OK(sidekick_deployment_feature_dtype(echo, SIDEKICK_OUTPUT, OUT_TEXT, &dtype, &error));
    CHECK(dtype == 0);
    OK(sidekick_deployment_feature_dtype(echo, SIDEKICK_INPUT, IN_ARRAY, &dtype, &error));
    CHECK(dtype == SIDEKICK_DTYPE_F32);
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE,
          sidekick_deployment_feature_dtype(echo, SIDEKICK_INPUT, INPUTS, &dtype, &error));
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(echo);
}

/* A number is read as an integer if it is one. */
static void test_integers(void) {
    sidekick_deployment *fixed = open_model("fixed"), *reciprocal = open_model("reciprocal");
    sidekick_rows *rows = new_rows(fixed);
    sidekick_predictions *predictions;
    const size_t shape[] = {2, 3};
    const uint8_t ones[] = {1, 1, 1, 1, 1, 1};
    int64_t integer = 0;

    OK(sidekick_rows_add_array_at(rows, 0, SIDEKICK_DTYPE_U8, shape, 2, NULL, ones, sizeof ones, &error));
    OK(sidekick_rows_end_row(rows, &error));
    predictions = predict(fixed, rows);
    OK(sidekick_predictions_integer(predictions, 0, 0, &integer, &error));
    CHECK(integer == 6);
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE, sidekick_predictions_integer(predictions, 1, 0, &integer, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_predictions_integer(predictions, 0, 1, &integer, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_predictions_integer(predictions, 1, 0, NULL, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_predictions_integer(NULL, 1, 0, &integer, &error));
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);

    rows = new_rows(reciprocal);
    OK(sidekick_rows_add_number_at(rows, 0, 0.5, &error));
    OK(sidekick_rows_end_row(rows, &error));
    OK(sidekick_rows_add_number_at(rows, 0, 4, &error));
    OK(sidekick_rows_end_row(rows, &error));
    predictions = predict(reciprocal, rows);
    OK(sidekick_predictions_integer(predictions, 0, 0, &integer, &error));
    CHECK(integer == 2);
    KEEPS(SIDEKICK_ERROR_FEATURE_VALUE, sidekick_predictions_integer(predictions, 0, 1, &integer, &error));
    SAYS("0.25 is not an integer");
    ABOUT(1, "reciprocal");
    FORGET();
    CHECK(integer == 2);
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(fixed);
    sidekick_deployment_free(reciprocal);
}

/* Bytes are neither given for a text input nor read from a text output. */
static void test_bytes_are_not_text(void) {
    sidekick_deployment *echo = open_deployment("echo");
    sidekick_rows *rows = new_rows(echo);
    sidekick_predictions *predictions;
    const void *value = NULL;
    const size_t *ends = NULL;
    size_t size = 0;

    KEEPS(SIDEKICK_ERROR_FEATURE_TYPE, sidekick_rows_add_bytes_at(rows, IN_TEXT, "a", 1, &error));
    SAYS("got bytes");
    FORGET();
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE, sidekick_rows_add_bytes(rows, "no input", SIDEKICK_NUL, "a", 1, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_bytes_at(rows, IN_TEXT, NULL, 1, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_bytes(NULL, "x", 1, "a", 1, &error));
    add_echo_row(rows, 1.5, "a", 1);
    predictions = predict(echo, rows);
    KEEPS(SIDEKICK_ERROR_FEATURE_TYPE, sidekick_predictions_bytes(predictions, OUT_TEXT, 0, &value, &size, &error));
    SAYS("read as bytes");
    FORGET();
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE,
          sidekick_predictions_bytes_column(predictions, OUT_TEXT, &value, &ends, &size, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_predictions_bytes(predictions, OUT_TEXT, 0, NULL, &size, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_bytes_column(predictions, OUT_TEXT, &value, NULL, &size, &error));
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(echo);
}

/* A model of passing_models.py. */
static sidekick_deployment *open_passing(const char *id, const char *description) {
    sidekick_options *options = NULL;
    sidekick_deployment *model = NULL;
    char url[600];
    snprintf(url, sizeof url, "%s/v2/models/%s", environment("SIDEKICK_MISBEHAVING_URL"), id);
    OK(sidekick_options_new(&options, &error));
    OK(sidekick_options_set_model_description(options, description, SIDEKICK_NUL, &error));
    OK(sidekick_deployment_open(url, SIDEKICK_NUL, "", 0, options, NULL, &model, &error));
    sidekick_options_free(options);
    return model;
}

/* A row may leave out an input that the description calls optional. */
static void test_optional_inputs(void) {
    sidekick_deployment *model = open_passing("bytes", "{\"inputs\": [{\"name\": \"value\", \"optional\": true}]}");
    sidekick_deployment *echo = open_deployment("echo");
    int32_t optional = 0;
    OK(sidekick_deployment_feature_optional(model, SIDEKICK_INPUT, 0, &optional, &error));
    CHECK(optional == 1);
    OK(sidekick_deployment_feature_optional(model, SIDEKICK_OUTPUT, 0, &optional, &error));
    CHECK(optional == 0);
    OK(sidekick_deployment_feature_optional(echo, SIDEKICK_INPUT, IN_TEXT, &optional, &error));
    CHECK(optional == 0);
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE,
          sidekick_deployment_feature_optional(model, SIDEKICK_INPUT, 1, &optional, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_deployment_feature_optional(model, 2, 0, &optional, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_deployment_feature_optional(model, SIDEKICK_INPUT, 0, NULL, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_deployment_feature_optional(NULL, SIDEKICK_INPUT, 0, &optional, &error));
    sidekick_deployment_free(model);
    sidekick_deployment_free(echo);
}

/* Bytes of any meaning, by a description that says so. */
static void test_bytes(void) {
    sidekick_deployment *model = open_passing("bytes", "{\"inputs\": [{\"name\": \"value\", \"type\": \"bytes\"}], "
                                                       "\"outputs\": [{\"name\": \"value_out\", \"type\": \"bytes\"}]}");
    sidekick_rows *rows = new_rows(model);
    sidekick_predictions *predictions;
    const char *const sent = "a\0\xff" "longer";
    const void *value = NULL, *const column = sent;
    const size_t lengths[] = {3}, *ends = NULL, sizes[] = {3, 9}, *const all_ends = sizes, size_of_all = 9;
    const int32_t kind = SIDEKICK_COLUMN_PIECES;
    const size_t input = 0;
    size_t size = 0, count = 0;
    int32_t type = 0, dtype = 1;

    OK(sidekick_deployment_feature_type(model, SIDEKICK_INPUT, 0, &type, &error));
    OK(sidekick_deployment_feature_dtype(model, SIDEKICK_INPUT, 0, &dtype, &error));
    CHECK(type == SIDEKICK_TYPE_BYTES && dtype == 0);
    OK(sidekick_rows_add_bytes(rows, "value", SIDEKICK_NUL, sent, lengths[0], &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TWICE, sidekick_rows_add_bytes_at(rows, 0, "", 0, &error));
    OK(sidekick_rows_end_row(rows, &error));
    OK(sidekick_rows_add_bytes_at(rows, 0, NULL, 0, &error));
    OK(sidekick_rows_end_row(rows, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE, sidekick_rows_add_text_at(rows, 0, "text", 4, &error));
    OK(sidekick_rows_add_columns(rows, 2, 1, &input, &kind, &column, &size_of_all, &all_ends, &error));
    predictions = predict(model, rows);
    OK(sidekick_predictions_bytes(predictions, 0, 0, &value, &size, &error));
    CHECK(size == 3 && memcmp(value, sent, 3) == 0);
    OK(sidekick_predictions_bytes(predictions, 0, 1, &value, &size, &error));
    CHECK(size == 0);
    OK(sidekick_predictions_bytes_column(predictions, 0, &value, &ends, &count, &error));
    CHECK(count == 4 && ends[0] == 3 && ends[1] == 3 && ends[2] == 6 && ends[3] == 12);
    CHECK(memcmp(value, "a\0\xff" "a\0\xff" "longer", 12) == 0);
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_predictions_bytes(predictions, 0, 4, &value, &size, &error));
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(model);

    /* Without the description they are text, which has to be UTF-8. */
    model = open_passing("bytes", "{\"inputs\": [{\"name\": \"value\", \"type\": \"bytes\"}]}");
    rows = new_rows(model);
    OK(sidekick_rows_add_bytes_at(rows, 0, sent, lengths[0], &error));
    OK(sidekick_rows_end_row(rows, &error));
    predictions = NULL;
    KEEPS(SIDEKICK_ERROR_REPLY_ENCODING, sidekick_deployment_predict(model, rows, NULL, &predictions, &error));
    SAYS("is not UTF-8 text; if it is not meant to be, a model description can give the output the type bytes");
    ABOUT(0, "value_out");
    FORGET();
    sidekick_rows_free(rows);
    sidekick_deployment_free(model);
}

/* An integer beyond INT64_MAX is exact in a tensor of UINT64. */
static void test_unsigned(void) {
    sidekick_deployment *model = open_passing("unsigned", ""), *echo = open_deployment("echo");
    sidekick_rows *rows = new_rows(model);
    sidekick_predictions *predictions;
    const uint64_t *found = NULL;
    const void *elements = NULL;
    size_t size = 0;
    int32_t dtype = 0;
    OK(sidekick_rows_add_unsigned(rows, "value", SIDEKICK_NUL, UINT64_MAX, &error));
    KEEPS(SIDEKICK_ERROR_FEATURE_TWICE, sidekick_rows_add_unsigned_at(rows, 0, 1, &error));
    ABOUT(0, "value");
    FORGET();
    OK(sidekick_rows_end_row(rows, &error));
    OK(sidekick_rows_add_unsigned_at(rows, 0, 7, &error));
    OK(sidekick_rows_end_row(rows, &error));
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE, sidekick_rows_add_unsigned(rows, "other", SIDEKICK_NUL, 1, &error));
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE, sidekick_rows_add_unsigned_at(rows, 1, 1, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_unsigned(rows, NULL, SIDEKICK_NUL, 1, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_unsigned(NULL, "value", SIDEKICK_NUL, 1, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_unsigned_at(NULL, 0, 1, &error));
    predictions = predict(model, rows);
    OK(sidekick_predictions_elements_column(predictions, 0, &elements, &size, &dtype, &error));
    found = elements;
    CHECK(size == 2 * sizeof *found && dtype == SIDEKICK_DTYPE_U64 && found[0] == UINT64_MAX && found[1] == 7);
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(model);

    /* For the Deployment API it is the nearest double, and no category. */
    rows = new_rows(echo);
    OK(sidekick_rows_add_unsigned_at(rows, IN_NUMBER, UINT64_MAX, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_VALUE, sidekick_rows_add_unsigned_at(rows, IN_CATEGORY, UINT64_MAX, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE, sidekick_rows_add_unsigned_at(rows, IN_TEXT, UINT64_MAX, &error));
    sidekick_rows_free(rows);
    sidekick_deployment_free(echo);
}

/* Adds a row of `length` pairs, all with one value, to the model `free`. */
static void add_pairs(sidekick_rows *rows, size_t length, float value) {
    float pairs[8];
    size_t place;
    const size_t shape[] = {length, 2};
    for (place = 0; place < 2 * length; place++) pairs[place] = value;
    OK(sidekick_rows_add_array(rows, "x", SIDEKICK_NUL, SIDEKICK_DTYPE_F32, shape, 2, NULL, pairs,
                               2 * length * sizeof pairs[0], &error));
    OK(sidekick_rows_add_integer(rows, "tag", SIDEKICK_NUL, (int64_t)length, &error));
    OK(sidekick_rows_end_row(rows, &error));
}

/* A size that is free is another in each row. */
static void test_free_sizes(void) {
    sidekick_deployment *model = open_passing("free", "");
    sidekick_rows *rows = new_rows(model);
    sidekick_predictions *predictions;
    const float numbers[] = {1, 2, 3, 4, 5, 6, 7, 8};
    const int64_t tags[] = {7, 8};
    const void *columns[] = {numbers, tags}, *elements = NULL;
    const size_t inputs[] = {0, 1}, sizes[] = {sizeof numbers, sizeof tags}, given[] = {2, 2}, wrong[] = {2, 3};
    const int32_t kinds[] = {SIDEKICK_DTYPE_F32, SIDEKICK_DTYPE_I64};
    const size_t *shapes[] = {given, NULL}, *shape = NULL, three[] = {3, 1};
    const float *values = NULL;
    size_t rank = 0, count = 0, size = 0, row;
    int32_t dtype = 0;
    int64_t tag = 0;

    OK(sidekick_deployment_feature_shape(model, SIDEKICK_INPUT, 0, &shape, &rank, &error));
    CHECK(rank == 2 && shape[0] == SIDEKICK_SIZE_ANY && shape[1] == 2);
    add_pairs(rows, 1, 1.5f);
    add_pairs(rows, 3, 2.5f);
    add_pairs(rows, 0, 0);
    KEEPS(SIDEKICK_ERROR_FEATURE_SHAPE,
          sidekick_rows_add_array_at(rows, 0, SIDEKICK_DTYPE_F32, three, 2, NULL, numbers, 12, &error));
    SAYS("expected an array of shape [-1, 2], got [3, 1]");
    FORGET();
    /* A column has arrays of one shape, which follows from its size or is given. */
    OK(sidekick_rows_add_columns(rows, 2, 2, inputs, kinds, columns, sizes, NULL, &error));
    OK(sidekick_rows_add_columns(rows, 2, 2, inputs, kinds, columns, sizes, shapes, &error));
    shapes[0] = wrong;
    KEEPS(SIDEKICK_ERROR_FEATURE_SHAPE,
          sidekick_rows_add_columns(rows, 2, 2, inputs, kinds, columns, sizes, shapes, &error));
    SAYS("its column has arrays of the shape [2, 3], expected [-1, 2]");
    FORGET();
    predictions = predict(model, rows);
    for (row = 0; row < 7; row++) {
        const size_t lengths[] = {1, 3, 0, 2, 2, 2, 2};
        OK(sidekick_predictions_row_shape(predictions, 0, row, &shape, &rank, &error));
        CHECK(rank == 2 && shape[0] == lengths[row] && shape[1] == 2);
        OK(sidekick_predictions_array(predictions, 0, row, &values, &count, &error));
        CHECK(count == 2 * lengths[row]);
        OK(sidekick_predictions_elements(predictions, 0, row, &elements, &size, &dtype, &error));
        CHECK(size == 8 * lengths[row] && dtype == SIDEKICK_DTYPE_F32 && memcmp(elements, values, size) == 0);
        OK(sidekick_predictions_row_shape(predictions, 1, row, &shape, &rank, &error));
        CHECK(rank == 1 && shape[0] == 1);
    }
    CHECK(values[0] == 5 && values[3] == 8);
    OK(sidekick_predictions_integer(predictions, 1, 1, &tag, &error));
    CHECK(tag == 3);
    OK(sidekick_predictions_arrays(predictions, 0, &values, &count, &error));
    CHECK(count == 24 && values[0] == 1.5f && values[2] == 2.5f && values[7] == 2.5f && values[8] == 1);
    OK(sidekick_predictions_array_shape(predictions, 0, &shape, &rank, &error));
    CHECK(rank == 2 && shape[0] == SIDEKICK_SIZE_ANY);
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_predictions_row_shape(predictions, 0, 7, &shape, &rank, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_predictions_row_shape(predictions, 0, 0, NULL, &rank, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_predictions_row_shape(NULL, 0, 0, &shape, &rank, &error));
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE, sidekick_predictions_row_shape(predictions, 2, 0, &shape, &rank, &error));
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(model);
}

/* The protocol can be chosen, and the version of the model is known. */
static void test_protocol(void) {
    sidekick_options *options = NULL;
    sidekick_deployment *model = NULL;
    const char *version;
    char url[600];
    size_t length = 0;

    OK(sidekick_options_new(&options, &error));
    OK(sidekick_options_set_protocol(options, SIDEKICK_PROTOCOL_OPEN_INFERENCE, &error));
    model = open_with("reciprocal", options);
    version = sidekick_deployment_model_version(model, &length);
    TEXT_IS("1", version, length);
    sidekick_deployment_free(model);
    model = NULL;
    snprintf(url, sizeof url, "%s/versions/1", model_url("reciprocal"));
    OK(sidekick_deployment_open(url, SIDEKICK_NUL, "reciprocal-token", SIDEKICK_NUL, NULL, NULL, &model, &error));
    CHECK(strcmp(sidekick_deployment_model_version(model, NULL), "1") == 0);
    sidekick_deployment_free(model);
    model = NULL;

    OK(sidekick_options_set_protocol(options, SIDEKICK_PROTOCOL_DEPLOYMENT_API, &error));
    FAILS(SIDEKICK_ERROR_HTTP,
          sidekick_deployment_open(model_url("reciprocal"), SIDEKICK_NUL, "x", 1, options, NULL, &model, &error));
    OK(sidekick_options_set_protocol(options, SIDEKICK_PROTOCOL_AUTO, &error));
    KEEPS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_protocol(options, 3, &error));
    SAYS("3 is no SIDEKICK_PROTOCOL_ constant");
    FORGET();
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_protocol(NULL, SIDEKICK_PROTOCOL_AUTO, &error));
    sidekick_options_free(options);

    model = open_deployment("echo");
    version = sidekick_deployment_model_version(model, &length);
    TEXT_IS("", version, length);
    version = sidekick_deployment_model_version(NULL, &length);
    TEXT_IS("", version, length);
    sidekick_deployment_free(model);
}

/* Labels of a description make categories; a mistake in one is named by its key. */
static void test_description(void) {
    const char *const labels =
        "{\"outputs\": [{\"name\": \"species\", \"labels\": [\"Adelie\", \"Chinstrap\", \"Gentoo\"]}],"
        " \"max_batch_size\": 2, \"parameters\": {\"any\": 1}}";
    const char *const wrong = "{\"outputs\": [{\"name\": \"species\", \"labels\": [\"Adelie\"]}]}";
    const float features[] = {1, 0, 0, 1, 0, 46.1f, 13.2f, 211, 2007};
    const size_t nine = 9;
    sidekick_options *options = NULL;
    sidekick_deployment *model;
    sidekick_rows *rows;
    sidekick_predictions *predictions;
    const char *label = NULL;
    size_t length = 0;
    double probability = 0;
    int32_t type = 0;
    FILE *file = fopen("description.json", "w");

    OK(sidekick_options_new(&options, &error));
    OK(sidekick_options_set_model_description(options, labels, SIDEKICK_NUL, &error));
    model = open_with("penguins", options);
    CHECK(sidekick_deployment_feature_count(model, SIDEKICK_OUTPUT) == 1 &&
          sidekick_deployment_batch_limit(model) == 2);
    OK(sidekick_deployment_feature_type(model, SIDEKICK_OUTPUT, 0, &type, &error));
    CHECK(type == SIDEKICK_TYPE_CATEGORICAL);
    rows = new_rows(model);
    OK(sidekick_rows_add_array_at(rows, 0, SIDEKICK_DTYPE_F32, &nine, 1, NULL, features, sizeof features, &error));
    OK(sidekick_rows_end_row(rows, &error));
    predictions = predict(model, rows);
    OK(sidekick_predictions_top(predictions, 0, 0, 0, &label, &length, &probability, &error));
    TEXT_IS("Gentoo", label, length);
    CHECK(probability > 0.9 && probability <= 1);
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(model);
    model = NULL;

    KEEPS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_options_set_model_description(options, "{\"inputs\": [{}]}", SIDEKICK_NUL, &error));
    SAYS("the model description: inputs[0]: has no name");
    FORGET();
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_model_description(options, NULL, 1, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_model_description(NULL, labels, SIDEKICK_NUL, &error));
    FAILS(SIDEKICK_ERROR_FILE,
          sidekick_options_set_model_description_file(options, "no such file", SIDEKICK_NUL, &error));
    CHECK(file != NULL && fputs(wrong, file) >= 0 && fclose(file) == 0);
    OK(sidekick_options_set_model_description_file(options, "description.json", SIDEKICK_NUL, &error));
    KEEPS(SIDEKICK_ERROR_DESCRIBE,
          sidekick_deployment_open(model_url("penguins"), SIDEKICK_NUL, "penguins-token", SIDEKICK_NUL,
                                                            options, NULL, &model, &error));
    SAYS("the output \"species\" is FP32 of the shape [3] a row, but 1 labels need 1 floats");
    FORGET();
    OK(sidekick_options_set_model_description(options, NULL, 0, &error));
    sidekick_deployment_free(open_with("penguins", options));
    sidekick_options_free(options);
}

/* Images become tensors of pixels, or travel as files. */
static void test_images(void) {
    static const unsigned char PIXELS[2 * 3 * 3] = {0, 1, 2, 10, 11, 12, 20, 21, 22, 30, 31, 32, 40, 41, 42,
                                                    50, 51, 255};
    static const unsigned char GREY[2 * 3] = {0, 50, 100, 150, 200, 250};
    const char *const described =
        "{\"inputs\": [{\"name\": \"rgb\", \"type\": \"image\"}, {\"name\": \"file\", \"type\": \"image\"}, "
        "{\"name\": \"chw\", \"type\": \"image\", \"layout\": \"CHW\", \"scale\": 0.5, \"mean\": [1, 2, 3], \"std\": [1, 2, 4]}], "
        "\"outputs\": [{\"name\": \"rgb_out\"}, {\"name\": \"chw_out\"}, {\"name\": \"file_out\", \"type\": \"image\"}]}";
    sidekick_deployment *model = open_passing("images", described);
    sidekick_rows *rows = new_rows(model);
    sidekick_predictions *predictions, *again;
    unsigned char decoded[sizeof PIXELS];
    const void *bytes = NULL, *same = NULL;
    const float *floats = NULL;
    const char *media = NULL;
    const size_t *shape = NULL;
    size_t size = 0, count = 0, rank = 0;
    int32_t type = 0, dtype = 0, input;

    for (input = 0; input < 2; input++) {
        OK(sidekick_deployment_feature_type(model, SIDEKICK_INPUT, input, &type, &error));
        OK(sidekick_deployment_feature_shape(model, SIDEKICK_INPUT, input, &shape, &rank, &error));
        CHECK(type == SIDEKICK_TYPE_IMAGE && rank == 3 && shape[0] == 2 && shape[1] == 3 && shape[2] == 3);
        OK(sidekick_rows_add_pixels_at(rows, input, 3, 2, 3, 0, PIXELS, sizeof PIXELS, 0, &error));
    }
    OK(sidekick_deployment_feature_shape(model, SIDEKICK_OUTPUT, 2, &shape, &rank, &error));
    CHECK(rank == 3 && shape[0] == SIDEKICK_SIZE_ANY && shape[2] == SIDEKICK_SIZE_ANY);
    OK(sidekick_rows_add_pixels_at(rows, 2, 3, 2, 3, 0, PIXELS, sizeof PIXELS, 0, &error));
    OK(sidekick_rows_end_row(rows, &error));
    predictions = predict(model, rows);
    OK(sidekick_predictions_elements(predictions, 0, 0, &bytes, &size, &dtype, &error));
    CHECK(dtype == SIDEKICK_DTYPE_U8 && size == sizeof PIXELS && memcmp(bytes, PIXELS, size) == 0);
    OK(sidekick_predictions_array(predictions, 1, 0, &floats, &count, &error));
    /* (pixel / 2 - mean) / std: all reds, then all greens, then all blues. */
    CHECK(count == 18 && floats[0] == -1 && floats[5] == 24 && floats[6] == -0.75f && floats[17] == 31.125f);
    OK(sidekick_predictions_image_pixels(predictions, 2, 0, decoded, sizeof decoded, &error));
    CHECK(memcmp(decoded, PIXELS, sizeof PIXELS) == 0);

    /* A file that is added goes to BYTES as it is, and is decoded for the others. Grey becomes RGB. */
    OK(sidekick_predictions_image(predictions, 2, 0, &bytes, &size, &media, &error));
    sidekick_rows_clear(rows, NULL);
    OK(sidekick_rows_add_image_at(rows, 0, bytes, size, &error));
    OK(sidekick_rows_add_image_at(rows, 2, bytes, size, &error));
    KEEPS(SIDEKICK_ERROR_FEATURE_SHAPE,
          sidekick_rows_add_pixels_at(rows, 1, 2, 3, 3, 0, PIXELS, sizeof PIXELS, 0, &error));
    SAYS("the image has 2 x 3 pixels, and the model takes 3 x 2; resize it before");
    ABOUT(0, "chw");
    FORGET();
    OK(sidekick_rows_add_pixels_at(rows, 1, 3, 2, 1, 0, GREY, sizeof GREY, 0, &error));
    OK(sidekick_rows_end_row(rows, &error));
    again = predict(model, rows);
    OK(sidekick_predictions_image(again, 2, 0, &same, &count, &media, &error));
    CHECK(count == size && memcmp(same, bytes, size) == 0);
    OK(sidekick_predictions_elements(again, 0, 0, &bytes, &size, &dtype, &error));
    CHECK(size == sizeof PIXELS && memcmp(bytes, PIXELS, size) == 0);
    OK(sidekick_predictions_array(again, 1, 0, &floats, &count, &error));
    CHECK(floats[1] == 24 && floats[7] == 11.5f && floats[13] == 5.5f);
    sidekick_predictions_free(again);
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(model);
}

/* Pixels that a model returns are an image by a description. */
static void test_images_of_pixels(void) {
    static const unsigned char PIXELS[2 * 3 * 3] = {0, 1, 2, 10, 11, 12, 20, 21, 22, 30, 31, 32, 40, 41, 42,
                                                    50, 51, 255};
    const char *const described =
        "{\"inputs\": [{\"name\": \"rgb\", \"type\": \"image\"}, {\"name\": \"file\", \"optional\": true}, "
        "{\"name\": \"chw\", \"optional\": true}], \"outputs\": [{\"name\": \"rgb_out\", \"type\": \"image\"}]}";
    sidekick_deployment *model = open_passing("images", described);
    sidekick_rows *rows = new_rows(model);
    sidekick_predictions *predictions;
    unsigned char decoded[sizeof PIXELS];
    const void *bytes = NULL;
    const char *media = NULL;
    const size_t *shape = NULL;
    size_t size = 0, rank = 0;
    uint32_t width = 0, height = 0, channels = 0;
    int32_t type = 0, dtype = 0;
    OK(sidekick_deployment_feature_type(model, SIDEKICK_OUTPUT, 0, &type, &error));
    OK(sidekick_deployment_feature_shape(model, SIDEKICK_OUTPUT, 0, &shape, &rank, &error));
    CHECK(type == SIDEKICK_TYPE_IMAGE && rank == 3 && shape[0] == 2 && shape[1] == 3 && shape[2] == 3);
    OK(sidekick_rows_add_pixels_at(rows, 0, 3, 2, 3, 0, PIXELS, sizeof PIXELS, 0, &error));
    OK(sidekick_rows_end_row(rows, &error));
    predictions = predict(model, rows);
    OK(sidekick_predictions_image(predictions, 0, 0, &bytes, &size, &media, &error));
    CHECK(strcmp(media, "image/png") == 0 && size > 8 && memcmp(bytes, "\x89PNG", 4) == 0);
    OK(sidekick_predictions_image_size(predictions, 0, 0, &width, &height, &channels, &error));
    CHECK(width == 3 && height == 2 && channels == 3);
    OK(sidekick_predictions_image_pixels(predictions, 0, 0, decoded, sizeof decoded, &error));
    CHECK(memcmp(decoded, PIXELS, sizeof PIXELS) == 0);
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE, sidekick_predictions_elements(predictions, 0, 0, &bytes, &size, &dtype, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_predictions_image(predictions, 0, 1, &bytes, &size, &media, &error));
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(model);
}

static void test_refusals(void) {
    sidekick_deployment *model = NULL;
    KEEPS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_deployment_open(model_url(""), SIDEKICK_NUL, "", 0, NULL, NULL, &model, &error));
    SAYS("names no model of its server");
    FORGET();
    KEEPS(SIDEKICK_ERROR_SERVER,
          sidekick_deployment_open(model_url("reciprocal"), SIDEKICK_NUL, "", 0, NULL, NULL, &model, &error));
    CHECK(sidekick_error_http_status(error) == 401 && model == NULL);
    FORGET();
}

int main(void) {
    test_numbers();
    test_json();
    test_arrays();
    test_elements();
    test_integers();
    test_bytes_are_not_text();
    test_bytes();
    test_optional_inputs();
    test_unsigned();
    test_free_sizes();
    test_protocol();
    test_description();
    test_images();
    test_images_of_pixels();
    test_refusals();
    return checks_failed("test_open_inference");
}
