/* Tries a model: prints what it takes and returns, and what it predicts for zeros and empty texts. Takes the
 * URL of a deployment or of a model on a server of the Open Inference Protocol (--url
 * http://HOST:8000/v2/models/NAME --token ""). */
#include "example.h"

#include <stdint.h>
#include <stdlib.h>

static sidekick_error *error = NULL;

/* More dimensions than a tensor has. */
#define MOST_DIMENSIONS 64

/* The shape of a feature, with 1 for sizes that are free, and how many elements it has. */
static size_t shape_of(const sidekick_deployment *deployment, int side, size_t index, size_t *shape, size_t *rank) {
    const size_t *sizes;
    size_t elements = 1;
    sidekick_deployment_feature_shape(deployment, side, index, &sizes, rank, &error);
    check(error);
    for (size_t place = 0; place < *rank && place < MOST_DIMENSIONS; place++) {
        shape[place] = sizes[place] == SIDEKICK_SIZE_ANY ? 1 : sizes[place];
        elements *= shape[place];
    }
    return elements;
}

/* Whether a numeric feature is one number, not an array. */
static int is_number(const sidekick_deployment *deployment, int side, size_t index) {
    const size_t *shape;
    size_t rank;
    sidekick_deployment_feature_shape(deployment, side, index, &shape, &rank, &error);
    check(error);
    return rank == 1 && shape[0] == 1;
}

static void print_features(const sidekick_deployment *deployment, int side, const char *title) {
    static const char *const types[] = {"?", "numeric", "categorical", "binary", "text", "image", "bytes"};
    printf("%s\n", title);
    for (size_t index = 0; index < sidekick_deployment_feature_count(deployment, side); index++) {
        const size_t *shape;
        size_t rank;
        int type;
        const char *name = feature_name(deployment, side, index, &type);
        sidekick_deployment_feature_shape(deployment, side, index, &shape, &rank, &error);
        check(error);
        printf("  %s: %s [", name, types[type >= 1 && type <= 6 ? type : 0]);
        for (size_t place = 0; place < rank; place++) {
            printf("%s", place > 0 ? ", " : "");
            if (shape[place] == SIDEKICK_SIZE_ANY) printf("any");
            else printf("%zu", shape[place]);
        }
        printf("]\n");
    }
}

/* Adds zeros to a numeric input: one number, or an array. */
static void add_zeros(const sidekick_deployment *deployment, sidekick_rows *rows, size_t input) {
    size_t shape[MOST_DIMENSIONS], rank, elements = shape_of(deployment, SIDEKICK_INPUT, input, shape, &rank);
    if (is_number(deployment, SIDEKICK_INPUT, input)) {
        sidekick_rows_add_number_at(rows, input, 0, &error);
    } else {
        uint8_t *zeros = calloc(elements > 0 ? elements : 1, 1);
        if (zeros == NULL) fail("error: no memory%s", "");
        sidekick_rows_add_array_at(rows, input, SIDEKICK_DTYPE_U8, shape, rank, NULL, zeros, elements, &error);
        free(zeros);
    }
}

static void add_blank(const sidekick_deployment *deployment, sidekick_rows *rows, size_t input) {
    size_t shape[MOST_DIMENSIONS], rank;
    const char *label;
    int type;
    const char *name = feature_name(deployment, SIDEKICK_INPUT, input, &type);
    if (type == SIDEKICK_TYPE_NUMERIC) {
        add_zeros(deployment, rows, input);
    } else if (type == SIDEKICK_TYPE_TEXT) {
        sidekick_rows_add_text_at(rows, input, "", SIDEKICK_NUL, &error);
    } else if (type == SIDEKICK_TYPE_BYTES) {
        sidekick_rows_add_bytes_at(rows, input, "", 0, &error);
    } else if (type == SIDEKICK_TYPE_BINARY) {
        sidekick_rows_add_binary_at(rows, input, 0, &error);
    } else if (type == SIDEKICK_TYPE_CATEGORICAL) {
        sidekick_deployment_category(deployment, SIDEKICK_INPUT, input, 0, &label, &rank, &error);
        check(error);
        sidekick_rows_add_category_at(rows, input, label, SIDEKICK_NUL, &error);
    } else {
        size_t elements = shape_of(deployment, SIDEKICK_INPUT, input, shape, &rank);
        uint8_t *black = calloc(elements > 0 ? elements : 1, 1);
        if (black == NULL || rank != 3) fail("error: the image \"%s\" has no pixels", name);
        sidekick_rows_add_pixels_at(rows, input, (uint32_t)shape[1], (uint32_t)shape[0], (uint32_t)shape[2],
                                    0, black, elements, 0, &error);
        free(black);
    }
    check(error);
}

static void print_output(const sidekick_deployment *deployment, const sidekick_predictions *predictions,
                         size_t output) {
    const float *values;
    const char *text;
    size_t length, count = 0;
    double number = 0;
    int type;
    const int single = is_number(deployment, SIDEKICK_OUTPUT, output);
    printf("  %s: ", feature_name(deployment, SIDEKICK_OUTPUT, output, &type));
    if (type == SIDEKICK_TYPE_CATEGORICAL) {
        sidekick_predictions_top(predictions, output, 0, 0, &text, &length, &number, &error);
        check(error);
        printf("%s, with probability %.3f\n", text, number);
    } else if (type == SIDEKICK_TYPE_TEXT) {
        sidekick_predictions_text(predictions, output, 0, &text, &length, &error);
        check(error);
        printf("%s\n", text);
    } else if (type == SIDEKICK_TYPE_BINARY || (type == SIDEKICK_TYPE_NUMERIC && single)) {
        sidekick_predictions_number(predictions, output, 0, &number, &error);
        check(error);
        printf("%g\n", number);
    } else if (type == SIDEKICK_TYPE_NUMERIC) {
        sidekick_predictions_array(predictions, output, 0, &values, &count, &error);
        check(error);
        for (size_t place = 0; place < count && place < 8; place++) {
            printf("%s%g", place > 0 ? ", " : "", values[place]);
        }
        printf("%s\n", count > 8 ? ", ..." : "");
    } else {
        printf("%s\n", type == SIDEKICK_TYPE_BYTES ? "bytes" : "an image");
    }
}

int main(int argc, char **argv) {
    sidekick_deployment *deployment = open_from_options(&argc, argv, "", 0, 0);
    sidekick_rows *rows = NULL;
    sidekick_predictions *predictions = NULL;

    print_features(deployment, SIDEKICK_INPUT, "takes");
    print_features(deployment, SIDEKICK_OUTPUT, "returns");
    sidekick_rows_new(deployment, &rows, &error);
    check(error);
    for (size_t input = 0; input < sidekick_deployment_feature_count(deployment, SIDEKICK_INPUT); input++) {
        add_blank(deployment, rows, input);
    }
    sidekick_rows_end_row(rows, &error);
    check(error);
    sidekick_deployment_predict(deployment, rows, NULL, &predictions, &error);
    check(error);
    printf("predicts\n");
    for (size_t output = 0; output < sidekick_deployment_feature_count(deployment, SIDEKICK_OUTPUT); output++) {
        print_output(deployment, predictions, output);
    }
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
    return 0;
}
