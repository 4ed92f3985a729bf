/* Deployments: opening, what they say of their features, predicting whole calls, and what is refused. */
#include "deployments.h"

#define UNTOUCHED ((size_t)4711)

static sidekick_deployment *const NOT_A_DEPLOYMENT = (sidekick_deployment *)&check_count;

/* Opening with these fails with this status, and writes no deployment. */
static void refused(sidekick_status status, const char *url, size_t url_length, const char *token,
                    size_t token_length) {
    sidekick_deployment *deployment = NOT_A_DEPLOYMENT;
    KEEPS(status, sidekick_deployment_open(url, url_length, token, token_length, NULL, NULL, &deployment, &error));
    CHECK(deployment == NOT_A_DEPLOYMENT);
}

static void test_open_takes_lengths(void) {
    sidekick_deployment *deployment = NULL;
    char url[512];
    size_t length;
    snprintf(url, sizeof url, "%sMORE", url_of("echo"));
    length = strlen(url) - 4;
    OK(sidekick_deployment_open(url, length, "echo-tokenMORE", 10, NULL, NULL, &deployment, &error));
    sidekick_deployment_free(deployment);
    deployment = NULL;
    CHECK(sidekick_deployment_open(url, length, "echo-token", 10, NULL, NULL, &deployment, NULL) == SIDEKICK_OK);
    sidekick_deployment_free(deployment);
    sidekick_deployment_free(NULL);
}

/* All of these are the same deployment. */
static void test_open_takes_every_address_of_a_deployment(void) {
    const char *const ends[] = {"", "/", "/forward", "/forward/", "/openapi.json", "/openapi.json/", "?q=1"};
    size_t i;
    for (i = 0; i < sizeof ends / sizeof *ends; i++) {
        sidekick_deployment *deployment = NULL;
        char url[512];
        snprintf(url, sizeof url, "%s", url_of("echo"));
        snprintf(strstr(url, "/forward"), 32, "%s", ends[i]);
        OK(sidekick_deployment_open(url, SIDEKICK_NUL, "echo-token", SIDEKICK_NUL, NULL, NULL, &deployment, &error));
        CHECK(sidekick_deployment_feature_count(deployment, SIDEKICK_INPUT) > 0);
        sidekick_deployment_free(deployment);
    }
}

/* What is not a token is refused before anything is sent, and is not shown. */
static void test_open_refuses_what_is_not_a_token(void) {
    static const struct {
        const char *token, *says;
    } bad[] = {
        {"", "the token is empty"},
        {"Bearer echo-token", "begins with \"Bearer \""},
        {"echo-token\n", "newline"},
        {"\xef\xbb\xbf" "echo-token", "byte order mark"},
        {"echo\xc2\xa0token", "no-break space"},
        {"echo token", "space"},
        {"\xc3\xa9" "cho-token", "visible ASCII"},
    };
    size_t i;
    for (i = 0; i < sizeof bad / sizeof *bad; i++) {
        refused(SIDEKICK_ERROR_ARGUMENT, "http://127.0.0.1:1/forward", SIDEKICK_NUL, bad[i].token, SIDEKICK_NUL);
        SAYS(bad[i].says);
        CHECK(strstr(sidekick_error_message(error, NULL), "cho") == NULL);
        CHECK(sidekick_error_attempts(error) == 0);
        FORGET();
    }
}

static void test_open_says_what_is_wrong_with_a_url(void) {
    refused(SIDEKICK_ERROR_ARGUMENT, "http://0.0.0.0:8000/forward", SIDEKICK_NUL, "echo-token", SIDEKICK_NUL);
    SAYS("127.0.0.1");
    FORGET();
    refused(SIDEKICK_ERROR_ARGUMENT, "http://127.0.0.1:18081[]/forward", SIDEKICK_NUL, "echo-token", SIDEKICK_NUL);
    SAYS("\"[\" at character 23");
    FORGET();
    refused(SIDEKICK_ERROR_ARGUMENT, "http://127.0.0.1/caf\xc3\xa9", SIDEKICK_NUL, "echo-token", SIDEKICK_NUL);
    SAYS("%C3%A9");
    FORGET();
}

