/* Whole files in memory. */
#ifndef FILES_H
#define FILES_H

#include "check.h"

/* The bytes of a file that make_files.py or a test wrote; freed by the caller. */
static inline unsigned char *read_file(const char *path, size_t *size) {
    const size_t room = 1 << 16;
    unsigned char *bytes = malloc(room);
    FILE *file = fopen(path, "rb");
    *size = 0;
    if (CHECK(file != NULL && bytes != NULL)) {
        *size = fread(bytes, 1, room, file);
        fclose(file);
    }
    return bytes;
}

#endif
