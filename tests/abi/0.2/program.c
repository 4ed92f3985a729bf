/* A program as it was written against the header beside it: program SERVER-URL FILE. Every later library has
 * to serve it. It calls every function, and shares nothing with the other tests, which may change. */
#include "sidekick.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The deployment `echo`: the order of its inputs and outputs. */
enum { IN_NUMBER, IN_CATEGORY, IN_FLAG, IN_TEXT, IN_PICTURE, IN_GREY, IN_ARRAY, INPUTS };
enum { OUT_NUMBER, OUT_FLAG, OUT_CATEGORY, OUT_TEXT, OUT_PICTURE, OUT_GREY, OUT_ARRAY, OUTPUTS };

static const unsigned char SAMPLES[48] = {10, 20, 30, 40, 50, 60};
static int checks;
static sidekick_error *error;

#define CHECK(condition) check((condition) != 0, #condition, __LINE__)
#define OK(call) check((call) == SIDEKICK_OK, #call, __LINE__)

static void check(int holds, const char *what, int line) {
    checks++;
    if (holds) return;
    fprintf(stderr, "program.c:%d: %s\n%s\n", line, what, sidekick_error_message(error, NULL));
    exit(1);
}

static int same(const char *expected, const char *text, size_t length) {
    return strlen(expected) == length && memcmp(expected, text, length + 1) == 0;
}

static int32_t give_token(void *data, int32_t refused, sidekick_token *token) {
    return refused || sidekick_token_set(token, data, SIDEKICK_NUL, NULL) != SIDEKICK_OK;
}

static int32_t give_none(void *data, int32_t refused, sidekick_token *token) {
    (void)refused;
    return sidekick_token_fail(token, data, SIDEKICK_NUL, NULL);
}

static int32_t end_nothing(void *data) {
    (void)data;
    return 0;
}

static void count_release(void *data) {
    (void)data;
    checks++;
}

static void hear(void *lines, int32_t level, const char *message, size_t length) {
    if (level >= SIDEKICK_LOG_ERROR && level <= SIDEKICK_LOG_DEBUG && strlen(message) == length) ++*(int *)lines;
}

/* Every setting that a plain server goes with. */
static sidekick_options *make_options(int *lines) {
    sidekick_options *options = NULL;
    OK(sidekick_options_new(&options, &error));
    OK(sidekick_options_set_batch_rows(options, 1, &error));
    OK(sidekick_options_set_max_in_flight(options, 2, &error));
    OK(sidekick_options_set_isolate_bad_rows(options, 1, &error));
    OK(sidekick_options_set_isolate_status_500(options, 0, &error));
    OK(sidekick_options_set_connect_timeout(options, 10000, &error));
    OK(sidekick_options_set_response_timeout(options, 60000, &error));
    OK(sidekick_options_set_call_timeout(options, 60000, &error));
    OK(sidekick_options_set_retries(options, 1, &error));
    OK(sidekick_options_set_retry_backoff(options, 10, 100, &error));
    OK(sidekick_options_set_proxy(options, "", 0, &error));
    OK(sidekick_options_set_no_proxy(options, "*", SIDEKICK_NUL, &error));
    OK(sidekick_options_set_tls_minimum(options, SIDEKICK_TLS_1_2, &error));
    OK(sidekick_options_set_dangerous_skip_tls_verification(options, 0, &error));
    OK(sidekick_options_set_allow_token_over_http(options, 0, &error));
    OK(sidekick_options_add_header(options, "X-Program", SIDEKICK_NUL, "old", SIDEKICK_NUL, &error));
    OK(sidekick_options_set_user_agent_suffix(options, "program/1", SIDEKICK_NUL, &error));
    OK(sidekick_options_set_reply_limit(options, 1000000, &error));
    OK(sidekick_options_set_max_image_pixels(options, 1000000, &error));
    OK(sidekick_options_set_apply_orientation(options, 1, &error));
    OK(sidekick_options_set_request_gzip(options, 1, &error));
    OK(sidekick_options_set_reply_gzip(options, 1, &error));
    OK(sidekick_options_set_keep_alive(options, 2, 1000, &error));
    OK(sidekick_options_set_token_callback(options, give_token, "echo-token", count_release, &error));
    OK(sidekick_options_set_signal_callback(options, end_nothing, NULL, NULL, &error));
    OK(sidekick_options_set_callbacks_on_caller(options, 1, &error));
    OK(sidekick_options_set_log_callback(options, hear, lines, NULL, &error));
    return options;
}

