/* The digit in an image: classify_digit URL TOKEN FILE */
#include <sidekick.h>
#include <stdio.h>

int main(int argc, char **argv) {
    sidekick_deployment *deployment = NULL;
    sidekick_rows *rows = NULL;
    sidekick_predictions *predictions = NULL;
    sidekick_error *error = NULL;
    const char *digit;
    size_t length;
    double probability;
    int failed;

    if (argc != 4) return fprintf(stderr, "usage: classify_digit URL TOKEN FILE\n"), 2;
    failed = sidekick_deployment_open(argv[1], SIDEKICK_NUL, argv[2], SIDEKICK_NUL, NULL, NULL, &deployment, &error) ||
             sidekick_rows_new(deployment, &rows, &error) ||
             sidekick_rows_add_image_file(rows, "image", SIDEKICK_NUL, argv[3], SIDEKICK_NUL, &error) ||
             sidekick_rows_end_row(rows, &error) ||
             sidekick_deployment_predict(deployment, rows, NULL, &predictions, &error) ||
             sidekick_predictions_top(predictions, 0, 0, 0, &digit, &length, &probability, &error);
    if (failed)
        fprintf(stderr, "error: %s\n", sidekick_error_message(error, NULL));
    else
        printf("a %s, with probability %.4f\n", digit, probability);

    sidekick_error_free(error);
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
    return failed;
}
