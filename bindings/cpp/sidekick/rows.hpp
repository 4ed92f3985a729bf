/**
 * @file sidekick/rows.hpp
 * Part of sidekick.hpp: examples being built.
 */

#ifndef SIDEKICK_ROWS_HPP
#define SIDEKICK_ROWS_HPP

#include "columns.hpp"

#include <memory>

namespace sidekick {
inline namespace SIDEKICK_CPP {

class Deployment;

/**
 * Examples being built for one deployment, which they may outlive. Every value is checked and copied by the
 * call that adds it; a call that fails leaves the rows as they were. Inputs are named, or given by index:
 * `rows.number(2, 0.43)`. One thread at a time; any number of threads may predict the same rows while none
 * changes them.
 */
class Rows {
public:
    /// Begins a row; ends the one before first, where it is still open. Adding to no open row begins one,
    /// too.
    Rows& row() { return done(try_row()); }
    /// As `row`, without throwing.
    Result<void> try_row() {
        Result<void> ended = try_finish();
        open_ = open_ || ended;
        return ended;
    }

    /// Ends the open row, which `row`, `Deployment::predict` and `Stream::push` do themselves.
    Rows& end_row() { return done(try_end_row()); }
    /// As `end_row`, without throwing.
    Result<void> try_end_row() {
        Result<void> ended = detail::attempt(sidekick_rows_end_row, c_handle());
        open_ = open_ && !ended;
        return ended;
    }

    /// Drops the open row.
    Rows& discard_row() { return done(try_discard_row()); }
    /// As `discard_row`, without throwing.
    Result<void> try_discard_row() { return drop(sidekick_rows_discard_row); }

    /// Drops all rows, and keeps their memory for the next ones.
    Rows& clear() { return done(try_clear()); }
    /// As `clear`, without throwing.
    Result<void> try_clear() { return drop(sidekick_rows_clear); }

    /// How many rows are finished.
    std::size_t size() const noexcept { return sidekick_rows_count(c_handle()); }
    /// Whether no row is finished.
    bool empty() const noexcept { return size() == 0; }

    /// Adds a finite number to a numeric input of shape `[1]`.
    Rows& number(FeatureKey input, Number number) { return done(try_number(input, number)); }
    /// As `number`, without throwing.
    Result<void> try_number(FeatureKey input, Number number) {
        return add(sidekick_rows_add_number, sidekick_rows_add_number_at, input, number.value());
    }

    /// Adds an integer to a numeric input of shape `[1]`, or as the category of a categorical or binary
    /// input. One beyond `std::int64_t` is exact in a UINT64 tensor, and the nearest double for the
    /// Deployment API.
    Rows& integer(FeatureKey input, Integer integer) { return done(try_integer(input, integer)); }
    /// As `integer`, without throwing.
    Result<void> try_integer(FeatureKey input, Integer integer) {
        if (integer.is_wide()) {
            return refusal(Status::FeatureValue, input, "expected at most 64 bits, got " + integer.text());
        }
        if (!integer.fits()) {
            return add(sidekick_rows_add_unsigned, sidekick_rows_add_unsigned_at, input, integer.magnitude());
        }
        return add(sidekick_rows_add_integer, sidekick_rows_add_integer_at, input, integer.value());
    }

    /// Adds a category, by its label, to a categorical or binary input.
    Rows& category(FeatureKey input, Text label) { return done(try_category(input, label)); }
    /// As `category`, without throwing.
    Result<void> try_category(FeatureKey input, Text label) {
        return add(sidekick_rows_add_category, sidekick_rows_add_category_at, input, label.data(), label.size());
    }

    /// Adds one of the two classes to a binary input.
    Rows& binary(FeatureKey input, Flag value) { return done(try_binary(input, value)); }
    /// As `binary`, without throwing.
    Result<void> try_binary(FeatureKey input, Flag value) {
        return add(sidekick_rows_add_binary, sidekick_rows_add_binary_at, input, value.value() ? 1 : 0);
    }

    /// Adds UTF-8 text to a text input.
    Rows& text(FeatureKey input, Text text) { return done(try_text(input, text)); }
    /// As `text`, without throwing.
    Result<void> try_text(FeatureKey input, Text text) {
        return add(sidekick_rows_add_text, sidekick_rows_add_text_at, input, text.data(), text.size());
    }

    /// Adds bytes of any meaning to an input of the type bytes.
    Rows& bytes(FeatureKey input, Bytes value) { return done(try_bytes(input, value)); }
    /// As `bytes`, without throwing.
    Result<void> try_bytes(FeatureKey input, Bytes value) {
        return add(sidekick_rows_add_bytes, sidekick_rows_add_bytes_at, input, value.address(), value.length());
    }

    /// Adds an encoded image (PNG, JPEG, BMP, GIF, TIFF or WebP) to an image input, with its pixels as stored
    /// (see `Options::apply_orientation`) and without its metadata; the server resizes it. A file that is cut
    /// off is refused, and one with more pixels than `Options::max_image_pixels` allows.
    Rows& image(FeatureKey input, Bytes encoded) { return done(try_image(input, encoded)); }
    /// As `image`, without throwing.
    Result<void> try_image(FeatureKey input, Bytes encoded) {
        return add(sidekick_rows_add_image, sidekick_rows_add_image_at, input, encoded.address(), encoded.length());
    }

    /// Adds an image from a file, as `image` does.
    Rows& image_file(FeatureKey input, const std::filesystem::path& path) { return done(try_image_file(input, path)); }
    /// As `image_file`, without throwing.
    Result<void> try_image_file(FeatureKey input, const std::filesystem::path& path) {
        return add_file(sidekick_rows_add_image_file, sidekick_rows_add_image_file_at, input, path);
    }

    /// Adds an image from raw 8-bit samples, rows from the top and `row_stride` bytes apart (0: without
    /// gaps). It is sent as PNG where `jpeg_quality` is 0, else as JPEG of that quality, 1 to 100.
    Rows& pixels(FeatureKey input, ImageSize size, Bytes samples, Count row_stride = 0, Whole<int> jpeg_quality = 0) {
        return done(try_pixels(input, size, samples, row_stride, jpeg_quality));
    }
    /// As `pixels`, without throwing.
    Result<void> try_pixels(FeatureKey input, ImageSize size, Bytes samples, Count row_stride = 0,
                            Whole<int> jpeg_quality = 0) {
        if (!row_stride.fits() || !jpeg_quality.fits()) {
            return refusal(Status::Argument, input,
                           "the stride or the quality of the pixels is out of range");
        }
        return add(sidekick_rows_add_pixels, sidekick_rows_add_pixels_at, input, size.width, size.height, size.channels,
                   row_stride.value(), samples.address(), samples.length(), jpeg_quality.value());
    }

    /// Adds an array to a numeric input of the same shape. `elements` is a contiguous range of any arithmetic
    /// type from element `[0, ..., 0]` on; with a negative stride, elements lie before it, and have to be
    /// there. Without `strides` it is row-major, but for a matrix of Eigen, a block or a map, which have their
    /// own: element `(i, j)` becomes `[i, j]`, with any sizes of 1 in `shape`.
    template <typename Elements, typename Element = detail::ElementOf<Elements>>
    Rows& array(FeatureKey input, const Elements& elements, Shape shape, Strides strides = {}) {
        return done(try_array(input, elements, shape, strides));
    }
    /// As `array`, without throwing.
    template <typename Elements, typename Element = detail::ElementOf<Elements>>
    Result<void> try_array(FeatureKey input, const Elements& elements, Shape shape, Strides strides = {}) {
        if (strides.length() != 0 && strides.length() != shape.length()) {
            return refusal(Status::Argument, input, "an array needs as many strides as sizes in its shape");
        }
        if constexpr (detail::is_matrix<Elements>) {
            return add_matrix(input, elements, shape, strides);
        }
        return add(sidekick_rows_add_array, sidekick_rows_add_array_at, input, detail::dtype<Element>(),
                   shape.address(), shape.length(), strides.address(), std::data(elements),
                   static_cast<std::size_t>(std::size(elements)) * sizeof(Element));
    }

    /// Adds a view of several dimensions, such as a `std::mdspan` of any layout with strides, to a numeric input
    /// of the same shape. It has `data_handle()`, `rank()`, `extent(dimension)` and `stride(dimension)`; one
    /// that changes elements as it reads them, as `std::linalg::scaled` does, does not compile. Or a matrix,
    /// a block, a map or a vector of Eigen, to an input of that shape but for sizes of 1.
    template <typename View, typename Element = detail::ViewElement<View>>
    Rows& array(FeatureKey input, const View& view) {
        return done(try_array(input, view));
    }
    /// As `array`, without throwing.
    template <typename View, typename Element = detail::ViewElement<View>>
    Result<void> try_array(FeatureKey input, const View& view) {
        return add_view<Element>(input, view);
    }

    /// Adds an array from the bytes of a `.npy` file to a numeric input of the same shape.
    Rows& npy(FeatureKey input, Bytes file) { return done(try_npy(input, file)); }
    /// As `npy`, without throwing.
    Result<void> try_npy(FeatureKey input, Bytes file) {
        return add(sidekick_rows_add_npy, sidekick_rows_add_npy_at, input, file.address(), file.length());
    }

    /// Adds an array from a `.npy` file, as `npy` does.
    Rows& npy_file(FeatureKey input, const std::filesystem::path& path) { return done(try_npy_file(input, path)); }
    /// As `npy_file`, without throwing.
    Result<void> try_npy_file(FeatureKey input, const std::filesystem::path& path) {
        return add_file(sidekick_rows_add_npy_file, sidekick_rows_add_npy_file_at, input, path);
    }

    /// Adds `count` whole rows from a column for each input:
    /// `rows.add_columns(3, {{"Size", sizes}, {"Sound", sounds}})`. All of them or, where something fails,
    /// none. Ends the open row first.
    Rows& add_columns(Count count, Columns columns) { return done(try_add_columns(count, columns)); }
    /// As `add_columns`, without throwing.
    Result<void> try_add_columns(Count count, Columns columns) {
        if (!count.fits()) {
            return Error(Status::Argument, "there cannot be " + count.text() + " rows");
        }
        Result<void> ready = try_finish();
        detail::ColumnTable table;
        for (std::size_t place = 0; ready && place < columns.length(); ++place) {
            ready = take(columns.address()[place], count.value(), table);
        }
        return ready ? table.add_to(c_handle(), count.value()) : std::move(ready);
    }

    /// The object of the C API, which stays owned by this one. Rows that are ended or begun through it are
    /// not counted as open here.
    sidekick_rows* c_handle() const noexcept { return handle_.get(); }

private:
    friend class Deployment;
    friend class Stream;

    Rows(sidekick_rows* handle, std::shared_ptr<const detail::Features> inputs) noexcept
        : handle_(handle), inputs_(std::move(inputs)) {}

    Rows& done(const Result<void>& result) {
        result.value();
        return *this;
    }

    // An error about a value of the open row, or of the one that it would begin.
    Error refusal(Status status, FeatureKey input, const std::string& message) const {
        return detail::feature_error(status, input, message, inputs(), size());
    }

    span<const Feature> inputs() const noexcept {
        return inputs_ ? span<const Feature>(*inputs_) : span<const Feature>();
    }

    Result<void> try_finish() { return open_ ? try_end_row() : Result<void>(); }

    Result<void> drop(sidekick_status (*function)(sidekick_rows*, sidekick_error**)) {
        Result<void> dropped = detail::attempt(function, c_handle());
        open_ = open_ && !dropped;
        return dropped;
    }

    template <typename Element, typename View>
    Result<void> add_view(FeatureKey input, const View& view) {
        if constexpr (detail::is_matrix<View>) {
            detail::MatrixLayout layout(view, sizeof(Element));
            const auto own = shape_of(input);
            return layout.fits(own) ? add_matrix(input, view, own, {}) : add_matrix(input, view, layout.sides, {});
        } else {
            if (!detail::has_strides(view)) {
                return refusal(Status::Argument, input, "the view's elements are not at strides");
            }
            const detail::ViewLayout<View::rank()> layout(view, sizeof(Element));
            return add(sidekick_rows_add_array, sidekick_rows_add_array_at, input, detail::dtype<Element>(),
                       layout.shape.data(), View::rank(), layout.strides.data(), view.data_handle(), layout.bytes);
        }
    }

    // The shape of an input; none if there is no such input.
    span<const std::size_t> shape_of(FeatureKey input) const {
        const std::size_t index = inputs_ ? detail::find(*inputs_, input) : 0;
        return inputs_ && index < inputs_->size() ? span<const std::size_t>((*inputs_)[index].shape)
                                                  : span<const std::size_t>();
    }

    template <typename Matrix>
    Result<void> add_matrix(FeatureKey input, const Matrix& matrix, Shape shape, Strides strides) {
        using Element = detail::ElementOf<Matrix>;
        detail::MatrixLayout layout(matrix, sizeof(Element));
        const bool fits = strides.length() == 0 && layout.fits({shape.address(), shape.length()});
        if (strides.length() == 0 && !fits && !layout.is_plain) {
            return refusal(Status::FeatureShape, input,
                           "the matrix is " + std::to_string(layout.sides[0]) + " x " +
                               std::to_string(layout.sides[1]) +
                               ", which is not the shape that was given; give its strides, too");
        }
        return add(sidekick_rows_add_array, sidekick_rows_add_array_at, input, detail::dtype<Element>(),
                   shape.address(), shape.length(), fits ? layout.strides.data() : strides.address(),
                   matrix.data(), layout.bytes);
    }

    template <typename ByName, typename ByIndex, typename... Values>
    Result<void> add(ByName by_name, ByIndex by_index, FeatureKey input, Values... values) {
        const std::string_view name = input.name();
        Result<void> added = input.named()
                                 ? detail::attempt(by_name, c_handle(), name.data(), name.size(), values...)
                                 : detail::attempt(by_index, c_handle(), input.index(), values...);
        open_ = open_ || added;
        return added;
    }

    template <typename ByName, typename ByIndex>
    Result<void> add_file(ByName by_name, ByIndex by_index, FeatureKey input, const std::filesystem::path& path) {
        const std::string text = detail::utf8(path);
        return add(by_name, by_index, input, text.data(), text.size());
    }

    Result<void> take(const Column& column, std::size_t count, detail::ColumnTable& table) const {
        const std::size_t index = detail::find(inputs(), column.input());
        if (inputs_ && column.input().named() && index == inputs().size()) {
            // The library's own error shows no name that holds the token. It names the row of a value.
            const std::string_view name = column.input().name();
            return detail::without_row(
                detail::attempt(sidekick_rows_add_number, c_handle(), name.data(), name.size(), 0.0).error());
        }
        return table.add(index, column, count, inputs());
    }

    detail::Owned<sidekick_rows, sidekick_rows_free> handle_;
    std::shared_ptr<const detail::Features> inputs_;
    bool open_ = false;
};

}  // namespace SIDEKICK_CPP
}  // namespace sidekick

#endif  // SIDEKICK_ROWS_HPP
