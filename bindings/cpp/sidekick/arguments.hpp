/**
 * @file sidekick/arguments.hpp
 * Part of sidekick.hpp: the numbers, texts and switches that calls take. They are made of what they stand for
 * alone: C++ would turn a pointer into `true`, 2.7 into 2, -1 into the largest count and `nullptr` into a
 * text.
 */

#ifndef SIDEKICK_ARGUMENTS_HPP
#define SIDEKICK_ARGUMENTS_HPP

#include "error.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace sidekick {
inline namespace SIDEKICK_CPP {

/// @cond
namespace detail {

template <typename Value, typename... Others>
constexpr bool is_one_of = (... || std::is_same_v<std::remove_cv_t<Value>, Others>);

#ifdef __cpp_char8_t
template <typename Value>
constexpr bool is_character = is_one_of<Value, char, wchar_t, char8_t, char16_t, char32_t>;
#else
template <typename Value>
constexpr bool is_character = is_one_of<Value, char, wchar_t, char16_t, char32_t>;
#endif

template <typename Value>
constexpr bool is_integer = std::is_integral_v<Value> && !is_one_of<Value, bool> && !is_character<Value>;

// An enumeration that converts to integers by itself.
template <typename Value>
constexpr bool is_plain_enum = std::is_enum_v<Value> && std::is_convertible_v<Value, std::intmax_t>;

// What an array or a column of numbers can be made of.
template <typename Element>
constexpr bool is_element = std::is_arithmetic_v<Element> && !is_character<Element> && sizeof(Element) <= 8 &&
                            (!std::is_floating_point_v<Element> || sizeof(Element) >= 4);

// A class that converts to `bool` itself. One that stands for a number or a pointer converts in two steps,
// which braces refuse.
template <typename Value, typename = void>
struct stands_for_bool : std::false_type {};
template <typename Value>
struct stands_for_bool<Value, std::void_t<decltype(bool{std::declval<const Value&>()})>>
    : std::bool_constant<std::is_class_v<Value> && std::is_convertible_v<const Value&, bool>> {};

template <typename Target, typename Value>
constexpr bool in_range(Value value) noexcept {
    using Limits = std::numeric_limits<Target>;
    if constexpr (std::is_enum_v<Value>) {
        return in_range<Target>(static_cast<std::underlying_type_t<Value>>(value));
    } else if constexpr (sizeof(Value) > sizeof(std::uintmax_t)) {
        // An integer of 128 bits holds the limits of every target.
        return value <= static_cast<Value>((Limits::max)()) &&
               (!std::is_signed_v<Value> || value >= static_cast<Value>((Limits::min)()));
    } else if constexpr (std::is_signed_v<Value>) {
        return value < 0 ? std::is_signed_v<Target> && value >= static_cast<std::intmax_t>((Limits::min)())
                         : static_cast<std::uintmax_t>(value) <= static_cast<std::uintmax_t>((Limits::max)());
    } else {
        return value <= static_cast<std::uintmax_t>((Limits::max)());
    }
}

}  // namespace detail
/// @endcond

/// A number: of an arithmetic type other than `bool` and characters, or of a class that converts to `double`.
class Number {
public:
    /// An integer beyond 2^53 is rounded, as C++ rounds it; `Rows::integer` takes it exactly.
    template <typename Value, typename = std::enable_if_t<
                                  std::is_floating_point_v<Value> || detail::is_integer<Value> ||
                                  detail::is_plain_enum<Value> ||
                                  (std::is_class_v<Value> && std::is_convertible_v<const Value&, double> &&
                                   !detail::stands_for_bool<Value>::value)>>
    constexpr Number(const Value& value) noexcept(!std::is_class_v<Value>)
        : value_(static_cast<double>(value)) {}

    /// Its value.
    constexpr double value() const noexcept { return value_; }

private:
    double value_;
};

/// An integer of any type but `bool` and characters. One that `Target` cannot hold is kept apart, and refused
/// by the call it is given to.
template <typename Target>
class Whole {
public:
    /// The integer.
    template <typename Value,
              typename = std::enable_if_t<detail::is_integer<Value> || detail::is_plain_enum<Value>>>
    constexpr Whole(Value value) noexcept
        : value_(detail::in_range<Target>(value) ? static_cast<Target>(value)
                                                 : (std::numeric_limits<Target>::max)()),
          given_(static_cast<std::uintmax_t>(value)),
          fits_(detail::in_range<Target>(value)),
          is_wide_(!detail::in_range<std::intmax_t>(value) && !detail::in_range<std::uintmax_t>(value)),
          negative_(value < Value{}) {}

    /// Its value; the largest one of `Target` if it does not fit.
    constexpr Target value() const noexcept { return value_; }
    /// Its value if it is not negative nor wide, also beyond `Target`.
    constexpr std::uintmax_t magnitude() const noexcept { return given_; }
    /// Whether `Target` can hold it.
    constexpr bool fits() const noexcept { return fits_; }
    /// Whether it needs more than 64 bits, as an `__int128` may.
    constexpr bool is_wide() const noexcept { return is_wide_; }
    /// Its digits, as it was given; of a wide one, that it is.
    std::string text() const {
        if (is_wide_) {
            return negative_ ? "less than -2^63" : "2^64 or more";
        }
        return negative_ ? std::to_string(static_cast<std::intmax_t>(given_)) : std::to_string(given_);
    }

private:
    Target value_;
    std::uintmax_t given_;
    bool fits_;
    bool is_wide_;
    bool negative_;
};

/// An integer value.
using Integer = Whole<std::int64_t>;
/// A count, a size or an index: a negative one is refused by the call.
using Count = Whole<std::size_t>;

/// `true` or `false`: no pointer, text or number becomes one.
class Flag {
public:
    /// A `bool`, or of a class that stands for one, such as an element of `std::vector<bool>`.
    template <typename Value, typename = std::enable_if_t<
                                  std::is_same_v<Value, bool> ||
                                  (detail::stands_for_bool<Value>::value &&
                                   !std::is_convertible_v<const Value&, const volatile void*>)>>
    constexpr Flag(const Value& value) noexcept(!std::is_class_v<Value>) : value_(value) {}

    /// Its value.
    constexpr bool value() const noexcept { return value_; }

private:
    bool value_;
};

/// Text in UTF-8 to be read during a call: whatever is a `std::string_view`. NULL is refused by the call,
/// `nullptr` does not compile.
class Text {
public:
    /// The empty text.
    constexpr Text() noexcept = default;
    /// A text up to its NUL.
    constexpr Text(const char* text) noexcept
        : data_(text), size_(text == nullptr ? SIDEKICK_NUL : std::char_traits<char>::length(text)) {}
    /// A `std::string`, a `std::string_view`, or what converts to one.
    template <typename Source,
              typename = std::enable_if_t<std::is_class_v<Source> &&
                                          std::is_convertible_v<const Source&, std::string_view>>>
    constexpr Text(const Source& text) : Text(View{}, text) {}
    Text(std::nullptr_t) = delete;

    /// Its first byte's address.
    constexpr const char* data() const noexcept { return data_; }
    /// How many bytes it has; `SIDEKICK_NUL` if it is NULL.
    constexpr std::size_t size() const noexcept { return size_; }

private:
    struct View {};

    constexpr Text(View, std::string_view text) noexcept : data_(text.data()), size_(text.size()) {}

    const char* data_ = "";
    std::size_t size_ = 0;
};

}  // namespace SIDEKICK_CPP
}  // namespace sidekick

#endif  // SIDEKICK_ARGUMENTS_HPP
