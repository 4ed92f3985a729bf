/* Replies that a good server never sends: each is its own clear error, and the deployment works
 * afterwards. */
#include "deployments.h"

static sidekick_deployment *liar;

/* Predicts rows with these texts; the first names the reply. */
static sidekick_status predict_texts(const char *const *texts, size_t count, sidekick_predictions **predictions) {
    sidekick_rows *rows = new_rows(liar);
    sidekick_status status;
    size_t i;
    for (i = 0; i < count; i++) {
        OK(sidekick_rows_add_text_at(rows, 0, texts[i], SIDEKICK_NUL, &error));
        OK(sidekick_rows_end_row(rows, &error));
    }
    status = sidekick_deployment_predict(liar, rows, NULL, predictions, &error);
    sidekick_rows_free(rows);
    return status;
}

/* The good reply, as its values say. */
static void check_good(const sidekick_predictions *predictions) {
    const double *known = NULL, *unknown = NULL;
    const float *array = NULL;
    const char *text = NULL, *label = NULL;
    double number = 0, flag = 0;
    size_t count = 0, length = 0;
    OK(sidekick_predictions_number(predictions, 0, 0, &number, &error));
    OK(sidekick_predictions_number(predictions, 1, 0, &flag, &error));
    CHECK(number == 0.25 && flag == 0.75);
    OK(sidekick_predictions_probabilities(predictions, 2, 0, &known, &count, &error));
    CHECK(count == 2 && known[0] == 0.125 && known[1] == 0.875);
    OK(sidekick_predictions_probabilities(predictions, 3, 0, &unknown, &count, &error));
    CHECK(count == 2 && unknown[0] == 1e-30 && unknown[1] == 1);
    OK(sidekick_predictions_category_label(predictions, 3, 1, &label, &length, &error));
    TEXT_IS("y", label, length);
    OK(sidekick_predictions_text(predictions, 4, 0, &text, &length, &error));
    TEXT_IS("good \xf0\x9f\xa6\x8a", text, length);
    OK(sidekick_predictions_array(predictions, 6, 0, &array, &count, &error));
    CHECK(count == 2 && array[0] == 0.5f && array[1] == 1.5f);
}

static void succeeds(const char *name) {
    sidekick_predictions *predictions = NULL;
    if (!OK(predict_texts(&name, 1, &predictions))) printf("    with \"%s\"\n", name);
    check_good(predictions);
    sidekick_predictions_free(predictions);
}

/* A lie of one row fails with a status, names the row and the feature, and says this; then all is well
 * again. */
static void lies(const char *name, sidekick_status status, int64_t row, const char *feature, const char *part) {
    sidekick_predictions *predictions = NULL;
    const int failures = check_failures;
    KEEPS(status, predict_texts(&name, 1, &predictions));
    CHECK(predictions == NULL && sidekick_error_attempts(error) == 1);
    ABOUT(row, feature);
    SAYS(part);
    if (check_failures != failures) printf("    with \"%s\"\n", name);
    FORGET();
    succeeds("good");
}

static void test_what_is_accepted(void) {
    succeeds("good");
    succeeds("capital rows");
    succeeds("more keys");
    succeeds("deep extra");
    succeeds("npy array");
    succeeds("jpg for jpeg");
    succeeds("upper-case data url");
    succeeds("chunked");
    succeeds("until the end");
}

static void test_text_with_a_nul(void) {
    const char *const name = "nul in text", *text = NULL;
    sidekick_predictions *predictions = NULL;
    size_t length = 0;
    OK(predict_texts(&name, 1, &predictions));
    OK(sidekick_predictions_text(predictions, 4, 0, &text, &length, &error));
    CHECK(length == 3 && memcmp(text, "a\0b", 4) == 0);
    sidekick_predictions_free(predictions);
}

static void test_outputs(void) {
    lies("missing number", SIDEKICK_ERROR_REPLY_OUTPUT, 0, "number", "lacks this output");
    lies("missing array", SIDEKICK_ERROR_REPLY_OUTPUT, 0, "array", "lacks this output");
    lies("null number", SIDEKICK_ERROR_REPLY_TYPE, 0, "number", "null instead of a number");
    lies("text for number", SIDEKICK_ERROR_REPLY_TYPE, 0, "number", "text instead of a number");
    lies("NaN", SIDEKICK_ERROR_REPLY_TYPE, 0, "number", "invalid JSON instead of a number");
    lies("1e999", SIDEKICK_ERROR_REPLY_TYPE, 0, "number", "1e999");
    lies("null flag", SIDEKICK_ERROR_REPLY_TYPE, 0, "flag", "a boolean instead of a number");
    lies("number for text", SIDEKICK_ERROR_REPLY_TYPE, 0, "text", "a number instead of text");
    lies("lone surrogate", SIDEKICK_ERROR_REPLY_MALFORMED, 0, "text", "invalid escape");
    lies("output twice", SIDEKICK_ERROR_REPLY_MALFORMED, 0, "number", "is a duplicate");
    lies("row is a list", SIDEKICK_ERROR_REPLY_TYPE, 0, "", "a list instead of an object");
}

