/* The library from C: tables column by column, or value by value if there is one row a request, or the
 * task says so. Kinds that begin with "tensor" are models of the Open Inference Protocol. */
#include "bench.h"
#include <sidekick.h>

/* What deployments give; NONE is the index of an output that one does not have. */
enum { NUMBER, CLASS, ARRAY, OUTPUTS };
static const char *const OUTPUT_NAMES[] = {"number", "class", "array"};
static const size_t NONE = SIZE_MAX;

typedef struct {
    bench_task task;
    sidekick_deployment *deployment;
    sidekick_rows *rows;
    bench_row *table;
    size_t table_rows;
    bench_columns columns;
    bench_features *features;
    bench_file arrays, pixels, jpeg;
    /* The indexes of the table's inputs, and those of the outputs. */
    size_t numbers[NUMBERS], texts[TEXTS], outputs[OUTPUTS];
} client;

static void check(sidekick_status status, sidekick_error *error) {
    if (status != SIDEKICK_OK) bench_fail(sidekick_error_message(error, NULL));
}

static size_t index_of(const client *it, int32_t side, const char *name) {
    size_t index;
    sidekick_status found = sidekick_deployment_feature_index(it->deployment, side, name, SIDEKICK_NUL, &index, NULL);
    return found == SIDEKICK_OK ? index : NONE;
}

static void add_table_row(client *it, const bench_row *row) {
    int whole = !bench_is(&it->task, "numbers");
    sidekick_error *error = NULL;
    for (size_t i = 0; i < (whole ? NUMBERS : 4); ++i)
        check(sidekick_rows_add_number_at(it->rows, it->numbers[i], row->numbers[i], &error), error);
    for (size_t i = 0; whole && i < 2; ++i)
        check(sidekick_rows_add_text_at(it->rows, it->texts[i], row->texts[i], SIDEKICK_NUL, &error), error);
    for (size_t i = 2; whole && i < TEXTS; ++i)
        check(sidekick_rows_add_category_at(it->rows, it->texts[i], row->texts[i], SIDEKICK_NUL, &error), error);
}

static void add_row(client *it, size_t index) {
    static const size_t shape[] = {SIDE, SIDE, CHANNELS}, numbers[] = {NUMBERS};
    sidekick_error *error = NULL;
    if (it->features) {
        const float *features = it->features[index % it->table_rows];
        check(sidekick_rows_add_array_at(it->rows, 0, SIDEKICK_DTYPE_F32, numbers, 1, NULL, features,
                                         sizeof(bench_features), &error),
              error);
    } else if (it->table) {
        add_table_row(it, &it->table[index % it->table_rows]);
    } else if (it->arrays.size) {
        size_t size = ELEMENTS * sizeof(float);
        const unsigned char *array = it->arrays.bytes + index % ARRAYS * size;
        check(sidekick_rows_add_array_at(it->rows, 0, SIDEKICK_DTYPE_F32, shape, 3, NULL, array, size, &error), error);
    } else if (bench_is(&it->task, "jpeg")) {
        check(sidekick_rows_add_image_at(it->rows, 0, it->jpeg.bytes, it->jpeg.size, &error), error);
    } else {
        int32_t quality = bench_is(&it->task, "pixels-jpeg") ? JPEG_QUALITY : 0;
        check(sidekick_rows_add_pixels_at(it->rows, 0, WIDTH, HEIGHT, 3, 0, it->pixels.bytes, it->pixels.size, quality,
                                          &error),
              error);
    }
    check(sidekick_rows_end_row(it->rows, &error), error);
}

/* The columns of one call. */
typedef struct {
    size_t count, inputs[NUMBERS + TEXTS], sizes[NUMBERS + TEXTS];
    int32_t kinds[NUMBERS + TEXTS];
    const void *values[NUMBERS + TEXTS];
} columns;

static void put_column(columns *all, size_t input, int32_t kind, const void *values, size_t size) {
    all->inputs[all->count] = input;
    all->kinds[all->count] = kind;
    all->values[all->count] = values;
    all->sizes[all->count++] = size;
}

