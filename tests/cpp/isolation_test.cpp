// Bad rows among good ones.
#include "check.hpp"

using sidekick::Options;
using sidekick::Rows;

namespace {

// The deployment calls 1e300 bad, which is beyond a 32-bit float.
constexpr double beyond = 1e300;

Rows two_bad_of_six(const sidekick::Deployment& deployment) {
    auto rows = deployment.rows();
    for (const double value : {1.0, beyond, 4.0, 5.0, beyond, 8.0}) {
        rows.row().number(0, value);
    }
    return rows;
}

}  // namespace

TEST(bad_rows_are_isolated) {
    const auto deployment = check::open("reciprocal", Options().isolate_bad_rows(true));
    const auto predictions = deployment.predict(two_bad_of_six(deployment));
    std::vector<std::size_t> sent;
    for (const auto& prediction : predictions) {
        sent.push_back(predictions.sent_row(prediction.row()));
    }
    CHECK(sent == std::vector<std::size_t>{0, 2, 3, 5});
    CHECK(predictions[1].number(0) == 0.25 && predictions.try_sent_row(3).value() == 5);
    CHECK_THROWS(Argument, predictions.sent_row(4));
    CHECK_FAILS(Argument, predictions.try_sent_row(4));

    const auto failures = predictions.failures();
    CHECK(failures.size() == 2 && failures[0].row() == 1U && failures[1].row() == 4U);
    for (const auto& failure : failures) {
        CHECK(failure.status() == sidekick::Status::Server && failure.server_code() == "BadData");
        CHECK(failure.http_status() == 400 && failure.attempts() == 1);
    }
}

TEST(bad_rows_of_a_stream_are_counted_within_their_batch) {
    const auto deployment = check::open("reciprocal", Options().isolate_bad_rows(true).batch_rows(3));
    auto stream = deployment.stream();
    stream.push(two_bad_of_six(deployment));
    for (const auto& predictions : stream.rest()) {
        CHECK(predictions.size() == 2 && predictions.sent_row(1) == 2);
        CHECK(predictions.failures().size() == 1 && predictions.failures()[0].row() == 1U);
    }
    CHECK(!stream.next());
}

TEST(bad_rows_fail_the_call_unless_they_are_isolated) {
    const auto deployment = check::open("reciprocal", Options().isolate_bad_rows(false));
    CHECK_FAILS(Server, deployment.try_predict(two_bad_of_six(deployment)));
    auto rows = deployment.rows();
    auto predictions = deployment.predict(rows.row().number(0, 1));
    CHECK(predictions.failures().empty() && predictions.sent_row(0) == 0);
    const auto owner = std::move(predictions);
    CHECK(predictions.failures().empty());
    CHECK_FAILS(Argument, predictions.try_sent_row(0));
}
