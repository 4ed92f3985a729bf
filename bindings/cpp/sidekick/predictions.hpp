/**
 * @file sidekick/predictions.hpp
 * Part of sidekick.hpp: what a model makes of the rows.
 */

#ifndef SIDEKICK_PREDICTIONS_HPP
#define SIDEKICK_PREDICTIONS_HPP

#include "text.hpp"
#include "views.hpp"

#include <memory>

#ifdef __cpp_lib_mdspan
#include <algorithm>
#include <array>
#include <mdspan>
#endif

namespace sidekick {
inline namespace SIDEKICK_CPP {

class Deployment;

/// @cond
namespace detail {

struct PredictionAt;

// Elements of the C API as those of the type that they are.
template <typename Element>
span<const Element> elements_as(const void* elements, std::size_t size) {
    return {static_cast<const Element*>(elements), size / sizeof(Element)};
}

// The error of elements of a type of the C API that are read as another one.
template <typename Element>
Error another_type(std::int32_t dtype, FeatureKey output, span<const Feature> outputs,
                   std::optional<std::size_t> row = std::nullopt) {
    const std::string wanted = is_one_of<Element, bool>
                                   ? "C++'s bool; a tensor's bool is a std::uint8_t"
                                   : to_string(static_cast<ElementType>(detail::dtype<Element>()));
    return feature_error(Status::FeatureType, output,
                         "its elements are " + to_string(static_cast<ElementType>(dtype)) + ", read as " +
                             wanted,
                         outputs, row);
}

}  // namespace detail
/// @endcond

/**
 * The predictions for one row: a view, as small as three pointers, which lives as long as its `Predictions`.
 * Outputs are named, or given by index, which saves the lookup. Every getter fails with
 * `Status::UnknownFeature` for an output that is not there, and with `Status::FeatureType` for one of another
 * type. Share it freely between threads.
 */
class Prediction {
public:
    /// The row, counted from 0 over the predictions; see `Predictions::sent_row` where bad rows are isolated.
    std::size_t row() const noexcept { return row_; }

    /// The number of a numeric output of shape `[1]`, or the probability of a binary output.
    double number(FeatureKey output) const { return try_number(output).value(); }
    /// As `number`, without throwing.
    Result<double> try_number(FeatureKey output) const {
        double number = 0;
        return detail::then(read(sidekick_predictions_number, output, &number), [&] { return number; });
    }

    /// The number of a numeric output of shape `[1]`, or the value of a binary output, as an integer: an
    /// INT64 keeps all its digits. A number that is not whole, or beyond 64 bits, fails with
    /// `Status::FeatureValue`.
    std::int64_t integer(FeatureKey output) const { return try_integer(output).value(); }
    /// As `integer`, without throwing.
    Result<std::int64_t> try_integer(FeatureKey output) const {
        std::int64_t integer = 0;
        return detail::then(read(sidekick_predictions_integer, output, &integer), [&] { return integer; });
    }

    /// The text of a text output.
    std::string_view text(FeatureKey output) const { return try_text(output).value(); }
    /// As `text`, without throwing.
    Result<std::string_view> try_text(FeatureKey output) const {
        const char* text = nullptr;
        std::size_t length = 0;
        const auto done = read(sidekick_predictions_text, output, &text, &length);
        return detail::then(done, [&] { return std::string_view(text, length); });
    }

    /// The value of an output of the type bytes.
    span<const std::byte> bytes(FeatureKey output) const { return try_bytes(output).value(); }
    /// As `bytes`, without throwing.
    Result<span<const std::byte>> try_bytes(FeatureKey output) const {
        const void* value = nullptr;
        std::size_t size = 0;
        const auto done = read(sidekick_predictions_bytes, output, &value, &size);
        return detail::then(done, [&] { return span<const std::byte>(static_cast<const std::byte*>(value), size); });
    }

    /// Every category of a categorical output with its probability.
    Probabilities probabilities(FeatureKey output) const { return try_probabilities(output).value(); }
    /// As `probabilities`, without throwing.
    Result<Probabilities> try_probabilities(FeatureKey output) const {
        const double* values = nullptr;
        std::size_t count = 0;
        const auto done = read(sidekick_predictions_probabilities, output, &values, &count);
        return detail::then(done,
                            [&] { return Probabilities({{reader_.handle, reader_.find(output)}, values}, count); });
    }

    /// The probability of one category, by its label.
    double probability(FeatureKey output, Text label) const { return try_probability(output, label).value(); }
    /// As `probability`, without throwing.
    Result<double> try_probability(FeatureKey output, Text label) const {
        double probability = 0;
        const auto done = read(sidekick_predictions_probability, output, label.data(), label.size(), &probability);
        return detail::then(done, [&] { return probability; });
    }

    /// The most probable category: `auto [label, probability] = prediction.top("Animal")`.
    Category top(FeatureKey output) const { return try_top(output).value(); }
    /// As `top`, without throwing.
    Result<Category> try_top(FeatureKey output) const { return at_rank(output, 0); }

    /// The `count` most probable categories, or all where there are fewer, the most probable first.
    std::vector<Category> top(FeatureKey output, Count count) const { return try_top(output, count).value(); }
    /// As `top`, without throwing.
    Result<std::vector<Category>> try_top(FeatureKey output, Count count) const {
        if (!count.fits()) {
            return refusal(Status::Argument, output, "there cannot be " + count.text() + " categories");
        }
        const Result<Probabilities> all = try_probabilities(output);
        std::vector<Category> best;
        for (std::size_t rank = 0; all && rank < count.value() && rank < all.value().size(); ++rank) {
            const Result<Category> next = at_rank(output, rank);
            if (!next) {
                return next.error();
            }
            best.push_back(next.value());
        }
        return all ? Result<std::vector<Category>>(std::move(best)) : all.error();
    }

    /// The elements of an array output, row-major, of the shape `array_shape`.
    span<const float> array(FeatureKey output) const { return try_array(output).value(); }
    /// As `array`, without throwing.
    Result<span<const float>> try_array(FeatureKey output) const {
        const float* elements = nullptr;
        std::size_t count = 0;
        const auto done = read(sidekick_predictions_array, output, &elements, &count);
        return detail::then(done, [&] { return span<const float>(elements, count); });
    }

#ifdef __cpp_lib_mdspan
    /// The elements of an array output as a view of its dimensions, of which there have to be `rank`. From C++23
    /// on, where the standard library has `std::mdspan`.
    template <std::size_t rank>
    std::mdspan<const float, std::dextents<std::size_t, rank>> array_mdspan(FeatureKey output) const {
        return try_array_mdspan<rank>(output).value();
    }
    /// As `array_mdspan`, without throwing.
    template <std::size_t rank>
    Result<std::mdspan<const float, std::dextents<std::size_t, rank>>> try_array_mdspan(FeatureKey output) const {
        const Result<span<const float>> elements = try_array(output);
        const Result<span<const std::size_t>> shape = elements ? try_array_shape(output) : elements.error();
        if (!shape) {
            return shape.error();
        }
        if (shape.value().size() != rank) {
            return refusal(Status::FeatureShape, output,
                           "the array has " + std::to_string(shape.value().size()) + " dimensions, not " +
                               std::to_string(rank));
        }
        std::array<std::size_t, rank> extents{};
        std::copy(shape.value().begin(), shape.value().end(), extents.begin());
        return std::mdspan<const float, std::dextents<std::size_t, rank>>(elements.value().data(), extents);
    }
#endif

    /// The shape of the array of this row: that of the output, and a size for each that is `size_any` there.
    span<const std::size_t> array_shape(FeatureKey output) const { return try_array_shape(output).value(); }
    /// As `array_shape`, without throwing.
    Result<span<const std::size_t>> try_array_shape(FeatureKey output) const {
        const std::size_t* shape = nullptr;
        std::size_t rank = 0;
        const auto done = read(sidekick_predictions_row_shape, output, &shape, &rank);
        return detail::then(done, [&] { return span<const std::size_t>(shape, rank); });
    }

    /// The elements of an array, a number or a binary probability in the type that the model's tensor has,
    /// without loss, as `Predictions::elements` has those of all rows.
    template <typename Element>
    span<const Element> elements(FeatureKey output) const { return try_elements<Element>(output).value(); }
    /// As `elements`, without throwing.
    template <typename Element>
    Result<span<const Element>> try_elements(FeatureKey output) const {
        const void* elements = nullptr;
        std::size_t size = 0;
        std::int32_t dtype = 0;
        const auto done = read(sidekick_predictions_elements, output, &elements, &size, &dtype);
        if (done && !detail::is_kept_as<Element>(dtype)) {
            return detail::another_type<Element>(dtype, output, reader_.features(), row_);
        }
        return detail::then(done, [&] { return detail::elements_as<Element>(elements, size); });
    }

    /// A copy of an array output with elements of another type; integers are cut towards zero and held in
    /// range.
    template <typename Element>
    std::vector<Element> array_as(FeatureKey output) const {
        return try_array_as<Element>(output).value();
    }
    /// As `array_as`, without throwing.
    template <typename Element>
    Result<std::vector<Element>> try_array_as(FeatureKey output) const {
        const Result<span<const float>> elements = try_array(output);
        std::vector<Element> copy(elements ? elements.value().size() : 0);
        const std::size_t size = copy.size() * sizeof(Element);
        const auto done =
            elements ? read(sidekick_predictions_copy_array, output, detail::dtype<Element>(), copy.data(), size)
                     : elements.error();
        return detail::then(done, [&] { return std::move(copy); });
    }

    /// Writes an array output to a `.npy` file.
    void save_npy(FeatureKey output, const std::filesystem::path& path) const { try_save_npy(output, path).value(); }
    /// As `save_npy`, without throwing.
    Result<void> try_save_npy(FeatureKey output, const std::filesystem::path& path) const {
        return save(sidekick_predictions_save_npy, output, path);
    }

    /// The image of an image output, as the server sent it.
    EncodedImage image(FeatureKey output) const { return try_image(output).value(); }
    /// As `image`, without throwing.
    Result<EncodedImage> try_image(FeatureKey output) const {
        const void* bytes = nullptr;
        std::size_t size = 0;
        const char* media_type = nullptr;
        const auto done = read(sidekick_predictions_image, output, &bytes, &size, &media_type);
        return detail::then(done,
                            [&] { return EncodedImage{{static_cast<const std::byte*>(bytes), size}, media_type}; });
    }

    /// The size of the image of an image output, found without decoding its pixels.
    ImageSize image_size(FeatureKey output) const { return try_image_size(output).value(); }
    /// As `image_size`, without throwing.
    Result<ImageSize> try_image_size(FeatureKey output) const {
        ImageSize size{};
        const auto done = read(sidekick_predictions_image_size, output, &size.width, &size.height, &size.channels);
        return detail::then(done, [&] { return size; });
    }

    /// The decoded image of an image output.
    Pixels pixels(FeatureKey output) const { return try_pixels(output).value(); }
    /// As `pixels`, without throwing.
    Result<Pixels> try_pixels(FeatureKey output) const {
        const Result<ImageSize> size = try_image_size(output);
        if (!size) {
            return size.error();
        }
        const auto [width, height, channels] = size.value();
        std::vector<unsigned char> samples(std::size_t{width} * height * channels);
        const auto done = read(sidekick_predictions_image_pixels, output, samples.data(), samples.size());
        return detail::then(done, [&] { return Pixels{size.value(), std::move(samples)}; });
    }

    /// Writes the image of an image output to a file, as the server sent it.
    void save_image(FeatureKey output, const std::filesystem::path& path) const {
        try_save_image(output, path).value();
    }
    /// As `save_image`, without throwing.
    Result<void> try_save_image(FeatureKey output, const std::filesystem::path& path) const {
        return save(sidekick_predictions_save_image, output, path);
    }

private:
    friend struct detail::PredictionAt;

    Prediction(detail::Reader reader, std::size_t row) noexcept : reader_(reader), row_(row) {}

    template <typename Function, typename... Arguments>
    Result<void> read(Function function, FeatureKey output, Arguments... arguments) const {
        return reader_.read(function, output, row_, arguments...);
    }

    // An error about an output of this row.
    Error refusal(Status status, FeatureKey output, const std::string& message) const {
        return detail::feature_error(status, output, message, reader_.features(), row_);
    }

    Result<Category> at_rank(FeatureKey output, std::size_t rank) const {
        const char* label = nullptr;
        std::size_t length = 0;
        double probability = 0;
        const auto done = read(sidekick_predictions_top, output, rank, &label, &length, &probability);
        return detail::then(done, [&] { return Category{{label, length}, probability}; });
    }

    template <typename Function>
    Result<void> save(Function function, FeatureKey output, const std::filesystem::path& path) const {
        const std::string text = detail::utf8(path);
        return read(function, output, text.data(), text.size());
    }

    detail::Reader reader_;
    std::size_t row_;
};

/// @cond
namespace detail {

struct PredictionAt {
    Reader reader;

    Prediction operator()(std::size_t row) const { return {reader, row}; }
};

}  // namespace detail
/// @endcond

/**
 * The predictions for some rows, in the order of the rows: row by row (`predictions[0]`,
 * `for (const auto& prediction : predictions)`) or as whole columns. Immutable: share them freely between
 * threads. Views into them live as long as they do, also when they are moved. They may outlive their
 * deployment.
 */
class Predictions {
public:
    /// How many rows there are.
    std::size_t size() const noexcept { return sidekick_predictions_count(c_handle()); }
    /// Whether there are none.
    bool empty() const noexcept { return size() == 0; }
    /// The predictions for a row; its getters fail with `Status::Argument` where there is no such row.
    Prediction operator[](Count row) const& { return detail::PredictionAt{reader()}(row.value()); }
    /// The first row.
    Range<detail::PredictionAt>::iterator begin() const { return {{reader()}, 0}; }
    /// The end after the last row.
    Range<detail::PredictionAt>::iterator end() const { return {{reader()}, size()}; }

    /// Why rows were called bad: one error a row, in their order, whose `row()` counts over the rows that
    /// were sent. There are some only with `Options::isolate_bad_rows`; the predictions are those of all the
    /// other rows.
    std::vector<Error> failures() const {
        std::vector<Error> failures;
        for (std::size_t index = 0; index < sidekick_predictions_failure_count(c_handle()); ++index) {
            sidekick_error* failure = nullptr;
            detail::attempt(sidekick_predictions_failure, c_handle(), index, &failure).value();
            const detail::Owned<sidekick_error, sidekick_error_free> owned(failure);
            failures.emplace_back(failure);
        }
        return failures;
    }

    /// Which of the rows that were sent a prediction is of: they differ after a row that failed.
    std::size_t sent_row(Count row) const { return try_sent_row(row).value(); }
    /// As `sent_row`, without throwing.
    Result<std::size_t> try_sent_row(Count row) const {
        std::size_t sent = 0;
        return detail::then(detail::attempt(sidekick_predictions_sent_row, c_handle(), row.value(), &sent),
                            [&] { return sent; });
    }

    /// All rows' numbers, or binary probabilities, as one column.
    span<const double> numbers(FeatureKey output) const& { return try_numbers(output).value(); }
    /// As `numbers`, without throwing.
    Result<span<const double>> try_numbers(FeatureKey output) const& {
        return column<double>(sidekick_predictions_numbers, output);
    }

    /// All rows' texts as one column.
    Texts texts(FeatureKey output) const& { return try_texts(output).value(); }
    /// As `texts`, without throwing.
    Result<Texts> try_texts(FeatureKey output) const& {
        const char* texts = nullptr;
        const std::size_t* ends = nullptr;
        std::size_t count = 0;
        const auto done = reader().read(sidekick_predictions_texts, output, &texts, &ends, &count);
        return detail::then(done, [&] { return Texts({texts, ends}, count); });
    }

    /// All rows' values of an output of the type bytes, as one column.
    ByteRows bytes(FeatureKey output) const& { return try_bytes(output).value(); }
    /// As `bytes`, without throwing.
    Result<ByteRows> try_bytes(FeatureKey output) const& {
        const void* values = nullptr;
        const std::size_t* ends = nullptr;
        std::size_t count = 0;
        const auto done = reader().read(sidekick_predictions_bytes_column, output, &values, &ends, &count);
        return detail::then(done, [&] { return ByteRows({static_cast<const std::byte*>(values), ends}, count); });
    }

    /// The labels of a categorical output, in the order of its probabilities.
    Labels labels(FeatureKey output) const& { return try_labels(output).value(); }
    /// As `labels`, without throwing.
    Result<Labels> try_labels(FeatureKey output) const& {
        std::size_t count = 0;
        const auto done = reader().read(sidekick_predictions_category_count, output, &count);
        return detail::then(done, [&] { return Labels({c_handle(), reader().find(output)}, count); });
    }

    /// The probabilities of all rows of a categorical output: `probability_matrix("Animal")[row][category]`.
    Matrix probability_matrix(FeatureKey output) const& { return try_probability_matrix(output).value(); }
    /// As `probability_matrix`, without throwing.
    Result<Matrix> try_probability_matrix(FeatureKey output) const& {
        const auto values = column<double>(sidekick_predictions_probability_matrix, output);
        const std::size_t columns = values && !empty() ? values.value().size() / size() : 0;
        return values ? Result<Matrix>(Matrix({values.value().data(), columns}, size())) : values.error();
    }

    /// The arrays of all rows, one after another: rows x shape. Where a size is `size_any`, rows can have
    /// different numbers of elements, see `Prediction::array_shape`.
    span<const float> arrays(FeatureKey output) const& { return try_arrays(output).value(); }
    /// As `arrays`, without throwing.
    Result<span<const float>> try_arrays(FeatureKey output) const& {
        return column<float>(sidekick_predictions_arrays, output);
    }

    /// The elements of all rows in the type that the model's tensor has, without loss:
    /// `elements<std::int64_t>("Count")`. 16-bit floats are `std::uint16_t`, BOOL is `std::uint8_t`, not
    /// `bool`, which no byte but 0 and 1 can be. Another type is an error with `Status::FeatureType`.
    template <typename Element>
    span<const Element> elements(FeatureKey output) const& { return try_elements<Element>(output).value(); }
    /// As `elements`, without throwing.
    template <typename Element>
    Result<span<const Element>> try_elements(FeatureKey output) const& {
        const void* elements = nullptr;
        std::size_t size = 0;
        std::int32_t dtype = 0;
        const auto done = reader().read(sidekick_predictions_elements_column, output, &elements, &size, &dtype);
        if (done && !detail::is_kept_as<Element>(dtype)) {
            return detail::another_type<Element>(dtype, output, reader().features());
        }
        return detail::then(done, [&] { return detail::elements_as<Element>(elements, size); });
    }

    /// The shape of an array output for one row; `Prediction::array_shape` has the sizes that are `size_any`.
    span<const std::size_t> array_shape(FeatureKey output) const& { return try_array_shape(output).value(); }
    /// As `array_shape`, without throwing.
    Result<span<const std::size_t>> try_array_shape(FeatureKey output) const& {
        return column<std::size_t>(sidekick_predictions_array_shape, output);
    }

    /// The object of the C API, which stays owned by this one.
    const sidekick_predictions* c_handle() const noexcept { return handle_.get(); }

    /// @cond
    // Views into a temporary would dangle.
    Prediction operator[](Count row) const&& = delete;
    span<const double> numbers(FeatureKey output) const&& = delete;
    Result<span<const double>> try_numbers(FeatureKey output) const&& = delete;
    Texts texts(FeatureKey output) const&& = delete;
    Result<Texts> try_texts(FeatureKey output) const&& = delete;
    ByteRows bytes(FeatureKey output) const&& = delete;
    Result<ByteRows> try_bytes(FeatureKey output) const&& = delete;
    Labels labels(FeatureKey output) const&& = delete;
    Result<Labels> try_labels(FeatureKey output) const&& = delete;
    Matrix probability_matrix(FeatureKey output) const&& = delete;
    Result<Matrix> try_probability_matrix(FeatureKey output) const&& = delete;
    span<const float> arrays(FeatureKey output) const&& = delete;
    Result<span<const float>> try_arrays(FeatureKey output) const&& = delete;
    template <typename Element>
    span<const Element> elements(FeatureKey output) const&& = delete;
    template <typename Element>
    Result<span<const Element>> try_elements(FeatureKey output) const&& = delete;
    span<const std::size_t> array_shape(FeatureKey output) const&& = delete;
    Result<span<const std::size_t>> try_array_shape(FeatureKey output) const&& = delete;
    /// @endcond

private:
    friend class Deployment;
    friend class Stream;

    Predictions(sidekick_predictions* handle, std::shared_ptr<const detail::Features> outputs) noexcept
        : handle_(handle), outputs_(std::move(outputs)) {}

    detail::Reader reader() const noexcept { return {handle_.get(), outputs_.get()}; }

    template <typename Element, typename Function>
    Result<span<const Element>> column(Function function, FeatureKey output) const {
        const Element* elements = nullptr;
        std::size_t count = 0;
        const auto done = reader().read(function, output, &elements, &count);
        return detail::then(done, [&] { return span<const Element>(elements, count); });
    }

    detail::Owned<sidekick_predictions, sidekick_predictions_free> handle_;
    std::shared_ptr<const detail::Features> outputs_;
};

}  // namespace SIDEKICK_CPP
}  // namespace sidekick

#endif  // SIDEKICK_PREDICTIONS_HPP
