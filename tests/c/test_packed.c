/* Packed records: many small values in one call, added all or not at all. */
#include "deployments.h"

enum {
    END_ROW = SIDEKICK_RECORD_END_ROW,
    NUMBER = SIDEKICK_RECORD_NUMBER,
    INTEGER = SIDEKICK_RECORD_INTEGER,
    CATEGORY = SIDEKICK_RECORD_CATEGORY,
    BINARY = SIDEKICK_RECORD_BINARY,
    TEXT = SIDEKICK_RECORD_TEXT
};

static unsigned char records[4096];
static size_t used;

/* Writes a record of any payload behind those there are; what pads it may be anything. */
static void put(uint32_t kind, uint32_t input, const void *payload, uint64_t length) {
    memcpy(records + used, &kind, 4);
    memcpy(records + used + 4, &input, 4);
    memcpy(records + used + 8, &length, 8);
    memset(records + used + 16, 0xee, (size_t)(length + 7) / 8 * 8);
    if (length > 0) memcpy(records + used + 16, payload, (size_t)length);
    used += 16 + (size_t)(length + 7) / 8 * 8;
}

static void put_number(uint32_t input, double number) {
    put(NUMBER, input, &number, 8);
}

static void put_integer(uint32_t kind, uint32_t input, int64_t integer) {
    put(kind, input, &integer, 8);
}

static void put_text(uint32_t kind, uint32_t input, const char *text) {
    put(kind, input, text, strlen(text));
}

/* The scalars of a row of `echo`. */
static void put_echo_scalars(double number, const char *category, int64_t flag) {
    put_number(IN_NUMBER, number);
    put_text(CATEGORY, IN_CATEGORY, category);
    put_integer(BINARY, IN_FLAG, flag);
    put_text(TEXT, IN_TEXT, "text");
}

static void test_records_and_other_values(void) {
    sidekick_deployment *deployment = open_deployment("echo");
    sidekick_rows *rows = new_rows(deployment);
    sidekick_predictions *predictions;
    const double *numbers = NULL, *flags = NULL, *matrix = NULL;
    size_t count = 0;
    int row;
    for (row = 0; row < 2; row++) {
        used = 0;
        put_echo_scalars(row + 0.5, row ? "c" : "a", row);
        OK(sidekick_rows_add_packed(rows, records, used, &error));
        add_echo_picture(rows);
        add_echo_grey(rows);
        add_echo_array(rows, (float)row);
        used = 0;
        put(END_ROW, 0, NULL, 0);
        OK(sidekick_rows_add_packed(rows, records, used, &error));
    }
    CHECK(sidekick_rows_count(rows) == 2);
    predictions = predict(deployment, rows);
    OK(sidekick_predictions_numbers(predictions, OUT_NUMBER, &numbers, &count, &error));
    CHECK(count == 2 && numbers[0] == 0.5 && numbers[1] == 1.5);
    OK(sidekick_predictions_numbers(predictions, OUT_FLAG, &flags, &count, &error));
    CHECK(flags[0] == 0 && flags[1] == 1);
    OK(sidekick_predictions_probability_matrix(predictions, OUT_CATEGORY, &matrix, &count, &error));
    CHECK(count == 6 && matrix[0] > 0.8 && matrix[5] > 0.8);
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
}

/* Several rows in one call, some of them begun before and ended after it. */
static void test_many_rows_in_one_call(void) {
    sidekick_deployment *deployment = open_liar("mirror-text");
    sidekick_rows *rows = new_rows(deployment);
    sidekick_predictions *predictions;
    const char *texts = NULL, *const expected[] = {"before", "", "12345678", "a\0b", "\xf0\x9f\xa6\x8a"};
    const size_t lengths[] = {6, 0, 8, 3, 4}, *ends = NULL;
    size_t count = 0, i;
    OK(sidekick_rows_add_text_at(rows, 0, "before", SIDEKICK_NUL, &error));
    used = 0;
    for (i = 1; i < 5; i++) {
        put(END_ROW, 0, NULL, 0);
        put(TEXT, 0, expected[i], lengths[i]);
    }
    OK(sidekick_rows_add_packed(rows, records, used, &error));
    CHECK(sidekick_rows_count(rows) == 4);
    OK(sidekick_rows_end_row(rows, &error));
    OK(sidekick_rows_add_packed(rows, NULL, 0, &error));
    predictions = predict(deployment, rows);
    OK(sidekick_predictions_texts(predictions, 0, &texts, &ends, &count, &error));
    CHECK(count == 5);
    for (i = 0; i < count; i++) {
        const size_t start = i == 0 ? 0 : ends[i - 1];
        CHECK(ends[i] - start - 1 == lengths[i] && memcmp(texts + start, expected[i], lengths[i] + 1) == 0);
    }
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
}

