/**
 * @file sidekick/text.hpp
 * Part of sidekick.hpp: values of the library as text, for logs and for people.
 */

#ifndef SIDEKICK_TEXT_HPP
#define SIDEKICK_TEXT_HPP

#include "options.hpp"

#include <ostream>
#ifdef __cpp_lib_format
#include <format>
#endif

namespace sidekick {
inline namespace SIDEKICK_CPP {

class Deployment;

/// @cond
namespace detail {

// The name of a number that a later version of the library may have.
template <typename Value>
std::string named(const char* name, const char* kind, Value value) {
    return name != nullptr ? name : kind + (' ' + std::to_string(static_cast<std::int32_t>(value)));
}

// NULL for a status of a later version. The compiler warns of one that is forgotten here.
inline const char* name_of(Status status) noexcept {
    switch (status) {
        case Status::Ok: return "Ok";
        case Status::Argument: return "Argument";
        case Status::Internal: return "Internal";
        case Status::Memory: return "Memory";
        case Status::File: return "File";
        case Status::StreamFull: return "StreamFull";
        case Status::UnknownFeature: return "UnknownFeature";
        case Status::FeatureType: return "FeatureType";
        case Status::FeatureShape: return "FeatureShape";
        case Status::FeatureValue: return "FeatureValue";
        case Status::FeatureTwice: return "FeatureTwice";
        case Status::RowIncomplete: return "RowIncomplete";
        case Status::Image: return "Image";
        case Status::Npy: return "Npy";
        case Status::Connect: return "Connect";
        case Status::Tls: return "Tls";
        case Status::Timeout: return "Timeout";
        case Status::Network: return "Network";
        case Status::Cancelled: return "Cancelled";
        case Status::Http: return "Http";
        case Status::Server: return "Server";
        case Status::Describe: return "Describe";
        case Status::ReplyMalformed: return "ReplyMalformed";
        case Status::ReplyRows: return "ReplyRows";
        case Status::ReplyOutput: return "ReplyOutput";
        case Status::ReplyType: return "ReplyType";
        case Status::ReplyShape: return "ReplyShape";
        case Status::ReplyEncoding: return "ReplyEncoding";
        case Status::ReplyTooLarge: return "ReplyTooLarge";
    }
    return nullptr;
}

inline const char* name_of(Type type) noexcept {
    switch (type) {
        case Type::Numeric: return "numeric";
        case Type::Categorical: return "categorical";
        case Type::Binary: return "binary";
        case Type::Text: return "text";
        case Type::Image: return "image";
        case Type::Bytes: return "bytes";
    }
    return nullptr;
}

inline const char* name_of(ElementType type) noexcept {
    switch (type) {
        case ElementType::None: return "none";
        case ElementType::Float32: return "float32";
        case ElementType::Float64: return "float64";
        case ElementType::Int8: return "int8";
        case ElementType::Int16: return "int16";
        case ElementType::Int32: return "int32";
        case ElementType::Int64: return "int64";
        case ElementType::UInt8: return "uint8";
        case ElementType::UInt16: return "uint16";
        case ElementType::UInt32: return "uint32";
        case ElementType::UInt64: return "uint64";
        case ElementType::Float16: return "float16";
        case ElementType::BFloat16: return "bfloat16";
        case ElementType::Bool: return "bool";
    }
    return nullptr;
}

inline const char* name_of(Protocol protocol) noexcept {
    switch (protocol) {
        case Protocol::Auto: return "auto";
        case Protocol::DeploymentApi: return "Deployment API";
        case Protocol::OpenInference: return "Open Inference Protocol";
    }
    return nullptr;
}

inline const char* name_of(Wire wire) noexcept {
    switch (wire) {
        case Wire::Auto: return "auto";
        case Wire::Binary: return "binary";
        case Wire::Json: return "JSON";
    }
    return nullptr;
}

inline const char* name_of(TlsVersion version) noexcept {
    switch (version) {
        case TlsVersion::Tls12: return "TLS 1.2";
        case TlsVersion::Tls13: return "TLS 1.3";
    }
    return nullptr;
}

inline const char* name_of(LogLevel level) noexcept {
    switch (level) {
        case LogLevel::Error: return "error";
        case LogLevel::Warning: return "warning";
        case LogLevel::Info: return "info";
        case LogLevel::Debug: return "debug";
    }
    return nullptr;
}

// How many labels of a feature are shown if there are more than that and one.
constexpr std::size_t shown_labels = 3;

inline std::string labels_of(const Feature& feature) {
    const std::size_t count = feature.categories.size();
    const std::size_t shown = count <= shown_labels + 1 ? count : shown_labels;
    std::string text;
    for (std::size_t label = 0; label < shown; ++label) {
        text += (label == 0 ? ", one of " : ", ") + detail::quoted(feature.categories[label]);
    }
    return shown == count ? text : text + " and " + std::to_string(count - shown) + " more";
}

template <typename Value>
constexpr bool has_text =
    is_one_of<Value, Status, Type, ElementType, Protocol, Wire, TlsVersion, LogLevel, Feature, Error, Deployment>;

}  // namespace detail
/// @endcond

/// The name of the enumerator, such as `Timeout`; of one that is not known here, its number.
inline std::string to_string(Status status) {
    return detail::named(detail::name_of(status), "status", status);
}
/// The type's name, such as `numeric`.
inline std::string to_string(Type type) { return detail::named(detail::name_of(type), "type", type); }
/// The name of the type of elements, such as `float32`.
inline std::string to_string(ElementType type) {
    return detail::named(detail::name_of(type), "element type", type);
}
/// The protocol's name, such as `Open Inference Protocol`.
inline std::string to_string(Protocol protocol) {
    return detail::named(detail::name_of(protocol), "protocol", protocol);
}
/// How tensors are sent: `auto`, `binary` or `JSON`.
inline std::string to_string(Wire wire) { return detail::named(detail::name_of(wire), "wire", wire); }
/// The version of TLS, such as `TLS 1.3`.
inline std::string to_string(TlsVersion version) {
    return detail::named(detail::name_of(version), "TLS version", version);
}
/// The level of a line of the log, such as `warning`.
inline std::string to_string(LogLevel level) {
    return detail::named(detail::name_of(level), "log level", level);
}

/// A feature on one line: `"size": numeric [1]`, `"x": numeric [any, 2], optional`,
/// `"sex": categorical [2], one of "female", "male"`.
inline std::string to_string(const Feature& feature) {
    return detail::quoted(feature.name) + ": " + to_string(feature.type) + ' ' +
           detail::shape_text(feature.shape) + detail::labels_of(feature) +
           (feature.optional ? ", optional" : "");
}

/// An error on one line, with its status: `Server (HTTP 401, InvalidTokenError): ...`. The token is not in
/// it.
inline std::string to_string(const Error& error) {
    std::string where = error.http_status() == 0 ? "" : "HTTP " + std::to_string(error.http_status());
    if (!error.server_code().empty()) {
        where += (where.empty() ? "" : ", ") + std::string(error.server_code());
    }
    return to_string(error.status()) + (where.empty() ? "" : " (" + where + ')') + ": " + error.what();
}

/// Writes what `to_string` returns: of the enums, of a `Feature`, of an `Error`, of a `Deployment`.
template <typename Value, typename = std::enable_if_t<detail::has_text<Value>>>
std::ostream& operator<<(std::ostream& out, const Value& value) {
    return out << to_string(value);
}

/// What the library fmt (10 or newer) writes: the same. It writes an `Error`'s `what()` itself, by `fmt/std.h`.
template <typename Value,
          typename = std::enable_if_t<detail::has_text<Value> && !detail::is_one_of<Value, Error>>>
std::string format_as(const Value& value) {
    return to_string(value);
}

}  // namespace SIDEKICK_CPP
}  // namespace sidekick

#ifdef __cpp_lib_format
/// What `std::format` and `std::print` write of them: what `to_string` returns, with the options of a text.
template <typename Value>
    requires(sidekick::detail::has_text<Value>)
struct std::formatter<Value, char> : std::formatter<std::string_view, char> {
    /// Writes it.
    template <typename Context>
    auto format(const Value& value, Context& context) const {
        return std::formatter<std::string_view, char>::format(to_string(value), context);
    }
};
#endif

#endif  // SIDEKICK_TEXT_HPP
