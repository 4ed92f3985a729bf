/* Predicts a penguin and a digit, in strict C89: predict SERVER PENGUINS-TOKEN DIGITS-TOKEN IMAGE */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sidekick.h"

/* The first call that fails ends the program, with the library's message. It takes the place of the error: its value may
 * be read before the call is made. */
static void check(sidekick_status status, sidekick_error **error) {
    if (status != SIDEKICK_OK) {
        fprintf(stderr, "error %ld: %s\n", (long)status, sidekick_error_message(*error, NULL));
        sidekick_error_free(*error);
        exit(1);
    }
}

static sidekick_deployment *open_deployment(const char *server, const char *name, const char *token) {
    sidekick_deployment *deployment = NULL;
    sidekick_error *error = NULL;
    char url[512];
    if (strlen(server) + strlen(name) + 13 > sizeof url) {
        fprintf(stderr, "the URL is too long\n");
        exit(1);
    }
    sprintf(url, "%s/deployment/%s", server, name);
    check(sidekick_deployment_open(url, SIDEKICK_NUL, token, SIDEKICK_NUL, NULL, NULL, &deployment, &error), &error);
    return deployment;
}

static void add_category(sidekick_rows *rows, const char *name, const char *label) {
    sidekick_error *error = NULL;
    check(sidekick_rows_add_category(rows, name, SIDEKICK_NUL, label, SIDEKICK_NUL, &error), &error);
}

static void add_number(sidekick_rows *rows, const char *name, double number) {
    sidekick_error *error = NULL;
    check(sidekick_rows_add_number(rows, name, SIDEKICK_NUL, number, &error), &error);
}

static void predict_penguin(const char *server, const char *token) {
    sidekick_deployment *deployment = open_deployment(server, "penguins", token);
    sidekick_rows *rows = NULL;
    sidekick_predictions *predictions = NULL;
    sidekick_error *error = NULL;
    const char *species;
    double probability, mass;
    check(sidekick_rows_new(deployment, &rows, &error), &error);
    add_category(rows, "island", "Biscoe");
    add_category(rows, "sex", "female");
    add_number(rows, "bill length (mm)", 46.1);
    add_number(rows, "bill depth (mm)", 13.2);
    add_number(rows, "flipper length (mm)", 211);
    add_number(rows, "year", 2007);
    check(sidekick_rows_end_row(rows, &error), &error);
    check(sidekick_deployment_predict(deployment, rows, NULL, &predictions, &error), &error);
    check(sidekick_predictions_top(predictions, 0, 0, 0, &species, NULL, &probability, &error), &error);
    check(sidekick_predictions_number(predictions, 1, 0, &mass, &error), &error);
    printf("species %s %.4f\nmass %.1f\n", species, probability, mass);
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
}

static void predict_digit(const char *server, const char *token, const char *image) {
    sidekick_deployment *deployment = open_deployment(server, "digits", token);
    sidekick_rows *rows = NULL;
    sidekick_predictions *predictions = NULL;
    sidekick_error *error = NULL;
    const char *digit;
    double probability;
    check(sidekick_rows_new(deployment, &rows, &error), &error);
    check(sidekick_rows_add_image_file(rows, "image", SIDEKICK_NUL, image, SIDEKICK_NUL, &error), &error);
    check(sidekick_rows_end_row(rows, &error), &error);
    check(sidekick_deployment_predict(deployment, rows, NULL, &predictions, &error), &error);
    check(sidekick_predictions_top(predictions, 0, 0, 0, &digit, NULL, &probability, &error), &error);
    printf("digit %s %.4f\n", digit, probability);
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
}

int main(int argc, char **argv) {
    if (argc != 5) {
        fprintf(stderr, "usage: predict SERVER PENGUINS-TOKEN DIGITS-TOKEN IMAGE\n");
        return 2;
    }
    predict_penguin(argv[1], argv[2]);
    predict_digit(argv[1], argv[3], argv[4]);
    return 0;
}