static void put_numbers(const client *it, columns *all, size_t first, size_t rows) {
    size_t doubles = bench_is(&it->task, "tensor-columns") ? DOUBLES : NUMBERS;
    const bench_columns *from = &it->columns;
    for (size_t i = 0; i < doubles; ++i)
        put_column(all, it->numbers[i], SIDEKICK_DTYPE_F64, from->numbers[i] + first, rows * sizeof(double));
    for (size_t i = doubles; i < NUMBERS; ++i)
        put_column(all, it->numbers[i], SIDEKICK_DTYPE_F32, from->floats[i] + first, rows * sizeof(float));
}

static void put_texts(const client *it, columns *all, size_t first, size_t rows) {
    size_t texts = bench_is(&it->task, "tensor-columns") ? TEXTS - CODES : TEXTS;
    for (size_t i = 0; i < texts; ++i) {
        const size_t *starts = it->columns.starts[i] + first;
        const char *values = it->columns.texts[i] + starts[0];
        put_column(all, it->texts[i], SIDEKICK_COLUMN_TEXTS, values, starts[rows] - starts[0]);
    }
    for (size_t i = texts; i < TEXTS; ++i) {
        const int64_t *values = it->columns.codes[i - texts] + first;
        put_column(all, it->texts[i], SIDEKICK_DTYPE_I64, values, rows * sizeof(int64_t));
    }
}

/* Adds rows of the table that follow one another, all of their columns in one call. */
static void add_columns(client *it, size_t first, size_t rows) {
    columns all = {0};
    sidekick_error *error = NULL;
    put_numbers(it, &all, first, rows);
    put_texts(it, &all, first, rows);
    sidekick_status added = sidekick_rows_add_columns(it->rows, rows, all.count, all.inputs, all.kinds, all.values,
                                                      all.sizes, NULL, &error);
    check(added, error);
}

/* Reads every result, a column at a time. */
static uint64_t checksum(const client *it, const sidekick_predictions *predictions) {
    sidekick_error *error = NULL;
    const double *values;
    const float *elements;
    const char *label;
    double most;
    size_t count, length, stride = bench_stride(&it->task);
    uint64_t sum = 0;
    if (it->outputs[NUMBER] != NONE) {
        check(sidekick_predictions_numbers(predictions, it->outputs[NUMBER], &values, &count, &error), error);
        for (size_t i = 0; i < count; ++i) sum += bench_bits(values[i]);
    }
    if (it->outputs[CLASS] != NONE) {
        check(sidekick_predictions_probability_matrix(predictions, it->outputs[CLASS], &values, &count, &error), error);
        for (size_t i = 0; i < count; ++i) sum += bench_bits(values[i]);
        for (size_t row = 0; row < sidekick_predictions_count(predictions); ++row) {
            check(sidekick_predictions_top(predictions, it->outputs[CLASS], row, 0, &label, &length, &most,
                                           &error), error);
            sum += bench_label(label, length);
        }
    }
    if (it->outputs[ARRAY] != NONE) {
        check(sidekick_predictions_arrays(predictions, it->outputs[ARRAY], &elements, &count, &error), error);
        for (size_t i = 0; i < count; i += stride) sum += bench_bits(elements[i]);
    }
    return sum;
}

static void build(client *it, size_t first, size_t rows) {
    sidekick_rows_clear(it->rows, NULL);
    if (!bench_takes_columns(&it->task)) {
        for (size_t row = 0; row < rows; ++row) add_row(it, first + row);
        return;
    }
    for (size_t added = 0; added < rows;) {
        size_t start = (first + added) % it->table_rows, left = it->table_rows - start;
        size_t part = left < rows - added ? left : rows - added;
        add_columns(it, start, part);
        added += part;
    }
}

