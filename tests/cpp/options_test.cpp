// Every setting, by what a server or a caller sees of it.
#include "rig.hpp"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <mutex>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using sidekick::LogLevel;
using sidekick::Options;
using sidekick::Status;
using sidekick::TlsVersion;

namespace {

// The most requests that `together` saw at once while it was sent four rows in requests of `batch_rows`.
double most_together(Options options) {
    const auto deployment = rig::open("together", options.batch_rows(1)).value();
    auto rows = deployment.rows();
    for (int row = 0; row < 4; ++row) {
        rows.row().number(0, row);
    }
    const auto predictions = deployment.predict(rows);
    const auto numbers = predictions.numbers(0);
    return *std::max_element(numbers.begin(), numbers.end());
}

// With what a deployment's prediction of one row fails.
sidekick::Error failure(const std::string& id, const Options& options) {
    const auto deployment = rig::open(id, options).value();
    auto rows = deployment.rows();
    return deployment.try_predict(rows.row().number(0, 1)).error();
}

bool ran_out(const sidekick::Error& error, std::string_view limit) {
    return error.status() == Status::Timeout && rig::has(error.what(), limit);
}

bool same_connection(const Options& options) {
    const auto deployment = rig::open("report", options).value();
    const auto first = rig::report(deployment);
    return rig::report(deployment) == first;
}

}  // namespace

TEST(options_bound_the_requests_under_way) {
    CHECK(most_together(Options()) == 1);
    CHECK(most_together(Options().max_in_flight(4)) > 1);
    CHECK_THROWS(Argument, Options().max_in_flight(0));
    CHECK_FAILS(Argument, Options().try_max_in_flight(0));
}

TEST(options_bound_the_time_of_connecting) {
    const auto url = rig::url("SIDEKICK_FULL_URL", "report");
    const auto options = Options().connect_timeout(100ms).retries(0);
    const auto error = sidekick::Deployment::try_open(url, "rig-token", options).error();
    CHECK(ran_out(error, "100 ms, the limit of the option connect_timeout"));
}

TEST(options_bound_the_silence_of_the_server) {
    Options options;
    options.response_timeout(100ms).retries(0);
    CHECK(ran_out(failure("slow", options), "100 ms, the limit of the option response_timeout"));
}

TEST(options_bound_the_time_of_a_call) {
    Options options;
    options.call_timeout(1s);
    CHECK(ran_out(failure("slow", options), "1000 ms, the limit of the option call_timeout"));
}

TEST(durations_are_not_negative) {
    Options options;
    CHECK_THROWS(Argument, options.connect_timeout(-1ms));
    CHECK_THROWS(Argument, Options().response_timeout(-1s));
    CHECK_FAILS(Argument, options.try_call_timeout(-1h));
    CHECK_FAILS(Argument, options.try_retry_backoff(1ms, -1ms));
    CHECK_FAILS(Argument, options.try_keep_alive(1, -1ms));
    CHECK(options.try_call_timeout(0ms).has_value());
    options.connect_timeout(24h).response_timeout(24h).call_timeout(std::chrono::milliseconds::max());
    CHECK(rig::open("report", options).has_value());
}

TEST(options_say_how_often_to_try_again) {
    const auto error = failure("busy", Options().retries(3).retry_backoff(1ms, 10ms));
    CHECK(error.status() == Status::Http && error.attempts() == 4 && error.retryable());
    CHECK(error.rows_first() == 0U && error.rows_count() == 1);
    CHECK(failure("busy", Options().retries(0)).attempts() == 1);
}

TEST(options_say_how_long_to_wait) {
    Options options;
    options.retries(1).retry_backoff(1s, 1s);
    CHECK(rig::time_of([&] { CHECK(failure("busy", options).attempts() == 2); }) >= 500ms);
    CHECK_THROWS(Argument, options.retry_backoff(2ms, 1ms));
    // A wish of the server beyond the ceiling ends the retries.
    CHECK(failure("later", options.retry_backoff(1ms, 1s)).attempts() == 1);
}

