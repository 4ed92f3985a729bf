// Rows from whole columns: every kind of range, and what fails as a whole.
#include "check.hpp"

#include <array>
#include <limits>
#include <list>

using sidekick::Column;
using sidekick::Status;

namespace {

const std::vector<double> two_numbers{0.5, -2.25};
const std::array<std::uint8_t, 2> two_flags{1, 0};
const std::vector<std::string> two_labels{"c", "a"};
const std::array<std::int16_t, 12> two_arrays{0, 1, 2, 3, 4, 5, -6, 7, 8, 9, 10, 11};

// A picture as a deployment sends it: `channels` is 3 or 1.
std::vector<unsigned char> picture_of(const sidekick::Deployment& deployment, std::size_t channels) {
    auto rows = deployment.rows();
    check::add_echo_row(rows, 1, "a");
    const auto predictions = deployment.predict(rows);
    const auto bytes = predictions[0].image(channels == 3 ? "picture" : "grey").bytes;
    const auto* const start = reinterpret_cast<const unsigned char*>(bytes.data());
    return {start, start + bytes.size()};
}

}  // namespace

TEST(columns_become_rows) {
    const auto deployment = check::open("echo");
    const std::vector<std::vector<unsigned char>> pictures(2, picture_of(deployment, 3));
    const std::vector<unsigned char> grey = picture_of(deployment, 1);
    const std::array<sidekick::Bytes, 2> greys{sidekick::Bytes(grey), sidekick::Bytes(grey.data(), grey.size())};
    auto rows = deployment.rows();
    check::add_echo_row(rows, 7, "b");
    rows.add_columns(2, {{"number", two_numbers},
                         {std::string("category"), two_labels},
                         {std::string_view("flag"), two_flags},
                         {3, std::list<const char*>{"☀", ""}},
                         {"picture", pictures},
                         {5, greys},
                         {"array", two_arrays}});
    CHECK(rows.size() == 3);
    const auto predictions = deployment.predict(rows);
    CHECK(predictions[0].number("number") == 7);
    for (std::size_t row = 0; row < 2; ++row) {
        const auto prediction = predictions[row + 1];
        CHECK(prediction.number("number") == two_numbers[row] && prediction.number("flag") == two_flags[row]);
        CHECK(prediction.top("category").label == two_labels[row]);
        CHECK(prediction.pixels("picture").samples == check::samples(3));
        CHECK(prediction.pixels("grey").samples == check::samples(1));
        for (std::size_t element = 0; element < 6; ++element) {
            CHECK(prediction.array("array")[element] == static_cast<float>(two_arrays[row * 6 + element]));
        }
    }
}

TEST(columns_are_collected_in_a_loop) {
    const auto deployment = check::open("names");
    const std::vector<std::vector<float>> values(6, {1.5F, 2.5F, 4});
    std::vector<Column> columns;
    for (const auto& input : deployment.inputs()) {
        columns.emplace_back(input.name, values[columns.size()]);
    }
    auto rows = deployment.rows();
    CHECK(rows.try_add_columns(3, columns).has_value() && rows.size() == 3);
    CHECK(deployment.predict(rows.add_columns(3, columns)).size() == 6);
}

TEST(texts_are_kept_and_numbers_are_looked_at) {
    const Column texts("text", std::vector<std::string_view>{"é", "", "ab"});
    CHECK(texts.kind() == SIDEKICK_COLUMN_PIECES && texts.bytes().length() == 4 && texts.input().name() == "text");
    CHECK(texts.ends().size() == 3 && texts.ends()[0] == 2 && texts.ends()[1] == 2 && texts.ends()[2] == 4);
    const double plain[] = {1, 2};
    const Column numbers_column(4, plain);
    CHECK(numbers_column.kind() == SIDEKICK_DTYPE_F64 && numbers_column.bytes().address() == plain);
    CHECK(numbers_column.bytes().length() == 16 && numbers_column.ends().empty() &&
          numbers_column.input().index() == 4);
}

TEST(closed_texts_are_taken_as_they_lie) {
    const std::string_view closed("é\0\0ab\0", 7);
    const Column texts("text", sidekick::ClosedTexts{closed});
    CHECK(texts.kind() == SIDEKICK_COLUMN_TEXTS && texts.bytes().address() == closed.data() && texts.ends().empty());
    CHECK(texts.bytes().length() == closed.size());
    const auto deployment = check::open("single-text");
    auto rows = deployment.rows();
    rows.add_columns(3, {{0, sidekick::ClosedTexts{closed}}});
    rows.add_columns(3, {{0, std::vector<std::string_view>{"é", "", "ab"}}});
    const auto predictions = deployment.predict(rows);
    for (std::size_t row = 0; row < 3; ++row) {
        CHECK(predictions[row].number(0) == predictions[row + 3].number(0));
    }
    CHECK(predictions[0].number(0) != predictions[2].number(0));
    CHECK_FAILS(FeatureShape, rows.try_add_columns(2, {{0, sidekick::ClosedTexts{closed}}}));
    CHECK_FAILS(FeatureShape, rows.try_add_columns(3, {{0, sidekick::ClosedTexts{closed.substr(0, 6)}}}));
}

