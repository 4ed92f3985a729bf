// Scores a table: every input is a column of it, every output becomes one. Any tabular deployment works.
#include "csv.hpp"
#include "example.hpp"

#include <algorithm>

using sidekick::Type;

static void add(sidekick::Rows& rows, const csv::Line& header, const csv::Line& line, const sidekick::Feature& input) {
    const auto column = static_cast<std::size_t>(std::find(header.begin(), header.end(), input.name) - header.begin());
    if (column >= line.size()) {
        throw std::runtime_error("a row of the table lacks the column \"" + input.name + '"');
    }
    switch (input.type) {
    case Type::Numeric: rows.number(input.name, csv::number(line[column])); break;
    case Type::Text: rows.text(input.name, line[column]); break;
    default: rows.category(input.name, line[column]);
    }
}

static void append(csv::Line& line, const sidekick::Prediction& prediction, const sidekick::Feature& output) {
    switch (output.type) {
    case Type::Categorical: {
        const auto [label, probability] = prediction.top(output.name);
        line.insert(line.end(), {std::string(label), csv::cell(probability)});
        break;
    }
    case Type::Text: line.emplace_back(prediction.text(output.name)); break;
    default: line.push_back(csv::cell(prediction.number(output.name)));
    }
}

static void score(const example::Arguments& arguments) {
    const auto deployment = example::open(arguments);
    auto table = csv::read(arguments.files[0]);
    auto rows = deployment.rows();
    for (auto line = table.begin() + 1; line != table.end(); ++line) {
        rows.row();
        for (const auto& input : deployment.inputs()) {
            add(rows, table[0], *line, input);
        }
    }
    const auto predictions = deployment.predict(rows);
    for (const auto& output : deployment.outputs()) {
        table[0].push_back("predicted " + output.name);
        if (output.type == Type::Categorical) {
            table[0].push_back("predicted " + output.name + " probability");
        }
        for (const auto& prediction : predictions) {
            append(table[prediction.row() + 1], prediction, output);
        }
    }
    csv::write(arguments.files[1], table);
    std::cout << predictions.size() << " rows scored\n";
}

int main(int argc, char** argv) {
    return example::run(argc, argv, "score_table --url URL INPUT.csv OUTPUT.csv", {2, 2}, score);
}