TEST(options_say_which_connections_are_kept) {
    CHECK(same_connection(Options()));
    CHECK(!same_connection(Options().keep_alive(0, 4s)));
    CHECK(!same_connection(Options().keep_alive(64, 0s)));
}

TEST(options_name_the_proxy_and_who_needs_none) {
    Options options;
    options.proxy("http://127.0.0.1:1").no_proxy("").retries(0);
    CHECK_FAILS(Connect, rig::open("report", options));
    CHECK(rig::open("report", Options().proxy("http://127.0.0.1:1").no_proxy("127.0.0.0/8")).has_value());
    CHECK(rig::open("report", options.proxy("")).has_value());
    CHECK_THROWS(Argument, options.proxy("ftp://127.0.0.1"));
    CHECK_FAILS(Argument, options.try_proxy("http://"));
}

TEST(a_proxy_leads_to_the_server_whom_it_knows) {
    auto nowhere = rig::url("SIDEKICK_MISBEHAVING_URL", "report");
    nowhere.replace(nowhere.find("127.0.0.1"), 9, "models.invalid");
    for (const std::string scheme : {"http://", "socks5://"}) {
        const auto through = [&](const std::string& user) {
            Options options;
            options.proxy(scheme + user + rig::environment("SIDEKICK_PROXY")).no_proxy("").retries(0);
            return sidekick::Deployment::try_open(nowhere, "rig-token", options);
        };
        CHECK(through("me:pw@").has_value());
        CHECK_FAILS(Connect, through("me:wrong@"));
        CHECK_FAILS(Connect, through(""));
    }
}

TEST(the_environment_names_the_proxy_unless_options_do) {
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    setenv("no_proxy", "", 1);
    const auto elsewhere = [](const Options& options) {
        return sidekick::Deployment::try_open("http://models.invalid/forward", "rig-token", options);
    };
    const auto failed = elsewhere(Options().retries(0));
    CHECK(!failed && failed.error().status() == sidekick::Status::Connect);
    const std::string said = failed.error().what();
    CHECK(said.find("models.invalid:80 through the proxy 127.0.0.1:1 (from the environment variable http_proxy)") == 0);
    // Without the proxy of this machine the token would be readable on the way.
    CHECK_FAILS(Argument, elsewhere(Options().proxy("")));
    CHECK_FAILS(Argument, elsewhere(Options().no_proxy("models.invalid")));
    setenv("no_proxy", "invalid", 1);
    CHECK_FAILS(Argument, elsewhere(Options()));
    CHECK_FAILS(Connect, elsewhere(Options().no_proxy("").retries(0)));
    // This machine is asked without it.
    CHECK(rig::open("report", Options().no_proxy("")).has_value());
    unsetenv("http_proxy");
    unsetenv("no_proxy");
}

TEST(options_say_whom_to_trust) {
    CHECK_FAILS(Tls, rig::open_tls(Options()));
    CHECK(rig::open_tls(Options().ca_file("server.pem")).has_value());
    CHECK(rig::open_tls(Options().ca_pem(rig::file("server.pem"))).has_value());
    CHECK(rig::open_tls(Options().dangerous_skip_tls_verification(true)).has_value());
    CHECK_FAILS(Tls, rig::open_tls(Options().dangerous_skip_tls_verification(false)));
    CHECK_THROWS(File, Options().ca_file("no such file"));
    CHECK_FAILS(Argument, Options().try_ca_pem(std::string("no certificate")));
}

TEST(options_bound_the_version_of_tls) {
    CHECK(rig::open_tls(Options().ca_file("server.pem").tls_minimum(TlsVersion::Tls12)).has_value());
    CHECK_FAILS(Tls, rig::open_tls(Options().ca_file("server.pem").tls_minimum(TlsVersion::Tls13)));
    CHECK_THROWS(Argument, Options().tls_minimum(static_cast<TlsVersion>(11)));
}

