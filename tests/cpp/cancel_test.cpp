// Calls that are called off.
#include "rig.hpp"

#include <thread>

using namespace std::chrono_literals;
using sidekick::Cancel;
using sidekick::Deployment;
using sidekick::Options;
using sidekick::Status;

namespace {

// Does `stop` in another thread while `call` runs, which fails of it: nothing else would end it.
template <typename Stop, typename Call>
void check_called_off(Stop stop, Call call) {
    std::thread thread([&] {
        std::this_thread::sleep_for(100ms);
        stop();
    });
    const auto result = call();
    thread.join();
    CHECK(!result && result.error().status() == Status::Cancelled && !result.error().retryable());
}

}  // namespace

TEST(an_open_is_called_off) {
    const Cancel cancel;
    const auto url = rig::url("SIDEKICK_FULL_URL", "report");
    check_called_off([&] { cancel.trigger(); }, [&] { return Deployment::try_open(url, "token", {}, cancel); });
    CHECK_THROWS(Cancelled, Deployment::open(url, "token", {}, cancel));
}

TEST(a_predict_is_called_off) {
    const auto deployment = rig::open("slow", Options().batch_rows(2)).value();
    auto rows = deployment.rows();
    rows.row().number(0, 1).row().number(0, 2).row().number(0, 3);
    const Cancel cancel;
    check_called_off([&] { cancel.trigger(); }, [&] { return deployment.try_predict(rows, cancel); });
    const auto error = deployment.try_predict(rows, cancel).error();
    CHECK(error.rows_first() == 0U && error.rows_count() == 2 && !error.row());
    CHECK_THROWS(Cancelled, deployment.predict(rows, cancel));
    CHECK_THROWS(Cancelled, deployment.predict(std::as_const(rows), cancel));
    CHECK_THROWS(Cancelled, deployment.predict(std::move(rows), cancel));
}

TEST(a_time_limit_ends_each_call) {
    const auto deployment = rig::open("slow").value();
    auto rows = deployment.rows();
    rows.row().number(0, 1);
    Cancel cancel;
    cancel.set_timeout(100ms);
    CHECK_THROWS(Timeout, deployment.predict(rows, cancel));
    CHECK_FAILS(Timeout, deployment.try_post_json("{}", cancel));
    CHECK_FAILS(Timeout, Deployment::try_open(check::url("reciprocal"), "reciprocal-token", {}, cancel));
    cancel.set_timeout(0s);
    CHECK(Deployment::try_open(check::url("reciprocal"), "reciprocal-token", {}, cancel).has_value());
    cancel.set_timeout(1h);
    CHECK(Deployment::try_open(check::url("reciprocal"), "reciprocal-token", {}, cancel).has_value());
    CHECK_FAILS(Argument, cancel.try_set_timeout(-1ms));
    const auto moved = std::move(cancel);
    CHECK_FAILS(Argument, cancel.try_set_timeout(1ms));
}

TEST(a_post_is_called_off) {
    const auto deployment = rig::open("slow").value();
    const Cancel cancel;
    check_called_off([&] { cancel.trigger(); }, [&] { return deployment.try_post_json("{}", cancel); });
    CHECK_THROWS(Cancelled, deployment.post_json("{}", cancel));
}

TEST(a_cancellation_that_is_not_triggered_changes_nothing) {
    const Cancel cancel;
    const auto deployment = Deployment::open(check::url("reciprocal"), "reciprocal-token", {}, cancel);
    auto rows = deployment.rows();
    CHECK(deployment.predict(rows.row().number(0, 4), cancel).size() == 1);
    CHECK(deployment.post_json("{}", cancel).http_status() == 400);
    cancel.trigger();
    CHECK(cancel.try_trigger().has_value());
    CHECK_FAILS(Cancelled, deployment.try_predict(rows, cancel));
    CHECK(deployment.predict(rows).size() == 1);
    const auto echo = check::open("echo");
    CHECK_FAILS(RowIncomplete, echo.try_predict(echo.rows().row().number("number", 1), cancel));
}

TEST(a_cancellation_is_moved) {
    auto first = Cancel::try_make().value();
    auto cancel = std::move(first);
    const auto deployment = rig::open("report").value();
    auto rows = deployment.rows();
    CHECK_FAILS(Argument, first.try_trigger());
    CHECK_THROWS(Argument, first.trigger());
    CHECK_FAILS(Argument, deployment.try_post_json("{}", first));
    CHECK_FAILS(Argument, deployment.try_predict(rows, first));
    CHECK_FAILS(Argument, Deployment::try_open(rig::url("SIDEKICK_MISBEHAVING_URL", "report"), "token", {}, first));
    cancel.trigger();
    CHECK_FAILS(Cancelled, deployment.try_post_json("{}", cancel));
    cancel = Cancel();
    CHECK(deployment.post_json("{}", cancel).http_status() == 200);
    CHECK(first.c_handle() == nullptr && cancel.c_handle() != nullptr);
}

#ifdef __cpp_lib_jthread

TEST(a_stop_token_calls_off) {
    const auto deployment = rig::open("slow").value();
    std::stop_source source;
    const Cancel cancel(source.get_token());
    check_called_off([&] { source.request_stop(); }, [&] { return deployment.try_post_json("{}", cancel); });
    const Cancel late(source.get_token());
    CHECK_FAILS(Cancelled, deployment.try_post_json("{}", late));
}

TEST(a_jthread_calls_off_what_it_runs) {
    const auto deployment = rig::open("slow").value();
    Status status = Status::Ok;
    {
        const std::jthread thread([&](std::stop_token token) {
            status = deployment.try_post_json("{}", Cancel(std::move(token))).error().status();
        });
    }
    CHECK(status == Status::Cancelled);
}

TEST(a_linked_cancellation_is_moved_and_freed) {
    const auto deployment = rig::open("report").value();
    std::stop_source first;
    std::stop_source second;
    auto cancel = Cancel::try_make(first.get_token()).value();
    cancel = Cancel(second.get_token());
    first.request_stop();
    CHECK(deployment.post_json("{}", cancel).http_status() == 200);
    auto moved = std::move(cancel);
    second.request_stop();
    CHECK_FAILS(Cancelled, deployment.try_post_json("{}", moved));
    std::stop_source third;
    { const Cancel gone(third.get_token()); }
    third.request_stop();
    const Cancel own{std::stop_token()};
    own.trigger();
    CHECK_FAILS(Cancelled, deployment.try_post_json("{}", own));
}

#endif
