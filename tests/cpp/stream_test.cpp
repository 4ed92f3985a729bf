// Streams: order, what a full one does, a batch's own error, what is still to be taken, calling off, moving.
#include "rig.hpp"

#include <filesystem>
#include <iterator>
#include <limits>
#include <numeric>
#ifdef __cpp_lib_ranges
#include <ranges>
#endif
#include <sstream>
#include <thread>

using namespace std::chrono_literals;
using sidekick::Cancel;
using sidekick::Deployment;
using sidekick::Options;
using sidekick::Predictions;
using sidekick::Status;
using sidekick::Stream;

namespace {

// `reciprocal`, with so many rows to a request and so many requests under way.
Deployment reciprocal(std::size_t batch_rows, std::size_t requests) {
    return check::open("reciprocal", Options().batch_rows(batch_rows).max_in_flight(requests));
}

sidekick::Rows rows_of(const Deployment& deployment, const std::vector<double>& numbers) {
    auto rows = deployment.rows();
    for (const double number : numbers) {
        rows.row().number(0, number);
    }
    return rows;
}

// Takes the next batch, whose numbers have to be 1 / next and so on; false at the end.
bool take(Stream& stream, double& next) {
    const auto predictions = stream.next();
    if (predictions) {
        for (const double number : predictions->numbers(0)) {
            CHECK(number * next > 0.999999 && number * next < 1.000001);
            next += 1;
        }
    }
    return predictions.has_value();
}

std::ptrdiff_t threads() {
    const auto found = std::filesystem::directory_iterator("/proc/self/task");
    return std::distance(begin(found), end(found));
}

#ifdef __cpp_lib_ranges
static_assert(std::ranges::input_range<Stream::Rest>);
using Pulled = decltype(std::declval<const Deployment&>().predict_each(std::declval<const std::vector<int>&>(),
                                                                       [](sidekick::Rows&, int) {}));
static_assert(std::ranges::input_range<Pulled>);
#endif

template <typename Object, typename = void>
constexpr bool has_rest = false;
template <typename Object>
constexpr bool has_rest<Object, std::void_t<decltype(std::declval<Object>().rest())>> = true;
static_assert(has_rest<Stream&> && !has_rest<Stream>);

}  // namespace

TEST(a_stream_keeps_the_order) {
    for (const std::size_t requests : {1U, 4U}) {
        const auto deployment = reciprocal(8, requests);
        auto stream = deployment.stream();
        auto rows = deployment.rows();
        double next = 1;
        for (int number = 1; number <= 300; ++number) {
            rows.row().number(0, number);
            if (number % 8 == 0 || number == 300) {
                while (stream.full()) {
                    CHECK(take(stream, next));
                }
                stream.push(rows);
                rows.clear();
            }
        }
        while (take(stream, next)) {
        }
        CHECK(next == 301);
    }
}

TEST(a_full_stream_takes_nothing_until_something_is_taken) {
    const auto deployment = reciprocal(2, 1);
    auto stream = deployment.stream();
    auto rows = rows_of(deployment, {1, 2, 3, 4});
    CHECK(!stream.full() && !stream.next());
    stream.push(rows);
    CHECK(stream.full() && rows.size() == 4);
    const auto refused = stream.try_push(rows);
    CHECK(!refused && refused.error().status() == Status::StreamFull && !refused.error().retryable());
    CHECK_THROWS(StreamFull, stream.push(rows));
    CHECK_THROWS(StreamFull, stream.push(std::as_const(rows)));
    double next = 1;
    CHECK(take(stream, next) && !stream.full() && take(stream, next) && !take(stream, next));
    stream.push(rows_of(deployment, {1}));
    CHECK(stream.next()->size() == 1 && !stream.next());
}

TEST(a_push_ends_the_open_row_where_it_may) {
    const auto deployment = check::open("echo");
    auto stream = deployment.stream();
    auto rows = deployment.rows();
    check::add_echo_row(rows, 7, "a");
    CHECK_FAILS(RowIncomplete, stream.try_push(std::as_const(rows)));
    stream.push(rows);
    rows.clear().row().number("number", 1);
    const auto incomplete = stream.try_push(rows);
    CHECK(!incomplete && incomplete.error().status() == Status::RowIncomplete && incomplete.error().row() == 0U);
    CHECK_THROWS(RowIncomplete, stream.push(std::move(rows)));
    const auto predictions = stream.next().value();
    CHECK(predictions[0].number("number") == 7 && predictions[0].top("category").label == "a" && !stream.next());
    CHECK_FAILS(Argument, stream.try_push(reciprocal(1, 1).rows()));
}

