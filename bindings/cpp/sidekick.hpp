/**
 * @file sidekick.hpp
 * libsidekick for C++17 and later: one header over sidekick.h, nothing else to build or to link.
 *
 * @code
 * const auto deployment = sidekick::Deployment::open(url, token);
 * auto rows = deployment.rows();
 * rows.row().number("Size", 0.43).text("Sound", "Miaow");
 * const auto predictions = deployment.predict(rows);
 * for (const auto& prediction : predictions) {
 *     const auto [label, probability] = prediction.top("Animal");
 * }
 * @endcode
 *
 * What holds for everything in it:
 *
 * - Failure: a function throws `sidekick::Error`; its `try_` form returns a `sidekick::Result` instead. Both
 *   may throw `std::bad_alloc`.
 * - Ownership: `Deployment`, `Options`, `Cancel`, `Rows`, `Stream`, `Predictions` and `Reply` own what they
 *   are made of, and can be moved, not copied. One that was moved from is empty: it can be assigned and
 *   destroyed, has size 0, and its other calls, and those it is given to, fail with `Status::Argument`.
 * - Lifetime: a `std::string_view`, a span or a range that is handed out lives as long as the `Predictions`,
 *   `Reply` or `Deployment` it came from, also when that is moved. Asking a temporary for one does not
 *   compile, except through what `next` returns: `stream.next()->numbers(0)` compiles, and so does
 *   `for (const auto& p : *stream.next())`, but the predictions are gone when they are read.
 * - Text is UTF-8. What goes in is copied. Enums, `Feature`, `Error` and `Deployment` have `to_string` and
 *   `operator<<`; `std::format` and fmt take them.
 * - Threads: `Deployment`, `Cancel`, `Predictions` and `Reply` are shared freely; `Options`, `Rows` and
 *   `Stream` are used by one thread at a time. Nothing is kept per thread.
 */

#ifndef SIDEKICK_HPP
#define SIDEKICK_HPP

#include "sidekick/cancel.hpp"
#include "sidekick/options.hpp"
#include "sidekick/predictions.hpp"
#include "sidekick/pull.hpp"
#include "sidekick/rows.hpp"
#include "sidekick/stream.hpp"
#include "sidekick/text.hpp"

#include <algorithm>

