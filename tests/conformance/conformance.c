/* Sends values of every type by both protocols and reads results of every type: conformance FILE, run by
 * server.py. FILE gets the bits of all that was read, a line each. They are the same on every system. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sidekick.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define OK(call) check((call), #call, __LINE__)

enum { NUMBER, FLAG, CATEGORY, TEXT, PICTURE, GREY, ARRAY };
enum { ELEMENTS = 6, MOST_SAMPLES = 64 * 64 * 3 };

/* The bits of some elements of each type, in the order of the constants SIDEKICK_DTYPE_. The ends of the type's
 * range are among them. */
static const uint64_t BITS[][ELEMENTS] = {
    {0x80000000, 0x00000001, 0x3dcccccd, 0xc0490fdb, 0x7f7fffff, 0x4b7fffff},
    {0x8000000000000000, 1, 0x3fb999999999999a, 0x3fd5555555555555, 0xc7e0000000000000, 0x4340000000000001},
    {0x80, 0x7f, 0xff, 0, 1, 0x63},
    {0x8000, 0x7fff, 0xffff, 0x0100, 1, 0x3039},
    {0x80000000, 0x7fffffff, 0xffffffff, 0x01020304, 1, 0x075bcd15},
    {0x8000000000000000, 0x7fffffffffffffff, 0xffffffffffffffff, 0x0102030405060708, 1, 0x0020000000000001},
    {0x80, 0x7f, 0xff, 0, 1, 0x63},
    {0x8000, 0x7fff, 0xffff, 0x0100, 1, 0x3039},
    {0x80000000, 0x7fffffff, 0xffffffff, 0x01020304, 1, 0x075bcd15},
    {0x8000000000000000, 0x7fffffffffffffff, 0xffffffffffffffff, 0x0102030405060708, 1, 0x0020000000000001},
    {0x8000, 0x0001, 0x2e66, 0xc248, 0x7bff, 0x3c01},
    {0x8000, 0x0001, 0x3dcd, 0xc049, 0x7f7f, 0x3f81},
    {0, 1, 1, 0, 0xff, 7},
};
/* Not numbers, and infinities: only bytes carry them. */
static const uint64_t SPECIAL[][ELEMENTS] = {
    {0x7f800000, 0xff800000, 0x7fc00000, 0x7f800001, 0xffc12345, 0x7fffffff},
    {0x7ff0000000000000, 0xfff0000000000000, 0x7ff8000000000000, 0x7ff0000000000001, 0xfff8000012345678,
     0x7fffffffffffffff},
};
static const size_t SIZES[] = {4, 8, 1, 2, 4, 8, 1, 2, 4, 8, 2, 2, 1};
enum { DTYPES = COUNT(SIZES) };

static const double NUMBERS[] = {
    0.1,          -0.0,        1.0 / 3, 5e-324,   1.7976931348623157e308, -2.2250738585072014e-308, 1e22, 1e23,
    123456789.125, 4.35,       9007199254740993.0, 8388607.5, -8388608.5, 1e-7, 0.000016, 100.01, -34.5584,
    0.30000000000000004, 1e16, 1e17, 63.999999, 2147483648.0};
static const char *const TEXTS[] = {
    "", "plain", "l\xc3\xa4ngd \xf0\x9f\xa6\x8a", "\"quoted\" \\ \n\t\x01",
    "more than sixteen bytes of text, and then \"some\" more of it, beyond sixty-four"};
static const char *const LABELS[] = {"a", "b", "r\xc3\xa4ka"};

static FILE *out;
static sidekick_error *error;

static void check(sidekick_status status, const char *call, int line) {
    if (status == SIDEKICK_OK) return;
    fprintf(stderr, "conformance.c:%d: %s\n%s\n", line, call, sidekick_error_message(error, NULL));
    exit(1);
}

