/* What the C examples share: options, the token, errors, lines of CSV. */
#ifndef EXAMPLE_H
#define EXAMPLE_H

#include <sidekick.h>
#include <stdio.h>

/* The longest line, and the most columns of a CSV table, that the examples read. */
enum { LINE_BYTES = 65536, MAX_COLUMNS = 256 };

/* Reads --url, --token, --token-file and SIDEKICK_TOKEN, opens the deployment, and leaves the other arguments
 * in argv (argc of them). `usage` names those; `least` and `most` say how many there may be. Ends the program
 * on wrong use. */
sidekick_deployment *open_from_options(int *argc, char **argv, const char *usage, int least, int most);

/* Ends the program with the error's message if there is one. */
void check(sidekick_error *error);

/* Ends the program with a message of its own. */
void fail(const char *format, const char *detail);

/* Opens a file or ends the program. */
FILE *open_file(const char *path, const char *mode);

/* Reads a record of CSV, without its end of line, into LINE_BYTES of room: a quoted field may go over several
 * lines. 0 at the end. */
int read_record(FILE *file, char *record);

/* Splits a record of CSV in place, quotes included, into at most MAX_COLUMNS fields; returns how many. */
int split_csv(char *record, char **fields);

/* Writes a field of CSV, in quotes if it needs them. */
void write_csv(FILE *file, const char *text);

/* The name and the type of a feature, or ends the program. */
const char *feature_name(const sidekick_deployment *deployment, int side, size_t index, int *type);

#endif