TEST(a_batch_that_fails_has_its_own_error_and_the_stream_goes_on) {
    for (const std::size_t requests : {1U, 3U}) {
        // The model cannot give 1 / 0.
        const auto deployment = reciprocal(2, requests);
        auto stream = deployment.stream();
        stream.push(rows_of(deployment, {1, 2, 3, 0, 5, 6, 0}));
        double next = 1;
        CHECK(take(stream, next));
        const auto error = check::thrown_by([&] { stream.next(); });
        CHECK(error.status() == Status::Server && error.http_status() == 500 && error.attempts() == 1);
        CHECK(error.rows_first() == 2U && error.rows_count() == 2);
        next = 5;
        CHECK(take(stream, next) && next == 7);
        const auto last = stream.try_next();
        CHECK(!last && last.error().rows_first() == 6U && last.error().rows_count() == 1);
        CHECK(stream.try_next().has_value() && !stream.try_next().value());
    }
}

TEST(what_is_still_to_be_taken_is_a_range) {
    const auto deployment = reciprocal(2, 2);
    auto stream = deployment.stream();
    for (auto& predictions : stream.rest()) {
        CHECK(predictions.empty());
    }
    stream.push(rows_of(deployment, {1, 2, 4, 8, 0, 1, 2}));
    std::vector<Predictions> kept;
    const auto error = check::thrown_by([&] {
        for (auto& predictions : stream.rest()) {
            kept.push_back(std::move(predictions));
        }
    });
    CHECK(error.status() == Status::Server && error.rows_first() == 4U);
    CHECK(kept.size() == 2 && kept[0].numbers(0)[1] == 0.5 && kept[1].numbers(0)[1] == 0.125);
    auto rest = stream.rest();
    const double sum = std::accumulate(rest.begin(), rest.end(), 0.0, [](double found, const Predictions& predictions) {
        return found + predictions.numbers(0)[0];
    });
    CHECK(sum == 0.5 && !stream.next());
    auto place = stream.rest().begin();
    CHECK(place == Stream::Rest::iterator());
    stream.push(rows_of(deployment, {1, 2, 4}));
    rest = stream.rest();
    place = rest.begin();
    CHECK(place != rest.end() && place->size() == 2);
    place++;
    CHECK(place->numbers(0)[0] == 0.25 && ++place == rest.end());
}

TEST(a_stream_has_several_requests_under_way) {
    for (const std::size_t requests : {1U, 4U}) {
        const auto deployment = rig::open("together", Options().batch_rows(1).max_in_flight(requests)).value();
        auto stream = deployment.stream();
        stream.push(rows_of(deployment, {1, 2, 3, 4}));
        double most = 0;
        for (const auto& predictions : stream.rest()) {
            most = std::max(most, predictions.numbers(0)[0]);
        }
        CHECK(most == static_cast<double>(requests));
    }
}

TEST(a_stream_is_called_off) {
    for (const std::size_t requests : {1U, 3U}) {
        const auto deployment = rig::open("slow", Options().batch_rows(1).max_in_flight(requests)).value();
        const Cancel cancel;
        auto stream = deployment.stream(cancel);
        stream.push(rows_of(deployment, {1, 2, 3}));
        std::thread thread([&] {
            std::this_thread::sleep_for(100ms);
            cancel.trigger();
        });
        for (std::size_t first = 0; first < 3; ++first) {
            const auto error = stream.try_next().error();
            CHECK(error.status() == Status::Cancelled && error.rows_first() == first && error.rows_count() == 1);
        }
        thread.join();
        CHECK(!stream.next());
        CHECK_THROWS(Cancelled, stream.push(rows_of(deployment, {1})));
    }
    const Cancel cancel;
    const auto deployment = reciprocal(1, 1);
    auto stream = deployment.try_stream(cancel).value();
    stream.push(rows_of(deployment, {4}));
    CHECK(stream.next()->numbers(0)[0] == 0.25);
}

