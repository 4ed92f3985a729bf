// What is moved, what is freed when, and what a view outlives.
#include "check.hpp"

#include <type_traits>

using namespace std::string_view_literals;
using sidekick::Deployment;
using sidekick::Error;
using sidekick::Options;
using sidekick::Predictions;
using sidekick::Reply;
using sidekick::Result;
using sidekick::Rows;

namespace {

template <typename Object>
constexpr bool moves_only = !std::is_copy_constructible_v<Object> && !std::is_copy_assignable_v<Object> &&
                            std::is_nothrow_move_constructible_v<Object> && std::is_nothrow_move_assignable_v<Object>;

static_assert(moves_only<Deployment> && moves_only<Options> && moves_only<sidekick::Cancel> && moves_only<Rows>);
static_assert(moves_only<Predictions> && moves_only<Reply> && moves_only<sidekick::Stream>);
static_assert(std::is_nothrow_copy_constructible_v<Error> && std::is_base_of_v<std::runtime_error, Error>);
static_assert(!std::is_constructible_v<sidekick::FeatureKey, std::nullptr_t>);
static_assert(!std::is_constructible_v<sidekick::FeatureKey, bool>);

// Whether views can be had from an object of a type: from a temporary, none can.
template <typename Object, typename = void>
constexpr bool views = false;
template <typename Object>
constexpr bool views<Object, std::void_t<decltype(std::declval<Object>().numbers(0))>> = true;
template <typename Object, typename = void>
constexpr bool indexes = false;
template <typename Object>
constexpr bool indexes<Object, std::void_t<decltype(std::declval<Object>()[0])>> = true;
template <typename Object, typename = void>
constexpr bool lists = false;
template <typename Object>
constexpr bool lists<Object, std::void_t<decltype(std::declval<Object>().inputs())>> = true;
template <typename Object, typename = void>
constexpr bool tells = false;
template <typename Object>
constexpr bool tells<Object, std::void_t<decltype(std::declval<Object>().text())>> = true;

static_assert(views<Predictions&> && views<const Predictions&> && !views<Predictions> && !views<const Predictions>);
static_assert(indexes<Predictions&> && !indexes<Predictions>);
static_assert(lists<const Deployment&> && !lists<Deployment>);
static_assert(tells<const Reply&> && !tells<Reply>);

template <typename Object>
void move_to_itself(Object& object) {
    Object& same = object;
    object = std::move(same);
}

Predictions predict_one(const Deployment& deployment) {
    auto rows = deployment.rows();
    check::add_echo_row(rows, 7, "a");
    return deployment.predict(rows);
}

}  // namespace

TEST(what_was_moved_works_on) {
    auto first = check::open("echo");
    auto deployment = std::move(first);
    auto first_rows = deployment.rows();
    check::add_echo_row(first_rows, 7, "a");
    auto rows = std::move(first_rows);
    auto first_predictions = deployment.predict(rows);
    const auto view = first_predictions[0];
    const auto text = view.text("text");
    const auto place = first_predictions.begin();
    auto predictions = std::move(first_predictions);
    CHECK(predictions[0].number("number") == 7);
    CHECK(view.number("number") == 7 && text == view.text("text") && (*place).number("number") == 7);
    const auto inputs = deployment.inputs();
    const auto again = std::move(deployment);
    CHECK(inputs[0].name == "number" && again.inputs().data() == inputs.data());
}

TEST(what_is_moved_to_itself_stays) {
    auto deployment = check::open("echo");
    move_to_itself(deployment);
    auto rows = deployment.rows();
    check::add_echo_row(rows, 7, "a");
    move_to_itself(rows);
    auto predictions = deployment.predict(rows);
    move_to_itself(predictions);
    CHECK(predictions[0].number("number") == 7);
    auto reply = deployment.post_json("{}");
    move_to_itself(reply);
    CHECK(!reply.text().empty());
    Options options;
    move_to_itself(options);
    CHECK(options.try_batch_rows(2).has_value());
}

TEST(what_was_moved_from_is_empty) {
    auto deployment = check::open("echo");
    auto rows = deployment.rows();
    check::add_echo_row(rows, 7, "a");
    auto predictions = deployment.predict(rows);
    auto reply = deployment.post_json("{}");
    Options options;
    const auto moved = std::make_tuple(std::move(rows), std::move(predictions), std::move(reply), std::move(options));
    CHECK(rows.empty() && predictions.empty() && reply.text().empty() && reply.http_status() == 0);
    CHECK(predictions.begin() == predictions.end());
    CHECK_THROWS(Argument, rows.number(0, 1));
    CHECK_THROWS(Argument, rows.text("text", "any"));
    CHECK_THROWS(Argument, deployment.predict(std::as_const(rows)));
    CHECK_THROWS(Argument, predictions.numbers(0));
    CHECK_THROWS(Argument, predictions.numbers("number"));
    CHECK_THROWS(Argument, predictions[0].number(0));
    CHECK_THROWS(Argument, predictions[0].number("number"));
    CHECK_THROWS(Argument, options.batch_rows(1));
    const auto taken = std::move(deployment);
    CHECK(deployment.inputs().empty() && deployment.outputs().empty() && deployment.protocol() == sidekick::Protocol{});
    CHECK_THROWS(Argument, deployment.rows());
    CHECK_THROWS(Argument, deployment.post_json("{}"));
    CHECK_FAILS(Argument, deployment.try_rows());
    CHECK_FAILS(Argument, deployment.try_predict(std::get<0>(moved)));
    rows = taken.rows();
    CHECK(rows.empty() && rows.try_number(0, 1).has_value());
}

