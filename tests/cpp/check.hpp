// What the tests share: checks that are counted, tests that register themselves, and the deployments they
// ask.
#pragma once

#include <sidekick.hpp>

#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace check {

using Test = void (*)();

struct Registered {
    Registered(const char* name, Test test) { all().push_back({name, test}); }

    struct Entry {
        const char* name;
        Test test;
    };

    static std::vector<Entry>& all() {
        static std::vector<Entry> entries;
        return entries;
    }
};

// How many checks failed.
inline int& failures() {
    static int count = 0;
    return count;
}

// How often the program has asked C++ for memory.
std::size_t allocations();

inline void that(bool held, const char* text, const char* file, int line) {
    if (!held) {
        ++failures();
        std::cerr << file << ':' << line << ": " << text << '\n';
    }
}

// The error, whose texts are to show no token.
inline sidekick::Error looked_at(const sidekick::Error& error) {
    for (const std::string_view text : {std::string_view(error.what()), error.server_code(), error.server_message()}) {
        that(text.find("-token") == std::string_view::npos, error.what(), __FILE__, __LINE__);
    }
    return error;
}

// The error that `call` throws; one with Status::Ok where it throws none.
template <typename Call>
sidekick::Error thrown_by(Call call) {
    try {
        call();
    } catch (const sidekick::Error& error) {
        return looked_at(error);
    }
    return {sidekick::Status::Ok, "nothing was thrown"};
}

inline std::string url(const std::string& id) {
    const char* const server = std::getenv("SIDEKICK_SERVER_URL");
    return (server == nullptr ? std::string() : std::string(server)) + "/deployment/" + id + "/forward";
}

inline sidekick::Deployment open(const std::string& id, const sidekick::Options& options = {}) {
    return sidekick::Deployment::open(url(id), id + "-token", options);
}

// 4 x 4 pixels of `channels` samples, all of them different.
inline std::vector<unsigned char> samples(std::size_t channels) {
    std::vector<unsigned char> made;
    for (std::size_t index = 0; index < 16 * channels; ++index) {
        made.push_back(static_cast<unsigned char>(index * 5));
    }
    return made;
}

// A whole row of the echo deployment.
inline void add_echo_row(sidekick::Rows& rows, double number, std::string_view category) {
    rows.row().number("number", number).category("category", category).binary("flag", true).text("text", "any");
    rows.pixels("picture", {4, 4, 3}, samples(3)).pixels("grey", {4, 4, 1}, samples(1));
    rows.array("array", std::vector<float>{1.5F, -2.5F, 300, 4, 5, 6}, {2, 3});
}

}  // namespace check

#define TEST(name)                                                 \
    static void name();                                            \
    static const check::Registered registered_##name(#name, name); \
    static void name()

#define CHECK(...) check::that((__VA_ARGS__), #__VA_ARGS__, __FILE__, __LINE__)

// That an expression throws an error of a status.
#define CHECK_THROWS(wanted, ...) \
    CHECK(check::thrown_by([&] { static_cast<void>(__VA_ARGS__); }).status() == sidekick::Status::wanted)

// That a call of a `try_` form gives an error of a status.
#define CHECK_FAILS(wanted, ...)                                                         \
    do {                                                                                 \
        const auto result = __VA_ARGS__;                                                 \
        CHECK(!result && check::looked_at(result.error()).status() == sidekick::Status::wanted); \
    } while (false)