static void options_refuse(void) {
    sidekick_options *options = NULL;
    OK(sidekick_options_new(&options, NULL));
    OK(sidekick_options_set_wire(options, SIDEKICK_WIRE_JSON, NULL));
    OK(sidekick_options_set_protocol(options, SIDEKICK_PROTOCOL_DEPLOYMENT_API, NULL));
    OK(sidekick_options_set_protocol(options, SIDEKICK_PROTOCOL_AUTO, NULL));
    CHECK(sidekick_options_set_protocol(options, -1, NULL) == SIDEKICK_ERROR_ARGUMENT);
    OK(sidekick_options_set_model_description(options, "{\"batch_axis\": 0}", SIDEKICK_NUL, NULL));
    OK(sidekick_options_set_model_description(options, "", 0, NULL));
    CHECK(sidekick_options_set_model_description(options, "{", 1, NULL) == SIDEKICK_ERROR_ARGUMENT);
    CHECK(sidekick_options_set_model_description_file(options, "/nowhere", SIDEKICK_NUL, NULL) == SIDEKICK_ERROR_FILE);
    CHECK(sidekick_options_set_wire(options, -1, NULL) == SIDEKICK_ERROR_ARGUMENT);
    CHECK(sidekick_options_set_ca_file(options, "/nowhere", SIDEKICK_NUL, NULL) == SIDEKICK_ERROR_FILE);
    CHECK(sidekick_options_set_ca_pem(options, "", 0, NULL) == SIDEKICK_ERROR_ARGUMENT);
    CHECK(sidekick_options_set_client_certificate_file(options, "/nowhere", 8, "/nowhere", 8,
                                                       NULL) == SIDEKICK_ERROR_FILE);
    CHECK(sidekick_options_set_client_certificate_pem(options, "", 0, "", 0, NULL) == SIDEKICK_ERROR_ARGUMENT);
    sidekick_options_free(options);
}

static void read_specs(const sidekick_deployment *deployment) {
    const char *text = NULL;
    const size_t *shape = NULL;
    size_t length = 0, index = 99;
    int32_t type = 0;
    CHECK(sidekick_deployment_protocol(deployment) == SIDEKICK_PROTOCOL_DEPLOYMENT_API);
    CHECK(sidekick_deployment_feature_count(deployment, SIDEKICK_INPUT) == INPUTS);
    CHECK(sidekick_deployment_feature_count(deployment, SIDEKICK_OUTPUT) == OUTPUTS);
    OK(sidekick_deployment_feature_index(deployment, SIDEKICK_INPUT, "grey", SIDEKICK_NUL, &index, &error));
    CHECK(index == IN_GREY);
    OK(sidekick_deployment_feature_name(deployment, SIDEKICK_OUTPUT, OUT_ARRAY, &text, &length, &error));
    CHECK(same("array", text, length));
    OK(sidekick_deployment_feature_type(deployment, SIDEKICK_INPUT, IN_PICTURE, &type, &error));
    CHECK(type == SIDEKICK_TYPE_IMAGE);
    OK(sidekick_deployment_feature_shape(deployment, SIDEKICK_INPUT, IN_PICTURE, &shape, &length, &error));
    CHECK(length == 3 && shape[0] == 4 && shape[1] == 4 && shape[2] == 3);
    OK(sidekick_deployment_category_count(deployment, SIDEKICK_INPUT, IN_CATEGORY, &length, &error));
    CHECK(length == 3);
    OK(sidekick_deployment_category(deployment, SIDEKICK_INPUT, IN_CATEGORY, 2, &text, &length, &error));
    CHECK(same("c", text, length));
}

