/* The library from C. */
#include "bench.h"
#include <sidekick.h>

typedef struct {
    bench_task task;
    sidekick_deployment *deployment;
    sidekick_rows *rows;
    bench_row *table;
    size_t table_rows;
    bench_file arrays, pixels, jpeg;
} client;

static void check(sidekick_status status, sidekick_error *error) {
    if (status != SIDEKICK_OK) bench_fail(sidekick_error_message(error, NULL));
}

static void add_row(client *it, size_t index) {
    static const size_t shape[] = {SIDE, SIDE, CHANNELS};
    const bench_task *task = &it->task;
    sidekick_error *error = NULL;
    if (it->table) {
        const bench_row *row = &it->table[index % it->table_rows];
        size_t numbers = bench_is(task, "numbers") ? 4 : NUMBERS;
        for (size_t i = 0; i < numbers; ++i)
            check(sidekick_rows_add_number_at(it->rows, i, row->numbers[i], &error), error);
        for (size_t i = 0; numbers == NUMBERS && i < TEXTS; ++i)
            check((i < 2 ? sidekick_rows_add_text_at : sidekick_rows_add_category_at)(
                      it->rows, NUMBERS + i, row->texts[i], SIDEKICK_NUL, &error),
                  error);
    } else if (bench_is(task, "array")) {
        size_t size = ELEMENTS * sizeof(float);
        const unsigned char *array = it->arrays.bytes + index % ARRAYS * size;
        check(sidekick_rows_add_array_at(it->rows, 0, SIDEKICK_DTYPE_F32, shape, 3, NULL, array, size, &error), error);
    } else if (bench_is(task, "jpeg")) {
        check(sidekick_rows_add_image_at(it->rows, 0, it->jpeg.bytes, it->jpeg.size, &error), error);
    } else {
        int32_t quality = bench_is(task, "pixels-jpeg") ? JPEG_QUALITY : 0;
        check(sidekick_rows_add_pixels_at(it->rows, 0, WIDTH, HEIGHT, 3, 0, it->pixels.bytes, it->pixels.size, quality,
                                          &error),
              error);
    }
    check(sidekick_rows_end_row(it->rows, &error), error);
}

static uint64_t checksum_row(const client *it, const sidekick_predictions *predictions, size_t row) {
    sidekick_error *error = NULL;
    uint64_t sum = 0;
    size_t outputs = sidekick_deployment_feature_count(it->deployment, SIDEKICK_OUTPUT);
    for (size_t output = 0; output < outputs; ++output) {
        int32_t type;
        const double *probabilities;
        const float *elements;
        const char *label;
        size_t count, length;
        double number;
        check(sidekick_deployment_feature_type(it->deployment, SIDEKICK_OUTPUT, output, &type, &error), error);
        if (type == SIDEKICK_TYPE_CATEGORICAL) {
            check(sidekick_predictions_probabilities(predictions, output, row, &probabilities, &count, &error), error);
            for (size_t i = 0; i < count; ++i) sum += bench_bits(probabilities[i]);
            check(sidekick_predictions_top(predictions, output, row, 0, &label, &length, &number, &error), error);
            sum += bench_label(label, length);
        } else if (bench_is(&it->task, "numbers")) {
            check(sidekick_predictions_array(predictions, output, row, &elements, &count, &error), error);
            for (size_t i = 0; i < count; ++i) sum += bench_bits(elements[i]);
        } else {
            check(sidekick_predictions_number(predictions, output, row, &number, &error), error);
            sum += bench_bits(number);
        }
    }
    return sum;
}

static void build(client *it, size_t first, size_t rows) {
    sidekick_rows_clear(it->rows, NULL);
    for (size_t row = 0; row < rows; ++row) add_row(it, first + row);
}

/* Reads every result. */
static uint64_t checksum(const client *it, sidekick_predictions *predictions) {
    uint64_t sum = 0;
    for (size_t row = 0; row < sidekick_predictions_count(predictions); ++row) sum += checksum_row(it, predictions, row);
    sidekick_predictions_free(predictions);
    return sum;
}

static uint64_t predict(client *it, size_t first, size_t rows) {
    sidekick_error *error = NULL;
    sidekick_predictions *predictions;
    build(it, first, rows);
    check(sidekick_deployment_predict(it->deployment, it->rows, &predictions, &error), error);
    return checksum(it, predictions);
}

static uint64_t take(const client *it, sidekick_stream *stream) {
    sidekick_error *error = NULL;
    sidekick_predictions *predictions;
    check(sidekick_stream_next(stream, &predictions, &error), error);
    return checksum(it, predictions);
}

/* Builds each request while the one before it is under way. */
static uint64_t streamed(void *context, size_t index) {
    client *it = (client *)context;
    sidekick_error *error = NULL;
    sidekick_stream *stream;
    uint64_t sum = 0;
    (void)index;
    check(sidekick_stream_new(it->deployment, NULL, &stream, &error), error);
    for (size_t request = 0; request < it->task.requests; ++request) {
        build(it, request * it->task.rows, it->task.rows);
        sum += take(it, stream);
        check(sidekick_stream_push(stream, it->rows, &error), error);
    }
    sum += take(it, stream);
    sidekick_stream_free(stream);
    return sum;
}

static uint64_t one_request(void *context, size_t index) {
    client *it = (client *)context;
    return predict(it, index * it->task.rows, it->task.rows);
}

static uint64_t all_requests(void *context, size_t index) {
    client *it = (client *)context;
    (void)index;
    return predict(it, 0, it->task.rows * it->task.requests);
}

int main(int count, char **arguments) {
    client it = {bench_arguments(count, arguments), NULL, NULL, NULL, 0, {0}, {0}, {0}};
    const int stream = bench_is(&it.task, "table-streamed") || bench_is(&it.task, "array");
    if (strncmp(it.task.kind, "table", 5) == 0 || bench_is(&it.task, "numbers")) it.table = bench_table(&it.table_rows);
    if (bench_is(&it.task, "array")) it.arrays = bench_data("arrays.f32");
    if (bench_is(&it.task, "jpeg")) it.jpeg = bench_data("picture.jpg");
    if (strncmp(it.task.kind, "pixels", 6) == 0) it.pixels = bench_data("pixels.rgb");

    sidekick_error *error = NULL;
    sidekick_options *options;
    check(sidekick_options_new(&options, &error), error);
    check(sidekick_options_set_batch_rows(options, it.task.rows, &error), error);
    size_t in_flight = it.task.in_flight ? it.task.in_flight : stream ? 2 : 1;
    check(sidekick_options_set_max_in_flight(options, in_flight, &error), error);
    check(sidekick_deployment_open(it.task.url, SIDEKICK_NUL, "token", SIDEKICK_NUL, options, &it.deployment, &error),
          error);
    check(sidekick_rows_new(it.deployment, &it.rows, &error), error);
    if (stream)
        bench_measure(1, streamed, &it);
    else if (it.task.in_flight)
        bench_measure(1, all_requests, &it);
    else
        bench_measure(it.task.requests, one_request, &it);
    sidekick_rows_free(it.rows);
    sidekick_deployment_free(it.deployment);
    sidekick_options_free(options);
    return 0;
}