TEST(rows_and_predictions_outlive_their_deployment) {
    auto [rows, predictions] = [] {
        const auto deployment = check::open("echo");
        return std::make_pair(deployment.rows(), predict_one(deployment));
    }();
    check::add_echo_row(rows, 1, "b");
    CHECK(rows.end_row().size() == 1);
    CHECK(predictions[0].number("number") == 7 && predictions[0].text("text") == "first ☀");
    CHECK(predictions[0].top("category").label == "a");
}

TEST(an_assignment_frees_what_was_there) {
    const auto deployment = check::open("echo");
    auto predictions = predict_one(deployment);
    predictions = predict_one(deployment);
    auto rows = deployment.rows();
    rows = deployment.rows();
    CHECK(predictions.size() == 1 && rows.empty());
}

TEST(a_temporary_lives_through_its_loop) {
    const auto deployment = check::open("echo");
    std::size_t count = 0;
    for (const auto& prediction : predict_one(deployment)) {
        count += prediction.number("number") == 7 ? 1U : 0U;
    }
    CHECK(count == 1);
}

TEST(errors_are_copied_whole) {
    const auto thrown = check::thrown_by([] { check::open("echo", Options().batch_rows(0)); });
    Error copy(sidekick::Status::Ok, "");
    copy = thrown;
    CHECK(copy.status() == sidekick::Status::Argument && std::string(copy.what()) == thrown.what());
    CHECK(!copy.row() && copy.feature().empty() && copy.server_message().empty());
    const Error own(sidekick::Status::Image, "own", "picture");
    CHECK(own.what() == "own"sv && own.feature() == "picture" && own.http_status() == 0 && own.attempts() == 0);
    CHECK(!own.rows_first() && own.rows_count() == 0);
}

TEST(errors_are_made_of_those_of_the_c_api) {
    const auto deployment = check::open("echo");
    std::size_t index = 0;
    sidekick_error* error = nullptr;
    const auto status =
        sidekick_deployment_feature_index(deployment.c_handle(), SIDEKICK_INPUT, "x", 1, &index, &error);
    const Error copy(error);
    sidekick_error_free(error);
    CHECK(static_cast<std::int32_t>(copy.status()) == status && !std::string_view(copy.what()).empty());
    const Error none(nullptr);
    CHECK(none.status() == sidekick::Status::Ok && std::string_view(none.what()).empty());
}

TEST(results_have_a_value_or_an_error) {
    const Result<int> good = 5;
    const Result<int> bad = Error(sidekick::Status::File, "no file");
    CHECK(good && good.has_value() && good.value() == 5);
    CHECK(!bad && !bad.has_value() && bad.error().what() == "no file"sv);
    CHECK_THROWS(File, bad.value());
    CHECK_THROWS(File, Result<std::string>(bad.error()).value());
    CHECK(Result<std::string>(std::string("moved")).value() == "moved");
    const Result<void> done;
    const Result<void> failed = bad.error();
    done.value();
    CHECK(done && done.has_value() && !failed && !failed.has_value());
    CHECK_THROWS(File, failed.value());
    bool refused = false;
    try {
        static_cast<void>(good.error());
    } catch (const std::logic_error&) {
        refused = true;
    }
    CHECK(refused);
}

TEST(options_that_were_moved_from_open_nothing) {
    Options options;
    const Options moved = std::move(options);
    const auto error = Deployment::try_open(check::url("echo"), "echo-token", options).error();
    CHECK(error.status() == sidekick::Status::Argument && error.what() == "the options were moved from"sv);
    const sidekick::Cancel cancel;
    CHECK_FAILS(Argument, Deployment::try_open(check::url("echo"), "echo-token", options, cancel));
    CHECK_THROWS(Argument, Deployment::open(check::url("echo"), "echo-token", options));
    CHECK(Deployment::try_open(check::url("echo"), "echo-token", moved).has_value());
}

TEST(the_error_of_a_temporary_result_is_its_own) {
    static_assert(std::is_same_v<decltype(std::declval<Result<int>>().error()), Error>);
    static_assert(std::is_same_v<decltype(std::declval<Result<void>>().error()), Error>);
    static_assert(std::is_same_v<decltype(std::declval<const Result<int>&>().error()), const Error&>);
    static_assert(std::is_same_v<decltype(std::declval<Result<void>&>().error()), const Error&>);
    const auto& error = check::open("reciprocal").rows().try_number("x", 1).error();
    CHECK(error.status() == sidekick::Status::UnknownFeature && error.feature() == "x");
}
