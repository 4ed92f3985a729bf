/**
 * @file sidekick/stream.hpp
 * Part of sidekick.hpp: predictions in order and in bounded memory.
 */

#ifndef SIDEKICK_STREAM_HPP
#define SIDEKICK_STREAM_HPP

#include "cancel.hpp"
#include "predictions.hpp"
#include "rows.hpp"

#include <iterator>

namespace sidekick {
inline namespace SIDEKICK_CPP {

/**
 * Rows on their way to the server and predictions on their way back, in order and in bounded memory. Push
 * rows until the stream is full, take the next predictions, and so on; at the end take the rest:
 *
 * @code
 * auto stream = deployment.stream();
 * while (fill(rows)) {
 *     while (stream.full()) {
 *         use(*stream.next());
 *     }
 *     stream.push(rows);
 *     rows.clear();
 * }
 * for (const auto& predictions : stream.rest()) {
 *     use(predictions);
 * }
 * @endcode
 *
 * With `Options::max_in_flight` above 1 it has up to that many threads of its own, which end with it. Its
 * deployment has to outlive it; predictions may outlive both. To destroy it cancels the requests in flight.
 * One thread at a time. A forked child cannot use its parent's.
 */
class Stream {
public:
    class Rest;

    /// Takes a copy of all rows, as requests of `batch_rows` rows and a smaller last one; ends the open row
    /// of `rows` first. Never waits for the server: while the stream is full it takes nothing and fails with
    /// `Status::StreamFull`, else it takes them all, however many.
    void push(Rows& rows) { try_push(rows).value(); }
    /// Takes rows that are needed no more.
    void push(Rows&& rows) { try_push(rows).value(); }
    /// Takes a copy of rows that cannot be changed: an open one is an error.
    void push(const Rows& rows) { try_push(rows).value(); }
    /// As `push`, without throwing.
    Result<void> try_push(Rows& rows) {
        const auto ended = rows.try_finish();
        return ended ? try_push(std::as_const(rows)) : ended.error();
    }
    /// As `push`, without throwing.
    Result<void> try_push(Rows&& rows) { return try_push(rows); }
    /// As `push`, without throwing.
    Result<void> try_push(const Rows& rows) {
        return detail::attempt(sidekick_stream_push, c_handle(), rows.c_handle());
    }

    /// Whether it holds twice `max_in_flight` batches or more: predictions have to be taken before the next
    /// push.
    bool full() const noexcept { return sidekick_stream_is_full(c_handle()) != 0; }

    /// The predictions of the next batch, in the order of the rows; waits for them. Nothing where all were
    /// taken. An error is that of one batch, and counts its rows over all that were pushed: the next call
    /// goes on with the next batch. What `Predictions::failures` and `sent_row` tell counts within the batch.
    std::optional<Predictions> next() { return try_next().value(); }
    /// As `next`, without throwing.
    Result<std::optional<Predictions>> try_next() {
        sidekick_predictions* handle = nullptr;
        const auto done = detail::attempt(sidekick_stream_next, c_handle(), &handle);
        return detail::then(done, [&] { return handle == nullptr ? std::nullopt : std::optional(made_of(handle)); });
    }

    /// What is still to be taken, as a range: goes through it once, and throws where a batch failed. A new
    /// one goes on after that batch.
    Rest rest() &;

    /// The object of the C API, which stays owned by this one.
    sidekick_stream* c_handle() const noexcept { return handle_.get(); }

private:
    friend class Deployment;

    Stream(sidekick_stream* handle, std::shared_ptr<const detail::Features> outputs,
           std::shared_ptr<void> link = nullptr) noexcept
        : link_(std::move(link)), outputs_(std::move(outputs)), handle_(handle) {}

    Predictions made_of(sidekick_predictions* handle) const noexcept { return {handle, outputs_}; }

    std::shared_ptr<void> link_;  // the callback of a stop token, which a `Cancel` that is gone no longer holds
    std::shared_ptr<const detail::Features> outputs_;
    detail::Owned<sidekick_stream, sidekick_stream_free> handle_;
};

/// @cond
namespace detail {

// Goes through the batches of a range, which holds one at a time; lives as long as the range.
template <typename Range>
class BatchIterator {
public:
    using iterator_category = std::input_iterator_tag;  // what was passed is gone
    using value_type = Predictions;
    using difference_type = std::ptrdiff_t;
    using pointer = Predictions*;  // a batch is there until the next one is
    using reference = Predictions&;

    BatchIterator() = default;  // the end after the last batch
    reference operator*() const { return *range_->batch_; }
    pointer operator->() const { return &*range_->batch_; }
    // Takes the next batch, and waits for it; throws where it failed.
    BatchIterator& operator++() {
        range_ = range_->take() ? range_ : nullptr;
        return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const BatchIterator& a, const BatchIterator& b) { return a.range_ == b.range_; }
    friend bool operator!=(const BatchIterator& a, const BatchIterator& b) { return a.range_ != b.range_; }

private:
    friend Range;

    explicit BatchIterator(Range* range) : range_(range) {}

    Range* range_ = nullptr;
};

}  // namespace detail
/// @endcond

/// The predictions that a stream has still to give, a batch each. They can be moved out of the range.
class Stream::Rest {
public:
    /// Goes through the batches; lives as long as the range.
    using iterator = detail::BatchIterator<Rest>;

    /// Takes the first batch, and waits for it; throws where it failed.
    iterator begin() { return ++iterator(this); }
    /// The end after the last batch.
    iterator end() { return {}; }

private:
    friend class Stream;
    friend iterator;

    explicit Rest(Stream& stream) noexcept : stream_(&stream) {}

    bool take() {
        batch_ = stream_->next();
        return batch_.has_value();
    }

    Stream* stream_;
    std::optional<Predictions> batch_;
};

inline Stream::Rest Stream::rest() & { return Rest(*this); }

}  // namespace SIDEKICK_CPP
}  // namespace sidekick

#endif  // SIDEKICK_STREAM_HPP
