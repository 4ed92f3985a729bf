/**
 * @file sidekick/cancel.hpp
 * Part of sidekick.hpp: cancelling calls.
 */

#ifndef SIDEKICK_CANCEL_HPP
#define SIDEKICK_CANCEL_HPP

#include "error.hpp"

#include <chrono>

#if __has_include(<stop_token>)
#include <stop_token>  // empty before C++20
#endif

namespace sidekick {
inline namespace SIDEKICK_CPP {

/**
 * Cancels the calls it was given to, and those it will be: each fails with `Status::Cancelled` within 100 ms,
 * and the deployment goes on to work. It can be given to any number of calls, at once and one after another,
 * and stays triggered. Share it freely between threads; it has to outlive its calls, not a stream it was
 * given to.
 */
class Cancel {
public:
    /// A cancellation that is not triggered. Fails with `Status::Memory` where the system has no more file
    /// descriptors: it holds two.
    Cancel() : Cancel(try_make().value()) {}
    /// As the constructor, without throwing.
    static Result<Cancel> try_make() {
        sidekick_cancel* handle = nullptr;
        return detail::then(detail::attempt(sidekick_cancel_new, &handle), [&] { return Cancel(handle); });
    }

#ifdef __cpp_lib_jthread
    /// A cancellation that a request to stop triggers, at once where it was made already. It can still be
    /// triggered by itself. From C++20 on.
    explicit Cancel(std::stop_token token) : Cancel(try_make(std::move(token)).value()) {}
    /// As the constructor from a stop token, without throwing.
    static Result<Cancel> try_make(std::stop_token token) {
        auto made = try_make();
        return made ? Result<Cancel>(Cancel(std::move(made).value(), std::move(token))) : made.error();
    }
#endif

    /// Cancels the calls: from any thread, any number of times. Never blocks.
    void trigger() const { try_trigger().value(); }
    /// As `trigger`, without throwing.
    Result<void> try_trigger() const { return detail::attempt(sidekick_cancel_trigger, c_handle()); }

    /// Sets a time limit: calls that have this cancellation fail with `Status::Timeout` when so much time has
    /// passed from now on, each with all its requests and retries; 0 removes the limit, a negative one is
    /// `Status::Argument`. A request in flight keeps the limit it began with. From any thread, any number of
    /// times.
    void set_timeout(std::chrono::milliseconds limit) const { try_set_timeout(limit).value(); }
    /// As `set_timeout`, without throwing.
    Result<void> try_set_timeout(std::chrono::milliseconds limit) const {
        if (limit.count() < 0) {
            return Error(Status::Argument, "the time limit is negative");
        }
        return detail::attempt(sidekick_cancel_set_timeout, c_handle(), static_cast<std::uint64_t>(limit.count()));
    }

    /// The object of the C API, which stays owned by this one.
    const sidekick_cancel* c_handle() const noexcept { return handle_.get(); }

    /// @cond
    Cancel(Cancel&&) noexcept = default;
    Cancel& operator=(Cancel&&) noexcept = default;
    Cancel(const Cancel&) = delete;
    Cancel& operator=(const Cancel&) = delete;
    ~Cancel() = default;
    /// @endcond

private:
    friend class Deployment;

    explicit Cancel(sidekick_cancel* handle) : handle_(handle, sidekick_cancel_free) {}

#ifdef __cpp_lib_jthread
    struct Trigger {
        std::shared_ptr<sidekick_cancel> handle;

        void operator()() const noexcept { sidekick_cancel_trigger(handle.get(), nullptr); }
    };

    Cancel(Cancel made, std::stop_token token) : handle_(std::move(made.handle_)) {
        link_ = std::make_shared<std::stop_callback<Trigger>>(std::move(token), Trigger{handle_});
    }
#endif

    std::shared_ptr<sidekick_cancel> handle_;  // shared with the callback of the stop token alone
    std::shared_ptr<void> link_;               // that callback, which cannot be moved
};

/// @cond
namespace detail {

// As `attempt`, for a function that takes `cancel`: to C, one that was moved from would mean that nothing is
// cancelled.
template <typename Function, typename... Arguments>
Result<void> attempt_until(const Cancel& cancel, Function function, Arguments... arguments) {
    return cancel.c_handle() == nullptr ? Result<void>(Error(Status::Argument, "the cancellation was moved from"))
                                        : attempt(function, arguments...);
}

}  // namespace detail
/// @endcond

}  // namespace SIDEKICK_CPP
}  // namespace sidekick

#endif  // SIDEKICK_CANCEL_HPP
