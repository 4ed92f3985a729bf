/* Runs scenarios against a server of the Open Inference Protocol: scenarios URL NAME...
 * It prints a line for each: its name and what came of it. expected.py says what has to come. */
#include <pthread.h>
#include <sidekick.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *base;
static sidekick_error *error;
/* What the scenario at hand has made. */
static sidekick_options *options;
static sidekick_deployment *model;
static sidekick_rows *rows;
static sidekick_predictions *found;

/* Prints an error as every language can, and ends the scenario. */
static void report(void) {
    const sidekick_status status = sidekick_error_status(error);
    if (sidekick_error_http_status(error) != 0) printf("HTTP %d", (int)sidekick_error_http_status(error));
    else if (status >= SIDEKICK_ERROR_UNKNOWN_FEATURE && status <= SIDEKICK_ERROR_NPY) printf("refused");
    else if (status == SIDEKICK_ERROR_TIMEOUT) printf("out of time");
    else printf("error");
    fprintf(stderr, "  C: %s\n", sidekick_error_message(error, NULL));
}

#define TRY(call) do { if ((call) != SIDEKICK_OK) { report(); return 0; } } while (0)

static int open_model(const char *name) {
    char url[512];
    snprintf(url, sizeof url, "%s/v2/models/%s", base, name);
    TRY(sidekick_deployment_open(url, SIDEKICK_NUL, "", 0, options, NULL, &model, &error));
    TRY(sidekick_rows_new(model, &rows, &error));
    return 1;
}

static int predict(void) {
    TRY(sidekick_deployment_predict(model, rows, NULL, &found, &error));
    return 1;
}

/* Adds a row of one number. */
static int add(double number) {
    TRY(sidekick_rows_add_number_at(rows, 0, number, &error));
    TRY(sidekick_rows_end_row(rows, &error));
    return 1;
}

static int add_array(const char *input, int32_t dtype, size_t count, size_t element, const void *elements) {
    TRY(sidekick_rows_add_array(rows, input, SIDEKICK_NUL, dtype, &count, 1, NULL, elements, count * element, &error));
    return 1;
}

/* A number of an output; nan after an error. */
static double number(size_t output, size_t row) {
    double value = strtod("nan", NULL);
    if (sidekick_predictions_number(found, output, row, &value, &error) != SIDEKICK_OK) report();
    return value;
}

static const float *array(size_t output, size_t row) {
    static const float none[16];
    const float *values = none;
    size_t count;
    if (sidekick_predictions_array(found, output, row, &values, &count, &error) != SIDEKICK_OK) report();
    return values;
}

/* The elements of the first row of an output, in the type of its tensor. */
static const void *elements(const char *output) {
    static const uint64_t none[16];
    const void *values = none;
    size_t index, size;
    int32_t dtype;
    sidekick_deployment_feature_index(model, SIDEKICK_OUTPUT, output, SIDEKICK_NUL, &index, &error);
    if (error == NULL) sidekick_predictions_elements(found, index, 0, &values, &size, &dtype, &error);
    if (error != NULL) report();
    return values;
}

static int print_side(int32_t side) {
    const char *name;
    const size_t *shape;
    size_t length, rank;
    for (size_t at = 0; at < sidekick_deployment_feature_count(model, side); at++) {
        TRY(sidekick_deployment_feature_name(model, side, at, &name, &length, &error));
        TRY(sidekick_deployment_feature_shape(model, side, at, &shape, &rank, &error));
        printf("%s%s [%d]", at > 0 ? ", " : "", name, (int)shape[0]);
    }
    return 1;
}

static int describe(void) {
    if (!open_model("table") || !print_side(SIDEKICK_INPUT)) return 0;
    printf(" -> ");
    return print_side(SIDEKICK_OUTPUT);
}

static int limit(void) {
    if (!open_model("batch")) return 0;
    printf("%d", (int)sidekick_deployment_batch_limit(model));
    return 1;
}