/* A row of everything, by name. */
static void add_by_name(sidekick_rows *rows) {
    static const size_t SHAPE[] = {2, 3};
    static const double VALUES[] = {0, 1, 2, 3, 4, 5};
    OK(sidekick_rows_add_number(rows, "number", SIDEKICK_NUL, 0.5, &error));
    OK(sidekick_rows_add_category(rows, "category", SIDEKICK_NUL, "a", 1, &error));
    OK(sidekick_rows_add_binary(rows, "flag", SIDEKICK_NUL, 1, &error));
    OK(sidekick_rows_add_text(rows, "text", SIDEKICK_NUL, "words", SIDEKICK_NUL, &error));
    OK(sidekick_rows_add_pixels(rows, "picture", SIDEKICK_NUL, 4, 4, 3, 0, SAMPLES, sizeof SAMPLES, 0, &error));
    OK(sidekick_rows_add_pixels(rows, "grey", SIDEKICK_NUL, 4, 4, 1, 4, SAMPLES, 16, 0, &error));
    OK(sidekick_rows_add_array(rows, "array", SIDEKICK_NUL, SIDEKICK_DTYPE_F64, SHAPE, 2, NULL, VALUES,
                               sizeof VALUES, &error));
    OK(sidekick_rows_end_row(rows, &error));
}

/* A row of everything, by index, from other forms: a record, and files that the first row came back as. */
static void add_by_index(sidekick_rows *rows, const void *picture, size_t size, const char *file) {
    static const ptrdiff_t STRIDES[] = {4, 8};
    static const size_t SHAPE[] = {2, 3};
    static const int32_t COLUMNS[] = {10, 13, 11, 14, 12, 15};
    struct {
        uint32_t kind, input;
        uint64_t length;
        double number;
    } record = {1, IN_NUMBER, 8, -2.25};
    OK(sidekick_rows_add_packed(rows, &record, sizeof record, &error));
    OK(sidekick_rows_add_category_at(rows, IN_CATEGORY, "c", SIDEKICK_NUL, &error));
    OK(sidekick_rows_add_binary_at(rows, IN_FLAG, 0, &error));
    OK(sidekick_rows_add_text_at(rows, IN_TEXT, "", 0, &error));
    OK(sidekick_rows_add_image_at(rows, IN_PICTURE, picture, size, &error));
    OK(sidekick_rows_add_image_file_at(rows, IN_GREY, file, SIDEKICK_NUL, &error));
    OK(sidekick_rows_add_array_at(rows, IN_ARRAY, SIDEKICK_DTYPE_I32, SHAPE, 2, STRIDES, COLUMNS,
                                  sizeof COLUMNS, &error));
    OK(sidekick_rows_end_row(rows, &error));
    CHECK(sidekick_rows_count(rows) == 2);
}

/* A column of text alone lacks the other inputs. */
static void add_columns(sidekick_rows *rows) {
    static const size_t INPUT = IN_TEXT, END = 5, *const ENDS = &END, SIZE = 5;
    static const int32_t KIND = SIDEKICK_COLUMN_PIECES;
    static const void *const VALUES = "words";
    CHECK(sidekick_rows_add_columns(rows, 1, 1, &INPUT, &KIND, &VALUES, &SIZE, &ENDS,
                                    NULL) == SIDEKICK_ERROR_ROW_INCOMPLETE);
    CHECK(sidekick_rows_count(rows) == 0);
}

