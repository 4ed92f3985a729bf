// Models of the Open Inference Protocol: on the local server, whose model `fixed` returns an INT64.

#include "rig.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace {

using sidekick::Deployment;
using sidekick::Options;
using sidekick::Protocol;
using sidekick::Status;
using sidekick::Type;

std::string model_url(const std::string& id) { return rig::environment("SIDEKICK_SERVER_URL") + "/v2/models/" + id; }

Deployment open_model(const std::string& id, const Options& options = Options()) {
    return Deployment::open(model_url(id), id + "-token", options);
}

// A model of passing_models.py.
Deployment open_passing(const std::string& id, const std::string& description) {
    const auto url = rig::environment("SIDEKICK_MISBEHAVING_URL") + "/v2/models/" + id;
    return Deployment::open(url, "", Options().model_description(description));
}

// The text of a value of the type bytes.
std::string_view shown(sidekick::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

TEST(the_protocol_can_be_chosen_and_the_version_is_known) {
    CHECK(open_model("reciprocal").protocol() == Protocol::OpenInference);
    const auto model = open_model("reciprocal", Options().protocol(Protocol::OpenInference));
    CHECK(model.protocol() == Protocol::OpenInference && model.model_version() == "1");
    const auto echo = check::open("echo");
    CHECK(echo.model_version().empty());
    CHECK_THROWS(Http, open_model("reciprocal", Options().protocol(Protocol::DeploymentApi)));
    CHECK_FAILS(Argument, Options().try_protocol(static_cast<Protocol>(9)));
}

TEST(integers_are_exact) {
    const auto fixed = open_model("fixed");
    auto rows = fixed.rows();
    rows.array("matrix", std::vector<float>(6, 2), {2, 3}).end_row();
    const auto predictions = fixed.predict(rows);
    CHECK(predictions[0].integer("count") == 6);
    CHECK(fixed.outputs()[0].element == sidekick::ElementType::Int64);
    const auto echo = check::open("echo");
    CHECK(echo.inputs()[6].element == sidekick::ElementType::Float32);
    CHECK(echo.inputs()[3].element == sidekick::ElementType::None);
    CHECK_FAILS(FeatureType, predictions[0].try_integer("ratio"));

    const auto model = open_model("reciprocal");
    auto numbers = model.rows();
    numbers.number("number", 0.5).row().number("number", 4);
    const auto reciprocals = model.predict(numbers);
    CHECK(reciprocals[0].integer("reciprocal") == 2);
    CHECK_THROWS(FeatureValue, reciprocals[1].integer("reciprocal"));
}

TEST(a_description_is_laid_over_the_metadata) {
    const std::string labels = R"({"outputs": [{"name": "species", "labels": ["Adelie", "Chinstrap", "Gentoo"]}]})";
    const auto file = std::filesystem::temp_directory_path() / "sidekick-cpp-description.json";
    std::ofstream(file) << labels;
    for (const auto& options : {Options().model_description(labels), Options().model_description_file(file)}) {
        const auto model = open_model("penguins", options);
        CHECK(model.outputs().size() == 1 && model.outputs()[0].type == Type::Categorical);
        auto rows = model.rows();
        rows.array(0, std::vector<float>{1, 0, 0, 1, 0, 46.1F, 13.2F, 211, 2007}, {9});
        const auto predictions = model.predict(rows);
        CHECK(predictions[0].top("species").label == "Gentoo");
    }
    std::filesystem::remove(file);
    const auto mistake = Options().try_model_description("{\"inputs\": [{}]}");
    CHECK(!mistake && mistake.error().status() == Status::Argument);
    CHECK(std::string_view(mistake.error().what()).find("inputs[0]") != std::string_view::npos);
    CHECK_FAILS(File, Options().try_model_description_file("no such file"));
}

TEST(bytes_have_any_meaning) {
    const auto model = open_passing("bytes", R"({"inputs": [{"name": "value", "type": "bytes"}],
                                                 "outputs": [{"name": "value_out", "type": "bytes"}]})");
    CHECK(model.inputs()[0].type == Type::Bytes && model.outputs()[0].type == Type::Bytes);
    const std::string zero("\0\xff", 2);
    auto rows = model.rows();
    rows.bytes("value", zero).row().bytes(0, std::vector<unsigned char>()).end_row();
    const std::vector<std::string_view> column = {"a", zero};
    rows.add_columns(2, {{"value", column}});
    const auto predictions = model.predict(rows);
    CHECK(shown(predictions[0].bytes("value_out")) == zero && predictions[1].bytes("value_out").empty());
    std::string all;
    for (const auto bytes : predictions.bytes("value_out")) {
        all += std::string(shown(bytes)) + "|";
    }
    CHECK(all == zero + "||a|" + zero + "|");
    CHECK_THROWS(FeatureType, predictions[0].text("value_out"));
    CHECK_FAILS(FeatureType, rows.try_text("value", "text"));
    const auto echo = check::open("echo");
    auto texts = echo.rows();
    CHECK_THROWS(FeatureType, texts.bytes("text", zero));
}

TEST(inputs_can_be_optional) {
    const auto model = open_passing("bytes", R"({"inputs": [{"name": "value", "optional": true}]})");
    CHECK(model.inputs()[0].optional && !model.outputs()[0].optional);
}

