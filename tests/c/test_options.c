/* Options: batches and requests at once, and what is refused; test_connections.c has those for
 * connections. */
#include <pthread.h>

#include "deployments.h"

/* How many rows the model of `batch-size` was given with each of `count` rows. */
static void batch_sizes(const sidekick_options *options, size_t count, const double **sizes,
                        sidekick_predictions **predictions) {
    sidekick_deployment *deployment = open_on("SIDEKICK_SERVER_URL", "batch-size", options);
    sidekick_rows *rows = new_rows(deployment);
    size_t row, found = 0;
    for (row = 0; row < count; row++) {
        OK(sidekick_rows_add_number_at(rows, 0, (double)row, &error));
        OK(sidekick_rows_end_row(rows, &error));
    }
    *predictions = predict(deployment, rows);
    OK(sidekick_predictions_numbers(*predictions, 0, sizes, &found, &error));
    CHECK(found == count);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
}

static void test_default_is_128(void) {
    const double *sizes = NULL;
    sidekick_predictions *predictions = NULL;
    batch_sizes(NULL, 300, &sizes, &predictions);
    CHECK(sizes[0] == 128 && sizes[127] == 128 && sizes[128] == 128 && sizes[255] == 128);
    CHECK(sizes[256] == 44 && sizes[299] == 44);
    sidekick_predictions_free(predictions);
}

static void test_batch_rows(void) {
    const size_t settings[] = {1, 3, 7, (size_t)-1};
    const double first[] = {1, 3, 7, 7}, last[] = {1, 1, 7, 7};
    sidekick_options *options = NULL;
    int i;
    OK(sidekick_options_new(&options, &error));
    for (i = 0; i < 4; i++) {
        const double *sizes = NULL;
        sidekick_predictions *predictions = NULL;
        OK(sidekick_options_set_batch_rows(options, settings[i], &error));
        batch_sizes(options, 7, &sizes, &predictions);
        CHECK(sizes[0] == first[i] && sizes[6] == last[i]);
        sidekick_predictions_free(predictions);
    }
    sidekick_options_free(options);
}

/* An open deployment keeps its own copy of the options. */
static void test_options_are_copied(void) {
    sidekick_options *options = NULL;
    sidekick_deployment *deployment;
    sidekick_rows *rows;
    sidekick_predictions *predictions;
    double size = 0;
    OK(sidekick_options_new(&options, &error));
    OK(sidekick_options_set_batch_rows(options, 1, &error));
    deployment = open_on("SIDEKICK_SERVER_URL", "batch-size", options);
    OK(sidekick_options_set_batch_rows(options, 2, &error));
    sidekick_options_free(options);
    rows = new_rows(deployment);
    OK(sidekick_rows_add_number_at(rows, 0, 1, &error));
    OK(sidekick_rows_end_row(rows, &error));
    OK(sidekick_rows_add_number_at(rows, 0, 2, &error));
    OK(sidekick_rows_end_row(rows, &error));
    predictions = predict(deployment, rows);
    OK(sidekick_predictions_number(predictions, 0, 1, &size, &error));
    CHECK(size == 1);
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
}

/* Several requests at once, and still every row in its place. */
static void *max_in_flight(void *unused) {
    sidekick_options *options = NULL;
    sidekick_deployment *deployment;
    sidekick_rows *rows;
    sidekick_predictions *predictions;
    const double *numbers = NULL;
    size_t count = 0, i, in_order = 0;
    OK(sidekick_options_new(&options, &error));
    OK(sidekick_options_set_batch_rows(options, 7, &error));
    OK(sidekick_options_set_max_in_flight(options, 3, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_max_in_flight(options, 0, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_max_in_flight(NULL, 1, &error));
    deployment = open_on("SIDEKICK_SERVER_URL", "names", options);
    rows = new_rows(deployment);
    for (i = 0; i < 6 * 100; i++) {
        OK(sidekick_rows_add_number_at(rows, i % 6, (double)i, &error));
        if (i % 6 == 5) OK(sidekick_rows_end_row(rows, &error));
    }
    predictions = predict(deployment, rows);
    OK(sidekick_predictions_numbers(predictions, 1, &numbers, &count, &error));
    for (i = 0; i < count; i++) {
        in_order += numbers[i] == (double)(6 * i + 1);
    }
    CHECK(count == 100 && in_order == 100);
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
    sidekick_options_free(options);
    return unused;
}

/* In a thread of its own: the runtime's handle of a thread that waited for others goes when that thread
 * ends. */
static void test_max_in_flight(void) {
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, max_in_flight, NULL) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
}

static void test_refusals(void) {
    sidekick_options *options = NULL;
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_new(NULL, &error));
    CHECK(sidekick_options_new(NULL, NULL) == SIDEKICK_ERROR_ARGUMENT);
    OK(sidekick_options_new(&options, &error));
    KEEPS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_batch_rows(options, 0, &error));
    SAYS("batch_rows");
    FORGET();
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_batch_rows(NULL, 1, &error));
    CHECK(sidekick_options_set_batch_rows(options, 0, NULL) == SIDEKICK_ERROR_ARGUMENT);
    CHECK(sidekick_options_set_batch_rows(options, 1, NULL) == SIDEKICK_OK);
    sidekick_options_free(options);
    sidekick_options_free(NULL);
}

int main(void) {
    test_default_is_128();
    test_batch_rows();
    test_options_are_copied();
    test_max_in_flight();
    test_refusals();
    return checks_failed("test_options");
}
