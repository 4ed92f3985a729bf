/* What one would write in C for the Open Inference Protocol: libcurl, snprintf for the JSON of a request, and
 * yyjson for that of a response. Large tensors are copied once, into the memory that libcurl sends from. */
#include "bench.h"
#include <curl/curl.h>
#include <yyjson.h>

typedef struct {
    char *bytes;
    size_t size, room;
} buffer;

/* A part of the body that is being sent. */
typedef struct {
    const char *bytes;
    size_t size;
} part;

typedef struct {
    bench_task task;
    CURL *curl;
    struct curl_slist *headers;
    bench_row *table;
    size_t table_rows;
    bench_columns columns;
    bench_file arrays;
    bench_features *features;
    /* The head of a request, and the tensors that have to be written. */
    buffer head, tensors, reply;
    part parts[2];
    size_t json_length;
} client;

static void reserve(buffer *it, size_t size) {
    if (size <= it->room) return;
    it->room = 2 * size;
    it->bytes = (char *)realloc(it->bytes, it->room);
    if (!it->bytes) bench_fail("no memory");
}

static void append(buffer *it, const void *bytes, size_t size) {
    reserve(it, it->size + size);
    memcpy(it->bytes + it->size, bytes, size);
    it->size += size;
}

static size_t take(char *bytes, size_t size, size_t count, void *context) {
    append((buffer *)context, bytes, size * count);
    return size * count;
}

/* Fills libcurl's memory with what is left of the body. */
static size_t give(char *out, size_t size, size_t count, void *context) {
    client *it = (client *)context;
    size_t room = size * count, given = 0;
    for (size_t i = 0; i < 2; ++i) {
        part *here = &it->parts[i];
        size_t now = here->size < room - given ? here->size : room - given;
        memcpy(out + given, here->bytes, now);
        here->bytes += now;
        here->size -= now;
        given += now;
    }
    return given;
}

static size_t take_header(char *line, size_t size, size_t count, void *context) {
    static const char name[] = "Inference-Header-Content-Length: ";
    client *it = (client *)context;
    if (size * count > strlen(name) && strncasecmp(line, name, strlen(name)) == 0)
        it->json_length = strtoul(line + strlen(name), NULL, 10);
    return size * count;
}

static void describe(client *it, const char *name, const char *datatype, const char *shape, size_t bytes) {
    char text[512];
    int length = snprintf(text, sizeof text,
                          "%s{\"name\":\"%s\",\"datatype\":\"%s\",\"shape\":[%zu%s],"
                          "\"parameters\":{\"binary_data_size\":%zu}}",
                          it->head.bytes[it->head.size - 1] == '[' ? "" : ",", name, datatype, it->task.rows, shape,
                          bytes);
    append(&it->head, text, (size_t)length);
}

static void add_features(client *it, size_t first) {
    for (size_t row = 0; row < it->task.rows; ++row)
        append(&it->tensors, it->features[(first + row) % it->table_rows], sizeof *it->features);
    describe(it, "features", "FP32", ",6", it->tensors.size);
}

static void add_texts(client *it, size_t column) {
    const size_t *starts = it->columns.starts[column];
    for (size_t row = 0; row < it->task.rows; ++row) {
        uint32_t length = (uint32_t)(starts[row + 1] - starts[row] - 1);
        append(&it->tensors, &length, sizeof length);
        append(&it->tensors, it->columns.texts[column] + starts[row], length);
    }
}

static void add_column(client *it, const char *name, const char *datatype, const void *values, size_t size) {
    append(&it->tensors, values, it->task.rows * size);
    describe(it, name, datatype, "", it->task.rows * size);
}

static void add_columns(client *it) {
    const bench_columns *from = &it->columns;
    for (size_t i = 0; i < DOUBLES; ++i) add_column(it, NUMBER_NAMES[i], "FP64", from->numbers[i], sizeof(double));
    for (size_t i = DOUBLES; i < NUMBERS; ++i) add_column(it, NUMBER_NAMES[i], "FP32", from->floats[i], sizeof(float));
    for (size_t i = 0; i < TEXTS - CODES; ++i) {
        size_t before = it->tensors.size;
        add_texts(it, i);
        describe(it, TEXT_NAMES[i], "BYTES", "", it->tensors.size - before);
    }
    for (size_t i = 0; i < CODES; ++i) add_column(it, CODE_NAMES[i], "INT64", from->codes[i], sizeof(int64_t));
}

