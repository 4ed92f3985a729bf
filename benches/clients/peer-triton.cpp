/* Triton's own C++ client over HTTP, for those who have its source. As in its examples inputs are used again,
 * and it takes tensors that lie in memory without a copy. */
#include "bench.h"
#include <http_client.h>
#include <memory>
#include <string>
#include <vector>

namespace triton_client = triton::client;
using triton_client::InferenceServerHttpClient;
using triton_client::InferInput;
using triton_client::InferOptions;
using triton_client::InferRequestedOutput;
using triton_client::InferResult;

static void check(const triton_client::Error &error) {
    if (!error.IsOk()) bench_fail(error.Message().c_str());
}

struct client {
    bench_task task;
    std::unique_ptr<InferenceServerHttpClient> server;
    std::string model;
    bench_row *table = nullptr;
    size_t table_rows = 0;
    bench_columns columns{};
    bench_file arrays{};
    bench_features *features = nullptr;
    std::vector<std::unique_ptr<InferInput>> inputs;
    std::vector<std::unique_ptr<const InferRequestedOutput>> outputs;
    std::vector<InferInput *> inputs_to_send;
    std::vector<const InferRequestedOutput *> outputs_to_ask;
    triton_client::Headers headers{{"Authorization", "Bearer token"}};
};

static void add_input(client *it, const char *name, const char *datatype, std::vector<int64_t> shape) {
    InferInput *made;
    shape.insert(shape.begin(), static_cast<int64_t>(it->task.rows));
    check(InferInput::Create(&made, name, shape, datatype));
    it->inputs.emplace_back(made);
    it->inputs_to_send.push_back(made);
}

static void add_output(client *it, const char *name) {
    InferRequestedOutput *made;
    check(InferRequestedOutput::Create(&made, name));
    it->outputs.emplace_back(made);
    it->outputs_to_ask.push_back(made);
}

static void add_inputs(client *it) {
    if (it->arrays.size) return add_input(it, "array", "FP32", {SIDE, SIDE, CHANNELS});
    if (it->features) return add_input(it, "features", "FP32", {NUMBERS});
    for (size_t i = 0; i < NUMBERS; ++i) add_input(it, NUMBER_NAMES[i], i < DOUBLES ? "FP64" : "FP32", {});
    for (size_t i = 0; i < TEXTS - CODES; ++i) add_input(it, TEXT_NAMES[i], "BYTES", {});
    for (size_t i = 0; i < CODES; ++i) add_input(it, CODE_NAMES[i], "INT64", {});
}

static void put(InferInput *input, const void *values, size_t size) {
    check(input->AppendRaw(static_cast<const uint8_t *>(values), size));
}

static void put_texts(const client *it, InferInput *input, size_t column) {
    const size_t *starts = it->columns.starts[column];
    std::vector<std::string> texts;
    texts.reserve(it->task.rows);
    for (size_t row = 0; row < it->task.rows; ++row)
        texts.emplace_back(it->columns.texts[column] + starts[row], starts[row + 1] - starts[row] - 1);
    check(input->AppendFromString(texts));
}

static void put_columns(const client *it) {
    const bench_columns *from = &it->columns;
    size_t rows = it->task.rows;
    auto input = it->inputs_to_send.begin();
    for (size_t i = 0; i < DOUBLES; ++i) put(*input++, from->numbers[i], rows * sizeof(double));
    for (size_t i = DOUBLES; i < NUMBERS; ++i) put(*input++, from->floats[i], rows * sizeof(float));
    for (size_t i = 0; i < TEXTS - CODES; ++i) put_texts(it, *input++, i);
    for (size_t i = 0; i < CODES; ++i) put(*input++, from->codes[i], rows * sizeof(int64_t));
}

static void put_values(const client *it, size_t index) {
    for (InferInput *input : it->inputs_to_send) check(input->Reset());
    if (it->arrays.size) return put(it->inputs_to_send[0], it->arrays.bytes, it->arrays.size);
    if (!it->features) return put_columns(it);
    for (size_t row = 0; row < it->task.rows; ++row) {
        const bench_features *values = &it->features[(index * it->task.rows + row) % it->table_rows];
        put(it->inputs_to_send[0], values, sizeof *values);
    }
}

/* The floats of the reply's outputs. */
static uint64_t read_result(const client *it, const InferResult *result) {
    uint64_t sum = 0;
    size_t stride = bench_stride(&it->task) * sizeof(uint32_t);
    for (const InferRequestedOutput *output : it->outputs_to_ask) {
        const uint8_t *bytes;
        size_t size;
        check(result->RawData(output->Name(), &bytes, &size));
        for (size_t i = 0; i < size; i += stride) {
            uint32_t bits;
            memcpy(&bits, bytes + i, sizeof bits);
            sum += bits;
        }
    }
    return sum;
}

static uint64_t request(void *context, size_t index) {
    client *it = static_cast<client *>(context);
    put_values(it, index);
    InferOptions options(it->model);
    options.request_id_ = std::to_string(index);
    InferResult *made;
    check(it->server->Infer(&made, options, it->inputs_to_send, it->outputs_to_ask, it->headers));
    std::unique_ptr<InferResult> result(made);
    check(result->RequestStatus());
    return read_result(it, result.get());
}

int main(int count, char **arguments) {
    client it;
    it.task = bench_arguments(count, arguments);
    if (bench_is(&it.task, "tensor-array")) it.arrays = bench_data("arrays.f32");
    if (bench_takes_table(&it.task)) it.table = bench_table(&it.table_rows);
    if (bench_is(&it.task, "tensor-features")) it.features = bench_features_of(it.table, it.table_rows);
    if (bench_is(&it.task, "tensor-columns")) it.columns = bench_columns_of(it.table, it.table_rows);
    const std::string url = it.task.url, between = "/v2/models/";
    const size_t end = url.find(between);
    it.model = url.substr(end + between.size());
    check(InferenceServerHttpClient::Create(&it.server, url.substr(0, end)));
    add_inputs(&it);
    if (it.task.rows == 1 || !it.features) add_output(&it, "number");
    if (it.task.rows > 1 && !it.arrays.size) add_output(&it, "array");
    request(&it, 0);
    bench_measure(it.task.requests, request, &it);
    return 0;
}
