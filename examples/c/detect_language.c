/* Prints the language of each line of standard input. */
#include "example.h"

#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv) {
    sidekick_deployment *deployment = open_from_options(&argc, argv, "< LINES", 0, 0);
    sidekick_rows *rows = NULL;
    sidekick_predictions *predictions = NULL;
    sidekick_error *error = NULL;
    char line[LINE_BYTES], *lines = NULL;
    size_t count = 0, size = 0, *ends = NULL;

    /* All lines one after another, and the end of each: the only column. */
    while (fgets(line, sizeof line, stdin) != NULL) {
        size_t length = strcspn(line, "\r\n");
        lines = realloc(lines, size + sizeof line);
        ends = realloc(ends, (count + 1) * sizeof *ends);
        if (lines == NULL || ends == NULL) fail("error: no memory%s", "");
        memcpy(lines + size, line, length);
        size += length;
        ends[count++] = size;
    }
    sidekick_rows_new(deployment, &rows, &error);
    check(error);
    const size_t input = 0, *const all_ends = ends;
    const int32_t kind = SIDEKICK_COLUMN_PIECES;
    const void *const texts = lines;
    sidekick_rows_add_columns(rows, count, 1, &input, &kind, &texts, &size, &all_ends, &error);
    check(error);
    sidekick_deployment_predict(deployment, rows, NULL, &predictions, &error);
    check(error);

    for (size_t i = 0; i < count; i++) {
        const char *language;
        size_t length, start = i == 0 ? 0 : ends[i - 1];
        double probability;
        sidekick_predictions_top(predictions, 0, i, 0, &language, &length, &probability, &error);
        check(error);
        printf("%s\t%.4f\t%.*s\n", language, probability, (int)(ends[i] - start), lines + start);
    }

    free(ends);
    free(lines);
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
    return 0;
}
