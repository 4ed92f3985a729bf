// Predictions: every getter by name and by index, whole columns, and every way that fails.
#include "check.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>

using sidekick::Prediction;
using sidekick::Predictions;

namespace {

constexpr const char* second_label = "second \"quoted\"";

// Three rows of echo, whose categories are a, b, c.
Predictions predict_three(const char* id) {
    const auto deployment = check::open(id);
    auto rows = deployment.rows();
    check::add_echo_row(rows, 1, "a");
    check::add_echo_row(rows, 2, "b");
    check::add_echo_row(rows, 3, "c");
    return deployment.predict(rows);
}

bool near(double a, double b) { return std::abs(a - b) < 1e-6; }

}  // namespace

TEST(a_row_is_read_by_name_and_by_index) {
    for (const char* const id : {"echo", "echo-npy", "echo-older"}) {
        const auto predictions = predict_three(id);
        const Prediction second = predictions[1];
        CHECK(predictions.size() == 3 && !predictions.empty() && second.row() == 1);
        CHECK(second.number("number") == 2 && second.number(0) == 2 && second.number("flag") == 1);
        CHECK(second.text("text") == second_label && second.text(3) == second_label);
        CHECK(near(second.probability("category", "b"), 0.8 + 0.2 / 3) && near(second.probability(2, "a"), 0.2 / 3));
        CHECK(second.array("array")[2] == 300 && second.array(6).size() == 6);
        CHECK(second.try_number("number").value() == 2);
        CHECK(second.try_text("text").value() == second_label);
        CHECK(near(second.try_probability("category", "c").value(), 0.2 / 3));
        CHECK(second.try_array("array").value()[1] == -2.5F);
    }
}

TEST(rows_are_ranges) {
    const auto predictions = predict_three("echo");
    double sum = 0;
    std::size_t next = 0;
    for (const auto& prediction : predictions) {
        sum += prediction.number("number");
        CHECK(prediction.row() == next++);
    }
    CHECK(sum == 6 && next == 3);
    CHECK(std::distance(predictions.begin(), predictions.end()) == 3);
    auto place = predictions.begin();
    CHECK((*place++).row() == 0 && (*place).row() == 1 && (*++place).row() == 2 && ++place == predictions.end());
}

TEST(categories_are_bound_to_label_and_probability) {
    const auto predictions = predict_three("echo");
    std::string labels;
    double sum = 0;
    for (const auto [label, probability] : predictions[2].probabilities("category")) {
        labels += label;
        sum += probability;
    }
    CHECK(labels == "abc" && near(sum, 1));
    const auto probabilities = predictions[2].try_probabilities(2).value();
    CHECK(probabilities.size() == 3 && !probabilities.empty());
    CHECK(probabilities[2].label == "c" && near(probabilities[2].probability, 0.8 + 0.2 / 3));
}

TEST(the_most_probable_come_first) {
    const auto predictions = predict_three("echo");
    const auto [label, probability] = predictions[1].top("category");
    CHECK(label == "b" && near(probability, 0.8 + 0.2 / 3));
    const auto best = predictions[1].top("category", 2);
    CHECK(best.size() == 2 && best[0].label == "b" && best[1].label == "a");
    CHECK(predictions[1].top(2, 10).size() == 3 && predictions[1].top(2, 0).empty());
    CHECK(predictions[1].try_top(2).value().label == "b");
    CHECK(predictions[1].try_top(2, 3).value()[2].label == "c");
}

TEST(columns_are_read_whole) {
    const auto predictions = predict_three("echo");
    CHECK(predictions.numbers("number")[2] == 3 && predictions.numbers(0).size() == 3);
    CHECK(predictions.try_numbers("flag").value()[0] == 1);
    const auto texts = predictions.texts("text");
    CHECK(texts.size() == 3 && texts[0] == "first ☀" && texts[1] == second_label && texts[2] == "third \n line");
    CHECK(std::vector<std::string>(texts.begin(), texts.end())[1] == second_label);
    CHECK(predictions.try_texts(3).value()[0] == "first ☀");
    const auto arrays = predictions.arrays("array");
    CHECK(arrays.size() == 18 && arrays[6] == 1.5F && predictions.try_arrays(6).value()[17] == 6);
    const auto shape = predictions.array_shape("array");
    CHECK(shape.size() == 2 && shape[0] == 2 && shape[1] == 3 && predictions.try_array_shape(6).value().size() == 2);
}