static void test_integers(void) {
    sidekick_deployment *deployment = open_liar("mirror-integer");
    sidekick_rows *rows = new_rows(deployment);
    sidekick_predictions *predictions;
    double number = 0;
    used = 0;
    put_integer(INTEGER, 0, -41);
    put(END_ROW, 0, NULL, 0);
    OK(sidekick_rows_add_packed(rows, records, used, &error));
    predictions = predict(deployment, rows);
    OK(sidekick_predictions_number(predictions, 0, 0, &number, &error));
    CHECK(number == -41);
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
}

/* What `put` wrote, behind a good row, fails with this status, and nothing of the call is added. */
static void refused(sidekick_rows *rows, sidekick_status status, size_t size) {
    KEEPS(status, sidekick_rows_add_packed(rows, records, size, &error));
    CHECK(sidekick_rows_count(rows) == 1);
    FORGET();
    used = 0;
}

static void test_all_or_nothing(void) {
    sidekick_deployment *deployment = open_deployment("names");
    sidekick_rows *rows = new_rows(deployment);
    sidekick_predictions *predictions;
    const double *numbers = NULL;
    size_t count = 0;
    uint32_t i;
    for (i = 0; i < 6; i++) {
        OK(sidekick_rows_add_number_at(rows, i, i, &error));
    }
    OK(sidekick_rows_end_row(rows, &error));
    OK(sidekick_rows_add_number_at(rows, 0, 10, &error));
    /* A row and a half, then one value that is wrong. */
    used = 0;
    for (i = 1; i < 6; i++) {
        put_number(i, 10 + i);
    }
    put(END_ROW, 0, NULL, 0);
    put_number(3, 99);
    put_number(3, 99);
    KEEPS(SIDEKICK_ERROR_FEATURE_TWICE, sidekick_rows_add_packed(rows, records, used, &error));
    ABOUT(2, "\xe9\x9b\xaa \xe2\x98\x83");
    FORGET();
    CHECK(sidekick_rows_count(rows) == 1);
    /* The half row is as it was before. */
    FAILS(SIDEKICK_ERROR_FEATURE_TWICE, sidekick_rows_add_number_at(rows, 0, 10, &error));
    used = 0;
    for (i = 1; i < 6; i++) {
        put_number(i, 10 + i);
    }
    put(END_ROW, 0, NULL, 0);
    OK(sidekick_rows_add_packed(rows, records, used, &error));
    predictions = predict(deployment, rows);
    OK(sidekick_predictions_numbers(predictions, 5, &numbers, &count, &error));
    CHECK(count == 2 && numbers[0] == 5 && numbers[1] == 15);
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
}

static void test_refusals(void) {
    sidekick_deployment *deployment = open_deployment("echo");
    sidekick_rows *rows = new_rows(deployment);
    const double nan = NAN;
    add_echo_row(rows, 1, "a", 0);
    used = 0;
    put(7, 0, NULL, 0), refused(rows, SIDEKICK_ERROR_ARGUMENT, used);
    put(SIDEKICK_RECORD_BYTES, IN_TEXT, "a", 1), refused(rows, SIDEKICK_ERROR_FEATURE_TYPE, used);
    put(UINT32_MAX, 0, NULL, 0), refused(rows, SIDEKICK_ERROR_ARGUMENT, used);
    put_integer(BINARY, IN_FLAG, 2), refused(rows, SIDEKICK_ERROR_ARGUMENT, used);
    put(NUMBER, IN_NUMBER, "1234567", 7), refused(rows, SIDEKICK_ERROR_ARGUMENT, used);
    put(NUMBER, IN_NUMBER, "123456789", 9), refused(rows, SIDEKICK_ERROR_ARGUMENT, used);
    put(INTEGER, IN_NUMBER, NULL, 0), refused(rows, SIDEKICK_ERROR_ARGUMENT, used);
    put(TEXT, IN_TEXT, "\xff", 1), refused(rows, SIDEKICK_ERROR_ARGUMENT, used);
    put(CATEGORY, IN_CATEGORY, "\xc3", 1), refused(rows, SIDEKICK_ERROR_ARGUMENT, used);
    put_text(TEXT, IN_TEXT, "padded"), refused(rows, SIDEKICK_ERROR_ARGUMENT, used - 1);
    put_text(TEXT, IN_TEXT, "padded"), refused(rows, SIDEKICK_ERROR_ARGUMENT, 15);
    put_text(TEXT, IN_TEXT, "padded"), refused(rows, SIDEKICK_ERROR_ARGUMENT, 1);
    put_text(TEXT, IN_TEXT, "padded"), memset(records + 8, 0xff, 8), refused(rows, SIDEKICK_ERROR_ARGUMENT, used);
    put(NUMBER, IN_NUMBER, &nan, 8), refused(rows, SIDEKICK_ERROR_FEATURE_VALUE, used);
    put_text(CATEGORY, IN_CATEGORY, "z"), refused(rows, SIDEKICK_ERROR_FEATURE_VALUE, used);
    put_number(INPUTS, 1), refused(rows, SIDEKICK_ERROR_UNKNOWN_FEATURE, used);
    put_number(IN_TEXT, 1), refused(rows, SIDEKICK_ERROR_FEATURE_TYPE, used);
    put_number(IN_NUMBER, 1), put_number(IN_NUMBER, 1), refused(rows, SIDEKICK_ERROR_FEATURE_TWICE, used);
    put_number(IN_NUMBER, 1), put(END_ROW, 0, NULL, 0), refused(rows, SIDEKICK_ERROR_ROW_INCOMPLETE, used);
    put_echo_scalars(1, "a", 0);
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_packed(NULL, records, used, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_packed(rows, NULL, used, &error));
    CHECK(sidekick_rows_add_packed(rows, NULL, used, NULL) == SIDEKICK_ERROR_ARGUMENT);
    CHECK(sidekick_rows_add_packed(rows, records, used, NULL) == SIDEKICK_OK);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
}

