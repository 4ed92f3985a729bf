// Runs scenarios against a server of the Open Inference Protocol: scenarios URL NAME...
// It prints a line for each: its name and what came of it. expected.py says what has to come.
#include <sidekick.hpp>

#include <cmath>
#include <cstdio>
#include <iomanip>
#include <iostream>
#include <limits>
#include <map>
#include <thread>

namespace {

using sidekick::Deployment;
using sidekick::Options;
using std::printf;

std::string base;

Deployment open(const std::string& name, const Options& options = {}) {
    return Deployment::open(base + "/v2/models/" + name, "", options);
}

// The predictions for rows of one number.
sidekick::Predictions predict(const Deployment& model, std::initializer_list<double> numbers) {
    auto rows = model.rows();
    for (const double number : numbers) rows.row().number(0, number);
    return model.predict(rows);
}

void print(sidekick::span<const sidekick::Feature> features) {
    for (const auto& feature : features) {
        printf("%s%s [%zu]", &feature == &features[0] ? "" : ", ", feature.name.c_str(), feature.shape[0]);
    }
}

void describe() {
    const auto model = open("table");
    print(model.inputs());
    printf(" -> ");
    print(model.outputs());
}

void limit() {
    printf("%zu", open("batch").batch_limit());
}

void one_row_by(const Options& options) {
    const auto model = open("table", options);
    auto rows = model.rows();
    rows.row().number(0, 5.9).number(1, 3.0).number(2, 4.2).number(3, 1.5);
    const auto found = model.predict(rows);
    const auto shares = found.elements<double>("predict_proba");
    printf("%.0f: %.4f %.4f %.4f", found[0].number("predict"), shares[0], shares[1], shares[2]);
}

void one_row() {
    one_row_by({});
}

void json() {
    one_row_by(Options().wire(sidekick::Wire::Json));
}

// A table of 128 flowers, added by columns.
void columns_by(const Options& options) {
    std::vector<double> a, b, c, d;
    for (int row = 0; row < 128; ++row) {
        a.push_back(4.3 + row % 32 * 0.1);
        b.push_back(2.0 + row % 16 * 0.15);
        c.push_back(1.0 + row % 64 * 0.09);
        d.push_back(0.1 + row % 8 * 0.3);
    }
    const auto model = open("table", options);
    auto rows = model.rows();
    rows.add_columns(128, {{"sepal_length", a}, {"sepal_width", b}, {"petal_length", c}, {"petal_width", d}});
    const auto found = model.predict(rows);
    int counts[3] = {};
    for (const double species : found.numbers("predict")) ++counts[static_cast<int>(species) % 3];
    printf("%zu rows: %d %d %d", found.size(), counts[0], counts[1], counts[2]);
}

void columns() {
    columns_by({});
}

void gzip() {
    columns_by(Options().request_gzip(true));
}

// More rows than fit in a request; the model returns how many each had.
void batches() {
    const auto model = open("batch", Options().batch_rows(12));
    auto rows = model.rows();
    for (int row = 0; row < 20; ++row) rows.row().number("x", row);
    const auto found = model.predict(rows);
    const auto counts = found.elements<std::int64_t>("rows");
    for (std::size_t row = 0; row < counts.size(); row += static_cast<std::size_t>(counts[row])) {
        printf("%d ", static_cast<int>(counts[row]));
    }
    printf("rows, the last %.0f", found.numbers("y")[19]);
}

void stream() {
    const auto model = open("batch", Options().batch_rows(4).max_in_flight(3));
    auto stream = model.stream();
    auto rows = model.rows();
    for (int row = 0; row < 40; ++row) rows.row().number("x", row);
    stream.push(rows);
    int count = 0;
    bool ordered = true;
    for (const auto& found : stream.rest()) {
        for (const double y : found.numbers("y")) ordered = y == 2 * count++ && ordered;
    }
    printf("%d rows, %s", count, ordered ? "in order" : "out of order");
}

// A model without an axis for rows: each row is a request.
void fixed() {
    const auto model = open("fixed", Options().max_in_flight(3));
    auto rows = model.rows();
    for (int row = 0; row < 5; ++row) rows.row().array("x", std::vector{static_cast<float>(row), 1.0f}, {2});
    const auto found = model.predict(rows);
    for (const auto& prediction : found) printf("%s%.0f", prediction.row() > 0 ? " " : "", prediction.number("y"));
}

template <typename Element>
void put(sidekick::Rows& rows, const char* name, Element a, Element b) {
    rows.array(name, std::vector{a, b}, {2});
}

template <typename Element>
void get(const sidekick::Predictions& found, const char* name) {
    const auto pair = found.elements<Element>(name);
    const char* const before = std::string(name) == "BOOL" ? "" : "; ";
    std::cout << std::setprecision(std::numeric_limits<Element>::max_digits10);
    std::cout << before << name << ' ' << +pair[0] << ' ' << +pair[1] << std::flush;
}

// An array of each type, added and read without a conversion.
void types() {
    const auto model = open("types");
    auto rows = model.rows();
    put<std::uint8_t>(rows, "BOOL", 1, 0);
    put<std::uint8_t>(rows, "UINT8", 0, 254);
    put<std::uint16_t>(rows, "UINT16", 0, 65534);
    put<std::uint32_t>(rows, "UINT32", 0, 4294967294);
    put<std::uint64_t>(rows, "UINT64", 9007199254740993, 18446744073709551614u);
    put<std::int8_t>(rows, "INT8", -128, 126);
    put<std::int16_t>(rows, "INT16", -32768, 32766);
    put<std::int32_t>(rows, "INT32", -2147483647 - 1, 2147483646);
    put<std::int64_t>(rows, "INT64", std::numeric_limits<std::int64_t>::min(), 9007199254740993);
    put<float>(rows, "FP32", 0.1f, -1.5f);
    put<double>(rows, "FP64", 0.1, 1e300);
    const auto found = model.predict(rows);
    get<std::uint8_t>(found, "BOOL");
    get<std::uint8_t>(found, "UINT8");
    get<std::uint16_t>(found, "UINT16");
    get<std::uint32_t>(found, "UINT32");
    get<std::uint64_t>(found, "UINT64");
    get<std::int8_t>(found, "INT8");
    get<std::int16_t>(found, "INT16");
    get<std::int32_t>(found, "INT32");
    get<std::int64_t>(found, "INT64");
    get<float>(found, "FP32");
    get<double>(found, "FP64");
}

void add_floats(sidekick::Rows& rows, const std::vector<double>& values) {
    rows.row().array("f", std::vector<float>(values.begin(), values.end()), {3}).array("d", values, {3});
}

// The first response tells whether the server takes bytes.
void floats() {
    const double infinity = std::numeric_limits<double>::infinity();
    const auto model = open("floats");
    auto rows = model.rows();
    add_floats(rows, {1, 2, 3});
    model.predict(rows);
    add_floats(rows.clear(), {std::nan(""), infinity, -infinity});
    const auto found = model.predict(rows);
    const auto f = found.elements<float>("f");
    const auto d = found.elements<double>("d");
    printf("%s %g %g ", std::isnan(f[0]) ? "nan" : "a number", f[1], f[2]);
    printf("%s %g %g", std::isnan(d[0]) ? "nan" : "a number", d[1], d[2]);
}

void sixteen_bits(const char* name, const Options& options = {}) {
    const auto model = open(name, options);
    auto rows = model.rows();
    rows.array("x", std::vector{0.5f, -2.0f}, {2});
    const auto found = model.predict(rows);
    printf("%g %g", found.arrays("y")[0], found.arrays("y")[1]);
}

void half() {
    sixteen_bits("half");
}

void half_as_json() {
    sixteen_bits("half", Options().wire(sidekick::Wire::Json));
}

void bfloat() {
    sixteen_bits("bfloat");
}

void text() {
    const auto model = open("text");
    auto rows = model.rows();
    for (const char* text : {"grüße", "", "two\nlines"}) rows.row().text("text", text);
    const auto found = model.predict(rows);
    std::string all;
    for (const auto capitals : found.texts("capitals")) all.append(all.empty() ? "" : "|").append(capitals);
    for (char& letter : all) letter = letter == '\n' ? '/' : letter;
    printf("%s", all.c_str());
}

void image() {
    std::vector<std::uint8_t> pixels;
    for (int at = 0; at < 192; ++at) pixels.push_back(static_cast<std::uint8_t>(at / 3 * (at % 3)));
    const auto model = open("image");
    auto rows = model.rows();
    rows.row().array("image", pixels, {8, 8, 3});
    const auto found = model.predict(rows);
    const auto scores = found.arrays("scores");
    printf("%g %g %g", scores[0], scores[1], scores[2]);
}

void unknown_model() {
    open("nothing");
}

void unknown_version() {
    open("factor/versions/9");
}

void wrong_value() {
    predict(open("batch"), {1e39});
}

void failing() {
    predict(open("failing"), {1});
}

// The rows that the model refuses fail alone.
void isolate(const char* name, const Options& options) {
    const auto found = predict(open(name, options), {1, -1, 2, -2, 3});
    for (const double y : found.numbers("y")) printf("%.0f ", y);
    printf("without");
    for (const auto& failure : found.failures()) printf(" %d", static_cast<int>(failure.row().value()));
}

void bad_rows() {
    isolate("picky", Options().isolate_bad_rows(true));
}

void failing_rows() {
    isolate("brittle", Options().isolate_bad_rows(true).isolate_status_500(true));
}

// A call that takes ten seconds is cancelled, then the deployment is used again.
void cancel() {
    const auto model = open("slow");
    auto rows = model.rows();
    rows.row().number("wait", 10);
    sidekick::Cancel cancel;
    std::thread soon([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        cancel.trigger();
    });
    const auto done = model.try_predict(rows, cancel);
    soon.join();
    printf("%s, then ", !done && done.error().status() == sidekick::Status::Cancelled ? "cancelled" : "not cancelled");
    const auto again = predict(model, {0});
    printf("%.0f", again[0].number("waited"));
}

void versions() {
    const auto one = open("factor/versions/1"), two = open("factor/versions/2");
    const auto first = predict(one, {5}), second = predict(two, {5});
    printf("%.0f by %s, ", first.numbers("y")[0], std::string(one.model_version()).c_str());
    printf("%.0f by %s", second.numbers("y")[0], std::string(two.model_version()).c_str());
}

void sizes() {
    const auto model = open("sizes");
    auto rows = model.rows();
    for (const auto& values : {std::vector{1.0f, 2.0f}, std::vector{3.0f, 4.0f, 5.0f}, std::vector{6.0f}}) {
        rows.row().array("x", values, {values.size()});
    }
    const auto found = model.predict(rows);
    for (const auto& prediction : found) {
        const char* between = prediction.row() > 0 ? "; " : "";
        for (const float value : prediction.array("y")) {
            printf("%s%g", between, value);
            between = " ";
        }
    }
}

void integer() {
    const auto model = open("count");
    auto rows = model.rows();
    rows.row().integer("count", 9007199254740993);
    const auto found = model.predict(rows);
    std::cout << found[0].integer("next") << std::flush;
}

void bytes() {
    const auto model = open("reverse", Options().model_description(R"({
        "inputs": [{"name": "data", "type": "bytes"}], "outputs": [{"name": "reversed", "type": "bytes"}]})"));
    auto rows = model.rows();
    rows.row().bytes("data", std::string("\xff\0\x80", 3));
    const auto found = model.predict(rows);
    const char* between = "";
    for (const auto byte : found[0].bytes("reversed")) {
        printf("%s%02x", between, std::to_integer<unsigned>(byte));
        between = " ";
    }
}

void species_by(const Options& options) {
    const auto model = open("iris", options);
    auto rows = model.rows();
    rows.row().number(0, 5.9).number(1, 3.0).number(2, 4.2).number(3, 1.5);
    const auto found = model.predict(rows);
    const auto best = found[0].top("predict_proba");
    const auto outputs = model.outputs().size();
    std::cout << best.label << std::flush;
    printf(" %.4f, %zu output%s", best.probability, outputs, outputs == 1 ? "" : "s");
}

void labels() {
    species_by(Options().model_description(R"({
        "outputs": [{"name": "predict_proba", "labels": ["setosa", "versicolor", "virginica"]}]})"));
}

void server_labels() {
    species_by({});
}

// The second row leaves an input out.
void optional_by(const Options& options) {
    const auto model = open("optional", options);
    auto rows = model.rows();
    rows.row().number("x", 1).number("offset", 5).row().number("x", 1);
    const auto found = model.predict(rows);
    printf("%.0f %.0f", found.numbers("y")[0], found.numbers("y")[1]);
}

void optional() {
    optional_by(Options().model_description(R"({"inputs": [{"name": "offset", "optional": true}]})"));
}

void server_optional() {
    optional_by({});
}

// The URL of a server is no model's: the error names those that there are.
void models() {
    const auto opened = Deployment::try_open(base + "/v2", "");
    const std::string message = opened ? "" : opened.error().what();
    printf("%s", message.find("floats") != std::string::npos ? "named" : "not named");
}

const std::map<std::string, void (*)()> scenarios = {
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
    {"server's labels", server_labels},
    {"optional", optional},
    {"server's optional", server_optional},
    {"models", models},
};

// An error as every language can print it.
std::string short_form(const sidekick::Error& error) {
    if (error.http_status() != 0) return "HTTP " + std::to_string(error.http_status());
    if (error.status() == sidekick::Status::Timeout) return "out of time";
    const auto status = static_cast<int>(error.status());
    return status >= SIDEKICK_ERROR_UNKNOWN_FEATURE && status <= SIDEKICK_ERROR_NPY ? "refused" : "error";
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) return 1;
    base = argv[1];
    for (int at = 2; at < argc; ++at) {
        printf("%s: ", argv[at]);
        try {
            scenarios.at(argv[at])();
        } catch (const sidekick::Error& error) {
            printf("%s", short_form(error).c_str());
            std::fprintf(stderr, "  C++: %s\n", error.what());
        }
        printf("\n");
    }
}
