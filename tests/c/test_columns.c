/* Rows from whole columns: every type by every kind, added all or not at all. */
#include "deployments.h"

enum { PIECES = SIDEKICK_COLUMN_PIECES, TEXTS = SIDEKICK_COLUMN_TEXTS, ROWS = 3 };

/* The columns of a call: as many as inputs, in the order of `inputs`. */
typedef struct {
    size_t inputs[INPUTS];
    int32_t kinds[INPUTS];
    const void *values[INPUTS];
    size_t sizes[INPUTS];
    const size_t *ends[INPUTS];
    size_t count;
} table;

static void put(table *columns, size_t input, int32_t kind, const void *values, size_t size, const size_t *ends) {
    const size_t place = columns->count++;
    columns->inputs[place] = input;
    columns->kinds[place] = kind;
    columns->values[place] = values;
    columns->sizes[place] = size;
    columns->ends[place] = ends;
}

static sidekick_status add(sidekick_rows *rows, size_t count, const table *columns) {
    return sidekick_rows_add_columns(rows, count, columns->count, columns->inputs, columns->kinds, columns->values,
                                     columns->sizes, columns->ends, &error);
}

/* The pictures of three rows, which a prediction gave. */
static unsigned char pictures[3000], greys[3000];
static size_t picture_ends[ROWS], grey_ends[ROWS];

static size_t append_picture(const sidekick_predictions *predictions, size_t output, unsigned char *all, size_t used) {
    const void *bytes = NULL;
    const char *media_type = NULL;
    size_t size = 0;
    OK(sidekick_predictions_image(predictions, output, 0, &bytes, &size, &media_type, &error));
    if (!CHECK(size > 0 && used + size <= sizeof pictures)) exit(checks_failed("no picture"));
    memcpy(all + used, bytes, size);
    return used + size;
}

static void make_pictures(const sidekick_deployment *deployment) {
    sidekick_rows *rows = new_rows(deployment);
    sidekick_predictions *predictions;
    size_t row, used = 0, grey_used = 0;
    add_echo_row(rows, 0, "a", 0);
    predictions = predict(deployment, rows);
    for (row = 0; row < ROWS; row++) {
        picture_ends[row] = used = append_picture(predictions, OUT_PICTURE, pictures, used);
        grey_ends[row] = grey_used = append_picture(predictions, OUT_GREY, greys, grey_used);
    }
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
}

static const double NUMBERS[ROWS] = {0.5, -2.25, 4096.125};
static const uint8_t FLAGS[ROWS] = {1, 0, 1};
static const size_t LABEL_ENDS[ROWS] = {1, 2, 3}, TEXT_ENDS[ROWS] = {3, 3, 7};
static const int16_t ARRAYS[ROWS * 6] = {0, 1, 2, 3, 4, 5, -6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17};

/* Three rows of `echo`, in another order than its inputs'. */
static table echo_columns(void) {
    table columns;
    memset(&columns, 0, sizeof columns);
    put(&columns, IN_ARRAY, SIDEKICK_DTYPE_I16, ARRAYS, sizeof ARRAYS, NULL);
    put(&columns, IN_TEXT, PIECES, "h\xc3\xa9\xf0\x9f\xa6\x8a", 7, TEXT_ENDS);
    put(&columns, IN_PICTURE, PIECES, pictures, picture_ends[ROWS - 1], picture_ends);
    put(&columns, IN_CATEGORY, PIECES, "cab", 3, LABEL_ENDS);
    put(&columns, IN_FLAG, SIDEKICK_DTYPE_U8, FLAGS, sizeof FLAGS, NULL);
    put(&columns, IN_GREY, PIECES, greys, grey_ends[ROWS - 1], grey_ends);
    put(&columns, IN_NUMBER, SIDEKICK_DTYPE_F64, NUMBERS, sizeof NUMBERS, NULL);
    return columns;
}

/* The same, its texts and labels closed by NULs. */
static table echo_texts(void) {
    table columns = echo_columns();
    columns.kinds[1] = columns.kinds[3] = TEXTS;
    columns.values[1] = "h\xc3\xa9\0\0\xf0\x9f\xa6\x8a", columns.sizes[1] = 10, columns.ends[1] = NULL;
    columns.values[3] = "c\0a\0b", columns.sizes[3] = 6, columns.ends[3] = NULL;
    return columns;
}

