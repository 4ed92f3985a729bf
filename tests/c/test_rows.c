/* Rows: numbers, integers, categories, binary values and text, and the life of a row. What is sent is read
 * from deployments that mirror it. */
#include "deployments.h"

/* Predicts one row of a mirror, whose text comes back in `text`. */
static sidekick_predictions *mirrored(const sidekick_deployment *deployment, sidekick_rows *rows) {
    sidekick_predictions *predictions;
    OK(sidekick_rows_end_row(rows, &error));
    predictions = predict(deployment, rows);
    OK(sidekick_rows_clear(rows, &error));
    return predictions;
}

static void check_mirrored_number(const sidekick_deployment *deployment, sidekick_rows *rows, double expected) {
    sidekick_predictions *predictions = mirrored(deployment, rows);
    double number = 0;
    OK(sidekick_predictions_number(predictions, 0, 0, &number, &error));
    CHECK(memcmp(&number, &expected, sizeof number) == 0);
    sidekick_predictions_free(predictions);
}

static void check_mirrored_text(const sidekick_deployment *deployment, sidekick_rows *rows, const char *expected,
                                size_t expected_length) {
    sidekick_predictions *predictions = mirrored(deployment, rows);
    const char *text = NULL;
    size_t length = 0;
    OK(sidekick_predictions_text(predictions, 0, 0, &text, &length, &error));
    CHECK(length == expected_length && memcmp(text, expected, length) == 0 && text[length] == '\0');
    sidekick_predictions_free(predictions);
}

