/* The deployments the tests talk to, and rows for the one that echoes every type. */
#ifndef DEPLOYMENTS_H
#define DEPLOYMENTS_H

#include "check.h"

/* The inputs and outputs of `echo`, in the order of its describe document. */
enum { IN_NUMBER, IN_CATEGORY, IN_FLAG, IN_TEXT, IN_PICTURE, IN_GREY, IN_ARRAY, INPUTS };
enum { OUT_NUMBER, OUT_FLAG, OUT_CATEGORY, OUT_TEXT, OUT_PICTURE, OUT_GREY, OUT_ARRAY, OUTPUTS };

/* 4 x 4 pixels: column, row and diagonal can each be told from a sample. */
static const unsigned char RGB[4 * 4 * 3] = {
    0, 0, 255,   60, 0, 225,   120, 0, 195,   180, 0, 165,   0, 60, 225,  60, 60, 195,  120, 60, 165,  180, 60, 135,
    0, 120, 195, 60, 120, 165, 120, 120, 135, 180, 120, 105, 0, 180, 165, 60, 180, 135, 120, 180, 105, 180, 180, 75};
static const unsigned char GREY[4 * 4] = {0, 17, 34, 51, 68, 85, 102, 119, 136, 153, 170, 187, 204, 221, 238, 255};

/* The value of an environment variable that the tests cannot do without. */
static inline const char *environment(const char *name) {
    const char *value = getenv(name);
    if (value == NULL) {
        fprintf(stderr, "%s is not set: start the tests with tests/c/run\n", name);
        exit(1);
    }
    return value;
}

/* Whether a program with threads may fork: not under every emulator. */
static inline int may_fork(void) {
    return getenv("SIDEKICK_TEST_NO_FORK") == NULL;
}

/* The URL of a deployment on the server that an environment variable names; it lives until the next call. */
static inline const char *url_on(const char *variable, const char *id) {
    static char url[512];
    snprintf(url, sizeof url, "%s/deployment/%s/forward", environment(variable), id);
    return url;
}

static inline const char *url_of(const char *id) {
    return url_on("SIDEKICK_SERVER_URL", id);
}

static inline sidekick_deployment *open_on(const char *variable, const char *id, const sidekick_options *options) {
    sidekick_deployment *deployment = NULL;
    char token[128];
    snprintf(token, sizeof token, "%s-token", id);
    OK(sidekick_deployment_open(url_on(variable, id), SIDEKICK_NUL, token, SIDEKICK_NUL, options, NULL,
                                &deployment, &error));
    if (deployment == NULL) {
        exit(checks_failed("a deployment could not be opened"));
    }
    return deployment;
}

/* A deployment of the real server. */
static inline sidekick_deployment *open_deployment(const char *id) {
    return open_on("SIDEKICK_SERVER_URL", id, NULL);
}

/* A deployment of the misbehaving server (tests/misbehaving.py). */
static inline sidekick_deployment *open_liar(const char *id) {
    return open_on("SIDEKICK_MISBEHAVING_URL", id, NULL);
}

/* Deployments of the liar whose input or output no memory holds, and its elements. */
#if SIZE_MAX > 0xffffffff
#define HUGE_INPUT "huge-input-64"
#define HUGE_OUTPUT "huge-output-64"
#define HUGE_ELEMENTS ((size_t)1 << 46)
#else
#define HUGE_INPUT "huge-input-32"
#define HUGE_OUTPUT "huge-output-32"
#define HUGE_ELEMENTS ((size_t)1 << 29)
#endif

static inline sidekick_rows *new_rows(const sidekick_deployment *deployment) {
    sidekick_rows *rows = NULL;
    OK(sidekick_rows_new(deployment, &rows, &error));
    return rows;
}

static inline sidekick_predictions *predict(const sidekick_deployment *deployment, const sidekick_rows *rows) {
    sidekick_predictions *predictions = NULL;
    OK(sidekick_deployment_predict(deployment, rows, NULL, &predictions, &error));
    return predictions;
}

static inline void add_echo_picture(sidekick_rows *rows) {
    OK(sidekick_rows_add_pixels_at(rows, IN_PICTURE, 4, 4, 3, 0, RGB, sizeof RGB, 0, &error));
}

static inline void add_echo_grey(sidekick_rows *rows) {
    OK(sidekick_rows_add_pixels_at(rows, IN_GREY, 4, 4, 1, 0, GREY, sizeof GREY, 0, &error));
}

/* Adds the array 0, 1, 2 / 3, 4, 5 plus `first`. */
static inline void add_echo_array(sidekick_rows *rows, float first) {
    const size_t shape[] = {2, 3};
    float values[6];
    int i;
    for (i = 0; i < 6; i++) {
        values[i] = first + (float)i;
    }
    OK(sidekick_rows_add_array_at(rows, IN_ARRAY, SIDEKICK_DTYPE_F32, shape, 2, NULL, values, sizeof values, &error));
}

/* Adds every input of `echo` but one (-1: but none). */
static inline void add_echo_row_but(sidekick_rows *rows, int left_out, double number, const char *category, int flag) {
    if (left_out != IN_NUMBER) OK(sidekick_rows_add_number_at(rows, IN_NUMBER, number, &error));
    if (left_out != IN_CATEGORY) OK(sidekick_rows_add_category_at(rows, IN_CATEGORY, category, SIDEKICK_NUL, &error));
    if (left_out != IN_FLAG) OK(sidekick_rows_add_binary_at(rows, IN_FLAG, flag, &error));
    if (left_out != IN_TEXT) OK(sidekick_rows_add_text_at(rows, IN_TEXT, "text", SIDEKICK_NUL, &error));
    if (left_out != IN_PICTURE) add_echo_picture(rows);
    if (left_out != IN_GREY) add_echo_grey(rows);
    if (left_out != IN_ARRAY) add_echo_array(rows, (float)number);
}

/* Adds and ends a whole row of `echo`. */
static inline void add_echo_row(sidekick_rows *rows, double number, const char *category, int flag) {
    add_echo_row_but(rows, -1, number, category, flag);
    OK(sidekick_rows_end_row(rows, &error));
}

#endif
