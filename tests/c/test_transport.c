/* What connections go through, from C: cancelling, callbacks, settings, forks. */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <stdio.h>
#include <time.h>
#ifndef _WIN32
#include <sys/wait.h>
#include <unistd.h>
#endif

#include "deployments.h"
#include "sockets.h"

static void pause_for(long milliseconds) {
    struct timespec length = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    nanosleep(&length, NULL);
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static sidekick_options *new_options(void) {
    sidekick_options *options = NULL;
    OK(sidekick_options_new(&options, &error));
    return options;
}

/* Asks `reciprocal` for 1 / value. */
static int asks_well(const sidekick_deployment *deployment, double value) {
    sidekick_rows *rows = NULL;
    sidekick_predictions *predictions = NULL;
    double found = 0;
    int well = sidekick_rows_new(deployment, &rows, NULL) == SIDEKICK_OK &&
               sidekick_rows_add_number_at(rows, 0, value, NULL) == SIDEKICK_OK &&
               sidekick_rows_end_row(rows, NULL) == SIDEKICK_OK &&
               sidekick_deployment_predict(deployment, rows, NULL, &predictions, NULL) == SIDEKICK_OK &&
               sidekick_predictions_number(predictions, 0, 0, &found, NULL) == SIDEKICK_OK &&
               fabs(found * value - 1) < 1e-6;
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    return well;
}

static void *trigger_later(void *cancel) {
    pause_for(200);
    sidekick_cancel_trigger(cancel, NULL);
    return NULL;
}

/* A proxy that is a closed port is tried again and again: the waits between are what is cancelled. */
static void test_cancel(void) {
    sidekick_options *options = new_options();
    sidekick_cancel *cancel = NULL;
    sidekick_deployment *deployment = NULL;
    pthread_t thread;
    double start = seconds();
    OK(sidekick_options_set_proxy(options, "http://127.0.0.1:1", SIDEKICK_NUL, &error));
    OK(sidekick_options_set_no_proxy(options, "", SIDEKICK_NUL, &error));
    OK(sidekick_options_set_retries(options, 1000, &error));
    OK(sidekick_options_set_retry_backoff(options, 600000, 600000, &error));
    OK(sidekick_cancel_new(&cancel, &error));
    CHECK(pthread_create(&thread, NULL, trigger_later, cancel) == 0);
    KEEPS(SIDEKICK_ERROR_CANCELLED,
          sidekick_deployment_open(url_of("reciprocal"), SIDEKICK_NUL, "reciprocal-token", SIDEKICK_NUL,
                                   options, cancel, &deployment, &error));
    SAYS("cancelled");
    CHECK(sidekick_error_retryable(error) == 0);
    FORGET();
    /* It did not wait for nothing: the first wait would be five minutes long at least. */
    CHECK(seconds() - start >= 0.2);
    CHECK(pthread_join(thread, NULL) == 0 && deployment == NULL);
    sidekick_cancel_free(cancel);
    sidekick_options_free(options);
}

/* A wait for a response ends with a time limit; without one, and with one that is far off, calls go on. */
static void test_cancel_timeout(void) {
    sidekick_cancel *cancel = NULL;
    sidekick_deployment *deployment = NULL;
    char url[80];
    const socket_type listener = silent_server(url, sizeof url);
    OK(sidekick_cancel_new(&cancel, &error));
    OK(sidekick_cancel_set_timeout(cancel, 100, &error));
    KEEPS(SIDEKICK_ERROR_TIMEOUT,
          sidekick_deployment_open(url, SIDEKICK_NUL, "x-token", SIDEKICK_NUL, NULL, cancel, &deployment, &error));
    SAYS("within 100 ms, the limit of its cancellation");
    CHECK(sidekick_error_retryable(error) == 1 && deployment == NULL);
    FORGET();
    OK(sidekick_cancel_set_timeout(cancel, UINT64_MAX, &error));
    OK(sidekick_cancel_set_timeout(cancel, 0, &error));
    OK(sidekick_deployment_open(url_of("reciprocal"), SIDEKICK_NUL, "reciprocal-token", SIDEKICK_NUL, NULL,
                                cancel, &deployment, &error));
    sidekick_deployment_free(deployment);
    sidekick_cancel_free(cancel);
    close_socket(listener);
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_cancel_set_timeout(NULL, 1, &error));
}

/* A triggered cancellation fails each kind of call, NULL and a fresh one fail none, and the deployment goes
 * on. */