static void test_categories(void) {
    const char *const other_labels[] = {"other free labels", "good"};
    sidekick_predictions *predictions = NULL;
    lies("list for known", SIDEKICK_ERROR_REPLY_TYPE, 0, "known", "a list instead of an object of probabilities");
    lies("strange label", SIDEKICK_ERROR_REPLY_TYPE, 0, "known", "\"z\"");
    lies("label twice", SIDEKICK_ERROR_REPLY_TYPE, 0, "known", "\"a\" is a duplicate");
    lies("one label", SIDEKICK_ERROR_REPLY_SHAPE, 0, "known", "1 categories, but the output has 2");
    lies("null probability", SIDEKICK_ERROR_REPLY_TYPE, 0, "known", "null instead of a probability");
    lies("three free labels", SIDEKICK_ERROR_REPLY_SHAPE, 0, "free", "more categories than the 2");
    KEEPS(SIDEKICK_ERROR_REPLY_TYPE, predict_texts(other_labels, 2, &predictions));
    ABOUT(1, "free");
    FORGET();
}

static void test_pictures(void) {
    lies("no data url", SIDEKICK_ERROR_REPLY_ENCODING, 0, "picture", "data:");
    lies("no base64", SIDEKICK_ERROR_REPLY_ENCODING, 0, "picture", "base64");
    lies("not marked base64", SIDEKICK_ERROR_REPLY_ENCODING, 0, "picture", "base64");
    lies("bmp", SIDEKICK_ERROR_REPLY_ENCODING, 0, "picture", "image/bmp");
    lies("png that is jpeg", SIDEKICK_ERROR_REPLY_ENCODING, 0, "picture", "says image/png");
    lies("number for picture", SIDEKICK_ERROR_REPLY_TYPE, 0, "picture", "a number instead of a data URL");
}

static void test_arrays(void) {
    lies("number for array", SIDEKICK_ERROR_REPLY_TYPE, 0, "array", "a number instead of an array");
    lies("other shape", SIDEKICK_ERROR_REPLY_SHAPE, 0, "array", "[2, 1], but the output has [1, 2]");
    lies("too few elements", SIDEKICK_ERROR_REPLY_SHAPE, 0, "array", "1 values");
    lies("too many elements", SIDEKICK_ERROR_REPLY_SHAPE, 0, "array", "more values than its shape");
    lies("no data", SIDEKICK_ERROR_REPLY_TYPE, 0, "array", "no \"data\"");
    lies("no shape", SIDEKICK_ERROR_REPLY_TYPE, 0, "array", "no \"shape\"");
    lies("nested data", SIDEKICK_ERROR_REPLY_TYPE, 0, "array", "a list instead of a number");
    lies("infinite element", SIDEKICK_ERROR_REPLY_TYPE, 0, "array", "1e39");
    lies("null element", SIDEKICK_ERROR_REPLY_TYPE, 0, "array", "element 1 is null");
    lies("deep array", SIDEKICK_ERROR_REPLY_TYPE, 0, "array", "a list instead of a number");
    lies("npy of other shape", SIDEKICK_ERROR_REPLY_SHAPE, 0, "array", "[2, 1]");
    lies("npy cut off", SIDEKICK_ERROR_REPLY_ENCODING, 0, "array", ".npy");
    lies("npy with NaN", SIDEKICK_ERROR_REPLY_ENCODING, 0, "array", "not a finite");
    lies("npy that is none", SIDEKICK_ERROR_REPLY_ENCODING, 0, "array", ".npy");
}

static void test_rows(void) {
    lies("no rows", SIDEKICK_ERROR_REPLY_ROWS, -1, "", "0 rows, and 1 were sent");
    lies("a row too many", SIDEKICK_ERROR_REPLY_ROWS, -1, "", "more rows, and 1 were sent");
    lies("rows null", SIDEKICK_ERROR_REPLY_MALFORMED, -1, "", "'['");
    lies("rows twice", SIDEKICK_ERROR_REPLY_MALFORMED, -1, "", "\"rows\" twice");
    lies("list", SIDEKICK_ERROR_REPLY_MALFORMED, -1, "", "a list");
    lies("bare object", SIDEKICK_ERROR_REPLY_MALFORMED, -1, "", "no \"rows\"");
}

