// Rows: every way to add a value, by name and by index, and every way that fails.
#include "check.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <limits>
#include <system_error>

using sidekick::Status;
using sidekick::Strides;

namespace {

// Ends a row of "integers" whose array is given, and reads the array that comes back.
std::vector<float> echoed(const sidekick::Deployment& deployment, sidekick::Rows& rows) {
    const auto predictions = deployment.predict(rows.integer("category", 2));
    const auto values = predictions[0].array("array");
    return {values.begin(), values.end()};
}

template <typename Element>
void check_dtype(const sidekick::Deployment& deployment) {
    auto rows = deployment.rows();
    rows.row().array("array", std::array<Element, 2>{Element(3), Element(100)}, {2});
    CHECK(echoed(deployment, rows) == std::vector<float>{3, 100});
}

std::vector<float> array_of(const sidekick::Deployment& deployment, sidekick::Rows& rows) {
    rows.number(0, 1).category(1, "a").binary(2, false).text(3, "");
    rows.pixels(4, {4, 4, 3}, check::samples(3)).pixels(5, {4, 4, 1}, check::samples(1));
    const auto predictions = deployment.predict(rows);
    const auto values = predictions[predictions.size() - 1].array("array");
    return {values.begin(), values.end()};
}

std::vector<unsigned char> read_file(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST(values_are_added_by_name_and_by_index) {
    const auto deployment = check::open("echo");
    auto rows = deployment.rows();
    check::add_echo_row(rows, 0.25, "b");
    rows.row().number(0, -0.5).integer(6 - 4, 0).category(1, "c").text(3, "☀ \"quoted\" \n");
    rows.pixels(4, {4, 4, 3}, check::samples(3)).pixels(std::string("grey"), {4, 4, 1}, check::samples(1));
    rows.array(std::string_view("array"), std::vector<int>{1, 2, 3, 4, 5, 6}, {2, 3});
    const auto predictions = deployment.predict(rows);
    CHECK(rows.size() == 2 && !rows.empty());
    CHECK(predictions[0].number(0) == 0.25 && predictions[1].number(0) == -0.5);
    CHECK(predictions[0].number("flag") == 1 && predictions[1].number("flag") == 0);
    CHECK(predictions[0].top(2).label == "b" && predictions[1].top(2).label == "c");
    CHECK(predictions[1].array(6)[5] == 6);
}

TEST(rows_end_by_themselves) {
    const auto deployment = check::open("reciprocal");
    auto rows = deployment.rows();
    CHECK(rows.empty());
    rows.row().number(0, 1);
    CHECK(rows.empty());
    rows.row().number(0, 2);
    CHECK(rows.size() == 1);
    const auto predictions = deployment.predict(rows);
    CHECK(rows.size() == 2 && predictions.size() == 2);
    CHECK(deployment.predict(rows).size() == 2);
    rows.number(0, 4).end_row();
    CHECK(deployment.predict(std::as_const(rows)).size() == 3);
    CHECK(deployment.predict(std::move(rows)).size() == 3);
}

TEST(an_incomplete_row_is_refused_and_can_be_mended) {
    const auto deployment = check::open("integers");
    auto rows = deployment.rows();
    rows.row().integer("category", 1);
    const auto error = check::thrown_by([&] { rows.row(); });
    CHECK(error.status() == Status::RowIncomplete && error.row() == 0);
    CHECK(std::string(error.what()).find("array") != std::string::npos);
    CHECK_FAILS(RowIncomplete, rows.try_row());
    CHECK_FAILS(RowIncomplete, rows.try_end_row());
    CHECK_THROWS(RowIncomplete, rows.end_row());
    CHECK_THROWS(RowIncomplete, deployment.predict(rows));
    CHECK_THROWS(RowIncomplete, deployment.predict(std::as_const(rows)));
    CHECK_FAILS(RowIncomplete, deployment.try_predict(rows));
    CHECK_FAILS(RowIncomplete, deployment.try_predict(std::move(rows)));
    rows.array("array", std::vector<float>{1, 2}, {2});
    CHECK(deployment.predict(rows).size() == 1);
    CHECK_THROWS(RowIncomplete, rows.row().row());
}

TEST(rows_are_dropped) {
    const auto deployment = check::open("reciprocal");
    auto rows = deployment.rows();
    rows.row().number(0, 1).row().number(0, 2).discard_row();
    CHECK(rows.size() == 1);
    CHECK(rows.row().number(0, 3).try_discard_row().has_value());
    CHECK(deployment.predict(rows).size() == 1);
    rows.row().number(0, 3).clear();
    CHECK(rows.empty() && deployment.predict(rows).empty());
    CHECK(rows.number(0, 1).try_clear().has_value() && rows.empty());
    CHECK(rows.try_row().has_value() && rows.try_number(0, 8).has_value() && rows.try_end_row().has_value());
    const auto predictions = deployment.try_predict(std::as_const(rows)).value();
    CHECK(predictions[0].number(0) == 0.125);
}

TEST(every_add_has_a_try_form) {
    const auto deployment = check::open("echo");
    auto rows = deployment.rows();
    CHECK(rows.try_row().has_value());
    CHECK(rows.try_integer("number", 7).has_value());
    CHECK(rows.try_category("category", "b").has_value());
    CHECK(rows.try_binary("flag", true).has_value());
    CHECK(rows.try_text("text", "any").has_value());
    CHECK(rows.try_pixels("picture", {4, 4, 3}, check::samples(3)).has_value());
    CHECK(rows.try_pixels("grey", {4, 4, 1}, check::samples(1)).has_value());
    CHECK_FAILS(Argument, rows.try_array("array", std::vector<short>(5), {2, 3}));
    CHECK(rows.try_array("array", std::vector<short>{1, 2, 3, 4, 5, 6}, {2, 3}).has_value());
    CHECK(rows.try_end_row().has_value());
    const auto predictions = deployment.predict(rows);
    CHECK(predictions[0].number("number") == 7 && predictions[0].top("category").label == "b");
}

TEST(adds_fail_with_what_is_wrong) {
    const auto deployment = check::open("echo");
    auto rows = deployment.rows();
    rows.row();
    CHECK_THROWS(UnknownFeature, rows.number("nothing", 1));
    CHECK(rows.try_number("nothing", 1).error().feature() == "nothing");
    CHECK_THROWS(UnknownFeature, rows.number(7, 1));
    CHECK_THROWS(UnknownFeature, rows.number(-1, 1));
    CHECK_THROWS(FeatureType, rows.number("text", 1));
    CHECK_THROWS(FeatureType, rows.integer("text", 1));
    CHECK_THROWS(FeatureType, rows.category("number", "a"));
    CHECK_THROWS(FeatureType, rows.binary("number", true));
    CHECK_THROWS(FeatureType, rows.text("number", "a"));
    CHECK_THROWS(FeatureValue, rows.number("number", std::numeric_limits<double>::quiet_NaN()));
    CHECK_THROWS(FeatureValue, rows.category("category", "d"));
    CHECK_THROWS(Argument, rows.text("text", "\xff"));
    CHECK_FAILS(FeatureValue, rows.try_category(1, "d"));
    rows.number("number", 1);
    const auto twice = check::thrown_by([&] { rows.number("number", 1); });
    CHECK(twice.status() == Status::FeatureTwice && twice.feature() == "number" && twice.row() == 0);
    CHECK(twice.attempts() == 0 && !twice.retryable() && twice.server_code().empty());
}

TEST(pictures_come_from_bytes_of_any_kind) {
    const auto deployment = check::open("echo");
    auto rows = deployment.rows();
    check::add_echo_row(rows, 1, "a");
    const auto first = deployment.predict(rows);
    const auto png = first[0].image("picture").bytes;
    const std::vector<unsigned char> grey = [&] {
        const auto bytes = first[0].image("grey").bytes;
        const auto* const start = reinterpret_cast<const unsigned char*>(bytes.data());
        return std::vector<unsigned char>(start, start + bytes.size());
    }();
    rows.clear().number(0, 1).category(1, "a").binary(2, true).text(3, "").array(6, std::vector<float>(6), {2, 3});
    rows.image("picture", png).image(5, grey);
    const auto second = deployment.predict(rows);
    CHECK(second[0].pixels("picture").samples == check::samples(3));
    CHECK(second[0].pixels("grey").samples == check::samples(1));
    CHECK(rows.try_image("picture", sidekick::Bytes(png.data(), png.size())).has_value());
    CHECK_FAILS(Image, rows.try_image("grey", std::string_view("no picture")));
    CHECK_THROWS(Image, rows.image("grey", std::string("no picture")));
    CHECK_THROWS(FeatureType, rows.image("text", png));
}

TEST(pictures_come_from_files) {
    const auto deployment = check::open("single-image");
    auto rows = deployment.rows();
    const auto echo = check::open("echo");
    auto echo_rows = echo.rows();
    check::add_echo_row(echo_rows, 1, "a");
    const auto predictions = echo.predict(echo_rows);
    const auto path = std::filesystem::u8path("bild ☃.png");
    predictions[0].save_image("picture", path);
    rows.row().image_file("image", path).row().image_file(0, path);
    CHECK(rows.try_row().has_value() && rows.try_image_file(0, path).has_value());
    CHECK(deployment.predict(rows).size() == 3);
    CHECK_THROWS(File, rows.row().image_file("image", "nothing.png"));
    const auto missing = rows.try_image_file(0, "nothing.png").error();
    CHECK(missing.status() == Status::File && missing.row() == 3U && missing.feature() == "image");
    const std::error_code reason(missing.os_error(), std::system_category());
    CHECK(reason == std::errc::no_such_file_or_directory);
    CHECK(std::string_view(missing.what()).find(reason.message()) != std::string_view::npos);
    CHECK(rows.try_image("image", std::string("no picture")).error().os_error() == 0);
}

TEST(pixels_may_have_gaps_alpha_and_a_quality) {
    const auto deployment = check::open("echo");
    auto rows = deployment.rows();
    std::vector<unsigned char> wide(16 * 4, 9);
    std::vector<unsigned char> gapped(4 * 6, 77);
    for (std::size_t row = 0; row < 4; ++row) {
        std::fill_n(gapped.begin() + static_cast<std::ptrdiff_t>(row * 6), 4, static_cast<unsigned char>(row));
    }
    rows.row().number(0, 1).category(1, "a").binary(2, true).text(3, "").array(6, std::vector<float>(6), {2, 3});
    rows.pixels("picture", {4, 4, 4}, wide).pixels("grey", {4, 4, 1}, gapped, 6);
    rows.row().number(0, 1).category(1, "a").binary(2, true).text(3, "").array(6, std::vector<float>(6), {2, 3});
    rows.pixels("picture", {4, 4, 3}, std::vector<unsigned char>(48, 128), 0, 95);
    rows.pixels("grey", {4, 4, 1}, std::vector<std::byte>(16));
    const auto predictions = deployment.predict(rows);
    CHECK(predictions[0].pixels("picture").samples == std::vector<unsigned char>(48, 9));
    CHECK(predictions[0].pixels("grey").samples[15] == 3 && predictions[0].pixels("grey").samples[4] == 1);
    const int sample = predictions[1].pixels("picture").samples[0];
    CHECK(sample > 120 && sample < 136);
    rows.row();
    CHECK_THROWS(Argument, rows.pixels("grey", {4, 4, 1}, gapped, 3));
    CHECK_FAILS(Argument, rows.try_pixels(5, {4, 5, 1}, check::samples(1)));
    CHECK_FAILS(Argument, rows.try_pixels(5, {4, 4, 1}, check::samples(1), 0, 101));
}

TEST(arrays_have_elements_of_any_arithmetic_type) {
    const auto deployment = check::open("integers");
    check_dtype<float>(deployment);
    check_dtype<double>(deployment);
    check_dtype<signed char>(deployment);
    check_dtype<std::int16_t>(deployment);
    check_dtype<std::int32_t>(deployment);
    check_dtype<std::int64_t>(deployment);
    check_dtype<long long>(deployment);
    check_dtype<unsigned char>(deployment);
    check_dtype<std::uint16_t>(deployment);
    check_dtype<std::uint32_t>(deployment);
    check_dtype<std::uint64_t>(deployment);
}

TEST(arrays_have_strides) {
    const auto deployment = check::open("echo");
    const std::array<double, 6> columns{1, 4, 2, 5, 3, 6};
    const auto size = static_cast<std::ptrdiff_t>(sizeof(double));
    auto rows = deployment.rows();
    rows.row().array("array", columns, {2, 3}, {size, 2 * size});
    CHECK(array_of(deployment, rows) == std::vector<float>{1, 2, 3, 4, 5, 6});
    rows.row().array(6, sidekick::span<const double>(columns.data() + 5, 1), {2, 3}, {-3 * size, -size});
    CHECK(array_of(deployment, rows) == std::vector<float>{6, 3, 5, 2, 4, 1});
    const std::vector<std::size_t> shape{2, 3};
    rows.row().array(6, columns, shape, Strides{});
    CHECK(array_of(deployment, rows) == std::vector<float>{1, 4, 2, 5, 3, 6});
}

TEST(arrays_are_checked) {
    const auto deployment = check::open("echo");
    auto rows = deployment.rows();
    const std::vector<float> six(6);
    rows.row();
    CHECK_THROWS(FeatureShape, rows.array("array", six, {3, 2}));
    CHECK_THROWS(FeatureShape, rows.array("array", std::vector<float>(1), {}));
    CHECK_THROWS(Argument, rows.array("array", six, {2, 3}, {4}));
    CHECK_FAILS(Argument, rows.try_array("array", six, {2, 3}, {4, 400}));
    CHECK_FAILS(FeatureType, rows.try_array("text", six, {2, 3}));
    CHECK_FAILS(FeatureValue, rows.try_array(6, std::vector<double>(6, 1e300), {2, 3}));
}

TEST(arrays_come_from_npy) {
    const auto deployment = check::open("echo");
    auto rows = deployment.rows();
    check::add_echo_row(rows, 1, "a");
    const auto predictions = deployment.predict(rows);
    predictions[0].save_npy("array", "array.npy");
    const auto bytes = read_file("array.npy");
    const std::vector<float> expected{1.5F, -2.5F, 300, 4, 5, 6};
    CHECK(array_of(deployment, rows.row().npy("array", bytes)) == expected);
    CHECK(array_of(deployment, rows.row().npy(6, bytes)) == expected);
    CHECK(array_of(deployment, rows.row().npy_file("array", "array.npy")) == expected);
    rows.row();
    CHECK(rows.try_npy_file(6, std::filesystem::path("array.npy")).has_value());
    CHECK_FAILS(FeatureTwice, rows.try_npy("array", bytes));
    rows.discard_row().row();
    CHECK_FAILS(Npy, rows.try_npy("array", std::string_view("no array")));
    CHECK_THROWS(Npy, rows.npy("array", std::string_view("no array")));
    CHECK_THROWS(File, rows.npy_file("array", "nothing.npy"));
    CHECK_FAILS(File, rows.try_npy_file(6, "nothing.npy"));
}

TEST(rows_belong_to_their_deployment) {
    auto rows = check::open("reciprocal").rows();
    rows.row().number(0, 1);
    CHECK_THROWS(Argument, check::open("reciprocal").predict(rows));
}

TEST(rows_are_reached_through_the_c_api) {
    auto rows = check::open("reciprocal").rows();
    CHECK(sidekick_rows_add_number_at(rows.c_handle(), 0, 1, nullptr) == SIDEKICK_OK);
    CHECK(rows.end_row().size() == 1);
}

TEST(what_is_refused_here_has_its_row_and_its_input) {
    const auto deployment = check::open("reciprocal");
    auto rows = deployment.rows();
    rows.row().number(0, 1).row();
    const std::string name = deployment.inputs()[0].name;
    for (const sidekick::FeatureKey key : {sidekick::FeatureKey(0), sidekick::FeatureKey(name)}) {
        const auto pixels = rows.try_pixels(key, {4, 4, 1}, check::samples(1), -1).error();
        CHECK(pixels.status() == Status::Argument && pixels.row() == 1U && pixels.feature() == name);
        CHECK(std::string_view(pixels.what()).rfind("row 1: ", 0) == 0);
        const auto strides = rows.try_array(key, std::vector<float>(1), {1}, {4, 4}).error();
        CHECK(strides.status() == Status::Argument && strides.row() == 1U && strides.feature() == name);
    }
    const auto pixels = rows.try_pixels(name, {4, 4, 1}, check::samples(1), -1).error();
    CHECK(pixels.what() ==
          "row 1: feature \"" + name + "\": the stride or the quality of the pixels is out of range");
}
