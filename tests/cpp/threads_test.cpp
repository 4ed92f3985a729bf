// Threads that share a deployment, finished rows and predictions.
#include "check.hpp"

#include <atomic>
#include <thread>

namespace {

template <typename Work>
void run_in_threads(int count, Work work) {
    std::vector<std::thread> threads;
    for (int number = 0; number < count; ++number) {
        threads.emplace_back(work, number);
    }
    for (auto& thread : threads) {
        thread.join();
    }
}

}  // namespace

TEST(threads_share_a_deployment) {
    const auto deployment = check::open("reciprocal");
    std::atomic<int> right{0};
    run_in_threads(8, [&](int number) {
        for (int round = 1; round <= 20; ++round) {
            auto rows = deployment.rows();
            rows.row().number("number", 1 << number).row().number(0, round);
            const auto predictions = deployment.predict(rows);
            right += predictions[0].number("reciprocal") == 1.0 / (1 << number) ? 1 : 0;
        }
    });
    CHECK(right == 160);
}

TEST(threads_predict_the_same_rows) {
    const auto deployment = check::open("reciprocal");
    auto rows = deployment.rows();
    rows.row().number(0, 2).row().number(0, 4).end_row();
    std::atomic<int> right{0};
    run_in_threads(8, [&](int) {
        const auto predictions = deployment.predict(rows);
        right += predictions.numbers(0)[1] == 0.25 ? 1 : 0;
    });
    CHECK(right == 8);
}

TEST(threads_read_the_same_predictions) {
    const auto deployment = check::open("echo");
    auto rows = deployment.rows();
    check::add_echo_row(rows, 3, "b");
    const auto predictions = deployment.predict(rows);
    std::atomic<int> right{0};
    run_in_threads(8, [&](int) {
        for (int round = 0; round < 100; ++round) {
            const auto best = predictions[0].top("category");
            right += best.label == "b" && predictions[0].pixels("grey").samples == check::samples(1) ? 1 : 0;
        }
    });
    CHECK(right == 800);
}

TEST(threads_share_an_error) {
    const auto deployment = check::open("reciprocal");
    auto rows = deployment.rows();
    const auto error = rows.try_number("nothing", 1).error();
    std::atomic<int> right{0};
    run_in_threads(8, [&](int) {
        const sidekick::Error copy = error;
        right += copy.status() == sidekick::Status::UnknownFeature ? 1 : 0;
    });
    CHECK(right == 8);
}