static void test_open_refuses_arguments(void) {
    const char *url = url_of("echo");
    const char *const bad_urls[] = {
        "", "echo", "ftp://127.0.0.1/forward", "http://", "http:///forward", "http://127.0.0.1/a b",
        "file:///etc/passwd",
        "http://127.0.0.1/\n", "http://:80/forward", "http://[::1/forward", "http://127.0.0.1:99999/forward",
        "http://127.0.0.1:port/"};
    size_t i;
    refused(SIDEKICK_ERROR_ARGUMENT, NULL, SIDEKICK_NUL, "echo-token", SIDEKICK_NUL);
    FORGET();
    refused(SIDEKICK_ERROR_ARGUMENT, NULL, 9, "echo-token", SIDEKICK_NUL);
    FORGET();
    refused(SIDEKICK_ERROR_ARGUMENT, NULL, 0, "echo-token", SIDEKICK_NUL);
    FORGET();
    refused(SIDEKICK_ERROR_ARGUMENT, url, SIDEKICK_NUL, NULL, SIDEKICK_NUL);
    SAYS("token is NULL");
    FORGET();
    refused(SIDEKICK_ERROR_ARGUMENT, url, SIDEKICK_NUL, NULL, 4);
    FORGET();
    refused(SIDEKICK_ERROR_ARGUMENT, "http://\xff/", SIDEKICK_NUL, "echo-token", SIDEKICK_NUL);
    SAYS("UTF-8");
    FORGET();
    refused(SIDEKICK_ERROR_ARGUMENT, url, SIDEKICK_NUL, "echo\n-token", SIDEKICK_NUL);
    FORGET();
    refused(SIDEKICK_ERROR_ARGUMENT, url, SIDEKICK_NUL, "a\0b", 3);
    FORGET();
    refused(SIDEKICK_ERROR_ARGUMENT, "http://echo-token@127.0.0.1/forward", SIDEKICK_NUL, "x", SIDEKICK_NUL);
    FORGET();
    for (i = 0; i < sizeof bad_urls / sizeof *bad_urls; i++) {
        refused(SIDEKICK_ERROR_ARGUMENT, bad_urls[i], SIDEKICK_NUL, "echo-token", SIDEKICK_NUL);
        CHECK(sidekick_error_attempts(error) == 0 && sidekick_error_retryable(error) == 0);
        FORGET();
    }
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_deployment_open(url, SIDEKICK_NUL, "echo-token", SIDEKICK_NUL, NULL, NULL, NULL, &error));
    CHECK(sidekick_deployment_open(url, SIDEKICK_NUL, "echo-token", SIDEKICK_NUL, NULL, NULL, NULL, NULL) ==
          SIDEKICK_ERROR_ARGUMENT);
}

/* The server's no: its status, code and message come through, for a token, a name and a disabled
 * deployment. */
static void test_open_is_refused_by_the_server(void) {
    size_t length = 0;
    const char *text;
    refused(SIDEKICK_ERROR_SERVER, url_of("echo"), SIDEKICK_NUL, "wrong-token", SIDEKICK_NUL);
    CHECK(sidekick_error_http_status(error) == 401 && sidekick_error_attempts(error) == 1);
    text = sidekick_error_server_code(error, &length);
    TEXT_IS("InvalidTokenError", text, length);
    FORGET();
    /* Length 0 is the empty token, whatever the pointer. */
    refused(SIDEKICK_ERROR_ARGUMENT, url_of("echo"), SIDEKICK_NUL, NULL, 0);
    SAYS("the token is empty");
    FORGET();
    refused(SIDEKICK_ERROR_SERVER, url_of("nowhere"), SIDEKICK_NUL, "echo-token", SIDEKICK_NUL);
    CHECK(sidekick_error_http_status(error) == 404);
    SAYS("/deployment/nowhere/openapi.json: the server answered with status 404");
    text = sidekick_error_server_code(error, NULL);
    TEXT_IS("ResourceNotFound", text, strlen(text));
    FORGET();
    refused(SIDEKICK_ERROR_SERVER, url_of("disabled"), SIDEKICK_NUL, "disabled-token", SIDEKICK_NUL);
    CHECK(sidekick_error_http_status(error) == 403 && sidekick_error_retryable(error) == 0);
    text = sidekick_error_server_code(error, NULL);
    TEXT_IS("DeploymentNotEnabled", text, strlen(text));
    FORGET();
}

