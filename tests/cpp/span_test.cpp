// Spans, keys and the other small values.
#include "check.hpp"

#include <array>
#include <cstdint>

#if __cplusplus >= 202002L
#include <ranges>
#include <span>
static_assert(std::is_same_v<sidekick::span<const int>, std::span<const int>>);
static_assert(std::ranges::forward_range<sidekick::Probabilities> && std::ranges::forward_range<sidekick::Predictions>);
#endif

using sidekick::Bytes;
using sidekick::FeatureKey;
using sidekick::Shape;
using sidekick::span;
using sidekick::Status;

// The numbers are those of the C API, and never change.
static_assert(static_cast<std::int32_t>(Status::Ok) == 0 && static_cast<std::int32_t>(Status::Argument) == 1);
static_assert(static_cast<std::int32_t>(Status::UnknownFeature) == 10 && static_cast<std::int32_t>(Status::Npy) == 17);
static_assert(static_cast<std::int32_t>(Status::Connect) == 20 && static_cast<std::int32_t>(Status::Server) == 31);
static_assert(static_cast<std::int32_t>(Status::Describe) == 40);
static_assert(static_cast<std::int32_t>(Status::ReplyTooLarge) == 47);
static_assert(static_cast<std::int32_t>(sidekick::Type::Numeric) == 1);
static_assert(static_cast<std::int32_t>(sidekick::Type::Image) == 5);
static_assert(std::is_same_v<std::underlying_type_t<Status>, std::int32_t>);
static_assert(!std::is_constructible_v<span<int>, const std::vector<int>&>);
static_assert(!std::is_constructible_v<span<const int>, std::vector<double>&>);

TEST(spans_see_what_others_own) {
    std::vector<int> numbers{1, 2, 3};
    const span<int> all(numbers);
    all[1] = 20;
    CHECK(numbers[1] == 20 && all.size() == 3 && !all.empty() && all.front() == 1 && all.back() == 3);
    const span<const int> constant = numbers;
    CHECK(constant.data() == numbers.data());
    const auto rest = constant.subspan(1, 2);
    CHECK(rest.size() == 2 && rest[0] == 20);
    const std::array<int, 2> pair{4, 5};
    int sum = 0;
    for (const int number : span<const int>(pair)) {
        sum += number;
    }
    const int plain[] = {6, 7};
    CHECK(sum == 9 && span<const int>(plain).back() == 7);
    CHECK(span<const int>().empty() && span<const int>(pair.data(), 1).size() == 1);
}

TEST(keys_are_names_or_indexes) {
    const std::string text = "text";
    CHECK(FeatureKey(text).named() && FeatureKey("text").name() == "text");
    CHECK(FeatureKey(std::string_view(text)).named() && FeatureKey("").named() && FeatureKey("").index() == 0);
    CHECK(!FeatureKey(0).named() && FeatureKey(std::size_t{5}).index() == 5 && FeatureKey(3U).name().empty());
    CHECK(FeatureKey(-1).index() == static_cast<std::size_t>(-1));
}

TEST(bytes_come_from_any_range_of_bytes) {
    const unsigned char plain[] = {1, 2, 3};
    const std::vector<std::byte> bytes(4);
    const std::string text = "12345";
    CHECK(Bytes(plain).length() == 3 && Bytes(bytes).length() == 4 && Bytes(text).length() == 5);
    CHECK(Bytes(span<const std::byte>(bytes)).address() == bytes.data() && Bytes(plain, 2).length() == 2);
    static_assert(!std::is_constructible_v<Bytes, std::vector<int>>);
}

TEST(lists_come_from_braces_and_ranges) {
    const auto length = [](Shape shape) { return shape.length(); };
    const auto first = [](Shape shape) { return *shape.address(); };
    const std::vector<std::size_t> sizes{8, 9};
    CHECK(length({1, 2, 3}) == 3 && first({5, 6}) == 5 && length(sizes) == 2 && first(sizes) == 8);
    CHECK(length({}) == 0 && first(std::array<std::size_t, 1>{4}) == 4);
    CHECK(Shape(std::vector<std::size_t>()).address() == nullptr);
}
