// The header allocates nothing for a value that is added, or read by name or by index.
#include "check.hpp"

#include <new>

namespace {

// How many times `work` asks C++ for memory.
template <typename Work>
std::size_t allocations_of(Work work) {
    const std::size_t before = check::allocations();
    work();
    return check::allocations() - before;
}

}  // namespace

TEST(allocations_are_counted) {
    CHECK(allocations_of([] { ::operator delete(::operator new(5)); }) == 1);
}

TEST(adding_a_value_allocates_nothing) {
    const auto deployment = check::open("echo");
    auto rows = deployment.rows();
    const auto pixels = check::samples(3);
    const auto grey = check::samples(1);
    const std::vector<float> array(6);
    CHECK(allocations_of([&] {
              rows.row().number("number", 1).category(1, "a").binary("flag", true).text(3,
                                                                                        "a long text, longer than any");
              rows.pixels("picture", {4, 4, 3}, pixels).pixels(5, {4, 4, 1}, grey).array("array", array,
                                                                                         {2, 3}).end_row();
          }) == 0);
}

TEST(reading_a_value_allocates_nothing) {
    const auto deployment = check::open("echo");
    auto rows = deployment.rows();
    check::add_echo_row(rows, 1, "b");
    const auto predictions = deployment.predict(rows);
    double sum = 0;
    CHECK(allocations_of([&] {
              for (const auto& prediction : predictions) {
                  sum += prediction.number("number") + prediction.number(0) + prediction.top("category").probability;
                  sum += prediction.probability(2, "a") + static_cast<double>(prediction.text("text").size());
                  sum += static_cast<double>(prediction.array("array")[0]);
                  for (const auto [label, probability] : prediction.probabilities(2)) {
                      sum += label == "b" ? probability : 0;
                  }
              }
              sum += predictions.numbers("number")[0] + predictions.probability_matrix("category")[0][1];
          }) == 0);
    CHECK(sum > 2);
}
