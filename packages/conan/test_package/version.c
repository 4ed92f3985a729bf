/* Prints the version of the library; fails if it is not that of the header. */
#include <sidekick.h>
#include <stdio.h>
#include <string.h>

int main(void) {
    puts(sidekick_version());
    return strcmp(sidekick_version(), SIDEKICK_VERSION) != 0;
}