/* An element's bits as a number, whatever the byte order. */
static uint64_t bits_of(const unsigned char *element, size_t size) {
    uint16_t two;
    uint32_t four;
    uint64_t eight;
    switch (size) {
    case 1: return *element;
    case 2: memcpy(&two, element, 2); return two;
    case 4: memcpy(&four, element, 4); return four;
    default: memcpy(&eight, element, 8); return eight;
    }
}

static void put_bits(unsigned char *element, uint64_t bits, size_t size) {
    const uint8_t one = (uint8_t)bits;
    const uint16_t two = (uint16_t)bits;
    const uint32_t four = (uint32_t)bits;
    switch (size) {
    case 1: memcpy(element, &one, 1); break;
    case 2: memcpy(element, &two, 2); break;
    case 4: memcpy(element, &four, 4); break;
    default: memcpy(element, &bits, 8); break;
    }
}

/* Writes a line: what was read, and the bits of its elements. */
static void say(const char *what, size_t row, const void *elements, size_t size, size_t count) {
    size_t i;
    fprintf(out, "%s %lu:", what, (unsigned long)row);
    for (i = 0; i < count; i++) {
        const uint64_t bits = bits_of((const unsigned char *)elements + i * size, size);
        fprintf(out, " %lx.%08lx", (unsigned long)(bits >> 32), (unsigned long)(bits & 0xffffffff));
    }
    fprintf(out, "\n");
}

static void say_text(const char *what, size_t row, const char *text, size_t length) {
    say(what, row, text, 1, length);
}

static const char *url_of(const char *path) {
    static char url[256];
    snprintf(url, sizeof url, "%s%s", getenv("SIDEKICK_CONFORMANCE_URL"), path);
    return url;
}

/* Opens a deployment whose requests come one after another. */
static sidekick_deployment *open_at(const char *path, int32_t wire, const char *description) {
    sidekick_options *options = NULL;
    sidekick_deployment *deployment = NULL;
    OK(sidekick_options_new(&options, &error));
    OK(sidekick_options_set_proxy(options, "", 0, &error));
    OK(sidekick_options_set_max_in_flight(options, 1, &error));
    OK(sidekick_options_set_batch_rows(options, 8, &error));
    OK(sidekick_options_set_wire(options, wire, &error));
    OK(sidekick_options_set_response_timeout(options, 600000, &error));
    if (description) OK(sidekick_options_set_model_description(options, description, SIDEKICK_NUL, &error));
    OK(sidekick_deployment_open(url_of(path), SIDEKICK_NUL, "token", SIDEKICK_NUL, options, NULL,
                                &deployment, &error));
    sidekick_options_free(options);
    return deployment;
}

static sidekick_predictions *predict(const sidekick_deployment *deployment, const sidekick_rows *rows) {
    sidekick_predictions *predictions = NULL;
    OK(sidekick_deployment_predict(deployment, rows, NULL, &predictions, &error));
    return predictions;
}

/* Adds an array of [2, 3] elements, forwards or with both axes backwards. */
static void add_array(sidekick_rows *rows, size_t input, int32_t dtype, const uint64_t *bits, int backwards) {
    const size_t shape[] = {2, 3}, size = SIZES[dtype - 1];
    const ptrdiff_t strides[] = {-3 * (ptrdiff_t)size, -(ptrdiff_t)size};
    unsigned char bytes[ELEMENTS * 8];
    size_t i;
    for (i = 0; i < ELEMENTS; i++) {
        put_bits(bytes + i * size, bits[backwards ? ELEMENTS - 1 - i : i], size);
    }
    if (backwards) {
        /* The data begin with the first element, which comes last; the others are before it. */
        const unsigned char *first = bytes + (ELEMENTS - 1) * size;
        OK(sidekick_rows_add_array_at(rows, input, dtype, shape, 2, strides, first, size, &error));
    } else {
        OK(sidekick_rows_add_array_at(rows, input, dtype, shape, 2, NULL, bytes, ELEMENTS * size, &error));
    }
}