TEST(a_matrix_has_rows_and_columns) {
    const auto predictions = predict_three("echo");
    const auto matrix = predictions.probability_matrix("category");
    CHECK(matrix.size() == 3 && near(matrix[2][2], 0.8 + 0.2 / 3) && near(matrix[2][0], 0.2 / 3));
    double sum = 0;
    for (const auto row : matrix) {
        CHECK(row.size() == 3);
        for (const double probability : row) {
            sum += probability;
        }
    }
    CHECK(near(sum, 3) && matrix[1].data() == matrix[0].data() + 3);
    CHECK(predictions.try_probability_matrix(2).value().size() == 3);
    const auto labels = predictions.labels("category");
    CHECK(labels.size() == 3 && labels[1] == "b" && predictions.try_labels(2).value()[0] == "a");
}

TEST(arrays_are_copied_as_other_types) {
    const auto predictions = predict_three("echo");
    CHECK(predictions[0].array_as<double>("array") == std::vector<double>{1.5, -2.5, 300, 4, 5, 6});
    CHECK(predictions[0].array_as<int>(6) == std::vector<int>{1, -2, 300, 4, 5, 6});
    CHECK(predictions[0].array_as<unsigned char>(6) == std::vector<unsigned char>{1, 0, 255, 4, 5, 6});
    CHECK(predictions[0].try_array_as<std::int64_t>(6).value()[2] == 300);
    CHECK_FAILS(FeatureType, predictions[0].try_array_as<float>("text"));
    CHECK_THROWS(FeatureType, predictions[0].array_as<float>("text"));
}

TEST(pictures_are_read_encoded_and_decoded) {
    const auto predictions = predict_three("echo");
    const auto image = predictions[0].image("picture");
    CHECK(image.media_type == "image/png" && image.bytes.size() > 8 && image.bytes[1] == std::byte{'P'});
    CHECK(predictions[0].try_image("picture").value().bytes.data() == image.bytes.data());
    const auto [width, height, channels] = predictions[0].image_size(5);
    CHECK(width == 4 && height == 4 && channels == 1 && predictions[0].try_image_size(4).value().channels == 3);
    const auto pixels = predictions[0].pixels("picture");
    CHECK(pixels.size.channels == 3 && pixels.samples == check::samples(3));
    CHECK(predictions[0].try_pixels("grey").value().samples == check::samples(1));
}

TEST(arrays_and_pictures_are_saved) {
    const auto predictions = predict_three("echo");
    predictions[0].save_npy("array", "saved.npy");
    predictions[0].save_image("picture", "saved.png");
    CHECK(std::ifstream("saved.npy").get() == 0x93 && std::ifstream("saved.png").get() == 0x89);
    CHECK(predictions[0].try_save_npy(6, "saved.npy").has_value());
    CHECK(predictions[0].try_save_image(5, "saved.png").has_value());
    CHECK_THROWS(File, predictions[0].save_npy("array", "no/such/folder/a.npy"));
    CHECK_THROWS(File, predictions[0].save_image("picture", "no/such/folder/a.png"));
    CHECK_FAILS(File, predictions[0].try_save_npy(6, "no/such/folder/a.npy"));
    CHECK_FAILS(File, predictions[0].try_save_image(5, "no/such/folder/a.png"));
}

TEST(outputs_that_are_not_there_are_named) {
    const auto predictions = predict_three("echo");
    const auto error = check::thrown_by([&] { predictions[0].number("nothing"); });
    CHECK(error.status() == sidekick::Status::UnknownFeature && error.feature() == "nothing");
    CHECK(std::string(error.what()).find("\", \"picture\"") != std::string::npos);
    CHECK_THROWS(UnknownFeature, predictions[0].number(7));
    CHECK_THROWS(UnknownFeature, predictions[0].probabilities("nothing"));
    CHECK_THROWS(UnknownFeature, predictions.labels("nothing"));
    CHECK_THROWS(UnknownFeature, predictions.texts("nothing"));
    CHECK_FAILS(UnknownFeature, predictions[0].try_top("nothing", 1));
    CHECK_FAILS(UnknownFeature, predictions.try_probability_matrix(7));
    CHECK_FAILS(UnknownFeature, predictions[0].try_pixels(-1));
}

TEST(rows_that_are_not_there_are_told) {
    const auto predictions = predict_three("echo");
    CHECK_THROWS(Argument, predictions[3].number("number"));
    CHECK_FAILS(Argument, predictions[3].try_text("text"));
    CHECK_FAILS(Argument, predictions[3].try_probabilities("category"));
    CHECK_FAILS(Argument, predictions[3].try_top("category"));
    CHECK_FAILS(Argument, predictions[3].try_array("array"));
    CHECK_FAILS(Argument, predictions[3].try_image("picture"));
    CHECK_THROWS(Argument, predictions[0].probability("category", "d"));
}

