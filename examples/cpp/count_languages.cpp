// Counts the lines of standard input by their language: any number of lines, in bounded memory.
#include "example.hpp"

#include <algorithm>

namespace {

constexpr std::size_t rows_at_once = 128;

// Languages with their lines, in the order they were met.
class Counts {
public:
    void add(const sidekick::Predictions& predictions) {
        for (const auto& prediction : predictions) {
            ++lines_of(prediction.top(0).label);
        }
    }

    void print() const {
        for (const auto& [language, lines] : counts_) {
            std::cout << language << '\t' << lines << '\n';
        }
    }

private:
    std::size_t& lines_of(std::string_view language) {
        const auto is_it = [&](const auto& count) { return count.first == language; };
        const auto found = std::find_if(counts_.begin(), counts_.end(), is_it);
        return found != counts_.end() ? found->second : counts_.emplace_back(language, 0).second;
    }

    std::vector<std::pair<std::string, std::size_t>> counts_;
};

void count(const example::Arguments& arguments) {
    const auto deployment = example::open(arguments);
    auto stream = deployment.stream();
    auto rows = deployment.rows();
    Counts counts;
    const auto push = [&] {
        while (stream.full()) {
            counts.add(*stream.next());
        }
        stream.push(rows);
        rows.clear();
    };
    for (std::string line; std::getline(std::cin, line);) {
        rows.row().text(0, line).end_row();
        if (rows.size() == rows_at_once) {
            push();
        }
    }
    push();
    for (const auto& predictions : stream.rest()) {
        counts.add(predictions);
    }
    counts.print();
}

}  // namespace

int main(int argc, char** argv) {
    return example::run(argc, argv, "count_languages --url URL < LINES", {0, 0}, count);
}
