/**
 * @file sidekick/span.hpp
 * Part of sidekick.hpp: contiguous elements that somebody else owns.
 */

#ifndef SIDEKICK_SPAN_HPP
#define SIDEKICK_SPAN_HPP

#include <cstddef>
#include <iterator>
#include <type_traits>

// The two kinds of span are different types, so the inline namespace keeps their programs from being mixed
// unnoticed.
#if __cplusplus >= 202002L || (defined(_MSVC_LANG) && _MSVC_LANG >= 202002L)
#include <span>
#include <version>
/// Where everything lives in a program compiled as C++20 or later.
#define SIDEKICK_CPP cpp20
#else
/// Where everything lives in a program compiled as C++17.
#define SIDEKICK_CPP cpp17
#endif

/// Typed predictions from deployed models.
namespace sidekick {

/// All of it: a name of `sidekick` itself, as far as programs are concerned.
inline namespace SIDEKICK_CPP {

#ifdef __cpp_lib_span

/// Contiguous elements that somebody else owns.
template <typename Element>
using span = std::span<Element>;

#else

/// Contiguous elements that somebody else owns: the part of C++20's `std::span` that is needed here.
template <typename Element>
class span {
public:
    using element_type = Element;                  ///< What it holds, with its `const`.
    using value_type = std::remove_cv_t<Element>;  ///< What it holds, without `const`.
    using size_type = std::size_t;                 ///< The type of sizes and indexes.
    using iterator = Element*;                     ///< Iterators are pointers.

    /// No elements.
    constexpr span() noexcept = default;
    /// `size` elements from `data` on.
    constexpr span(Element* data, std::size_t size) noexcept : data_(data), size_(size) {}
    /// All elements of a vector, an array or another contiguous range.
    template <typename Contiguous, typename Found = decltype(std::data(std::declval<Contiguous&>())),
              typename = std::enable_if_t<std::is_convertible_v<std::remove_pointer_t<Found> (*)[], Element (*)[]>>>
    constexpr span(Contiguous&& range) noexcept : data_(std::data(range)), size_(std::size(range)) {}

    /// Its first element's address.
    constexpr Element* data() const noexcept { return data_; }
    /// How many elements there are.
    constexpr std::size_t size() const noexcept { return size_; }
    /// Whether there are none.
    constexpr bool empty() const noexcept { return size_ == 0; }
    /// The element at `index`, which has to be less than `size()`.
    constexpr Element& operator[](std::size_t index) const noexcept { return data_[index]; }
    /// The first element, which has to be there.
    constexpr Element& front() const noexcept { return data_[0]; }
    /// The last element, which has to be there.
    constexpr Element& back() const noexcept { return data_[size_ - 1]; }
    /// `count` elements from `first` on, which have to be there.
    constexpr span subspan(std::size_t first, std::size_t count) const noexcept { return {data_ + first, count}; }
    /// The first element.
    constexpr Element* begin() const noexcept { return data_; }
    /// The end after the last element.
    constexpr Element* end() const noexcept { return data_ + size_; }

private:
    Element* data_ = nullptr;
    std::size_t size_ = 0;
};

#endif

}  // namespace SIDEKICK_CPP
}  // namespace sidekick

#endif  // SIDEKICK_SPAN_HPP
