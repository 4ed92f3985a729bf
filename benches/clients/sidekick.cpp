// The library from C++: tables column by column, or value by value if there is one row a request, or the
// task says so.
#include "bench.h"

#include <algorithm>
#include <optional>
#include <sidekick.hpp>
#include <vector>

namespace {

class Client {
public:
    explicit Client(const bench_task &task) : task_(task), deployment_(open(task)), rows_(deployment_.rows()) {
        if (bench_takes_table(&task)) {
            std::size_t count;
            const bench_row *rows = bench_table(&count);
            table_.assign(rows, rows + count);
            columns_ = bench_columns_of(rows, count);
            if (is("tensor-features")) features_ = bench_features_of(rows, count);
        }
        if (is("array") || is("tensor-array")) arrays_ = bench_data("arrays.f32");
        if (is("jpeg")) jpeg_ = bench_data("picture.jpg");
        if (is("pixels-png") || is("pixels-jpeg")) pixels_ = bench_data("pixels.rgb");
        const std::size_t numbers = table_.empty() || features_ ? 0 : is("numbers") ? 4 : NUMBERS;
        const std::size_t texts = numbers == NUMBERS ? TEXTS : 0;
        for (std::size_t i = 0; i < numbers; ++i) numbers_.push_back(deployment_.input_index(NUMBER_NAMES[i]));
        for (std::size_t i = 0; i < texts; ++i) texts_.push_back(deployment_.input_index(TEXT_NAMES[i]));
        for (std::size_t i = 0; i < deployment_.outputs().size(); ++i) {
            const sidekick::Feature &output = deployment_.outputs()[i];
            (output.name == "number" ? number_ : output.name == "class" ? class_ : array_) = i;
        }
    }

    // Adds rows, predicts them, reads every result, a column at a time.
    uint64_t predict(std::size_t first, std::size_t rows) {
        rows_.clear();
        bench_takes_columns(&task_) ? add_columns(first, rows) : add_rows(first, rows);
        const auto predictions = deployment_.predict(rows_);
        uint64_t sum = 0;
        if (number_) {
            for (double number : predictions.numbers(*number_)) sum += bench_bits(number);
        }
        if (class_) {
            const auto matrix = predictions.probability_matrix(*class_);
            for (std::size_t row = 0; row < matrix.size(); ++row) {
                for (double probability : matrix[row]) sum += bench_bits(probability);
                const auto label = predictions[row].top(*class_).label;
                sum += bench_label(label.data(), label.size());
            }
        }
        if (array_) {
            const auto elements = predictions.arrays(*array_);
            const std::size_t stride = bench_stride(&task_);
            for (std::size_t i = 0; i < elements.size(); i += stride) sum += bench_bits(elements[i]);
        }
        return sum;
    }

    uint64_t request(std::size_t index) { return predict(index * task_.rows, task_.rows); }
    uint64_t all_requests() { return predict(0, task_.rows * task_.requests); }

private:
    bool is(const char *kind) const { return bench_is(&task_, kind); }

    static sidekick::Deployment open(const bench_task &task) {
        sidekick::Options options;
        options.batch_rows(task.rows);
        if (task.in_flight) options.max_in_flight(task.in_flight);
        return sidekick::Deployment::open(task.url, "token", options);
    }

    void add_rows(std::size_t first, std::size_t rows) {
        for (std::size_t row = first; row < first + rows; ++row) add_row(row);
    }

    void add_columns(std::size_t first, std::size_t rows) {
        for (std::size_t added = 0; added < rows;) {
            const std::size_t start = (first + added) % table_.size();
            const std::size_t part = std::min(table_.size() - start, rows - added);
            rows_.add_columns(part, columns(start, part));
            added += part;
        }
    }

    // Rows of the table that follow one another.
    std::vector<sidekick::Column> columns(std::size_t first, std::size_t rows) const {
        const bool tensors = is("tensor-columns");
        const std::size_t doubles = tensors ? DOUBLES : NUMBERS, texts = tensors ? TEXTS - CODES : TEXTS;
        std::vector<sidekick::Column> columns;
        columns.reserve(NUMBERS + TEXTS);
        for (std::size_t i = 0; i < doubles; ++i)
            columns.emplace_back(numbers_[i], sidekick::span<const double>(columns_.numbers[i] + first, rows));
        for (std::size_t i = doubles; i < NUMBERS; ++i)
            columns.emplace_back(numbers_[i], sidekick::span<const float>(columns_.floats[i] + first, rows));
        for (std::size_t i = 0; i < texts; ++i) {
            const std::size_t *starts = columns_.starts[i] + first;
            const std::string_view values(columns_.texts[i] + starts[0], starts[rows] - starts[0]);
            columns.emplace_back(texts_[i], sidekick::ClosedTexts{values});
        }
        for (std::size_t i = texts; i < TEXTS; ++i) {
            const int64_t *codes = columns_.codes[i - texts] + first;
            columns.emplace_back(texts_[i], sidekick::span<const int64_t>(codes, rows));
        }
        return columns;
    }

    void add_row(std::size_t index) {
        if (features_) {
            rows_.array(0, sidekick::span<const float>(features_[index % table_.size()], NUMBERS), {NUMBERS});
        } else if (!table_.empty()) {
            add_table_row(table_[index % table_.size()]);
        } else if (arrays_.size) {
            const auto *elements = reinterpret_cast<const float *>(arrays_.bytes) + index % ARRAYS * ELEMENTS;
            rows_.array(0, sidekick::span<const float>(elements, ELEMENTS), {SIDE, SIDE, CHANNELS});
        } else if (is("jpeg")) {
            rows_.image(0, {jpeg_.bytes, jpeg_.size});
        } else {
            rows_.pixels(0, {WIDTH, HEIGHT, 3}, {pixels_.bytes, pixels_.size}, 0, is("pixels-jpeg") ? JPEG_QUALITY : 0);
        }
        rows_.end_row();
    }

    void add_table_row(const bench_row &row) {
        for (std::size_t i = 0; i < numbers_.size(); ++i) rows_.number(numbers_[i], row.numbers[i]);
        if (texts_.empty()) return;
        for (std::size_t i = 0; i < 2; ++i) rows_.text(texts_[i], row.texts[i]);
        for (std::size_t i = 2; i < TEXTS; ++i) rows_.category(texts_[i], row.texts[i]);
    }

    bench_task task_;
    sidekick::Deployment deployment_;
    sidekick::Rows rows_;
    std::vector<bench_row> table_;
    bench_columns columns_{};
    bench_features *features_ = nullptr;
    bench_file arrays_{}, pixels_{}, jpeg_{};
    // The indexes of the table's inputs, and those of the outputs there are.
    std::vector<std::size_t> numbers_, texts_;
    std::optional<std::size_t> number_, class_, array_;
};

}  // namespace

int main(int count, char **arguments) {
    try {
        const bench_task task = bench_arguments(count, arguments);
        Client client(task);
        client.predict(0, task.rows * (task.in_flight ? task.in_flight : 1));
        const auto all = [](void *it, std::size_t) { return static_cast<Client *>(it)->all_requests(); };
        const auto one = [](void *it, std::size_t index) { return static_cast<Client *>(it)->request(index); };
        task.in_flight ? bench_measure(1, all, &client) : bench_measure(task.requests, one, &client);
    } catch (const sidekick::Error &error) {
        bench_fail(error.what());
    }
}