TEST(getters_of_another_type_fail) {
    const auto predictions = predict_three("echo");
    const auto row = predictions[0];
    CHECK_THROWS(FeatureType, row.number("text"));
    CHECK_THROWS(FeatureType, row.text("number"));
    CHECK_THROWS(FeatureType, row.probabilities("number"));
    CHECK_THROWS(FeatureType, row.probability("number", "a"));
    CHECK_THROWS(FeatureType, row.top("number"));
    CHECK_THROWS(FeatureType, row.top("number", 2));
    CHECK_THROWS(FeatureType, row.array("number"));
    CHECK_THROWS(FeatureType, row.save_npy("number", "a.npy"));
    CHECK_THROWS(FeatureType, row.image("number"));
    CHECK_THROWS(FeatureType, row.image_size("number"));
    CHECK_THROWS(FeatureType, row.pixels("number"));
    CHECK_THROWS(FeatureType, row.save_image("number", "a.png"));
    CHECK_THROWS(FeatureType, predictions.numbers("text"));
    CHECK_THROWS(FeatureType, predictions.texts("number"));
    CHECK_THROWS(FeatureType, predictions.labels("number"));
    CHECK_THROWS(FeatureType, predictions.probability_matrix("number"));
    CHECK_THROWS(FeatureType, predictions.arrays("number"));
    CHECK_THROWS(FeatureType, predictions.array_shape("number"));
    CHECK_FAILS(FeatureType, predictions.try_numbers("text"));
    CHECK_FAILS(FeatureType, predictions.try_texts("number"));
    CHECK_FAILS(FeatureType, predictions.try_labels("number"));
    CHECK_FAILS(FeatureType, predictions.try_arrays("number"));
    CHECK_FAILS(FeatureType, predictions.try_array_shape("number"));
}

TEST(predictions_of_no_rows_are_empty) {
    const auto deployment = check::open("echo");
    auto rows = deployment.rows();
    const auto predictions = deployment.predict(rows);
    CHECK(predictions.empty() && predictions.begin() == predictions.end());
    CHECK(predictions.numbers("number").empty() && predictions.texts("text").empty());
    CHECK(predictions.probability_matrix("category").empty() && predictions.arrays("array").empty());
}

TEST(integer_categories_have_their_digits_as_labels) {
    const auto deployment = check::open("integers");
    auto rows = deployment.rows();
    rows.row().integer("category", 3).array("array", std::vector<float>{1, 2}, {2});
    rows.row().category("category", "2").array("array", std::vector<float>{1, 2}, {2});
    const auto predictions = deployment.predict(rows);
    CHECK(predictions[0].top("category").label == "3" && predictions[1].top("category").label == "2");
}

TEST(a_reply_that_is_not_what_it_should_be_is_an_error) {
    const auto deployment = check::open("reciprocal");
    auto rows = deployment.rows();
    rows.row().number(0, 1).row().number(0, 0);
    const auto error = check::thrown_by([&] { static_cast<void>(deployment.predict(rows)); });
    CHECK(error.status() != sidekick::Status::Ok && error.attempts() == 1);
    CHECK(deployment.try_predict(rows).error().status() == error.status());
}

TEST(predictions_are_reached_in_any_order) {
    const auto predictions = predict_three("echo");
    const auto begin = predictions.begin();
    const auto end = predictions.end();
    CHECK(end - begin == 3 && (*(begin + 2)).row() == 2 && (*(1 + begin)).row() == 1 && begin[1].row() == 1);
    CHECK(begin < end && end > begin && begin <= begin && begin >= begin && !(end < begin));
    auto place = end;
    CHECK((*--place).row() == 2 && (*place--).row() == 2 && (*place).row() == 1);
    place += 1;
    place -= 2;
    CHECK(place == begin && end - 3 == begin);
#ifdef __cpp_lib_ranges
    static_assert(std::ranges::random_access_range<decltype(predictions)>);
    static_assert(std::ranges::random_access_range<sidekick::Texts> && std::ranges::sized_range<sidekick::Matrix>);
    const auto last = std::ranges::max_element(predictions, {}, [](const auto& it) { return it.row(); });
    CHECK((*last).row() == 2);
#endif
}

TEST(the_most_probable_are_not_fewer_than_none) {
    const auto predictions = predict_three("echo");
    const auto error = predictions[1].try_top("category", -1).error();
    CHECK(error.status() == sidekick::Status::Argument && error.row() == 1U && error.feature() == "category");
    CHECK_THROWS(Argument, predictions[1].top(2, -3));
    CHECK(predictions[1].top(2, std::size_t(-1)).size() == 3);
}
