/* Errors: every getter, for no error, for a wrong call, for the server's no, and for a broken connection. */
#ifdef _WIN32
#include <windows.h>
/* Windows has numbers and texts of its own, and does not read a folder as a file. */
#define NOT_THERE ERROR_FILE_NOT_FOUND
#define NOT_THERE_TEXT "(os error 2)"
#define IS_FOLDER ERROR_ACCESS_DENIED
#else
#include <errno.h>
#define NOT_THERE ENOENT
#define NOT_THERE_TEXT strerror(ENOENT)
#define IS_FOLDER EISDIR
#endif

#include "deployments.h"

/* What the text getters say of the kept error. */
static void check_texts(const char *server_code, const char *server_message, const char *feature) {
    size_t length = 7;
    const char *text = sidekick_error_server_code(error, &length);
    TEXT_IS(server_code, text, length);
    CHECK(sidekick_error_server_code(error, NULL) == text || length == 0);
    text = sidekick_error_server_message(error, &length);
    TEXT_IS(server_message, text, length);
    CHECK(sidekick_error_server_message(error, NULL) == text || length == 0);
    text = sidekick_error_feature(error, &length);
    TEXT_IS(feature, text, length);
    CHECK(sidekick_error_feature(error, NULL) == text || length == 0);
}

/* What the number getters say of the kept error. */
static void check_numbers(int32_t http_status, int64_t row, uint32_t attempts, int32_t retryable) {
    CHECK(sidekick_error_http_status(error) == http_status);
    CHECK(sidekick_error_row(error) == row);
    CHECK(sidekick_error_attempts(error) == attempts);
    CHECK(sidekick_error_retryable(error) == retryable);
}

static void test_no_error(void) {
    size_t length = 7;
    const char *text;
    error = NULL;
    text = sidekick_error_message(NULL, &length);
    TEXT_IS("", text, length);
    TEXT_IS("", sidekick_error_message(NULL, NULL), 0);
    CHECK(sidekick_error_status(NULL) == SIDEKICK_OK);
    check_texts("", "", "");
    check_numbers(0, -1, 0, 0);
    CHECK(sidekick_error_os_error(NULL) == 0);
    sidekick_error_free(NULL);
}

static void test_a_wrong_call(void) {
    sidekick_deployment *deployment = open_deployment("names");
    sidekick_rows *rows = new_rows(deployment);
    size_t i;
    for (i = 0; i < 6; i++) {
        OK(sidekick_rows_add_number_at(rows, i, 0, &error));
    }
    OK(sidekick_rows_end_row(rows, &error));
    KEEPS(SIDEKICK_ERROR_FEATURE_VALUE, sidekick_rows_add_number_at(rows, 3, NAN, &error));
    check_texts("", "", "\xe9\x9b\xaa \xe2\x98\x83");
    check_numbers(0, 1, 0, 0);
    SAYS("row 1: feature \"\xe9\x9b\xaa \xe2\x98\x83\": ");
    FORGET();
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
}

/* A file that is not there, one that is a folder, and one that cannot be written: the system's number and its
 * text. */
static void test_files(void) {
    sidekick_deployment *deployment = open_deployment("echo");
    sidekick_rows *rows = new_rows(deployment);
    sidekick_options *options = NULL;
    KEEPS(SIDEKICK_ERROR_FILE,
          sidekick_rows_add_image_file(rows, "picture", SIDEKICK_NUL, "none.png", SIDEKICK_NUL, &error));
    ABOUT(0, "picture");
    CHECK(sidekick_error_os_error(error) == NOT_THERE);
    SAYS("row 0: feature \"picture\": the file none.png cannot be read: ");
    SAYS(NOT_THERE_TEXT);
    FORGET();
    KEEPS(SIDEKICK_ERROR_FILE, sidekick_rows_add_npy_file(rows, "array", SIDEKICK_NUL, ".", SIDEKICK_NUL, &error));
    ABOUT(0, "array");
    CHECK(sidekick_error_os_error(error) == IS_FOLDER);
    FORGET();
    OK(sidekick_options_new(&options, &error));
    KEEPS(SIDEKICK_ERROR_FILE, sidekick_options_set_ca_file(options, "none.pem", SIDEKICK_NUL, &error));
    CHECK(sidekick_error_os_error(error) == NOT_THERE);
    FORGET();
    KEEPS(SIDEKICK_ERROR_FEATURE_TYPE, sidekick_rows_add_number(rows, "picture", SIDEKICK_NUL, 1, &error));
    CHECK(sidekick_error_os_error(error) == 0);
    FORGET();
    sidekick_options_free(options);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
}