/* What is left of the ways to add: into a row that is dropped. */
static void add_and_discard(const sidekick_deployment *deployment, const char *file) {
    static const char *const NOT_NPY = "not a .npy file";
    sidekick_rows *rows = NULL;
    OK(sidekick_rows_new(deployment, &rows, &error));
    OK(sidekick_rows_add_number_at(rows, IN_NUMBER, 1, &error));
    CHECK(sidekick_rows_add_integer(rows, "number", SIDEKICK_NUL, 2, NULL) == SIDEKICK_ERROR_FEATURE_TWICE);
    CHECK(sidekick_rows_add_integer_at(rows, IN_CATEGORY, 3, NULL) == SIDEKICK_ERROR_FEATURE_VALUE);
    CHECK(sidekick_rows_add_unsigned(rows, "number", SIDEKICK_NUL, 2, NULL) == SIDEKICK_ERROR_FEATURE_TWICE);
    CHECK(sidekick_rows_add_unsigned_at(rows, IN_CATEGORY, 3, NULL) == SIDEKICK_ERROR_FEATURE_VALUE);
    CHECK(sidekick_rows_add_image(rows, "grey", SIDEKICK_NUL, "x", 1, NULL) == SIDEKICK_ERROR_IMAGE);
    OK(sidekick_rows_add_image_file(rows, "grey", SIDEKICK_NUL, file, SIDEKICK_NUL, &error));
    OK(sidekick_rows_add_pixels_at(rows, IN_PICTURE, 4, 4, 3, 0, SAMPLES, sizeof SAMPLES, 90, &error));
    CHECK(sidekick_rows_add_npy(rows, "array", SIDEKICK_NUL, NOT_NPY, 15, NULL) == SIDEKICK_ERROR_NPY);
    CHECK(sidekick_rows_add_npy_at(rows, IN_ARRAY, NOT_NPY, 15, NULL) == SIDEKICK_ERROR_NPY);
    CHECK(sidekick_rows_add_npy_file(rows, "array", SIDEKICK_NUL, file, SIDEKICK_NUL, NULL) == SIDEKICK_ERROR_NPY);
    CHECK(sidekick_rows_add_npy_file_at(rows, IN_ARRAY, "/nowhere", SIDEKICK_NUL, NULL) == SIDEKICK_ERROR_FILE);
    CHECK(sidekick_rows_end_row(rows, NULL) == SIDEKICK_ERROR_ROW_INCOMPLETE);
    OK(sidekick_rows_discard_row(rows, &error));
    OK(sidekick_rows_clear(rows, &error));
    CHECK(sidekick_rows_count(rows) == 0);
    add_columns(rows);
    sidekick_rows_free(rows);
}

static void read_scalars(const sidekick_predictions *predictions) {
    const double *numbers = NULL;
    const char *texts = NULL, *text = NULL;
    const size_t *ends = NULL;
    size_t count = 0, length = 0;
    double number = 0;
    OK(sidekick_predictions_number(predictions, OUT_FLAG, 0, &number, &error));
    CHECK(number == 1);
    OK(sidekick_predictions_numbers(predictions, OUT_NUMBER, &numbers, &count, &error));
    CHECK(count == 2 && numbers[0] == 0.5 && numbers[1] == -2.25);
    OK(sidekick_predictions_text(predictions, OUT_TEXT, 1, &text, &length, &error));
    CHECK(same("third \n line", text, length));
    OK(sidekick_predictions_texts(predictions, OUT_TEXT, &texts, &ends, &count, &error));
    CHECK(count == 2 && same("third \n line", texts + ends[0], ends[1] - ends[0] - 1));
}

static void read_categories(const sidekick_predictions *predictions) {
    const double *row = NULL, *matrix = NULL;
    const char *label = NULL;
    size_t count = 0, length = 0;
    double probability = 0;
    OK(sidekick_predictions_category_count(predictions, OUT_CATEGORY, &count, &error));
    CHECK(count == 3);
    OK(sidekick_predictions_category_label(predictions, OUT_CATEGORY, 1, &label, &length, &error));
    CHECK(same("b", label, length));
    OK(sidekick_predictions_probabilities(predictions, OUT_CATEGORY, 1, &row, &count, &error));
    OK(sidekick_predictions_probability_matrix(predictions, OUT_CATEGORY, &matrix, &length, &error));
    CHECK(count == 3 && length == 6 && memcmp(row, matrix + 3, 3 * sizeof *row) == 0 && row[2] > 0.8);
    OK(sidekick_predictions_probability(predictions, OUT_CATEGORY, 1, "c", SIDEKICK_NUL, &probability, &error));
    CHECK(probability == row[2]);
    OK(sidekick_predictions_top(predictions, OUT_CATEGORY, 0, 0, &label, &length, &probability, &error));
    CHECK(same("a", label, length) && probability > 0.8);
}

