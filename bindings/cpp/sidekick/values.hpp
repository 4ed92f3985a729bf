/**
 * @file sidekick/values.hpp
 * Part of sidekick.hpp: what goes into calls and comes out of them.
 */

#ifndef SIDEKICK_VALUES_HPP
#define SIDEKICK_VALUES_HPP

#include "arguments.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace sidekick {
inline namespace SIDEKICK_CPP {

/// The type of a feature.
enum class Type : std::int32_t {
    Numeric = SIDEKICK_TYPE_NUMERIC,          ///< A number where the shape is `[1]`, else an array of floats.
    Categorical = SIDEKICK_TYPE_CATEGORICAL,  ///< One of several categories; as an output, a probability for each.
    Binary = SIDEKICK_TYPE_BINARY,            ///< One of two classes; as an output, the probability of the second.
    Text = SIDEKICK_TYPE_TEXT,                ///< Text of any length.
    Image = SIDEKICK_TYPE_IMAGE,              ///< An image; the shape is `[height, width, channels]`.
    Bytes = SIDEKICK_TYPE_BYTES               ///< Bytes of any meaning.
};

/// The type of a feature's elements: that of the model's tensor, which `Predictions::elements` reads.
enum class ElementType : std::int32_t {
    None = 0,                        ///< Categories, texts, images and bytes have no elements.
    Float32 = SIDEKICK_DTYPE_F32,    ///< `float`.
    Float64 = SIDEKICK_DTYPE_F64,    ///< `double`.
    Int8 = SIDEKICK_DTYPE_I8,        ///< `std::int8_t`.
    Int16 = SIDEKICK_DTYPE_I16,      ///< `std::int16_t`.
    Int32 = SIDEKICK_DTYPE_I32,      ///< `std::int32_t`.
    Int64 = SIDEKICK_DTYPE_I64,      ///< `std::int64_t`.
    UInt8 = SIDEKICK_DTYPE_U8,       ///< `std::uint8_t`.
    UInt16 = SIDEKICK_DTYPE_U16,     ///< `std::uint16_t`.
    UInt32 = SIDEKICK_DTYPE_U32,     ///< `std::uint32_t`.
    UInt64 = SIDEKICK_DTYPE_U64,     ///< `std::uint64_t`.
    Float16 = SIDEKICK_DTYPE_F16,    ///< IEEE 754 binary16, as the bits in a `std::uint16_t`.
    BFloat16 = SIDEKICK_DTYPE_BF16,  ///< The upper half of a `float`, in a `std::uint16_t`.
    Bool = SIDEKICK_DTYPE_BOOL       ///< 0 or 1 in a `std::uint8_t`.
};

/// A size in the shape of a feature that may be another in each row.
constexpr std::size_t size_any = SIDEKICK_SIZE_ANY;

/// One input or output of a deployed model.
struct Feature {
    std::string name;                     ///< Free text, any Unicode.
    Type type = Type::Numeric;            ///< Its type; later versions may add some.
    std::vector<std::size_t> shape;       ///< For one row: `[1]` is a scalar; a size can be `size_any`.
    std::vector<std::string> categories;  ///< Their labels, where the deployment lists them.
    ElementType element = ElementType::None;  ///< The type of its elements.
    bool optional = false;                ///< Whether a row may leave it out, as inputs of tensors can be.
};

/// A feature by its name or by its index: every function that takes one takes either. As small as a
/// `std::string_view`, so that it travels in registers.
class FeatureKey {
public:
    /// By name.
    FeatureKey(std::string_view name) noexcept : name_(name.empty() ? "" : name.data()), number_(name.size()) {}
    /// By name.
    FeatureKey(const std::string& name) noexcept : FeatureKey(std::string_view(name)) {}
    /// By name, up to its NUL.
    FeatureKey(const char* name) noexcept : FeatureKey(name == nullptr ? std::string_view() : std::string_view(name)) {}
    /// By index, counted from 0 in the order of the deployment: no lookup is done.
    template <typename Index, typename = std::enable_if_t<detail::is_integer<Index>>>
    FeatureKey(Index index) noexcept : name_(nullptr), number_(Count(index).value()) {}
    FeatureKey(std::nullptr_t) = delete;

    /// Whether it is a name.
    bool named() const noexcept { return name_ != nullptr; }
    /// The name; empty where it is an index.
    std::string_view name() const noexcept { return named() ? std::string_view(name_, number_) : std::string_view(); }
    /// The index; 0 where it is a name.
    std::size_t index() const noexcept { return named() ? 0 : number_; }

private:
    const char* name_;
    std::size_t number_;  // the name's length, or the index
};

/// @cond
namespace detail {

// Whether it is an array of characters, as literals are.
template <typename Value>
constexpr bool is_text_array = std::is_array_v<Value> && is_character<std::remove_extent_t<Value>>;

}  // namespace detail
/// @endcond

/// Bytes to be read during a call: any contiguous range whose elements are one byte long.
class Bytes {
public:
    /// `size` bytes from `data` on.
    Bytes(const void* data, std::size_t size) noexcept : data_(data), size_(size) {}
    /// `{0, 0}` does not compile: no number is an address but `NULL`, which is a `long` for many compilers.
    template <typename Number, typename = std::enable_if_t<std::is_arithmetic_v<Number> &&
                                                           !std::is_same_v<Number, decltype(NULL)>>>
    Bytes(Number, std::size_t) = delete;
    /// All bytes of a range, such as a `std::vector<unsigned char>`, a `std::span<const std::byte>` or a
    /// `std::string`. An array of characters does not compile: the NUL of a literal would be one of them.
    /// Write `std::string_view("abc")`.
    template <typename Contiguous, typename Found = decltype(std::data(std::declval<const Contiguous&>())),
              typename = std::enable_if_t<sizeof(std::remove_pointer_t<Found>) == 1 &&
                                          !detail::is_text_array<Contiguous>>>
    Bytes(const Contiguous& range) noexcept : data_(std::data(range)), size_(std::size(range)) {}

    /// The first byte's address.
    const void* address() const noexcept { return data_; }
    /// How many bytes there are.
    std::size_t length() const noexcept { return size_; }

private:
    const void* data_;
    std::size_t size_;
};

/// A PEM text to be read during a call: `Bytes`, or an array of characters up to its NUL, as a literal is.
class Pem : public Bytes {
public:
    using Bytes::Bytes;
    /// All of the bytes.
    Pem(const Bytes& bytes) noexcept : Bytes(bytes) {}
    /// A literal, or a buffer of characters that a NUL may end before its end.
    template <typename Character, std::size_t size,
              typename = std::enable_if_t<detail::is_character<Character> && sizeof(Character) == 1>>
    Pem(const Character (&text)[size]) noexcept
        : Bytes(text, static_cast<std::size_t>(std::find(text, text + size, Character{}) - text)) {}
};

/// Elements to be read during a call: a list in braces, or any contiguous range of them.
template <typename Element>
class List {
public:
    /// The elements in braces, which live until the end of the call; in a variable, such a list would outlive
    /// them.
    List(std::initializer_list<Element> elements) noexcept : List(std::data(elements), elements.size()) {}
    /// The elements of a vector, an array or a span.
    template <typename Contiguous, typename Found = decltype(std::data(std::declval<const Contiguous&>())),
              typename = std::enable_if_t<std::is_convertible_v<Found, const Element*>>>
    List(const Contiguous& range) noexcept : List(std::data(range), std::size(range)) {}

    /// The first element's address; NULL where there is none.
    const Element* address() const noexcept { return size_ == 0 ? nullptr : data_; }
    /// How many elements there are.
    std::size_t length() const noexcept { return size_; }

private:
    List(const Element* data, std::size_t size) noexcept : data_(data), size_(size) {}

    const Element* data_;
    std::size_t size_;
};

/// The sizes of an array, such as `{8, 8, 1}`.
using Shape = List<std::size_t>;
/// The distances in bytes from one element to the next of each dimension; `{}` for row-major without gaps.
using Strides = List<std::ptrdiff_t>;

/// The size of an image.
struct ImageSize {
    std::uint32_t width;     ///< Pixels from left to right.
    std::uint32_t height;    ///< Pixels from top to bottom.
    std::uint32_t channels;  ///< Interleaved samples of a pixel: 1 grey, 3 RGB, 4 RGBA.
};

/// An image as the server sent it.
struct EncodedImage {
    span<const std::byte> bytes;  ///< The file; lives as long as its predictions.
    std::string_view media_type;  ///< `image/png` or `image/jpeg`; static text.
};

/// A decoded image.
struct Pixels {
    ImageSize size;                      ///< Its size.
    std::vector<unsigned char> samples;  ///< 8-bit samples, rows from the top without gaps.
};

/// A category of a categorical output, and how probable it is.
struct Category {
    std::string_view label;  ///< Lives as long as its predictions.
    double probability;      ///< From 0 to 1.
};

/// @cond
namespace detail {

using Features = std::vector<Feature>;

// How many bytes of a name a message shows.
constexpr std::size_t shown_bytes = 256;

// A character of UTF-8, and how many bytes it has; 0 where there is none.
struct Character {
    explicit Character(std::string_view text) noexcept {
        const auto first = static_cast<unsigned char>(text.front());
        const std::size_t wanted =
            first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
        code = wanted < 2 ? first : first & (0x7fU >> wanted);
        bool is_one = wanted <= text.size() && first < 0xf5;
        for (std::size_t place = 1; is_one && place < wanted; ++place) {
            const auto next = static_cast<unsigned char>(text[place]);
            is_one = (next & 0xc0U) == 0x80;
            code = code << 6U | (next & 0x3fU);
        }
        const bool is_short = (wanted == 3 && code < 0x800) || (wanted == 4 && code < 0x10000);
        const bool is_scalar = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
        size = is_one && !is_short && is_scalar ? wanted : 0;
    }

    // Whether it ends a line, controls a terminal or turns the direction of text.
    bool is_harmful() const noexcept {
        return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x2028 && code <= 0x202e) ||
               (code >= 0x2066 && code <= 0x2069);
    }

    std::uint32_t code = 0;
    std::size_t size = 0;
};

// A number as the escape that programs write, such as `\x1b` or `\u2028`.
inline std::string escape(std::uint32_t code) {
    std::string text = code < 0x100 ? "\\x" : "\\u";
    for (std::uint32_t bits = code < 0x100 ? 8 : 16; bits != 0; bits -= 4) {
        text += "0123456789abcdef"[code >> (bits - 4) & 0xfU];
    }
    return text;
}

// A name or a label in quotes, on one line whatever is in it, and cut if it is longer than `most` bytes.
inline std::string quoted(std::string_view name, std::size_t most = std::string::npos) {
    std::string text = "\"";
    while (!name.empty()) {
        if (text.size() > most) {
            return text + "\xe2\x80\xa6\"";  // an ellipsis
        }
        const Character character(name);
        const std::size_t size = character.size == 0 ? 1 : character.size;
        if (character.size == 0) {
            text += escape(static_cast<unsigned char>(name.front()));
        } else if (character.is_harmful()) {
            text += escape(character.code);
        } else {
            text += name.front() == '"' || name.front() == '\\' ? "\\" : "";
            text += name.substr(0, size);
        }
        name.remove_prefix(size);
    }
    return text + '"';
}

// The error of a name that no feature has. The library knows which names may be shown, and says so at the end
// of its error of an index that none has; any other error of it stays.
inline Error unknown_feature(std::string_view name, const Error& of_index) {
    if (of_index.status() != Status::UnknownFeature) {
        return of_index;
    }
    const std::string known = of_index.what();
    const std::size_t list = known.find("; the deployment has ");
    const bool has_list = list != std::string::npos;
    const std::string start = "there is no feature named " + detail::quoted(name, shown_bytes);
    return {Status::UnknownFeature, start + (has_list ? known.substr(list) : ""), std::string(name)};
}

// An error of no row that the library gave while it was asked about one: in the message, too.
inline Error without_row(const Error& error) {
    const std::string message = error.what();
    const std::string start = detail::about_row(error.row());
    const bool has_start = message.compare(0, start.size(), start) == 0;
    return {error.status(), has_start ? message.substr(start.size()) : message, std::string(error.feature())};
}

// The name of a feature; none if there is no such index.
inline std::string name_of(FeatureKey key, span<const Feature> features) {
    const bool is_there = !key.named() && key.index() < features.size();
    return is_there ? features[key.index()].name : std::string(key.name());
}

// An error about one of some features, and about a row where there is one. Its message shows no name but the
// one that the caller gave.
inline Error feature_error(Status status, FeatureKey key, const std::string& message,
                           span<const Feature> features = {}, std::optional<std::size_t> row = std::nullopt) {
    const std::string about = key.named() ? "feature " + detail::quoted(key.name(), shown_bytes) + ": " : "";
    return {row, Error(status, detail::about_row(row) + about + message, name_of(key, features))};
}

// A shape as messages show it, such as `[any, 2]`.
inline std::string shape_text(span<const std::size_t> shape) {
    std::string text = "[";
    const char* before = "";
    for (const std::size_t size : shape) {
        text += before + (size == size_any ? "any" : std::to_string(size));
        before = ", ";
    }
    return text + ']';
}

// The index of a feature; the number of features where none has the name.
inline std::size_t find(span<const Feature> features, FeatureKey key) {
    if (!key.named()) {
        return key.index();
    }
    std::size_t index = 0;
    while (index < features.size() && features[index].name != key.name()) {
        ++index;
    }
    return index;
}

// The element type of a contiguous range of numbers.
template <typename Elements,
          typename Element =
              std::remove_cv_t<std::remove_pointer_t<decltype(std::data(std::declval<const Elements&>()))>>>
using ElementOf = std::enable_if_t<is_element<Element>, Element>;

// Whether it is a matrix or a vector in the form of Eigen's, also a block or a map of one.
template <typename Values, typename = void>
constexpr bool is_matrix = false;
template <typename Values>
constexpr bool is_matrix<Values, std::void_t<decltype(Values::IsRowMajor),
                                             decltype(std::declval<const Values&>().rows()),
                                             decltype(std::declval<const Values&>().cols()),
                                             decltype(std::declval<const Values&>().innerStride()),
                                             decltype(std::declval<const Values&>().outerStride())>> = true;

// Whether what a view gives for its elements are values that its accessor makes, not those in memory; a
// reference to them may let them be read alone.
template <typename View, typename = void>
constexpr bool makes_values = false;
template <typename View>
constexpr bool makes_values<View, std::void_t<typename View::reference, typename View::element_type>> =
    !std::is_reference_v<typename View::reference> ||
    !std::is_same_v<std::remove_cv_t<std::remove_reference_t<typename View::reference>>,
                    std::remove_cv_t<typename View::element_type>>;

// Whether a view has strides; one that does not say so has.
template <typename View, typename = void>
constexpr bool says_strided = false;
template <typename View>
constexpr bool says_strided<View, std::void_t<decltype(std::declval<const View&>().is_strided())>> = true;
template <typename View>
bool has_strides(const View& view) {
    if constexpr (says_strided<View>) {
        return view.is_strided();
    } else {
        static_cast<void>(view);
        return true;
    }
}

// The element type of a view of several dimensions, or of a matrix.
template <typename View, typename = void>
struct OfView {};
template <typename View>
struct OfView<View, std::void_t<decltype(std::declval<const View&>().data_handle()),
                                decltype(std::declval<const View&>().stride(View::rank())),
                                std::enable_if_t<!makes_values<View>>>> {
    using Handle = std::decay_t<decltype(std::declval<const View&>().data_handle())>;
    using Element = std::remove_cv_t<std::remove_pointer_t<Handle>>;
};
template <typename View>
struct OfView<View, std::enable_if_t<is_matrix<View>>> {
    using Element = ElementOf<View>;
};
template <typename View, typename Element = typename OfView<View>::Element>
using ViewElement = std::enable_if_t<is_element<Element>, Element>;

// Where the elements of a view are, as the C API takes it.
template <std::size_t rank>
struct ViewLayout {
    template <typename View>
    ViewLayout(const View& view, std::size_t element) : bytes(element) {
        for (std::size_t dimension = 0; dimension < rank; ++dimension) {
            const auto stride = static_cast<std::ptrdiff_t>(view.stride(dimension));
            shape[dimension] = static_cast<std::size_t>(view.extent(dimension));
            strides[dimension] = stride * static_cast<std::ptrdiff_t>(element);
            // With a negative stride, elements lie before the first one.
            const std::size_t step = stride > 0 ? static_cast<std::size_t>(stride) * element : 0;
            bytes = shape[dimension] == 0 || bytes == 0 ? 0 : bytes + (shape[dimension] - 1) * step;
        }
    }

    std::array<std::size_t, rank> shape{};
    std::array<std::ptrdiff_t, rank> strides{};
    std::size_t bytes;  // from the first element to the end of the last one after it
};

// Where the elements of a matrix are, as the C API takes it.
struct MatrixLayout {
    static constexpr std::size_t most_dimensions = 16;

    template <typename Matrix>
    MatrixLayout(const Matrix& matrix, std::size_t element)
        : sides{static_cast<std::size_t>(matrix.rows()), static_cast<std::size_t>(matrix.cols())} {
        const auto inner = static_cast<std::ptrdiff_t>(matrix.innerStride()) * static_cast<std::ptrdiff_t>(element);
        const auto outer = static_cast<std::ptrdiff_t>(matrix.outerStride()) * static_cast<std::ptrdiff_t>(element);
        const bool by_rows = Matrix::IsRowMajor;
        steps = {by_rows ? outer : inner, by_rows ? inner : outer};
        bytes = sides[0] == 0 || sides[1] == 0 ? 0 : element + reach(0) + reach(1);
        const auto side = static_cast<std::ptrdiff_t>(sides[by_rows ? 1 : 0]);
        const bool one_after_another =
            inner == static_cast<std::ptrdiff_t>(element) && (outer == side * inner || sides[by_rows ? 0 : 1] == 1);
        is_plain = one_after_another && (by_rows || sides[0] == 1 || sides[1] == 1);
    }

    // Whether the shape is that of the matrix, but for sizes of 1. Then it finds the strides.
    bool fits(span<const std::size_t> shape) {
        std::size_t side = next_side(0);
        for (std::size_t dimension = 0; dimension < shape.size(); ++dimension) {
            const bool is_side = shape[dimension] != 1;
            if (dimension == most_dimensions || (is_side && (side == 2 || shape[dimension] != sides[side]))) {
                return false;
            }
            strides[dimension] = is_side ? steps[side] : steps[0];
            side = is_side ? next_side(side + 1) : side;
        }
        return side == 2;
    }

    std::array<std::size_t, 2> sides;                        // rows and columns
    std::array<std::ptrdiff_t, 2> steps{};                   // from one row, and one column, to the next
    std::array<std::ptrdiff_t, most_dimensions> strides{};   // of the shape that fits
    std::size_t bytes;                                       // from the first element to the end of the last one
    bool is_plain;                                           // row by row without gaps, or a vector

private:
    std::size_t reach(std::size_t side) const {
        return steps[side] > 0 ? (sides[side] - 1) * static_cast<std::size_t>(steps[side]) : 0;
    }

    // The first side from one on that is not 1.
    std::size_t next_side(std::size_t side) const {
        while (side < 2 && sides[side] == 1) {
            ++side;
        }
        return side;
    }
};

// The C API's number for a type of array element.
template <typename Element>
constexpr std::int32_t dtype() {
    static_assert(is_element<Element>, "arrays hold float, double and integers");
    constexpr std::int32_t log_size =
        sizeof(Element) == 1 ? 0 : sizeof(Element) == 2 ? 1 : sizeof(Element) == 4 ? 2 : 3;
    if constexpr (std::is_floating_point_v<Element>) {
        return sizeof(Element) == 4 ? SIDEKICK_DTYPE_F32 : SIDEKICK_DTYPE_F64;
    } else {
        return (std::is_signed_v<Element> ? SIDEKICK_DTYPE_I8 : SIDEKICK_DTYPE_U8) + log_size;
    }
}

// Whether elements of a type of the C API are read as this one.
template <typename Element>
constexpr bool is_kept_as(std::int32_t kept) {
    if (is_one_of<Element, bool>) {
        return false;  // its bytes are 0 and 1 alone
    }
    if (kept == SIDEKICK_DTYPE_F16 || kept == SIDEKICK_DTYPE_BF16) {
        return is_one_of<Element, std::uint16_t>;
    }
    return kept == SIDEKICK_DTYPE_BOOL ? is_one_of<Element, std::uint8_t> : kept == dtype<Element>();
}

inline std::string utf8(const std::filesystem::path& path) {
    const auto text = path.u8string();  // of char, or of char8_t from C++20 on
    return {text.begin(), text.end()};
}

}  // namespace detail
/// @endcond

}  // namespace SIDEKICK_CPP
}  // namespace sidekick

#endif  // SIDEKICK_VALUES_HPP