TEST(images_become_tensors) {
    const auto model = open_passing("images", R"({"inputs": [{"name": "rgb", "type": "image"},
        {"name": "chw", "optional": true}, {"name": "file", "type": "bytes", "optional": true}],
        "outputs": [{"name": "rgb_out"}]})");
    CHECK(model.inputs()[0].type == Type::Image);
    CHECK((model.inputs()[0].shape == std::vector<std::size_t>{2, 3, 3}));
    std::vector<unsigned char> samples(18);
    samples[17] = 200;
    auto rows = model.rows();
    rows.pixels("rgb", {3, 2, 3}, samples).end_row();
    const auto predictions = model.predict(rows);
    const auto found = predictions[0].elements<std::uint8_t>("rgb_out");
    CHECK(std::vector<unsigned char>(found.begin(), found.end()) == samples);
    CHECK_THROWS(FeatureType, predictions[0].elements<float>("rgb_out"));
    const auto of_row = predictions[0].try_elements<double>(0).error();
    CHECK(of_row.row() == 0U && of_row.feature() == "rgb_out");
    const auto error = predictions.try_elements<double>("rgb_out").error();
    CHECK(error.what() == std::string("feature \"rgb_out\": its elements are uint8, read as float64"));
    CHECK(error.feature() == "rgb_out");
}

TEST(an_integer_beyond_a_signed_one_is_exact) {
    const auto model = open_passing("unsigned", "{}");
    constexpr auto most = std::numeric_limits<std::uint64_t>::max();
    auto rows = model.rows();
    rows.integer("value", most).row().integer(0, 7).end_row();
    const auto predictions = model.predict(rows);
    CHECK(predictions[0].elements<std::uint64_t>("value_out")[0] == most);
    CHECK(predictions[1].elements<std::uint64_t>("value_out")[0] == 7);
    CHECK_FAILS(FeatureValue, rows.try_integer("value", -1));
}

TEST(each_row_has_its_own_shape) {
    const auto model = open_passing("free", "{}");
    CHECK((model.inputs()[0].shape == std::vector<std::size_t>{sidekick::size_any, 2}));
    const std::vector<float> values = {1, 2, 3, 4, 5, 6, 7, 8};
    auto rows = model.rows();
    rows.array("x", values, {4, 2}).integer("tag", 1).end_row();
    rows.array(0, std::vector<float>{1, 2}, {1, 2}).integer("tag", 2).end_row();
    rows.add_columns(2, {{"x", values, {2, 2}}, {"tag", std::vector<int>{3, 4}}});
    const auto predictions = model.predict(rows);
    std::vector<std::size_t> sizes;
    for (const auto& prediction : predictions) {
        const auto shape = prediction.array_shape("x_out");
        CHECK(shape.size() == 2 && shape[1] == 2 && prediction.array("x_out").size() == 2 * shape[0]);
        sizes.push_back(shape[0]);
    }
    CHECK((sizes == std::vector<std::size_t>{4, 1, 2, 2}));
    CHECK(predictions[3].array("x_out")[0] == 5 && predictions.arrays("x_out").size() == 18);
    CHECK((predictions[0].array_shape("tag_out")[0] == 1));
    CHECK_FAILS(Argument, predictions[4].try_array_shape("x_out"));
}

TEST(a_column_has_as_many_sizes_as_its_input) {
    const auto model = open_passing("free", "{}");
    auto rows = model.rows();
    const std::vector<float> values(6);
    const std::vector<int> tags{1};
    for (const auto& shape : {std::vector<std::size_t>{6}, {2, 3}, {3, 2, 9}}) {
        const auto error = rows.try_add_columns(1, {{"x", values, shape}, {"tag", tags}}).error();
        CHECK(error.status() == Status::FeatureShape && error.feature() == "x");
        CHECK(rig::has(error.what(), "expected arrays of shape [any, 2], got ["));
    }
    CHECK(rows.try_add_columns(1, {{"x", values, {3, 2}}, {"tag", tags}}).has_value());
}

TEST(no_byte_is_read_as_a_bool_of_the_language) {
    using sidekick::detail::is_kept_as;
    static_assert(!is_kept_as<const bool>(SIDEKICK_DTYPE_U8) && !is_kept_as<volatile bool>(SIDEKICK_DTYPE_BOOL));
    static_assert(is_kept_as<const std::uint8_t>(SIDEKICK_DTYPE_BOOL) &&
                  is_kept_as<const std::uint16_t>(SIDEKICK_DTYPE_F16));
    const auto model = open_passing("images", R"({"inputs": [{"name": "rgb", "type": "image"},
        {"name": "chw", "optional": true}, {"name": "file", "type": "bytes", "optional": true}],
        "outputs": [{"name": "rgb_out"}]})");
    auto rows = model.rows();
    rows.pixels("rgb", {3, 2, 3}, std::vector<unsigned char>(18, 7)).end_row();
    const auto predictions = model.predict(rows);
    CHECK_FAILS(FeatureType, predictions[0].try_elements<bool>("rgb_out"));
    const auto error = predictions.try_elements<bool>("rgb_out").error();
    CHECK(error.status() == Status::FeatureType);
    CHECK(rig::has(error.what(),
                   "its elements are uint8, read as C++'s bool; a tensor's bool is a std::uint8_t"));
    const auto constant = predictions[0].try_elements<const bool>("rgb_out");
    CHECK(!constant && rig::has(constant.error().what(), "read as C++'s bool"));
    CHECK(predictions[0].elements<const std::uint8_t>("rgb_out").size() == 18);
}

TEST(what_is_pulled_keeps_to_the_batch_limit) {
    const auto model = open_passing("unsigned", R"({"max_batch_size": 2})");
    CHECK(model.batch_limit() == 2);
    int asked = 0;
    const auto fill = [&asked](sidekick::Rows& rows, int number) {
        ++asked;
        rows.integer("value", number);
    };
    const std::vector<int> numbers(99, 5);
    auto batches = model.predict_each(numbers, fill);
    CHECK(batches.next()->size() == 2);
    // No more rows are asked for than the requests in flight need.
    CHECK(asked <= 4);
}