static void read_arrays(const sidekick_predictions *predictions, const char *file) {
    const float *row = NULL, *all = NULL;
    const size_t *shape = NULL;
    size_t count = 0, rank = 0;
    int16_t copy[6] = {0};
    OK(sidekick_predictions_array_shape(predictions, OUT_ARRAY, &shape, &rank, &error));
    CHECK(rank == 2 && shape[0] == 2 && shape[1] == 3);
    OK(sidekick_predictions_array(predictions, OUT_ARRAY, 1, &row, &count, &error));
    CHECK(count == 6 && row[0] == 10 && row[1] == 11 && row[5] == 15);
    OK(sidekick_predictions_arrays(predictions, OUT_ARRAY, &all, &count, &error));
    CHECK(count == 12 && all[1] == 1 && all + 6 == row);
    OK(sidekick_predictions_copy_array(predictions, OUT_ARRAY, 1, SIDEKICK_DTYPE_I16, copy, sizeof copy, &error));
    CHECK(copy[3] == 13);
    OK(sidekick_predictions_save_npy(predictions, OUT_ARRAY, 1, file, SIDEKICK_NUL, &error));
}

/* The picture comes back as it went, and its file is kept for the next row. */
static void read_picture(const sidekick_predictions *predictions, const void **encoded, size_t *size,
                         const char *file) {
    const char *media_type = NULL;
    uint32_t width = 0, height = 0, channels = 0;
    unsigned char pixels[sizeof SAMPLES] = {0};
    OK(sidekick_predictions_image(predictions, OUT_PICTURE, 0, encoded, size, &media_type, &error));
    CHECK(strcmp(media_type, "image/png") == 0);
    OK(sidekick_predictions_image_size(predictions, OUT_PICTURE, 0, &width, &height, &channels, &error));
    CHECK(width == 4 && height == 4 && channels == 3);
    OK(sidekick_predictions_image_pixels(predictions, OUT_PICTURE, 0, pixels, sizeof pixels, &error));
    CHECK(memcmp(pixels, SAMPLES, sizeof pixels) == 0);
    OK(sidekick_predictions_save_image(predictions, OUT_GREY, 0, file, SIDEKICK_NUL, &error));
}

/* The same rows pushed to a stream until it is full. */
static void stream(const sidekick_deployment *deployment, const sidekick_rows *rows) {
    sidekick_stream *stream = NULL;
    sidekick_predictions *next = NULL;
    size_t taken = 0;
    OK(sidekick_stream_new(deployment, NULL, &stream, &error));
    while (!sidekick_stream_is_full(stream)) OK(sidekick_stream_push(stream, rows, &error));
    CHECK(sidekick_stream_push(stream, rows, NULL) == SIDEKICK_ERROR_STREAM_FULL);
    for (;;) {
        OK(sidekick_stream_next(stream, &next, &error));
        if (next == NULL) break;
        taken += sidekick_predictions_count(next);
        sidekick_predictions_free(next);
    }
    CHECK(taken == 4);
    sidekick_stream_free(stream);
}

static void predict(const sidekick_deployment *deployment, const char *file) {
    sidekick_rows *rows = NULL;
    sidekick_predictions *first = NULL, *both = NULL;
    sidekick_error *failure = NULL;
    const void *picture = NULL;
    size_t size = 0, row = 99;
    OK(sidekick_rows_new(deployment, &rows, &error));
    add_by_name(rows);
    OK(sidekick_deployment_predict(deployment, rows, NULL, &first, &error));
    read_picture(first, &picture, &size, file);
    add_by_index(rows, picture, size, file);
    add_and_discard(deployment, file);
    OK(sidekick_deployment_predict(deployment, rows, NULL, &both, &error));
    CHECK(sidekick_predictions_count(both) == 2 && sidekick_predictions_failure_count(both) == 0);
    CHECK(sidekick_predictions_failure(both, 0, &failure, NULL) == SIDEKICK_ERROR_ARGUMENT && failure == NULL);
    OK(sidekick_predictions_sent_row(both, 1, &row, &error));
    CHECK(row == 1);
    read_scalars(both);
    read_categories(both);
    read_arrays(both, file);
    sidekick_predictions_free(first);
    sidekick_predictions_free(both);
    stream(deployment, rows);
    sidekick_rows_free(rows);
}