/* Adds rows, predicts them, reads every result. */
static uint64_t predict(client *it, size_t first, size_t rows) {
    sidekick_error *error = NULL;
    sidekick_predictions *predictions;
    build(it, first, rows);
    check(sidekick_deployment_predict(it->deployment, it->rows, NULL, &predictions, &error), error);
    uint64_t sum = checksum(it, predictions);
    sidekick_predictions_free(predictions);
    return sum;
}

static void push(const client *it, sidekick_stream *stream) {
    sidekick_error *error = NULL;
    check(sidekick_stream_push(stream, it->rows, &error), error);
}

static uint64_t take(const client *it, sidekick_stream *stream) {
    sidekick_error *error = NULL;
    sidekick_predictions *predictions;
    check(sidekick_stream_next(stream, &predictions, &error), error);
    uint64_t sum = checksum(it, predictions);
    sidekick_predictions_free(predictions);
    return sum;
}

/* Builds each request while the one before it is in flight. */
static uint64_t stream(client *it, size_t requests) {
    sidekick_error *error = NULL;
    sidekick_stream *stream;
    uint64_t sum = 0;
    check(sidekick_stream_new(it->deployment, NULL, &stream, &error), error);
    build(it, 0, it->task.rows);
    push(it, stream);
    for (size_t request = 1; request < requests; ++request) {
        build(it, request * it->task.rows, it->task.rows);
        sum += take(it, stream);
        push(it, stream);
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

static uint64_t streamed(void *context, size_t index) {
    client *it = (client *)context;
    (void)index;
    return stream(it, it->task.requests);
}

static void open_deployment(client *it, size_t in_flight) {
    sidekick_error *error = NULL;
    sidekick_options *options;
    check(sidekick_options_new(&options, &error), error);
    check(sidekick_options_set_batch_rows(options, it->task.rows, &error), error);
    check(sidekick_options_set_max_in_flight(options, in_flight, &error), error);
    check(sidekick_deployment_open(it->task.url, SIDEKICK_NUL, "token", SIDEKICK_NUL, options, NULL,
                                   &it->deployment, &error),
          error);
    sidekick_options_free(options);
    check(sidekick_rows_new(it->deployment, &it->rows, &error), error);
    for (size_t i = 0; i < NUMBERS; ++i) it->numbers[i] = index_of(it, SIDEKICK_INPUT, NUMBER_NAMES[i]);
    for (size_t i = 0; i < TEXTS; ++i) it->texts[i] = index_of(it, SIDEKICK_INPUT, TEXT_NAMES[i]);
    for (size_t i = 0; i < OUTPUTS; ++i) it->outputs[i] = index_of(it, SIDEKICK_OUTPUT, OUTPUT_NAMES[i]);
}

int main(int count, char **arguments) {
    client it = {0};
    it.task = bench_arguments(count, arguments);
    const int streams = bench_is(&it.task, "table-streamed") || bench_is(&it.task, "array");
    if (bench_takes_table(&it.task)) it.table = bench_table(&it.table_rows);
    if (bench_takes_columns(&it.task)) it.columns = bench_columns_of(it.table, it.table_rows);
    if (bench_is(&it.task, "tensor-features")) it.features = bench_features_of(it.table, it.table_rows);
    if (strstr(it.task.kind, "array")) it.arrays = bench_data("arrays.f32");
    if (bench_is(&it.task, "jpeg")) it.jpeg = bench_data("picture.jpg");
    if (strncmp(it.task.kind, "pixels", 6) == 0) it.pixels = bench_data("pixels.rgb");
    open_deployment(&it, it.task.in_flight ? it.task.in_flight : streams ? 2 : 1);

    if (streams) {
        stream(&it, 1);
        bench_measure(1, streamed, &it);
    } else if (it.task.in_flight) {
        predict(&it, 0, it.task.rows * it.task.in_flight);
        bench_measure(1, all_requests, &it);
    } else {
        predict(&it, 0, it.task.rows);
        bench_measure(it.task.requests, one_request, &it);
    }
    sidekick_rows_free(it.rows);
    sidekick_deployment_free(it.deployment);
    return 0;
}