static void check_scalars(const sidekick_predictions *predictions, size_t first) {
    const double *numbers = NULL, *flags = NULL, *matrix = NULL;
    size_t count = 0, row;
    OK(sidekick_predictions_numbers(predictions, OUT_NUMBER, &numbers, &count, &error));
    OK(sidekick_predictions_numbers(predictions, OUT_FLAG, &flags, &count, &error));
    OK(sidekick_predictions_probability_matrix(predictions, OUT_CATEGORY, &matrix, &count, &error));
    for (row = 0; row < ROWS; row++) {
        const size_t category = (row + 2) % 3;
        CHECK(numbers[first + row] == NUMBERS[row] && flags[first + row] == FLAGS[row]);
        CHECK(matrix[(first + row) * 3 + category] > 0.8);
    }
}

static void check_others(const sidekick_predictions *predictions, size_t first) {
    const float *arrays = NULL;
    size_t count = 0, row, i;
    OK(sidekick_predictions_arrays(predictions, OUT_ARRAY, &arrays, &count, &error));
    for (i = 0; i < ROWS * 6; i++) {
        CHECK(arrays[first * 6 + i] == ARRAYS[i]);
    }
    for (row = 0; row < ROWS; row++) {
        unsigned char samples[sizeof RGB];
        OK(sidekick_predictions_image_pixels(predictions, OUT_PICTURE, first + row, samples, sizeof samples, &error));
        CHECK(memcmp(samples, RGB, sizeof RGB) == 0);
    }
}

static void test_every_type(sidekick_deployment *deployment) {
    sidekick_rows *rows = new_rows(deployment);
    sidekick_predictions *predictions;
    const table columns = echo_columns(), texts = echo_texts();
    OK(add(rows, ROWS, &columns));
    add_echo_row(rows, 0, "a", 0);
    OK(add(rows, ROWS, &texts));
    CHECK(sidekick_rows_count(rows) == 2 * ROWS + 1);
    predictions = predict(deployment, rows);
    check_scalars(predictions, 0), check_scalars(predictions, ROWS + 1);
    check_others(predictions, 0), check_others(predictions, ROWS + 1);
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
}

/* A column of echo in place of the good one fails with this status, about this row (-1: none), and nothing is
 * added. */
static void refused(sidekick_rows *rows, sidekick_status status, int64_t row, size_t input, int32_t kind,
                    const void *values, size_t size, const size_t *ends) {
    const char *const names[INPUTS] = {"number", "category", "flag", "text", "picture", "grey", "array"};
    table columns = echo_columns();
    size_t place = 0;
    while (columns.inputs[place] != input) {
        place++;
    }
    columns.kinds[place] = kind, columns.values[place] = values, columns.sizes[place] = size,
    columns.ends[place] = ends;
    KEEPS(status, add(rows, ROWS, &columns));
    ABOUT(row, names[input]);
    FORGET();
    CHECK(sidekick_rows_count(rows) == 1);
}

