/**
 * @file sidekick/columns.hpp
 * Part of sidekick.hpp: columns of values, of which several rows are made at once.
 */

#ifndef SIDEKICK_COLUMNS_HPP
#define SIDEKICK_COLUMNS_HPP

#include "values.hpp"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace sidekick {
inline namespace SIDEKICK_CPP {

/// @cond
namespace detail {

// A `std::vector<bool>`: values that are not elements in memory.
template <typename Values>
constexpr bool is_bits = false;
template <typename Allocator>
constexpr bool is_bits<std::vector<bool, Allocator>> = true;

}  // namespace detail
/// @endcond

/**
 * Texts one after another, each ended by a NUL, the last one too: the quickest way to give a column of texts
 * or of labels. They are not copied.
 */
struct ClosedTexts {
    /// All of them, with their NULs.
    Text all;
};

/**
 * The values of one input for several rows, for `Rows::add_columns`. Made of a range whose elements are
 *
 * - numbers, contiguous in memory: one for each row, or for an input that takes arrays all of them one after
 *   another, each row-major. Integers may also be the categories of a categorical or binary input. They are
 *   not copied: they have to live until the call, as the input's name has to;
 * - anything that is a `std::string_view`: the texts of a text input, the labels of a categorical or binary
 *   one; or, without a range, `ClosedTexts`. A text that is NULL throws an error here, whose row is its place
 *   in the column;
 * - `Bytes`, or what they are made of: the encoded images of an image input, the values of one of bytes.
 */
class Column {
public:
    /// The values of an input, which is named or given by index.
    template <typename Values, typename Value = std::decay_t<decltype(*std::begin(std::declval<const Values&>()))>,
              typename = std::enable_if_t<detail::is_element<Value> || !std::is_arithmetic_v<Value>>>
    Column(FeatureKey input, const Values& values) : input_(input) {
        if constexpr (detail::is_bits<Values>) {
            kind_ = SIDEKICK_DTYPE_U8;
            for (const bool value : values) {
                pieces_.push_back(value ? 1 : 0);
            }
        } else if constexpr (detail::is_matrix<Values>) {
            // A row of a matrix that is stored by columns has gaps.
            kind_ = detail::dtype<Value>();
            if (values.innerStride() == 1) {
                borrowed_ = {values.data(), static_cast<std::size_t>(values.size()) * sizeof(Value)};
            } else {
                for (const Value value : values) {
                    pieces_.append(reinterpret_cast<const char*>(&value), sizeof value);
                }
            }
        } else if constexpr (std::is_arithmetic_v<Value>) {
            kind_ = detail::dtype<Value>();
            borrowed_ = {std::data(values), std::size(values) * sizeof(Value)};
        } else {
            for (const auto& value : values) {
                append(value);
            }
        }
    }

    /// The arrays of an input whose shape has a size that is `size_any`: all of one shape, which has as many
    /// sizes as that of the input, and the same ones where those are not `size_any`.
    template <typename Elements, typename Element = detail::ElementOf<Elements>>
    Column(FeatureKey input, const Elements& elements, Shape shape) : Column(input, elements) {
        ends_.assign(shape.address(), shape.address() + shape.length());
    }

    /// The texts or labels of an input, which have to live until the call.
    Column(FeatureKey input, ClosedTexts texts)
        : input_(input), kind_(SIDEKICK_COLUMN_TEXTS), borrowed_(texts.all.data(), texts.all.size()) {}

    /// The input whose values they are.
    FeatureKey input() const noexcept { return input_; }
    /// What they are: one of the constants that `sidekick_rows_add_columns` knows.
    std::int32_t kind() const noexcept { return kind_; }
    /// The bytes of all values.
    Bytes bytes() const noexcept {
        return kind_ == SIDEKICK_COLUMN_PIECES || !pieces_.empty() ? Bytes(pieces_) : borrowed_;
    }
    /// Where each text or image of a range ends within the bytes; or the shape of arrays if it was given.
    span<const std::size_t> ends() const noexcept { return ends_; }

private:
    template <typename Value>
    void append(const Value& value) {
        if constexpr (std::is_convertible_v<const Value&, Text>) {
            const Text text(value);
            if (text.size() == SIDEKICK_NUL) {
                throw detail::feature_error(Status::Argument, input_, "a text of the column is NULL", {},
                                            ends_.size());
            }
            pieces_.append(text.data(), text.size());
        } else {
            const Bytes bytes(value);
            pieces_.append(static_cast<const char*>(bytes.address()), bytes.length());
        }
        ends_.push_back(pieces_.size());
    }

    FeatureKey input_;
    std::int32_t kind_ = SIDEKICK_COLUMN_PIECES;
    Bytes borrowed_{nullptr, 0};
    std::string pieces_;
    std::vector<std::size_t> ends_;
};

/// Columns to be read during a call: a list in braces, such as `{{"Size", sizes}, {"Sound", sounds}}`, or a
/// vector of them.
using Columns = List<Column>;

/// @cond
namespace detail {

// Whether a column is of arrays whose shape was given.
inline bool has_shape(const Column& column) noexcept {
    const bool has_pieces = column.kind() == SIDEKICK_COLUMN_PIECES || column.kind() == SIDEKICK_COLUMN_TEXTS;
    return !has_pieces && !column.ends().empty();
}

// Whether arrays of a shape fit an input, whose own sizes may be `size_any`.
inline bool is_of_shape(span<const std::size_t> given, span<const std::size_t> own) noexcept {
    if (given.size() != own.size()) {
        return false;
    }
    for (std::size_t place = 0; place < own.size(); ++place) {
        if (own[place] == size_any ? given[place] == size_any : given[place] != own[place]) {
            return false;
        }
    }
    return true;
}

// Columns as the C API takes them; they outlive it.
class ColumnTable {
public:
    // Takes the column of the input at an index in; it has to have `count` values, where they can be counted.
    Result<void> add(std::size_t index, const Column& column, std::size_t count, span<const Feature> inputs) {
        const std::size_t pieces = column.ends().size();
        if (column.kind() == SIDEKICK_COLUMN_PIECES && pieces != count) {
            return feature_error(Status::FeatureShape, column.input(),
                                 "its column has " + std::to_string(pieces) + (pieces == 1 ? " value" : " values") +
                                     ", but there are " + std::to_string(count) + " rows", inputs);
        }
        const bool shaped = has_shape(column);
        const bool takes_shape = index < inputs.size() && inputs[index].type == Type::Numeric;
        // The library reads as many sizes as the input has.
        if (shaped && takes_shape && !is_of_shape(column.ends(), inputs[index].shape)) {
            return feature_error(Status::FeatureShape, column.input(),
                                 "expected arrays of shape " + shape_text(inputs[index].shape) + ", got " +
                                     shape_text(column.ends()), inputs);
        }
        inputs_.push_back(index);
        kinds_.push_back(column.kind());
        values_.push_back(column.bytes().address());
        sizes_.push_back(column.bytes().length());
        ends_.push_back(column.ends().empty() || (shaped && !takes_shape) ? nullptr : column.ends().data());
        return {};
    }

    Result<void> add_to(sidekick_rows* rows, std::size_t count) const {
        return attempt(sidekick_rows_add_columns, rows, count, inputs_.size(), inputs_.data(), kinds_.data(),
                       values_.data(), sizes_.data(), ends_.data());
    }

private:
    std::vector<std::size_t> inputs_;
    std::vector<std::int32_t> kinds_;
    std::vector<const void*> values_;
    std::vector<std::size_t> sizes_;
    std::vector<const std::size_t*> ends_;
};

}  // namespace detail
/// @endcond

}  // namespace SIDEKICK_CPP
}  // namespace sidekick

#endif  // SIDEKICK_COLUMNS_HPP
