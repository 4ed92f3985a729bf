/* One deployment, its predictions, its replies and finished rows, used by several threads at once. */
#include <pthread.h>

#include "deployments.h"

enum { THREADS = 4, ROUNDS = 8 };

static sidekick_deployment *deployment;
static sidekick_rows *shared_rows;
static sidekick_predictions *shared_predictions;
static sidekick_reply *shared_reply;

/* What a thread found wrong: the checks themselves are for one thread. */
typedef struct {
    double number;
    int wrong;
} work;

/* Builds rows of its own and predicts them. */
static int own_rows_are_wrong(double number) {
    sidekick_rows *rows = NULL;
    sidekick_predictions *predictions = NULL;
    double found = 0;
    int wrong = sidekick_rows_new(deployment, &rows, NULL) != SIDEKICK_OK;
    size_t i;
    for (i = 0; i < 6; i++) {
        wrong += sidekick_rows_add_number_at(rows, i, number + (double)i, NULL) != SIDEKICK_OK;
    }
    wrong += sidekick_rows_end_row(rows, NULL) != SIDEKICK_OK;
    wrong += sidekick_deployment_predict(deployment, rows, NULL, &predictions, NULL) != SIDEKICK_OK;
    for (i = 0; i < 6; i++) {
        wrong += sidekick_predictions_number(predictions, i, 0, &found, NULL) != SIDEKICK_OK ||
            found != number + (double)i;
    }
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    return wrong;
}

/* Predicts the rows that all threads share, and reads the predictions that they share. */
static int shared_objects_are_wrong(void) {
    sidekick_predictions *predictions = NULL;
    const double *mine = NULL, *shared = NULL;
    size_t count = 0;
    int wrong = sidekick_deployment_predict(deployment, shared_rows, NULL, &predictions, NULL) != SIDEKICK_OK;
    wrong += sidekick_predictions_numbers(predictions, 2, &mine, &count, NULL) != SIDEKICK_OK || count != 3;
    wrong += sidekick_predictions_numbers(shared_predictions, 2, &shared, &count, NULL) != SIDEKICK_OK || count != 3;
    wrong += memcmp(mine, shared, 3 * sizeof *mine) != 0;
    wrong += strstr(sidekick_reply_text(shared_reply, NULL), "FeatureNotFound") == NULL;
    sidekick_predictions_free(predictions);
    return wrong;
}

/* Errors are each thread's own. */
static int errors_are_wrong(double number) {
    sidekick_error *own = NULL;
    char name[32], expected[64];
    size_t index = 0;
    int wrong;
    snprintf(name, sizeof name, "feature %g", number);
    snprintf(expected, sizeof expected, "\"%s\"", name);
    wrong = sidekick_deployment_feature_index(deployment, SIDEKICK_INPUT, name, SIDEKICK_NUL, &index, &own) !=
            SIDEKICK_ERROR_UNKNOWN_FEATURE;
    wrong += strstr(sidekick_error_message(own, NULL), expected) == NULL;
    sidekick_error_free(own);
    return wrong;
}

static void *run(void *argument) {
    work *mine = argument;
    int round;
    for (round = 0; round < ROUNDS; round++) {
        mine->wrong += own_rows_are_wrong(mine->number + round);
        mine->wrong += shared_objects_are_wrong();
        mine->wrong += errors_are_wrong(mine->number + round);
    }
    return NULL;
}

int main(void) {
    pthread_t threads[THREADS];
    work works[THREADS];
    int i, input;
    deployment = open_deployment("names");
    shared_rows = new_rows(deployment);
    for (i = 0; i < 3; i++) {
        for (input = 0; input < 6; input++) {
            OK(sidekick_rows_add_number_at(shared_rows, (size_t)input, 10 * i + input, &error));
        }
        OK(sidekick_rows_end_row(shared_rows, &error));
    }
    shared_predictions = predict(deployment, shared_rows);
    OK(sidekick_deployment_post_json(deployment, "{\"rows\": [{}]}", SIDEKICK_NUL, NULL, &shared_reply, &error));
    for (i = 0; i < THREADS; i++) {
        works[i].number = 100.0 * i;
        works[i].wrong = 0;
        CHECK(pthread_create(&threads[i], NULL, run, &works[i]) == 0);
    }
    for (i = 0; i < THREADS; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
        CHECK(works[i].wrong == 0);
    }
    sidekick_reply_free(shared_reply);
    sidekick_predictions_free(shared_predictions);
    sidekick_rows_free(shared_rows);
    sidekick_deployment_free(deployment);
    return checks_failed("test_threads");
}