TEST(options_show_a_client_certificate) {
    const auto shown = [](const Options& options) {
        return rig::has(rig::report(rig::open_tls(options).value()), "client certificate: True");
    };
    CHECK(!shown(Options().ca_file("server.pem")));
    CHECK(shown(Options().ca_file("server.pem").client_certificate_file("server.pem", "server.key")));
    const auto certificate = rig::file("server.pem");
    const auto key = rig::file("server.key");
    CHECK(shown(Options().ca_pem(certificate).client_certificate_pem(certificate, key)));
    CHECK_THROWS(File, Options().client_certificate_file("server.pem", "no such file"));
    CHECK_FAILS(Argument, Options().try_client_certificate_pem(key, certificate));
}

TEST(a_pem_text_may_be_in_an_array) {
    static char certificate[8192] = {};
    static char key[8192] = {};
    rig::file("server.pem").copy(certificate, sizeof certificate - 1);
    rig::file("server.key").copy(key, sizeof key - 1);
    Options options;
    options.ca_pem(certificate).client_certificate_pem(certificate, key);
    CHECK(rig::has(rig::report(rig::open_tls(options).value()), "client certificate: True"));
    CHECK_FAILS(Argument, Options().try_ca_pem("no certificate"));
    const char full[] = {'a', 'b'};
    CHECK(sidekick::Pem("ab").length() == 2 && sidekick::Pem(full).length() == 2);
    CHECK(sidekick::Pem(std::string_view("a\0b", 3)).length() == 3);
}

TEST(options_allow_a_token_over_http) {
    // An address that is set aside for documentation: nobody is there.
    const auto status = [](const Options& options) {
        return sidekick::Deployment::try_open("http://192.0.2.1/forward", "rig-token", options).error().status();
    };
    Options options;
    options.connect_timeout(50ms).retries(0).proxy("");
    CHECK(status(options) == Status::Argument);
    CHECK(status(options.allow_token_over_http(true)) != Status::Argument);
    CHECK(status(options.allow_token_over_http(false)) == Status::Argument);
}

TEST(options_add_headers) {
    const auto told = rig::report(Options().add_header("X-Shop", "one").add_header("X-Till", "2"));
    CHECK(rig::has(told, "x-shop: one") && rig::has(told, "x-till: 2"));
    CHECK_THROWS(Argument, Options().add_header("Authorization", "other"));
    CHECK_FAILS(Argument, Options().try_add_header("no header", ""));
}

TEST(options_name_the_program) {
    const std::string own = "user-agent: sidekick/" + std::string(sidekick::version());
    CHECK(rig::has(rig::report(Options()), own + '"'));
    CHECK(rig::has(rig::report(Options().user_agent_suffix("shop/2.1")), own + " shop/2.1\""));
    CHECK_FAILS(Argument, Options().try_user_agent_suffix("a\nb"));
}

TEST(options_name_the_host) {
    CHECK(rig::has(rig::report(Options().host_header("model.example")), "host: model.example"));
    CHECK_FAILS(Argument, Options().try_host_header("a b"));
}

TEST(options_choose_how_tensors_are_sent) {
    const auto url = rig::environment("SIDEKICK_SERVER_URL") + "/v2/models/fixed";
    for (const auto wire : {sidekick::Wire::Auto, sidekick::Wire::Binary, sidekick::Wire::Json}) {
        CHECK(sidekick::Deployment::open(url, "fixed-token", Options().wire(wire)).batch_limit() == 1);
    }
    CHECK_FAILS(Argument, Options().try_wire(static_cast<sidekick::Wire>(3)));
}

