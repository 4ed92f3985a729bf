/* The version of the header and of the running library. */
#include "check.h"

int main(void) {
    char parts[64];
    const char *version = sidekick_version();
    TEXT_IS(SIDEKICK_VERSION, version, strlen(version));
    CHECK(sidekick_version() == version);
    snprintf(parts, sizeof parts, "%d.%d.%d", SIDEKICK_VERSION_MAJOR, SIDEKICK_VERSION_MINOR, SIDEKICK_VERSION_PATCH);
    TEXT_IS(parts, version, strlen(version));
    CHECK(SIDEKICK_NUL == (size_t)-1);
    return checks_failed("test_version");
}