static void test_json(void) {
    lies("not json", SIDEKICK_ERROR_REPLY_MALFORMED, -1, "", "invalid JSON");
    lies("html", SIDEKICK_ERROR_REPLY_MALFORMED, -1, "", "invalid JSON");
    lies("empty", SIDEKICK_ERROR_REPLY_MALFORMED, -1, "", "nothing");
    lies("cut json", SIDEKICK_ERROR_REPLY_MALFORMED, -1, "", "end of input");
    lies("json and more", SIDEKICK_ERROR_REPLY_MALFORMED, -1, "", "expected end of input");
    lies("deep", SIDEKICK_ERROR_REPLY_MALFORMED, -1, "", "a list");
    lies("not utf-8", SIDEKICK_ERROR_REPLY_MALFORMED, 0, "text", "UTF-8");
}

static void test_errors(void) {
    lies("error with 200", SIDEKICK_ERROR_SERVER, -1, "", "BadData: no \xf0\x9f\xa6\x8a today");
    lies("error with 400", SIDEKICK_ERROR_SERVER, -1, "", "status 400: BadData: no \xf0\x9f\xa6\x8a today");
    lies("error with 503", SIDEKICK_ERROR_SERVER, -1, "", "status 503");
    lies("error in part", SIDEKICK_ERROR_SERVER, -1, "", "InternalError");
    lies("html with 502", SIDEKICK_ERROR_HTTP, -1, "", "status 502: Bad Gateway");
    lies("nothing with 504", SIDEKICK_ERROR_HTTP, -1, "", "status 504 and no text");
    lies("rows with 404", SIDEKICK_ERROR_HTTP, -1, "", "status 404");
    /* Not followed: the token goes to no other address. */
    lies("302", SIDEKICK_ERROR_HTTP, -1, "", "status 302");
}

static void test_connections(void) {
    lies("closed mid-body", SIDEKICK_ERROR_NETWORK, -1, "", "before the response was complete");
    lies("closed mid-chunk", SIDEKICK_ERROR_NETWORK, -1, "", "before the response was complete");
    lies("not http", SIDEKICK_ERROR_NETWORK, -1, "", "not valid HTTP");
    lies("endless head", SIDEKICK_ERROR_NETWORK, -1, "", "headers");
    lies("too large", SIDEKICK_ERROR_REPLY_TOO_LARGE, -1, "", "1073741824 bytes");
}

/* A connection that ends before its reply begins is tried again, and the server sees how often. */
static void test_retries(void) {
    const char *const closed = "closed", *const how_often[] = {"how often", "closed"};
    sidekick_predictions *predictions = NULL;
    double before = 0, after = 0;
    sidekick_deployment *usual = liar;
    uint32_t attempts;
    liar = open_liar("liar");
    succeeds("closed once");
    OK(predict_texts(how_often, 2, &predictions));
    OK(sidekick_predictions_number(predictions, 0, 0, &before, &error));
    sidekick_predictions_free(predictions);
    predictions = NULL;
    KEEPS(SIDEKICK_ERROR_NETWORK, predict_texts(&closed, 1, &predictions));
    CHECK(predictions == NULL && sidekick_error_retryable(error) == 1);
    attempts = sidekick_error_attempts(error);
    FORGET();
    OK(predict_texts(how_often, 2, &predictions));
    OK(sidekick_predictions_number(predictions, 0, 0, &after, &error));
    sidekick_predictions_free(predictions);
    CHECK(attempts >= 3 && after == before + attempts);
    sidekick_deployment_free(liar);
    liar = usual;
}

/* The row an error names is counted over all requests of the call. */
static void test_rows_are_counted_over_requests(void) {
    const char *const texts[] = {"good", "good", "second lacks flag", "good", "good"};
    sidekick_deployment *usual = liar;
    sidekick_options *options = NULL;
    sidekick_predictions *predictions = NULL;
    OK(sidekick_options_new(&options, &error));
    OK(sidekick_options_set_batch_rows(options, 2, &error));
    liar = open_on("SIDEKICK_MISBEHAVING_URL", "liar", options);
    KEEPS(SIDEKICK_ERROR_REPLY_OUTPUT, predict_texts(texts, 5, &predictions));
    ABOUT(3, "flag");
    SAYS("row 3: feature \"flag\"");
    FORGET();
    CHECK(predictions == NULL);
    OK(predict_texts(texts, 2, &predictions));
    CHECK(sidekick_predictions_count(predictions) == 2);
    sidekick_predictions_free(predictions);
    sidekick_options_free(options);
    sidekick_deployment_free(liar);
    liar = usual;
}

