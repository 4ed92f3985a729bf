/**
 * @file sidekick/views.hpp
 * Part of sidekick.hpp: ranges over what predictions hold.
 */

#ifndef SIDEKICK_VIEWS_HPP
#define SIDEKICK_VIEWS_HPP

#include "values.hpp"

#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sidekick {
inline namespace SIDEKICK_CPP {

/// Elements that are made when they are asked for, without memory of their own. A copy is as good as the
/// original.
template <typename Source>
class Range {
public:
    /// What it holds: a value, not a reference.
    using value_type = decltype(std::declval<const Source&>()(std::size_t()));

    /// Goes through a range; lives as long as what the range came from.
    class iterator {
    public:
        using iterator_category = std::input_iterator_tag;           ///< As C++17 names it: elements are values.
        using value_type = typename Range::value_type;               ///< What the range holds.
        using iterator_concept = std::random_access_iterator_tag;    ///< As C++20 names it.
        using difference_type = std::ptrdiff_t;                      ///< The type of distances.
        using pointer = void;                                        ///< There is nothing to point to.
        using reference = value_type;                                ///< Elements are values.

        /// An iterator of no range.
        iterator() = default;
        /// The iterator at `index`.
        iterator(Source source, std::size_t index) : source_(source), index_(index) {}
        /// The element.
        value_type operator*() const { return source_(index_); }
        /// Goes on.
        iterator& operator++() {
            ++index_;
            return *this;
        }
        /// Goes on, and is where it was.
        iterator operator++(int) { return {source_, index_++}; }
        /// Goes back.
        iterator& operator--() {
            --index_;
            return *this;
        }
        /// Goes back, and is where it was.
        iterator operator--(int) { return {source_, index_--}; }
        /// Goes on by `steps`.
        iterator& operator+=(difference_type steps) {
            index_ += static_cast<std::size_t>(steps);
            return *this;
        }
        /// Goes back by `steps`.
        iterator& operator-=(difference_type steps) {
            index_ -= static_cast<std::size_t>(steps);
            return *this;
        }
        /// The element `steps` further on.
        value_type operator[](difference_type steps) const { return *(*this + steps); }
        /// The iterator `steps` further on.
        friend iterator operator+(iterator from, difference_type steps) { return from += steps; }
        /// The iterator `steps` further on.
        friend iterator operator+(difference_type steps, iterator from) { return from += steps; }
        /// The iterator `steps` further back.
        friend iterator operator-(iterator from, difference_type steps) { return from -= steps; }
        /// How many steps it is from `b` to `a`.
        friend difference_type operator-(const iterator& a, const iterator& b) {
            return static_cast<difference_type>(a.index_) - static_cast<difference_type>(b.index_);
        }
        /// Whether two iterators of one range are at the same place.
        friend bool operator==(const iterator& a, const iterator& b) { return a.index_ == b.index_; }
        /// Whether two iterators of one range are at different places.
        friend bool operator!=(const iterator& a, const iterator& b) { return a.index_ != b.index_; }
        /// Whether `a` is before `b`.
        friend bool operator<(const iterator& a, const iterator& b) { return a.index_ < b.index_; }
        /// Whether `a` is after `b`.
        friend bool operator>(const iterator& a, const iterator& b) { return a.index_ > b.index_; }
        /// Whether `a` is not after `b`.
        friend bool operator<=(const iterator& a, const iterator& b) { return a.index_ <= b.index_; }
        /// Whether `a` is not before `b`.
        friend bool operator>=(const iterator& a, const iterator& b) { return a.index_ >= b.index_; }

    private:
        Source source_{};
        std::size_t index_ = 0;
    };

    /// A range of `size` elements.
    Range(Source source, std::size_t size) noexcept : source_(source), size_(size) {}
    /// How many elements there are.
    std::size_t size() const noexcept { return size_; }
    /// Whether there are none.
    bool empty() const noexcept { return size_ == 0; }
    /// The element at `index`, which has to be less than `size()`.
    value_type operator[](std::size_t index) const { return source_(index); }
    /// The first element.
    iterator begin() const { return {source_, 0}; }
    /// The end after the last element.
    iterator end() const { return {source_, size_}; }

private:
    Source source_;
    std::size_t size_;
};

/// @cond
namespace detail {

// What reading predictions takes; cheap to copy, and valid as long as the Predictions that own it.
struct Reader {
    const sidekick_predictions* handle = nullptr;
    const Features* outputs = nullptr;

    // The index of an output; the number of outputs where none has the name.
    std::size_t find(FeatureKey output) const { return detail::find(features(), output); }

    template <typename Function, typename... Arguments>
    Result<void> read(Function function, FeatureKey output, Arguments... arguments) const {
        const std::size_t index = find(output);
        Result<void> done = attempt(function, handle, index, arguments...);
        if (!done && output.named() && index == features().size()) {
            return unknown_feature(output.name(), done.error());
        }
        return done;
    }

    span<const Feature> features() const {
        return outputs == nullptr ? span<const Feature>() : span<const Feature>(*outputs);
    }
};

struct TextAt {
    const char* texts = nullptr;
    const std::size_t* ends = nullptr;

    std::string_view operator()(std::size_t row) const {
        const std::size_t start = row == 0 ? 0 : ends[row - 1];
        return {texts + start, ends[row] - start - 1};
    }
};

struct BytesAt {
    const std::byte* values = nullptr;
    const std::size_t* ends = nullptr;

    span<const std::byte> operator()(std::size_t row) const {
        const std::size_t start = row == 0 ? 0 : ends[row - 1];
        return {values + start, ends[row] - start};
    }
};

struct LabelAt {
    const sidekick_predictions* handle = nullptr;
    std::size_t output = 0;

    std::string_view operator()(std::size_t category) const {
        const char* label = nullptr;
        std::size_t length = 0;
        sidekick_predictions_category_label(handle, output, category, &label, &length, nullptr);
        return {label, length};
    }
};

struct CategoryAt {
    LabelAt labels;
    const double* probabilities = nullptr;

    Category operator()(std::size_t category) const { return {labels(category), probabilities[category]}; }
};

struct MatrixRowAt {
    const double* values = nullptr;
    std::size_t columns = 0;

    span<const double> operator()(std::size_t row) const { return {values + row * columns, columns}; }
};

}  // namespace detail
/// @endcond

/// The categories of a row with their probabilities, in the order of the labels:
/// `for (auto [label, probability] : ...)`.
using Probabilities = Range<detail::CategoryAt>;
/// The labels of a categorical output.
using Labels = Range<detail::LabelAt>;
/// All rows' texts.
using Texts = Range<detail::TextAt>;
/// All rows' values of the type bytes, each a `span<const std::byte>`.
using ByteRows = Range<detail::BytesAt>;
/// All rows' probabilities, rows x categories: `matrix[row][category]`, row-major in memory.
using Matrix = Range<detail::MatrixRowAt>;

}  // namespace SIDEKICK_CPP
}  // namespace sidekick

#endif  // SIDEKICK_VIEWS_HPP