/* An image whose samples differ from row to row; PNG, or JPEG of a quality. */
static void add_pixels(sidekick_rows *rows, size_t input, uint32_t side, uint32_t channels, int32_t quality) {
    unsigned char samples[16 * 16 * 4];
    uint32_t i;
    for (i = 0; i < side * side * channels; i++) {
        samples[i] = (unsigned char)(i * 7 + i / 16 * 31 + (uint32_t)quality);
    }
    OK(sidekick_rows_add_pixels_at(rows, input, side, side, channels, 0, samples, side * side * channels,
                                   quality, &error));
}

static void add_row(sidekick_rows *rows, size_t row) {
    const int32_t dtype = 1 + (int32_t)(row % DTYPES);
    OK(sidekick_rows_add_number_at(rows, NUMBER, NUMBERS[row % COUNT(NUMBERS)], &error));
    OK(sidekick_rows_add_binary_at(rows, FLAG, row % 2, &error));
    OK(sidekick_rows_add_category_at(rows, CATEGORY, LABELS[row % COUNT(LABELS)], SIDEKICK_NUL, &error));
    OK(sidekick_rows_add_text_at(rows, TEXT, TEXTS[row % COUNT(TEXTS)], SIDEKICK_NUL, &error));
    add_pixels(rows, PICTURE, 16, row % 3 == 0 ? 4 : 3, row % 2 ? 0 : 50 + (int32_t)row);
    add_pixels(rows, GREY, 8, 1, row % 2 ? 95 : 0);
    add_array(rows, ARRAY, dtype, BITS[dtype - 1], row >= DTYPES);
    OK(sidekick_rows_end_row(rows, &error));
}

static void read_image(const sidekick_predictions *predictions, size_t output, size_t row) {
    static unsigned char samples[MOST_SAMPLES];
    const void *encoded = NULL;
    const char *media_type = NULL;
    size_t size = 0;
    uint32_t sides[3] = {0, 0, 0};
    OK(sidekick_predictions_image(predictions, output, row, &encoded, &size, &media_type, &error));
    say_text(media_type, row, encoded, size);
    OK(sidekick_predictions_image_size(predictions, output, row, &sides[0], &sides[1], &sides[2], &error));
    say("sides", row, sides, sizeof *sides, 3);
    size = (size_t)sides[0] * sides[1] * sides[2];
    OK(sidekick_predictions_image_pixels(predictions, output, row, samples, size, &error));
    say("samples", row, samples, 1, size);
}

static void read_array(const sidekick_predictions *predictions, size_t output, size_t row) {
    const float *floats = NULL;
    size_t count = 0;
    int32_t dtype;
    unsigned char *copy;
    OK(sidekick_predictions_array(predictions, output, row, &floats, &count, &error));
    say("floats", row, floats, sizeof *floats, count);
    copy = malloc(count * 8);
    for (dtype = 1; dtype <= DTYPES; dtype++) {
        const size_t size = SIZES[dtype - 1];
        if (dtype == SIDEKICK_DTYPE_BOOL) continue;
        OK(sidekick_predictions_copy_array(predictions, output, row, dtype, copy, count * size, &error));
        say("copy", (size_t)dtype, copy, size, count);
    }
    free(copy);
}

static void read_row(const sidekick_predictions *predictions, size_t row) {
    double number = 0;
    const double *probabilities = NULL;
    const char *text = NULL;
    size_t count = 0, rank;
    OK(sidekick_predictions_number(predictions, NUMBER, row, &number, &error));
    say("number", row, &number, sizeof number, 1);
    OK(sidekick_predictions_number(predictions, FLAG, row, &number, &error));
    say("flag", row, &number, sizeof number, 1);
    OK(sidekick_predictions_probabilities(predictions, CATEGORY, row, &probabilities, &count, &error));
    say("probabilities", row, probabilities, sizeof *probabilities, count);
    for (rank = 0; rank < count; rank++) {
        OK(sidekick_predictions_top(predictions, CATEGORY, row, rank, &text, &count, &number, &error));
        say_text("top", row, text, count);
        count = COUNT(LABELS);
    }
    OK(sidekick_predictions_text(predictions, TEXT, row, &text, &count, &error));
    say_text("text", row, text, count);
    read_image(predictions, PICTURE, row);
    read_image(predictions, GREY, row);
    read_array(predictions, ARRAY, row);
}

