// What the examples share: their command line, and how they end.
#pragma once

#include <sidekick.hpp>

#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace example {

// A command line that does not match the usage.
struct WrongUse {};

// The arguments of the command line.
struct Arguments {
    std::string url;
    std::optional<std::string> token;  // it may be empty
    std::string model_description;     // a file, or empty
    std::vector<std::string> files;
    bool help = false;
};

inline std::string read_token(const std::string& path) {
    std::string token;
    if (!(std::ifstream(path) >> token)) {
        throw std::runtime_error("no token in the file " + path);
    }
    return token;
}

inline std::optional<std::string> token_from_environment() {
    const char* const token = std::getenv("SIDEKICK_TOKEN");
    return token == nullptr || *token == '\0' ? std::nullopt : std::optional<std::string>(token);
}

inline Arguments parse(const std::vector<std::string>& words) {
    Arguments arguments;
    arguments.token = token_from_environment();
    for (std::size_t at = 0; at < words.size(); ++at) {
        const auto value = [&] { return ++at < words.size() ? words[at] : throw WrongUse(); };
        if (words[at] == "--help") {
            arguments.help = true;
        } else if (words[at] == "--url") {
            arguments.url = value();
        } else if (words[at] == "--token") {
            arguments.token = value();
        } else if (words[at] == "--token-file") {
            arguments.token = read_token(value());
        } else if (words[at] == "--model-description") {
            arguments.model_description = value();
        } else if (words[at].rfind("--", 0) == 0) {
            throw WrongUse();
        } else {
            arguments.files.push_back(words[at]);
        }
    }
    return arguments;
}

// The deployment, or the model of the Open Inference Protocol, that the command line names.
inline sidekick::Deployment open(const Arguments& arguments) {
    sidekick::Options options;
    if (!arguments.model_description.empty()) {
        options.model_description_file(arguments.model_description);
    }
    return sidekick::Deployment::open(arguments.url, *arguments.token, options);
}

// How many files a task takes.
struct FileCount {
    std::size_t least;
    std::size_t most = std::numeric_limits<std::size_t>::max();
};

// Runs a task with the arguments of main: 0 if it succeeds, 2 for wrong use, 1 for any failure, each
// reported on one line.
inline int run(int argc, char** argv, std::string_view usage, FileCount count, void (*task)(const Arguments&)) {
    try {
        const Arguments arguments = parse({argv + 1, argv + argc});
        if (arguments.help) {
            std::cout << "usage: " << usage << "\n  the token: --token T, --token-file F, or SIDEKICK_TOKEN\n";
            return 0;
        }
        const std::size_t files = arguments.files.size();
        if (arguments.url.empty() || !arguments.token || files < count.least || files > count.most) {
            throw WrongUse();
        }
        task(arguments);
        return 0;
    } catch (const WrongUse&) {
        std::cerr << "usage: " << usage << " (--token T, --token-file F or SIDEKICK_TOKEN; --help)\n";
        return 2;
    } catch (const std::exception& error) {
        std::cerr << "error: " << error.what() << '\n';
        return 1;
    }
}

}  // namespace example