static void test_cancellable_calls(void) {
    sidekick_deployment *deployment = NULL;
    sidekick_cancel *cancel = NULL;
    sidekick_rows *rows;
    sidekick_predictions *predictions = NULL;
    sidekick_reply *reply = NULL;
    OK(sidekick_cancel_new(&cancel, &error));
    OK(sidekick_deployment_open(url_of("reciprocal"), SIDEKICK_NUL, "reciprocal-token", SIDEKICK_NUL, NULL,
                                cancel, &deployment, &error));
    rows = new_rows(deployment);
    OK(sidekick_rows_add_number_at(rows, 0, 4, &error));
    OK(sidekick_rows_end_row(rows, &error));
    OK(sidekick_deployment_predict(deployment, rows, cancel, &predictions, &error));
    sidekick_predictions_free(predictions);
    OK(sidekick_deployment_predict(deployment, rows, NULL, &predictions, &error));
    sidekick_predictions_free(predictions);
    predictions = NULL;
    OK(sidekick_cancel_trigger(cancel, &error));
    OK(sidekick_cancel_trigger(cancel, &error));
    KEEPS(SIDEKICK_ERROR_CANCELLED,
          sidekick_deployment_predict(deployment, rows, cancel, &predictions, &error));
    CHECK(sidekick_error_rows_first(error) == 0 && sidekick_error_rows_count(error) == 1);
    FORGET();
    FAILS(SIDEKICK_ERROR_CANCELLED,
          sidekick_deployment_post_json(deployment, "{}", SIDEKICK_NUL, cancel, &reply, &error));
    CHECK(predictions == NULL && reply == NULL);
    CHECK(asks_well(deployment, 8));
    OK(sidekick_deployment_post_json(deployment, "{}", SIDEKICK_NUL, NULL, &reply, &error));
    sidekick_reply_free(reply);
    sidekick_rows_free(rows);
    sidekick_cancel_free(cancel);
    sidekick_cancel_free(NULL);
    sidekick_deployment_free(deployment);
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_cancel_new(NULL, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_cancel_trigger(NULL, &error));
    CHECK(sidekick_error_rows_first(NULL) == -1 && sidekick_error_rows_count(NULL) == 0);
}

/* What the callbacks below were told. */
struct told {
    int asked, refused, released, lines, token_seen;
};

/* Gives a token that has expired, until told so. */
static int32_t give_token(void *data, int32_t refused, sidekick_token *token) {
    struct told *told = data;
    const char *text = told->refused || refused ? "reciprocal-token" : "reciprocal-expired";
    told->asked++;
    told->refused += refused;
    return sidekick_token_set(token, text, SIDEKICK_NUL, NULL);
}

/* Has none, and says why. The text may be cut out of a longer one. */
static int32_t say_why(void *data, int32_t refused, sidekick_token *token) {
    (void)refused;
    *(sidekick_status *)data = sidekick_token_fail(token, "not text \xff", SIDEKICK_NUL, NULL);
    OK(sidekick_token_set(token, "reciprocal-token", SIDEKICK_NUL, &error));
    return sidekick_token_fail(token, "the vault is closed today", 19, NULL);
}

static int32_t give_none(void *data, int32_t refused, sidekick_token *token) {
    (void)data;
    (void)refused;
    (void)token;
    return 7;
}

static void hear(void *data, int32_t level, const char *message, size_t length) {
    struct told *told = data;
    told->lines += level >= SIDEKICK_LOG_ERROR && level <= SIDEKICK_LOG_DEBUG && strlen(message) == length &&
        length > 0;
    told->token_seen += strstr(message, "reciprocal-") != NULL;
}

static void release(void *data) {
    ((struct told *)data)->released++;
}

static void test_callbacks(void) {
    struct told told = {0, 0, 0, 0, 0};
    sidekick_options *options = new_options();
    sidekick_deployment *deployment = NULL;
    OK(sidekick_options_set_token_callback(options, give_token, &told, release, &error));
    OK(sidekick_options_set_log_callback(options, hear, &told, release, &error));
    OK(sidekick_deployment_open(url_of("reciprocal"), SIDEKICK_NUL, "", 0, options, NULL, &deployment, &error));
    CHECK(told.asked == 2 && told.refused == 1);
    sidekick_options_free(options);
    CHECK(asks_well(deployment, 2) && told.asked == 3 && told.released == 0);
    sidekick_deployment_free(deployment);
    CHECK(told.released == 2 && told.lines >= 4 && told.token_seen == 0);
}