static void saved_npy(const sidekick_predictions *predictions, const char *folder_file) {
    static unsigned char bytes[4096];
    FILE *file;
    size_t size;
    OK(sidekick_predictions_save_npy(predictions, ARRAY, 0, folder_file, SIDEKICK_NUL, &error));
    file = fopen(folder_file, "rb");
    size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    remove(folder_file);
    say_text("npy", 0, (const char *)bytes, size);
}

/* Every type, value by value. */
static void test_values(const char *path, const char *npy) {
    sidekick_deployment *deployment = open_at(path, SIDEKICK_WIRE_AUTO, NULL);
    sidekick_rows *rows = NULL;
    sidekick_predictions *predictions;
    size_t row;
    OK(sidekick_rows_new(deployment, &rows, &error));
    for (row = 0; row < 2 * DTYPES; row++) {
        add_row(rows, row);
    }
    predictions = predict(deployment, rows);
    for (row = 0; row < sidekick_predictions_count(predictions); row++) {
        read_row(predictions, row);
    }
    saved_npy(predictions, npy);
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
}

/* Columns of a table: numbers of each dtype for `number` and `array`, the other inputs as pieces or texts. */
static void add_table(sidekick_rows *rows, int32_t dtype, const void *image, size_t image_size) {
    enum { ROWS = 3 };
    const size_t size = SIZES[dtype - 1], inputs[] = {NUMBER, FLAG, CATEGORY, TEXT, PICTURE, GREY, ARRAY};
    static const unsigned char flags[ROWS] = {0, 1, 1};
    static const char labels[] = "a\0b\0r\xc3\xa4ka", texts[] = "\0l\xc3\xa4ngd\0\"\\";
    const int32_t kinds[] = {dtype, SIDEKICK_DTYPE_BOOL, SIDEKICK_COLUMN_TEXTS, SIDEKICK_COLUMN_TEXTS,
                             SIDEKICK_COLUMN_PIECES, SIDEKICK_COLUMN_PIECES, dtype};
    const size_t ends[] = {image_size, 2 * image_size, 3 * image_size};
    unsigned char numbers[ROWS * 8], arrays[ROWS * ELEMENTS * 8], *images = malloc(ROWS * image_size);
    const void *values[] = {numbers, flags, labels, texts, images, images, arrays};
    const size_t sizes[] = {ROWS * size, sizeof flags, sizeof labels, sizeof texts, ends[2], ends[2],
                            ROWS * ELEMENTS * size};
    const size_t *all_ends[] = {NULL, NULL, NULL, NULL, ends, ends, NULL};
    size_t i;
    for (i = 0; i < ROWS * ELEMENTS; i++) {
        put_bits(arrays + i * size, BITS[dtype - 1][i % ELEMENTS], size);
    }
    for (i = 0; i < ROWS; i++) {
        put_bits(numbers + i * size, BITS[dtype - 1][3 + i], size);
        memcpy(images + i * image_size, image, image_size);
    }
    OK(sidekick_rows_add_columns(rows, ROWS, COUNT(inputs), inputs, kinds, values, sizes, all_ends, &error));
    free(images);
}

static void put_record(unsigned char **end, uint32_t kind, uint32_t input, const void *payload,
                       uint64_t length) {
    memcpy(*end, &kind, 4);
    memcpy(*end + 4, &input, 4);
    memcpy(*end + 8, &length, 8);
    memset(*end + 16, 0, (size_t)(length + 7) / 8 * 8);
    if (length > 0) memcpy(*end + 16, payload, (size_t)length);
    *end += 16 + (size_t)(length + 7) / 8 * 8;
}