/* Six numbers a row, there and back in one call. */
static void test_predicted_in_one_call(void) {
    sidekick_deployment *deployment = open_deployment("names");
    sidekick_cancel *cancel = NULL;
    double values[13] = {0};
    uint32_t row, i;
    used = 0;
    for (row = 0; row < 2; row++) {
        for (i = 0; i < 6; i++) {
            put_number(5 - i, 10.0 * row + (5 - i));
        }
        put(END_ROW, 0, NULL, 0);
    }
    values[12] = -1;
    OK(sidekick_deployment_predict_packed(deployment, records, used, NULL, values, 12, &error));
    for (i = 0; i < 12; i++) {
        CHECK(values[i] == 10.0 * (i / 6) + i % 6);
    }
    CHECK(values[12] == -1);
    values[0] = -1;
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_deployment_predict_packed(deployment, records, used, NULL, values, 11, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_deployment_predict_packed(deployment, records, used, NULL, values, 13, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_deployment_predict_packed(deployment, records, used, NULL, NULL, 12, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_deployment_predict_packed(deployment, NULL, used, NULL, values, 12, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_deployment_predict_packed(NULL, records, used, NULL, values, 12, &error));
    CHECK(sidekick_deployment_predict_packed(deployment, records, 15, NULL, values, 0,
                                             NULL) == SIDEKICK_ERROR_ARGUMENT);
    OK(sidekick_cancel_new(&cancel, &error));
    OK(sidekick_deployment_predict_packed(deployment, records, used, cancel, values, 12, &error));
    OK(sidekick_cancel_trigger(cancel, &error));
    values[0] = -1;
    FAILS(SIDEKICK_ERROR_CANCELLED,
          sidekick_deployment_predict_packed(deployment, records, used, cancel, values, 12, &error));
    sidekick_cancel_free(cancel);
    put_number(0, 1);
    FAILS(SIDEKICK_ERROR_ROW_INCOMPLETE,
          sidekick_deployment_predict_packed(deployment, records, used, NULL, values, 12, &error));
    CHECK(values[0] == -1);
    OK(sidekick_deployment_predict_packed(deployment, NULL, 0, NULL, NULL, 0, &error));
    sidekick_deployment_free(deployment);
}

/* A category is a probability for each label that the deployment lists; other outputs are refused before
 * anything is sent. */
static void test_outputs_in_one_call(void) {
    sidekick_deployment *language = open_deployment("language"), *echo = open_deployment("echo");
    sidekick_rows *rows = new_rows(language);
    sidekick_predictions *predictions;
    const double *matrix = NULL;
    double values[64] = {0};
    size_t count = 0;
    OK(sidekick_rows_add_text_at(rows, 0, "Where is it?", SIDEKICK_NUL, &error));
    OK(sidekick_rows_end_row(rows, &error));
    predictions = predict(language, rows);
    OK(sidekick_predictions_probability_matrix(predictions, 0, &matrix, &count, &error));
    used = 0;
    put_text(TEXT, 0, "Where is it?");
    put(END_ROW, 0, NULL, 0);
    OK(sidekick_deployment_predict_packed(language, records, used, NULL, values, count, &error));
    CHECK(count > 1 && memcmp(values, matrix, count * sizeof *matrix) == 0);
    KEEPS(SIDEKICK_ERROR_FEATURE_TYPE, sidekick_deployment_predict_packed(echo, NULL, 0, NULL, NULL, 0, &error));
    SAYS("feature \"text\": is text");
    FORGET();
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(echo);
    sidekick_deployment_free(language);
}

int main(void) {
    test_records_and_other_values();
    test_many_rows_in_one_call();
    test_integers();
    test_all_or_nothing();
    test_refusals();
    test_predicted_in_one_call();
    test_outputs_in_one_call();
    return checks_failed("test_packed");
}
