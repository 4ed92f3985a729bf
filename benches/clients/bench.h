/* What the benchmark's C and C++ clients share: the command line, the data, the clock, and the line they
 * print. */
#ifndef BENCH_H
#define BENCH_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

/* Of the table as tensors the first numbers are FP64, the others FP32; the categories are INT64 codes. */
enum { NUMBERS = 6, DOUBLES = 3, TEXTS = 4, CODES = 2 };
enum { SIDE = 224, CHANNELS = 3, ELEMENTS = SIDE * SIDE * CHANNELS, ARRAYS = 8 };
enum { WIDTH = 640, HEIGHT = 480, JPEG_QUALITY = 90 };

static const char *const NUMBER_NAMES[] = {"number 1", "number 2", "number 3", "number 4", "number 5", "number 6"};
static const char *const TEXT_NAMES[] = {"text 1", "text 2", "category 1", "category 2"};
static const char *const CODE_NAMES[] = {"category 1", "category 2"};

/* CLIENT KIND URL ROWS REQUESTS [IN_FLIGHT] */
typedef struct {
    const char *kind, *url;
    size_t rows, requests, in_flight;
} bench_task;

typedef struct {
    double numbers[NUMBERS];
    const char *texts[TEXTS];
} bench_row;

typedef struct {
    unsigned char *bytes;
    size_t size;
} bench_file;

static inline void bench_fail(const char *what) {
    fprintf(stderr, "%s\n", what);
    exit(1);
}

static inline bench_task bench_arguments(int count, char **arguments) {
    if (count < 5) {
        fprintf(stderr, "usage: CLIENT KIND URL ROWS REQUESTS [IN_FLIGHT] (data folder in SIDEKICK_BENCH_DATA)\n");
        exit(2);
    }
    bench_task task = {arguments[1], arguments[2], (size_t)atol(arguments[3]), (size_t)atol(arguments[4]), 0};
    if (count > 5) task.in_flight = (size_t)atol(arguments[5]);
    return task;
}

static inline int bench_is(const bench_task *task, const char *kind) { return strcmp(task->kind, kind) == 0; }

/* Whether the task takes the table's rows; and whether a client that can do so adds them column by column. */
static inline int bench_takes_table(const bench_task *task) {
    return strncmp(task->kind, "table", 5) == 0 || bench_is(task, "numbers") ||
           bench_is(task, "tensor-features") || bench_is(task, "tensor-columns");
}

static inline int bench_takes_columns(const bench_task *task) {
    return (task->rows > 1 && (bench_is(task, "table") || bench_is(task, "table-streamed"))) ||
           bench_is(task, "tensor-columns");
}

/* A file of the benchmark's data, closed by a NUL; it lives as long as the program. */
static inline bench_file bench_data(const char *name) {
    const char *folder = getenv("SIDEKICK_BENCH_DATA");
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder ? folder : ".", name);
    FILE *stream = fopen(path, "rb");
    if (!stream) bench_fail("a data file is missing");
    fseek(stream, 0, SEEK_END);
    bench_file file = {NULL, (size_t)ftell(stream)};
    rewind(stream);
    file.bytes = (unsigned char *)malloc(file.size + 1);
    if (!file.bytes || fread(file.bytes, 1, file.size, stream) != file.size) bench_fail("a data file is unreadable");
    file.bytes[file.size] = 0;
    fclose(stream);
    return file;
}

/* The table's rows, each 6 numbers, 2 texts and 2 categories. */
static inline bench_row *bench_table(size_t *count) {
    char *at = (char *)bench_data("table.tsv").bytes;
    bench_row *rows = NULL;
    for (*count = 0; *at; ++*count) {
        rows = (bench_row *)realloc(rows, (*count + 1) * sizeof *rows);
        if (!rows) bench_fail("no memory");
        for (int i = 0; i < NUMBERS; ++i) {
            rows[*count].numbers[i] = strtod(at, &at);
            ++at;
        }
        for (int i = 0; i < TEXTS; ++i) {
            rows[*count].texts[i] = at;
            at += strcspn(at, "\t\n");
            *at++ = 0;
        }
    }
    return rows;
}

/* The table column by column: its numbers, and its texts, each closed by a NUL. starts[i][row] is where that
 * row's text starts. Codes are the places of the categories among their labels. */
typedef struct {
    double *numbers[NUMBERS];
    float *floats[NUMBERS];
    int64_t *codes[CODES];
    char *texts[TEXTS];
    size_t *starts[TEXTS];
} bench_columns;

static inline void *bench_memory(size_t size) {
    void *memory = malloc(size);
    if (!memory) bench_fail("no memory");
    return memory;
}

