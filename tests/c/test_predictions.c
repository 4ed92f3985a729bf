/* Predictions: numbers, texts and categories, by row and by column; views and their life. */
#include "deployments.h"

#define UNTOUCHED ((size_t)4711)

static const char *const LABELS[] = {"first \xe2\x98\x80", "second \"quoted\"", "third \n line"};
static const char *const CATEGORIES[] = {"a", "b", "c"};

static sidekick_predictions *predictions;

/* Five rows of `echo`, whose categories are a, b, c, a, b. */
static void make_predictions(void) {
    sidekick_deployment *deployment = open_deployment("echo");
    sidekick_rows *rows = new_rows(deployment);
    int row;
    for (row = 0; row < 5; row++) {
        add_echo_row(rows, row - 1.5, CATEGORIES[row % 3], row % 2);
    }
    predictions = predict(deployment, rows);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
}

static void test_count(void) {
    CHECK(sidekick_predictions_count(predictions) == 5);
    CHECK(sidekick_predictions_count(NULL) == 0);
    sidekick_predictions_free(NULL);
}

static void test_numbers(void) {
    const double *column = NULL, *flags = NULL;
    double number = 0;
    size_t count = 0, row;
    OK(sidekick_predictions_numbers(predictions, OUT_NUMBER, &column, &count, &error));
    CHECK(count == 5);
    for (row = 0; row < 5; row++) {
        OK(sidekick_predictions_number(predictions, OUT_NUMBER, row, &number, &error));
        CHECK(number == (double)row - 1.5 && column[row] == number);
        OK(sidekick_predictions_number(predictions, OUT_FLAG, row, &number, &error));
        CHECK(number == (double)(row % 2));
    }
    OK(sidekick_predictions_numbers(predictions, OUT_FLAG, &flags, &count, &error));
    CHECK(count == 5 && flags[0] == 0 && flags[1] == 1 && flags[4] == 0);

    number = 47.11;
    column = NULL;
    count = UNTOUCHED;
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE, sidekick_predictions_number(predictions, OUTPUTS, 0, &number, &error));
    KEEPS(SIDEKICK_ERROR_FEATURE_TYPE, sidekick_predictions_number(predictions, OUT_TEXT, 0, &number, &error));
    ABOUT(-1, "text");
    FORGET();
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE, sidekick_predictions_number(predictions, OUT_ARRAY, 0, &number, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_predictions_number(predictions, OUT_NUMBER, 5, &number, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_predictions_number(predictions, OUT_NUMBER, (size_t)-1, &number, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_predictions_number(NULL, OUT_NUMBER, 0, &number, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_predictions_number(predictions, OUT_NUMBER, 0, NULL, &error));
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE, sidekick_predictions_numbers(predictions, OUTPUTS, &column, &count, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE,
          sidekick_predictions_numbers(predictions, OUT_CATEGORY, &column, &count, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_predictions_numbers(NULL, OUT_NUMBER, &column, &count, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_predictions_numbers(predictions, OUT_NUMBER, NULL, &count, &error));
    CHECK(number == 47.11 && column == NULL && count == UNTOUCHED);
    CHECK(sidekick_predictions_number(predictions, OUT_NUMBER, 5, &number, NULL) == SIDEKICK_ERROR_ARGUMENT);
    CHECK(sidekick_predictions_number(predictions, OUT_NUMBER, 0, &number, NULL) == SIDEKICK_OK);
}

static void test_texts(void) {
    const char *column = NULL, *text = NULL;
    const size_t *ends = NULL;
    size_t count = 0, length = 0, row;
    OK(sidekick_predictions_texts(predictions, OUT_TEXT, &column, &ends, &count, &error));
    CHECK(count == 5);
    for (row = 0; row < 5; row++) {
        const size_t start = row == 0 ? 0 : ends[row - 1];
        OK(sidekick_predictions_text(predictions, OUT_TEXT, row, &text, &length, &error));
        TEXT_IS(LABELS[row % 3], text, length);
        TEXT_IS(LABELS[row % 3], column + start, ends[row] - start - 1);
    }
    text = column = NULL;
    ends = NULL;
    length = count = UNTOUCHED;
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE, sidekick_predictions_text(predictions, OUTPUTS, 0, &text, &length, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE, sidekick_predictions_text(predictions, OUT_CATEGORY, 0, &text, &length, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_predictions_text(predictions, OUT_TEXT, 5, &text, &length, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_text(predictions, OUT_TEXT, (size_t)-1, &text, &length, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_predictions_text(NULL, OUT_TEXT, 0, &text, &length, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_predictions_text(predictions, OUT_TEXT, 0, NULL, &length, &error));
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE,
          sidekick_predictions_texts(predictions, OUTPUTS, &column, &ends, &count, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE,
          sidekick_predictions_texts(predictions, OUT_NUMBER, &column, &ends, &count, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_predictions_texts(NULL, OUT_TEXT, &column, &ends, &count, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_predictions_texts(predictions, OUT_TEXT, NULL, &ends, &count, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_predictions_texts(predictions, OUT_TEXT, &column, NULL, &count, &error));
    CHECK(text == NULL && column == NULL && ends == NULL && length == UNTOUCHED && count == UNTOUCHED);
}

static void test_labels(void) {
    const char *label = NULL;
    size_t count = UNTOUCHED, length = 0, i;
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE, sidekick_predictions_category_count(predictions, OUTPUTS, &count, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE, sidekick_predictions_category_count(predictions, OUT_FLAG, &count, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_predictions_category_count(NULL, OUT_CATEGORY, &count, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_predictions_category_count(predictions, OUT_CATEGORY, NULL, &error));
    CHECK(count == UNTOUCHED);
    OK(sidekick_predictions_category_count(predictions, OUT_CATEGORY, &count, &error));
    CHECK(count == 3);
    for (i = 0; i < count; i++) {
        OK(sidekick_predictions_category_label(predictions, OUT_CATEGORY, i, &label, &length, &error));
        TEXT_IS(CATEGORIES[i], label, length);
    }
    label = NULL;
    length = UNTOUCHED;
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_category_label(predictions, OUT_CATEGORY, 3, &label, &length, &error));
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE,
          sidekick_predictions_category_label(predictions, OUTPUTS, 0, &label, &length, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE,
          sidekick_predictions_category_label(predictions, OUT_TEXT, 0, &label, &length, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_predictions_category_label(NULL, OUT_CATEGORY, 0, &label, &length, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_category_label(predictions, OUT_CATEGORY, 0, NULL, &length, &error));
    CHECK(label == NULL && length == UNTOUCHED);
}

/* What `echo` makes of its category: 0.8 on top of the third of 0.2 that each has. */
static int is_probability(double probability, int given) {
    return fabs(probability - (given ? 0.8 + 0.2 / 3 : 0.2 / 3)) < 1e-6;
}

static void test_probabilities(void) {
    const double *row_view = NULL, *matrix = NULL;
    double probability = 0;
    size_t count = 0, row, category;
    OK(sidekick_predictions_probability_matrix(predictions, OUT_CATEGORY, &matrix, &count, &error));
    CHECK(count == 15);
    for (row = 0; row < 5; row++) {
        OK(sidekick_predictions_probabilities(predictions, OUT_CATEGORY, row, &row_view, &count, &error));
        CHECK(count == 3 && row_view == matrix + 3 * row);
        for (category = 0; category < 3; category++) {
            CHECK(is_probability(row_view[category], category == row % 3));
            OK(sidekick_predictions_probability(predictions, OUT_CATEGORY, row, CATEGORIES[category],
                                                SIDEKICK_NUL, &probability, &error));
            CHECK(probability == row_view[category]);
        }
    }
    OK(sidekick_predictions_probability(predictions, OUT_CATEGORY, 1, "bc", 1, &probability, &error));
    CHECK(is_probability(probability, 1));

    row_view = matrix = NULL;
    probability = 47.11;
    count = UNTOUCHED;
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE,
          sidekick_predictions_probabilities(predictions, OUTPUTS, 0, &row_view, &count, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE,
          sidekick_predictions_probabilities(predictions, OUT_FLAG, 0, &row_view, &count, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_probabilities(predictions, OUT_CATEGORY, 5, &row_view, &count, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_probabilities(predictions, OUT_CATEGORY, (size_t)-1, &row_view, &count, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_probabilities(NULL, OUT_CATEGORY, 0, &row_view, &count, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_probabilities(predictions, OUT_CATEGORY, 0, NULL, &count, &error));
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE,
          sidekick_predictions_probability_matrix(predictions, OUTPUTS, &matrix, &count, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE,
          sidekick_predictions_probability_matrix(predictions, OUT_TEXT, &matrix, &count, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_probability_matrix(NULL, OUT_CATEGORY, &matrix, &count, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_probability_matrix(predictions, OUT_CATEGORY, NULL, &count, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_probability(predictions, OUT_CATEGORY, 0, "d", 1, &probability, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_probability(predictions, OUT_CATEGORY, 0, NULL, 0, &probability, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_probability(predictions, OUT_CATEGORY, 0, "two\nlines", 9, &probability, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_probability(predictions, OUT_CATEGORY, 0, "\xff", 1, &probability, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_probability(predictions, OUT_CATEGORY, 5, "a", 1, &probability, &error));
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE,
          sidekick_predictions_probability(predictions, OUTPUTS, 0, "a", 1, &probability, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE,
          sidekick_predictions_probability(predictions, OUT_NUMBER, 0, "a", 1, &probability, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_probability(NULL, OUT_CATEGORY, 0, "a", 1, &probability, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_probability(predictions, OUT_CATEGORY, 0, NULL, 1, &probability, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_probability(predictions, OUT_CATEGORY, 0, "a", 1, NULL, &error));
    CHECK(row_view == NULL && matrix == NULL && probability == 47.11 && count == UNTOUCHED);
}

static void test_top(void) {
    /* Each row's own category first; the others are equal, and keep the order of the labels. */
    const char *const expected[3][3] = {{"a", "b", "c"}, {"b", "a", "c"}, {"c", "a", "b"}};
    const char *label = NULL;
    double probability = 0;
    size_t length = 0, row, rank;
    for (row = 0; row < 5; row++) {
        for (rank = 0; rank < 3; rank++) {
            OK(sidekick_predictions_top(predictions, OUT_CATEGORY, row, rank, &label, &length, &probability, &error));
            TEXT_IS(expected[row % 3][rank], label, length);
            CHECK(is_probability(probability, rank == 0));
        }
    }
    label = NULL;
    length = UNTOUCHED;
    probability = 47.11;
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_top(predictions, OUT_CATEGORY, 0, 3, &label, &length, &probability, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_top(predictions, OUT_CATEGORY, 0, (size_t)-1, &label, &length, &probability, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_top(predictions, OUT_CATEGORY, 5, 0, &label, &length, &probability, &error));
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE,
          sidekick_predictions_top(predictions, OUTPUTS, 0, 0, &label, &length, &probability, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE,
          sidekick_predictions_top(predictions, OUT_FLAG, 0, 0, &label, &length, &probability, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_top(NULL, OUT_CATEGORY, 0, 0, &label, &length, &probability, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_top(predictions, OUT_CATEGORY, 0, 0, NULL, &length, &probability, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_top(predictions, OUT_CATEGORY, 0, 0, &label, &length, NULL, &error));
    CHECK(label == NULL && length == UNTOUCHED && probability == 47.11);
}

/* Who knows a length already, or reads up to the NUL, passes NULL for it. */
static void test_lengths_are_optional(void) {
    const char *text = NULL, *texts = NULL, *label = NULL, *top = NULL;
    const double *numbers = NULL, *row = NULL, *matrix = NULL;
    const size_t *ends = NULL;
    double probability = 0;
    OK(sidekick_predictions_numbers(predictions, OUT_NUMBER, &numbers, NULL, &error));
    OK(sidekick_predictions_text(predictions, OUT_TEXT, 1, &text, NULL, &error));
    OK(sidekick_predictions_texts(predictions, OUT_TEXT, &texts, &ends, NULL, &error));
    OK(sidekick_predictions_category_label(predictions, OUT_CATEGORY, 1, &label, NULL, &error));
    OK(sidekick_predictions_probabilities(predictions, OUT_CATEGORY, 0, &row, NULL, &error));
    OK(sidekick_predictions_probability_matrix(predictions, OUT_CATEGORY, &matrix, NULL, &error));
    OK(sidekick_predictions_top(predictions, OUT_CATEGORY, 1, 0, &top, NULL, &probability, &error));
    CHECK(numbers[1] == -0.5 && row == matrix && ends[0] == strlen(LABELS[0]) + 1);
    CHECK(strcmp(text, LABELS[1]) == 0 && strcmp(texts, LABELS[0]) == 0);
    CHECK(strcmp(label, "b") == 0 && strcmp(top, "b") == 0 && is_probability(probability, 1));
}

/* The same pointer every time, whatever was called in between, until the predictions are freed. */
static void test_views_stay(void) {
    const double *numbers = NULL, *numbers_again = NULL;
    const char *text = NULL, *text_again = NULL;
    size_t count = 0, length = 0, row;
    OK(sidekick_predictions_numbers(predictions, OUT_NUMBER, &numbers, &count, &error));
    OK(sidekick_predictions_text(predictions, OUT_TEXT, 2, &text, &length, &error));
    test_numbers();
    test_texts();
    test_labels();
    test_probabilities();
    test_top();
    for (row = 0; row < 5; row++) {
        CHECK(numbers[row] == (double)row - 1.5);
    }
    TEXT_IS(LABELS[2], text, length);
    OK(sidekick_predictions_numbers(predictions, OUT_NUMBER, &numbers_again, &count, &error));
    OK(sidekick_predictions_text(predictions, OUT_TEXT, 2, &text_again, &length, &error));
    CHECK(numbers == numbers_again && text == text_again);
}

int main(void) {
    make_predictions();
    test_count();
    test_numbers();
    test_texts();
    test_labels();
    test_probabilities();
    test_top();
    test_lengths_are_optional();
    test_views_stay();
    sidekick_predictions_free(predictions);
    return checks_failed("test_predictions");
}