/* Makes the JSON, and the tensors that do not lie in memory as they are sent. */
static void build(client *it, size_t index) {
    it->head.size = it->tensors.size = 0;
    append(&it->head, "{\"id\":\"", 7);
    char id[32];
    append(&it->head, id, (size_t)snprintf(id, sizeof id, "%zu", index));
    append(&it->head, "\",\"inputs\":[", 12);
    if (it->arrays.size) {
        describe(it, "array", "FP32", ",224,224,3", it->arrays.size);
        it->parts[1] = (part){(const char *)it->arrays.bytes, it->arrays.size};
    } else {
        it->columns.numbers[0] ? add_columns(it) : add_features(it, index * it->task.rows);
        it->parts[1] = (part){it->tensors.bytes, it->tensors.size};
    }
    append(&it->head, "],\"outputs\":[", 13);
    static const char asked[] = "{\"name\":\"%s\",\"parameters\":{\"binary_data\":true}}";
    char text[128];
    int number = it->task.rows == 1 || !bench_is(&it->task, "tensor-features");
    int array = it->task.rows > 1 && !bench_is(&it->task, "tensor-array");
    if (number) append(&it->head, text, (size_t)snprintf(text, sizeof text, asked, "number"));
    if (number && array) append(&it->head, ",", 1);
    if (array) append(&it->head, text, (size_t)snprintf(text, sizeof text, asked, "array"));
    append(&it->head, "]}", 2);
    it->parts[0] = (part){it->head.bytes, it->head.size};
}

/* Head and tensors in one piece: for small bodies, which libcurl then sends together with the headers. */
static void join(client *it) {
    append(&it->head, it->parts[1].bytes, it->parts[1].size);
    curl_easy_setopt(it->curl, CURLOPT_POSTFIELDS, it->head.bytes);
    curl_easy_setopt(it->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)it->head.size);
}

static void set_headers(client *it) {
    char length[64];
    snprintf(length, sizeof length, "Inference-Header-Content-Length: %zu", it->head.size);
    curl_slist_free_all(it->headers);
    it->headers = curl_slist_append(NULL, "Authorization: Bearer token");
    it->headers = curl_slist_append(it->headers, "Content-Type: application/octet-stream");
    it->headers = curl_slist_append(it->headers, "Expect:");
    it->headers = curl_slist_append(it->headers, length);
    curl_easy_setopt(it->curl, CURLOPT_HTTPHEADER, it->headers);
}

/* The floats of the response's outputs. */
static uint64_t read_reply(const client *it) {
    yyjson_doc *document = yyjson_read(it->reply.bytes, it->json_length, 0);
    yyjson_val *outputs = yyjson_obj_get(yyjson_doc_get_root(document), "outputs"), *output;
    const char *at = it->reply.bytes + it->json_length, *end = it->reply.bytes + it->reply.size;
    uint64_t sum = 0;
    size_t place, count, stride = bench_stride(&it->task) * sizeof(uint32_t);
    yyjson_arr_foreach(outputs, place, count, output) {
        yyjson_val *parameters = yyjson_obj_get(output, "parameters");
        size_t size = yyjson_get_uint(yyjson_obj_get(parameters, "binary_data_size"));
        uint64_t rows = yyjson_get_uint(yyjson_arr_get_first(yyjson_obj_get(output, "shape")));
        if (!yyjson_equals_str(yyjson_obj_get(output, "datatype"), "FP32") || rows != it->task.rows ||
            size > (size_t)(end - at))
            bench_fail("another output");
        for (size_t i = 0; i < size; i += stride) {
            uint32_t bits;
            memcpy(&bits, at + i, sizeof bits);
            sum += bits;
        }
        at += size;
    }
    yyjson_doc_free(document);
    return sum;
}

static uint64_t request(void *context, size_t index) {
    client *it = (client *)context;
    build(it, index);
    set_headers(it);
    if (!it->arrays.size) {
        join(it);
    } else {
        size_t size = it->parts[0].size + it->parts[1].size;
        curl_easy_setopt(it->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)size);
    }
    it->reply.size = it->json_length = 0;
    if (curl_easy_perform(it->curl) != CURLE_OK) bench_fail("the request failed");
    return read_reply(it);
}

int main(int count, char **arguments) {
    client it = {0};
    it.task = bench_arguments(count, arguments);
    if (bench_is(&it.task, "tensor-array")) it.arrays = bench_data("arrays.f32");
    if (bench_takes_table(&it.task)) it.table = bench_table(&it.table_rows);
    if (bench_is(&it.task, "tensor-features")) it.features = bench_features_of(it.table, it.table_rows);
    if (bench_is(&it.task, "tensor-columns")) it.columns = bench_columns_of(it.table, it.table_rows);
    char url[256];
    snprintf(url, sizeof url, "%s/infer", it.task.url);

    curl_global_init(CURL_GLOBAL_DEFAULT);
    it.curl = curl_easy_init();
    curl_easy_setopt(it.curl, CURLOPT_URL, url);
    curl_easy_setopt(it.curl, CURLOPT_POST, 1L);
    curl_easy_setopt(it.curl, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(it.curl, CURLOPT_READDATA, &it);
    curl_easy_setopt(it.curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(it.curl, CURLOPT_WRITEDATA, &it.reply);
    curl_easy_setopt(it.curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(it.curl, CURLOPT_HEADERDATA, &it);
    curl_easy_setopt(it.curl, CURLOPT_BUFFERSIZE, 512L * 1024L);
    curl_easy_setopt(it.curl, CURLOPT_UPLOAD_BUFFERSIZE, 512L * 1024L);
    request(&it, 0);
    bench_measure(it.task.requests, request, &it);
    curl_easy_cleanup(it.curl);
    curl_slist_free_all(it.headers);
    return 0;
}