TEST(options_bound_the_size_of_replies) {
    const auto reply = rig::open("large").value().post_json("{}");
    CHECK(reply.text().size() == 100000);
    const auto limited = rig::open("large", Options().reply_limit(99999)).value();
    CHECK_FAILS(ReplyTooLarge, limited.try_post_json("{}"));
    CHECK_THROWS(Argument, Options().reply_limit(0));
}

// What becomes of images is tested in C.
TEST(options_say_what_images_may_be) {
    const auto deployment = check::open("echo", Options().max_image_pixels(15).apply_orientation(true));
    auto rows = deployment.rows();
    const auto png = [] {
        const auto open = check::open("echo");
        auto row = open.rows();
        check::add_echo_row(row, 1, "a");
        const auto predictions = open.predict(row);
        const auto bytes = predictions[0].image("picture").bytes;
        return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    }();
    const auto refused = rows.try_image("picture", png);
    CHECK(!refused && refused.error().status() == Status::Image);
    CHECK(rig::has(refused.error().what(), "max_image_pixels allows 15"));
    CHECK_THROWS(Argument, Options().max_image_pixels(0));
    Options options;
    CHECK(options.try_max_image_pixels(16).has_value() && options.try_apply_orientation(false).has_value());
}

TEST(options_pack_requests_and_replies) {
    CHECK(!rig::has(rig::report(Options(), 5000), "content-encoding"));
    const auto packed = rig::report(Options().request_gzip(true), 5000);
    CHECK(rig::has(packed, "content-encoding: gzip") && rig::has(packed, "\"size\": 5000"));
    CHECK(rig::has(rig::report(Options()), "accept-encoding: gzip"));
    CHECK(!rig::has(rig::report(Options().reply_gzip(false)), "accept-encoding: gzip"));
}

TEST(a_callback_gives_the_token) {
    std::atomic<int> asked{0};
    std::atomic<int> refused{0};
    const auto deployment = rig::open("renewed", Options().token_callback([&](bool again) {
        ++asked;
        refused += again ? 1 : 0;
        return std::string(refused > 0 ? "renewed" : "expired");
    })).value();
    CHECK(asked == 2 && refused == 1);
    CHECK(deployment.post_json("{}").http_status() == 200 && asked == 3);
    Options options;
    options.token_callback([](bool) { return std::string("renewed"); });
    CHECK(rig::open("renewed", options).has_value());
    const auto given_again = rig::open("renewed", options.token_callback(nullptr));
    CHECK(!given_again && given_again.error().http_status() == 401);
}

TEST(a_token_callback_that_throws_fails_the_call) {
    Options options;
    const auto why = [&](sidekick::TokenCallback callback) {
        const auto error = rig::open("report", options.token_callback(std::move(callback))).error();
        CHECK(error.status() == Status::Argument);
        return std::string(error.what());
    };
    CHECK(why([](bool) -> std::string { throw std::runtime_error("no token today"); }) ==
          "the token callback failed: no token today");
    CHECK(why([](bool) -> std::string { throw 7; }) == "the token callback failed with 1");
    CHECK(rig::has(why([](bool) { return std::string("\xff"); }), "UTF-8"));
}

TEST(a_callback_hears_what_happens) {
    std::mutex lock;
    std::string heard;
    std::vector<LogLevel> levels;
    Options options;
    options.retries(1).retry_backoff(1ms, 1ms).response_timeout(100ms);
    options.log_callback([&](LogLevel level, std::string_view line) {
        const std::lock_guard<std::mutex> guard(lock);
        heard.append(line) += '\n';
        levels.push_back(level);
    });
    CHECK(failure("busy", options).attempts() == 2 && failure("slow", options).status() == Status::Timeout);
    CHECK(rig::has(heard, "503") && !rig::has(heard, "rig-token"));
    for (const auto level : {LogLevel::Error, LogLevel::Warning, LogLevel::Info, LogLevel::Debug}) {
        CHECK(std::count(levels.begin(), levels.end(), level) > 0);
    }
    Options thrower;
    thrower.log_callback([](LogLevel, std::string_view) { throw std::runtime_error("full disk"); });
    CHECK(rig::open("report", thrower).has_value());
}

