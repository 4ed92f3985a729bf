/* Tells the language of each line of standard input. */
#include "example.h"

#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv) {
    sidekick_deployment *deployment = open_from_options(&argc, argv, "< LINES", 0, 0);
    sidekick_rows *rows = NULL;
    sidekick_predictions *predictions = NULL;
    sidekick_error *error = NULL;
    char line[LINE_BYTES], **lines = NULL;
    size_t count = 0;

    sidekick_rows_new(deployment, &rows, &error);
    check(error);
    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\r\n")] = '\0';
        lines = realloc(lines, (count + 1) * sizeof *lines);
        if (lines == NULL || (lines[count] = malloc(strlen(line) + 1)) == NULL) fail("error: no memory%s", "");
        strcpy(lines[count++], line);
        sidekick_rows_add_text_at(rows, 0, line, SIDEKICK_NUL, &error);
        check(error);
        sidekick_rows_end_row(rows, &error);
        check(error);
    }
    sidekick_deployment_predict(deployment, rows, &predictions, &error);
    check(error);

    for (size_t i = 0; i < count; i++) {
        const char *language;
        size_t length;
        double probability;
        sidekick_predictions_top(predictions, 0, i, 0, &language, &length, &probability, &error);
        check(error);
        printf("%s\t%.4f\t%s\n", language, probability, lines[i]);
        free(lines[i]);
    }

    free(lines);
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
    return 0;
}
