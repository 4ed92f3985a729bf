/**
 * @file sidekick/options.hpp
 * Part of sidekick.hpp: settings for opening a deployment.
 */

#ifndef SIDEKICK_OPTIONS_HPP
#define SIDEKICK_OPTIONS_HPP

#include "values.hpp"

#include <chrono>
#include <functional>

namespace sidekick {
inline namespace SIDEKICK_CPP {

/// A version of TLS.
enum class TlsVersion : std::int32_t {
    Tls12 = SIDEKICK_TLS_1_2,  ///< TLS 1.2.
    Tls13 = SIDEKICK_TLS_1_3   ///< TLS 1.3.
};

/// A protocol that a deployment speaks. Later versions may add some.
enum class Protocol : std::int32_t {
    Auto = SIDEKICK_PROTOCOL_AUTO,                     ///< For `Options::protocol`: the one that the URL means.
    DeploymentApi = SIDEKICK_PROTOCOL_DEPLOYMENT_API,  ///< The Deployment API: JSON rows.
    OpenInference = SIDEKICK_PROTOCOL_OPEN_INFERENCE   ///< The Open Inference Protocol: tensors.
};

/// How tensors of the Open Inference Protocol are sent and asked for.
enum class Wire : std::int32_t {
    Auto = SIDEKICK_WIRE_AUTO,      ///< As bytes if the server lists that it takes them, or has answered with some.
    Binary = SIDEKICK_WIRE_BINARY,  ///< As bytes.
    Json = SIDEKICK_WIRE_JSON       ///< As JSON.
};

/// How much a line of the log matters.
enum class LogLevel : std::int32_t {
    Error = SIDEKICK_LOG_ERROR,      ///< A request failed for good: no reply, or a status of 4xx or 5xx.
    Warning = SIDEKICK_LOG_WARNING,  ///< An attempt failed and is made again.
    Info = SIDEKICK_LOG_INFO,        ///< A request was answered.
    Debug = SIDEKICK_LOG_DEBUG       ///< A connection was made or used again.
};

/// Gives the token for a request; `refused` is true where the server has just answered 401 to the last one.
using TokenCallback = std::function<std::string(bool refused)>;
/// Hears what happens: a line of text, which lives as long as the callback runs.
using LogCallback = std::function<void(LogLevel level, std::string_view line)>;

/// Decides whether a call ends that a signal interrupted.
using SignalCallback = std::function<bool()>;

/// @cond
namespace detail {

// Says why there is no token. A text that is not UTF-8, which the library refuses, keeps its ASCII.
inline void fail_token(sidekick_token* token, const char* reason) noexcept {
    if (sidekick_token_fail(token, reason, SIDEKICK_NUL, nullptr) == SIDEKICK_OK) {
        return;
    }
    try {
        std::string plain = reason;
        for (char& character : plain) {
            character = static_cast<unsigned char>(character) < 0x80 ? character : '?';
        }
        sidekick_token_fail(token, plain.data(), plain.size(), nullptr);
    } catch (...) {  // without memory there is no text
    }
}

// The callbacks of the C API: `data` is the function to call. No exception may leave them.
inline std::int32_t give_token(void* data, std::int32_t refused, sidekick_token* token) noexcept {
    try {
        const std::string value = (*static_cast<const TokenCallback*>(data))(refused != 0);
        detail::attempt(sidekick_token_set, token, value.data(), value.size()).value();
        return SIDEKICK_OK;
    } catch (const std::exception& failure) {
        fail_token(token, failure.what());
    } catch (...) {  // it has no text
    }
    return SIDEKICK_ERROR_ARGUMENT;
}

inline void log(void* data, std::int32_t level, const char* line, std::size_t length) noexcept {
    try {
        (*static_cast<const LogCallback*>(data))(static_cast<LogLevel>(level), {line, length});
    } catch (...) {  // a line that cannot be logged fails no call
    }
}

inline std::int32_t hear_signal(void* data) noexcept {
    try {
        return (*static_cast<const SignalCallback*>(data))() ? 1 : 0;
    } catch (...) {  // what cannot be decided ends the call
        return 1;
    }
}

template <typename Callback>
void release(void* data) noexcept {
    delete static_cast<Callback*>(data);
}

}  // namespace detail
/// @endcond

/**
 * Settings for `Deployment::open`, which copies them; each has a default that suits most programs. They can
 * be set one after the other, also in the expression that makes them: `Options().batch_rows(32).retries(5)`.
 * A setter that fails changes nothing; a negative duration is `Status::Argument`. One thread at a time.
 */
class Options {
public:
    /// Every setting at its default.
    Options() noexcept {
        sidekick_options* handle = nullptr;
        sidekick_options_new(&handle, nullptr);
        handle_.reset(handle);
    }

    /// Sets how many rows go out in one request: at least 1, by default 128.
    Options& batch_rows(Count rows) & { return done(try_batch_rows(rows)); }
    /// As above, for options that are made and passed on in one expression.
    Options&& batch_rows(Count rows) && { return std::move(batch_rows(rows)); }
    /// As `batch_rows`, without throwing.
    Result<void> try_batch_rows(Count rows) {
        auto result = set(sidekick_options_set_batch_rows, rows);
        batch_rows_ = result ? rows.value() : batch_rows_;
        return result;
    }

    /// Sets how many requests of one `predict`, or of one `Stream`, are in flight at once: at least 1, which
    /// is the default. More start that many threads, which end with the call or the stream.
    Options& max_in_flight(Count requests) & { return done(try_max_in_flight(requests)); }
    /// As above, for options that are made and passed on in one expression.
    Options&& max_in_flight(Count requests) && { return std::move(max_in_flight(requests)); }
    /// As `max_in_flight`, without throwing.
    Result<void> try_max_in_flight(Count requests) { return set(sidekick_options_set_max_in_flight, requests); }

    /// Whether the rows that the server calls bad (status 400, 413 or 422) are found, by sending halves of
    /// their request again until each stands alone: the others are predicted all the same, and
    /// `Predictions::failures` tells of the bad ones. By default not: the whole call fails.
    Options& isolate_bad_rows(Flag isolate) & { return done(try_isolate_bad_rows(isolate)); }
    /// As above, for options that are made and passed on in one expression.
    Options&& isolate_bad_rows(Flag isolate) && { return std::move(isolate_bad_rows(isolate)); }
    /// As `isolate_bad_rows`, without throwing.
    Result<void> try_isolate_bad_rows(Flag isolate) { return set(sidekick_options_set_isolate_bad_rows, isolate); }

    /// Whether status 500 counts as a refusal of the rows, too, with `isolate_bad_rows`: Triton, MLServer and
    /// KServe answer so if the model itself fails at a row. By default not.
    Options& isolate_status_500(Flag isolate) & { return done(try_isolate_status_500(isolate)); }
    /// As above, for options that are made and passed on in one expression.
    Options&& isolate_status_500(Flag isolate) && { return std::move(isolate_status_500(isolate)); }
    /// As `isolate_status_500`, without throwing.
    Result<void> try_isolate_status_500(Flag isolate) {
        return set(sidekick_options_set_isolate_status_500, isolate);
    }

    /// Sets how long making a connection may take: by default 10 seconds; 0 means without limit.
    Options& connect_timeout(std::chrono::milliseconds limit) & { return done(try_connect_timeout(limit)); }
    /// As above, for options that are made and passed on in one expression.
    Options&& connect_timeout(std::chrono::milliseconds limit) && { return std::move(connect_timeout(limit)); }
    /// As `connect_timeout`, without throwing.
    Result<void> try_connect_timeout(std::chrono::milliseconds limit) {
        return set(sidekick_options_set_connect_timeout, limit);
    }

    /// Sets how long the server may be silent while it is sent to or read from: by default 2 minutes; 0 means
    /// without limit.
    Options& response_timeout(std::chrono::milliseconds limit) & { return done(try_response_timeout(limit)); }
    /// As above, for options that are made and passed on in one expression.
    Options&& response_timeout(std::chrono::milliseconds limit) && { return std::move(response_timeout(limit)); }
    /// As `response_timeout`, without throwing.
    Result<void> try_response_timeout(std::chrono::milliseconds limit) {
        return set(sidekick_options_set_response_timeout, limit);
    }

    /// Sets how long one request may take with all its attempts and the waits between: by default, and with
    /// 0, there is no limit.
    Options& call_timeout(std::chrono::milliseconds limit) & { return done(try_call_timeout(limit)); }
    /// As above, for options that are made and passed on in one expression.
    Options&& call_timeout(std::chrono::milliseconds limit) && { return std::move(call_timeout(limit)); }
    /// As `call_timeout`, without throwing.
    Result<void> try_call_timeout(std::chrono::milliseconds limit) {
        return set(sidekick_options_set_call_timeout, limit);
    }

    /// Sets how often a request is sent again, by default 2 times, where no connection could be made or it
    /// broke before a reply began, and where the server answers 429, 502, 503 or 504.
    Options& retries(Whole<std::uint32_t> count) & { return done(try_retries(count)); }
    /// As above, for options that are made and passed on in one expression.
    Options&& retries(Whole<std::uint32_t> count) && { return std::move(retries(count)); }
    /// As `retries`, without throwing.
    Result<void> try_retries(Whole<std::uint32_t> count) { return set(sidekick_options_set_retries, count); }

    /// Sets the wait before the first retry (by default 100 ms; doubled for each further one, less a random
    /// part of up to a half), and the ceiling of all waits (by default 30 seconds). A `Retry-After` of the
    /// server counts instead; one beyond the ceiling ends the retries.
    Options& retry_backoff(std::chrono::milliseconds first, std::chrono::milliseconds ceiling) & {
        return done(try_retry_backoff(first, ceiling));
    }
    /// As above, for options that are made and passed on in one expression.
    Options&& retry_backoff(std::chrono::milliseconds first, std::chrono::milliseconds ceiling) && {
        return std::move(retry_backoff(first, ceiling));
    }
    /// As `retry_backoff`, without throwing.
    Result<void> try_retry_backoff(std::chrono::milliseconds first, std::chrono::milliseconds ceiling) {
        return set(sidekick_options_set_retry_backoff, first, ceiling);
    }

    /// Sets how many idle connections are kept (by default 64), and for how long (by default 4 seconds). With
    /// 0 of either every request makes its own.
    Options& keep_alive(Count connections, std::chrono::milliseconds idle) & {
        return done(try_keep_alive(connections, idle));
    }
    /// As above, for options that are made and passed on in one expression.
    Options&& keep_alive(Count connections, std::chrono::milliseconds idle) && {
        return std::move(keep_alive(connections, idle));
    }
    /// As `keep_alive`, without throwing.
    Result<void> try_keep_alive(Count connections, std::chrono::milliseconds idle) {
        return set(sidekick_options_set_keep_alive, connections, idle);
    }

    /// Sets the proxy, `http://` or `socks5://` and `[user:password@]host:port`; an empty text means none. By
    /// default the environment names it, in `http_proxy`, `https_proxy` and `all_proxy` or their capitals,
    /// when a deployment is opened; loopback addresses and `localhost` are asked without the environment's
    /// proxy.
    Options& proxy(Text url) & { return done(try_proxy(url)); }
    /// As above, for options that are made and passed on in one expression.
    Options&& proxy(Text url) && { return std::move(proxy(url)); }
    /// As `proxy`, without throwing.
    Result<void> try_proxy(Text url) { return set(sidekick_options_set_proxy, url.data(), url.size()); }

    /// Sets which hosts are asked without the proxy, by default those of the environment's `no_proxy`: names,
    /// addresses, networks such as `10.0.0.0/8`, or `*`, separated by commas.
    Options& no_proxy(Text hosts) & { return done(try_no_proxy(hosts)); }
    /// As above, for options that are made and passed on in one expression.
    Options&& no_proxy(Text hosts) && { return std::move(no_proxy(hosts)); }
    /// As `no_proxy`, without throwing.
    Result<void> try_no_proxy(Text hosts) {
        return set(sidekick_options_set_no_proxy, hosts.data(), hosts.size());
    }

    /// Trusts the certificates of a PEM file, which is read at once; by default the system's are trusted.
    Options& ca_file(const std::filesystem::path& path) & { return done(try_ca_file(path)); }
    /// As above, for options that are made and passed on in one expression.
    Options&& ca_file(const std::filesystem::path& path) && { return std::move(ca_file(path)); }
    /// As `ca_file`, without throwing.
    Result<void> try_ca_file(const std::filesystem::path& path) {
        const std::string text = detail::utf8(path);
        return set(sidekick_options_set_ca_file, text.data(), text.size());
    }

    /// Trusts the certificates of a PEM text; by default the system's are trusted.
    Options& ca_pem(Pem pem) & { return done(try_ca_pem(pem)); }
    /// As above, for options that are made and passed on in one expression.
    Options&& ca_pem(Pem pem) && { return std::move(ca_pem(pem)); }
    /// As `ca_pem`, without throwing.
    Result<void> try_ca_pem(Pem pem) { return set(sidekick_options_set_ca_pem, pem.address(), pem.length()); }

    /// Shows the server a client certificate, from PEM files that are read at once: the certificate, with
    /// those of the intermediate authorities after it, and its key. By default there is none.
    Options& client_certificate_file(const std::filesystem::path& certificate, const std::filesystem::path& key) & {
        return done(try_client_certificate_file(certificate, key));
    }
    /// As above, for options that are made and passed on in one expression.
    Options&& client_certificate_file(const std::filesystem::path& certificate, const std::filesystem::path& key) && {
        return std::move(client_certificate_file(certificate, key));
    }
    /// As `client_certificate_file`, without throwing.
    Result<void> try_client_certificate_file(const std::filesystem::path& certificate,
                                             const std::filesystem::path& key) {
        const std::string certificate_path = detail::utf8(certificate);
        const std::string key_path = detail::utf8(key);
        return set(sidekick_options_set_client_certificate_file, certificate_path.data(), certificate_path.size(),
                   key_path.data(), key_path.size());
    }

    /// As `client_certificate_file`, from PEM texts.
    Options& client_certificate_pem(Pem certificate, Pem key) & {
        return done(try_client_certificate_pem(certificate, key));
    }
    /// As above, for options that are made and passed on in one expression.
    Options&& client_certificate_pem(Pem certificate, Pem key) && {
        return std::move(client_certificate_pem(certificate, key));
    }
    /// As `client_certificate_pem`, without throwing.
    Result<void> try_client_certificate_pem(Pem certificate, Pem key) {
        return set(sidekick_options_set_client_certificate_pem, certificate.address(), certificate.length(),
                   key.address(), key.length());
    }

    /// Sets the oldest version of TLS that is spoken: by default 1.2.
    Options& tls_minimum(TlsVersion version) & { return done(try_tls_minimum(version)); }
    /// As above, for options that are made and passed on in one expression.
    Options&& tls_minimum(TlsVersion version) && { return std::move(tls_minimum(version)); }
    /// As `tls_minimum`, without throwing.
    Result<void> try_tls_minimum(TlsVersion version) {
        return set(sidekick_options_set_tls_minimum, static_cast<std::int32_t>(version));
    }

    /// Whether any certificate is taken for the server's, so that anybody on the way can read the token and
    /// change the replies: by default not. For tests only.
    Options& dangerous_skip_tls_verification(Flag skip) & { return done(try_dangerous_skip_tls_verification(skip)); }
    /// As above, for options that are made and passed on in one expression.
    Options&& dangerous_skip_tls_verification(Flag skip) && { return std::move(dangerous_skip_tls_verification(skip)); }
    /// As `dangerous_skip_tls_verification`, without throwing.
    Result<void> try_dangerous_skip_tls_verification(Flag skip) {
        return set(sidekick_options_set_dangerous_skip_tls_verification, skip);
    }

    /// Whether a URL may start with `http://` that is not of this machine, so that anybody on the way can
    /// read the token: by default not.
    Options& allow_token_over_http(Flag allow) & { return done(try_allow_token_over_http(allow)); }
    /// As above, for options that are made and passed on in one expression.
    Options&& allow_token_over_http(Flag allow) && { return std::move(allow_token_over_http(allow)); }
    /// As `allow_token_over_http`, without throwing.
    Result<void> try_allow_token_over_http(Flag allow) {
        return set(sidekick_options_set_allow_token_over_http, allow);
    }

    /// Adds a header to every request to the deployment's server; by default there is none.
    Options& add_header(Text name, Text value) & { return done(try_add_header(name, value)); }
    /// As above, for options that are made and passed on in one expression.
    Options&& add_header(Text name, Text value) && {
        return std::move(add_header(name, value));
    }
    /// As `add_header`, without throwing.
    Result<void> try_add_header(Text name, Text value) {
        return set(sidekick_options_add_header, name.data(), name.size(), value.data(), value.size());
    }

    /// Sets what follows `sidekick/VERSION` in the User-Agent header, such as `shop/2.1`; by default nothing
    /// does.
    Options& user_agent_suffix(Text suffix) & { return done(try_user_agent_suffix(suffix)); }
    /// As above, for options that are made and passed on in one expression.
    Options&& user_agent_suffix(Text suffix) && { return std::move(user_agent_suffix(suffix)); }
    /// As `user_agent_suffix`, without throwing.
    Result<void> try_user_agent_suffix(Text suffix) {
        return set(sidekick_options_set_user_agent_suffix, suffix.data(), suffix.size());
    }

    /// Sets the Host header of every request, by which an ingress chooses the model; empty, the default, for
    /// the URL's.
    Options& host_header(Text host) & { return done(try_host_header(host)); }
    /// As above, for options that are made and passed on in one expression.
    Options&& host_header(Text host) && { return std::move(host_header(host)); }
    /// As `host_header`, without throwing.
    Result<void> try_host_header(Text host) {
        return set(sidekick_options_set_host_header, host.data(), host.size());
    }

    /// Sets how tensors are sent to a server of the Open Inference Protocol: by default `Wire::Auto`.
    Options& wire(Wire wire) & { return done(try_wire(wire)); }
    /// As above, for options that are made and passed on in one expression.
    Options&& wire(Wire wire) && { return std::move(this->wire(wire)); }
    /// As `wire`, without throwing.
    Result<void> try_wire(Wire wire) { return set(sidekick_options_set_wire, static_cast<std::int32_t>(wire)); }

    /// Sets the protocol, by default `Protocol::Auto`: the one that the URL means. With
    /// `Protocol::OpenInference` a URL without `/v2/models/NAME` is that of the model itself.
    Options& protocol(Protocol protocol) & { return done(try_protocol(protocol)); }
    /// As above, for options that are made and passed on in one expression.
    Options&& protocol(Protocol protocol) && { return std::move(this->protocol(protocol)); }
    /// As `protocol`, without throwing.
    Result<void> try_protocol(Protocol protocol) {
        return set(sidekick_options_set_protocol, static_cast<std::int32_t>(protocol));
    }

    /// Describes a model of the Open Inference Protocol with a JSON document: what its metadata do not say,
    /// or say wrong. Empty, the default, for no description. `docs/model-description.md` explains its keys.
    Options& model_description(Text json) & { return done(try_model_description(json)); }
    /// As above, for options that are made and passed on in one expression.
    Options&& model_description(Text json) && { return std::move(model_description(json)); }
    /// As `model_description`, without throwing.
    Result<void> try_model_description(Text json) {
        return set(sidekick_options_set_model_description, json.data(), json.size());
    }

    /// Describes a model, as `model_description` does, with a file, which is read at once.
    Options& model_description_file(const std::filesystem::path& path) & {
        return done(try_model_description_file(path));
    }
    /// As above, for options that are made and passed on in one expression.
    Options&& model_description_file(const std::filesystem::path& path) && {
        return std::move(model_description_file(path));
    }
    /// As `model_description_file`, without throwing.
    Result<void> try_model_description_file(const std::filesystem::path& path) {
        const std::string text = detail::utf8(path);
        return set(sidekick_options_set_model_description_file, text.data(), text.size());
    }

    /// Sets how many bytes a reply may have, compressed and uncompressed: at least 1, by default 1 GiB.
    Options& reply_limit(Whole<std::uint64_t> bytes) & { return done(try_reply_limit(bytes)); }
    /// As above, for options that are made and passed on in one expression.
    Options&& reply_limit(Whole<std::uint64_t> bytes) && { return std::move(reply_limit(bytes)); }
    /// As `reply_limit`, without throwing.
    Result<void> try_reply_limit(Whole<std::uint64_t> bytes) { return set(sidekick_options_set_reply_limit, bytes); }

    /// Sets how many pixels an image may have that is added as a file, or whose size or pixels are read from
    /// a response: at least 1, by default 64 * 1024 * 1024. The size that a file declares is compared before
    /// anything is decoded. Since 0.2.
    Options& max_image_pixels(Whole<std::uint64_t> pixels) & { return done(try_max_image_pixels(pixels)); }
    /// As above, for options that are made and passed on in one expression.
    Options&& max_image_pixels(Whole<std::uint64_t> pixels) && { return std::move(max_image_pixels(pixels)); }
    /// As `max_image_pixels`, without throwing.
    Result<void> try_max_image_pixels(Whole<std::uint64_t> pixels) {
        return set(sidekick_options_set_max_image_pixels, pixels);
    }

    /// Whether images that are added as files are turned the way their metadata say they are to be shown: by
    /// default not, and pixels go out as stored. An image that is turned goes out as PNG. Since 0.2.
    Options& apply_orientation(Flag apply) & { return done(try_apply_orientation(apply)); }
    /// As above, for options that are made and passed on in one expression.
    Options&& apply_orientation(Flag apply) && { return std::move(apply_orientation(apply)); }
    /// As `apply_orientation`, without throwing.
    Result<void> try_apply_orientation(Flag apply) { return set(sidekick_options_set_apply_orientation, apply); }

    /// Whether bodies of 1 KiB and more are sent compressed with gzip, which the server has to understand: by
    /// default not.
    Options& request_gzip(Flag pack) & { return done(try_request_gzip(pack)); }
    /// As above, for options that are made and passed on in one expression.
    Options&& request_gzip(Flag pack) && { return std::move(request_gzip(pack)); }
    /// As `request_gzip`, without throwing.
    Result<void> try_request_gzip(Flag pack) { return set(sidekick_options_set_request_gzip, pack); }

    /// Whether the server may pack its replies with gzip: by default it may.
    Options& reply_gzip(Flag allow) & { return done(try_reply_gzip(allow)); }
    /// As above, for options that are made and passed on in one expression.
    Options&& reply_gzip(Flag allow) && { return std::move(reply_gzip(allow)); }
    /// As `reply_gzip`, without throwing.
    Result<void> try_reply_gzip(Flag allow) { return set(sidekick_options_set_reply_gzip, allow); }

    /// Asks `callback` for the token before every request, and once more where the server answers 401; the
    /// token given to `open` is not used then. By default, and with an empty function, that one is. The
    /// callback runs on whichever thread makes the request, on several at once; it must not call back into
    /// the deployment. Where it throws, the call that needs the token fails with `Status::Argument` and the
    /// exception's text. It is destroyed with the last of the options and deployments that have it.
    Options& token_callback(TokenCallback callback) & { return done(try_token_callback(std::move(callback))); }
    /// As above, for options that are made and passed on in one expression.
    Options&& token_callback(TokenCallback callback) && { return std::move(token_callback(std::move(callback))); }
    /// As `token_callback`, without throwing.
    Result<void> try_token_callback(TokenCallback callback) {
        return set_callback(sidekick_options_set_token_callback, detail::give_token, std::move(callback));
    }

    /// Tells `callback` what happens to connections and requests, never with the token; by default, and with
    /// an empty function, logging is disabled. The callback runs on whichever thread makes the request, on
    /// several at once; what it throws is dropped. It is destroyed as a token callback is.
    Options& log_callback(LogCallback callback) & { return done(try_log_callback(std::move(callback))); }
    /// As above, for options that are made and passed on in one expression.
    Options&& log_callback(LogCallback callback) && { return std::move(log_callback(std::move(callback))); }
    /// As `log_callback`, without throwing.
    Result<void> try_log_callback(LogCallback callback) {
        return set_callback(sidekick_options_set_log_callback, detail::log, std::move(callback));
    }

    /// Asks `callback` whether a call ends whose wait a signal interrupted, with `Status::Cancelled`. By
    /// default, and with an empty function, calls wait on. It runs on the thread that called the library, not
    /// within a signal handler; a call ends if it throws. Never called on Windows. It is destroyed as a token callback
    /// is. Since 0.2.
    Options& signal_callback(SignalCallback callback) & { return done(try_signal_callback(std::move(callback))); }
    /// As above, for options that are made and passed on in one expression.
    Options&& signal_callback(SignalCallback callback) && {
        return std::move(signal_callback(std::move(callback)));
    }
    /// As `signal_callback`, without throwing.
    Result<void> try_signal_callback(SignalCallback callback) {
        return set_callback(sidekick_options_set_signal_callback, detail::hear_signal, std::move(callback));
    }

    /// Whether callbacks run only on threads of the program that are inside a call of this library: by default
    /// not. If `max_in_flight` is above 1, the library's threads then pass them on to the thread that is in
    /// `predict`, or that pushes to the stream, takes from it or destroys it. A request of a stream that needs a
    /// token waits for that, within its time limits. Since 0.2.
    Options& callbacks_on_caller(Flag on_caller) & { return done(try_callbacks_on_caller(on_caller)); }
    /// As above, for options that are made and passed on in one expression.
    Options&& callbacks_on_caller(Flag on_caller) && { return std::move(callbacks_on_caller(on_caller)); }
    /// As `callbacks_on_caller`, without throwing.
    Result<void> try_callbacks_on_caller(Flag on_caller) {
        return set(sidekick_options_set_callbacks_on_caller, on_caller);
    }

    /// The object of the C API, which stays owned by this one.
    sidekick_options* c_handle() const noexcept { return handle_.get(); }

private:
    friend class Deployment;

    // The library takes no options for the defaults: certificates, a proxy and a version of TLS would be lost
    // unnoticed.
    Result<void> require() const {
        return c_handle() != nullptr ? Result<void>()
                                     : Error(Status::Argument, "the options were moved from");
    }

    Options& done(const Result<void>& result) & {
        result.value();
        return *this;
    }

    // Calls a setter, unless a number among the values is negative or too large.
    template <typename Function, typename... Values>
    Result<void> set(Function function, Values... values) {
        if ((... || is_out_of_range(values))) {
            return Error(Status::Argument, "a number of the option is negative or too large");
        }
        return detail::attempt(function, c_handle(), plain(values)...);
    }

    template <typename Value>
    static bool is_out_of_range(const Value&) noexcept { return false; }
    template <typename Target>
    static bool is_out_of_range(const Whole<Target>& number) noexcept { return !number.fits(); }
    static bool is_out_of_range(std::chrono::milliseconds time) noexcept { return time.count() < 0; }

    template <typename Value>
    static Value plain(Value value) noexcept { return value; }
    template <typename Target>
    static Target plain(const Whole<Target>& number) noexcept { return number.value(); }
    static bool plain(Flag flag) noexcept { return flag.value(); }
    static std::uint64_t plain(std::chrono::milliseconds time) noexcept {
        return static_cast<std::uint64_t>(time.count());
    }

    // The C API releases the callback in every case, also where it fails.
    template <typename Function, typename Call, typename Callback>
    Result<void> set_callback(Function function, Call call, Callback callback) {
        if (!callback) {
            return set(function, nullptr, nullptr, nullptr);
        }
        auto data = std::make_unique<Callback>(std::move(callback));
        return set(function, call, data.release(), detail::release<Callback>);
    }

    detail::Owned<sidekick_options, sidekick_options_free> handle_;
    std::size_t batch_rows_ = 128;  // what the C library takes, and does not return
};

}  // namespace SIDEKICK_CPP
}  // namespace sidekick

#endif  // SIDEKICK_OPTIONS_HPP