/* A row of packed records, with its images and its array between them. */
static void add_packed(sidekick_rows *rows) {
    unsigned char records[512], *end = records;
    const double number = -0.1;
    const int64_t flag = 1;
    put_record(&end, SIDEKICK_RECORD_NUMBER, NUMBER, &number, sizeof number);
    put_record(&end, SIDEKICK_RECORD_BINARY, FLAG, &flag, sizeof flag);
    put_record(&end, SIDEKICK_RECORD_CATEGORY, CATEGORY, LABELS[2], strlen(LABELS[2]));
    put_record(&end, SIDEKICK_RECORD_TEXT, TEXT, TEXTS[2], strlen(TEXTS[2]));
    OK(sidekick_rows_add_packed(rows, records, (size_t)(end - records), &error));
    add_pixels(rows, PICTURE, 16, 3, 80);
    add_pixels(rows, GREY, 8, 1, 0);
    add_array(rows, ARRAY, SIDEKICK_DTYPE_F32, BITS[0], 0);
    end = records;
    put_record(&end, SIDEKICK_RECORD_END_ROW, 0, NULL, 0);
    OK(sidekick_rows_add_packed(rows, records, (size_t)(end - records), &error));
}

/* Tables and packed records, with an image that a response brought. */
static void test_tables(void) {
    sidekick_deployment *deployment = open_at("/deployment/typed/forward", SIDEKICK_WIRE_AUTO, NULL);
    sidekick_rows *rows = NULL;
    sidekick_predictions *first, *predictions;
    const double *numbers = NULL;
    const void *image = NULL;
    size_t count = 0;
    int32_t dtype;
    OK(sidekick_rows_new(deployment, &rows, &error));
    add_packed(rows);
    first = predict(deployment, rows);
    OK(sidekick_predictions_image(first, GREY, 0, &image, &count, NULL, &error));
    for (dtype = 1; dtype <= DTYPES; dtype++) {
        /* A number of a table is a signed 64-bit integer, or a float. */
        if (dtype != SIDEKICK_DTYPE_BOOL) add_table(rows, dtype, image, count);
    }
    predictions = predict(deployment, rows);
    OK(sidekick_predictions_numbers(predictions, NUMBER, &numbers, &count, &error));
    say("numbers", 0, numbers, sizeof *numbers, count);
    sidekick_predictions_free(first);
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
}

/* A row of a tensor of each datatype, from arrays of its dtype, or of another. */
static void add_tensors(sidekick_rows *rows, size_t row) {
    static const char bytes[] = "any \0 bytes";
    int32_t input;
    for (input = 0; input < DTYPES; input++) {
        const int special = row == 2 && input < (int32_t)COUNT(SPECIAL);
        const int32_t dtype = row == 3 && input < 2 ? SIDEKICK_DTYPE_I32 : input + 1;
        add_array(rows, (size_t)input, dtype, special ? SPECIAL[input] : BITS[dtype - 1], row == 1);
    }
    OK(sidekick_rows_add_bytes_at(rows, DTYPES, bytes, row == 0 ? 0 : sizeof bytes, &error));
    OK(sidekick_rows_end_row(rows, &error));
}

static void read_tensors(const sidekick_predictions *predictions) {
    size_t output, row;
    for (output = 0; output < DTYPES; output++) {
        const void *elements = NULL;
        const float *floats = NULL;
        size_t size = 0;
        int32_t dtype = 0;
        OK(sidekick_predictions_elements_column(predictions, output, &elements, &size, &dtype, &error));
        say("elements", (size_t)dtype, elements, SIZES[dtype - 1], size / SIZES[dtype - 1]);
        OK(sidekick_predictions_arrays(predictions, output, &floats, &size, &error));
        say("floats", (size_t)dtype, floats, sizeof *floats, size);
    }
    for (row = 0; row < sidekick_predictions_count(predictions); row++) {
        const void *value = NULL;
        size_t size = 0;
        OK(sidekick_predictions_bytes(predictions, DTYPES, row, &value, &size, &error));
        say_text("bytes", row, value, size);
    }
}

