/* What one would write in C: libcurl and yyjson; libpng's simplified writer and libjpeg-turbo for pixels. */
#include "bench.h"
#include <curl/curl.h>
#include <png.h>
#include <turbojpeg.h>
#include <yyjson.h>

typedef struct {
    char *bytes;
    size_t size, room;
} buffer;

typedef struct {
    bench_task task;
    CURL *curl;
    tjhandle jpeg_encoder;
    bench_row *table;
    size_t table_rows;
    bench_file arrays, pixels, jpeg;
    buffer reply;
    /* An image's file, and the data URLs of all rows. */
    unsigned char *encoded;
    buffer *data_urls;
} client;

/* One row's typed results. */
typedef struct {
    double number;
    double probabilities[1000];
    const char *labels[1000];
    size_t classes;
    float *elements;
    size_t count;
} prediction;

static void reserve(buffer *it, size_t size) {
    if (size <= it->room) return;
    it->room = 2 * size;
    it->bytes = (char *)realloc(it->bytes, it->room);
    if (!it->bytes) bench_fail("no memory");
}

static size_t take(char *bytes, size_t size, size_t count, void *context) {
    buffer *it = (buffer *)context;
    size *= count;
    reserve(it, it->size + size);
    memcpy(it->bytes + it->size, bytes, size);
    it->size += size;
    return size;
}

/* An image's data URL, written in the buffer of its row, which lives until the request is sent. */
static yyjson_mut_val *image(yyjson_mut_doc *doc, buffer *into, const char *head, const unsigned char *bytes,
                             size_t size) {
    reserve(into, strlen(head) + size / 3 * 4 + 8);
    strcpy(into->bytes, head);
    char *end = bench_base64(into->bytes + strlen(head), bytes, size);
    return yyjson_mut_strn(doc, into->bytes, (size_t)(end - into->bytes));
}

static yyjson_mut_val *encode_png(client *it, yyjson_mut_doc *doc, buffer *into) {
    png_image png = {0};
    png.version = PNG_IMAGE_VERSION;
    png.width = WIDTH;
    png.height = HEIGHT;
    png.format = PNG_FORMAT_RGB;
    png.flags = PNG_IMAGE_FLAG_FAST;
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(png);
    if (!it->encoded) it->encoded = (unsigned char *)malloc(size);
    if (!png_image_write_to_memory(&png, it->encoded, &size, 0, it->pixels.bytes, 0, NULL)) bench_fail("no PNG");
    return image(doc, into, "data:image/png;base64,", it->encoded, size);
}

static yyjson_mut_val *encode_jpeg(client *it, yyjson_mut_doc *doc, buffer *into) {
    unsigned long size = tjBufSize(WIDTH, HEIGHT, TJSAMP_420);
    if (!it->encoded) it->encoded = (unsigned char *)malloc(size);
    if (tjCompress2(it->jpeg_encoder, it->pixels.bytes, WIDTH, 0, HEIGHT, TJPF_RGB, &it->encoded, &size, TJSAMP_420,
                    JPEG_QUALITY, TJFLAG_NOREALLOC))
        bench_fail("no JPEG");
    return image(doc, into, "data:image/jpeg;base64,", it->encoded, size);
}

static yyjson_mut_val *picture(client *it, yyjson_mut_doc *doc, buffer *into) {
    if (bench_is(&it->task, "pixels-png")) return encode_png(it, doc, into);
    if (bench_is(&it->task, "pixels-jpeg")) return encode_jpeg(it, doc, into);
    return image(doc, into, "data:image/jpeg;base64,", it->jpeg.bytes, it->jpeg.size);
}

static yyjson_mut_val *array(client *it, yyjson_mut_doc *doc, size_t index) {
    yyjson_mut_val *value = yyjson_mut_obj(doc);
    static const uint64_t shape[] = {SIDE, SIDE, CHANNELS};
    const float *elements = (const float *)it->arrays.bytes + index % ARRAYS * ELEMENTS;
    yyjson_mut_obj_add_val(doc, value, "shape", yyjson_mut_arr_with_uint64(doc, shape, 3));
    yyjson_mut_obj_add_val(doc, value, "data", yyjson_mut_arr_with_float(doc, elements, ELEMENTS));
    return value;
}

static yyjson_mut_val *row_of(client *it, yyjson_mut_doc *doc, size_t index) {
    yyjson_mut_val *row = yyjson_mut_obj(doc);
    if (it->table) {
        const bench_row *values = &it->table[index % it->table_rows];
        int whole = bench_is(&it->task, "table");
        for (int i = 0; i < (whole ? NUMBERS : 4); ++i)
            yyjson_mut_obj_add_real(doc, row, NUMBER_NAMES[i], values->numbers[i]);
        for (int i = 0; whole && i < TEXTS; ++i) yyjson_mut_obj_add_str(doc, row, TEXT_NAMES[i], values->texts[i]);
    } else if (bench_is(&it->task, "array")) {
        yyjson_mut_obj_add_val(doc, row, "array", array(it, doc, index));
    } else {
        yyjson_mut_obj_add_val(doc, row, "image", picture(it, doc, &it->data_urls[index % it->task.rows]));
    }
    return row;
}