/* A row the server cannot answer: 1 / 0 is nothing that JSON carries. */
static void test_the_servers_no(void) {
    sidekick_deployment *deployment = open_deployment("reciprocal");
    sidekick_rows *rows = new_rows(deployment);
    sidekick_predictions *predictions = NULL;
    OK(sidekick_rows_add_number_at(rows, 0, 0, &error));
    OK(sidekick_rows_end_row(rows, &error));
    KEEPS(SIDEKICK_ERROR_SERVER, sidekick_deployment_predict(deployment, rows, NULL, &predictions, &error));
    CHECK(predictions == NULL && strlen(sidekick_error_server_message(error, NULL)) > 0);
    SAYS(sidekick_error_server_code(error, NULL));
    SAYS(sidekick_error_server_message(error, NULL));
    CHECK(sidekick_error_http_status(error) >= 400);
    check_numbers(sidekick_error_http_status(error), -1, 1, 0);
    FORGET();
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
}

static void predict_lie(sidekick_status status, const char *name) {
    sidekick_deployment *deployment = open_liar("liar");
    sidekick_rows *rows = new_rows(deployment);
    sidekick_predictions *predictions = NULL;
    OK(sidekick_rows_add_text_at(rows, 0, name, SIDEKICK_NUL, &error));
    OK(sidekick_rows_end_row(rows, &error));
    KEEPS(status, sidekick_deployment_predict(deployment, rows, NULL, &predictions, &error));
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
}

/* The error outlives everything it came of. */
static void test_errors_of_a_liar(void) {
    predict_lie(SIDEKICK_ERROR_SERVER, "error with 503");
    check_texts("BadData", "no \xf0\x9f\xa6\x8a today", "");
    check_numbers(503, -1, 3, 1);
    FORGET();
    predict_lie(SIDEKICK_ERROR_SERVER, "error in part");
    check_texts("InternalError", "", "");
    check_numbers(500, -1, 1, 0);
    FORGET();
    /* Its own text keeps what the message of one line escapes. */
    predict_lie(SIDEKICK_ERROR_SERVER, "error of two lines");
    CHECK(strcmp(sidekick_error_server_message(error, NULL), "first\nsecond") == 0);
    SAYS("first\\nsecond");
    FORGET();
    predict_lie(SIDEKICK_ERROR_REPLY_OUTPUT, "missing array");
    check_texts("", "", "array");
    check_numbers(200, 0, 1, 0);
    FORGET();
    predict_lie(SIDEKICK_ERROR_NETWORK, "closed");
    check_texts("", "", "");
    CHECK(sidekick_error_attempts(error) >= 3);
    check_numbers(0, -1, sidekick_error_attempts(error), 1);
    FORGET();
}

/* The token stays out, even where a server quotes it. */
static void test_a_quoted_token(void) {
    predict_lie(SIDEKICK_ERROR_SERVER, "the token");
    CHECK(strstr(sidekick_error_server_message(error, NULL), "liar-token") == NULL);
    SAYS("[left out: it holds part of the token or of a header]");
    FORGET();
    predict_lie(SIDEKICK_ERROR_HTTP, "the token in html");
    SAYS("[left out: it holds part of the token or of a header]");
    FORGET();
}

/* Errors are made one a call, and belong to whoever keeps them. */
static void test_errors_are_apart(void) {
    sidekick_error *first = NULL, *second = NULL;
    const char *message;
    CHECK(sidekick_rows_end_row(NULL, &first) == SIDEKICK_ERROR_ARGUMENT);
    message = sidekick_error_message(first, NULL);
    CHECK(sidekick_options_new(NULL, &second) == SIDEKICK_ERROR_ARGUMENT);
    CHECK(first != second && strcmp(message, "rows is NULL") == 0);
    sidekick_error_free(second);
    TEXT_IS("rows is NULL", message, strlen(message));
    sidekick_error_free(first);
}

int main(void) {
    test_no_error();
    test_a_wrong_call();
    test_files();
    test_the_servers_no();
    test_errors_of_a_liar();
    test_a_quoted_token();
    test_errors_are_apart();
    return checks_failed("test_error");
}
