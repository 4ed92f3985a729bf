/* Streams from C: order, what a full one does, a batch's own error, cancelling, threads, forks. */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <time.h>
#ifndef _WIN32
#include <dirent.h>
#include <sys/wait.h>
#include <unistd.h>
#endif

#include "deployments.h"

static void pause_for(long milliseconds) {
    struct timespec length = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    nanosleep(&length, NULL);
}

/* `reciprocal`, with so many rows to a request and so many requests under way. */
static sidekick_deployment *open_reciprocal(size_t batch_rows, size_t requests) {
    sidekick_options *options = NULL;
    sidekick_deployment *deployment;
    OK(sidekick_options_new(&options, &error));
    OK(sidekick_options_set_batch_rows(options, batch_rows, &error));
    OK(sidekick_options_set_max_in_flight(options, requests, &error));
    deployment = open_on("SIDEKICK_SERVER_URL", "reciprocal", options);
    sidekick_options_free(options);
    return deployment;
}

static sidekick_stream *new_stream(const sidekick_deployment *deployment) {
    sidekick_stream *stream = NULL;
    OK(sidekick_stream_new(deployment, NULL, &stream, &error));
    return stream;
}

static void add(sidekick_rows *rows, double number) {
    OK(sidekick_rows_add_number_at(rows, 0, number, &error));
    OK(sidekick_rows_end_row(rows, &error));
}

/* Takes the next batch, whose numbers have to be 1 / *next and so on; 0 at the end. */
static int take(sidekick_stream *stream, double *next) {
    sidekick_predictions *predictions = NULL;
    const double *numbers = NULL;
    size_t count = 0, i;
    OK(sidekick_stream_next(stream, &predictions, &error));
    if (predictions == NULL) return 0;
    OK(sidekick_predictions_numbers(predictions, 0, &numbers, &count, &error));
    for (i = 0; i < count; i++, *next += 1) {
        CHECK(fabs(numbers[i] * *next - 1) < 1e-6);
    }
    sidekick_predictions_free(predictions);
    return 1;
}

static void test_order(size_t requests) {
    sidekick_deployment *deployment = open_reciprocal(8, requests);
    sidekick_stream *stream = new_stream(deployment);
    sidekick_rows *rows = new_rows(deployment);
    double next = 1, number;
    for (number = 1; number <= 300; number++) {
        add(rows, number);
        if (sidekick_rows_count(rows) < 8 && number < 300) continue;
        while (sidekick_stream_is_full(stream)) {
            CHECK(take(stream, &next));
        }
        OK(sidekick_stream_push(stream, rows, &error));
        OK(sidekick_rows_clear(rows, &error));
    }
    while (take(stream, &next)) continue;
    CHECK(next == 301);
    sidekick_stream_free(stream);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
}

static void test_full(void) {
    sidekick_deployment *deployment = open_reciprocal(1, 1);
    sidekick_stream *stream = new_stream(deployment);
    sidekick_rows *rows = new_rows(deployment);
    double next = 1;
    add(rows, 1);
    add(rows, 2);
    CHECK(!sidekick_stream_is_full(stream));
    OK(sidekick_stream_push(stream, rows, &error));
    CHECK(sidekick_stream_is_full(stream));
    KEEPS(SIDEKICK_ERROR_STREAM_FULL, sidekick_stream_push(stream, rows, &error));
    SAYS("take predictions first");
    FORGET();
    CHECK(take(stream, &next) && take(stream, &next) && !take(stream, &next));
    CHECK(sidekick_rows_count(rows) == 2);
    sidekick_stream_free(stream);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
}

/* The model cannot give 1 / 0: that batch alone fails. */
static void test_failed_batch(size_t requests) {
    sidekick_deployment *deployment = open_reciprocal(2, requests);
    sidekick_stream *stream = new_stream(deployment);
    sidekick_rows *rows = new_rows(deployment);
    sidekick_predictions *predictions = NULL;
    double next = 1;
    add(rows, 1);
    add(rows, 2);
    add(rows, 3);
    add(rows, 0);
    add(rows, 5);
    OK(sidekick_stream_push(stream, rows, &error));
    CHECK(take(stream, &next));
    KEEPS(SIDEKICK_ERROR_SERVER, sidekick_stream_next(stream, &predictions, &error));
    CHECK(sidekick_error_rows_first(error) == 2 && sidekick_error_rows_count(error) == 2 && predictions == NULL);
    FORGET();
    next = 5;
    CHECK(take(stream, &next) && !take(stream, &next) && next == 6);
    sidekick_stream_free(stream);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
}

static void *trigger_later(void *cancel) {
    pause_for(100);
    sidekick_cancel_trigger(cancel, NULL);
    return NULL;
}

