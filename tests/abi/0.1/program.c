/* Written against the header of 0.1, which lies beside it and never changes: it has to build, link and run with every later
 * library of the same major version. It uses each object of the API. */
#include "sidekick.h"

#include <stdio.h>
#include <string.h>

#define EXPECT(condition) \
    do { \
        if (!(condition)) { \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
            return 1; \
        } \
    } while (0)

int main(int argc, char **argv) {
    sidekick_options *options = NULL;
    sidekick_deployment *deployment = NULL;
    sidekick_rows *rows = NULL;
    sidekick_predictions *predictions = NULL;
    sidekick_reply *reply = NULL;
    sidekick_cancel *cancel = NULL;
    sidekick_error *error = NULL;
    const char *text;
    const size_t *shape;
    const double *numbers;
    const float *elements;
    size_t length, index, rank, count;
    int32_t type;
    double number;
    float values[6] = {0.0f, 0.5f, 1.0f, 1.5f, 2.0f, 2.5f}, copied[6];
    unsigned char pixels[48];

    EXPECT(argc == 2);
    memset(pixels, 99, sizeof pixels);
    EXPECT(sidekick_version()[0] == '0' + SIDEKICK_VERSION_MAJOR);
    EXPECT(sidekick_options_new(&options, NULL) == SIDEKICK_OK);
    EXPECT(sidekick_options_set_batch_rows(options, 0, &error) == SIDEKICK_ERROR_ARGUMENT);
    EXPECT(sidekick_error_status(error) == SIDEKICK_ERROR_ARGUMENT && sidekick_error_row(error) == -1);
    EXPECT(strlen(sidekick_error_message(error, &length)) == length && length > 0);
    sidekick_error_free(error);
    EXPECT(sidekick_options_set_batch_rows(options, 1, NULL) == SIDEKICK_OK);
    EXPECT(sidekick_options_set_max_in_flight(options, 2, NULL) == SIDEKICK_OK);
    EXPECT(sidekick_cancel_new(&cancel, NULL) == SIDEKICK_OK);

    EXPECT(sidekick_deployment_open(argv[1], SIDEKICK_NUL, "echo-token", 10, options, &deployment, NULL) == SIDEKICK_OK);
    EXPECT(sidekick_deployment_feature_count(deployment, SIDEKICK_INPUT) == 7);
    EXPECT(sidekick_deployment_feature_index(deployment, SIDEKICK_OUTPUT, "array", 5, &index, NULL) == SIDEKICK_OK);
    EXPECT(sidekick_deployment_feature_type(deployment, SIDEKICK_OUTPUT, index, &type, NULL) == SIDEKICK_OK);
    EXPECT(type == SIDEKICK_TYPE_NUMERIC);
    EXPECT(sidekick_deployment_feature_shape(deployment, SIDEKICK_OUTPUT, index, &shape, &rank, NULL) == SIDEKICK_OK);
    EXPECT(rank == 2 && shape[0] == 2 && shape[1] == 3);

    EXPECT(sidekick_rows_new(deployment, &rows, NULL) == SIDEKICK_OK);
    for (int row = 0; row < 3; row++) {
        EXPECT(sidekick_rows_add_number(rows, "number", SIDEKICK_NUL, row, NULL) == SIDEKICK_OK);
        EXPECT(sidekick_rows_add_category(rows, "category", SIDEKICK_NUL, "b", 1, NULL) == SIDEKICK_OK);
        EXPECT(sidekick_rows_add_binary(rows, "flag", SIDEKICK_NUL, 1, NULL) == SIDEKICK_OK);
        EXPECT(sidekick_rows_add_text_at(rows, 3, "Miaow", SIDEKICK_NUL, NULL) == SIDEKICK_OK);
        EXPECT(sidekick_rows_add_pixels(rows, "picture", SIDEKICK_NUL, 4, 4, 3, 0, pixels, 48, 0, NULL) == SIDEKICK_OK);
        EXPECT(sidekick_rows_add_pixels(rows, "grey", SIDEKICK_NUL, 4, 4, 1, 0, pixels, 16, 0, NULL) == SIDEKICK_OK);
        EXPECT(sidekick_rows_add_array(rows, "array", SIDEKICK_NUL, SIDEKICK_DTYPE_F32, shape, rank, NULL, values,
                                       sizeof values, NULL) == SIDEKICK_OK);
        EXPECT(sidekick_rows_end_row(rows, NULL) == SIDEKICK_OK);
    }
    EXPECT(sidekick_rows_count(rows) == 3);

    EXPECT(sidekick_deployment_predict_cancellable(deployment, rows, cancel, &predictions, NULL) == SIDEKICK_OK);
    EXPECT(sidekick_predictions_count(predictions) == 3);
    EXPECT(sidekick_predictions_numbers(predictions, 0, &numbers, &count, NULL) == SIDEKICK_OK);
    EXPECT(count == 3 && numbers[2] == 2.0);
    EXPECT(sidekick_predictions_array(predictions, index, 1, &elements, &count, NULL) == SIDEKICK_OK);
    EXPECT(count == 6 && memcmp(elements, values, sizeof values) == 0);
    EXPECT(sidekick_predictions_copy_array(predictions, index, 1, SIDEKICK_DTYPE_F32, copied, sizeof copied, NULL) == SIDEKICK_OK);
    EXPECT(memcmp(copied, values, sizeof values) == 0);
    EXPECT(sidekick_deployment_feature_index(deployment, SIDEKICK_OUTPUT, "category", SIDEKICK_NUL, &index, NULL) == SIDEKICK_OK);
    EXPECT(sidekick_predictions_top(predictions, index, 0, 0, &text, &length, &number, NULL) == SIDEKICK_OK);
    EXPECT(strcmp(text, "b") == 0 && length == 1 && number > 0.8);

    EXPECT(sidekick_deployment_post_json(deployment, "{", 1, &reply, NULL) == SIDEKICK_OK);
    EXPECT(sidekick_reply_http_status(reply) == 400 && strstr(sidekick_reply_text(reply, NULL), "errorCode") != NULL);

    sidekick_reply_free(reply);
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
    sidekick_cancel_free(cancel);
    sidekick_options_free(options);
    return 0;
}