static void test_all_or_nothing(sidekick_deployment *deployment) {
    const size_t cut[] = {1, 2, 2}, back[] = {2, 1, 3}, beyond[] = {4, 3, 3}, large[] = {(size_t)-1, 1, 3};
    const double odd[] = {1, 2, NAN};
    const float halves[] = {0, 1, 0.5f};
    const uint64_t wide[] = {0, UINT64_MAX, 0};
    float arrays[ROWS * 6] = {0};
    sidekick_rows *rows = new_rows(deployment);
    const table columns = echo_columns();
    add_echo_row(rows, 1, "a", 0);
    arrays[13] = INFINITY;
    refused(rows, SIDEKICK_ERROR_FEATURE_VALUE, 3, IN_NUMBER, SIDEKICK_DTYPE_F64, odd, sizeof odd, NULL);
    refused(rows, SIDEKICK_ERROR_FEATURE_VALUE, 2, IN_NUMBER, SIDEKICK_DTYPE_U64, wide, sizeof wide, NULL);
    refused(rows, SIDEKICK_ERROR_FEATURE_VALUE, 3, IN_ARRAY, SIDEKICK_DTYPE_F32, arrays, sizeof arrays, NULL);
    refused(rows, SIDEKICK_ERROR_FEATURE_VALUE, 2, IN_CATEGORY, PIECES, "axb", 3, LABEL_ENDS);
    refused(rows, SIDEKICK_ERROR_FEATURE_VALUE, 1, IN_CATEGORY, SIDEKICK_DTYPE_U8, FLAGS, sizeof FLAGS, NULL);
    refused(rows, SIDEKICK_ERROR_FEATURE_TYPE, 1, IN_FLAG, SIDEKICK_DTYPE_F32, halves, sizeof halves, NULL);
    refused(rows, SIDEKICK_ERROR_FEATURE_TYPE, -1, IN_TEXT, SIDEKICK_DTYPE_U8, FLAGS, sizeof FLAGS, NULL);
    refused(rows, SIDEKICK_ERROR_FEATURE_TYPE, -1, IN_GREY, SIDEKICK_DTYPE_U8, FLAGS, sizeof FLAGS, NULL);
    refused(rows, SIDEKICK_ERROR_FEATURE_TYPE, -1, IN_ARRAY, PIECES, "cab", 3, LABEL_ENDS);
    refused(rows, SIDEKICK_ERROR_FEATURE_SHAPE, -1, IN_NUMBER, SIDEKICK_DTYPE_F64, odd, sizeof odd - 1, NULL);
    refused(rows, SIDEKICK_ERROR_FEATURE_SHAPE, -1, IN_NUMBER, SIDEKICK_DTYPE_F32, odd, sizeof odd, NULL);
    refused(rows, SIDEKICK_ERROR_FEATURE_SHAPE, -1, IN_ARRAY, SIDEKICK_DTYPE_F32, arrays, 4 * ROWS, NULL);
    refused(rows, SIDEKICK_ERROR_FEATURE_SHAPE, -1, IN_FLAG, SIDEKICK_DTYPE_U8, NULL, 0, NULL);
    refused(rows, SIDEKICK_ERROR_FEATURE_SHAPE, -1, IN_TEXT, PIECES, "abcd", 4, LABEL_ENDS);
    refused(rows, SIDEKICK_ERROR_ARGUMENT, 2, IN_TEXT, PIECES, "a\xff" "c", 3, LABEL_ENDS);
    refused(rows, SIDEKICK_ERROR_ARGUMENT, 1, IN_TEXT, PIECES, "\xc3\xa9", 2, cut);
    refused(rows, SIDEKICK_ERROR_ARGUMENT, 2, IN_TEXT, PIECES, "abc", 3, back);
    refused(rows, SIDEKICK_ERROR_ARGUMENT, 1, IN_CATEGORY, PIECES, "abc", 3, beyond);
    refused(rows, SIDEKICK_ERROR_ARGUMENT, 1, IN_PICTURE, PIECES, "abc", 3, large);
    refused(rows, SIDEKICK_ERROR_FEATURE_SHAPE, -1, IN_TEXT, TEXTS, "a\0b", 4, NULL);
    refused(rows, SIDEKICK_ERROR_FEATURE_SHAPE, -1, IN_TEXT, TEXTS, "a\0b\0c", 5, NULL);
    refused(rows, SIDEKICK_ERROR_FEATURE_TYPE, -1, IN_NUMBER, TEXTS, "1\0002\0003", 6, NULL);
    refused(rows, SIDEKICK_ERROR_FEATURE_TYPE, -1, IN_GREY, TEXTS, "1\0002\0003", 6, NULL);
    refused(rows, SIDEKICK_ERROR_FEATURE_VALUE, 3, IN_CATEGORY, TEXTS, "a\0b\0d", 6, NULL);
    refused(rows, SIDEKICK_ERROR_ARGUMENT, 2, IN_TEXT, TEXTS, "a\0\xff\0c", 6, NULL);
    refused(rows, SIDEKICK_ERROR_IMAGE, 1, IN_PICTURE, PIECES, "abc", 3, LABEL_ENDS);
    OK(add(rows, ROWS, &columns));
    sidekick_rows_free(rows);
}

/* The columns of echo fail as a whole. */
static void refused_whole(sidekick_rows *rows, sidekick_status status, size_t count, const table *columns,
                          const char *feature, const char *message) {
    KEEPS(status, add(rows, count, columns));
    SAYS(message);
    ABOUT(-1, feature);
    FORGET();
    CHECK(sidekick_rows_count(rows) == 0);
}