static void test_callbacks_that_are_refused_or_replaced(void) {
    struct told told = {0, 0, 0, 0, 0};
    sidekick_options *options = new_options();
    sidekick_deployment *deployment = NULL;
    sidekick_status refused = SIDEKICK_OK;
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_token_callback(NULL, give_token, &told, release, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_log_callback(NULL, hear, &told, release, &error));
    CHECK(told.released == 2);
    OK(sidekick_options_set_log_callback(options, hear, &told, release, &error));
    OK(sidekick_options_set_log_callback(options, NULL, NULL, NULL, &error));
    CHECK(told.released == 3);
    OK(sidekick_options_set_token_callback(options, give_none, NULL, NULL, &error));
    KEEPS(SIDEKICK_ERROR_ARGUMENT, sidekick_deployment_open(url_of("reciprocal"), SIDEKICK_NUL, "reciprocal-token",
                                                            SIDEKICK_NUL, options, NULL, &deployment, &error));
    SAYS("token callback failed with 7");
    FORGET();
    OK(sidekick_options_set_token_callback(options, say_why, &refused, NULL, &error));
    KEEPS(SIDEKICK_ERROR_ARGUMENT, sidekick_deployment_open(url_of("reciprocal"), SIDEKICK_NUL, "reciprocal-token",
                                                            SIDEKICK_NUL, options, NULL, &deployment, &error));
    CHECK(strcmp(sidekick_error_message(error, NULL), "the token callback failed: the vault is closed") == 0);
    CHECK(refused == SIDEKICK_ERROR_ARGUMENT);
    FORGET();
    OK(sidekick_options_set_token_callback(options, NULL, NULL, NULL, &error));
    OK(sidekick_deployment_open(url_of("reciprocal"), SIDEKICK_NUL, "reciprocal-token", SIDEKICK_NUL, options,
                                NULL, &deployment, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_token_set(NULL, "x", 1, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_token_fail(NULL, "x", 1, &error));
    sidekick_deployment_free(deployment);
    sidekick_options_free(options);
}

/* Each setter takes what it should, and refuses NULL and what it cannot use. */
static void test_setters(void) {
    sidekick_options *options = new_options();
    OK(sidekick_options_set_allow_token_over_http(options, 1, &error));
    OK(sidekick_options_set_dangerous_skip_tls_verification(options, 1, &error));
    OK(sidekick_options_set_request_gzip(options, 0, &error));
    OK(sidekick_options_set_reply_gzip(options, 0, &error));
    OK(sidekick_options_set_reply_limit(options, 1000000, &error));
    OK(sidekick_options_set_keep_alive(options, 2, 1000, &error));
    OK(sidekick_options_set_tls_minimum(options, SIDEKICK_TLS_1_3, &error));
    OK(sidekick_options_add_header(options, "X-Tenant", SIDEKICK_NUL, "a", SIDEKICK_NUL, &error));
    OK(sidekick_options_set_user_agent_suffix(options, "test/1", SIDEKICK_NUL, &error));
    OK(sidekick_options_set_proxy(options, "socks5://u:p@127.0.0.1:1", SIDEKICK_NUL, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_reply_limit(options, 0, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_tls_minimum(options, 11, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_add_header(options, "Host", 4, "a", 1, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_user_agent_suffix(options, "a\nb", 3, &error));
    OK(sidekick_options_set_host_header(options, "model.example:80", SIDEKICK_NUL, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_host_header(options, "a b", 3, &error));
    OK(sidekick_options_set_wire(options, SIDEKICK_WIRE_BINARY, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_wire(options, 3, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_client_certificate_pem(options, "x", 1, "y", 1, &error));
    FAILS(SIDEKICK_ERROR_FILE, sidekick_options_set_client_certificate_file(options, "no-such", SIDEKICK_NUL, "no-such",
                                                                            SIDEKICK_NUL, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_allow_token_over_http(NULL, 1, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_dangerous_skip_tls_verification(NULL, 1, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_request_gzip(NULL, 1, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_reply_gzip(NULL, 1, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_keep_alive(NULL, 1, 1, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_isolate_bad_rows(NULL, 1, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_isolate_status_500(NULL, 1, &error));
    sidekick_options_free(options);
}

/* A host elsewhere over plain HTTP: refused before it is asked, with the option's name. */
static void test_token_over_http(void) {
    sidekick_deployment *deployment = NULL;
    sidekick_options *options = new_options();
    OK(sidekick_options_set_proxy(options, "", 0, &error));
    KEEPS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_deployment_open("http://192.0.2.1/forward", SIDEKICK_NUL, "t", 1, options, NULL,
                                                            &deployment, &error));
    SAYS("allow_token_over_http");
    FORGET();
    sidekick_options_free(options);
}

/* A row that the server calls bad, among three good ones. */
static void test_isolated_rows(void) {
    const double values[] = {1, 1e300, 4, 5};
    const size_t sent[] = {0, 2, 3};
    sidekick_options *options = new_options();
    sidekick_deployment *deployment;
    sidekick_rows *rows;
    sidekick_predictions *predictions = NULL;
    sidekick_error *failure = NULL;
    size_t i, row = 0;
    double number = 0;
    OK(sidekick_options_set_isolate_bad_rows(options, 1, &error));
    OK(sidekick_options_set_isolate_status_500(options, 1, &error));
    deployment = open_on("SIDEKICK_SERVER_URL", "reciprocal", options);
    sidekick_options_free(options);
    rows = new_rows(deployment);
    for (i = 0; i < 4; i++) {
        OK(sidekick_rows_add_number_at(rows, 0, values[i], &error));
        OK(sidekick_rows_end_row(rows, &error));
    }
    predictions = predict(deployment, rows);
    CHECK(sidekick_predictions_count(predictions) == 3 && sidekick_predictions_failure_count(predictions) == 1);
    for (i = 0; i < 3; i++) {
        OK(sidekick_predictions_sent_row(predictions, i, &row, &error));
        OK(sidekick_predictions_number(predictions, 0, i, &number, &error));
        CHECK(row == sent[i] && fabs(number * values[row] - 1) < 1e-6);
    }
    OK(sidekick_predictions_failure(predictions, 0, &failure, &error));
    CHECK(sidekick_error_row(failure) == 1 && sidekick_error_http_status(failure) == 400);
    CHECK(strcmp(sidekick_error_server_code(failure, NULL), "BadData") == 0);
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_predictions_failure(predictions, 1, &failure, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_predictions_sent_row(predictions, 3, &row, &error));
    CHECK(sidekick_predictions_failure_count(NULL) == 0);
    sidekick_predictions_free(predictions);
    sidekick_error_free(failure);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
}

#ifndef _WIN32
/* Ends a child with the status of what it saw; by exec, so that memory which its parent's threads hold is no
 * leak of its. */
static void end_child(int well) {
    const char *program = well ? "/bin/true" : "/bin/false";
    execl(program, program, (char *)NULL);
    _exit(2);
}

static int child_was_well(pid_t child) {
    int status = -1;
    return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Parent and child go on with the same deployment at once, each with its own numbers. */
static void test_fork(void) {
    sidekick_deployment *deployment = open_deployment("reciprocal");
    int i, well = asks_well(deployment, 3);
    pid_t child = fork();
    for (i = 1; i <= 50; i++) {
        well = asks_well(deployment, child == 0 ? i : i + 1000) && well;
    }
    if (child == 0) {
        end_child(well);
    }
    CHECK(well);
    CHECK(child_was_well(child));
    CHECK(asks_well(deployment, 5));
    sidekick_deployment_free(deployment);
}

static int stop;

static void *keep_asking(void *deployment) {
    long asked = 0, well = 0;
    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
        asked++;
        well += asks_well(deployment, (double)asked);
    }
    return asked > 0 && asked == well ? deployment : NULL;
}

/* Forks while other threads are in the midst of calls, whose locks nobody in the child would open. */
static void test_fork_beside_threads(void) {
    sidekick_deployment *deployment = open_deployment("reciprocal");
    pthread_t threads[4];
    int i;
    for (i = 0; i < 4; i++) {
        CHECK(pthread_create(&threads[i], NULL, keep_asking, deployment) == 0);
    }
    for (i = 0; i < 20; i++) {
        pid_t child;
        pause_for(5);
        child = fork();
        if (child == 0) {
            alarm(30);
            end_child(asks_well(deployment, 7) && asks_well(deployment, 9));
        }
        CHECK(child_was_well(child));
    }
    __atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
    for (i = 0; i < 4; i++) {
        void *well = NULL;
        CHECK(pthread_join(threads[i], &well) == 0 && well != NULL);
    }
    sidekick_deployment_free(deployment);
}
#endif

int main(void) {
    test_cancel();
    test_cancel_timeout();
    test_cancellable_calls();
    test_callbacks();
    test_callbacks_that_are_refused_or_replaced();
    test_setters();
    test_token_over_http();
    test_isolated_rows();
#ifndef _WIN32
    if (may_fork()) {
        test_fork();
        test_fork_beside_threads();
    }
#endif
    return checks_failed("test_transport");
}