TEST(a_stream_that_goes_calls_off_what_is_under_way) {
    const auto deployment = rig::open("slow", Options().batch_rows(1).max_in_flight(3)).value();
    const auto before = threads();
    // Its server answers after half a minute.
    CHECK(rig::time_of([&] {
              auto stream = deployment.stream();
              stream.push(rows_of(deployment, {1, 2, 3, 4, 5}));
              CHECK(threads() == before + 3);
              std::this_thread::sleep_for(50ms);
          }) < 20s);
    CHECK(threads() == before);
}

TEST(a_stream_is_moved) {
    const auto deployment = reciprocal(1, 2);
    auto first = deployment.try_stream().value();
    first.push(rows_of(deployment, {4, 2}));
    auto stream = std::move(first);
    CHECK(!first.full() && first.c_handle() == nullptr);
    CHECK_FAILS(Argument, first.try_push(rows_of(deployment, {1})));
    CHECK_FAILS(Argument, first.try_next());
    CHECK(stream.next()->numbers("reciprocal")[0] == 0.25);
    Stream& same = stream;
    stream = std::move(same);
    auto predictions = stream.next().value();
    stream = deployment.stream();
    CHECK(!stream.next() && predictions.numbers(0)[0] == 0.5);
    auto moved_from = Cancel();
    const auto cancel = std::move(moved_from);
    CHECK_FAILS(Argument, deployment.try_stream(moved_from));
    cancel.trigger();
    auto cancelled = deployment.stream(cancel);
    CHECK_THROWS(Cancelled, cancelled.push(rows_of(deployment, {1})));
}

TEST(a_stream_keeps_a_temporary_range) {
    const auto deployment = reciprocal(2, 2);
    const auto fill = [](sidekick::Rows& rows, int number) { rows.number(0, number); };
    std::vector<double> found;
    const auto take = [&found](const sidekick::Predictions& predictions) {
        const auto numbers = predictions.numbers(0);
        found.insert(found.end(), numbers.begin(), numbers.end());
    };
    for (const auto& predictions : deployment.predict_each(std::vector<int>{1, 2, 4, 8, 16}, fill)) {
        take(predictions);
    }
    const sidekick::Cancel cancel;
    for (const auto& predictions : deployment.predict_each(std::vector<int>{32}, fill, cancel)) {
        take(predictions);
    }
    CHECK(found == std::vector<double>{1, 0.5, 0.25, 0.125, 0.0625, 0.03125});
// Clang before 16 does not take the views of libstdc++.
#if defined(__cpp_lib_ranges) && (!defined(__clang__) || __clang_major__ >= 16)
    const std::vector<int> numbers{1, 2, 3, 4};
    found.clear();
    const auto is_even = [](int number) { return number % 2 == 0; };
    for (const auto& predictions : deployment.predict_each(numbers | std::views::filter(is_even), fill)) {
        take(predictions);
    }
    CHECK(found == std::vector<double>{0.5, 0.25});
#endif
}

TEST(a_stream_pulls_its_rows) {
    for (const std::size_t requests : {1U, 3U}) {
        const auto deployment = reciprocal(2, requests);
        std::vector<int> numbers(99);
        std::iota(numbers.begin(), numbers.end(), 1);
        int asked = 0;
        const auto fill = [&asked](sidekick::Rows& rows, int number) {
            ++asked;
            rows.number(0, number);
        };
        double next = 1;
        auto batches = deployment.predict_each(numbers, fill);
        for (const auto& predictions : batches) {
            for (const double number : predictions.numbers(0)) {
                CHECK(number * next > 0.999999 && number * next < 1.000001);
                next += 1;
            }
            // No more rows are asked for than the requests in flight need.
            CHECK(asked < next + 2 * (2 * static_cast<double>(requests) + 1));
        }
        CHECK(next == 100 && asked == 99);
        CHECK(batches.begin() == batches.end());
    }
}

TEST(a_pulled_stream_takes_what_is_read_once) {
    const auto deployment = reciprocal(2, 2);
    std::istringstream input("1 2 4");
    using Numbers = std::istream_iterator<double>;
    double sum = 0;
    auto batches = deployment.predict_each(Numbers(input), Numbers(),
                                           [](sidekick::Rows& rows, double number) { rows.number(0, number); });
    for (const auto& predictions : batches) {
        for (const double number : predictions.numbers(0)) {
            sum += number;
        }
    }
    CHECK(sum == 1.75);
    const std::vector<double> none;
    for (const auto& predictions : deployment.predict_each(none, [](sidekick::Rows&, double) { CHECK(false); })) {
        CHECK(predictions.empty());
    }
}