/* A call that the server refuses, one without a token, and one that is cancelled. */
static void fail(const sidekick_deployment *deployment, const char *url) {
    sidekick_cancel *cancel = NULL;
    sidekick_deployment *other = NULL;
    sidekick_reply *reply = NULL;
    sidekick_options *options = NULL;
    size_t length = 0;
    CHECK(sidekick_deployment_open(url, SIDEKICK_NUL, "wrong", SIDEKICK_NUL, NULL, NULL, &other, &error) ==
          SIDEKICK_ERROR_SERVER);
    CHECK(sidekick_error_status(error) == SIDEKICK_ERROR_SERVER && sidekick_error_http_status(error) == 401);
    CHECK(strcmp(sidekick_error_server_code(error, NULL), "InvalidTokenError") == 0);
    CHECK(*sidekick_error_server_message(error, NULL) != '\0' &&
          *sidekick_error_message(error, &length) != '\0' && length > 0);
    CHECK(sidekick_error_row(error) == -1 && *sidekick_error_feature(error, NULL) == '\0');
    CHECK(sidekick_error_attempts(error) == 1 && sidekick_error_retryable(error) == 0);
    CHECK(sidekick_error_rows_first(error) == -1 && sidekick_error_rows_count(error) == 0);
    sidekick_error_free(error);
    error = NULL;

    OK(sidekick_options_new(&options, &error));
    OK(sidekick_options_set_token_callback(options, give_none, "the vault is closed", NULL, &error));
    CHECK(sidekick_deployment_open(url, SIDEKICK_NUL, "", 0, options, NULL, &other, &error) == SIDEKICK_ERROR_ARGUMENT);
    CHECK(strstr(sidekick_error_message(error, NULL), "the vault is closed") != NULL &&
          sidekick_error_os_error(error) == 0);
    sidekick_error_free(error);
    error = NULL;
    sidekick_options_free(options);

    OK(sidekick_cancel_new(&cancel, &error));
    OK(sidekick_cancel_set_timeout(cancel, 600000, &error));
    OK(sidekick_cancel_trigger(cancel, &error));
    CHECK(sidekick_deployment_open(url, SIDEKICK_NUL, "echo-token", SIDEKICK_NUL, NULL, cancel, &other, NULL) ==
          SIDEKICK_ERROR_CANCELLED);
    CHECK(sidekick_deployment_post_json(deployment, "{}", 2, cancel, &reply, NULL) == SIDEKICK_ERROR_CANCELLED);
    sidekick_cancel_free(cancel);
    CHECK(other == NULL && reply == NULL);
    /* Its outputs are more than numbers. */
    CHECK(sidekick_deployment_predict_packed(deployment, NULL, 0, NULL, NULL, 0, NULL) == SIDEKICK_ERROR_FEATURE_TYPE);
}

static void post(const sidekick_deployment *deployment) {
    sidekick_reply *reply = NULL;
    OK(sidekick_deployment_post_json(deployment, "{\"rows\": 1}", SIDEKICK_NUL, NULL, &reply, &error));
    CHECK(sidekick_reply_http_status(reply) == 400 && strstr(sidekick_reply_text(reply, NULL), "errorCode") != NULL);
    sidekick_reply_free(reply);
}

/* Elements of a tensor's own type, by row and by column. */
static void read_elements(const sidekick_deployment *model, const sidekick_rows *rows) {
    static const uint16_t ALL[] = {0, 0x3c00, 0x3c00, 0, 0x4000, 0};
    sidekick_predictions *predictions = NULL;
    const void *elements = NULL;
    const size_t *ends = NULL;
    size_t size = 0;
    int64_t integer = 0;
    int32_t dtype = 0;
    OK(sidekick_deployment_predict(model, rows, NULL, &predictions, &error));
    OK(sidekick_predictions_elements(predictions, 0, 1, &elements, &size, &dtype, &error));
    CHECK(dtype == SIDEKICK_DTYPE_F16 && size == 4 && memcmp(elements, ALL + 2, size) == 0);
    OK(sidekick_predictions_elements_column(predictions, 0, &elements, &size, &dtype, &error));
    CHECK(dtype == SIDEKICK_DTYPE_F16 && size == sizeof ALL && memcmp(elements, ALL, size) == 0);
    CHECK(sidekick_predictions_integer(predictions, 0, 0, &integer, NULL) == SIDEKICK_ERROR_FEATURE_TYPE);
    OK(sidekick_predictions_row_shape(predictions, 0, 1, &ends, &size, &error));
    CHECK(size == 1 && ends[0] == 2);
    CHECK(sidekick_predictions_bytes(predictions, 0, 0, &elements, &size, NULL) == SIDEKICK_ERROR_FEATURE_TYPE);
    CHECK(sidekick_predictions_bytes_column(predictions, 0, &elements, &ends, &size, NULL) ==
          SIDEKICK_ERROR_FEATURE_TYPE);
    sidekick_predictions_free(predictions);
}

