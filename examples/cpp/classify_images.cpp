// Classifies images: prints file, class and probability, and how many are right if the file names contain the
// label.
#include "example.hpp"

#include <cstdio>
#include <filesystem>
#include <optional>

// The label in a name such as `digit-7-0042.png`.
static std::optional<std::string> label_in(const std::filesystem::path& file) {
    const std::string name = file.stem().string();
    const std::size_t first = name.find('-');
    const std::size_t second = first == std::string::npos ? first : name.find('-', first + 1);
    if (second == std::string::npos) {
        return std::nullopt;
    }
    return name.substr(first + 1, second - first - 1);
}

static void classify(const example::Arguments& arguments) {
    const auto deployment = example::open(arguments);
    auto rows = deployment.rows();
    for (const std::string& file : arguments.files) {
        rows.row().image_file(0, file);
    }
    const auto predictions = deployment.predict(rows);

    std::size_t labelled = 0;
    std::size_t right = 0;
    for (const auto& prediction : predictions) {
        const std::string& file = arguments.files[prediction.row()];
        const auto [label, probability] = prediction.top(0);
        std::printf("%s\t%s\t%.4f\n", file.c_str(), std::string(label).c_str(), probability);
        const auto expected = label_in(file);
        labelled += expected ? 1U : 0U;
        right += expected == label ? 1U : 0U;
    }
    if (labelled > 0) {
        std::printf("%zu of %zu right\n", right, labelled);
    }
}

int main(int argc, char** argv) {
    return example::run(argc, argv, "classify_images --url URL FILE...", {1}, classify);
}