TEST(a_pulled_stream_goes_on_after_a_batch_that_failed) {
    const auto deployment = reciprocal(2, 2);
    const std::vector<double> numbers{1, 2, 0, 4, 5};
    auto batches = deployment.predict_each(numbers, [](sidekick::Rows& rows, double number) { rows.number(0, number); });
    std::vector<double> found;
    std::vector<std::size_t> failed;
    for (;;) {
        try {
            const auto predictions = batches.next();
            if (!predictions) {
                break;
            }
            found.insert(found.end(), predictions->numbers(0).begin(), predictions->numbers(0).end());
        } catch (const sidekick::Error& error) {
            failed.push_back(error.rows_first().value());
        }
    }
    CHECK((found == std::vector<double>{1, 0.5, 0.2}) && failed == std::vector<std::size_t>{2});
}

TEST(a_pulled_stream_ends_at_a_row_that_does_not_fit) {
    const auto deployment = reciprocal(2, 1);
    const std::vector<double> numbers{1, 2, 4, std::numeric_limits<double>::quiet_NaN(), 5};
    auto batches = deployment.predict_each(numbers, [](sidekick::Rows& rows, double number) { rows.number(0, number); });
    std::size_t count = 0;
    const auto error = check::thrown_by([&] {
        for (const auto& predictions : batches) {
            count += predictions.size();
        }
    });
    CHECK(count == 2 && error.status() == Status::FeatureValue && error.row() == 3U);
    CHECK(!batches.next());
    const auto broken = [](sidekick::Rows&, double) { throw std::runtime_error("no more"); };
    auto others = deployment.predict_each(numbers, broken);
    bool thrown = false;
    try {
        others.begin();
    } catch (const std::runtime_error& failure) {
        thrown = failure.what() == std::string("no more");
    }
    CHECK(thrown && !others.next());
}

TEST(a_pulled_stream_is_cancelled) {
    const auto deployment = rig::open("slow", Options().batch_rows(1)).value();
    const Cancel cancel;
    const std::vector<int> numbers{1, 2, 3};
    auto batches = deployment.predict_each(
        numbers, [](sidekick::Rows& rows, int number) { rows.number(0, number); }, cancel);
    std::thread thread([&] {
        std::this_thread::sleep_for(100ms);
        cancel.trigger();
    });
    CHECK_THROWS(Cancelled, batches.next());
    thread.join();
}

#ifdef __cpp_lib_jthread

TEST(a_stop_token_works_for_as_long_as_its_stream) {
    const auto deployment = reciprocal(1, 1);
    std::stop_source source;
    auto stream = deployment.stream(Cancel(source.get_token()));
    stream.push(rows_of(deployment, {4}));
    CHECK(stream.next()->numbers(0)[0] == 0.25);
    auto moved = std::move(stream);
    source.request_stop();
    CHECK_FAILS(Cancelled, moved.try_push(rows_of(deployment, {4})));
    std::stop_source other;
    { const auto gone = deployment.stream(Cancel(other.get_token())); }
    other.request_stop();
}

#endif

TEST(an_error_of_another_deployment_keeps_its_row) {
    const auto deployment = reciprocal(2, 1);
    const auto other = check::open("echo");
    const std::vector<int> numbers{1, 2, 3, 4};
    const auto fill = [&](sidekick::Rows& rows, int number) {
        if (number == 4) {
            auto others = other.rows();
            others.row().number("number", std::numeric_limits<double>::quiet_NaN());
        }
        rows.number(0, number);
    };
    auto batches = deployment.predict_each(numbers, fill);
    CHECK(batches.next()->size() == 2);
    const auto error = check::thrown_by([&] { batches.next(); });
    CHECK(error.status() == Status::FeatureValue && error.row() == 0U);
    CHECK(std::string_view(error.what()).rfind("row 0: ", 0) == 0);
}

TEST(an_error_of_the_callers_own_is_thrown_as_it_is) {
    struct Own : sidekick::Error {
        Own() : sidekick::Error(Status::File, "own") {}
    };
    const auto deployment = reciprocal(2, 1);
    const std::vector<int> numbers{1};
    auto batches = deployment.predict_each(numbers, [](sidekick::Rows&, int) { throw Own(); });
    bool own = false;
    try {
        batches.next();
    } catch (const Own&) {
        own = true;
    } catch (const sidekick::Error&) {
    }
    CHECK(own);
}