static inline bench_columns bench_columns_of(const bench_row *rows, size_t count) {
    bench_columns columns;
    for (size_t i = 0; i < NUMBERS; ++i) {
        columns.numbers[i] = (double *)bench_memory(count * sizeof(double));
        columns.floats[i] = (float *)bench_memory(count * sizeof(float));
        for (size_t row = 0; row < count; ++row) columns.numbers[i][row] = rows[row].numbers[i];
        for (size_t row = 0; row < count; ++row) columns.floats[i][row] = (float)rows[row].numbers[i];
    }
    for (size_t i = 0; i < CODES; ++i) {
        columns.codes[i] = (int64_t *)bench_memory(count * sizeof(int64_t));
        for (size_t row = 0; row < count; ++row) {
            const char *label = rows[row].texts[TEXTS - CODES + i];
            columns.codes[i][row] = label[strlen(label) - 1] - 'a';
        }
    }
    for (size_t i = 0; i < TEXTS; ++i) {
        size_t *starts = columns.starts[i] = (size_t *)bench_memory((count + 1) * sizeof(size_t));
        starts[0] = 0;
        for (size_t row = 0; row < count; ++row) starts[row + 1] = starts[row] + strlen(rows[row].texts[i]) + 1;
        columns.texts[i] = (char *)bench_memory(starts[count]);
        for (size_t row = 0; row < count; ++row) strcpy(columns.texts[i] + starts[row], rows[row].texts[i]);
    }
    return columns;
}

/* The numbers of each row as one tensor. */
typedef float bench_features[NUMBERS];

static inline bench_features *bench_features_of(const bench_row *rows, size_t count) {
    bench_features *features = (bench_features *)bench_memory(count * sizeof *features);
    for (size_t row = 0; row < count; ++row)
        for (size_t i = 0; i < NUMBERS; ++i) features[row][i] = (float)rows[row].numbers[i];
    return features;
}

/* Of so many elements of an array one is added to the checksum. Of arrays that come as bytes it is one of
 * each line of the processor's cache: to add up all would take longer than to receive them. */
static inline size_t bench_stride(const bench_task *task) {
    return task->rows > 1 && bench_is(task, "tensor-features") ? 16 : 1;
}

static inline uint64_t bench_bits(double value) {
    float narrow = (float)value;
    uint32_t bits;
    memcpy(&bits, &narrow, sizeof bits);
    return bits;
}

/* What a row's best label adds to the checksum. */
static inline uint64_t bench_label(const char *label, size_t length) {
    uint64_t sum = 0;
    for (size_t i = 0; i < length; ++i) sum += (unsigned char)label[i];
    return 1000 * sum;
}

/* Writes bytes in base64, and returns where it ends. */
static inline char *bench_base64(char *out, const unsigned char *bytes, size_t size) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t i = 0;
    for (; i + 2 < size; i += 3) {
        uint32_t word = (uint32_t)bytes[i] << 16 | (uint32_t)bytes[i + 1] << 8 | bytes[i + 2];
        *out++ = digits[word >> 18];
        *out++ = digits[word >> 12 & 63];
        *out++ = digits[word >> 6 & 63];
        *out++ = digits[word & 63];
    }
    if (i < size) {
        uint32_t word = (uint32_t)bytes[i] << 16 | (i + 1 < size ? (uint32_t)bytes[i + 1] << 8 : 0);
        *out++ = digits[word >> 18];
        *out++ = digits[word >> 12 & 63];
        *out++ = i + 1 < size ? digits[word >> 6 & 63] : '=';
        *out++ = '=';
    }
    return out;
}

static inline double bench_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static inline double bench_cpu(struct rusage *usage) {
    getrusage(RUSAGE_SELF, usage);
    return (double)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) +
           (double)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) / 1e6;
}

static inline int bench_compare(const void *a, const void *b) {
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

/* Makes requests, of which the caller made one before to warm up, and prints what they took. A request's
 * result is its share of the checksum. */
static inline void bench_measure(size_t requests, uint64_t (*request)(void *context, size_t index), void *context) {
    struct rusage usage;
    double *times = (double *)bench_memory(requests * sizeof *times);
    uint64_t checksum = 0;
    double cpu = bench_cpu(&usage), start = bench_now();
    for (size_t i = 0; i < requests; ++i) {
        double before = bench_now();
        checksum += request(context, i);
        times[i] = bench_now() - before;
    }
    double wall = bench_now() - start;
    cpu = bench_cpu(&usage) - cpu;
    qsort(times, requests, sizeof *times, bench_compare);
    printf("{\"wall\":%.9f,\"cpu\":%.6f,\"peak_kb\":%ld,\"p50\":%.9f,\"checksum\":%" PRIu64 "}\n", wall, cpu,
           usage.ru_maxrss, times[requests / 2], checksum);
    free(times);
}

#endif
