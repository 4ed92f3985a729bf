// Runs every test that registered itself; the status is 0 when all of them passed.
#include "check.hpp"

int main() {
    int failed = 0;
    for (const auto& [name, test] : check::Registered::all()) {
        const int before = check::failures();
        try {
            test();
        } catch (const std::exception& error) {
            check::that(false, error.what(), name, 0);
        }
        if (check::failures() > before) {
            ++failed;
            std::cerr << "failed: " << name << '\n';
        }
    }
    std::cout << check::Registered::all().size() - static_cast<std::size_t>(failed) << " passed, " << failed
              << " failed\n";
    return failed == 0 ? 0 : 1;
}