static int one_row(void) {
    static const double flower[] = {5.9, 3.0, 4.2, 1.5};
    const double *shares;
    size_t size;
    int32_t dtype;
    if (!open_model("table")) return 0;
    for (size_t input = 0; input < 4; input++) TRY(sidekick_rows_add_number_at(rows, input, flower[input], &error));
    TRY(sidekick_rows_end_row(rows, &error));
    if (!predict()) return 0;
    TRY(sidekick_predictions_elements(found, 1, 0, (const void **)&shares, &size, &dtype, &error));
    printf("%.0f: %.4f %.4f %.4f", number(0, 0), shares[0], shares[1], shares[2]);
    return 1;
}

static int json(void) {
    TRY(sidekick_options_set_wire(options, SIDEKICK_WIRE_JSON, &error));
    return one_row();
}

/* A table of 128 flowers, added by columns. */
static int columns(void) {
    static double values[4][128];
    static const size_t inputs[] = {0, 1, 2, 3}, sizes[] = {1024, 1024, 1024, 1024};
    static const int32_t kinds[] = {SIDEKICK_DTYPE_F64, SIDEKICK_DTYPE_F64, SIDEKICK_DTYPE_F64, SIDEKICK_DTYPE_F64};
    const void *addresses[] = {values[0], values[1], values[2], values[3]};
    int counts[3] = {0, 0, 0};
    for (int row = 0; row < 128; row++) {
        values[0][row] = 4.3 + row % 32 * 0.1;
        values[1][row] = 2.0 + row % 16 * 0.15;
        values[2][row] = 1.0 + row % 64 * 0.09;
        values[3][row] = 0.1 + row % 8 * 0.3;
    }
    if (!open_model("table")) return 0;
    TRY(sidekick_rows_add_columns(rows, 128, 4, inputs, kinds, addresses, sizes, NULL, &error));
    if (!predict()) return 0;
    for (size_t row = 0; row < sidekick_predictions_count(found); row++) counts[(int)number(0, row) % 3]++;
    printf("%d rows: %d %d %d", (int)sidekick_predictions_count(found), counts[0], counts[1], counts[2]);
    return 1;
}

static int gzip(void) {
    TRY(sidekick_options_set_request_gzip(options, 1, &error));
    return columns();
}

/* More rows than fit in a request; the model returns how many each had. */
static int batches(void) {
    TRY(sidekick_options_set_batch_rows(options, 12, &error));
    if (!open_model("batch")) return 0;
    for (int row = 0; row < 20; row++) {
        if (!add(row)) return 0;
    }
    if (!predict()) return 0;
    for (size_t row = 0; row < sidekick_predictions_count(found) && number(1, row) > 0; row += (size_t)number(1, row))
        printf("%.0f ", number(1, row));
    printf("rows, the last %.0f", number(0, sidekick_predictions_count(found) - 1));
    return 1;
}

static int stream(void) {
    sidekick_stream *stream = NULL;
    int count = 0, ordered = 1, going;
    TRY(sidekick_options_set_batch_rows(options, 4, &error));
    TRY(sidekick_options_set_max_in_flight(options, 3, &error));
    if (!open_model("batch")) return 0;
    TRY(sidekick_stream_new(model, NULL, &stream, &error));
    for (int row = 0; row < 40 && error == NULL; row++) {
        if (!add(row)) return 0;
    }
    sidekick_stream_push(stream, rows, &error);
    for (going = error == NULL; going;) {
        sidekick_predictions_free(found);
        found = NULL;
        going = sidekick_stream_next(stream, &found, &error) == SIDEKICK_OK && found != NULL;
        for (size_t row = 0; going && row < sidekick_predictions_count(found); row++)
            ordered = number(0, row) == 2 * count++ && ordered;
    }
    sidekick_stream_free(stream);
    if (error != NULL) report();
    printf("%d rows, %s", count, ordered ? "in order" : "out of order");
    return 1;
}

