/* Callbacks that only this program's thread runs, inside a call of the library, with many requests in flight. */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <time.h>

#include "deployments.h"

/* The thread that calls the library, and whether it is inside a call. */
static pthread_t caller;
static int inside;
/* What the callbacks were called for, and how often on another thread or outside a call. */
static int tokens, lines, released, elsewhere;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Runs a call of the library, and notes that it runs. */
#define INSIDE(call) (inside = 1, (void)(call), inside = 0)

static void count(int *calls) {
    pthread_mutex_lock(&lock);
    *calls += 1;
    elsewhere += !(pthread_equal(pthread_self(), caller) && inside);
    pthread_mutex_unlock(&lock);
}

static int32_t give_token(void *data, int32_t refused, sidekick_token *token) {
    (void)refused;
    count(&tokens);
    return sidekick_token_set(token, data, SIDEKICK_NUL, NULL);
}

static void hear(void *data, int32_t level, const char *message, size_t length) {
    (void)data, (void)level, (void)message, (void)length;
    count(&lines);
}

static void release(void *data) {
    (void)data;
    count(&released);
}

static sidekick_deployment *open_with_callbacks(int32_t on_caller) {
    static char token[] = "reciprocal-token";
    sidekick_options *options = NULL;
    sidekick_deployment *deployment = NULL;
    tokens = lines = released = elsewhere = 0;
    caller = pthread_self();
    OK(sidekick_options_new(&options, &error));
    OK(sidekick_options_set_batch_rows(options, 1, &error));
    OK(sidekick_options_set_max_in_flight(options, 4, &error));
    OK(sidekick_options_set_token_callback(options, give_token, token, release, &error));
    OK(sidekick_options_set_log_callback(options, hear, NULL, NULL, &error));
    OK(sidekick_options_set_callbacks_on_caller(options, on_caller, &error));
    INSIDE(deployment = open_on("SIDEKICK_SERVER_URL", "reciprocal", options));
    INSIDE(sidekick_options_free(options));
    return deployment;
}

static sidekick_rows *numbers(const sidekick_deployment *deployment, int count) {
    sidekick_rows *rows = new_rows(deployment);
    int number;
    for (number = 1; number <= count; number++) {
        OK(sidekick_rows_add_number_at(rows, 0, number, &error));
        OK(sidekick_rows_end_row(rows, &error));
    }
    return rows;
}

static void test_predict(void) {
    sidekick_deployment *deployment = open_with_callbacks(1);
    sidekick_rows *rows = numbers(deployment, 20);
    sidekick_predictions *predictions = NULL;
    INSIDE(predictions = predict(deployment, rows));
    CHECK(sidekick_predictions_count(predictions) == 20);
    /* One token for each request, and one for the description. */
    CHECK(tokens == 21 && lines > 40);
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    INSIDE(sidekick_deployment_free(deployment));
    CHECK(released == 1 && elsewhere == 0);
}

/* The threads of the library work while this one is outside; then they wait for it. */
static void pause_outside(void) {
    struct timespec length = {0, 20000000};
    nanosleep(&length, NULL);
}

static void test_stream(void) {
    sidekick_deployment *deployment = open_with_callbacks(1);
    sidekick_rows *rows = numbers(deployment, 1);
    sidekick_stream *stream = NULL;
    sidekick_predictions *predictions = NULL;
    int pushed = 0, taken = 0;
    OK(sidekick_stream_new(deployment, NULL, &stream, &error));
    while (taken < 30) {
        while (pushed < 30 && !sidekick_stream_is_full(stream)) {
            INSIDE(OK(sidekick_stream_push(stream, rows, &error)));
            pushed++;
        }
        if (taken % 10 == 0) pause_outside();
        INSIDE(OK(sidekick_stream_next(stream, &predictions, &error)));
        CHECK(sidekick_predictions_count(predictions) == 1);
        sidekick_predictions_free(predictions);
        taken++;
    }
    CHECK(tokens == 31 && lines > 60);
    INSIDE(sidekick_stream_free(stream));
    sidekick_rows_free(rows);
    INSIDE(sidekick_deployment_free(deployment));
    CHECK(released == 1 && elsewhere == 0);
}

/* Nobody waits for a token any more when a stream is freed with batches in it. */
static void test_a_stream_that_is_freed_early(void) {
    sidekick_deployment *deployment = open_with_callbacks(1);
    sidekick_rows *rows = numbers(deployment, 8);
    sidekick_stream *stream = NULL;
    OK(sidekick_stream_new(deployment, NULL, &stream, &error));
    INSIDE(OK(sidekick_stream_push(stream, rows, &error)));
    pause_outside();
    INSIDE(sidekick_stream_free(stream));
    sidekick_rows_free(rows);
    INSIDE(sidekick_deployment_free(deployment));
    CHECK(released == 1 && elsewhere == 0);
}

/* A row that the model refuses fails the call; lines of the other requests are still passed on. */
static void test_a_call_that_fails(void) {
    sidekick_deployment *deployment = open_with_callbacks(1);
    sidekick_rows *rows = numbers(deployment, 3);
    sidekick_predictions *predictions = NULL;
    OK(sidekick_rows_add_number_at(rows, 0, 0, &error));
    OK(sidekick_rows_end_row(rows, &error));
    INSIDE(FAILS(SIDEKICK_ERROR_SERVER, sidekick_deployment_predict(deployment, rows, NULL, &predictions, &error)));
    sidekick_rows_free(rows);
    INSIDE(sidekick_deployment_free(deployment));
    CHECK(predictions == NULL && lines > 4 && released == 1 && elsewhere == 0);
}

/* Without the option, the library's threads call back themselves. */
static void test_the_default(void) {
    sidekick_deployment *deployment = open_with_callbacks(0);
    sidekick_rows *rows = numbers(deployment, 8);
    sidekick_predictions *predictions = NULL;
    INSIDE(predictions = predict(deployment, rows));
    CHECK(tokens == 9 && elsewhere > 0);
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    INSIDE(sidekick_deployment_free(deployment));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_callbacks_on_caller(NULL, 1, &error));
}

/* In a thread of its own: the runtime's handle of a thread that waited for others goes when that thread ends. */
static void *run(void *unused) {
    test_predict();
    test_stream();
    test_a_stream_that_is_freed_early();
    test_a_call_that_fails();
    test_the_default();
    return unused;
}

int main(void) {
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, run, NULL) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    return checks_failed("test_callbacks");
}