static void read_row(yyjson_val *row, prediction *into) {
    size_t at, count;
    yyjson_val *key, *value, *part;
    into->number = yyjson_get_num(yyjson_obj_get(row, "number"));
    into->classes = 0;
    into->count = 0;
    if ((part = yyjson_obj_get(row, "class"))) {
        if (yyjson_obj_size(part) > 1000) bench_fail("too many classes");
        yyjson_obj_foreach(part, at, count, key, value) {
            into->labels[at] = yyjson_get_str(key);
            into->probabilities[at] = yyjson_get_num(value);
        }
        into->classes = count;
    }
    if ((part = yyjson_obj_get(yyjson_obj_get(row, "array"), "data"))) {
        if (yyjson_arr_size(part) != ELEMENTS) bench_fail("an array of another size");
        yyjson_arr_foreach(part, at, count, value) into->elements[at] = (float)yyjson_get_num(value);
        into->count = count;
    }
}

static uint64_t checksum(const prediction *it) {
    uint64_t sum = bench_bits(it->number);
    size_t best = 0;
    for (size_t i = 0; i < it->classes; ++i) {
        sum += bench_bits(it->probabilities[i]);
        if (it->probabilities[i] > it->probabilities[best]) best = i;
    }
    if (it->classes) sum += bench_label(it->labels[best], strlen(it->labels[best]));
    for (size_t i = 0; i < it->count; ++i) sum += bench_bits(it->elements[i]);
    return sum;
}

static uint64_t request(void *context, size_t index) {
    static prediction row;
    client *it = (client *)context;
    if (!row.elements) row.elements = (float *)malloc(ELEMENTS * sizeof(float));
    yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
    yyjson_mut_val *root = yyjson_mut_obj(doc), *rows = yyjson_mut_arr(doc);
    yyjson_mut_doc_set_root(doc, root);
    yyjson_mut_obj_add_val(doc, root, "rows", rows);
    for (size_t i = 0; i < it->task.rows; ++i) yyjson_mut_arr_append(rows, row_of(it, doc, index * it->task.rows + i));
    size_t size;
    char *body = yyjson_mut_write(doc, 0, &size);
    yyjson_mut_doc_free(doc);
    if (!body) bench_fail("the rows cannot be written");

    it->reply.size = 0;
    curl_easy_setopt(it->curl, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(it->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)size);
    if (curl_easy_perform(it->curl) != CURLE_OK) bench_fail("the request failed");
    free(body);

    yyjson_doc *reply = yyjson_read(it->reply.bytes, it->reply.size, 0);
    yyjson_val *results = yyjson_obj_get(yyjson_doc_get_root(reply), "rows"), *result;
    if (yyjson_arr_size(results) != it->task.rows) bench_fail("the response has other rows");
    uint64_t sum = 0;
    size_t at, count;
    yyjson_arr_foreach(results, at, count, result) {
        read_row(result, &row);
        sum += checksum(&row);
    }
    yyjson_doc_free(reply);
    return sum;
}

int main(int count, char **arguments) {
    client it = {0};
    it.task = bench_arguments(count, arguments);
    if (bench_is(&it.task, "table") || bench_is(&it.task, "numbers")) it.table = bench_table(&it.table_rows);
    if (bench_is(&it.task, "array")) it.arrays = bench_data("arrays.f32");
    if (bench_is(&it.task, "jpeg")) it.jpeg = bench_data("picture.jpg");
    if (strncmp(it.task.kind, "pixels", 6) == 0) it.pixels = bench_data("pixels.rgb");
    it.jpeg_encoder = tjInitCompress();
    it.data_urls = (buffer *)calloc(it.task.rows, sizeof *it.data_urls);
    if (!it.data_urls) bench_fail("no memory");

    curl_global_init(CURL_GLOBAL_DEFAULT);
    it.curl = curl_easy_init();
    struct curl_slist *headers = curl_slist_append(NULL, "Authorization: Bearer token");
    headers = curl_slist_append(headers, "Content-Type: application/json");
    headers = curl_slist_append(headers, "Expect:");
    curl_easy_setopt(it.curl, CURLOPT_URL, it.task.url);
    curl_easy_setopt(it.curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(it.curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(it.curl, CURLOPT_WRITEDATA, &it.reply);
    curl_easy_setopt(it.curl, CURLOPT_BUFFERSIZE, 512L * 1024L);
    curl_easy_setopt(it.curl, CURLOPT_UPLOAD_BUFFERSIZE, 512L * 1024L);
    request(&it, 0);
    bench_measure(it.task.requests, request, &it);
    curl_easy_cleanup(it.curl);
    curl_slist_free_all(headers);
    tjDestroy(it.jpeg_encoder);
    return 0;
}