static void test_what_a_call_needs(sidekick_deployment *deployment) {
    sidekick_rows *rows = new_rows(deployment);
    const table good = echo_columns();
    table columns = good;
    columns.count = 5;
    refused_whole(rows, SIDEKICK_ERROR_ROW_INCOMPLETE, ROWS, &columns, "", "\"number\", \"grey\"");
    columns = good, columns.inputs[0] = IN_TEXT, columns.kinds[0] = PIECES, columns.values[0] = "cab";
    columns.sizes[0] = 3, columns.ends[0] = LABEL_ENDS;
    refused_whole(rows, SIDEKICK_ERROR_FEATURE_TWICE, ROWS, &columns, "text", "feature \"text\"");
    columns = good, columns.inputs[1] = INPUTS;
    refused_whole(rows, SIDEKICK_ERROR_UNKNOWN_FEATURE, ROWS, &columns, "", "no feature 7");
    columns = good, columns.kinds[1] = 0;
    refused_whole(rows, SIDEKICK_ERROR_ARGUMENT, ROWS, &columns, "text", "0 is no SIDEKICK_DTYPE_");
    columns = good, columns.values[1] = NULL;
    refused_whole(rows, SIDEKICK_ERROR_ARGUMENT, ROWS, &columns, "text", "values[1] is NULL");
    columns = good, columns.ends[1] = NULL;
    refused_whole(rows, SIDEKICK_ERROR_ARGUMENT, ROWS, &columns, "text", "ends[1] is NULL");
    columns = good, columns.ends[1] = (const size_t *)((const char *)TEXT_ENDS + 1);
    refused_whole(rows, SIDEKICK_ERROR_ARGUMENT, ROWS, &columns, "text", "ends[1] is misaligned");
    refused_whole(rows, SIDEKICK_ERROR_ARGUMENT, (size_t)-1, &good, "text", "larger than memory");
    OK(sidekick_rows_add_number_at(rows, IN_NUMBER, 1, &error));
    KEEPS(SIDEKICK_ERROR_ROW_INCOMPLETE, add(rows, ROWS, &good));
    SAYS("not finished");
    FORGET();
    FAILS(SIDEKICK_ERROR_FEATURE_TWICE, sidekick_rows_add_number_at(rows, IN_NUMBER, 1, &error));
    sidekick_rows_free(rows);
}

