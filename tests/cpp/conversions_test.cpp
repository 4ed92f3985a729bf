// What does not convert: values that C++ would turn into others without a word. Each line here is a call that
// must not compile, beside one that must.
#include "check.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <limits>
#include <type_traits>

using sidekick::Status;

namespace {

// `TAKES(number)` is a template that tells whether `Rows::number` and `Rows::try_number` take values of a
// type.
#define TAKES(method)                                                                                    \
    template <typename Value, typename = void>                                                           \
    struct method##_of : std::false_type {};                                                             \
    template <typename Value>                                                                            \
    struct method##_of<                                                                                  \
        Value,                                                                                           \
        std::void_t<decltype(std::declval<sidekick::Rows&>().method("x", std::declval<Value>())),        \
                    decltype(std::declval<sidekick::Rows&>().try_##method("x", std::declval<Value>()))>> \
        : std::true_type {};

TAKES(number)
TAKES(integer)
TAKES(category)
TAKES(binary)
TAKES(text)

// `SETS(batch_rows)` is a template that tells whether a setter of `Options` takes values of a type, in any of
// its forms.
#define SETS(setter)                                                                                      \
    template <typename Value, typename = void>                                                            \
    struct setter##_of : std::false_type {};                                                              \
    template <typename Value>                                                                             \
    struct setter##_of<                                                                                   \
        Value, std::void_t<decltype(std::declval<sidekick::Options&>().setter(std::declval<Value>()))>>   \
        : std::true_type {};                                                                              \
    template <typename Value, typename = void>                                                            \
    struct try_##setter##_of : std::false_type {};                                                        \
    template <typename Value>                                                                             \
    struct try_##setter##_of<Value, std::void_t<decltype(std::declval<sidekick::Options&>().try_##setter( \
                                        std::declval<Value>()))>> : std::true_type {};

SETS(batch_rows)
SETS(max_in_flight)
SETS(retries)
SETS(reply_limit)
SETS(isolate_bad_rows)
SETS(isolate_status_500)
SETS(request_gzip)
SETS(reply_gzip)
SETS(allow_token_over_http)
SETS(dangerous_skip_tls_verification)
SETS(ca_pem)
SETS(proxy)
SETS(no_proxy)
SETS(user_agent_suffix)

template <typename Pem, typename = void>
struct client_certificate_of : std::false_type {};
template <typename Pem>
struct client_certificate_of<Pem, std::void_t<decltype(std::declval<sidekick::Options&>().client_certificate_pem(
                                      std::declval<Pem>(), std::declval<Pem>()))>> : std::true_type {};

template <typename Url, typename = void>
struct opens : std::false_type {};
template <typename Url>
struct opens<Url, std::void_t<decltype(sidekick::Deployment::open(std::declval<Url>(), "token"))>>
    : std::true_type {};

template <typename Token, typename = void>
struct opens_with : std::false_type {};
template <typename Token>
struct opens_with<Token, std::void_t<decltype(sidekick::Deployment::open("url", std::declval<Token>()))>>
    : std::true_type {};

template <typename Elements, typename = void>
struct is_array : std::false_type {};
template <typename Elements>
struct is_array<Elements, std::void_t<decltype(std::declval<sidekick::Rows&>().array(
                              "x", std::declval<Elements>(), {1}))>> : std::true_type {};

template <typename Quality, typename = void>
struct quality_of : std::false_type {};
template <typename Quality>
struct quality_of<Quality, std::void_t<decltype(std::declval<sidekick::Rows&>().pixels(
                               "x", {1, 1, 1}, std::declval<std::string>(), 0, std::declval<Quality>()))>>
    : std::true_type {};

// Whether an address and a size of these types are bytes.
template <typename Data, typename Size>
constexpr bool bytes_of_pair() {
    return std::is_constructible_v<sidekick::Bytes, Data, Size>;
}

template <typename Into, typename = void>
struct takes_zeros : std::false_type {};
template <typename Into>
struct takes_zeros<Into, std::void_t<decltype(std::declval<Into>().bytes("x", {0, 0}))>> : std::true_type {};

template <typename Into, typename = void>
struct takes_null : std::false_type {};
template <typename Into>
struct takes_null<Into, std::void_t<decltype(std::declval<Into>().bytes("x", {NULL, 0}))>> : std::true_type {};
static_assert(takes_null<sidekick::Rows&>());

