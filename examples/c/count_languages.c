/* Counts the lines of standard input by their language: any number of lines, in bounded memory. */
#include "example.h"

#include <string.h>

enum { LANGUAGES = 64, ROWS_AT_ONCE = 128 };

static struct {
    char name[64];
    unsigned long lines;
} counts[LANGUAGES];

static void count(const char *language) {
    int at = 0;
    while (counts[at].lines > 0 && strcmp(counts[at].name, language) != 0) {
        if (++at == LANGUAGES) fail("error: more languages than this program counts: %s", language);
    }
    snprintf(counts[at].name, sizeof counts[at].name, "%s", language);
    counts[at].lines++;
}

/* Takes the next predictions and counts them; returns 0 if there are none. */
static int take(sidekick_stream *stream) {
    sidekick_predictions *predictions = NULL;
    sidekick_error *error = NULL;
    sidekick_stream_next(stream, &predictions, &error);
    check(error);
    for (size_t i = 0; i < sidekick_predictions_count(predictions); i++) {
        const char *language;
        size_t length;
        double probability;
        sidekick_predictions_top(predictions, 0, i, 0, &language, &length, &probability, &error);
        check(error);
        count(language);
    }
    sidekick_predictions_free(predictions);
    return predictions != NULL;
}

/* Sends rows on their way, and makes room for the next ones. */
static void push(sidekick_stream *stream, sidekick_rows *rows) {
    sidekick_error *error = NULL;
    while (sidekick_stream_is_full(stream)) take(stream);
    sidekick_stream_push(stream, rows, &error);
    check(error);
    sidekick_rows_clear(rows, &error);
    check(error);
}

int main(int argc, char **argv) {
    sidekick_deployment *deployment = open_from_options(&argc, argv, "< LINES", 0, 0);
    sidekick_stream *stream = NULL;
    sidekick_rows *rows = NULL;
    sidekick_error *error = NULL;
    char line[LINE_BYTES];

    sidekick_stream_new(deployment, NULL, &stream, &error);
    check(error);
    sidekick_rows_new(deployment, &rows, &error);
    check(error);
    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\r\n")] = '\0';
        sidekick_rows_add_text_at(rows, 0, line, SIDEKICK_NUL, &error);
        check(error);
        sidekick_rows_end_row(rows, &error);
        check(error);
        if (sidekick_rows_count(rows) == ROWS_AT_ONCE) push(stream, rows);
    }
    push(stream, rows);
    while (take(stream)) continue;

    for (int at = 0; at < LANGUAGES && counts[at].lines > 0; at++) {
        printf("%s\t%lu\n", counts[at].name, counts[at].lines);
    }
    sidekick_rows_free(rows);
    sidekick_stream_free(stream);
    sidekick_deployment_free(deployment);
    return 0;
}