static void test_numbers(void) {
    const double numbers[] = {0, -0.0, 1.5, -2.25, 1e-300, 1.7976931348623157e308, 5e-324, 0.1, 123456789.123456789};
    sidekick_deployment *deployment = open_liar("mirror-number");
    sidekick_rows *rows = new_rows(deployment);
    size_t i;
    for (i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        OK(sidekick_rows_add_number(rows, "value", SIDEKICK_NUL, numbers[i], &error));
        check_mirrored_number(deployment, rows, numbers[i]);
        OK(sidekick_rows_add_number_at(rows, 0, numbers[i], &error));
        check_mirrored_number(deployment, rows, numbers[i]);
    }
    OK(sidekick_rows_add_integer(rows, "value", SIDEKICK_NUL, -9007199254740993, &error));
    check_mirrored_number(deployment, rows, -9007199254740992.0);
    OK(sidekick_rows_add_integer_at(rows, 0, INT64_MAX, &error));
    check_mirrored_number(deployment, rows, 9223372036854775808.0);
    KEEPS(SIDEKICK_ERROR_FEATURE_VALUE, sidekick_rows_add_number(rows, "value", SIDEKICK_NUL, NAN, &error));
    ABOUT(0, "value");
    FORGET();
    FAILS(SIDEKICK_ERROR_FEATURE_VALUE, sidekick_rows_add_number(rows, "value", SIDEKICK_NUL, INFINITY, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_VALUE, sidekick_rows_add_number_at(rows, 0, -INFINITY, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_VALUE, sidekick_rows_add_number_at(rows, 0, NAN, &error));
    /* What failed left no trace. */
    OK(sidekick_rows_add_number_at(rows, 0, 7, &error));
    check_mirrored_number(deployment, rows, 7);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
}

/* Where no categories are listed, any label and any integer goes out as it is. */
static void test_categories_that_are_not_listed(void) {
    sidekick_deployment *labels = open_liar("mirror-label"), *integers = open_liar("mirror-integer");
    sidekick_rows *rows = new_rows(labels);
    OK(sidekick_rows_add_category(rows, "value", SIDEKICK_NUL, "\xe9\x9b\xaa \"x\"", SIDEKICK_NUL, &error));
    check_mirrored_text(labels, rows, "\xe9\x9b\xaa \"x\"", 7);
    OK(sidekick_rows_add_category_at(rows, 0, "7", SIDEKICK_NUL, &error));
    check_mirrored_text(labels, rows, "7", 1);
    OK(sidekick_rows_add_category_at(rows, 0, NULL, 0, &error));
    check_mirrored_text(labels, rows, "", 0);
    sidekick_rows_free(rows);
    rows = new_rows(integers);
    OK(sidekick_rows_add_integer(rows, "value", SIDEKICK_NUL, -7, &error));
    check_mirrored_number(integers, rows, -7);
    OK(sidekick_rows_add_integer_at(rows, 0, INT64_MIN, &error));
    check_mirrored_number(integers, rows, -9223372036854775808.0);
    sidekick_rows_free(rows);
    sidekick_deployment_free(integers);
    sidekick_deployment_free(labels);
}

static void test_categories_that_are_listed(void) {
    sidekick_deployment *deployment = open_deployment("integers");
    sidekick_rows *rows = new_rows(deployment);
    const size_t shape[] = {2};
    const float array[] = {0, 0};
    sidekick_predictions *predictions;
    const double *matrix = NULL;
    size_t count = 0;
    int row;
    for (row = 0; row < 2; row++) {
        if (row == 0) OK(sidekick_rows_add_integer(rows, "category", SIDEKICK_NUL, 2, &error));
        if (row == 1) OK(sidekick_rows_add_category(rows, "category", SIDEKICK_NUL, "3x", 1, &error));
        OK(sidekick_rows_add_array_at(rows, 1, SIDEKICK_DTYPE_F32, shape, 1, NULL, array, sizeof array, &error));
        OK(sidekick_rows_end_row(rows, &error));
    }
    KEEPS(SIDEKICK_ERROR_FEATURE_VALUE, sidekick_rows_add_integer(rows, "category", SIDEKICK_NUL, 4, &error));
    ABOUT(2, "category");
    SAYS("\"1\", \"2\", \"3\"");
    FORGET();
    FAILS(SIDEKICK_ERROR_FEATURE_VALUE, sidekick_rows_add_integer_at(rows, 0, 0, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_VALUE, sidekick_rows_add_category(rows, "category", SIDEKICK_NUL, "", 0, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_VALUE, sidekick_rows_add_category_at(rows, 0, "two\nlines", SIDEKICK_NUL, &error));
    predictions = predict(deployment, rows);
    OK(sidekick_predictions_probability_matrix(predictions, 0, &matrix, &count, &error));
    CHECK(count == 6 && matrix[1] == 1 && matrix[0] + matrix[2] == 0 && matrix[5] == 1 && matrix[3] + matrix[4] == 0);
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
}

static void test_binary_values(void) {
    sidekick_deployment *numbers = open_liar("mirror-flag"), *labels = open_liar("mirror-flag-label");
    sidekick_rows *rows = new_rows(numbers);
    OK(sidekick_rows_add_binary(rows, "value", SIDEKICK_NUL, 0, &error));
    check_mirrored_number(numbers, rows, 0);
    OK(sidekick_rows_add_binary_at(rows, 0, 1, &error));
    check_mirrored_number(numbers, rows, 1);
    OK(sidekick_rows_add_integer_at(rows, 0, 1, &error));
    check_mirrored_number(numbers, rows, 1);
    KEEPS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_binary(rows, "value", SIDEKICK_NUL, 2, &error));
    ABOUT(0, "value");
    FORGET();
    KEEPS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_binary_at(rows, 0, -1, &error));
    SAYS("a binary value of -1; it is 0 or 1");
    ABOUT(0, "value");
    FORGET();
    sidekick_rows_free(rows);
    rows = new_rows(labels);
    OK(sidekick_rows_add_category(rows, "value", SIDEKICK_NUL, "yes", SIDEKICK_NUL, &error));
    check_mirrored_text(labels, rows, "yes", 3);
    sidekick_rows_free(rows);
    sidekick_deployment_free(labels);
    sidekick_deployment_free(numbers);
}

/* The classes of a binary input that lists them: by label, as an integer, as 0 or 1. */
static void test_listed_binary_values(void) {
    sidekick_deployment *deployment = open_deployment("echo");
    sidekick_rows *rows = new_rows(deployment);
    sidekick_predictions *predictions;
    const double *flags = NULL;
    size_t count = 0;
    int row;
    for (row = 0; row < 4; row++) {
        add_echo_row_but(rows, IN_FLAG, row, "a", 0);
        if (row == 0) OK(sidekick_rows_add_category(rows, "flag", SIDEKICK_NUL, "yes", SIDEKICK_NUL, &error));
        if (row == 1) OK(sidekick_rows_add_category(rows, "flag", SIDEKICK_NUL, "no", SIDEKICK_NUL, &error));
        if (row == 2) OK(sidekick_rows_add_integer(rows, "flag", SIDEKICK_NUL, 1, &error));
        if (row == 3) OK(sidekick_rows_add_binary(rows, "flag", SIDEKICK_NUL, 0, &error));
        OK(sidekick_rows_end_row(rows, &error));
    }
    FAILS(SIDEKICK_ERROR_FEATURE_VALUE, sidekick_rows_add_category(rows, "flag", 4, "maybe", 5, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_VALUE, sidekick_rows_add_integer(rows, "flag", 4, 2, &error));
    predictions = predict(deployment, rows);
    OK(sidekick_predictions_numbers(predictions, OUT_FLAG, &flags, &count, &error));
    CHECK(count == 4 && flags[0] == 1 && flags[1] == 0 && flags[2] == 1 && flags[3] == 0);
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
}

static void test_texts(void) {
    const char *const texts[] = {"", "plain", "\xf0\x9f\xa6\x8a emoji",
                                 "\"quotes\" \\ and / \b\f\n\r\t\x1f\x7f", "\xe2\x80\xa8"};
    static char large[300000];
    sidekick_deployment *deployment = open_liar("mirror-text");
    sidekick_rows *rows = new_rows(deployment);
    size_t i;
    for (i = 0; i < sizeof texts / sizeof *texts; i++) {
        OK(sidekick_rows_add_text(rows, "value", SIDEKICK_NUL, texts[i], SIDEKICK_NUL, &error));
        check_mirrored_text(deployment, rows, texts[i], strlen(texts[i]));
    }
    OK(sidekick_rows_add_text(rows, "value of another", 5, "a\0b\0", 4, &error));
    check_mirrored_text(deployment, rows, "a\0b\0", 4);
    OK(sidekick_rows_add_text_at(rows, 0, "cut off", 3, &error));
    check_mirrored_text(deployment, rows, "cut", 3);
    OK(sidekick_rows_add_text_at(rows, 0, NULL, 0, &error));
    check_mirrored_text(deployment, rows, "", 0);
    memset(large, 'x', sizeof large);
    OK(sidekick_rows_add_text_at(rows, 0, large, sizeof large, &error));
    check_mirrored_text(deployment, rows, large, sizeof large);
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_text(rows, "value", SIDEKICK_NUL, "\xc3(", SIDEKICK_NUL, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_text_at(rows, 0, "\xf0\x9f\xa6\x8a", 3, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_text_at(rows, 0, "\xed\xa0\x80", SIDEKICK_NUL, &error));
    OK(sidekick_rows_add_text_at(rows, 0, "still usable", SIDEKICK_NUL, &error));
    check_mirrored_text(deployment, rows, "still usable", 12);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
}

/* Every function refuses an input that is not there, one of another type, and one that the row has
 * already. */
static void test_wrong_features(void) {
    sidekick_deployment *deployment = open_deployment("echo");
    sidekick_rows *rows = new_rows(deployment);
    KEEPS(SIDEKICK_ERROR_UNKNOWN_FEATURE, sidekick_rows_add_number(rows, "numbers", SIDEKICK_NUL, 1, &error));
    CHECK(sidekick_error_row(error) == 0);
    SAYS("\"number\"");
    FORGET();
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE, sidekick_rows_add_number(rows, "two\nlines", SIDEKICK_NUL, 1, &error));
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE, sidekick_rows_add_number_at(rows, INPUTS, 1, &error));
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE, sidekick_rows_add_integer(rows, "", 0, 1, &error));
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE, sidekick_rows_add_integer_at(rows, (size_t)-1, 1, &error));
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE, sidekick_rows_add_category(rows, "x", 1, "a", 1, &error));
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE, sidekick_rows_add_category_at(rows, INPUTS, "a", 1, &error));
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE, sidekick_rows_add_binary(rows, "x", 1, 1, &error));
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE, sidekick_rows_add_binary_at(rows, INPUTS, 1, &error));
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE, sidekick_rows_add_text(rows, "x", 1, "a", 1, &error));
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE, sidekick_rows_add_text_at(rows, INPUTS, "a", 1, &error));

    KEEPS(SIDEKICK_ERROR_FEATURE_TYPE, sidekick_rows_add_number(rows, "text", SIDEKICK_NUL, 1, &error));
    ABOUT(0, "text");
    FORGET();
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE, sidekick_rows_add_number_at(rows, IN_ARRAY, 1, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE, sidekick_rows_add_number_at(rows, IN_CATEGORY, 1, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE, sidekick_rows_add_integer(rows, "text", 4, 1, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE, sidekick_rows_add_integer_at(rows, IN_ARRAY, 1, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE, sidekick_rows_add_category(rows, "text", 4, "a", 1, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE, sidekick_rows_add_category_at(rows, IN_NUMBER, "a", 1, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE, sidekick_rows_add_binary(rows, "number", 6, 1, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE, sidekick_rows_add_binary_at(rows, IN_CATEGORY, 1, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE, sidekick_rows_add_text(rows, "category", 8, "a", 1, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE, sidekick_rows_add_text_at(rows, IN_PICTURE, "a", 1, &error));

    add_echo_row_but(rows, -1, 1.5, "c", 1);
    KEEPS(SIDEKICK_ERROR_FEATURE_TWICE, sidekick_rows_add_number(rows, "number", 6, 1, &error));
    ABOUT(0, "number");
    FORGET();
    FAILS(SIDEKICK_ERROR_FEATURE_TWICE, sidekick_rows_add_number_at(rows, IN_NUMBER, 1, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TWICE, sidekick_rows_add_integer(rows, "number", 6, 1, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TWICE, sidekick_rows_add_integer_at(rows, IN_FLAG, 1, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TWICE, sidekick_rows_add_category(rows, "category", 8, "a", 1, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TWICE, sidekick_rows_add_category_at(rows, IN_FLAG, "no", 2, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TWICE, sidekick_rows_add_binary(rows, "flag", 4, 1, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TWICE, sidekick_rows_add_binary_at(rows, IN_FLAG, 1, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TWICE, sidekick_rows_add_text(rows, "text", 4, "a", 1, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TWICE, sidekick_rows_add_text_at(rows, IN_TEXT, "a", 1, &error));
    OK(sidekick_rows_end_row(rows, &error));
    sidekick_predictions_free(predict(deployment, rows));
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
}

static void test_null(void) {
    sidekick_deployment *deployment = open_deployment("echo");
    sidekick_rows *rows = NULL;
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_new(NULL, &rows, &error));
    CHECK(rows == NULL);
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_new(deployment, NULL, &error));
    CHECK(sidekick_rows_new(NULL, &rows, NULL) == SIDEKICK_ERROR_ARGUMENT);
    rows = new_rows(deployment);
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_number(NULL, "number", 6, 1, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_number(rows, NULL, 6, 1, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_number(rows, NULL, SIDEKICK_NUL, 1, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_number_at(NULL, 0, 1, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_integer(NULL, "number", 6, 1, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_integer(rows, NULL, 6, 1, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_integer_at(NULL, 0, 1, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_category(NULL, "category", 8, "a", 1, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_category(rows, NULL, 8, "a", 1, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_category(rows, "category", 8, NULL, 1, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_category_at(NULL, IN_CATEGORY, "a", 1, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_category_at(rows, IN_CATEGORY, NULL, SIDEKICK_NUL, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_binary(NULL, "flag", 4, 1, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_binary(rows, NULL, 4, 1, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_binary_at(NULL, IN_FLAG, 1, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_text(NULL, "text", 4, "a", 1, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_text(rows, NULL, 4, "a", 1, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_text(rows, "text", 4, NULL, 1, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_text_at(NULL, IN_TEXT, "a", 1, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_text_at(rows, IN_TEXT, NULL, SIDEKICK_NUL, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_end_row(NULL, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_discard_row(NULL, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_clear(NULL, &error));
    CHECK(sidekick_rows_count(NULL) == 0);
    /* The error is optional everywhere. */
    CHECK(sidekick_rows_add_number(rows, "number", 6, NAN, NULL) == SIDEKICK_ERROR_FEATURE_VALUE);
    CHECK(sidekick_rows_add_number(rows, "number", 6, 1, NULL) == SIDEKICK_OK);
    CHECK(sidekick_rows_end_row(rows, NULL) == SIDEKICK_ERROR_ROW_INCOMPLETE);
    CHECK(sidekick_rows_discard_row(rows, NULL) == SIDEKICK_OK);
    CHECK(sidekick_rows_clear(rows, NULL) == SIDEKICK_OK);
    sidekick_rows_free(rows);
    sidekick_rows_free(NULL);
    sidekick_deployment_free(deployment);
}

static void test_the_life_of_a_row(void) {
    sidekick_deployment *deployment = open_deployment("echo");
    sidekick_rows *rows = new_rows(deployment);
    sidekick_predictions *predictions;
    const double *numbers = NULL;
    size_t count = 0;
    KEEPS(SIDEKICK_ERROR_ROW_INCOMPLETE, sidekick_rows_end_row(rows, &error));
    ABOUT(0, "");
    FORGET();
    add_echo_row_but(rows, IN_GREY, 1, "a", 0);
    KEEPS(SIDEKICK_ERROR_ROW_INCOMPLETE, sidekick_rows_end_row(rows, &error));
    SAYS("\"grey\"");
    FORGET();
    CHECK(sidekick_rows_count(rows) == 0);
    add_echo_grey(rows);
    OK(sidekick_rows_end_row(rows, &error));
    CHECK(sidekick_rows_count(rows) == 1);
    add_echo_row_but(rows, -1, 99, "b", 1);
    OK(sidekick_rows_discard_row(rows, &error));
    OK(sidekick_rows_discard_row(rows, &error));
    CHECK(sidekick_rows_count(rows) == 1);
    add_echo_row(rows, 2, "c", 1);
    predictions = predict(deployment, rows);
    OK(sidekick_predictions_numbers(predictions, OUT_NUMBER, &numbers, &count, &error));
    CHECK(count == 2 && numbers[0] == 1 && numbers[1] == 2);
    sidekick_predictions_free(predictions);
    OK(sidekick_rows_add_number_at(rows, IN_NUMBER, 3, &error));
    OK(sidekick_rows_clear(rows, &error));
    CHECK(sidekick_rows_count(rows) == 0);
    add_echo_row(rows, 4, "a", 0);
    predictions = predict(deployment, rows);
    OK(sidekick_predictions_numbers(predictions, OUT_NUMBER, &numbers, &count, &error));
    CHECK(count == 1 && numbers[0] == 4);
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
}

/* Inputs are copied: a caller's buffer may change as soon as the call is over. */
static void test_values_are_copied(void) {
    sidekick_deployment *deployment = open_liar("mirror-text");
    sidekick_rows *rows = new_rows(deployment);
    char name[] = "value", text[] = "before";
    OK(sidekick_rows_add_text(rows, name, SIDEKICK_NUL, text, SIDEKICK_NUL, &error));
    memset(name, 'x', sizeof name - 1);
    memset(text, 'x', sizeof text - 1);
    check_mirrored_text(deployment, rows, "before", 6);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
}

/* A caller whose -1 has 32 bits means the same by it as one whose -1 is a size_t. */
static void test_minus_one_of_32_bits(void) {
    const size_t minus_one = (uint32_t)-1;
    sidekick_deployment *deployment = open_liar("mirror-text");
    sidekick_rows *rows = new_rows(deployment);
    OK(sidekick_rows_add_text(rows, "value", minus_one, "up to the NUL", minus_one, &error));
    check_mirrored_text(deployment, rows, "up to the NUL", 13);
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_text(rows, NULL, minus_one, "text", minus_one, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_text(rows, "value", minus_one, NULL, minus_one, &error));
    KEEPS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_text(rows, "value", minus_one, "\xff", minus_one, &error));
    SAYS("value is not UTF-8");
    ABOUT(0, "value");
    FORGET();
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
}

int main(void) {
    test_numbers();
    test_categories_that_are_not_listed();
    test_categories_that_are_listed();
    test_binary_values();
    test_listed_binary_values();
    test_texts();
    test_minus_one_of_32_bits();
    test_wrong_features();
    test_null();
    test_the_life_of_a_row();
    test_values_are_copied();
    return checks_failed("test_rows");
}