/* Pushes and takes until another thread calls it off. */
static void test_cancel(size_t requests) {
    sidekick_deployment *deployment = open_reciprocal(1, requests);
    sidekick_stream *stream = NULL;
    sidekick_cancel *cancel = NULL;
    sidekick_rows *rows = new_rows(deployment);
    sidekick_predictions *predictions = NULL;
    sidekick_status status = SIDEKICK_OK;
    pthread_t thread;
    add(rows, 1);
    OK(sidekick_cancel_new(&cancel, &error));
    OK(sidekick_stream_new(deployment, cancel, &stream, &error));
    CHECK(pthread_create(&thread, NULL, trigger_later, cancel) == 0);
    while (status == SIDEKICK_OK) {
        status = sidekick_stream_push(stream, rows, NULL);
        if (status == SIDEKICK_OK || status == SIDEKICK_ERROR_STREAM_FULL) {
            status = sidekick_stream_next(stream, &predictions, NULL);
            sidekick_predictions_free(predictions);
            predictions = NULL;
        }
    }
    CHECK(status == SIDEKICK_ERROR_CANCELLED);
    FAILS(SIDEKICK_ERROR_CANCELLED, sidekick_stream_push(stream, rows, &error));
    CHECK(pthread_join(thread, NULL) == 0);
    sidekick_stream_free(stream);
    sidekick_cancel_free(cancel);
    predictions = predict(deployment, rows);
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
}

#ifndef _WIN32
static int threads(void) {
    DIR *folder = opendir("/proc/self/task");
    int count = 0;
    struct dirent *entry;
    while ((entry = readdir(folder)) != NULL) count += entry->d_name[0] != '.';
    closedir(folder);
    return count;
}

/* Whether there are so many threads: one that was joined may be listed for a moment more. */
static int threads_become(int expected) {
    const struct timespec moment = {0, 10 * 1000 * 1000};
    int tries;
    for (tries = 0; tries < 1000 && threads() != expected; tries++) nanosleep(&moment, NULL);
    return threads() == expected;
}

/* Threads are started where they were asked for, and end with the stream, whatever it holds. */
static void test_threads(size_t requests, int started) {
    sidekick_deployment *deployment = open_reciprocal(1, requests);
    sidekick_stream *stream = new_stream(deployment);
    sidekick_rows *rows = new_rows(deployment);
    const int before = threads();
    double number;
    for (number = 1; number <= 9; number++) add(rows, number);
    OK(sidekick_stream_push(stream, rows, &error));
    CHECK(threads() == before + started);
    sidekick_stream_free(stream);
    CHECK(threads_become(before));
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
}

/* A child leaves its parent's stream alone, and has one of its own. */
static void test_fork(void) {
    sidekick_deployment *deployment = open_reciprocal(1, 2);
    sidekick_stream *stream = new_stream(deployment);
    sidekick_rows *rows = new_rows(deployment);
    double next = 1;
    int status = -1;
    pid_t child;
    add(rows, 1);
    add(rows, 2);
    OK(sidekick_stream_push(stream, rows, &error));
    child = fork();
    if (child == 0) {
        alarm(30);
        KEEPS(SIDEKICK_ERROR_ARGUMENT, sidekick_stream_push(stream, rows, &error));
        SAYS("parent process");
        FORGET();
        sidekick_stream_free(stream);
        stream = new_stream(deployment);
        OK(sidekick_stream_push(stream, rows, &error));
        CHECK(take(stream, &next) && take(stream, &next));
        sidekick_stream_free(stream);
        /* By exec, so that memory which its parent's threads hold is no leak of its. */
        execl("/bin/sh", "sh", "-c", check_failures ? "exit 1" : "exit 0", (char *)NULL);
        _exit(2);
    }
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    CHECK(take(stream, &next) && take(stream, &next) && !take(stream, &next));
    sidekick_stream_free(stream);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
}
#endif

static void test_misuse(void) {
    sidekick_deployment *deployment = open_reciprocal(1, 1), *other = open_reciprocal(1, 1);
    sidekick_stream *stream = new_stream(deployment);
    sidekick_rows *rows = new_rows(deployment), *foreign = new_rows(other);
    sidekick_predictions *predictions = NULL;
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_stream_new(NULL, NULL, &stream, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_stream_new(deployment, NULL, NULL, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_stream_push(NULL, rows, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_stream_push(stream, NULL, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_stream_push(stream, foreign, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_stream_next(NULL, &predictions, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_stream_next(stream, NULL, &error));
    OK(sidekick_rows_add_number_at(rows, 0, 1, &error));
    KEEPS(SIDEKICK_ERROR_ROW_INCOMPLETE, sidekick_stream_push(stream, rows, &error));
    ABOUT(0, "");
    FORGET();
    OK(sidekick_rows_discard_row(rows, &error));
    OK(sidekick_stream_push(stream, rows, &error));
    OK(sidekick_stream_next(stream, &predictions, &error));
    CHECK(predictions == NULL && !sidekick_stream_is_full(NULL));
    sidekick_stream_free(NULL);
    sidekick_stream_free(stream);
    sidekick_rows_free(rows);
    sidekick_rows_free(foreign);
    sidekick_deployment_free(deployment);
    sidekick_deployment_free(other);
}

int main(void) {
    test_order(1);
    test_order(4);
    test_full();
    test_failed_batch(1);
    test_failed_batch(3);
    test_cancel(1);
    test_cancel(4);
#ifndef _WIN32
    test_threads(1, 0);
    test_threads(4, 4);
    if (may_fork()) test_fork();
#endif
    test_misuse();
    return checks_failed("test_stream");
}
