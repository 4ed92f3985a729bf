/* The species of a penguin: classify_penguin URL TOKEN */
#include <sidekick.h>
#include <stdio.h>

/* The first failure ends the chain of calls, and leaves its error here. */
static sidekick_error *error = NULL;

static int add_penguin(sidekick_rows *rows) {
    return sidekick_rows_add_text(rows, "island", SIDEKICK_NUL, "Biscoe", SIDEKICK_NUL, &error) ||
           sidekick_rows_add_text(rows, "sex", SIDEKICK_NUL, "female", SIDEKICK_NUL, &error) ||
           sidekick_rows_add_number(rows, "bill_length", SIDEKICK_NUL, 46.1, &error) ||
           sidekick_rows_add_number(rows, "bill_depth", SIDEKICK_NUL, 13.2, &error) ||
           sidekick_rows_add_number(rows, "flipper_length", SIDEKICK_NUL, 211, &error) ||
           sidekick_rows_end_row(rows, &error);
}

int main(int argc, char **argv) {
    sidekick_deployment *deployment = NULL;
    sidekick_rows *rows = NULL;
    sidekick_predictions *predictions = NULL;
    const char *species;
    size_t output, length;
    double probability;
    int failed;

    if (argc != 3) return fprintf(stderr, "usage: classify_penguin URL TOKEN\n"), 2;
    failed = sidekick_deployment_open(argv[1], SIDEKICK_NUL, argv[2], SIDEKICK_NUL, NULL, NULL, &deployment, &error) ||
             sidekick_rows_new(deployment, &rows, &error) || add_penguin(rows) ||
             sidekick_deployment_predict(deployment, rows, NULL, &predictions, &error) ||
             sidekick_deployment_feature_index(deployment, SIDEKICK_OUTPUT, "output_probability", SIDEKICK_NUL,
                                               &output, &error) ||
             sidekick_predictions_top(predictions, output, 0, 0, &species, &length, &probability, &error);
    if (failed)
        fprintf(stderr, "error: %s\n", sidekick_error_message(error, NULL));
    else
        printf("%s, with probability %.4f\n", species, probability);

    sidekick_error_free(error);
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
    return failed;
}
