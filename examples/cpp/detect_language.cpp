// Detects the language of each line of standard input.
#include "example.hpp"

#include <iomanip>

static void detect(const example::Arguments& arguments) {
    const auto deployment = example::open(arguments);
    std::vector<std::string> lines;
    for (std::string line; std::getline(std::cin, line);) {
        lines.push_back(line);
    }
    auto rows = deployment.rows();
    rows.add_columns(lines.size(), {{0, lines}});
    std::cout << std::fixed << std::setprecision(4);
    for (const auto& prediction : deployment.predict(rows)) {
        const auto [language, probability] = prediction.top(0);
        std::cout << language << '\t' << probability << '\t' << lines[prediction.row()] << '\n';
    }
}

int main(int argc, char** argv) {
    return example::run(argc, argv, "detect_language --url URL < LINES", {0, 0}, detect);
}
