// What the library's values are as text: enums, features, errors.
#include "check.hpp"

#include <sstream>

using sidekick::to_string;

namespace {

template <typename Value>
std::string written(const Value& value) {
    std::ostringstream out;
    out << value;
    return out.str();
}

// All forms are the same text. An error has a form of fmt's own.
template <typename Value>
bool is_text(const Value& value, const std::string& text) {
#ifdef __cpp_lib_format
    if (std::format("{}", value) != text) {
        return false;
    }
#endif
    if constexpr (!std::is_same_v<Value, sidekick::Error>) {
        if (format_as(value) != text) {
            return false;
        }
    }
    return to_string(value) == text && written(value) == text;
}

template <typename Value, typename = void>
constexpr bool has_text = false;
template <typename Value>
constexpr bool has_text<Value, std::void_t<decltype(to_string(std::declval<const Value&>()))>> = true;
static_assert(has_text<sidekick::Status> && has_text<sidekick::Feature> && has_text<sidekick::Error>);
static_assert(!has_text<int> && !has_text<std::string> && !has_text<sidekick::Rows>);

}  // namespace

TEST(enums_are_text) {
    CHECK(is_text(sidekick::Status::Ok, "Ok") && is_text(sidekick::Status::ReplyTooLarge, "ReplyTooLarge"));
    CHECK(is_text(sidekick::Type::Numeric, "numeric") && is_text(sidekick::Type::Bytes, "bytes"));
    CHECK(is_text(sidekick::ElementType::None, "none") && is_text(sidekick::ElementType::BFloat16, "bfloat16"));
    CHECK(is_text(sidekick::Protocol::DeploymentApi, "Deployment API"));
    CHECK(is_text(sidekick::Wire::Json, "JSON") && is_text(sidekick::TlsVersion::Tls13, "TLS 1.3"));
    CHECK(is_text(sidekick::LogLevel::Warning, "warning"));
}

TEST(enums_of_later_versions_are_numbers) {
    CHECK(is_text(static_cast<sidekick::Status>(999), "status 999"));
    CHECK(is_text(static_cast<sidekick::Type>(-1), "type -1"));
    CHECK(is_text(static_cast<sidekick::LogLevel>(7), "log level 7"));
}

// Every status that the header of the C library has, has a name.
TEST(every_status_has_a_name) {
    for (std::int32_t number = SIDEKICK_OK; number <= SIDEKICK_ERROR_REPLY_TOO_LARGE; ++number) {
        const auto text = to_string(static_cast<sidekick::Status>(number));
        const bool in_use = number <= 5 || (number >= 10 && number <= 17) || (number >= 20 && number <= 24) ||
                            number == 30 || number == 31 || number >= 40;
        CHECK((text.rfind("status ", 0) != 0) == in_use);
    }
}

TEST(features_are_text) {
    const auto deployment = check::open("echo");
    CHECK(is_text(deployment.inputs()[0], R"("number": numeric [1])"));
    CHECK(is_text(deployment.inputs()[1], R"("category": categorical [3], one of "a", "b", "c")"));
    CHECK(is_text(deployment.inputs()[6], R"("array": numeric [2, 3])"));
    const sidekick::Feature free{"x", sidekick::Type::Numeric, {sidekick::size_any, 2}, {},
                                 sidekick::ElementType::Float32, true};
    CHECK(is_text(free, R"("x": numeric [any, 2], optional)"));
    const sidekick::Feature odd{"a\"\n\x1b[2J", sidekick::Type::Binary, {1}, {"\\", "\x7f\xc3\xa4"}, {}, false};
    CHECK(is_text(odd, R"("a\"\x0a\x1b[2J": binary [1], one of "\\", "\x7f)" "\xc3\xa4\""));
    sidekick::Feature many{"label", sidekick::Type::Categorical, {1000}, {}, {}, false};
    for (int label = 0; label < 1000; ++label) {
        many.categories.push_back(std::to_string(label));
    }
    CHECK(is_text(many, R"("label": categorical [1000], one of "0", "1", "2" and 997 more)"));
}

TEST(errors_are_text) {
    const auto error = check::thrown_by([] { check::open("echo").rows().number("nothing", 1); });
    CHECK(is_text(error, "UnknownFeature: " + std::string(error.what())));
    const auto refused = check::thrown_by([] { sidekick::Deployment::open(check::url("echo"), "wrong"); });
    CHECK(to_string(refused).rfind("Server (HTTP 401, InvalidTokenError): ", 0) == 0);
}

TEST(a_deployment_is_text) {
    CHECK(is_text(check::open("denoise"),
                  "inputs\n  \"noisy\": numeric [8, 8, 1]\noutputs\n  \"clean\": numeric [8, 8, 1]"));
}

TEST(a_name_is_on_one_line_of_a_message_and_not_at_length) {
    const auto deployment = check::open("echo");
    auto rows = deployment.rows();
    const auto predictions = deployment.predict(rows);
    const std::string odd = "a\n\x1b\u0085\u2028\u2029\u202e\u2069\"\xff" + std::string(5000, 'x');
    const auto error = predictions.try_numbers(odd).error();
    const std::string_view text = error.what();
    CHECK(error.status() == sidekick::Status::UnknownFeature && error.feature() == odd && text.size() < 700);
    CHECK(text.rfind("there is no feature named "
                     "\"a\\x0a\\x1b\\x85\\u2028\\u2029\\u202e\\u2069\\\"\\xffxxx", 0) == 0);
    // The library says which names there are.
    CHECK(text.find("…\"; the deployment has 7: \"number\", \"flag\"") != std::string_view::npos);
    const std::string line = "a\nb";
    const auto column = rows.try_add_columns(1, {{line, std::vector<int>(1)}}).error();
    const auto value = rows.try_number(line, 1).error();
    CHECK(column.status() == sidekick::Status::UnknownFeature && column.feature() == line);
    CHECK(std::string_view(column.what()).find('\n') == std::string_view::npos);
    const auto start = std::string(value.what()).find("there is no feature");
    CHECK(std::string(column.what()).find(std::string(value.what()).substr(start)) != std::string::npos);
    const std::vector<const char*> null{nullptr};
    const auto made = check::thrown_by([&] { static_cast<void>(sidekick::Column(line, null)); });
    CHECK(made.what() == std::string("row 0: feature \"a\\x0ab\": a text of the column is NULL"));
    CHECK(sidekick::detail::quoted("ä€😀\xe2\x82") == "\"ä€😀\\xe2\\x82\"");
}
