/* Classifies images: the class and its probability for each file. If file names contain the class, as in
 * digit-7-0042.png, it counts how many are right. */
#include "example.h"

#include <limits.h>
#include <string.h>

/* Whether the file name holds "-LABEL-"; -1 if it holds no label at all. */
static int is_label(const char *path, const char *label, size_t length) {
    const char *name = strrchr(path, '/');
    const char *dash = strchr(name == NULL ? path : name, '-');
    const char *end = dash == NULL ? NULL : strchr(dash + 1, '-');
    if (end == NULL) return -1;
    return (size_t)(end - dash - 1) == length && strncmp(dash + 1, label, length) == 0;
}

int main(int argc, char **argv) {
    sidekick_deployment *deployment = open_from_options(&argc, argv, "FILE...", 1, INT_MAX);
    sidekick_rows *rows = NULL;
    sidekick_predictions *predictions = NULL;
    sidekick_error *error = NULL;
    int right = 0, labelled = 0;

    sidekick_rows_new(deployment, &rows, &error);
    check(error);
    for (int i = 0; i < argc; i++) {
        sidekick_rows_add_image_file_at(rows, 0, argv[1 + i], SIDEKICK_NUL, &error);
        check(error);
        sidekick_rows_end_row(rows, &error);
        check(error);
    }
    sidekick_deployment_predict(deployment, rows, NULL, &predictions, &error);
    check(error);

    for (int i = 0; i < argc; i++) {
        const char *label;
        size_t length;
        double probability;
        sidekick_predictions_top(predictions, 0, (size_t)i, 0, &label, &length, &probability, &error);
        check(error);
        printf("%s\t%s\t%.4f\n", argv[1 + i], label, probability);
        int verdict = is_label(argv[1 + i], label, length);
        labelled += verdict >= 0;
        right += verdict == 1;
    }
    if (labelled > 0) printf("%d of %d right\n", right, labelled);

    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
    return 0;
}