TEST(adding_columns_ends_the_open_row) {
    const auto deployment = check::open("reciprocal");
    auto rows = deployment.rows();
    rows.row().number(0, 4);
    CHECK(rows.add_columns(2, {{0, std::vector<int>{1, 2}}}).size() == 3);
    const auto predictions = deployment.predict(rows);
    CHECK(predictions[0].number(0) == 0.25 && predictions[2].number(0) == 0.5);
    rows.row();
    CHECK_FAILS(RowIncomplete, rows.try_add_columns(2, {{0, two_numbers}}));
    CHECK(rows.size() == 3);
}

TEST(columns_fail_as_a_whole) {
    const auto deployment = check::open("names");
    const std::vector<double> odd{1, std::numeric_limits<double>::quiet_NaN()};
    std::vector<Column> columns;
    for (std::size_t input = 0; input < 6; ++input) {
        columns.emplace_back(input, input == 4 ? odd : two_numbers);
    }
    auto rows = deployment.rows();
    const auto error = check::thrown_by([&] { rows.add_columns(2, columns); });
    CHECK(error.status() == Status::FeatureValue && error.row() == 1 && error.feature() == deployment.inputs()[4].name);
    columns[4] = Column(4, two_numbers);
    CHECK_THROWS(FeatureShape, rows.add_columns(3, columns));
    CHECK_THROWS(FeatureShape, rows.add_columns(1, columns));
    columns[4] = Column(3, two_numbers);
    CHECK_FAILS(FeatureTwice, rows.try_add_columns(2, columns));
    columns[4] = Column("nothing", two_numbers);
    CHECK_FAILS(UnknownFeature, rows.try_add_columns(2, columns));
    columns[4] = Column(4, two_labels);
    CHECK_FAILS(FeatureType, rows.try_add_columns(2, columns));
    CHECK_FAILS(FeatureShape, rows.try_add_columns(3, columns));
    CHECK_FAILS(RowIncomplete, rows.try_add_columns(2, {}));
    CHECK(rows.empty());
}

TEST(texts_have_to_be_as_many_as_rows) {
    auto rows = check::open("echo").rows();
    const auto error = check::thrown_by([&] { rows.add_columns(3, {{"category", two_labels}}); });
    CHECK(error.status() == Status::FeatureShape && error.feature() == "category");
    CHECK(error.what() == std::string("feature \"category\": its column has 2 values, but there are 3 rows"));
    CHECK_FAILS(FeatureShape, rows.try_add_columns(1, {{"text", two_labels}}));
}

TEST(rows_that_were_moved_from_take_no_columns) {
    auto rows = check::open("reciprocal").rows();
    const auto moved = std::move(rows);
    CHECK_FAILS(Argument, rows.try_add_columns(2, {{0, two_numbers}}));
    CHECK_FAILS(Argument, rows.try_add_columns(2, {{"nothing", two_numbers}}));
    CHECK(moved.empty());
}

TEST(the_shape_of_a_column_is_that_of_its_input) {
    auto rows = check::open("echo").rows();
    const std::vector<float> values(12);
    const sidekick::Shape none = {};
    for (const auto& shape : {std::vector<std::size_t>{3, 2}, {2}, {2, 3, 9}, {2, sidekick::size_any}}) {
        const auto error = rows.try_add_columns(2, {{"array", values, shape}}).error();
        CHECK(error.status() == Status::FeatureShape && error.feature() == "array" && rows.empty());
        const auto by_index = rows.try_add_columns(2, {{6, values, shape}}).error();
        CHECK(by_index.status() == Status::FeatureShape && by_index.feature() == "array");
    }
    const auto error = rows.try_add_columns(2, {{"array", values, {3, 2}}}).error();
    CHECK(error.what() == std::string("feature \"array\": expected arrays of shape [2, 3], got [3, 2]"));
    // What is right is refused for its want of other columns alone.
    CHECK_FAILS(RowIncomplete, rows.try_add_columns(2, {{"array", values, {2, 3}}}));
    CHECK_FAILS(RowIncomplete, rows.try_add_columns(2, {{"array", values, none}}));
    CHECK_FAILS(FeatureType, rows.try_add_columns(2, {{"text", values, {6}}}));
}

TEST(no_row_is_blamed_for_an_unknown_column) {
    auto rows = check::open("reciprocal").rows();
    rows.row().number(0, 4).end_row();
    const auto error = rows.try_add_columns(2, {{"nothing", two_numbers}}).error();
    CHECK(error.status() == Status::UnknownFeature && error.feature() == "nothing" && !error.row());
    CHECK(error.what() == std::string("there is no feature named \"nothing\"; the deployment has 1: \"number\""));
}

TEST(a_null_text_of_a_column_has_its_row) {
    const std::vector<const char*> texts{"a", nullptr};
    const auto error = check::thrown_by([&] { static_cast<void>(Column("text", texts)); });
    CHECK(error.status() == Status::Argument && error.feature() == "text" && error.row() == 1U);
    CHECK(error.what() == std::string("row 1: feature \"text\": a text of the column is NULL"));
}