namespace sidekick {
inline namespace SIDEKICK_CPP {

/// The version of the running library, `MAJOR.MINOR.PATCH`; `SIDEKICK_VERSION` is that of the header.
inline std::string_view version() noexcept { return sidekick_version(); }

/// A server's answer to `Deployment::post_json`, as it came. Immutable: share it freely between threads.
class Reply {
public:
    /// The HTTP status, such as 200 or 404.
    int http_status() const noexcept { return sidekick_reply_http_status(c_handle()); }
    /// The body as text; bytes that are not UTF-8 are replaced by U+FFFD.
    std::string_view text() const& noexcept {
        std::size_t length = 0;
        const char* const text = sidekick_reply_text(c_handle(), &length);
        return {text, length};
    }

    /// The object of the C API, which stays owned by this one.
    const sidekick_reply* c_handle() const noexcept { return handle_.get(); }

    /// @cond
    std::string_view text() const&& = delete;  // it would dangle
    /// @endcond

private:
    friend class Deployment;

    explicit Reply(sidekick_reply* handle) noexcept : handle_(handle) {}

    detail::Owned<sidekick_reply, sidekick_reply_free> handle_;
};

/**
 * One deployed model: its specs and its connections. Share it freely between threads. It has to outlive its
 * calls and its streams, not the rows and predictions made with it.
 */
class Deployment {
public:
    /// Opens the deployment at `url` with `token`: asks the server what the model takes and gives, and blocks
    /// meanwhile. A URL whose path ends in `/deployment/ID`, also with `/forward`, `/openapi.json` or a slash
    /// after it, is that deployment's; any other is the one that predictions are posted to. The token is
    /// visible ASCII, without "Bearer " before it.
    static Deployment open(Text url, Text token, const Options& options = {}) {
        return try_open(url, token, options).value();
    }
    /// As `open`, without throwing.
    static Result<Deployment> try_open(Text url, Text token, const Options& options = {}) {
        if (const auto there = options.require(); !there) {
            return there.error();
        }
        sidekick_deployment* handle = nullptr;
        const auto done = detail::attempt(sidekick_deployment_open, url.data(), url.size(), token.data(), token.size(),
                                          options.c_handle(), nullptr, &handle);
        return detail::then(done, [&] { return Deployment(handle, options); });
    }
    /// As `open`, until `cancel` is triggered: then it fails with `Status::Cancelled`.
    static Deployment open(Text url, Text token, const Options& options, const Cancel& cancel) {
        return try_open(url, token, options, cancel).value();
    }
    /// As `open` with a cancellation, without throwing.
    static Result<Deployment> try_open(Text url, Text token, const Options& options,
                                       const Cancel& cancel) {
        if (const auto there = options.require(); !there) {
            return there.error();
        }
        sidekick_deployment* handle = nullptr;
        const auto done = detail::attempt_until(cancel, sidekick_deployment_open, url.data(), url.size(),
                                                token.data(), token.size(), options.c_handle(),
                                                cancel.c_handle(), &handle);
        return detail::then(done, [&] { return Deployment(handle, options); });
    }

    /// The features the model takes, in their order.
    span<const Feature> inputs() const& noexcept {
        return inputs_ ? span<const Feature>(*inputs_) : span<const Feature>();
    }
    /// The features the model gives, in their order.
    span<const Feature> outputs() const& noexcept {
        return outputs_ ? span<const Feature>(*outputs_) : span<const Feature>();
    }

    /// The index of an input, to be looked up once and used in loops.
    std::size_t input_index(Text name) const { return try_input_index(name).value(); }
    /// As `input_index`, without throwing.
    Result<std::size_t> try_input_index(Text name) const { return index_of(SIDEKICK_INPUT, name); }

    /// The index of an output, to be looked up once and used in loops.
    std::size_t output_index(Text name) const { return try_output_index(name).value(); }
    /// As `output_index`, without throwing.
    Result<std::size_t> try_output_index(Text name) const { return index_of(SIDEKICK_OUTPUT, name); }

    /// The protocol it speaks.
    Protocol protocol() const noexcept { return static_cast<Protocol>(sidekick_deployment_protocol(c_handle())); }

    /// The version of the model: the one in the URL, or the only one that the server lists; empty if neither
    /// is known, and for the Deployment API.
    std::string_view model_version() const& noexcept {
        std::size_t length = 0;
        const char* const version = sidekick_deployment_model_version(c_handle(), &length);
        return {version, length};
    }

    /// The most rows that the model takes in one request; 0 if it does not say. Rows are split accordingly.
    std::size_t batch_limit() const noexcept { return sidekick_deployment_batch_limit(c_handle()); }

    /// Empty rows for this deployment.
    Rows rows() const { return try_rows().value(); }
    /// As `rows`, without throwing.
    Result<Rows> try_rows() const {
        sidekick_rows* handle = nullptr;
        return detail::then(detail::attempt(sidekick_rows_new, c_handle(), &handle),
                            [&] { return Rows(handle, inputs_); });
    }

    /// Predicts all rows, and blocks until the predictions are there. Ends the open row of `rows` first, so
    /// only rows without an open one may be predicted by several threads at once.
    Predictions predict(Rows& rows) const { return try_predict(rows).value(); }
    /// Predicts rows that are needed no more.
    Predictions predict(Rows&& rows) const { return try_predict(rows).value(); }
    /// Predicts rows that cannot be changed: an open one is an error.
    Predictions predict(const Rows& rows) const { return try_predict(rows).value(); }
    /// As `predict`, without throwing.
    Result<Predictions> try_predict(Rows& rows) const {
        const auto ended = rows.try_finish();
        return ended ? try_predict(std::as_const(rows)) : ended.error();
    }
    /// As `predict`, without throwing.
    Result<Predictions> try_predict(Rows&& rows) const { return try_predict(rows); }
    /// As `predict`, without throwing.
    Result<Predictions> try_predict(const Rows& rows) const {
        sidekick_predictions* handle = nullptr;
        const auto done = detail::attempt(sidekick_deployment_predict, c_handle(), rows.c_handle(), nullptr, &handle);
        return detail::then(done, [&] { return Predictions(handle, outputs_); });
    }

    /// As `predict`, until `cancel` is triggered: then all its requests are cancelled, and it fails with
    /// `Status::Cancelled`.
    Predictions predict(Rows& rows, const Cancel& cancel) const { return try_predict(rows, cancel).value(); }
    /// Predicts rows that are needed no more, until `cancel` is triggered.
    Predictions predict(Rows&& rows, const Cancel& cancel) const { return try_predict(rows, cancel).value(); }
    /// Predicts rows that cannot be changed, until `cancel` is triggered.
    Predictions predict(const Rows& rows, const Cancel& cancel) const { return try_predict(rows, cancel).value(); }
    /// As `predict` with a cancellation, without throwing.
    Result<Predictions> try_predict(Rows& rows, const Cancel& cancel) const {
        const auto ended = rows.try_finish();
        return ended ? try_predict(std::as_const(rows), cancel) : ended.error();
    }
    /// As `predict` with a cancellation, without throwing.
    Result<Predictions> try_predict(Rows&& rows, const Cancel& cancel) const { return try_predict(rows, cancel); }
    /// As `predict` with a cancellation, without throwing.
    Result<Predictions> try_predict(const Rows& rows, const Cancel& cancel) const {
        sidekick_predictions* handle = nullptr;
        const auto done = detail::attempt_until(cancel, sidekick_deployment_predict, c_handle(),
                                                rows.c_handle(), cancel.c_handle(), &handle);
        return detail::then(done, [&] { return Predictions(handle, outputs_); });
    }

    /// A stream: rows are pushed, and their predictions taken in order. Fails with `Status::Memory` where the
    /// system has no more file descriptors: it holds two.
    Stream stream() const { return try_stream().value(); }
    /// As `stream`, without throwing.
    Result<Stream> try_stream() const {
        sidekick_stream* handle = nullptr;
        const auto done = detail::attempt(sidekick_stream_new, c_handle(), nullptr, &handle);
        return detail::then(done, [&] { return Stream(handle, outputs_); });
    }
    /// As `stream`, until `cancel` is triggered: then requests in flight are cancelled, and pushes and all
    /// batches that are not predicted yet fail with `Status::Cancelled`. `cancel` need not outlive the call:
    /// a stop token that it is made of works for as long as the stream lives.
    Stream stream(const Cancel& cancel) const { return try_stream(cancel).value(); }
    /// As `stream` with a cancellation, without throwing.
    Result<Stream> try_stream(const Cancel& cancel) const {
        sidekick_stream* handle = nullptr;
        const auto done = detail::attempt_until(cancel, sidekick_stream_new, c_handle(), cancel.c_handle(), &handle);
        return detail::then(done, [&] { return Stream(handle, outputs_, cancel.link_); });
    }

    /// Predicts what a range yields, in bounded memory and in order: `fill(rows, element)` adds the values of
    /// one row. The result is a range of `Predictions`, one for each request, which takes elements as it needs
    /// them. A range in a variable has to outlive it.
    template <typename Range, typename Fill>
    auto predict_each(Range& range, Fill fill) const {
        return pulled(stream(), std::begin(range), std::end(range), std::move(fill));
    }
    /// As above, until `cancel` is triggered, as a `stream` is.
    template <typename Range, typename Fill>
    auto predict_each(Range& range, Fill fill, const Cancel& cancel) const {
        return pulled(stream(cancel), std::begin(range), std::end(range), std::move(fill));
    }
    /// As above, with a range that the result keeps, such as a pipeline of `std::views`.
    template <typename Range, typename Fill, typename = std::enable_if_t<!std::is_lvalue_reference_v<Range>>>
    auto predict_each(Range&& range, Fill fill) const {
        return pulled_from(stream(), std::move(range), std::move(fill));
    }
    /// As above, until `cancel` is triggered, as a `stream` is.
    template <typename Range, typename Fill, typename = std::enable_if_t<!std::is_lvalue_reference_v<Range>>>
    auto predict_each(Range&& range, Fill fill, const Cancel& cancel) const {
        return pulled_from(stream(cancel), std::move(range), std::move(fill));
    }
    /// As above, with the elements from `first` to `last`, such as a `std::istream_iterator`'s.
    template <typename Iterator, typename Sentinel, typename Fill,
              typename = decltype(*std::declval<Iterator&>(),
                                  std::declval<Iterator&>() != std::declval<Sentinel&>())>
    auto predict_each(Iterator first, Sentinel last, Fill fill) const {
        return pulled(stream(), std::move(first), std::move(last), std::move(fill));
    }

    /// Posts JSON text as it stands, and gives back what the server answers: a status other than 2xx is no
    /// error here.
    Reply post_json(Text json) const { return try_post_json(json).value(); }
    /// As `post_json`, without throwing.
    Result<Reply> try_post_json(Text json) const {
        sidekick_reply* handle = nullptr;
        const auto done = detail::attempt(sidekick_deployment_post_json, c_handle(), json.data(), json.size(),
                                          nullptr, &handle);
        return detail::then(done, [&] { return Reply(handle); });
    }
    /// As `post_json`, until `cancel` is triggered: then it fails with `Status::Cancelled`.
    Reply post_json(Text json, const Cancel& cancel) const { return try_post_json(json, cancel).value(); }
    /// As `post_json` with a cancellation, without throwing.
    Result<Reply> try_post_json(Text json, const Cancel& cancel) const {
        sidekick_reply* handle = nullptr;
        const auto done = detail::attempt_until(cancel, sidekick_deployment_post_json, c_handle(), json.data(),
                                                json.size(), cancel.c_handle(), &handle);
        return detail::then(done, [&] { return Reply(handle); });
    }

    /// The object of the C API, which stays owned by this one.
    const sidekick_deployment* c_handle() const noexcept { return handle_.get(); }

    /// @cond
    // Views into a temporary would dangle.
    std::string_view model_version() const&& = delete;
    span<const Feature> inputs() const&& = delete;
    span<const Feature> outputs() const&& = delete;
    /// @endcond

private:
    Deployment(sidekick_deployment* handle, const Options& options)
        : handle_(handle), batch_rows_(options.batch_rows_), inputs_(features(SIDEKICK_INPUT)),
          outputs_(features(SIDEKICK_OUTPUT)) {}

    std::shared_ptr<const detail::Features> features(std::int32_t side) const {
        auto features = std::make_shared<detail::Features>();
        for (std::size_t index = 0; index < sidekick_deployment_feature_count(c_handle(), side); ++index) {
            features->push_back(feature(side, index));
        }
        return features;
    }

    Feature feature(std::int32_t side, std::size_t index) const {
        const char* name = nullptr;
        const std::size_t* shape = nullptr;
        std::size_t length = 0;
        std::size_t rank = 0;
        std::size_t categories = 0;
        std::int32_t type = 0;
        std::int32_t element = 0;
        std::int32_t optional = 0;
        about(sidekick_deployment_feature_name, side, index, &name, &length);
        about(sidekick_deployment_feature_type, side, index, &type);
        about(sidekick_deployment_feature_shape, side, index, &shape, &rank);
        about(sidekick_deployment_category_count, side, index, &categories);
        about(sidekick_deployment_feature_dtype, side, index, &element);
        about(sidekick_deployment_feature_optional, side, index, &optional);
        Feature feature{{name, length}, static_cast<Type>(type), {shape, shape + rank}, {},
                        static_cast<ElementType>(element), optional != 0};
        for (std::size_t category = 0; category < categories; ++category) {
            about(sidekick_deployment_category, side, index, category, &name, &length);
            feature.categories.emplace_back(name, length);
        }
        return feature;
    }

    template <typename Function, typename... Arguments>
    void about(Function function, Arguments... arguments) const {
        detail::attempt(function, c_handle(), arguments...).value();
    }

    Result<std::size_t> index_of(std::int32_t side, Text name) const {
        std::size_t index = 0;
        const auto done = detail::attempt(sidekick_deployment_feature_index, c_handle(), side, name.data(), name.size(),
                                          &index);
        return detail::then(done, [&] { return index; });
    }

    template <typename Iterator, typename Sentinel, typename Fill>
    PullStream<Iterator, Sentinel, Fill> pulled(Stream stream, Iterator first, Sentinel last, Fill fill) const {
        return {std::move(stream), rows(),          request_rows(),
                std::move(first),  std::move(last), std::move(fill)};
    }

    // How many rows go out in one request.
    std::size_t request_rows() const noexcept {
        const std::size_t limit = batch_limit();
        return limit == 0 ? batch_rows_ : (std::min)(batch_rows_, limit);
    }

    // What adds the rows owns the range, too.
    template <typename Range, typename Fill>
    auto pulled_from(Stream stream, Range range, Fill fill) const {
        const auto kept = std::make_shared<Range>(std::move(range));
        auto add = [kept, fill = std::move(fill)](Rows& rows, auto&& element) mutable {
            fill(rows, std::forward<decltype(element)>(element));
        };
        return pulled(std::move(stream), std::begin(*kept), std::end(*kept), std::move(add));
    }

    detail::Owned<sidekick_deployment, sidekick_deployment_free> handle_;
    std::size_t batch_rows_;
    std::shared_ptr<const detail::Features> inputs_;
    std::shared_ptr<const detail::Features> outputs_;
};

/// The inputs and outputs of a deployment, each on a line of its own.
inline std::string to_string(const Deployment& deployment) {
    std::string text = "inputs";
    for (const Feature& feature : deployment.inputs()) {
        text += "\n  " + to_string(feature);
    }
    text += "\noutputs";
    for (const Feature& feature : deployment.outputs()) {
        text += "\n  " + to_string(feature);
    }
    return text;
}

}  // namespace SIDEKICK_CPP
}  // namespace sidekick

#endif  // SIDEKICK_HPP