enum Plain { first, second };
enum class Scoped { first };
struct Half {
    operator double() const { return 0.5; }
};
// Converts as a lambda without captures does.
struct Function {
    using Pointer = void (*)();
    operator Pointer() const { return nullptr; }
};

template <typename Value>
constexpr bool is_key = std::is_convertible_v<Value, sidekick::FeatureKey>;
template <typename Values>
constexpr bool is_column = std::is_constructible_v<sidekick::Column, const char*, const Values&>;

// Names and indexes of features.
static_assert(is_key<const char*> && is_key<std::string> && is_key<std::string_view> && is_key<int> &&
              is_key<std::size_t>);
static_assert(!is_key<char> && !is_key<wchar_t> && !is_key<char16_t> && !is_key<bool> && !is_key<double>);
static_assert(!is_key<std::nullptr_t> && !is_key<void*>);

// Numbers.
static_assert(number_of<double>() && number_of<float>() && number_of<int>() && number_of<std::uint64_t>() &&
              number_of<long double>());
static_assert(!number_of<bool>() && !number_of<char>() && !number_of<char16_t>() &&
              !number_of<const char*>());
static_assert(!number_of<std::string>() && !number_of<std::nullptr_t>() && !number_of<Scoped>());

static_assert(number_of<std::atomic<int>>() && number_of<std::integral_constant<int, 2>>() &&
              !number_of<std::vector<bool>::reference>() && !number_of<std::true_type>());

// Integers: none is cut from a number, or wrapped.
static_assert(integer_of<int>() && integer_of<std::int8_t>() && integer_of<std::size_t>() &&
              integer_of<std::int64_t>() && integer_of<Plain>());
static_assert(!integer_of<double>() && !integer_of<float>() && !integer_of<bool>() && !integer_of<char>());
static_assert(!integer_of<const char*>() && !integer_of<std::nullptr_t>() && !integer_of<Scoped>());

// The two classes: a text is not true.
static_assert(binary_of<bool>() && binary_of<std::vector<bool>::reference>() && binary_of<std::true_type>());
static_assert(!binary_of<const char*>() && !binary_of<char*>() && !binary_of<void*>() &&
              !binary_of<std::nullptr_t>());
static_assert(!binary_of<const char (&)[3]>() && !binary_of<std::string>() && !binary_of<std::string_view>());
static_assert(!binary_of<int>() && !binary_of<double>() && !binary_of<Plain>() && !binary_of<int (*)()>());

// A class that stands for a number, and a lambda, are true only by a second conversion.
static_assert(binary_of<std::atomic<bool>>() && !binary_of<std::atomic<int>>() &&
              !binary_of<std::integral_constant<int, 2>>() && !binary_of<Half>() && !binary_of<Function>());

// Texts: NULL is none, nor is a number.
static_assert(text_of<const char*>() && text_of<char*>() && text_of<std::string>() &&
              text_of<std::string_view>());
static_assert(text_of<const char (&)[3]>() && text_of<std::string&&>());
static_assert(!text_of<std::nullptr_t>() && !text_of<int>() && !text_of<char>() && !text_of<bool>() &&
              !text_of<double>());
static_assert(category_of<const char*>() && category_of<std::string>());
static_assert(!category_of<std::nullptr_t>() && !category_of<int>() && !category_of<char>() &&
              !category_of<bool>());
static_assert(opens<std::string>() && opens<const char*>() && !opens<std::nullptr_t>() && !opens<int>());
static_assert(opens_with<std::string>() && !opens_with<std::nullptr_t>() && !opens_with<int>());
static_assert(proxy_of<const char*>() && !proxy_of<std::nullptr_t>() && !proxy_of<bool>() &&
              !try_proxy_of<std::nullptr_t>());
static_assert(no_proxy_of<std::string>() && !no_proxy_of<std::nullptr_t>() && !try_no_proxy_of<bool>());
static_assert(user_agent_suffix_of<std::string>() && !user_agent_suffix_of<std::nullptr_t>() &&
              !try_user_agent_suffix_of<int>());

static_assert(std::is_constructible_v<std::filesystem::path, const char*>);
static_assert(!std::is_convertible_v<std::nullptr_t, std::filesystem::path>);
static_assert(!std::is_convertible_v<std::nullptr_t, sidekick::Bytes>);
static_assert(!std::is_convertible_v<const char*, sidekick::Bytes>);
// A literal is no range of bytes: its NUL would be one of them. Nor are two numbers an address and a size.
static_assert(!std::is_convertible_v<const char (&)[4], sidekick::Bytes> &&
              !std::is_convertible_v<char (&)[4], sidekick::Bytes>);
