// The deployments of misbehaving.py, as tests ask them.
#pragma once

#include "check.hpp"

#include <chrono>
#include <fstream>
#include <iterator>

namespace rig {

using namespace std::chrono_literals;

inline std::string environment(const char* variable) {
    const char* const value = std::getenv(variable);
    return value == nullptr ? std::string() : std::string(value);
}

inline std::string url(const char* variable, const std::string& id) {
    return environment(variable) + "/deployment/" + id + "/forward";
}

inline sidekick::Result<sidekick::Deployment> open(const std::string& id, const sidekick::Options& options = {}) {
    return sidekick::Deployment::try_open(url("SIDEKICK_MISBEHAVING_URL", id), "rig-token", options);
}

inline sidekick::Result<sidekick::Deployment> open_tls(const sidekick::Options& options) {
    return sidekick::Deployment::try_open(url("SIDEKICK_MISBEHAVING_TLS_URL", "report"), "rig-token", options);
}

// What the `report` deployment tells of a request whose body has `size` bytes.
inline std::string report(const sidekick::Deployment& deployment, std::size_t size = 2) {
    const auto reply = deployment.post_json(std::string(size, ' '));
    return std::string(reply.text());
}

inline std::string report(const sidekick::Options& options, std::size_t size = 2) {
    return report(open("report", options).value(), size);
}

inline bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

// A file that misbehaving.py wrote.
inline std::string file(const char* name) {
    std::ifstream stream(name, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

// How long a call takes.
template <typename Call>
std::chrono::steady_clock::duration time_of(Call call) {
    const auto start = std::chrono::steady_clock::now();
    call();
    return std::chrono::steady_clock::now() - start;
}

}  // namespace rig