/* What a request says of itself. */
static void test_headers(void) {
    const char *const name = "headers", *text = NULL;
    sidekick_predictions *predictions = NULL;
    size_t length = 0;
    OK(predict_texts(&name, 1, &predictions));
    OK(sidekick_predictions_text(predictions, 4, 0, &text, &length, &error));
    CHECK(strstr(text, "\"authorization\": \"Bearer liar-token\"") != NULL);
    CHECK(strstr(text, "\"user-agent\": \"sidekick/" SIDEKICK_VERSION "\"") != NULL);
    CHECK(strstr(text, "\"content-type\": \"application/json\"") != NULL);
    CHECK(strstr(text, "\"content-length\": \"") != NULL && strstr(text, "chunked") == NULL);
    sidekick_predictions_free(predictions);
}

/* A URL whose describe document is none. */
static void describes(const char *id, sidekick_status status, const char *part) {
    sidekick_deployment *deployment = NULL;
    KEEPS(status, sidekick_deployment_open(url_on("SIDEKICK_MISBEHAVING_URL", id), SIDEKICK_NUL, "any-token",
                                           SIDEKICK_NUL, NULL, NULL, &deployment, &error));
    SAYS(part);
    CHECK(deployment == NULL && sidekick_error_http_status(error) == 200 && sidekick_error_attempts(error) == 1);
    FORGET();
}

static void test_descriptions(void) {
    describes("no-json", SIDEKICK_ERROR_DESCRIBE, "invalid JSON");
    describes("no-text", SIDEKICK_ERROR_DESCRIBE, "invalid JSON");
    describes("no-schemas", SIDEKICK_ERROR_DESCRIBE, "components");
    describes("no-inputs", SIDEKICK_ERROR_DESCRIBE, "no inputs");
    describes("no-outputs", SIDEKICK_ERROR_DESCRIBE, "no outputs");
    describes("no-marks", SIDEKICK_ERROR_DESCRIBE, "\"text\" has no \"x-peltarion\"");
    describes("new-type", SIDEKICK_ERROR_DESCRIBE, "\"sound\"");
    describes("twice", SIDEKICK_ERROR_DESCRIBE, "\"a\" is a duplicate");
}

/* Arrays that no memory holds are errors, going out and coming in. */
static void test_memory(void) {
    const size_t shape[] = {HUGE_ELEMENTS};
    const ptrdiff_t strides[] = {0};
    sidekick_deployment *input = open_liar(HUGE_INPUT), *output = open_liar(HUGE_OUTPUT);
    sidekick_rows *rows = new_rows(input);
    sidekick_predictions *predictions = NULL;
    KEEPS(SIDEKICK_ERROR_MEMORY,
          sidekick_rows_add_array_at(rows, 0, SIDEKICK_DTYPE_U8, shape, 1, strides, "x", 1, &error));
    ABOUT(0, "value");
    FORGET();
    sidekick_rows_free(rows);
    rows = new_rows(output);
    OK(sidekick_rows_add_text_at(rows, 0, "small", SIDEKICK_NUL, &error));
    OK(sidekick_rows_end_row(rows, &error));
    FAILS(SIDEKICK_ERROR_MEMORY, sidekick_deployment_predict(output, rows, NULL, &predictions, &error));
    CHECK(predictions == NULL);
    sidekick_rows_free(rows);
    sidekick_deployment_free(output);
    sidekick_deployment_free(input);
}

int main(void) {
    sidekick_options *options = NULL;
    OK(sidekick_options_new(&options, &error));
    OK(sidekick_options_set_retries(options, 0, &error));
    liar = open_on("SIDEKICK_MISBEHAVING_URL", "liar", options);
    test_what_is_accepted();
    test_text_with_a_nul();
    test_outputs();
    test_categories();
    test_pictures();
    test_arrays();
    test_rows();
    test_json();
    test_errors();
    test_connections();
    test_retries();
    test_rows_are_counted_over_requests();
    test_headers();
    test_descriptions();
    test_memory();
    sidekick_deployment_free(liar);
    sidekick_options_free(options);
    return checks_failed("test_liar");
}