#ifdef __cpp_char8_t
static_assert(!std::is_convertible_v<const char8_t (&)[4], sidekick::Bytes>);
#endif
static_assert(std::is_convertible_v<const unsigned char (&)[4], sidekick::Bytes> &&
              std::is_convertible_v<const std::array<char, 4>&, sidekick::Bytes>);
static_assert(std::is_convertible_v<std::string_view, sidekick::Bytes> &&
              std::is_convertible_v<const std::string&, sidekick::Bytes>);
static_assert(bytes_of_pair<const char*, std::size_t>() && bytes_of_pair<void*, std::size_t>() &&
              bytes_of_pair<std::nullptr_t, std::size_t>() && !bytes_of_pair<int, int>());
static_assert(!takes_zeros<sidekick::Rows&>());

// PEM is text, so that a literal is one, up to its NUL.
template <template <typename> typename Setter>
constexpr bool takes_pem =
    Setter<const char (&)[4]>() && Setter<char (&)[4]>() && Setter<const unsigned char (&)[4]>() &&
    Setter<std::string>() && Setter<std::string_view>() && Setter<std::vector<std::byte>>() &&
    Setter<sidekick::Bytes>() && !Setter<std::nullptr_t>() && !Setter<int>() && !Setter<const wchar_t (&)[4]>();
template <typename Value>
using ca_pem_or = ca_pem_of<Value>;
static_assert(takes_pem<ca_pem_or>);
template <typename Value>
using try_ca_pem_or = try_ca_pem_of<Value>;
static_assert(takes_pem<try_ca_pem_or>);
template <typename Value>
using client_certificate_or = client_certificate_of<Value>;
static_assert(takes_pem<client_certificate_or>);
#ifdef __cpp_char8_t
static_assert(ca_pem_of<const char8_t (&)[4]>());
#endif

// Counts.
template <template <typename> typename Setter>
constexpr bool takes_counts =
    Setter<int>() && Setter<std::size_t>() && Setter<std::uint32_t>() && !Setter<bool>() &&
    !Setter<double>() && !Setter<char>() && !Setter<const char*>() && !Setter<std::nullptr_t>();
template <typename Value>
using batch_rows_or = batch_rows_of<Value>;
static_assert(takes_counts<batch_rows_or>);
template <typename Value>
using max_in_flight_or = max_in_flight_of<Value>;
static_assert(takes_counts<max_in_flight_or>);
template <typename Value>
using retries_or = try_retries_of<Value>;
static_assert(takes_counts<retries_or>);
template <typename Value>
using reply_limit_or = try_reply_limit_of<Value>;
static_assert(takes_counts<reply_limit_or>);
static_assert(quality_of<int>() && !quality_of<double>() && !quality_of<bool>());

// Switches: "no" does not switch anything on.
static_assert(isolate_bad_rows_of<bool>() && !isolate_bad_rows_of<const char*>() &&
              !try_isolate_bad_rows_of<int>());
static_assert(isolate_status_500_of<bool>() && !isolate_status_500_of<const char*>() &&
              !try_isolate_status_500_of<int>());
static_assert(request_gzip_of<bool>() && !request_gzip_of<const char*>() &&
              !try_request_gzip_of<std::string>());
static_assert(reply_gzip_of<bool>() && !reply_gzip_of<const char*>() && !try_reply_gzip_of<double>());
static_assert(allow_token_over_http_of<bool>() && !allow_token_over_http_of<const char*>() &&
              !try_allow_token_over_http_of<int>());
static_assert(dangerous_skip_tls_verification_of<bool>() &&
              !dangerous_skip_tls_verification_of<const char*>() &&
              !try_dangerous_skip_tls_verification_of<int>());

// Elements: characters are none.
static_assert(is_array<std::vector<float>>() && is_array<std::array<std::int8_t, 1>>() &&
              is_array<std::vector<unsigned char>>());
static_assert(!is_array<std::string>() && !is_array<std::wstring>() && !is_array<std::u16string>() &&
              !is_array<std::vector<bool>>());
static_assert(!is_array<std::vector<long double>>() && !is_array<std::vector<const char*>>());
static_assert(is_column<std::vector<double>> && is_column<std::vector<std::string>> &&
              is_column<std::vector<const char*>>);