/* A model without an axis for rows: each row is a request. */
static int fixed(void) {
    TRY(sidekick_options_set_max_in_flight(options, 3, &error));
    if (!open_model("fixed")) return 0;
    for (int row = 0; row < 5; row++) {
        const float pair[] = {(float)row, 1};
        if (!add_array("x", SIDEKICK_DTYPE_F32, 2, 4, pair)) return 0;
        TRY(sidekick_rows_end_row(rows, &error));
    }
    if (!predict()) return 0;
    for (size_t row = 0; row < 5; row++) printf("%s%.0f", row > 0 ? " " : "", number(0, row));
    return 1;
}

/* An array of each type, added and read without a conversion. */
#define PUT(name, type, a, b) { \
    const type pair[] = {a, b}; \
    if (!add_array(#name, SIDEKICK_DTYPE_##name, 2, sizeof(type), pair)) return 0; }
#define GET(name, type, format, as) { \
    const type *pair = elements(#name); \
    printf("%s " format " " format, strcmp(#name, "BOOL") == 0 ? #name : "; " #name, (as)pair[0], (as)pair[1]); }
#define SIDEKICK_DTYPE_INT8 SIDEKICK_DTYPE_I8
#define SIDEKICK_DTYPE_INT16 SIDEKICK_DTYPE_I16
#define SIDEKICK_DTYPE_INT32 SIDEKICK_DTYPE_I32
#define SIDEKICK_DTYPE_INT64 SIDEKICK_DTYPE_I64
#define SIDEKICK_DTYPE_UINT8 SIDEKICK_DTYPE_U8
#define SIDEKICK_DTYPE_UINT16 SIDEKICK_DTYPE_U16
#define SIDEKICK_DTYPE_UINT32 SIDEKICK_DTYPE_U32
#define SIDEKICK_DTYPE_UINT64 SIDEKICK_DTYPE_U64
#define SIDEKICK_DTYPE_FP32 SIDEKICK_DTYPE_F32
#define SIDEKICK_DTYPE_FP64 SIDEKICK_DTYPE_F64
static int types(void) {
    if (!open_model("types")) return 0;
    PUT(BOOL, uint8_t, 1, 0)
    PUT(UINT8, uint8_t, 0, 254)
    PUT(UINT16, uint16_t, 0, 65534)
    PUT(UINT32, uint32_t, 0, 4294967294)
    PUT(UINT64, uint64_t, 9007199254740993, 18446744073709551614u)
    PUT(INT8, int8_t, -128, 126)
    PUT(INT16, int16_t, -32768, 32766)
    PUT(INT32, int32_t, -2147483647 - 1, 2147483646)
    PUT(INT64, int64_t, INT64_MIN, 9007199254740993)
    PUT(FP32, float, 0.1f, -1.5f)
    PUT(FP64, double, 0.1, 1e300)
    TRY(sidekick_rows_end_row(rows, &error));
    if (!predict()) return 0;
    GET(BOOL, uint8_t, "%d", int)
    GET(UINT8, uint8_t, "%d", int)
    GET(UINT16, uint16_t, "%d", int)
    GET(UINT32, uint32_t, "%lu", unsigned long)
    GET(UINT64, uint64_t, "%llu", unsigned long long)
    GET(INT8, int8_t, "%d", int)
    GET(INT16, int16_t, "%d", int)
    GET(INT32, int32_t, "%d", int)
    GET(INT64, int64_t, "%lld", long long)
    GET(FP32, float, "%.9g", double)
    GET(FP64, double, "%.17g", double)
    return 1;
}

static int add_floats(const double *values) {
    const float narrow[] = {(float)values[0], (float)values[1], (float)values[2]};
    if (!add_array("f", SIDEKICK_DTYPE_F32, 3, 4, narrow)) return 0;
    if (!add_array("d", SIDEKICK_DTYPE_F64, 3, 8, values)) return 0;
    TRY(sidekick_rows_end_row(rows, &error));
    return 1;
}

/* The first response tells whether the server takes bytes. */
static int floats(void) {
    const double finite[] = {1, 2, 3}, others[] = {strtod("nan", NULL), strtod("inf", NULL), strtod("-inf", NULL)};
    const float *f;
    const double *d;
    if (!open_model("floats") || !add_floats(finite) || !predict()) return 0;
    sidekick_predictions_free(found);
    found = NULL;
    TRY(sidekick_rows_clear(rows, &error));
    if (!add_floats(others) || !predict()) return 0;
    f = elements("f"), d = elements("d");
    printf("%s %g %g ", f[0] != f[0] ? "nan" : "a number", f[1], f[2]);
    printf("%s %g %g", d[0] != d[0] ? "nan" : "a number", d[1], d[2]);
    return 1;
}

static int sixteen_bits(const char *name) {
    const float pair[] = {0.5f, -2};
    if (!open_model(name) || !add_array("x", SIDEKICK_DTYPE_F32, 2, 4, pair)) return 0;
    TRY(sidekick_rows_end_row(rows, &error));
    if (!predict()) return 0;
    printf("%g %g", array(0, 0)[0], array(0, 0)[1]);
    return 1;
}

static int half(void) {
    return sixteen_bits("half");
}

static int half_as_json(void) {
    TRY(sidekick_options_set_wire(options, SIDEKICK_WIRE_JSON, &error));
    return sixteen_bits("half");
}

static int bfloat(void) {
    return sixteen_bits("bfloat");
}

static int text(void) {
    static const char *const texts[] = {"grüße", "", "two\nlines"};
    if (!open_model("text")) return 0;
    for (int row = 0; row < 3; row++) {
        TRY(sidekick_rows_add_text_at(rows, 0, texts[row], SIDEKICK_NUL, &error));
        TRY(sidekick_rows_end_row(rows, &error));
    }
    if (!predict()) return 0;
    for (size_t row = 0; row < 3; row++) {
        const char *capitals;
        size_t length;
        TRY(sidekick_predictions_text(found, 0, row, &capitals, &length, &error));
        for (size_t at = 0; at < length; at++) putchar(capitals[at] == '\n' ? '/' : capitals[at]);
        printf("%s", row < 2 ? "|" : "");
    }
    return 1;
}

static int image(void) {
    uint8_t pixels[192];
    const size_t shape[] = {8, 8, 3};
    for (int at = 0; at < 192; at++) pixels[at] = (uint8_t)(at / 3 * (at % 3));
    if (!open_model("image")) return 0;
    TRY(sidekick_rows_add_array_at(rows, 0, SIDEKICK_DTYPE_U8, shape, 3, NULL, pixels, sizeof pixels, &error));
    TRY(sidekick_rows_end_row(rows, &error));
    if (!predict()) return 0;
    printf("%g %g %g", array(0, 0)[0], array(0, 0)[1], array(0, 0)[2]);
    return 1;
}

static int unknown_model(void) {
    return open_model("nothing");
}

static int unknown_version(void) {
    return open_model("factor/versions/9");
}

static int wrong_value(void) {
    return open_model("batch") && add(1e39);
}

static int failing(void) {
    return open_model("failing") && add(1) && predict();
}

/* The rows that the model refuses fail alone. */
static int isolate(const char *name) {
    TRY(sidekick_options_set_isolate_bad_rows(options, 1, &error));
    if (!open_model(name) || !add(1) || !add(-1) || !add(2) || !add(-2) || !add(3) || !predict()) return 0;
    for (size_t row = 0; row < sidekick_predictions_count(found); row++) printf("%.0f ", number(0, row));
    printf("without");
    for (size_t at = 0; at < sidekick_predictions_failure_count(found); at++) {
        sidekick_error *failure = NULL;
        TRY(sidekick_predictions_failure(found, at, &failure, &error));
        printf(" %d", (int)sidekick_error_row(failure));
        sidekick_error_free(failure);
    }
    return 1;
}

static int bad_rows(void) {
    return isolate("picky");
}

static int failing_rows(void) {
    TRY(sidekick_options_set_isolate_status_500(options, 1, &error));
    return isolate("brittle");
}

static void *trigger_soon(void *cancel) {
    const struct timespec wait = {0, 200000000};
    nanosleep(&wait, NULL);
    sidekick_cancel_trigger(cancel, NULL);
    return NULL;
}

/* A call that takes ten seconds is cancelled, then the deployment is used again. */
static int cancel(void) {
    sidekick_cancel *cancel = NULL;
    sidekick_status status;
    pthread_t thread;
    if (!open_model("slow") || !add(10)) return 0;
    TRY(sidekick_cancel_new(&cancel, &error));
    if (pthread_create(&thread, NULL, trigger_soon, cancel) != 0) abort();
    status = sidekick_deployment_predict(model, rows, cancel, &found, NULL);
    pthread_join(thread, NULL);
    sidekick_cancel_free(cancel);
    printf("%s", status == SIDEKICK_ERROR_CANCELLED ? "cancelled, then " : "not cancelled, then ");
    TRY(sidekick_rows_clear(rows, &error));
    if (!add(0) || !predict()) return 0;
    printf("%.0f", number(0, 0));
    return 1;
}

static int versions(void) {
    if (!open_model("factor/versions/1") || !add(5) || !predict()) return 0;
    printf("%.0f by %s, ", number(0, 0), sidekick_deployment_model_version(model, NULL));
    sidekick_predictions_free(found), sidekick_rows_free(rows), sidekick_deployment_free(model);
    found = NULL, rows = NULL, model = NULL;
    if (!open_model("factor/versions/2") || !add(5) || !predict()) return 0;
    printf("%.0f by %s", number(0, 0), sidekick_deployment_model_version(model, NULL));
    return 1;
}

static int sizes(void) {
    static const float values[] = {1, 2, 3, 4, 5, 6};
    if (!open_model("sizes")) return 0;
    for (size_t count = 2, at = 0; at < 6; at += count, count = at == 2 ? 3 : 1) {
        if (!add_array("x", SIDEKICK_DTYPE_F32, count, 4, values + at)) return 0;
        TRY(sidekick_rows_end_row(rows, &error));
    }
    if (!predict()) return 0;
    for (size_t row = 0; row < 3; row++) {
        const size_t *shape;
        size_t rank;
        TRY(sidekick_predictions_row_shape(found, 0, row, &shape, &rank, &error));
        for (size_t at = 0; at < shape[0]; at++) printf("%s%g", at > 0 ? " " : row > 0 ? "; " : "", array(0, row)[at]);
    }
    return 1;
}

static int integer(void) {
    int64_t next = 0;
    if (!open_model("count")) return 0;
    TRY(sidekick_rows_add_integer_at(rows, 0, 9007199254740993, &error));
    TRY(sidekick_rows_end_row(rows, &error));
    if (!predict()) return 0;
    TRY(sidekick_predictions_integer(found, 0, 0, &next, &error));
    printf("%lld", (long long)next);
    return 1;
}

static int set_description(const char *json) {
    TRY(sidekick_options_set_model_description(options, json, SIDEKICK_NUL, &error));
    return 1;
}

static int bytes(void) {
    const unsigned char *reversed;
    size_t size;
    if (!set_description("{\"inputs\": [{\"name\": \"data\", \"type\": \"bytes\"}], "
                         "\"outputs\": [{\"name\": \"reversed\", \"type\": \"bytes\"}]}")) return 0;
    if (!open_model("reverse")) return 0;
    TRY(sidekick_rows_add_bytes_at(rows, 0, "\xff\0\x80", 3, &error));
    TRY(sidekick_rows_end_row(rows, &error));
    if (!predict()) return 0;
    TRY(sidekick_predictions_bytes(found, 0, 0, (const void **)&reversed, &size, &error));
    for (size_t at = 0; at < size; at++) printf("%s%02x", at > 0 ? " " : "", reversed[at]);
    return 1;
}

static int print_species(void) {
    static const double flower[] = {5.9, 3.0, 4.2, 1.5};
    const char *label;
    size_t length, probabilities, outputs;
    double probability;
    if (!open_model("iris")) return 0;
    for (size_t input = 0; input < 4; input++) TRY(sidekick_rows_add_number_at(rows, input, flower[input], &error));
    TRY(sidekick_rows_end_row(rows, &error));
    if (!predict()) return 0;
    outputs = sidekick_deployment_feature_count(model, SIDEKICK_OUTPUT);
    TRY(sidekick_deployment_feature_index(model, SIDEKICK_OUTPUT, "predict_proba", SIDEKICK_NUL,
                                          &probabilities, &error));
    TRY(sidekick_predictions_top(found, probabilities, 0, 0, &label, &length, &probability, &error));
    printf("%s %.4f, %d output%s", label, probability, (int)outputs, outputs == 1 ? "" : "s");
    return 1;
}

static int labels(void) {
    return set_description("{\"outputs\": [{\"name\": \"predict_proba\", "
                           "\"labels\": [\"setosa\", \"versicolor\", \"virginica\"]}]}") && print_species();
}

/* The second row leaves an input out. */
static int server_optional(void) {
    if (!open_model("optional")) return 0;
    TRY(sidekick_rows_add_number_at(rows, 1, 5, &error));
    if (!add(1) || !add(1) || !predict()) return 0;
    printf("%.0f %.0f", number(0, 0), number(0, 1));
    return 1;
}

static int optional(void) {
    return set_description("{\"inputs\": [{\"name\": \"offset\", \"optional\": true}]}") && server_optional();
}

/* The URL of a server is no model's: the error names those that there are. */
static int models(void) {
    char url[512];
    snprintf(url, sizeof url, "%s/v2", base);
    sidekick_deployment_open(url, SIDEKICK_NUL, "", 0, options, NULL, &model, &error);
    printf("%s", strstr(sidekick_error_message(error, NULL), "floats") != NULL ? "named" : "not named");
    return 1;
}

static const struct {
    const char *name;
    int (*run)(void);
} scenarios[] = {
    {"describe", describe},
    {"limit", limit},
    {"one row", one_row},
    {"JSON", json},
    {"columns", columns},
    {"gzip", gzip},
    {"batches", batches},
    {"stream", stream},
    {"fixed", fixed},
    {"types", types},
    {"NaN", floats},
    {"FP16", half},
    {"FP16 as JSON", half_as_json},
    {"BF16", bfloat},
    {"text", text},
    {"image", image},
    {"unknown model", unknown_model},
    {"unknown version", unknown_version},
    {"wrong value", wrong_value},
    {"model's error", failing},
    {"bad rows", bad_rows},
    {"failing rows", failing_rows},
    {"cancel", cancel},
    {"versions", versions},
    {"sizes", sizes},
    {"integer", integer},
    {"bytes", bytes},
    {"labels", labels},
    {"server's labels", print_species},
    {"optional", optional},
    {"server's optional", server_optional},
    {"models", models},
};

static void run(const char *name) {
    size_t at = 0;
    while (at < sizeof scenarios / sizeof *scenarios && strcmp(scenarios[at].name, name) != 0) at++;
    printf("%s: ", name);
    if (at == sizeof scenarios / sizeof *scenarios) {
        printf("unknown\n");
        return;
    }
    sidekick_options_new(&options, &error);
    scenarios[at].run();
    putchar('\n');
    sidekick_error_free(error), sidekick_predictions_free(found), sidekick_rows_free(rows);
    sidekick_deployment_free(model), sidekick_options_free(options);
    error = NULL, found = NULL, rows = NULL, model = NULL, options = NULL;
}

int main(int argc, char **argv) {
    base = argc > 1 ? argv[1] : "";
    for (int at = 2; at < argc; at++) run(argv[at]);
    return argc < 3;
}
