/**
 * @file sidekick/error.hpp
 * Part of sidekick.hpp: what went wrong, and the results that carry it.
 */

#ifndef SIDEKICK_ERROR_HPP
#define SIDEKICK_ERROR_HPP

#include "span.hpp"

#include <sidekick.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace sidekick {
inline namespace SIDEKICK_CPP {

/// What a call says of itself; see the C constant of the same name. Later versions may add some.
enum class Status : std::int32_t {
    Ok = SIDEKICK_OK,                                       ///< The call succeeded.
    Argument = SIDEKICK_ERROR_ARGUMENT,                     ///< The call itself is wrong.
    Internal = SIDEKICK_ERROR_INTERNAL,                     ///< A defect of the library.
    Memory = SIDEKICK_ERROR_MEMORY,                         ///< Memory for a large buffer could not be had.
    File = SIDEKICK_ERROR_FILE,                             ///< A file could not be read or written.
    StreamFull = SIDEKICK_ERROR_STREAM_FULL,                ///< Predictions have to be taken first: see `Stream`.
    UnknownFeature = SIDEKICK_ERROR_UNKNOWN_FEATURE,        ///< No feature has the name or the index.
    FeatureType = SIDEKICK_ERROR_FEATURE_TYPE,              ///< A value of another type than the feature's.
    FeatureShape = SIDEKICK_ERROR_FEATURE_SHAPE,            ///< A value of another shape than the feature's.
    FeatureValue = SIDEKICK_ERROR_FEATURE_VALUE,            ///< Not finite, or not one of the categories.
    FeatureTwice = SIDEKICK_ERROR_FEATURE_TWICE,            ///< A feature given twice in one row.
    RowIncomplete = SIDEKICK_ERROR_ROW_INCOMPLETE,          ///< A row that lacks features.
    Image = SIDEKICK_ERROR_IMAGE,                           ///< No picture that can be read.
    Npy = SIDEKICK_ERROR_NPY,                               ///< No `.npy` file that can be read.
    Connect = SIDEKICK_ERROR_CONNECT,                       ///< No connection to the server.
    Tls = SIDEKICK_ERROR_TLS,                               ///< Certificate or handshake not accepted.
    Timeout = SIDEKICK_ERROR_TIMEOUT,                       ///< A time limit passed.
    Network = SIDEKICK_ERROR_NETWORK,                       ///< The connection broke, or is not HTTP.
    Cancelled = SIDEKICK_ERROR_CANCELLED,                   ///< The call was cancelled: see `Cancel`.
    Http = SIDEKICK_ERROR_HTTP,                             ///< An HTTP status other than 2xx, unexplained.
    Server = SIDEKICK_ERROR_SERVER,                         ///< The server refused: see `Error::server_code`.
    Describe = SIDEKICK_ERROR_DESCRIBE,                     ///< The URL is not a deployment's.
    ReplyMalformed = SIDEKICK_ERROR_REPLY_MALFORMED,        ///< A response whose body is malformed.
    ReplyRows = SIDEKICK_ERROR_REPLY_ROWS,                  ///< A reply with fewer or more rows than sent.
    ReplyOutput = SIDEKICK_ERROR_REPLY_OUTPUT,              ///< A reply that lacks a declared output.
    ReplyType = SIDEKICK_ERROR_REPLY_TYPE,                  ///< A reply value of another form than declared.
    ReplyShape = SIDEKICK_ERROR_REPLY_SHAPE,                ///< A reply value of another shape than declared.
    ReplyEncoding = SIDEKICK_ERROR_REPLY_ENCODING,          ///< A value whose encoding is invalid.
    ReplyTooLarge = SIDEKICK_ERROR_REPLY_TOO_LARGE          ///< A reply beyond the size limit.
};

/// @cond
namespace detail {

// How a message about a row starts; empty where it is about none.
inline std::string about_row(std::optional<std::size_t> row) {
    return row ? "row " + std::to_string(*row) + ": " : "";
}

}  // namespace detail
/// @endcond

/// What went wrong, in full. Copies share their fields and cannot fail; any thread may read them.
class Error : public std::runtime_error {
public:
    /// An error of a kind, about the feature of that name where there is one.
    Error(Status status, const std::string& message, std::string feature = {})
        : std::runtime_error(message), fields_(std::make_shared<Fields>()) {
        fields_->status = status;
        fields_->feature = std::move(feature);
    }
    /// Every field of an error of the C API, which stays the caller's.
    explicit Error(const sidekick_error* error)
        : std::runtime_error(sidekick_error_message(error, nullptr)), fields_(std::make_shared<Fields>()) {
        fields_->status = static_cast<Status>(sidekick_error_status(error));
        fields_->http_status = sidekick_error_http_status(error);
        fields_->server_code = text(sidekick_error_server_code, error);
        fields_->server_message = text(sidekick_error_server_message, error);
        fields_->feature = text(sidekick_error_feature, error);
        fields_->row = sidekick_error_row(error);
        fields_->rows_first = sidekick_error_rows_first(error);
        fields_->rows_count = sidekick_error_rows_count(error);
        fields_->os_error = sidekick_error_os_error(error);
        fields_->attempts = sidekick_error_attempts(error);
        fields_->retryable = sidekick_error_retryable(error) != 0;
    }

    /// What kind of failure it is. The message is what `what()` says: one line, never with the token.
    Status status() const noexcept { return fields_->status; }
    /// The HTTP status of the reply it came with; 0 where there was none.
    int http_status() const noexcept { return fields_->http_status; }
    /// The server's `errorCode`, such as `FeatureNotFound`; empty where it sent none. Lives as long as the
    /// error.
    std::string_view server_code() const noexcept { return fields_->server_code; }
    /// The server's `errorMessage`, text for people; empty where it sent none. Lives as long as the error.
    std::string_view server_message() const noexcept { return fields_->server_message; }
    /// The name of the input or output it is about; empty where it is about none. Lives as long as the error.
    std::string_view feature() const noexcept { return fields_->feature; }
    /// The row it is about, counted from 0 over all rows of the call or the stream, where it is about a
    /// single one.
    std::optional<std::size_t> row() const noexcept { return index(fields_->row); }
    /// The first row of the request that failed, counted as `row` is, where a request of rows did.
    std::optional<std::size_t> rows_first() const noexcept { return index(fields_->rows_first); }
    /// How many rows the request that failed had; 0 where no request of rows did.
    std::size_t rows_count() const noexcept { return fields_->rows_count; }
    /// The system's number for why a file could not be read or written; 0 if there is none:
    /// `std::error_code(error.os_error(), std::system_category()) == std::errc::no_such_file_or_directory`.
    int os_error() const noexcept { return fields_->os_error; }
    /// How many times a request was sent; 0 where none was.
    std::uint32_t attempts() const noexcept { return fields_->attempts; }
    /// Whether the same call may succeed later.
    bool retryable() const noexcept { return fields_->retryable; }

    /// @cond
    // The same error with its row counted from further back: in the message, too.
    Error(std::size_t first, const Error& error)
        : std::runtime_error(counted(first, error)), fields_(std::make_shared<Fields>(*error.fields_)) {
        fields_->row += fields_->row < 0 ? 0 : static_cast<std::int64_t>(first);
    }
    // The same error, about a row.
    Error(std::optional<std::size_t> row, const Error& error)
        : std::runtime_error(error), fields_(std::make_shared<Fields>(*error.fields_)) {
        fields_->row = row ? static_cast<std::int64_t>(*row) : -1;
    }
    /// @endcond

private:
    struct Fields {
        Status status = Status::Ok;
        int http_status = 0;
        std::string server_code;
        std::string server_message;
        std::string feature;
        std::int64_t row = -1;
        std::int64_t rows_first = -1;
        std::size_t rows_count = 0;
        int os_error = 0;
        std::uint32_t attempts = 0;
        bool retryable = false;
    };

    static std::optional<std::size_t> index(std::int64_t index) noexcept {
        return index < 0 ? std::nullopt : std::optional(static_cast<std::size_t>(index));
    }

    static std::string counted(std::size_t first, const Error& error) {
        const std::string message = error.what();
        const auto row = error.row();
        const std::string start = detail::about_row(row);
        if (!row || message.compare(0, start.size(), start) != 0) {
            return message;
        }
        return detail::about_row(*row + first) + message.substr(start.size());
    }

    static std::string text(const char* (*getter)(const sidekick_error*, std::size_t*), const sidekick_error* error) {
        std::size_t length = 0;
        const char* const start = getter(error, &length);
        return {start, length};
    }

    std::shared_ptr<Fields> fields_;
};

/// @cond
// Marks what is done after failure: far from the calls, so that those stay small enough to be inlined.
#if defined(__GNUC__)
#define SIDEKICK_COLD __attribute__((cold, noinline))
#else
#define SIDEKICK_COLD
#endif

namespace detail {

[[noreturn]] SIDEKICK_COLD inline void raise(const Error& error) { throw error; }

// The error of a row among some as that of the row among all, of which `first` are before these.
inline Error counted_from(std::size_t first, const Error& error) { return {first, error}; }

}  // namespace detail
/// @endcond

/// A value, or the error that kept it from being made: what the `try_` forms return. Success needs no memory.
template <typename Value>
class [[nodiscard]] Result;

/// Success, or the error that prevented it.
template <>
class [[nodiscard]] Result<void> {
public:
    /// Success.
    Result() noexcept = default;
    /// Failure.
    Result(Error error) : error_(std::make_unique<const Error>(std::move(error))) {}

    /// Whether it succeeded.
    bool has_value() const noexcept { return error_ == nullptr; }
    /// Whether it succeeded.
    explicit operator bool() const noexcept { return has_value(); }
    /// Nothing; the error is thrown where there is one.
    void value() const {
        if (!has_value()) {
            detail::raise(*error_);
        }
    }
    /// The error; where there is none, `std::logic_error` is thrown.
    const Error& error() const& {
        return has_value() ? throw std::logic_error("there is no error") : *error_;
    }
    /// The error of a temporary, which outlives it.
    Error error() && { return std::as_const(*this).error(); }

private:
    std::unique_ptr<const Error> error_;
};

template <typename Value>
class [[nodiscard]] Result {
public:
    /// Success.
    Result(Value value) : value_(std::move(value)) {}
    /// Failure.
    Result(Error error) : done_(std::move(error)) {}

    /// Whether there is a value.
    bool has_value() const noexcept { return value_.has_value(); }
    /// Whether there is a value.
    explicit operator bool() const noexcept { return has_value(); }
    /// The value; where there is none, the error is thrown.
    const Value& value() const& {
        if (!has_value()) {
            detail::raise(error());
        }
        return *value_;
    }
    /// The value, moved out; where there is none, the error is thrown.
    Value value() && {
        if (!has_value()) {
            detail::raise(error());
        }
        return *std::move(value_);
    }
    /// The error; where there is none, `std::logic_error` is thrown.
    const Error& error() const& { return done_.error(); }
    /// The error of a temporary, which outlives it.
    Error error() && { return std::as_const(*this).error(); }

private:
    Result<void> done_;
    std::optional<Value> value_;
};

/// @cond
namespace detail {

template <auto free>
struct Free {
    template <typename Object>
    void operator()(Object* object) const noexcept {
        free(object);
    }
};

template <typename Object, auto free>
using Owned = std::unique_ptr<Object, Free<free>>;

// Takes over an error of the C API.
SIDEKICK_COLD inline Result<void> failure(sidekick_error* error) {
    const Owned<sidekick_error, sidekick_error_free> owned(error);
    return Error(error);
}

// Calls a C function, whose last parameter takes the error.
template <typename Function, typename... Arguments>
Result<void> attempt(Function function, Arguments... arguments) {
    sidekick_error* error = nullptr;
    return function(arguments..., &error) == SIDEKICK_OK ? Result<void>() : failure(error);
}

template <typename Value>
SIDEKICK_COLD Result<Value> failed(const Result<void>& done) {
    return done.error();
}

// What `make` makes after success; else the error.
template <typename Make, typename Value = std::decay_t<decltype(std::declval<Make>()())>>
Result<Value> then(const Result<void>& done, Make make) {
    return done ? Result<Value>(make()) : failed<Value>(done);
}

}  // namespace detail
/// @endcond

}  // namespace SIDEKICK_CPP
}  // namespace sidekick

#endif  // SIDEKICK_ERROR_HPP