static void test_array_forms(void) {
    const char *const ids[] = {"echo", "echo-npy", "echo-older"};
    int i;
    for (i = 0; i < 3; i++) {
        sidekick_deployment *deployment = open_deployment(ids[i]);
        CHECK(sidekick_deployment_protocol(deployment) == SIDEKICK_PROTOCOL_DEPLOYMENT_API);
        CHECK(sidekick_deployment_feature_count(deployment, SIDEKICK_INPUT) == INPUTS);
        CHECK(sidekick_deployment_feature_count(deployment, SIDEKICK_OUTPUT) == OUTPUTS);
        sidekick_deployment_free(deployment);
    }
    CHECK(sidekick_deployment_protocol(NULL) == 0);
}

/* A feature is at this index of its side, with this name, type and shape. */
static void check_feature(const sidekick_deployment *deployment, int32_t side, size_t index, const char *name,
                          int32_t type, size_t rank, size_t first, size_t categories) {
    const size_t *shape = NULL;
    const char *found_name = NULL;
    size_t found = UNTOUCHED, length = 0, found_rank = 0, count = UNTOUCHED;
    int32_t found_type = 0;
    OK(sidekick_deployment_feature_index(deployment, side, name, SIDEKICK_NUL, &found, &error));
    CHECK(found == index);
    OK(sidekick_deployment_feature_name(deployment, side, index, &found_name, &length, &error));
    TEXT_IS(name, found_name, length);
    OK(sidekick_deployment_feature_type(deployment, side, index, &found_type, &error));
    CHECK(found_type == type);
    OK(sidekick_deployment_feature_shape(deployment, side, index, &shape, &found_rank, &error));
    CHECK(found_rank == rank && shape[0] == first);
    OK(sidekick_deployment_category_count(deployment, side, index, &count, &error));
    CHECK(count == categories);
}

static void test_features(void) {
    sidekick_deployment *deployment = open_deployment("echo");
    const size_t *shape = NULL;
    size_t rank = 0, index = UNTOUCHED;
    check_feature(deployment, SIDEKICK_INPUT, IN_NUMBER, "number", SIDEKICK_TYPE_NUMERIC, 1, 1, 0);
    check_feature(deployment, SIDEKICK_INPUT, IN_CATEGORY, "category", SIDEKICK_TYPE_CATEGORICAL, 1, 3, 3);
    check_feature(deployment, SIDEKICK_INPUT, IN_FLAG, "flag", SIDEKICK_TYPE_BINARY, 1, 1, 2);
    check_feature(deployment, SIDEKICK_INPUT, IN_TEXT, "text", SIDEKICK_TYPE_TEXT, 1, 1, 0);
    check_feature(deployment, SIDEKICK_INPUT, IN_PICTURE, "picture", SIDEKICK_TYPE_IMAGE, 3, 4, 0);
    check_feature(deployment, SIDEKICK_INPUT, IN_GREY, "grey", SIDEKICK_TYPE_IMAGE, 3, 4, 0);
    check_feature(deployment, SIDEKICK_INPUT, IN_ARRAY, "array", SIDEKICK_TYPE_NUMERIC, 2, 2, 0);
    check_feature(deployment, SIDEKICK_OUTPUT, OUT_NUMBER, "number", SIDEKICK_TYPE_NUMERIC, 1, 1, 0);
    check_feature(deployment, SIDEKICK_OUTPUT, OUT_FLAG, "flag", SIDEKICK_TYPE_BINARY, 1, 1, 0);
    check_feature(deployment, SIDEKICK_OUTPUT, OUT_CATEGORY, "category", SIDEKICK_TYPE_CATEGORICAL, 1, 3, 3);
    check_feature(deployment, SIDEKICK_OUTPUT, OUT_TEXT, "text", SIDEKICK_TYPE_TEXT, 1, 1, 0);
    check_feature(deployment, SIDEKICK_OUTPUT, OUT_PICTURE, "picture", SIDEKICK_TYPE_IMAGE, 3, 4, 0);
    check_feature(deployment, SIDEKICK_OUTPUT, OUT_GREY, "grey", SIDEKICK_TYPE_IMAGE, 3, 4, 0);
    check_feature(deployment, SIDEKICK_OUTPUT, OUT_ARRAY, "array", SIDEKICK_TYPE_NUMERIC, 2, 2, 0);
    OK(sidekick_deployment_feature_shape(deployment, SIDEKICK_INPUT, IN_GREY, &shape, &rank, &error));
    CHECK(rank == 3 && shape[0] == 4 && shape[1] == 4 && shape[2] == 1);
    OK(sidekick_deployment_feature_index(deployment, SIDEKICK_OUTPUT, "flagpole", 4, &index, &error));
    CHECK(index == OUT_FLAG);
    sidekick_deployment_free(deployment);
}