static_assert(!is_column<std::string> && !is_column<std::wstring> && !is_column<std::u32string> &&
              !is_column<std::vector<long double>>);
static_assert(std::is_convertible_v<std::vector<std::size_t>, sidekick::Shape> &&
              !std::is_convertible_v<std::vector<int>, sidekick::Shape>);

}  // namespace

TEST(a_negative_count_is_refused) {
    sidekick::Options options;
    CHECK_FAILS(Argument, options.try_batch_rows(-1));
    CHECK_FAILS(Argument, options.try_max_in_flight(-1));
    CHECK_FAILS(Argument, options.try_retries(-1));
    CHECK_FAILS(Argument, options.try_retries(std::int64_t{1} << 32));
    CHECK_FAILS(Argument, options.try_reply_limit(-1));
    CHECK_FAILS(Argument, options.try_keep_alive(-1, std::chrono::seconds(1)));
    CHECK_THROWS(Argument, options.batch_rows(-128));
}

TEST(an_integer_does_not_wrap) {
    const auto deployment = check::open("echo");
    auto rows = deployment.rows();
    const auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    CHECK(rows.try_integer("number", most).has_value());
    CHECK(rows.clear().try_integer("number", most + 1).has_value());
    const auto error = rows.clear().try_integer("category", most + 1).error();
    CHECK(error.status() == Status::FeatureValue && error.feature() == "category");
    CHECK(std::string_view(error.what()).find("9223372036854775808") != std::string_view::npos);
    const sidekick::Predictions none = deployment.predict(rows.clear());
    CHECK_THROWS(Argument, none[-1].number(0));
    CHECK_THROWS(Argument, none.sent_row(-1));
    CHECK_FAILS(Argument, rows.try_add_columns(-1, {}));
}

TEST(a_null_text_is_refused) {
    const auto deployment = check::open("echo");
    auto rows = deployment.rows();
    const char* const none = nullptr;
    CHECK_FAILS(Argument, rows.try_text("text", none));
    CHECK_FAILS(Argument, rows.try_category("category", none));
    CHECK_FAILS(UnknownFeature, rows.try_text(none, "x"));
    CHECK_FAILS(Argument, sidekick::Deployment::try_open(none, "token"));
    CHECK_FAILS(Argument, sidekick::Options().try_proxy(none));
    CHECK_THROWS(Argument, sidekick::Column("text", std::vector<const char*>{"a", nullptr}));
    CHECK(sidekick::Column("text", std::vector<std::string_view>(2)).ends().size() == 2);
    const auto reciprocal = check::open("reciprocal");
    CHECK_FAILS(Argument, reciprocal.rows().try_add_columns(1, {{"number", sidekick::ClosedTexts{none}}}));
    CHECK(rows.try_text("text", std::string_view()).has_value());
    CHECK(rows.try_category("category", {}).error().status() == Status::FeatureValue);
}

// Where the compiler calls them integers, as GNU's dialects of C++ do.
#if defined(__SIZEOF_INT128__) && !defined(__STRICT_ANSI__)

TEST(an_integer_of_more_than_64_bits_is_not_cut) {
    __extension__ using Long = __int128;
    __extension__ using UnsignedLong = unsigned __int128;
    const Long long_way = Long(1) << 64;
    auto rows = check::open("echo").rows();
    for (const Long far : {long_way + 7, -long_way + 7, -long_way - 7}) {
        const auto error = rows.try_integer("number", far).error();
        CHECK(error.status() == Status::FeatureValue && error.feature() == "number" && error.row() == 0U);
        CHECK_FAILS(UnknownFeature, rows.try_number(far, 1));
        CHECK_FAILS(Argument, sidekick::Options().try_batch_rows(far));
        CHECK_FAILS(Argument, rows.try_add_columns(far, {}));
    }
    CHECK_FAILS(FeatureValue, rows.try_integer("number", UnsignedLong(long_way) + 7));
    CHECK_FAILS(Argument, sidekick::Options().try_batch_rows(UnsignedLong(long_way) + 7));
    CHECK(rows.try_integer("number", Long(-7)).has_value());
    CHECK(rows.clear().try_integer(Long(0), UnsignedLong(7)).has_value());
    CHECK(rows.clear().try_integer("number", long_way - 1).has_value());
}

#endif