static void test_null(sidekick_deployment *deployment) {
    sidekick_rows *rows = new_rows(deployment);
    const table t = echo_columns();
    FAILS(SIDEKICK_ERROR_ARGUMENT, add(NULL, ROWS, &t));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_rows_add_columns(rows, ROWS, t.count, NULL, t.kinds, t.values, t.sizes, t.ends, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_rows_add_columns(rows, ROWS, t.count, t.inputs, NULL, t.values, t.sizes, t.ends, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_rows_add_columns(rows, ROWS, t.count, t.inputs, t.kinds, NULL, t.sizes, t.ends, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_rows_add_columns(rows, ROWS, t.count, t.inputs, t.kinds, t.values, NULL, t.ends, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_rows_add_columns(rows, ROWS, t.count, t.inputs, t.kinds, t.values, t.sizes, NULL, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_rows_add_columns(rows, ROWS, (size_t)-1, t.inputs, t.kinds, t.values, t.sizes, t.ends, &error));
    FAILS(SIDEKICK_ERROR_ROW_INCOMPLETE,
          sidekick_rows_add_columns(rows, ROWS, 0, NULL, NULL, NULL, NULL, NULL, &error));
    CHECK(sidekick_rows_add_columns(rows, ROWS, 0, NULL, NULL, NULL, NULL, NULL,
                                    NULL) == SIDEKICK_ERROR_ROW_INCOMPLETE);
    CHECK(sidekick_rows_count(rows) == 0);
    sidekick_rows_free(rows);
}

/* One column for the only input of a deployment of the server that lies. */
static sidekick_status add_one(sidekick_rows *rows, size_t count, int32_t dtype, const void *values, size_t size) {
    const size_t input = 0;
    return sidekick_rows_add_columns(rows, count, 1, &input, &dtype, &values, &size, NULL, &error);
}

/* Numbers of this dtype, which need not be aligned, arrive as these two, and as categories. */
static void check_dtype(const char *id, int32_t dtype, const void *two, size_t size, double first, double second) {
    sidekick_deployment *deployment = open_liar(id);
    sidekick_rows *rows = new_rows(deployment);
    sidekick_predictions *predictions;
    const double *numbers = NULL;
    unsigned char shifted[17];
    size_t count = 0;
    memcpy(shifted + 1, two, size);
    OK(add_one(rows, 2, dtype, shifted + 1, size));
    predictions = predict(deployment, rows);
    OK(sidekick_predictions_numbers(predictions, 0, &numbers, &count, &error));
    CHECK(count == 2 && numbers[0] == first && numbers[1] == second);
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
}

#define DTYPE(id, dtype, type, first, second) \
    do { \
        const type two[] = {first, second}; \
        check_dtype(id, dtype, two, sizeof two, first, second); \
    } while (0)

static void test_every_dtype(void) {
    DTYPE("mirror-number", SIDEKICK_DTYPE_F32, float, 0.1f, -3e38f);
    DTYPE("mirror-number", SIDEKICK_DTYPE_F64, double, 0.1, -1e-300);
    DTYPE("mirror-number", SIDEKICK_DTYPE_I8, int8_t, 1, INT8_MIN);
    DTYPE("mirror-number", SIDEKICK_DTYPE_I16, int16_t, 1, INT16_MIN);
    DTYPE("mirror-number", SIDEKICK_DTYPE_I32, int32_t, 1, INT32_MIN);
    DTYPE("mirror-number", SIDEKICK_DTYPE_I64, int64_t, 1, -9007199254740991);
    DTYPE("mirror-number", SIDEKICK_DTYPE_U8, uint8_t, 1, UINT8_MAX);
    DTYPE("mirror-number", SIDEKICK_DTYPE_U16, uint16_t, 1, UINT16_MAX);
    DTYPE("mirror-number", SIDEKICK_DTYPE_U32, uint32_t, 1, UINT32_MAX);
    DTYPE("mirror-number", SIDEKICK_DTYPE_U64, uint64_t, 1, 9007199254740991);
    DTYPE("mirror-integer", SIDEKICK_DTYPE_I8, int8_t, -41, 41);
    DTYPE("mirror-integer", SIDEKICK_DTYPE_U32, uint32_t, 0, UINT32_MAX);
    DTYPE("mirror-flag", SIDEKICK_DTYPE_I32, int32_t, 1, 0);
}

/* Pieces arrive as they are, also empty and with a NUL in them. */
static void check_pieces(const char *id) {
    sidekick_deployment *deployment = open_liar(id);
    sidekick_rows *rows = new_rows(deployment);
    sidekick_predictions *predictions;
    const char *const expected[] = {"h\xc3\xa9", "", "a\0b", "\xf0\x9f\xa6\x8a\"\n"}, *text = NULL;
    const size_t ends[] = {3, 3, 6, 12};
    table columns;
    size_t length = 0, row;
    memset(&columns, 0, sizeof columns);
    put(&columns, 0, PIECES, "h\xc3\xa9" "a\0b\xf0\x9f\xa6\x8a\"\n", 12, ends);
    OK(add(rows, 4, &columns));
    predictions = predict(deployment, rows);
    for (row = 0; row < 4; row++) {
        const size_t start = row == 0 ? 0 : ends[row - 1];
        OK(sidekick_predictions_text(predictions, 0, row, &text, &length, &error));
        CHECK(length == ends[row] - start && memcmp(text, expected[row], length + 1) == 0);
    }
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
}

static void test_pieces(void) {
    check_pieces("mirror-text");
    check_pieces("mirror-label");
    check_pieces("mirror-flag-label");
}

/* Nothing, and arrays that hold nothing. */
static void test_empty(void) {
    sidekick_deployment *deployment = open_liar("mirror-empty");
    sidekick_rows *rows = new_rows(deployment);
    OK(add_one(rows, 0, SIDEKICK_DTYPE_F32, NULL, 0));
    CHECK(sidekick_rows_count(rows) == 0);
    OK(add_one(rows, 2, SIDEKICK_DTYPE_F32, NULL, 0));
    CHECK(sidekick_rows_count(rows) == 2);
    FAILS(SIDEKICK_ERROR_MEMORY, add_one(rows, (size_t)-1 / 8, SIDEKICK_DTYPE_U8, NULL, 0));
    CHECK(sidekick_rows_count(rows) == 2);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
}

static void test_huge(void) {
    sidekick_deployment *deployment = open_liar(HUGE_INPUT);
    sidekick_rows *rows = new_rows(deployment);
    const size_t count = SIZE_MAX / HUGE_ELEMENTS + 1;
    FAILS(SIDEKICK_ERROR_ARGUMENT, add_one(rows, count, SIDEKICK_DTYPE_F64, "12345678", 8));
    CHECK(sidekick_rows_count(rows) == 0);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
}

int main(void) {
    sidekick_deployment *deployment = open_deployment("echo");
    make_pictures(deployment);
    test_every_type(deployment);
    test_all_or_nothing(deployment);
    test_what_a_call_needs(deployment);
    test_null(deployment);
    sidekick_deployment_free(deployment);
    test_every_dtype();
    test_pieces();
    test_empty();
    test_huge();
    return checks_failed("test_columns");
}
