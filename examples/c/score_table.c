/* Scores a CSV table: every input of the deployment is a column; a column, or two for a class, is added for
 * every output. */
#include "example.h"

#include <stdlib.h>
#include <string.h>

static sidekick_error *error = NULL;

/* Adds the inputs of a row from the columns that bear their names. */
static void add_row(const sidekick_deployment *deployment, sidekick_rows *rows, char **names, char **fields,
                    int columns) {
    for (size_t input = 0; input < sidekick_deployment_feature_count(deployment, SIDEKICK_INPUT); input++) {
        int type, column = 0;
        const char *name = feature_name(deployment, SIDEKICK_INPUT, input, &type);
        while (column < columns && strcmp(names[column], name) != 0) column++;
        if (column == columns) fail("error: the table has no column \"%s\"", name);
        if (type == SIDEKICK_TYPE_NUMERIC) {
            char *end;
            double number = strtod(fields[column], &end);
            if (end == fields[column] || *end != '\0') fail("error: not a number: \"%s\"", fields[column]);
            sidekick_rows_add_number_at(rows, input, number, &error);
        } else if (type == SIDEKICK_TYPE_TEXT) {
            sidekick_rows_add_text_at(rows, input, fields[column], SIDEKICK_NUL, &error);
        } else {
            sidekick_rows_add_category_at(rows, input, fields[column], SIDEKICK_NUL, &error);
        }
        check(error);
    }
    sidekick_rows_end_row(rows, &error);
    check(error);
}

static void write_outputs(const sidekick_deployment *deployment, const sidekick_predictions *predictions,
                          size_t row, FILE *file) {
    for (size_t output = 0; output < sidekick_deployment_feature_count(deployment, SIDEKICK_OUTPUT); output++) {
        int type;
        const char *label;
        size_t length;
        double number;
        feature_name(deployment, SIDEKICK_OUTPUT, output, &type);
        fputc(',', file);
        if (type == SIDEKICK_TYPE_CATEGORICAL) {
            sidekick_predictions_top(predictions, output, row, 0, &label, &length, &number, &error);
            check(error);
            write_csv(file, label);
            fputc(',', file);
        } else {
            sidekick_predictions_number(predictions, output, row, &number, &error);
            check(error);
        }
        fprintf(file, "%.9g", number);
    }
    fputc('\n', file);
}

static void write_header(const sidekick_deployment *deployment, const char *header, FILE *file) {
    fputs(header, file);
    for (size_t output = 0; output < sidekick_deployment_feature_count(deployment, SIDEKICK_OUTPUT); output++) {
        int type;
        char column[LINE_BYTES];
        snprintf(column, sizeof column, "predicted %s", feature_name(deployment, SIDEKICK_OUTPUT, output, &type));
        fputc(',', file);
        write_csv(file, column);
        if (type != SIDEKICK_TYPE_CATEGORICAL) continue;
        strncat(column, " probability", sizeof column - strlen(column) - 1);
        fputc(',', file);
        write_csv(file, column);
    }
    fputc('\n', file);
}

int main(int argc, char **argv) {
    sidekick_deployment *deployment = open_from_options(&argc, argv, "INPUT.csv OUTPUT.csv", 2, 2);
    sidekick_rows *rows = NULL;
    sidekick_predictions *predictions = NULL;
    char header[LINE_BYTES], copy[LINE_BYTES], record[LINE_BYTES], *names[MAX_COLUMNS], *fields[MAX_COLUMNS];
    FILE *input = open_file(argv[1], "r");
    size_t count = 0;

    if (!read_record(input, header)) fail("error: %s is empty", argv[1]);
    int columns = split_csv(strcpy(copy, header), names);
    sidekick_rows_new(deployment, &rows, &error);
    check(error);
    while (read_record(input, record)) {
        if (split_csv(record, fields) != columns) fail("error: %s has a row with another number of columns", argv[1]);
        add_row(deployment, rows, names, fields, columns);
    }
    sidekick_deployment_predict(deployment, rows, NULL, &predictions, &error);
    check(error);

    FILE *output = open_file(argv[2], "w");
    write_header(deployment, header, output);
    rewind(input);
    read_record(input, record);
    while (count < sidekick_predictions_count(predictions) && read_record(input, record)) {
        fputs(record, output);
        write_outputs(deployment, predictions, count++, output);
    }
    if (fclose(output) != 0) fail("error: %s cannot be written", argv[2]);
    fclose(input);
    printf("%zu rows scored\n", count);

    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
    return 0;
}
