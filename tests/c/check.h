/* Checks for plain C test programs: each prints where it failed, all are counted, and `checks_failed` is the
 * result of `main`. The calls under test leave their errors in `error`. */
#ifndef CHECK_H
#define CHECK_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sidekick.h"

static int check_count;
static int check_failures;
static sidekick_error *error;

/* A condition holds. */
#define CHECK(condition) check_that((condition) != 0, #condition, __FILE__, __LINE__)
/* A call succeeds, and makes no error. */
#define OK(call) check_status(SIDEKICK_OK, (call), #call, __FILE__, __LINE__)
/* A call fails with a status; its error is kept for SAYS, ABOUT and the getters, and freed by FORGET. */
#define KEEPS(status, call) check_status((status), (call), #call, __FILE__, __LINE__)
/* A call fails with a status; its error is freed. */
#define FAILS(status, call) (KEEPS(status, call), check_forget())
/* The kept error's message has a text in it. */
#define SAYS(part) check_says((part), __FILE__, __LINE__)
/* The kept error is about a row (-1: none) and a feature ("": none). */
#define ABOUT(row, feature) check_about((row), (feature), __FILE__, __LINE__)
#define FORGET() check_forget()
/* As FAILS; the error is about a row and a feature. */
#define FAILS_ABOUT(row, feature, status, call) (KEEPS(status, call), ABOUT(row, feature), check_forget())
/* Text that was handed out is this text, its length counts without the NUL, and the NUL is there. */
#define TEXT_IS(expected, text, length) check_text((expected), (text), (length), __FILE__, __LINE__)

static inline int check_that(int holds, const char *what, const char *file, int line) {
    check_count++;
    if (!holds) {
        check_failures++;
        printf("%s:%d: %s\n", file, line, what);
    }
    return holds;
}

static inline void check_forget(void) {
    sidekick_error_free(error);
    error = NULL;
}

/* What every error owes its reader: a status, one line of text without the token, and a length that fits. */
static inline void check_error(sidekick_status expected, const char *file, int line) {
    size_t length = 0, i;
    const char *message = sidekick_error_message(error, &length);
    int one_line = 1;
    for (i = 0; i < length; i++) {
        one_line = one_line && (unsigned char)message[i] >= ' ' && message[i] != 127;
    }
    check_that(error != NULL, "there is an error", file, line);
    check_that(sidekick_error_status(error) == expected, "the error has the status", file, line);
    check_that(length > 0 && strlen(message) == length, "the message has text and its length", file, line);
    check_that(one_line, "the message is one line", file, line);
    check_that(strstr(message, "-token") == NULL, "the token is not in the message", file, line);
}

static inline int check_status(sidekick_status expected, sidekick_status status, const char *call, const char *file,
                                int line) {
    const int as_expected = check_that(status == expected, call, file, line);
    if (!as_expected) {
        printf("    expected %d, got %d: %s\n", (int)expected, (int)status, sidekick_error_message(error, NULL));
    }
    if (status != SIDEKICK_OK) {
        check_error(status, file, line);
    }
    if (status != SIDEKICK_OK && expected == SIDEKICK_OK) {
        check_forget();
    }
    check_that(status != SIDEKICK_OK || error == NULL, "success makes no error", file, line);
    return as_expected;
}

static inline void check_says(const char *part, const char *file, int line) {
    const char *message = sidekick_error_message(error, NULL);
    if (!check_that(strstr(message, part) != NULL, "the message says", file, line)) {
        printf("    expected \"%s\" in: %s\n", part, message);
    }
}

static inline void check_text(const char *expected, const char *text, size_t length, const char *file, int line) {
    int same = text != NULL && length == strlen(expected) && memcmp(text, expected, length + 1) == 0;
    if (!check_that(same, "the text is as expected", file, line)) {
        printf("    expected \"%s\", got %lu bytes: \"%s\"\n", expected, (unsigned long)length, text ? text : "NULL");
    }
}

static inline void check_about(int64_t row, const char *feature, const char *file, int line) {
    size_t length = 0;
    const char *name = sidekick_error_feature(error, &length);
    check_that(sidekick_error_row(error) == row, "the error names the row", file, line);
    check_text(feature, name, length, file, line);
}

/* The last line of every `main`. */
static inline int checks_failed(const char *program) {
    printf("%s: %d checks, %d failed\n", program, check_count, check_failures);
    return check_failures != 0 || check_count == 0;
}

#endif
