/* Sends an array from a .npy file through an autoencoder, and saves what comes back as a grey image. */
#include "example.h"

int main(int argc, char **argv) {
    sidekick_deployment *deployment = open_from_options(&argc, argv, "INPUT.npy OUTPUT.pgm", 2, 2);
    sidekick_rows *rows = NULL;
    sidekick_predictions *predictions = NULL;
    sidekick_error *error = NULL;
    const size_t *shape;
    const float *values;
    size_t rank, count;

    sidekick_rows_new(deployment, &rows, &error);
    check(error);
    sidekick_rows_add_npy_file_at(rows, 0, argv[1], SIDEKICK_NUL, &error);
    check(error);
    sidekick_rows_end_row(rows, &error);
    check(error);
    sidekick_deployment_predict(deployment, rows, NULL, &predictions, &error);
    check(error);
    sidekick_predictions_array_shape(predictions, 0, &shape, &rank, &error);
    check(error);
    sidekick_predictions_array(predictions, 0, 0, &values, &count, &error);
    check(error);
    if (rank < 2 || shape[0] * shape[1] != count) {
        fail("error: the output of this deployment is not a grey image%s", "");
    }

    /* PGM, as the netpbm manual describes it: a head, then a byte a pixel. */
    FILE *picture = open_file(argv[2], "wb");
    fprintf(picture, "P5\n%zu %zu\n255\n", shape[1], shape[0]);
    for (size_t i = 0; i < count; i++) {
        float value = values[i] < 0 ? 0 : values[i] > 1 ? 1 : values[i];
        fputc((int)(value * 255 + 0.5f), picture);
    }
    if (fclose(picture) != 0) fail("error: %s cannot be written", argv[2]);
    printf("%s: %zu x %zu\n", argv[2], shape[1], shape[0]);

    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
    return 0;
}