TEST(callbacks_live_as_long_as_they_are_needed) {
    const auto kept = std::make_shared<int>();
    {
        const auto deployment = [&] {
            Options options;
            options.log_callback([kept](LogLevel, std::string_view) {});
            options.token_callback([kept](bool) { return std::string("token"); });
            return rig::open("report", options).value();
        }();
        CHECK(kept.use_count() == 3);
    }
    CHECK(kept.use_count() == 1);
    Options options;
    auto owner = std::move(options);
    CHECK_FAILS(Argument, options.try_log_callback([kept](LogLevel, std::string_view) {}));
    CHECK(kept.use_count() == 1);
}

#ifndef _WIN32
TEST(a_signal_ends_a_call_if_the_callback_says_so) {
    const auto before = std::signal(SIGUSR1, [](int) {});
    const auto caller = pthread_self();
    std::atomic<bool> going{true};
    int heard = 0;
    const auto deployment =
        rig::open("slow", Options().retries(0).signal_callback([&] { return ++heard == 3; })).value();
    std::thread interrupts([&] {
        while (going) {
            std::this_thread::sleep_for(1ms);
            pthread_kill(caller, SIGUSR1);
        }
    });
    auto rows = deployment.rows();
    rows.row().number(0, 1);
    CHECK_FAILS(Cancelled, deployment.try_predict(rows));
    going = false;
    interrupts.join();
    CHECK(heard == 3);
    std::signal(SIGUSR1, before);
}
#endif

TEST(callbacks_run_on_this_thread_if_wanted) {
    std::vector<std::thread::id> threads;
    std::mutex lock;
    const auto note = [&] {
        const std::lock_guard<std::mutex> held(lock);
        threads.push_back(std::this_thread::get_id());
    };
    const auto options = Options().batch_rows(1).max_in_flight(4).callbacks_on_caller(true).log_callback(
        [&](LogLevel, std::string_view) { note(); });
    const auto deployment = sidekick::Deployment::open(check::url("reciprocal"), "reciprocal-token", options);
    auto rows = deployment.rows();
    for (int row = 1; row <= 20; ++row) {
        rows.number("number", row).end_row();
    }
    CHECK(deployment.predict(rows).size() == 20);
    const auto here = std::this_thread::get_id();
    CHECK(threads.size() > 40 && std::all_of(threads.begin(), threads.end(), [&](auto id) { return id == here; }));
}

TEST(every_setting_can_be_chained) {
    Options options;
    options.max_in_flight(2).connect_timeout(10s).response_timeout(120s).call_timeout(0s).retries(2);
    options.retry_backoff(100ms, 30s).keep_alive(64, 4s).proxy("").no_proxy("").tls_minimum(TlsVersion::Tls12);
    options.ca_file("server.pem").ca_pem(rig::file("server.pem")).client_certificate_file("server.pem", "server.key");
    options.client_certificate_pem(rig::file("server.pem"),
                                   rig::file("server.key")).dangerous_skip_tls_verification(false);
    options.allow_token_over_http(false).add_header("X-Shop", "one").user_agent_suffix("shop").reply_limit(1 << 20);
    options.request_gzip(false).reply_gzip(true).token_callback(nullptr).log_callback(nullptr).signal_callback(nullptr);
    options.callbacks_on_caller(false);
    options.batch_rows(128).isolate_bad_rows(false).isolate_status_500(false);
    CHECK(rig::open("report", options).has_value());
}

TEST(what_a_token_callback_throws_is_told_though_it_is_no_utf8) {
    Options options;
    options.token_callback([](bool) -> std::string { throw std::runtime_error("d\xe9j\xe0 vu"); });
    const auto error = rig::open("report", options).error();
    CHECK(error.status() == Status::Argument && rig::has(error.what(), "d?j? vu"));
}