/* Tensors of every datatype, as bytes and as JSON. */
static void test_tensors(int32_t wire) {
    static const char description[] =
        "{\"inputs\":[{\"name\":\"bytes\",\"type\":\"bytes\",\"content_type\":\"base64\"}],"
        "\"outputs\":[%s{\"name\":\"bytes_out\",\"type\":\"bytes\",\"content_type\":\"base64\"}]}";
    static const char *const names[] = {"fp32",  "fp64",   "int8",   "int16",  "int32", "int64", "uint8",
                                        "uint16", "uint32", "uint64", "fp16", "bf16", "bool"};
    char outputs[512] = "", text[1024];
    sidekick_deployment *model;
    sidekick_rows *rows = NULL;
    sidekick_predictions *predictions;
    size_t row;
    for (row = 0; row < DTYPES; row++) {
        sprintf(outputs + strlen(outputs), "{\"name\":\"%s_out\"},", names[row]);
    }
    snprintf(text, sizeof text, description, outputs);
    model = open_at("/v2/models/datatypes", wire, text);
    OK(sidekick_rows_new(model, &rows, &error));
    for (row = 0; row < 4; row++) {
        if (row != 2 || wire == SIDEKICK_WIRE_BINARY) add_tensors(rows, row);
    }
    predictions = predict(model, rows);
    read_tensors(predictions);
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(model);
}

/* Images as tensors of normalized pixels: a file that a response brought. */
static void test_pixels(void) {
    static const char description[] =
        "{\"inputs\":[{\"name\":\"image\",\"type\":\"image\",\"layout\":\"CHW\","
        "\"scale\":0.00392156862745098,"
        "\"mean\":[0.485,0.456,0.406],\"std\":[0.229,0.224,0.225]},{\"name\":\"file\",\"type\":\"image\"}],"
        "\"outputs\":[{\"name\":\"image_out\"},{\"name\":\"file_out\",\"type\":\"bytes\"}]}";
    sidekick_deployment *deployment = open_at("/deployment/typed/forward", SIDEKICK_WIRE_AUTO, NULL);
    sidekick_deployment *model = open_at("/v2/models/pixels", SIDEKICK_WIRE_BINARY, description);
    sidekick_rows *rows = NULL, *images = NULL;
    sidekick_predictions *first, *predictions;
    const void *image = NULL;
    const float *floats = NULL;
    size_t size = 0, row;
    OK(sidekick_rows_new(deployment, &rows, &error));
    for (row = 0; row < 2; row++) {
        add_row(rows, row);
    }
    first = predict(deployment, rows);
    OK(sidekick_rows_new(model, &images, &error));
    for (row = 0; row < 2; row++) {
        OK(sidekick_predictions_image(first, PICTURE, row, &image, &size, NULL, &error));
        OK(sidekick_rows_add_image_at(images, 0, image, size, &error));
        OK(sidekick_rows_add_image_at(images, 1, image, size, &error));
        OK(sidekick_rows_end_row(images, &error));
    }
    predictions = predict(model, images);
    OK(sidekick_predictions_arrays(predictions, 0, &floats, &size, &error));
    say("pixels", 0, floats, sizeof *floats, size);
    sidekick_predictions_free(first);
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_rows_free(images);
    sidekick_deployment_free(deployment);
    sidekick_deployment_free(model);
}

int main(int argc, char **argv) {
    char npy[1024];
    if (argc != 2 || getenv("SIDEKICK_CONFORMANCE_URL") == NULL) {
        fprintf(stderr, "usage: server.py RECORD conformance FILE\n");
        return 2;
    }
    out = fopen(argv[1], "wb");
    if (out == NULL) {
        perror(argv[1]);
        return 2;
    }
    snprintf(npy, sizeof npy, "%s.npy", argv[1]);
    test_values("/deployment/typed/forward", npy);
    test_values("/deployment/typed-npy/forward", npy);
    test_tables();
    test_tensors(SIDEKICK_WIRE_BINARY);
    test_tensors(SIDEKICK_WIRE_JSON);
    test_pixels();
    return fclose(out) != 0;
}
