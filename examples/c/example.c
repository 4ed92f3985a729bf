#include "example.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void fail(const char *format, const char *detail) {
    fprintf(stderr, format, detail);
    fputc('\n', stderr);
    exit(1);
}

void check(sidekick_error *error) {
    if (error == NULL) return;
    fprintf(stderr, "error: %s\n", sidekick_error_message(error, NULL));
    sidekick_error_free(error);
    exit(1);
}

FILE *open_file(const char *path, const char *mode) {
    FILE *file = fopen(path, mode);
    if (file == NULL) {
        fprintf(stderr, "error: %s: %s\n", path, strerror(errno));
        exit(1);
    }
    return file;
}

/* The first line of a file; tokens are kept in files so that they are not seen in a list of processes. */
static const char *read_token(const char *path) {
    static char token[4096];
    FILE *file = open_file(path, "r");
    if (fgets(token, sizeof token, file) == NULL) fail("error: %s is empty", path);
    fclose(file);
    token[strcspn(token, "\r\n")] = '\0';
    return token;
}

static void end_with_usage(const char *program, const char *usage, FILE *to, int status) {
    /* The name without its folder, and on Windows without `.exe`. */
    const char *name = program + strlen(program);
    while (name > program && strchr("/\\", name[-1]) == NULL) name--;
    fprintf(to, "usage: %.*s --url URL [--token TOKEN | --token-file FILE] [--model-description FILE] %s\n",
            (int)strcspn(name, "."), name, usage);
    if (status == 0) fprintf(to, "The token can also be in the environment variable SIDEKICK_TOKEN.\n");
    exit(status);
}

sidekick_deployment *open_from_options(int *argc, char **argv, const char *usage, int least, int most) {
    const char *url = NULL, *token = getenv("SIDEKICK_TOKEN"), *description = NULL;
    int left = 0;
    if (token != NULL && token[0] == '\0') token = NULL;
    for (int i = 1; i < *argc; i++) {
        if (strcmp(argv[i], "--help") == 0) end_with_usage(argv[0], usage, stdout, 0);
        if (strncmp(argv[i], "--", 2) != 0) {
            argv[1 + left++] = argv[i];
            continue;
        }
        if (i + 1 == *argc) end_with_usage(argv[0], usage, stderr, 2);
        if (strcmp(argv[i], "--url") == 0) url = argv[++i];
        else if (strcmp(argv[i], "--token") == 0) token = argv[++i];
        else if (strcmp(argv[i], "--token-file") == 0) token = read_token(argv[++i]);
        else if (strcmp(argv[i], "--model-description") == 0) description = argv[++i];
        else end_with_usage(argv[0], usage, stderr, 2);
    }
    if (url == NULL || token == NULL || left < least || left > most) end_with_usage(argv[0], usage, stderr, 2);
    *argc = left;

    sidekick_options *options = NULL;
    sidekick_deployment *deployment = NULL;
    sidekick_error *error = NULL;
    if (description != NULL) {
        sidekick_options_new(&options, &error);
        check(error);
        sidekick_options_set_model_description_file(options, description, SIDEKICK_NUL, &error);
        check(error);
    }
    sidekick_deployment_open(url, SIDEKICK_NUL, token, SIDEKICK_NUL, options, NULL, &deployment, &error);
    sidekick_options_free(options);
    check(error);
    return deployment;
}

int read_record(FILE *file, char *record) {
    int first = ftell(file) == 0;
    size_t length = 0;
    int quotes = 0;
    do {
        if (length + 1 >= LINE_BYTES) fail("error: a record is too long%s", "");
        if (fgets(record + length, (int)(LINE_BYTES - length), file) == NULL) return length > 0;
        for (; record[length] != '\0'; length++) quotes += record[length] == '"';
    } while (quotes % 2 != 0);
    while (length > 0 && strchr("\r\n", record[length - 1]) != NULL) record[--length] = '\0';
    /* Spreadsheets begin a table with a byte order mark. */
    if (first && strncmp(record, "\xEF\xBB\xBF", 3) == 0) memmove(record, record + 3, length - 2);
    return 1;
}

int split_csv(char *record, char **fields) {
    int count = 0;
    char *from = record, *to;
    do {
        if (count == MAX_COLUMNS) fail("error: a line with too many columns%s", "");
        fields[count++] = to = from;
        for (int quoted = 0; *from != '\0' && (quoted || *from != ','); from++) {
            if (*from != '"') *to++ = *from;
            else if (quoted && from[1] == '"') *to++ = *from++;
            else quoted = !quoted;
        }
        char end = *from++;
        *to = '\0';
        if (end == '\0') return count;
    } while (1);
}

void write_csv(FILE *file, const char *text) {
    int plain = strpbrk(text, ",\"\n") == NULL;
    if (!plain) fputc('"', file);
    for (; *text != '\0'; text++) fprintf(file, *text == '"' ? "\"\"" : "%c", *text);
    if (!plain) fputc('"', file);
}

const char *feature_name(const sidekick_deployment *deployment, int side, size_t index, int *type) {
    const char *name;
    size_t length;
    sidekick_error *error = NULL;
    sidekick_deployment_feature_name(deployment, side, index, &name, &length, &error);
    check(error);
    sidekick_deployment_feature_type(deployment, side, index, type, &error);
    check(error);
    return name;
}
