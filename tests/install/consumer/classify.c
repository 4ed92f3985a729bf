/* A program outside the tree: says what digit a picture shows. */
#include <sidekick.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv) {
    sidekick_deployment *deployment = NULL;
    sidekick_rows *rows = NULL;
    sidekick_predictions *predictions = NULL;
    const char *label = "";
    size_t length;
    double probability;
    int failed = argc != 3 || strcmp(sidekick_version(), SIDEKICK_VERSION) != 0 ||
        sidekick_deployment_open(argv[1], SIDEKICK_NUL, "digits-token", SIDEKICK_NUL, NULL, NULL, &deployment, NULL) ||
        sidekick_rows_new(deployment, &rows, NULL) ||
        sidekick_rows_add_image_file_at(rows, 0, argv[2], SIDEKICK_NUL, NULL) || sidekick_rows_end_row(rows, NULL) ||
        sidekick_deployment_predict(deployment, rows, NULL, &predictions, NULL) ||
        sidekick_predictions_top(predictions, 0, 0, 0, &label, &length, &probability, NULL);
    puts(label);
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
    return failed;
}
