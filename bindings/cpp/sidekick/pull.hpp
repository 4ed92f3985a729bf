/**
 * @file sidekick/pull.hpp
 * Part of sidekick.hpp: a stream that takes its rows from a range by itself.
 */

#ifndef SIDEKICK_PULL_HPP
#define SIDEKICK_PULL_HPP

#include "stream.hpp"

#include <exception>

namespace sidekick {
inline namespace SIDEKICK_CPP {

/**
 * The predictions for what a range yields, a batch each and in order: what `Deployment::predict_each` makes.
 * An input range, which is gone through once. It takes only as many elements as the requests in flight need,
 * so that memory is bounded whatever the length of the range.
 *
 * It lives no longer than its deployment, and than its range if that is a variable. One thread at a time. To
 * destroy it cancels the requests in flight.
 */
template <typename Iterator, typename Sentinel, typename Fill>
class PullStream {
public:
    /// Goes through the batches; lives as long as the stream, which must not be moved meanwhile.
    using iterator = detail::BatchIterator<PullStream>;

    /// The predictions of the next batch, in the order of the elements; nothing after the last one. Fails as
    /// `Stream::next` does if a batch failed: the next call goes on with the next batch. If `fill` fails,
    /// that ends the range, and the batch is not sent. The error comes after all that was in flight; one
    /// about the row that `fill` adds counts rows over the whole range. So does one about a row of other
    /// `Rows` that has the same number there as this one in its batch: it cannot be told apart.
    std::optional<Predictions> next() {
        pull();
        auto predictions = stream_.next();
        if (!predictions && failure_) {
            std::rethrow_exception(std::exchange(failure_, nullptr));
        }
        return predictions;
    }
    /// As `next`, without throwing an `Error`. What else `fill` or the range throws is thrown.
    Result<std::optional<Predictions>> try_next() {
        try {
            return next();
        } catch (const Error& error) {
            return error;
        }
    }

    /// Takes the first batch, and waits for it; throws where it failed.
    iterator begin() { return ++iterator(this); }
    /// The end after the last batch.
    iterator end() { return {}; }

private:
    friend class Deployment;
    friend iterator;

    PullStream(Stream stream, Rows rows, std::size_t batch_rows, Iterator first, Sentinel last, Fill fill)
        : rows_(std::move(rows)), batch_rows_(batch_rows), first_(std::move(first)), last_(std::move(last)),
          fill_(std::move(fill)), stream_(std::move(stream)) {}

    bool take() {
        batch_ = next();
        return batch_.has_value();
    }

    // Pushes batches until the stream is full. A failure is kept until everything before it was taken.
    void pull() {
        try {
            while (!ended_ && !stream_.full()) {
                push_batch();
            }
        } catch (...) {
            end(std::current_exception());
        }
    }

    // Adds a row. An error with its number counts the rows of the whole range; any other is left as it is.
    void add_row() {
        try {
            fill_(rows_, *first_);
            rows_.end_row();
        } catch (const Error& error) {
            // What was sent, and failed, was another deployment's.
            if (error.row() != rows_.size() || error.attempts() != 0) {
                throw;
            }
            throw detail::counted_from(pushed_, error);
        }
    }

    void end(std::exception_ptr failure) {
        ended_ = true;
        failure_ = std::move(failure);
    }

    void push_batch() {
        rows_.clear();
        while (rows_.size() < batch_rows_ && first_ != last_) {
            add_row();
            ++first_;
        }
        ended_ = rows_.size() < batch_rows_;
        if (!rows_.empty()) {
            stream_.push(rows_);
            pushed_ += rows_.size();
        }
    }

    Rows rows_;
    std::size_t batch_rows_;
    Iterator first_;
    Sentinel last_;
    Fill fill_;
    std::size_t pushed_ = 0;
    bool ended_ = false;
    std::exception_ptr failure_;
    std::optional<Predictions> batch_;
    Stream stream_;
};

}  // namespace SIDEKICK_CPP
}  // namespace sidekick

#endif  // SIDEKICK_PULL_HPP