static void add_two(sidekick_rows *rows, int32_t dtype, const void *elements, size_t size) {
    static const size_t TWO = 2;
    OK(sidekick_rows_add_array_at(rows, 0, dtype, &TWO, 1, NULL, elements, size, &error));
    OK(sidekick_rows_end_row(rows, &error));
}

/* A model of the Open Inference Protocol. */
static void open_inference(const char *server, int32_t wire) {
    static const unsigned char BOOLEANS[] = {0, 1};
    static const uint16_t HALVES[] = {0x3c00, 0}, BFLOATS[] = {0x4000, 0};
    sidekick_options *options = NULL;
    sidekick_deployment *model = NULL;
    sidekick_rows *rows = NULL;
    int32_t dtype = 0, optional = 1;
    char url[512];
    snprintf(url, sizeof url, "%s/v2/models/half", server);
    OK(sidekick_options_new(&options, &error));
    OK(sidekick_options_set_host_header(options, "localhost", SIDEKICK_NUL, &error));
    OK(sidekick_options_set_wire(options, wire, &error));
    OK(sidekick_deployment_open(url, SIDEKICK_NUL, "half-token", SIDEKICK_NUL, options, NULL, &model, &error));
    sidekick_options_free(options);
    CHECK(sidekick_deployment_protocol(model) == SIDEKICK_PROTOCOL_OPEN_INFERENCE);
    CHECK(sidekick_deployment_batch_limit(model) == 0);
    CHECK(strcmp(sidekick_deployment_model_version(model, NULL), "1") == 0);
    OK(sidekick_deployment_feature_dtype(model, SIDEKICK_OUTPUT, 0, &dtype, &error));
    CHECK(dtype == SIDEKICK_DTYPE_F16);
    OK(sidekick_deployment_feature_optional(model, SIDEKICK_INPUT, 0, &optional, &error));
    CHECK(optional == 0);
    OK(sidekick_rows_new(model, &rows, &error));
    add_two(rows, SIDEKICK_DTYPE_BOOL, BOOLEANS, sizeof BOOLEANS);
    add_two(rows, SIDEKICK_DTYPE_F16, HALVES, sizeof HALVES);
    add_two(rows, SIDEKICK_DTYPE_BF16, BFLOATS, sizeof BFLOATS);
    CHECK(sidekick_rows_add_bytes(rows, "x", SIDEKICK_NUL, "a", 1, NULL) == SIDEKICK_ERROR_FEATURE_TYPE);
    CHECK(sidekick_rows_add_bytes_at(rows, 0, "a", 1, NULL) == SIDEKICK_ERROR_FEATURE_TYPE);
    read_elements(model, rows);
    sidekick_rows_free(rows);
    sidekick_deployment_free(model);
}

int main(int argc, char **argv) {
    sidekick_options *options;
    sidekick_deployment *deployment = NULL;
    char url[512];
    int lines = 0, before;
    if (argc != 3) return fprintf(stderr, "usage: program SERVER-URL FILE\n"), 2;
    snprintf(url, sizeof url, "%s/deployment/echo/forward", argv[1]);
    CHECK(atoi(sidekick_version()) == SIDEKICK_VERSION_MAJOR);
    options_refuse();
    options = make_options(&lines);
    OK(sidekick_deployment_open(url, SIDEKICK_NUL, "expired", SIDEKICK_NUL, options, NULL, &deployment, &error));
    sidekick_options_free(options);
    read_specs(deployment);
    predict(deployment, argv[2]);
    fail(deployment, url);
    post(deployment);
    before = checks;
    sidekick_deployment_free(deployment);
    CHECK(checks == before + 1 && lines > 0);
    open_inference(argv[1], SIDEKICK_WIRE_AUTO);
    open_inference(argv[1], SIDEKICK_WIRE_BINARY);
    printf("%d checks, built against %s, served by %s\n", checks, SIDEKICK_VERSION, sidekick_version());
    return 0;
}