static void test_feature_refusals(void) {
    sidekick_deployment *deployment = open_deployment("echo");
    const size_t *shape = NULL;
    const char *name = NULL;
    size_t index = UNTOUCHED, length = UNTOUCHED;
    int32_t type = 4711;
    KEEPS(SIDEKICK_ERROR_UNKNOWN_FEATURE,
          sidekick_deployment_feature_index(deployment, SIDEKICK_INPUT, "numbers", SIDEKICK_NUL, &index, &error));
    SAYS("\"number\", \"category\", \"flag\", \"text\", \"picture\", \"grey\", \"array\"");
    FORGET();
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE,
          sidekick_deployment_feature_index(deployment, SIDEKICK_INPUT, NULL, 0, &index, &error));
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE,
          sidekick_deployment_feature_index(deployment, SIDEKICK_INPUT, "number\0", 7, &index, &error));
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE,
          sidekick_deployment_feature_index(deployment, SIDEKICK_INPUT, "two\nlines", SIDEKICK_NUL, &index, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_deployment_feature_index(deployment, SIDEKICK_INPUT, NULL, 6, &index, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_deployment_feature_index(deployment, SIDEKICK_INPUT, NULL, SIDEKICK_NUL, &index, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_deployment_feature_index(deployment, SIDEKICK_INPUT, "\xc3", SIDEKICK_NUL, &index, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_deployment_feature_index(deployment, 2, "number", SIDEKICK_NUL, &index, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_deployment_feature_index(NULL, SIDEKICK_INPUT, "number", SIDEKICK_NUL, &index, &error));
    CHECK(index == UNTOUCHED);
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_deployment_feature_index(deployment, SIDEKICK_INPUT, "number", SIDEKICK_NUL, NULL, &error));

    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE,
          sidekick_deployment_feature_name(deployment, SIDEKICK_INPUT, INPUTS, &name, &length, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_deployment_feature_name(deployment, -1, 0, &name, &length, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_deployment_feature_name(NULL, SIDEKICK_INPUT, 0, &name, &length, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_deployment_feature_name(deployment, SIDEKICK_INPUT, 0, NULL, &length, &error));
    CHECK(name == NULL && length == UNTOUCHED);
    OK(sidekick_deployment_feature_name(deployment, SIDEKICK_INPUT, 0, &name, NULL, &error));
    CHECK(strcmp(name, "number") == 0);

    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE,
          sidekick_deployment_feature_type(deployment, SIDEKICK_OUTPUT, OUTPUTS, &type, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_deployment_feature_type(deployment, 2, 0, &type, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_deployment_feature_type(NULL, SIDEKICK_INPUT, 0, &type, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_deployment_feature_type(deployment, SIDEKICK_INPUT, 0, NULL, &error));
    CHECK(type == 4711);

    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE,
          sidekick_deployment_feature_shape(deployment, SIDEKICK_INPUT, (size_t)-1, &shape, &length, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_deployment_feature_shape(deployment, 2, 0, &shape, &length, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_deployment_feature_shape(NULL, SIDEKICK_INPUT, 0, &shape, &length, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_deployment_feature_shape(deployment, SIDEKICK_INPUT, 0, NULL, &length, &error));
    CHECK(shape == NULL && length == UNTOUCHED);
    OK(sidekick_deployment_feature_shape(deployment, SIDEKICK_INPUT, 0, &shape, NULL, &error));
    CHECK(shape[0] == 1);

    CHECK(sidekick_deployment_feature_count(deployment, 2) == 0);
    CHECK(sidekick_deployment_feature_count(deployment, -1) == 0);
    CHECK(sidekick_deployment_feature_count(NULL, SIDEKICK_INPUT) == 0);
    sidekick_deployment_free(deployment);
}

static void test_categories(void) {
    const char *const expected[] = {"a", "b", "c"}, *const integers[] = {"1", "2", "3"}, *const flags[] = {"no", "yes"};
    sidekick_deployment *echo = open_deployment("echo"), *integer = open_deployment("integers");
    const char *label = NULL;
    size_t length = UNTOUCHED, i;
    for (i = 0; i < 3; i++) {
        OK(sidekick_deployment_category(echo, SIDEKICK_INPUT, IN_CATEGORY, i, &label, &length, &error));
        TEXT_IS(expected[i], label, length);
        OK(sidekick_deployment_category(echo, SIDEKICK_OUTPUT, OUT_CATEGORY, i, &label, &length, &error));
        TEXT_IS(expected[i], label, length);
        OK(sidekick_deployment_category(integer, SIDEKICK_INPUT, 0, i, &label, &length, &error));
        TEXT_IS(integers[i], label, length);
    }
    for (i = 0; i < 2; i++) {
        OK(sidekick_deployment_category(echo, SIDEKICK_INPUT, IN_FLAG, i, &label, &length, &error));
        TEXT_IS(flags[i], label, length);
    }
    label = NULL;
    length = UNTOUCHED;
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_deployment_category(echo, SIDEKICK_INPUT, IN_CATEGORY, 3, &label, &length, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_deployment_category(echo, SIDEKICK_INPUT, IN_NUMBER, 0, &label, &length, &error));
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE,
          sidekick_deployment_category(echo, SIDEKICK_INPUT, INPUTS, 0, &label, &length, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_deployment_category(echo, 2, 0, 0, &label, &length, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_deployment_category(NULL, SIDEKICK_INPUT, IN_CATEGORY, 0, &label, &length, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_deployment_category(echo, SIDEKICK_INPUT, IN_CATEGORY, 0, NULL, &length, &error));
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE,
          sidekick_deployment_category_count(echo, SIDEKICK_OUTPUT, OUTPUTS, &length, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_deployment_category_count(echo, 2, 0, &length, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_deployment_category_count(NULL, SIDEKICK_INPUT, 0, &length, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_deployment_category_count(echo, SIDEKICK_INPUT, 0, NULL, &error));
    CHECK(label == NULL && length == UNTOUCHED);
    OK(sidekick_deployment_category(echo, SIDEKICK_INPUT, IN_CATEGORY, 0, &label, NULL, &error));
    CHECK(strcmp(label, "a") == 0);
    sidekick_deployment_free(integer);
    sidekick_deployment_free(echo);
}

/* Names are free text; each is found, and reaches the server and back. */
static void test_awkward_names(void) {
    const char *const names[] = {"l\xc3\xa4ngd (cm)", "a \"quoted\" name",    "dot.ted",
                                 "\xe9\x9b\xaa \xe2\x98\x83", "back\\slash/slash", " padded "};
    sidekick_deployment *deployment = open_deployment("names");
    sidekick_rows *rows = new_rows(deployment);
    sidekick_predictions *predictions;
    double number = 0;
    size_t i;
    for (i = 0; i < 6; i++) {
        check_feature(deployment, SIDEKICK_INPUT, i, names[i], SIDEKICK_TYPE_NUMERIC, 1, 1, 0);
        check_feature(deployment, SIDEKICK_OUTPUT, i, names[i], SIDEKICK_TYPE_NUMERIC, 1, 1, 0);
        OK(sidekick_rows_add_number(rows, names[5 - i], SIDEKICK_NUL, (double)(5 - i), &error));
    }
    OK(sidekick_rows_end_row(rows, &error));
    predictions = predict(deployment, rows);
    for (i = 0; i < 6; i++) {
        OK(sidekick_predictions_number(predictions, i, 0, &number, &error));
        CHECK(number == (double)i);
    }
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
}

static void test_no_rows_make_no_predictions(void) {
    sidekick_deployment *deployment = open_deployment("echo");
    sidekick_rows *rows = new_rows(deployment);
    sidekick_predictions *predictions = predict(deployment, rows);
    const double *numbers = NULL;
    size_t count = UNTOUCHED;
    CHECK(predictions != NULL && sidekick_predictions_count(predictions) == 0);
    OK(sidekick_predictions_numbers(predictions, OUT_NUMBER, &numbers, &count, &error));
    CHECK(count == 0);
    OK(sidekick_predictions_category_count(predictions, OUT_CATEGORY, &count, &error));
    CHECK(count == 3);
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
}

static void test_many_rows_keep_their_order(void) {
    sidekick_deployment *deployment = open_deployment("names");
    sidekick_rows *rows = new_rows(deployment);
    sidekick_predictions *predictions;
    const double *numbers = NULL;
    size_t count = 0, i, in_order = 0;
    for (i = 0; i < 6 * 1000; i++) {
        OK(sidekick_rows_add_number_at(rows, i % 6, (double)i, &error));
        if (i % 6 == 5) OK(sidekick_rows_end_row(rows, &error));
    }
    predictions = predict(deployment, rows);
    CHECK(sidekick_predictions_count(predictions) == 1000);
    OK(sidekick_predictions_numbers(predictions, 2, &numbers, &count, &error));
    for (i = 0; i < count; i++) {
        in_order += numbers[i] == (double)(6 * i + 2);
    }
    CHECK(count == 1000 && in_order == 1000);
    sidekick_predictions_free(predictions);
    /* The rows stay as they are: the same call again says the same. */
    predictions = predict(deployment, rows);
    CHECK(sidekick_rows_count(rows) == 1000 && sidekick_predictions_count(predictions) == 1000);
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
}

static void test_predict_refusals(void) {
    sidekick_deployment *deployment = open_deployment("echo"), *other = open_deployment("echo");
    sidekick_rows *rows = new_rows(deployment), *others = new_rows(other);
    sidekick_predictions *predictions = NULL;
    add_echo_row(rows, 1, "a", 0);
    add_echo_row(others, 1, "a", 0);
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_deployment_predict(NULL, rows, NULL, &predictions, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_deployment_predict(deployment, NULL, NULL, &predictions, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_deployment_predict(deployment, rows, NULL, NULL, &error));
    KEEPS(SIDEKICK_ERROR_ARGUMENT, sidekick_deployment_predict(deployment, others, NULL, &predictions, &error));
    SAYS("another deployment");
    FORGET();
    CHECK(sidekick_deployment_predict(deployment, others, NULL, &predictions, NULL) == SIDEKICK_ERROR_ARGUMENT);
    OK(sidekick_rows_add_number_at(rows, IN_NUMBER, 2, &error));
    KEEPS(SIDEKICK_ERROR_ROW_INCOMPLETE, sidekick_deployment_predict(deployment, rows, NULL, &predictions, &error));
    ABOUT(1, "");
    CHECK(sidekick_error_attempts(error) == 0);
    FORGET();
    CHECK(predictions == NULL);
    OK(sidekick_rows_discard_row(rows, &error));
    predictions = predict(deployment, rows);
    CHECK(sidekick_predictions_count(predictions) == 1);
    sidekick_predictions_free(predictions);
    sidekick_rows_free(others);
    sidekick_rows_free(rows);
    sidekick_deployment_free(other);
    sidekick_deployment_free(deployment);
}

/* Rows and predictions may outlive their deployment. */
static void test_the_deployment_goes_first(void) {
    sidekick_deployment *deployment = open_deployment("echo");
    sidekick_rows *rows = new_rows(deployment), *early = new_rows(deployment);
    sidekick_predictions *predictions;
    const char *text = NULL;
    size_t length = 0;
    double number = 0;
    add_echo_row(rows, 2.5, "b", 1);
    predictions = predict(deployment, rows);
    sidekick_deployment_free(deployment);
    add_echo_row(rows, 3.5, "c", 0);
    CHECK(sidekick_rows_count(rows) == 2);
    OK(sidekick_predictions_number(predictions, OUT_NUMBER, 0, &number, &error));
    CHECK(number == 2.5);
    OK(sidekick_predictions_text(predictions, OUT_TEXT, 0, &text, &length, &error));
    sidekick_rows_free(rows);
    sidekick_rows_free(early);
    TEXT_IS("second \"quoted\"", text, length);
    sidekick_predictions_free(predictions);
}

int main(void) {
    test_open_takes_lengths();
    test_open_takes_every_address_of_a_deployment();
    test_open_refuses_what_is_not_a_token();
    test_open_says_what_is_wrong_with_a_url();
    test_open_refuses_arguments();
    test_open_is_refused_by_the_server();
    test_array_forms();
    test_features();
    test_feature_refusals();
    test_categories();
    test_awkward_names();
    test_no_rows_make_no_predictions();
    test_many_rows_keep_their_order();
    test_predict_refusals();
    test_the_deployment_goes_first();
    return checks_failed("test_deployment");
}
