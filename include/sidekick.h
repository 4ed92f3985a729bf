/**
 * @file sidekick.h
 * libsidekick: typed, fast, safe predictions from deployed models. This header is the manual.
 *
 * @code{.c}
 * sidekick_deployment_open(url, SIDEKICK_NUL, token, SIDEKICK_NUL, NULL, NULL, &deployment, &error);
 * sidekick_rows_new(deployment, &rows, &error);
 * sidekick_rows_add_number(rows, "size", SIDEKICK_NUL, 0.43, &error);  // one call for each input
 * sidekick_rows_end_row(rows, &error);
 * sidekick_deployment_predict(deployment, rows, NULL, &predictions, &error);
 * sidekick_predictions_top(predictions, 0, 0, 0, &label, &length, &probability, &error);
 * @endcode
 *
 * Groups: version, open, specs, rows, predict, predictions, streams, cancel, errors, options, callbacks.
 *
 * What holds for every function:
 *
 * - Order of parameters: the receiver, inputs, `cancel` if the call can block, outputs, and last
 *   `sidekick_error **error`, which is optional (NULL is fine).
 * - Result: a `sidekick_status`, `SIDEKICK_OK` (0) on success. Getters that cannot fail return their value,
 *   `_free` nothing.
 * - Outputs are written only on success, `*error` only on failure. Begin with `sidekick_error *error = NULL`.
 *   Free an error with `sidekick_error_free` before the variable is used again.
 * - Ownership: what a function creates (`_new`, `_open`, `_predict`, `_next`, `_post_json`), the caller frees
 *   once, with the `_free` of its type. Nothing is consumed. All inputs are copied.
 * - Text is UTF-8 with a length in bytes. As a length, `SIDEKICK_NUL` means "up to the NUL", and so does a
 *   -1 of 32 bits, 0xFFFFFFFF; length 0 ignores the pointer. Text that is handed out has a NUL after it, which
 *   its length does not count. Paths of files are UTF-8 too, also on Windows.
 * - Pointers: NULL where an object, an output or text is needed is `SIDEKICK_ERROR_ARGUMENT`, never a crash.
 *   An output that is the length of another one (`length`, `size`, `count`, `rank`) may be NULL. Any other
 *   pointer must be valid, and a freed object must not be used.
 * - Threads: deployments, predictions, responses and cancellations can be used by any number of threads at
 *   once; options, rows, streams and errors by one at a time. There is no state for each thread, and no last
 *   error.
 * - The common errors of every function that returns a status: `SIDEKICK_ERROR_ARGUMENT` for NULL, and for
 *   text that is not UTF-8; `SIDEKICK_ERROR_MEMORY`, after which the objects can be used further;
 *   `SIDEKICK_ERROR_INTERNAL` for a defect of this library. A getter that meets such a defect returns what it
 *   returns for NULL; `sidekick_error_status` reports it.
 * - No function panics, aborts, prints, exits, touches signals, or changes locale or environment. Out of
 *   memory ends the process in two cases only: a request for less than 64 KiB, and one inside a library that
 *   decodes PNG to samples, BMP, GIF, TIFF or WebP, compresses a request with gzip, or reads certificates.
 *   Memory is checked before those.
 * - The token is sent to the deployment's server only. No message holds a part of it, or of a token before
 *   it.
 * - A program runs with every later library of the same soname: constants are numbered and never reused,
 *   types are opaque.
 */


#ifndef SIDEKICK_H
#define SIDEKICK_H

#include <stddef.h>
#include <stdint.h>

/**
 * Cancels calls, from any thread. It can be given to any number of calls, and stays triggered. Since 0.1.0.
 */
typedef struct sidekick_cancel sidekick_cancel;

/**
 * One deployed model: its specs and its connections. Any number of threads can use it at once. Since 0.1.0.
 */
typedef struct sidekick_deployment sidekick_deployment;

/**
 * What went wrong, in full. One thread at a time. Since 0.1.0.
 */
typedef struct sidekick_error sidekick_error;

/**
 * Settings of a deployment. One thread at a time. Since 0.1.0.
 */
typedef struct sidekick_options sidekick_options;

/**
 * The predictions for some rows, in their order. Immutable; any number of threads can use them at once.
 * Since 0.1.0.
 */
typedef struct sidekick_predictions sidekick_predictions;

/**
 * The response to `sidekick_deployment_post_json`, as it came. Immutable; any number of threads can use it
 * at once. Since 0.1.0.
 */
typedef struct sidekick_reply sidekick_reply;

/**
 * Rows to be predicted by one deployment. One thread at a time; any number of threads may predict the same
 * rows while none changes them. Since 0.1.0.
 */
typedef struct sidekick_rows sidekick_rows;

/**
 * Rows going out and predictions coming back, in order and in bounded memory. One thread at a time.
 * Since 0.1.0.
 */
typedef struct sidekick_stream sidekick_stream;

/**
 * Where a token callback puts the token. It lives while the callback runs. Since 0.1.0.
 */
typedef struct sidekick_token sidekick_token;

/**
 * What a call returns: `SIDEKICK_OK`, or one of the `SIDEKICK_ERROR_` constants. Later versions may add
 * some. Since 0.1.0.
 */
typedef int32_t sidekick_status;

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @defgroup sidekick_version Version
 * @{
 */

/** The version of this header, see also `sidekick_version`. Since 0.1.0. */
#define SIDEKICK_VERSION "0.2.0"
/** The major version. Before 1.0, a change of the minor version may change functions. Since 0.1.0. */
#define SIDEKICK_VERSION_MAJOR 0
/** The minor version: changes when something is added. Since 0.1.0. */
#define SIDEKICK_VERSION_MINOR 2
/** The patch version: changes when defects are fixed. Since 0.1.0. */
#define SIDEKICK_VERSION_PATCH 0

/** As the length of a text: up to its NUL. 0xFFFFFFFF means the same, since 0.2.0. Since 0.1.0. */
#define SIDEKICK_NUL SIZE_MAX

/** In the shape of a feature: a size that each row has its own of. Since 0.2.0. */
#define SIDEKICK_SIZE_ANY SIZE_MAX

/**
 * Returns the version of the running library, `"MAJOR.MINOR.PATCH"`.
 *
 * The text is static: do not free it. `SIDEKICK_VERSION` is the version of the header that a program was
 * built with. Any thread. Since 0.1.0.
 */
const char *sidekick_version(void);

/** @} */

/**
 * @defgroup sidekick_open Open
 *
 * A deployment is opened by URL and token, used by any number of threads, and freed when its last call has
 * returned and its streams are freed.
 * @{
 */

/**
 * The protocol that the URL means, for `sidekick_options_set_protocol`. Since 0.2.0.
 */
#define SIDEKICK_PROTOCOL_AUTO 0

/**
 * The Deployment API: JSON rows. Since 0.2.0.
 */
#define SIDEKICK_PROTOCOL_DEPLOYMENT_API 1

/**
 * The Open Inference Protocol of Triton, KServe, MLServer and others: tensors. Since 0.2.0.
 */
#define SIDEKICK_PROTOCOL_OPEN_INFERENCE 2

/**
 * Opens the deployment at `url`: asks the server what the model takes and returns. Blocks meanwhile.
 *
 * `url`: percent-encoded, as RFC 3986 says. If its path ends in `/deployment/ID`, also with `/forward`,
 * `/openapi.json` or a `/` after it, predictions are posted to `/deployment/ID/forward`. Any other URL is
 * the one that predictions are posted to. `openapi.json` is read beside that address. A query is kept.
 *
 * If its path ends in `/v2/models/NAME` or `/v2/models/NAME/versions/VERSION`, also with `/infer`, `/ready`,
 * `/config` or a `/` after it, it is a model on a server of the Open Inference Protocol.
 *
 * `token`: visible ASCII without "Bearer " before it. It is ignored if `options` has a token callback. It
 * may be empty for the Open Inference Protocol: none is sent then, and plain HTTP is allowed.
 *
 * `options`: copied; NULL for the defaults. `cancel`: ends the call when it is triggered; NULL is fine.
 *
 * `deployment`: free it with `sidekick_deployment_free`.
 *
 * Errors: `SIDEKICK_ERROR_ARGUMENT` for a malformed URL or token, a URL of plain HTTP to another machine, or
 * a token callback that failed; the connection's statuses (20 to 24); `SIDEKICK_ERROR_SERVER` or `_HTTP` if
 * the server refuses; `SIDEKICK_ERROR_DESCRIBE` if what the server describes is not a deployment.
 * Since 0.1.0; `cancel` since 0.2.0.
 */
sidekick_status sidekick_deployment_open(const char *url,
                                         size_t url_length,
                                         const char *token,
                                         size_t token_length,
                                         const sidekick_options *options,
                                         const sidekick_cancel *cancel,
                                         sidekick_deployment **deployment,
                                         sidekick_error **error);

/**
 * Frees a deployment and closes its connections. NULL is fine.
 *
 * All its calls must have returned, and all its streams must be freed. Its rows and predictions may live on.
 * Since 0.1.0.
 */
void sidekick_deployment_free(sidekick_deployment *deployment);

/**
 * Returns the most rows that the model takes in one request; 0 if it does not say, and for NULL. Rows are
 * split into requests accordingly. Since 0.2.0.
 */
size_t sidekick_deployment_batch_limit(const sidekick_deployment *deployment);

/**
 * Returns the version of the model: the one in the URL, as it is there, or the only one that the server
 * lists; empty if neither is known, for the Deployment API, and for NULL.
 *
 * The text lives as long as the deployment. `length`: its bytes without the NUL; NULL is fine. Since 0.2.0.
 */
const char *sidekick_deployment_model_version(const sidekick_deployment *deployment, size_t *length);

/**
 * Returns the protocol that the deployment speaks, one of the `SIDEKICK_PROTOCOL_` constants; 0 for NULL.
 * Since 0.2.0.
 */
int32_t sidekick_deployment_protocol(const sidekick_deployment *deployment);

/** @} */

/**
 * @defgroup sidekick_specs Specs
 *
 * What the model takes (`SIDEKICK_INPUT`) and returns (`SIDEKICK_OUTPUT`). Features are indexed from 0, in
 * the order in which the server describes them.
 * @{
 */

/**
 * The side of what a model takes. Since 0.1.0.
 */
#define SIDEKICK_INPUT 0

/**
 * The side of what a model returns. Since 0.1.0.
 */
#define SIDEKICK_OUTPUT 1

/**
 * A number if the shape is `[1]`, else an array of 32-bit floats. Since 0.1.0.
 */
#define SIDEKICK_TYPE_NUMERIC 1

/**
 * One of several categories; as an output, a probability for each. Since 0.1.0.
 */
#define SIDEKICK_TYPE_CATEGORICAL 2

/**
 * One of two classes; as an output, the probability of the second. Since 0.1.0.
 */
#define SIDEKICK_TYPE_BINARY 3

/**
 * Text of any length. Since 0.1.0.
 */
#define SIDEKICK_TYPE_TEXT 4

/**
 * An image; the shape is `[height, width, channels]`. Since 0.1.0.
 */
#define SIDEKICK_TYPE_IMAGE 5

/**
 * Bytes of any meaning, of a model of the Open Inference Protocol whose description says so. Since 0.2.0.
 */
#define SIDEKICK_TYPE_BYTES 6

/**
 * Returns how many features are on a side; 0 for NULL or an unknown side.
 *
 * `side`: `SIDEKICK_INPUT` or `SIDEKICK_OUTPUT`. Since 0.1.0.
 */
size_t sidekick_deployment_feature_count(const sidekick_deployment *deployment, int32_t side);

/**
 * Finds the index of a feature by its name. Look it up once, and use the index in loops.
 *
 * Errors: `SIDEKICK_ERROR_UNKNOWN_FEATURE` if no feature of that side has the name (the message lists the
 * names); `SIDEKICK_ERROR_ARGUMENT` for an unknown side. Since 0.1.0.
 */
sidekick_status sidekick_deployment_feature_index(const sidekick_deployment *deployment,
                                                  int32_t side,
                                                  const char *name,
                                                  size_t name_length,
                                                  size_t *index,
                                                  sidekick_error **error);

/**
 * Gets the name of a feature.
 *
 * `name`: lives as long as the deployment.
 *
 * Errors: `SIDEKICK_ERROR_UNKNOWN_FEATURE` if there is no such index; `SIDEKICK_ERROR_ARGUMENT` for an
 * unknown side. Since 0.1.0.
 */
sidekick_status sidekick_deployment_feature_name(const sidekick_deployment *deployment,
                                                 int32_t side,
                                                 size_t index,
                                                 const char **name,
                                                 size_t *name_length,
                                                 sidekick_error **error);

/**
 * Gets the type of a feature, one of the `SIDEKICK_TYPE_` constants.
 *
 * Errors: `SIDEKICK_ERROR_UNKNOWN_FEATURE` if there is no such index; `SIDEKICK_ERROR_ARGUMENT` for an
 * unknown side. Since 0.1.0.
 */
sidekick_status sidekick_deployment_feature_type(const sidekick_deployment *deployment,
                                                 int32_t side,
                                                 size_t index,
                                                 int32_t *feature_type,
                                                 sidekick_error **error);

/**
 * Gets the type of a feature's elements, one of the `SIDEKICK_DTYPE_` constants.
 *
 * For a model of the Open Inference Protocol it is the tensor's type, in which values are sent, and which
 * `sidekick_predictions_elements` returns. For a deployment of the Deployment API it is `SIDEKICK_DTYPE_F32`
 * for arrays, and `SIDEKICK_DTYPE_F64` for numbers and binary features.
 *
 * `dtype`: 0 for categorical, text, image and bytes features.
 *
 * Errors: `SIDEKICK_ERROR_UNKNOWN_FEATURE` if there is no such index; `SIDEKICK_ERROR_ARGUMENT` for an
 * unknown side. Since 0.2.0.
 */
sidekick_status sidekick_deployment_feature_dtype(const sidekick_deployment *deployment,
                                                  int32_t side,
                                                  size_t index,
                                                  int32_t *dtype,
                                                  sidekick_error **error);

/**
 * Gets whether a row may leave out a feature.
 *
 * `optional`: gets 1 if it may, else 0. Only inputs of the Open Inference Protocol can be optional: if the
 * server's configuration of the model or its description says so.
 *
 * Errors: `SIDEKICK_ERROR_UNKNOWN_FEATURE` if there is no such index; `SIDEKICK_ERROR_ARGUMENT` for an
 * unknown side. Since 0.2.0.
 */
sidekick_status sidekick_deployment_feature_optional(const sidekick_deployment *deployment,
                                                     int32_t side,
                                                     size_t index,
                                                     int32_t *optional,
                                                     sidekick_error **error);

/**
 * Gets the shape of a feature for one row.
 *
 * `shape`: `rank` sizes, which live as long as the deployment. A scalar is `[1]`, an image
 * `[height, width, channels]`, a categorical output `[number of categories]`. A size that is
 * `SIDEKICK_SIZE_ANY` may be another in each row: an array that is added has its own,
 * `sidekick_predictions_row_shape` returns that of a result.
 *
 * Errors: `SIDEKICK_ERROR_UNKNOWN_FEATURE` if there is no such index; `SIDEKICK_ERROR_ARGUMENT` for an
 * unknown side. Since 0.1.0.
 */
sidekick_status sidekick_deployment_feature_shape(const sidekick_deployment *deployment,
                                                  int32_t side,
                                                  size_t index,
                                                  const size_t **shape,
                                                  size_t *rank,
                                                  sidekick_error **error);

/**
 * Gets how many categories the server lists for a feature; 0 if it lists none.
 *
 * Errors: `SIDEKICK_ERROR_UNKNOWN_FEATURE` if there is no such index; `SIDEKICK_ERROR_ARGUMENT` for an
 * unknown side. Since 0.1.0.
 */
sidekick_status sidekick_deployment_category_count(const sidekick_deployment *deployment,
                                                   int32_t side,
                                                   size_t index,
                                                   size_t *count,
                                                   sidekick_error **error);

/**
 * Gets the label of a listed category.
 *
 * `category`: counted from 0. `label`: lives as long as the deployment; an integer category is its digits.
 *
 * Errors: `SIDEKICK_ERROR_UNKNOWN_FEATURE` if there is no such feature; `SIDEKICK_ERROR_ARGUMENT` if there
 * is no such category, or for an unknown side. Since 0.1.0.
 */
sidekick_status sidekick_deployment_category(const sidekick_deployment *deployment,
                                             int32_t side,
                                             size_t index,
                                             size_t category,
                                             const char **label,
                                             size_t *label_length,
                                             sidekick_error **error);

/** @} */

/**
 * @defgroup sidekick_rows Rows
 *
 * Rows are built value by value: add every input in any order, end the row, go on with the next. Or add
 * whole rows from columns at once, with `sidekick_rows_add_columns`.
 *
 * Each value is checked against its input's spec and copied by the call that adds it. A call that fails
 * leaves the rows as they were. A function that ends in `_at` takes the input's index instead of its name.
 *
 * For a model of the Open Inference Protocol a value has to fit its tensor's type: whole numbers in the
 * range of an integer type; floats are rounded, and one that would become infinite is refused. NaN and
 * infinity are taken for tensors of floats that are sent as bytes. Arrays keep the tensor's type.
 *
 * Errors of every add function: `SIDEKICK_ERROR_UNKNOWN_FEATURE` if no input has the name or index,
 * `SIDEKICK_ERROR_FEATURE_TYPE` if the input takes another type, `SIDEKICK_ERROR_FEATURE_TWICE` if the row
 * has a value for it. The error names the row and the feature.
 * @{
 */

/**
 * `float`. Since 0.1.0.
 */
#define SIDEKICK_DTYPE_F32 1

/**
 * `double`. Since 0.1.0.
 */
#define SIDEKICK_DTYPE_F64 2

/**
 * `int8_t`. Since 0.1.0.
 */
#define SIDEKICK_DTYPE_I8 3

/**
 * `int16_t`. Since 0.1.0.
 */
#define SIDEKICK_DTYPE_I16 4

/**
 * `int32_t`. Since 0.1.0.
 */
#define SIDEKICK_DTYPE_I32 5

/**
 * `int64_t`. Since 0.1.0.
 */
#define SIDEKICK_DTYPE_I64 6

/**
 * `uint8_t`. Since 0.1.0.
 */
#define SIDEKICK_DTYPE_U8 7

/**
 * `uint16_t`. Since 0.1.0.
 */
#define SIDEKICK_DTYPE_U16 8

/**
 * `uint32_t`. Since 0.1.0.
 */
#define SIDEKICK_DTYPE_U32 9

/**
 * `uint64_t`. Since 0.1.0.
 */
#define SIDEKICK_DTYPE_U64 10

/**
 * A 16-bit float (IEEE 754 binary16), as its bits in a `uint16_t`. Since 0.2.0.
 */
#define SIDEKICK_DTYPE_F16 11

/**
 * A 16-bit float with the exponent of a `float`: its upper half, in a `uint16_t`. Since 0.2.0.
 */
#define SIDEKICK_DTYPE_BF16 12

/**
 * A byte: 0 is false, any other is true. Since 0.2.0.
 */
#define SIDEKICK_DTYPE_BOOL 13

/**
 * Kind of a packed record: ends the row; its length is 0. Since 0.2.0, as are the names of the other kinds.
 */
#define SIDEKICK_RECORD_END_ROW 0

/**
 * Kind of a packed record: a `double`, for a number. Since 0.2.0.
 */
#define SIDEKICK_RECORD_NUMBER 1

/**
 * Kind of a packed record: an `int64_t`, for an integer. Since 0.2.0.
 */
#define SIDEKICK_RECORD_INTEGER 2

/**
 * Kind of a packed record: the label of a category. Since 0.2.0.
 */
#define SIDEKICK_RECORD_CATEGORY 3

/**
 * Kind of a packed record: an `int64_t` that is 0 or 1, for a binary input. Since 0.2.0.
 */
#define SIDEKICK_RECORD_BINARY 4

/**
 * Kind of a packed record: text. Since 0.2.0.
 */
#define SIDEKICK_RECORD_TEXT 5

/**
 * Kind of a packed record: bytes. Since 0.2.0.
 */
#define SIDEKICK_RECORD_BYTES 6

/**
 * Kind of a packed record: a `uint64_t`, for an integer. Since 0.2.0.
 */
#define SIDEKICK_RECORD_UNSIGNED 7

/**
 * Kind of a column: pieces of bytes with their ends. No `SIDEKICK_DTYPE_` constant is negative. Since 0.1.0.
 */
#define SIDEKICK_COLUMN_PIECES -1

/**
 * Kind of a column: texts, each ended by a NUL. Since 0.1.0.
 */
#define SIDEKICK_COLUMN_TEXTS -2

/**
 * Creates empty rows for a deployment, which they may outlive. Free them with `sidekick_rows_free`.
 *
 * Errors: the common ones. Since 0.1.0.
 */
sidekick_status sidekick_rows_new(const sidekick_deployment *deployment,
                                  sidekick_rows **rows,
                                  sidekick_error **error);

/**
 * Returns how many rows are finished; 0 for NULL. Since 0.1.0.
 */
size_t sidekick_rows_count(const sidekick_rows *rows);

/**
 * Adds a number to a numeric input of shape `[1]`.
 *
 * Errors: those of every add function; `SIDEKICK_ERROR_FEATURE_VALUE` for NaN and infinity. Since 0.1.0.
 */
sidekick_status sidekick_rows_add_number(sidekick_rows *rows,
                                         const char *name,
                                         size_t name_length,
                                         double number,
                                         sidekick_error **error);

/**
 * As `sidekick_rows_add_number`, with the input's index. Since 0.1.0.
 */
sidekick_status sidekick_rows_add_number_at(sidekick_rows *rows,
                                            size_t index,
                                            double number,
                                            sidekick_error **error);

/**
 * Adds an integer to a numeric input of shape `[1]`, or as the category of a categorical or binary input.
 *
 * Errors: those of every add function; `SIDEKICK_ERROR_FEATURE_VALUE` if it is not one of the listed
 * categories. Since 0.1.0.
 */
sidekick_status sidekick_rows_add_integer(sidekick_rows *rows,
                                          const char *name,
                                          size_t name_length,
                                          int64_t integer,
                                          sidekick_error **error);

/**
 * As `sidekick_rows_add_integer`, with the input's index. Since 0.1.0.
 */
sidekick_status sidekick_rows_add_integer_at(sidekick_rows *rows,
                                             size_t index,
                                             int64_t integer,
                                             sidekick_error **error);

/**
 * Adds an integer of 64 bits without a sign, as `sidekick_rows_add_integer` does. Above `INT64_MAX` it is
 * exact in a UINT64 tensor, and the nearest double for the Deployment API.
 *
 * Errors: those of `sidekick_rows_add_integer`. Since 0.2.0.
 */
sidekick_status sidekick_rows_add_unsigned(sidekick_rows *rows,
                                           const char *name,
                                           size_t name_length,
                                           uint64_t integer,
                                           sidekick_error **error);

/**
 * As `sidekick_rows_add_unsigned`, with the input's index. Since 0.2.0.
 */
sidekick_status sidekick_rows_add_unsigned_at(sidekick_rows *rows,
                                              size_t index,
                                              uint64_t integer,
                                              sidekick_error **error);

/**
 * Adds a category, by its label, to a categorical or binary input.
 *
 * Errors: those of every add function; `SIDEKICK_ERROR_FEATURE_VALUE` if it is not one of the listed
 * categories. Since 0.1.0.
 */
sidekick_status sidekick_rows_add_category(sidekick_rows *rows,
                                           const char *name,
                                           size_t name_length,
                                           const char *label,
                                           size_t label_length,
                                           sidekick_error **error);

/**
 * As `sidekick_rows_add_category`, with the input's index. Since 0.1.0.
 */
sidekick_status sidekick_rows_add_category_at(sidekick_rows *rows,
                                              size_t index,
                                              const char *label,
                                              size_t label_length,
                                              sidekick_error **error);

/**
 * Adds 0 or 1 to a binary input.
 *
 * Errors: those of every add function; `SIDEKICK_ERROR_ARGUMENT` for any other value. Since 0.1.0.
 */
sidekick_status sidekick_rows_add_binary(sidekick_rows *rows,
                                         const char *name,
                                         size_t name_length,
                                         int32_t value,
                                         sidekick_error **error);

/**
 * As `sidekick_rows_add_binary`, with the input's index. Since 0.1.0.
 */
sidekick_status sidekick_rows_add_binary_at(sidekick_rows *rows,
                                            size_t index,
                                            int32_t value,
                                            sidekick_error **error);

/**
 * Adds UTF-8 text to a text input.
 *
 * Errors: those of every add function. Since 0.1.0.
 */
sidekick_status sidekick_rows_add_text(sidekick_rows *rows,
                                       const char *name,
                                       size_t name_length,
                                       const char *value,
                                       size_t value_length,
                                       sidekick_error **error);

/**
 * As `sidekick_rows_add_text`, with the input's index. Since 0.1.0.
 */
sidekick_status sidekick_rows_add_text_at(sidekick_rows *rows,
                                          size_t index,
                                          const char *value,
                                          size_t value_length,
                                          sidekick_error **error);

/**
 * Adds bytes to an input of the type bytes.
 *
 * Errors: those of every add function. Since 0.2.0.
 */
sidekick_status sidekick_rows_add_bytes(sidekick_rows *rows,
                                        const char *name,
                                        size_t name_length,
                                        const void *value,
                                        size_t size,
                                        sidekick_error **error);

/**
 * As `sidekick_rows_add_bytes`, with the input's index. Since 0.2.0.
 */
sidekick_status sidekick_rows_add_bytes_at(sidekick_rows *rows,
                                           size_t index,
                                           const void *value,
                                           size_t size,
                                           sidekick_error **error);

/**
 * Adds many small values in one call, for bindings whose calls into C are expensive.
 *
 * `records`: `size` bytes. A record is a `uint32_t` kind (`SIDEKICK_RECORD_`), the `uint32_t` index of the
 * input, a `uint64_t` length, and a payload of that many bytes padded to a multiple of 8; integers and
 * doubles in this machine's byte order. Each record does what the function for its kind does. Other values
 * can be added between two calls, also within a row.
 *
 * Errors: those of the functions that add one value; `SIDEKICK_ERROR_ARGUMENT` for malformed records. After
 * an error nothing of the call is added. Since 0.1.0.
 */
sidekick_status sidekick_rows_add_packed(sidekick_rows *rows,
                                         const void *records,
                                         size_t size,
                                         sidekick_error **error);

/**
 * Finishes the row that was begun.
 *
 * Inputs of the Open Inference Protocol can be optional: a row may lack those. Rows that lack different
 * inputs are sent in different requests.
 *
 * Errors: `SIDEKICK_ERROR_ROW_INCOMPLETE` if other inputs are missing. The message names them, and they can
 * still be added. Since 0.1.0.
 */
sidekick_status sidekick_rows_end_row(sidekick_rows *rows, sidekick_error **error);

/**
 * Discards the row that was begun. Finished rows stay.
 *
 * Errors: the common ones. Since 0.1.0.
 */
sidekick_status sidekick_rows_discard_row(sidekick_rows *rows, sidekick_error **error);

/**
 * Discards all rows. Their memory is kept for the next rows.
 *
 * Errors: the common ones. Since 0.1.0.
 */
sidekick_status sidekick_rows_clear(sidekick_rows *rows, sidekick_error **error);

/**
 * Frees rows. NULL is fine. Since 0.1.0.
 */
void sidekick_rows_free(sidekick_rows *rows);

/**
 * Adds an image file to an image input. The server resizes the image to the input's shape.
 *
 * `encoded`: `size` bytes of a PNG, JPEG, BMP, GIF, TIFF or WebP file, told apart by its content. Pixels go
 * out as stored. PNG and JPEG go out without being decoded, and without their metadata (EXIF, XMP, IPTC,
 * comments, texts, thumbnails). PNG with alpha or more than 8 bits a sample, and all other kinds, go out as
 * PNG without alpha. Of a GIF the first frame is taken, of a TIFF the first page: grey, RGB or CMYK of 8 or
 * 16 bits a sample, or black and white.
 *
 * A JPEG is whole if its scans are complete: its end marker may be missing, and bytes may follow. If the
 * marker is there, the data before it are not checked.
 *
 * For a model of the Open Inference Protocol nothing is resized. A model description says whether the image
 * becomes a tensor of pixels, whose size it must have, or is sent as the file it is.
 *
 * Errors: those of every add function; `SIDEKICK_ERROR_IMAGE` for a file that is cut off or damaged, is of
 * another kind (such as a TIFF of floating-point samples), or has more pixels than
 * `sidekick_options_set_max_image_pixels` allows. Since 0.1.0.
 */
sidekick_status sidekick_rows_add_image(sidekick_rows *rows,
                                        const char *name,
                                        size_t name_length,
                                        const void *encoded,
                                        size_t size,
                                        sidekick_error **error);

/**
 * As `sidekick_rows_add_image`, with the input's index. Since 0.1.0.
 */
sidekick_status sidekick_rows_add_image_at(sidekick_rows *rows,
                                           size_t index,
                                           const void *encoded,
                                           size_t size,
                                           sidekick_error **error);

/**
 * Adds an image from a file, as `sidekick_rows_add_image` does.
 *
 * Errors: those of `sidekick_rows_add_image`; `SIDEKICK_ERROR_FILE` if the file cannot be read. Since 0.1.0.
 */
sidekick_status sidekick_rows_add_image_file(sidekick_rows *rows,
                                             const char *name,
                                             size_t name_length,
                                             const char *path,
                                             size_t path_length,
                                             sidekick_error **error);

/**
 * As `sidekick_rows_add_image_file`, with the input's index. Since 0.1.0.
 */
sidekick_status sidekick_rows_add_image_file_at(sidekick_rows *rows,
                                                size_t index,
                                                const char *path,
                                                size_t path_length,
                                                sidekick_error **error);

/**
 * Adds an image from raw 8-bit pixels.
 *
 * `height` rows from the top, each of `width` pixels of `channels` interleaved samples: 1 grey, 3 RGB, 4
 * RGBA (alpha is dropped). `row_stride`: bytes from one row to the next; 0 for rows without gaps. `samples`:
 * `size` bytes.
 *
 * `jpeg_quality`: 0 sends PNG; 1 to 100 sends JPEG of that quality, with colours at half the resolution
 * (4:2:0).
 *
 * Errors: those of every add function; `SIDEKICK_ERROR_ARGUMENT` if the sizes do not fit each other, or for
 * another quality. Since 0.1.0.
 */
sidekick_status sidekick_rows_add_pixels(sidekick_rows *rows,
                                         const char *name,
                                         size_t name_length,
                                         uint32_t width,
                                         uint32_t height,
                                         uint32_t channels,
                                         size_t row_stride,
                                         const void *samples,
                                         size_t size,
                                         int32_t jpeg_quality,
                                         sidekick_error **error);

/**
 * As `sidekick_rows_add_pixels`, with the input's index. Since 0.1.0.
 */
sidekick_status sidekick_rows_add_pixels_at(sidekick_rows *rows,
                                            size_t index,
                                            uint32_t width,
                                            uint32_t height,
                                            uint32_t channels,
                                            size_t row_stride,
                                            const void *samples,
                                            size_t size,
                                            int32_t jpeg_quality,
                                            sidekick_error **error);

/**
 * Adds an array to a numeric input of the same shape. Elements become the type that
 * `sidekick_deployment_feature_dtype` returns: 32-bit floats for the Deployment API.
 *
 * A size that the input's shape has as `SIDEKICK_SIZE_ANY` may be any, also 0, and another in each row. Rows
 * of different shapes are sent in different requests.
 *
 * `dtype`: one of the `SIDEKICK_DTYPE_` constants. `shape`: `rank` sizes. `data`: `data_size` bytes that
 * begin with element `[0, ..., 0]`, in this machine's byte order.
 *
 * `strides`: for each dimension the distance in bytes from one element to the next; NULL for row-major
 * without gaps: then `data_size` is exactly the size of the array. With a negative stride, elements lie
 * before `data`: the caller promises that they are there.
 *
 * Errors: those of every add function; `SIDEKICK_ERROR_FEATURE_SHAPE` for another shape;
 * `SIDEKICK_ERROR_FEATURE_VALUE` for an element that this type does not hold (the message names it);
 * `SIDEKICK_ERROR_ARGUMENT` for an unknown type, if shape and strides reach beyond the data, or if the data
 * is larger than an array without strides. Since 0.1.0.
 */
sidekick_status sidekick_rows_add_array(sidekick_rows *rows,
                                        const char *name,
                                        size_t name_length,
                                        int32_t dtype,
                                        const size_t *shape,
                                        size_t rank,
                                        const ptrdiff_t *strides,
                                        const void *data,
                                        size_t data_size,
                                        sidekick_error **error);

/**
 * As `sidekick_rows_add_array`, with the input's index. Since 0.1.0.
 */
sidekick_status sidekick_rows_add_array_at(sidekick_rows *rows,
                                           size_t index,
                                           int32_t dtype,
                                           const size_t *shape,
                                           size_t rank,
                                           const ptrdiff_t *strides,
                                           const void *data,
                                           size_t data_size,
                                           sidekick_error **error);

/**
 * Adds an array from the bytes of a `.npy` file to a numeric input of the same shape.
 *
 * `file`: `size` bytes; versions 1 to 3, C or Fortran order, either byte order; f4, f8, i1 to i8, u1 to u8,
 * b1.
 *
 * Errors: those of every add function; `SIDEKICK_ERROR_NPY` for a malformed file or another type;
 * `SIDEKICK_ERROR_FEATURE_SHAPE` for another shape; `SIDEKICK_ERROR_FEATURE_VALUE` for an element that is
 * not finite as a 32-bit float. Since 0.1.0.
 */
sidekick_status sidekick_rows_add_npy(sidekick_rows *rows,
                                      const char *name,
                                      size_t name_length,
                                      const void *file,
                                      size_t size,
                                      sidekick_error **error);

/**
 * As `sidekick_rows_add_npy`, with the input's index. Since 0.1.0.
 */
sidekick_status sidekick_rows_add_npy_at(sidekick_rows *rows,
                                         size_t index,
                                         const void *file,
                                         size_t size,
                                         sidekick_error **error);

/**
 * Adds an array from a `.npy` file, as `sidekick_rows_add_npy` does.
 *
 * Errors: those of `sidekick_rows_add_npy`; `SIDEKICK_ERROR_FILE` if the file cannot be read. Since 0.1.0.
 */
sidekick_status sidekick_rows_add_npy_file(sidekick_rows *rows,
                                           const char *name,
                                           size_t name_length,
                                           const char *path,
                                           size_t path_length,
                                           sidekick_error **error);

/**
 * As `sidekick_rows_add_npy_file`, with the input's index. Since 0.1.0.
 */
sidekick_status sidekick_rows_add_npy_file_at(sidekick_rows *rows,
                                              size_t index,
                                              const char *path,
                                              size_t path_length,
                                              sidekick_error **error);

/**
 * Adds `count` whole rows in one call, from a column for each input. An optional input may have none. No row
 * may be begun.
 *
 * There are `column_count` columns. Column `i` is for the input with index `inputs[i]`. Its values, one for
 * each row, are the `sizes[i]` bytes at `values[i]`. `kinds[i]` says how they are stored:
 *
 * - One of the `SIDEKICK_DTYPE_` constants: numbers in this machine's byte order, without gaps, of any
 *   alignment. For a numeric input of shape `[1]` they are `count` numbers; for another shape, `count`
 *   row-major arrays of that shape. For a categorical or binary input, integers are the categories. A
 *   `uint64_t` outside an array has to fit an `int64_t`.
 *   For an input whose shape has a `SIDEKICK_SIZE_ANY`, all arrays of the column have one shape: `ends[i]`
 *   points to its sizes, as many as the input's shape has. If it is NULL, the size follows from `sizes[i]`;
 *   that needs one free size only.
 * - `SIDEKICK_COLUMN_PIECES`: texts, labels, image files or bytes, one after another without NULs. `ends[i]`
 *   points to `count` sizes: where the piece of each row ends, counted in bytes from `values[i]`. The last
 *   one is `sizes[i]`.
 * - `SIDEKICK_COLUMN_TEXTS`: texts or labels, each ended by a NUL, the last one too.
 *
 * `ends` may be NULL if no column has pieces, or a shape. Every value is checked and copied as by the
 * function that adds one of its kind.
 *
 * Errors: those of the functions that add one value; `SIDEKICK_ERROR_ROW_INCOMPLETE` if an input has no
 * column, or a row was begun; `SIDEKICK_ERROR_FEATURE_TWICE` if an input has two columns;
 * `SIDEKICK_ERROR_FEATURE_SHAPE` if a column is not as long as `count` rows need; `SIDEKICK_ERROR_ARGUMENT`
 * for an unknown kind, text that is not UTF-8, or ends that decrease, exceed the column or split a
 * character. After an error nothing of the call is added. The error names the feature and, if one value is
 * to blame, its row, counted with the rows that were there before. Since 0.1.0.
 */
sidekick_status sidekick_rows_add_columns(sidekick_rows *rows,
                                          size_t count,
                                          size_t column_count,
                                          const size_t *inputs,
                                          const int32_t *kinds,
                                          const void *const *values,
                                          const size_t *sizes,
                                          const size_t *const *ends,
                                          sidekick_error **error);

/** @} */

/**
 * @defgroup sidekick_predict Predict
 *
 * Calls that send rows, or JSON text as it is. They block until the response is there, and any number of
 * threads can call them at once.
 * @{
 */

/**
 * Predicts all finished rows, and blocks until the predictions are there. They are in the order of the rows.
 *
 * The rows go out in requests of `batch_rows` rows each, which are retried as the options say. They stay as
 * they are: several calls may read them at once. Any thread.
 *
 * `cancel`: ends the call when it is triggered; NULL is fine. `predictions`: free them with
 * `sidekick_predictions_free`.
 *
 * Errors: `SIDEKICK_ERROR_ROW_INCOMPLETE` if a row was begun and not ended; `SIDEKICK_ERROR_ARGUMENT` for
 * rows of another deployment; the connection's statuses (20 to 24); `SIDEKICK_ERROR_SERVER` or `_HTTP` if
 * the server refuses; the response's statuses (41 to 47) if the response is not what the deployment
 * declares. Since 0.1.0; `cancel` since 0.2.0.
 */
sidekick_status sidekick_deployment_predict(const sidekick_deployment *deployment,
                                            const sidekick_rows *rows,
                                            const sidekick_cancel *cancel,
                                            sidekick_predictions **predictions,
                                            sidekick_error **error);

/**
 * Adds packed records, predicts them, and copies their results: one call, for bindings whose calls into C
 * are expensive.
 *
 * `records`: as `sidekick_rows_add_packed` takes them, `size` bytes. `cancel`: as for
 * `sidekick_deployment_predict`.
 *
 * `values`: room for exactly `count` values. Row after row, each output in its order takes one value if it
 * is a number or a binary probability, and one value for each listed label if it is categorical.
 *
 * Errors: those of `sidekick_rows_add_packed` and `sidekick_deployment_predict`;
 * `SIDEKICK_ERROR_FEATURE_TYPE` if an output is neither of these, or lists no labels;
 * `SIDEKICK_ERROR_ARGUMENT` if `count` is not the number of values. A row that the server refuses fails the
 * call, also if the options isolate such rows. Any thread. Since 0.1.0.
 */
sidekick_status sidekick_deployment_predict_packed(const sidekick_deployment *deployment,
                                                   const void *records,
                                                   size_t size,
                                                   const sidekick_cancel *cancel,
                                                   double *values,
                                                   size_t count,
                                                   sidekick_error **error);

/**
 * Posts JSON text as it is, and returns the response whatever its status. Blocks meanwhile. Any thread.
 *
 * `json`: not checked. `cancel`: ends the call when it is triggered; NULL is fine. `reply`: free it with
 * `sidekick_reply_free`.
 *
 * Errors: the connection's statuses (20 to 24); `SIDEKICK_ERROR_REPLY_TOO_LARGE`. Since 0.1.0; `cancel`
 * since 0.2.0.
 */
sidekick_status sidekick_deployment_post_json(const sidekick_deployment *deployment,
                                              const char *json,
                                              size_t json_length,
                                              const sidekick_cancel *cancel,
                                              sidekick_reply **reply,
                                              sidekick_error **error);

/**
 * Returns the HTTP status, such as 200 or 404; 0 for NULL. Since 0.1.0.
 */
int32_t sidekick_reply_http_status(const sidekick_reply *reply);

/**
 * Returns the body as text; `""` for NULL. Bytes that are not UTF-8 are replaced by U+FFFD.
 *
 * `length`: gets the length in bytes; NULL is fine. The text lives until `sidekick_reply_free`. Since 0.1.0.
 */
const char *sidekick_reply_text(const sidekick_reply *reply, size_t *length);

/**
 * Frees a response and its text. NULL is fine. Since 0.1.0.
 */
void sidekick_reply_free(sidekick_reply *reply);

/** @} */

/**
 * @defgroup sidekick_predictions Predictions
 *
 * Typed results, by row or by column. A view (pointer and length) lives until `sidekick_predictions_free`.
 *
 * `output`: the index of an output, see `sidekick_deployment_feature_index`. `row`: counted from 0.
 *
 * Errors of every reader: `SIDEKICK_ERROR_UNKNOWN_FEATURE` if there is no such output,
 * `SIDEKICK_ERROR_FEATURE_TYPE` if it has another type, `SIDEKICK_ERROR_ARGUMENT` if there is no such row.
 * @{
 */

/**
 * Returns how many rows were predicted; 0 for NULL. Since 0.1.0.
 */
size_t sidekick_predictions_count(const sidekick_predictions *predictions);

/**
 * Returns how many rows the server refused; 0 for NULL.
 *
 * Only with `sidekick_options_set_isolate_bad_rows` are there any: the predictions are then those of all
 * other rows. Since 0.1.0.
 */
size_t sidekick_predictions_failure_count(const sidekick_predictions *predictions);

/**
 * Gets why a row was refused.
 *
 * `index`: counted from 0, in the order of the rows. `failure`: `sidekick_error_row` is the row. Free it
 * with `sidekick_error_free`; it may outlive the predictions.
 *
 * Errors: `SIDEKICK_ERROR_ARGUMENT` if there is no such failure. Since 0.1.0.
 */
sidekick_status sidekick_predictions_failure(const sidekick_predictions *predictions,
                                             size_t index,
                                             sidekick_error **failure,
                                             sidekick_error **error);

/**
 * Gets the row that a prediction belongs to, counted over all rows of the call.
 *
 * `prediction`: counted from 0. The two numbers differ only after a row that was refused.
 *
 * Errors: `SIDEKICK_ERROR_ARGUMENT` if there is no such prediction. Since 0.1.0.
 */
sidekick_status sidekick_predictions_sent_row(const sidekick_predictions *predictions,
                                              size_t prediction,
                                              size_t *row,
                                              sidekick_error **error);

/**
 * Gets the number of a numeric output of shape `[1]`, or the probability of a binary output.
 *
 * Errors: those of every reader. Since 0.1.0.
 */
sidekick_status sidekick_predictions_number(const sidekick_predictions *predictions,
                                            size_t output,
                                            size_t row,
                                            double *number,
                                            sidekick_error **error);

/**
 * Gets the number of a numeric output of shape `[1]`, or the value of a binary output, as an integer.
 *
 * An INT64 keeps all its digits, which a `double` would not. A float has to be a whole number.
 *
 * Errors: those of every reader; `SIDEKICK_ERROR_FEATURE_VALUE` for a value that is not a whole number or is
 * beyond an `int64_t` (the message has the value). Since 0.2.0.
 */
sidekick_status sidekick_predictions_integer(const sidekick_predictions *predictions,
                                             size_t output,
                                             size_t row,
                                             int64_t *value,
                                             sidekick_error **error);

/**
 * Gets the numbers, or the binary probabilities, of all rows. `count` is the number of rows.
 *
 * Errors: those of every reader. Since 0.1.0.
 */
sidekick_status sidekick_predictions_numbers(const sidekick_predictions *predictions,
                                             size_t output,
                                             const double **numbers,
                                             size_t *count,
                                             sidekick_error **error);

/**
 * Gets the bytes of an output of the type bytes. They are followed by no NUL.
 *
 * Errors: those of every reader. Since 0.2.0.
 */
sidekick_status sidekick_predictions_bytes(const sidekick_predictions *predictions,
                                           size_t output,
                                           size_t row,
                                           const void **value,
                                           size_t *size,
                                           sidekick_error **error);

/**
 * Gets the bytes of all rows of an output of the type bytes. `count` is the number of rows.
 *
 * Value `i` begins at `values + ends[i - 1]` (the first at `values`), and has `ends[i] - ends[i - 1]` bytes.
 *
 * Errors: those of every reader. Since 0.2.0.
 */
sidekick_status sidekick_predictions_bytes_column(const sidekick_predictions *predictions,
                                                  size_t output,
                                                  const void **values,
                                                  const size_t **ends,
                                                  size_t *count,
                                                  sidekick_error **error);

/**
 * Gets the text of a text output.
 *
 * Errors: those of every reader. Since 0.1.0.
 */
sidekick_status sidekick_predictions_text(const sidekick_predictions *predictions,
                                          size_t output,
                                          size_t row,
                                          const char **value,
                                          size_t *value_length,
                                          sidekick_error **error);

/**
 * Gets the texts of all rows. `count` is the number of rows.
 *
 * Text `i` begins at `texts + ends[i - 1]` (the first at `texts`). It has `ends[i] - ends[i - 1] - 1` bytes,
 * and a NUL after them.
 *
 * Errors: those of every reader. Since 0.1.0.
 */
sidekick_status sidekick_predictions_texts(const sidekick_predictions *predictions,
                                           size_t output,
                                           const char **texts,
                                           const size_t **ends,
                                           size_t *count,
                                           sidekick_error **error);

/**
 * Gets how many categories a categorical output has.
 *
 * Errors: those of every reader. Since 0.1.0.
 */
sidekick_status sidekick_predictions_category_count(const sidekick_predictions *predictions,
                                                    size_t output,
                                                    size_t *count,
                                                    sidekick_error **error);

/**
 * Gets the label of a category.
 *
 * `category`: counted from 0; it is also the column of the probability matrix.
 *
 * Errors: those of every reader; `SIDEKICK_ERROR_ARGUMENT` if there is no such category. Since 0.1.0.
 */
sidekick_status sidekick_predictions_category_label(const sidekick_predictions *predictions,
                                                    size_t output,
                                                    size_t category,
                                                    const char **label,
                                                    size_t *label_length,
                                                    sidekick_error **error);

/**
 * Gets the probabilities of a row of a categorical output: `count` values, one for each category, in the
 * order of the labels.
 *
 * Errors: those of every reader. Since 0.1.0.
 */
sidekick_status sidekick_predictions_probabilities(const sidekick_predictions *predictions,
                                                   size_t output,
                                                   size_t row,
                                                   const double **probabilities,
                                                   size_t *count,
                                                   sidekick_error **error);

/**
 * Gets the probabilities of all rows of a categorical output: `count` values, row-major, rows times
 * categories.
 *
 * Errors: those of every reader. Since 0.1.0.
 */
sidekick_status sidekick_predictions_probability_matrix(const sidekick_predictions *predictions,
                                                        size_t output,
                                                        const double **matrix,
                                                        size_t *count,
                                                        sidekick_error **error);

/**
 * Gets the probability of one category, by its label.
 *
 * Errors: those of every reader; `SIDEKICK_ERROR_ARGUMENT` if there is no such label. Since 0.1.0.
 */
sidekick_status sidekick_predictions_probability(const sidekick_predictions *predictions,
                                                 size_t output,
                                                 size_t row,
                                                 const char *label,
                                                 size_t label_length,
                                                 double *probability,
                                                 sidekick_error **error);

/**
 * Gets the category at a rank of a row: its label and its probability.
 *
 * `rank`: 0 is the most probable category. Equal probabilities keep the order of the labels.
 *
 * Errors: those of every reader; `SIDEKICK_ERROR_ARGUMENT` if there is no such rank. Since 0.1.0.
 */
sidekick_status sidekick_predictions_top(const sidekick_predictions *predictions,
                                         size_t output,
                                         size_t row,
                                         size_t rank,
                                         const char **label,
                                         size_t *label_length,
                                         double *probability,
                                         sidekick_error **error);

/**
 * Gets the image of a row as the server sent it: the `size` bytes of a file.
 *
 * `media_type`: gets `"image/png"` or `"image/jpeg"`, static text; NULL is fine.
 *
 * Errors: those of every reader. Since 0.1.0.
 */
sidekick_status sidekick_predictions_image(const sidekick_predictions *predictions,
                                           size_t output,
                                           size_t row,
                                           const void **encoded,
                                           size_t *size,
                                           const char **media_type,
                                           sidekick_error **error);

/**
 * Gets width, height and channels (1 grey, 3 RGB, 4 RGBA) of the image of a row, without decoding its
 * pixels.
 *
 * Errors: those of every reader; `SIDEKICK_ERROR_IMAGE` if the image is cut off or damaged, or has more
 * pixels than `sidekick_options_set_max_image_pixels` allows. Since 0.1.0.
 */
sidekick_status sidekick_predictions_image_size(const sidekick_predictions *predictions,
                                                size_t output,
                                                size_t row,
                                                uint32_t *width,
                                                uint32_t *height,
                                                uint32_t *channels,
                                                sidekick_error **error);

/**
 * Decodes the image of a row into `buffer`: 8-bit samples as stored, rows from the top without gaps.
 *
 * `buffer_size`: exactly `width * height * channels`, as `sidekick_predictions_image_size` returns them.
 *
 * Errors: those of every reader; `SIDEKICK_ERROR_ARGUMENT` for another size; `SIDEKICK_ERROR_IMAGE` if the
 * image is cut off or damaged, or too large. Since 0.1.0.
 */
sidekick_status sidekick_predictions_image_pixels(const sidekick_predictions *predictions,
                                                  size_t output,
                                                  size_t row,
                                                  void *buffer,
                                                  size_t buffer_size,
                                                  sidekick_error **error);

/**
 * Writes the image of a row to a file, as the server sent it.
 *
 * Errors: those of every reader; `SIDEKICK_ERROR_FILE` if the file cannot be written. Since 0.1.0.
 */
sidekick_status sidekick_predictions_save_image(const sidekick_predictions *predictions,
                                                size_t output,
                                                size_t row,
                                                const char *path,
                                                size_t path_length,
                                                sidekick_error **error);

/**
 * Frees predictions and all views into them. NULL is fine. Since 0.1.0.
 */
void sidekick_predictions_free(sidekick_predictions *predictions);

/**
 * Gets the array of a row: `count` elements, row-major, of the shape that `sidekick_predictions_row_shape`
 * returns.
 *
 * Errors: those of every reader. Since 0.1.0.
 */
sidekick_status sidekick_predictions_array(const sidekick_predictions *predictions,
                                           size_t output,
                                           size_t row,
                                           const float **elements,
                                           size_t *count,
                                           sidekick_error **error);

/**
 * Gets the elements of a row as they are kept: those of an array, a number, or a binary probability.
 *
 * They have the type of the model's tensor, without loss: an INT64 keeps all its digits. With the Deployment
 * API arrays are `float`, numbers and binary probabilities `double`.
 *
 * `elements`: `size` bytes, aligned for their type and in this machine's byte order. `dtype`: gets one of
 * the `SIDEKICK_DTYPE_` constants.
 *
 * Errors: those of every reader. Since 0.2.0.
 */
sidekick_status sidekick_predictions_elements(const sidekick_predictions *predictions,
                                              size_t output,
                                              size_t row,
                                              const void **elements,
                                              size_t *size,
                                              int32_t *dtype,
                                              sidekick_error **error);

/**
 * Gets the elements of all rows, one row after the other, as `sidekick_predictions_elements` does. If a size
 * of the output's shape is free, rows can have different numbers of them, see
 * `sidekick_predictions_row_shape`.
 *
 * Errors: those of every reader. Since 0.2.0.
 */
sidekick_status sidekick_predictions_elements_column(const sidekick_predictions *predictions,
                                                     size_t output,
                                                     const void **elements,
                                                     size_t *size,
                                                     int32_t *dtype,
                                                     sidekick_error **error);

/**
 * Gets the shape of an array output for one row: `rank` sizes, as the deployment declares it. One that is
 * `SIDEKICK_SIZE_ANY` is in `sidekick_predictions_row_shape`.
 *
 * Errors: those of every reader. Since 0.1.0.
 */
sidekick_status sidekick_predictions_array_shape(const sidekick_predictions *predictions,
                                                 size_t output,
                                                 const size_t **shape,
                                                 size_t *rank,
                                                 sidekick_error **error);

/**
 * Gets the shape of the array of a row: `rank` sizes, none of which is `SIDEKICK_SIZE_ANY`. A number or a
 * binary probability has `[1]`.
 *
 * `shape`: lives as long as the predictions.
 *
 * Errors: those of every reader. Since 0.2.0.
 */
sidekick_status sidekick_predictions_row_shape(const sidekick_predictions *predictions,
                                               size_t output,
                                               size_t row,
                                               const size_t **shape,
                                               size_t *rank,
                                               sidekick_error **error);

/**
 * Gets the arrays of all rows, one after another: `count` elements, rows times the shape. If a size of the
 * output's shape is free, the array of a row begins after those of the rows before it, each of which has as
 * many elements as the product of its `sidekick_predictions_row_shape`.
 *
 * Errors: those of every reader. Since 0.1.0.
 */
sidekick_status sidekick_predictions_arrays(const sidekick_predictions *predictions,
                                            size_t output,
                                            const float **elements,
                                            size_t *count,
                                            sidekick_error **error);

/**
 * Copies the array of a row into `buffer`, row-major, in this machine's byte order.
 *
 * `dtype`: one of the `SIDEKICK_DTYPE_` constants. To integers, values are truncated towards zero and
 * limited to the range. `buffer_size`: exactly the size of the array of this row in bytes.
 *
 * Errors: those of every reader; `SIDEKICK_ERROR_ARGUMENT` for another size or an unknown type. Since 0.1.0.
 */
sidekick_status sidekick_predictions_copy_array(const sidekick_predictions *predictions,
                                                size_t output,
                                                size_t row,
                                                int32_t dtype,
                                                void *buffer,
                                                size_t buffer_size,
                                                sidekick_error **error);

/**
 * Writes the array of a row to a `.npy` file: version 1.0, little-endian 32-bit floats, C order.
 *
 * Errors: those of every reader; `SIDEKICK_ERROR_FILE` if the file cannot be written. Since 0.1.0.
 */
sidekick_status sidekick_predictions_save_npy(const sidekick_predictions *predictions,
                                              size_t output,
                                              size_t row,
                                              const char *path,
                                              size_t path_length,
                                              sidekick_error **error);

/** @} */

/**
 * @defgroup sidekick_streams Streams
 *
 * Predictions of more rows than should be in memory at once. Push rows until the stream is full, take the
 * next predictions, and so on; at the end take until there are none:
 *
 * @code{.c}
 * while (fill(rows)) {
 *     while (sidekick_stream_is_full(stream)) take(stream);   // sidekick_stream_next
 *     sidekick_stream_push(stream, rows, &error);
 *     sidekick_rows_clear(rows, &error);
 * }
 * while (take(stream)) {}
 * @endcode
 *
 * One thread at a time. After `fork`, the child cannot use a stream of its parent.
 * @{
 */

/**
 * Creates a stream of predictions. Free it with `sidekick_stream_free`, before `deployment` is freed.
 *
 * If `sidekick_options_set_max_in_flight` is above 1, the stream starts up to that many threads as batches
 * are pushed. They end when it is freed.
 *
 * `cancel`: NULL is fine. After it is triggered, requests in flight are cancelled, and pushes and all
 * batches that are not predicted yet fail with `SIDEKICK_ERROR_CANCELLED`.
 *
 * Errors: `SIDEKICK_ERROR_MEMORY` if the system has no more file descriptors: a stream holds two.
 * Since 0.1.0.
 */
sidekick_status sidekick_stream_new(const sidekick_deployment *deployment,
                                    const sidekick_cancel *cancel,
                                    sidekick_stream **stream,
                                    sidekick_error **error);

/**
 * Copies all finished rows into the stream. Never waits for the server.
 *
 * They go out in requests of `batch_rows` rows each; the last rows of a push are a smaller batch. A stream
 * that is not full takes all rows, however many.
 *
 * Errors: `SIDEKICK_ERROR_STREAM_FULL` if the stream is full (nothing is copied);
 * `SIDEKICK_ERROR_ROW_INCOMPLETE` if a row was begun and not ended; `SIDEKICK_ERROR_ARGUMENT` for rows of
 * another deployment. Since 0.1.0.
 */
sidekick_status sidekick_stream_push(sidekick_stream *stream,
                                     const sidekick_rows *rows,
                                     sidekick_error **error);

/**
 * Returns 1 if predictions have to be taken before the next push, else 0; 0 for NULL.
 *
 * A stream is full while it holds at least twice `max_in_flight` batches whose predictions were not taken.
 * Since 0.1.0.
 */
int32_t sidekick_stream_is_full(const sidekick_stream *stream);

/**
 * Takes the predictions of the next batch, in the order the rows were pushed. Waits until they are there.
 *
 * `predictions`: free them with `sidekick_predictions_free`. NULL, with `SIDEKICK_OK`, if all that was
 * pushed is taken.
 *
 * Errors: those of `sidekick_deployment_predict`, for this batch. The batch is then done, and the next call
 * takes the next batch. Row numbers in the error count over all rows that were pushed; those of
 * `sidekick_predictions_failure` and `sidekick_predictions_sent_row` count within the batch. Since 0.1.0.
 */
sidekick_status sidekick_stream_next(sidekick_stream *stream,
                                     sidekick_predictions **predictions,
                                     sidekick_error **error);

/**
 * Frees a stream. NULL is fine.
 *
 * Requests in flight are cancelled, and the stream's threads have ended when this returns. Predictions that
 * were taken live on. Since 0.1.0.
 */
void sidekick_stream_free(sidekick_stream *stream);

/** @} */

/**
 * @defgroup sidekick_cancel Cancel
 *
 * Ends calls that block, from any thread. Every call that can block takes a `const sidekick_cancel *`; NULL
 * is fine.
 * @{
 */

/**
 * Creates a cancellation that is not triggered. Free it with `sidekick_cancel_free`.
 *
 * Errors: `SIDEKICK_ERROR_MEMORY` if the system has no more file descriptors: a cancellation holds two.
 * Since 0.1.0.
 */
sidekick_status sidekick_cancel_new(sidekick_cancel **cancel, sidekick_error **error);

/**
 * Cancels all calls that have this cancellation, now and later. Any thread, any number of times; never
 * blocks.
 *
 * Each call returns within 100 ms with `SIDEKICK_ERROR_CANCELLED`, also while it connects or waits before a
 * retry. One thing is not interrupted: the system's look-up of a host name. The deployment can be used
 * further.
 *
 * Errors: the common ones. Since 0.1.0.
 */
sidekick_status sidekick_cancel_trigger(const sidekick_cancel *cancel, sidekick_error **error);

/**
 * Sets a time limit for calls that have this cancellation, now and later. Any thread, any number of times;
 * never blocks.
 *
 * `milliseconds`: counted from now; 0 removes the limit. The limit holds for a whole call with all its
 * requests and retries, and for a whole stream. If the options have a limit too, the one that passes first
 * counts.
 *
 * A call whose time is up returns `SIDEKICK_ERROR_TIMEOUT`, or the error of its last attempt if no time is
 * left for another. A request in flight keeps the limit that it began with. The look-up of a host name is
 * not interrupted.
 *
 * Errors: the common ones. Since 0.2.0.
 */
sidekick_status sidekick_cancel_set_timeout(const sidekick_cancel *cancel,
                                            uint64_t milliseconds,
                                            sidekick_error **error);

/**
 * Frees a cancellation. NULL is fine.
 *
 * Calls that have it may still run: they can no longer be cancelled. Since 0.1.0.
 */
void sidekick_cancel_free(sidekick_cancel *cancel);

/** @} */

/**
 * @defgroup sidekick_errors Errors
 *
 * An error belongs to whoever called the function that made it. Its getters cannot fail, and take NULL as
 * "no error". Their text lives until `sidekick_error_free`.
 * @{
 */

/**
 * The call succeeded. Since 0.1.0.
 */
#define SIDEKICK_OK 0

/**
 * An invalid argument: NULL where an object is needed, text that is not UTF-8, an index out of range, a
 * malformed URL. Since 0.1.0.
 */
#define SIDEKICK_ERROR_ARGUMENT 1

/**
 * A defect of this library. Please report the message. Since 0.1.0.
 */
#define SIDEKICK_ERROR_INTERNAL 2

/**
 * Out of memory, for a buffer whose size the caller or a response decides. Since 0.1.0.
 */
#define SIDEKICK_ERROR_MEMORY 3

/**
 * A file could not be read or written. Since 0.1.0.
 */
#define SIDEKICK_ERROR_FILE 4

/**
 * The stream is full: take predictions with `sidekick_stream_next` first. Since 0.1.0.
 */
#define SIDEKICK_ERROR_STREAM_FULL 5

/**
 * No feature has this name or index. Since 0.1.0.
 */
#define SIDEKICK_ERROR_UNKNOWN_FEATURE 10

/**
 * A value or a getter of another type than the feature's. Since 0.1.0.
 */
#define SIDEKICK_ERROR_FEATURE_TYPE 11

/**
 * A value of another shape than the feature's. Since 0.1.0.
 */
#define SIDEKICK_ERROR_FEATURE_SHAPE 12

/**
 * An invalid value: not finite, or not one of the categories. Or one that was received, and is
 * not the integer as which it is read. Since 0.1.0.
 */
#define SIDEKICK_ERROR_FEATURE_VALUE 13

/**
 * A duplicate feature in one row. Since 0.1.0.
 */
#define SIDEKICK_ERROR_FEATURE_TWICE 14

/**
 * A row that lacks features where a whole row is needed. Since 0.1.0.
 */
#define SIDEKICK_ERROR_ROW_INCOMPLETE 15

/**
 * An image that this library cannot read, or that is too large. Since 0.1.0.
 */
#define SIDEKICK_ERROR_IMAGE 16

/**
 * A `.npy` file that this library cannot read. Since 0.1.0.
 */
#define SIDEKICK_ERROR_NPY 17

/**
 * No connection to the server could be made. Since 0.1.0.
 */
#define SIDEKICK_ERROR_CONNECT 20

/**
 * The TLS handshake failed, or the server's certificate is not trusted. Since 0.1.0.
 */
#define SIDEKICK_ERROR_TLS 21

/**
 * A time limit passed. Since 0.1.0.
 */
#define SIDEKICK_ERROR_TIMEOUT 22

/**
 * The connection broke, or what came over it is not HTTP. Since 0.1.0.
 */
#define SIDEKICK_ERROR_NETWORK 23

/**
 * The call was cancelled, see `sidekick_cancel_trigger`. Since 0.1.0.
 */
#define SIDEKICK_ERROR_CANCELLED 24

/**
 * An HTTP status other than 2xx, without the server's own error object. Since 0.1.0.
 */
#define SIDEKICK_ERROR_HTTP 30

/**
 * The server reported an error, see `sidekick_error_server_code`. Since 0.1.0.
 */
#define SIDEKICK_ERROR_SERVER 31

/**
 * What the server describes is not a deployment that this library understands. Since 0.1.0.
 */
#define SIDEKICK_ERROR_DESCRIBE 40

/**
 * A response whose body is malformed. Since 0.1.0, until 0.2.0 as `SIDEKICK_ERROR_REPLY_JSON`.
 */
#define SIDEKICK_ERROR_REPLY_MALFORMED 41

/**
 * A response with fewer or more rows than were sent. Since 0.1.0.
 */
#define SIDEKICK_ERROR_REPLY_ROWS 42

/**
 * A response row that lacks a declared output. Since 0.1.0.
 */
#define SIDEKICK_ERROR_REPLY_OUTPUT 43

/**
 * A value in a response of another type than declared. Since 0.1.0.
 */
#define SIDEKICK_ERROR_REPLY_TYPE 44

/**
 * A value in a response of another shape, or number of categories, than declared. Since 0.1.0.
 */
#define SIDEKICK_ERROR_REPLY_SHAPE 45

/**
 * A value in a response whose encoding is invalid, such as a malformed data URL. Since 0.1.0, until 0.2.0 as
 * `SIDEKICK_ERROR_REPLY_DATA_URL`.
 */
#define SIDEKICK_ERROR_REPLY_ENCODING 46

/**
 * A response above the limit, see `sidekick_options_set_reply_limit`. Since 0.1.0.
 */
#define SIDEKICK_ERROR_REPLY_TOO_LARGE 47

/**
 * Returns the status, one of the `SIDEKICK_ERROR_` constants; `SIDEKICK_OK` for NULL. Since 0.1.0.
 */
sidekick_status sidekick_error_status(const sidekick_error *error);

/**
 * Returns what went wrong and what to do, as one line; `""` for NULL. It names the row and the feature if
 * there are any.
 *
 * `length`: gets the length in bytes; NULL is fine. At most 1 KiB of it is text of others. It never holds
 * the token: text of a server, a proxy or a certificate that has 6 or more characters of a token in a row,
 * in whatever encoding, is left out. Since 0.1.0.
 */
const char *sidekick_error_message(const sidekick_error *error, size_t *length);

/**
 * Returns the HTTP status of the response; 0 if there was none. Since 0.1.0.
 */
int32_t sidekick_error_http_status(const sidekick_error *error);

/**
 * Returns the server's error code, such as `"FeatureNotFound"`; `""` if it sent none.
 *
 * `length`: gets the length in bytes; NULL is fine. A code that the Deployment API does not know is cut to 1
 * KiB, and left out if it holds a part of the token. Since 0.1.0.
 */
const char *sidekick_error_server_code(const sidekick_error *error, size_t *length);

/**
 * Returns the server's error message, text for people, cut to 1 KiB; `""` if it sent none.
 *
 * `length`: gets the length in bytes; NULL is fine. The text is left out if anything the server said holds a
 * part of the token. Since 0.1.0.
 */
const char *sidekick_error_server_message(const sidekick_error *error, size_t *length);

/**
 * Returns the row that the error is about, counted from 0 over all rows of the call; -1 if it is about no
 * single row. Since 0.1.0.
 */
int64_t sidekick_error_row(const sidekick_error *error);

/**
 * Returns the first row of the request that failed, counted from 0 over all rows of the call; -1 if the
 * error is not about a request of rows. Since 0.1.0.
 */
int64_t sidekick_error_rows_first(const sidekick_error *error);

/**
 * Returns how many rows the request that failed had; 0 if the error is not about a request of rows.
 * Since 0.1.0.
 */
size_t sidekick_error_rows_count(const sidekick_error *error);

/**
 * Returns the name of the input or output that the error is about; `""` if it is about none.
 *
 * `length`: gets the length in bytes; NULL is fine. Since 0.1.0.
 */
const char *sidekick_error_feature(const sidekick_error *error, size_t *length);

/**
 * Returns the system's number for why a file could not be read or written; 0 if there is none. It is an
 * `errno`, such as `ENOENT`; on Windows it is an error code of the system, such as `ERROR_FILE_NOT_FOUND`.
 * Since 0.2.0.
 */
int32_t sidekick_error_os_error(const sidekick_error *error);

/**
 * Returns how many times a request was sent; 0 if none was. Since 0.1.0.
 */
uint32_t sidekick_error_attempts(const sidekick_error *error);

/**
 * Returns 1 if the same call may succeed later, because the connection or the server was at fault for now;
 * else 0. Since 0.1.0.
 */
int32_t sidekick_error_retryable(const sidekick_error *error);

/**
 * Frees an error and its texts. NULL is fine. Since 0.1.0.
 */
void sidekick_error_free(sidekick_error *error);

/** @} */

/**
 * @defgroup sidekick_options Options
 *
 * Settings for `sidekick_deployment_open`, which copies them: free or change them at any time after. Flags
 * are 0 or 1; any number but 0 counts as 1.
 * @{
 */

/**
 * TLS 1.2. Since 0.1.0.
 */
#define SIDEKICK_TLS_1_2 12

/**
 * TLS 1.3. Since 0.1.0.
 */
#define SIDEKICK_TLS_1_3 13

/**
 * Tensors are sent as bytes if the server lists that it takes them, or has answered with some; until then as
 * JSON. Since 0.2.0.
 */
#define SIDEKICK_WIRE_AUTO 0

/**
 * Tensors are sent as bytes. Since 0.2.0.
 */
#define SIDEKICK_WIRE_BINARY 1

/**
 * Tensors are sent, and asked for, as JSON. Since 0.2.0.
 */
#define SIDEKICK_WIRE_JSON 2

/**
 * Creates options with every setting at its default. Free them with `sidekick_options_free`.
 *
 * Errors: the common ones. Since 0.1.0.
 */
sidekick_status sidekick_options_new(sidekick_options **options, sidekick_error **error);

/**
 * Sets how many rows go out in one request.
 *
 * `batch_rows`: at least 1; by default 128. Small batches need less memory, large ones fewer round trips.
 *
 * Errors: `SIDEKICK_ERROR_ARGUMENT` for 0. Since 0.1.0.
 */
sidekick_status sidekick_options_set_batch_rows(sidekick_options *options,
                                                size_t batch_rows,
                                                sidekick_error **error);

/**
 * Sets how many requests of one call or one stream are in flight at once.
 *
 * `requests`: at least 1, the default. More than one starts that many threads, which end with the call or
 * the stream.
 *
 * Errors: `SIDEKICK_ERROR_ARGUMENT` for 0. Since 0.1.0.
 */
sidekick_status sidekick_options_set_max_in_flight(sidekick_options *options,
                                                   size_t requests,
                                                   sidekick_error **error);

/**
 * Sets whether rows that the server refuses (status 400, 413 or 422) fail alone.
 *
 * `isolate`: 1 sends the halves of a refused request again, until each bad row is found. All other rows are
 * predicted, and the bad ones are read with `sidekick_predictions_failure`. 0, the default, fails the whole
 * call.
 *
 * Errors: the common ones. Since 0.1.0.
 */
sidekick_status sidekick_options_set_isolate_bad_rows(sidekick_options *options,
                                                      int32_t isolate,
                                                      sidekick_error **error);

/**
 * Sets whether status 500 counts as a refusal of the rows, too, if `sidekick_options_set_isolate_bad_rows`
 * is on. Triton, MLServer and KServe answer so if the model itself fails at a row.
 *
 * `isolate`: 1 counts it; a server that fails at every row is then asked for each. 0, the default, fails the
 * whole call.
 *
 * Errors: the common ones. Since 0.2.0.
 */
sidekick_status sidekick_options_set_isolate_status_500(sidekick_options *options,
                                                        int32_t isolate,
                                                        sidekick_error **error);

/**
 * Sets how long making a connection may take.
 *
 * `milliseconds`: by default 10 000; 0 for no limit. After it, calls fail with `SIDEKICK_ERROR_TIMEOUT`.
 *
 * Errors: the common ones. Since 0.1.0.
 */
sidekick_status sidekick_options_set_connect_timeout(sidekick_options *options,
                                                     uint64_t milliseconds,
                                                     sidekick_error **error);

/**
 * Sets how long the server may be silent while a request is sent or a response is read.
 *
 * `milliseconds`: by default 120 000; 0 for no limit. After it, calls fail with `SIDEKICK_ERROR_TIMEOUT`.
 *
 * Errors: the common ones. Since 0.1.0.
 */
sidekick_status sidekick_options_set_response_timeout(sidekick_options *options,
                                                      uint64_t milliseconds,
                                                      sidekick_error **error);

/**
 * Sets how long one request may take, with all its attempts and the waits between them.
 *
 * `milliseconds`: 0, the default, for no limit. After it, calls fail with `SIDEKICK_ERROR_TIMEOUT`.
 *
 * Errors: the common ones. Since 0.1.0.
 */
sidekick_status sidekick_options_set_call_timeout(sidekick_options *options,
                                                  uint64_t milliseconds,
                                                  sidekick_error **error);

/**
 * Sets how often a request is sent again.
 *
 * `retries`: by default 2. A request is sent again if no connection could be made, if the connection broke
 * before a response began, or for status 429, 502, 503 or 504. Besides, an idle connection that the server
 * has closed is replaced once.
 *
 * Errors: the common ones. Since 0.1.0.
 */
sidekick_status sidekick_options_set_retries(sidekick_options *options,
                                             uint32_t retries,
                                             sidekick_error **error);

/**
 * Sets how long to wait before a retry.
 *
 * `first_milliseconds`: before the first retry, by default 100. It is doubled for each further one, less a
 * random part of up to a half. `ceiling_milliseconds`: the longest wait, by default 30 000. A `Retry-After`
 * of the server counts instead; if it is above the ceiling, there is no retry.
 *
 * Errors: `SIDEKICK_ERROR_ARGUMENT` if the first wait is above the ceiling. Since 0.1.0.
 */
sidekick_status sidekick_options_set_retry_backoff(sidekick_options *options,
                                                   uint64_t first_milliseconds,
                                                   uint64_t ceiling_milliseconds,
                                                   sidekick_error **error);

/**
 * Trusts the certificates of a PEM file instead of the system's. The file is read at once.
 *
 * Errors: `SIDEKICK_ERROR_FILE` if the file cannot be read; `SIDEKICK_ERROR_ARGUMENT` if it has no
 * certificate, or a malformed one. Since 0.1.0.
 */
sidekick_status sidekick_options_set_ca_file(sidekick_options *options,
                                             const char *path,
                                             size_t path_length,
                                             sidekick_error **error);

/**
 * Trusts the certificates of a PEM text of `size` bytes instead of the system's.
 *
 * Errors: `SIDEKICK_ERROR_ARGUMENT` if it has no certificate, or a malformed one. Since 0.1.0.
 */
sidekick_status sidekick_options_set_ca_pem(sidekick_options *options,
                                            const void *pem,
                                            size_t size,
                                            sidekick_error **error);

/**
 * Sets the client certificate to show the server, from PEM files. By default none is shown. The files are
 * read at once.
 *
 * `certificate_path`: the certificate, followed by the intermediate certificates, if any. `key_path`: the
 * certificate's private key.
 *
 * Errors: `SIDEKICK_ERROR_FILE` if a file cannot be read; `SIDEKICK_ERROR_ARGUMENT` if it does not hold
 * that, or if the key does not belong to the certificate. Since 0.1.0.
 */
sidekick_status sidekick_options_set_client_certificate_file(sidekick_options *options,
                                                             const char *certificate_path,
                                                             size_t certificate_path_length,
                                                             const char *key_path,
                                                             size_t key_path_length,
                                                             sidekick_error **error);

/**
 * Sets the client certificate, as `sidekick_options_set_client_certificate_file` does, from PEM texts.
 *
 * Errors: `SIDEKICK_ERROR_ARGUMENT` if they do not hold a certificate and its key. Since 0.1.0.
 */
sidekick_status sidekick_options_set_client_certificate_pem(sidekick_options *options,
                                                            const void *certificate,
                                                            size_t certificate_size,
                                                            const void *key,
                                                            size_t key_size,
                                                            sidekick_error **error);

/**
 * Sets the oldest TLS version that is accepted.
 *
 * `version`: `SIDEKICK_TLS_1_2`, the default, or `SIDEKICK_TLS_1_3`.
 *
 * Errors: `SIDEKICK_ERROR_ARGUMENT` for anything else. Since 0.1.0.
 */
sidekick_status sidekick_options_set_tls_minimum(sidekick_options *options,
                                                 int32_t version,
                                                 sidekick_error **error);

/**
 * Sets whether any certificate is accepted as the server's. For tests only.
 *
 * `skip`: 1 accepts any: whoever is between can read the token and change the responses. 0, the default,
 * checks them.
 *
 * Errors: the common ones. Since 0.1.0.
 */
sidekick_status sidekick_options_set_dangerous_skip_tls_verification(sidekick_options *options,
                                                                     int32_t skip,
                                                                     sidekick_error **error);

/**
 * Sets whether the token may go to another machine over plain HTTP.
 *
 * `allow`: 1 allows it: whoever is between can read the token. With 0, the default,
 * `sidekick_deployment_open` fails with `SIDEKICK_ERROR_ARGUMENT`, unless a proxy on this machine is
 * between.
 *
 * Errors: the common ones. Since 0.1.0.
 */
sidekick_status sidekick_options_set_allow_token_over_http(sidekick_options *options,
                                                           int32_t allow,
                                                           sidekick_error **error);

/**
 * Adds a header to every request. It goes where the token goes: to the deployment's server only. The value
 * may be a secret: if a server quotes six characters of it, no message shows them, as for the token.
 *
 * Errors: `SIDEKICK_ERROR_ARGUMENT` for a malformed header, and for one that requests have anyway, such as
 * `Authorization`, `Host` and `Content-Type`. Since 0.1.0.
 */
sidekick_status sidekick_options_add_header(sidekick_options *options,
                                            const char *name,
                                            size_t name_length,
                                            const char *value,
                                            size_t value_length,
                                            sidekick_error **error);

/**
 * Sets what follows `sidekick/VERSION` in the User-Agent header, such as `shop/2.1`. By default nothing
 * does.
 *
 * Errors: `SIDEKICK_ERROR_ARGUMENT` for characters other than printable ASCII. Since 0.1.0.
 */
sidekick_status sidekick_options_set_user_agent_suffix(sidekick_options *options,
                                                       const char *suffix,
                                                       size_t suffix_length,
                                                       sidekick_error **error);

/**
 * Sets the Host header of every request. Ingresses choose the model by it.
 *
 * `host`: a name or an address, and a port if there is one; empty, the default, for the URL's. The server's
 * certificate is still checked for the URL's host.
 *
 * Errors: `SIDEKICK_ERROR_ARGUMENT` for other characters, and for more than 259. Since 0.2.0.
 */
sidekick_status sidekick_options_set_host_header(sidekick_options *options,
                                                 const char *host,
                                                 size_t host_length,
                                                 sidekick_error **error);

/**
 * Sets how large a response may be, compressed and uncompressed.
 *
 * `limit`: bytes, at least 1; by default 1 GiB. A larger response fails with
 * `SIDEKICK_ERROR_REPLY_TOO_LARGE`.
 *
 * Errors: `SIDEKICK_ERROR_ARGUMENT` for 0. Since 0.1.0.
 */
sidekick_status sidekick_options_set_reply_limit(sidekick_options *options,
                                                 uint64_t limit,
                                                 sidekick_error **error);

/**
 * Sets how many pixels an image file may have, when it is added, or when its size or its pixels are read
 * from a response.
 *
 * `pixels`: width times height, at least 1; by default 67 108 864 (64 * 1024 * 1024), which take 256 MiB as
 * RGBA. Larger images fail with `SIDEKICK_ERROR_IMAGE`, without being decoded.
 *
 * Errors: `SIDEKICK_ERROR_ARGUMENT` for 0. Since 0.2.0.
 */
sidekick_status sidekick_options_set_max_image_pixels(sidekick_options *options,
                                                      uint64_t pixels,
                                                      sidekick_error **error);

/**
 * Sets whether image files are turned as their EXIF orientation says, when they are added.
 *
 * `apply`: 1 turns JPEG, PNG, TIFF and WebP; an image that is turned goes out as PNG. 0, the default, sends
 * pixels as stored. It does not concern images in responses.
 *
 * Errors: the common ones. Since 0.2.0.
 */
sidekick_status sidekick_options_set_apply_orientation(sidekick_options *options,
                                                       int32_t apply,
                                                       sidekick_error **error);

/**
 * Sets whether bodies of 1 KiB and more are compressed with gzip.
 *
 * `compress`: 1 compresses them, which the server has to understand; 0, the default, does not.
 *
 * Errors: the common ones. Since 0.1.0.
 */
sidekick_status sidekick_options_set_request_gzip(sidekick_options *options,
                                                  int32_t compress,
                                                  sidekick_error **error);

/**
 * Sets whether the server may compress its responses with gzip.
 *
 * `allow`: 1, the default, allows it; 0 does not.
 *
 * Errors: the common ones. Since 0.1.0.
 */
sidekick_status sidekick_options_set_reply_gzip(sidekick_options *options,
                                                int32_t allow,
                                                sidekick_error **error);

/**
 * Sets how many idle connections a deployment keeps, and for how long. With 0 of either, every request makes
 * its own connection.
 *
 * `connections`: by default 64. `idle_milliseconds`: by default 4000; common servers close a connection
 * after 5 seconds.
 *
 * Errors: the common ones. Since 0.1.0.
 */
sidekick_status sidekick_options_set_keep_alive(sidekick_options *options,
                                                size_t connections,
                                                uint64_t idle_milliseconds,
                                                sidekick_error **error);

/**
 * Sets the proxy. By default it is that of the environment when a deployment is opened.
 *
 * `url`: `http://[user:password@]host:port`, a proxy that is asked to CONNECT; the same with `socks5://`, a
 * proxy that also looks up the server's name; empty for no proxy. User and password are percent-encoded.
 *
 * The environment's proxy is in `http_proxy`, `https_proxy` and `all_proxy`, or in capitals. It is not used
 * for loopback addresses and `localhost`.
 *
 * Errors: `SIDEKICK_ERROR_ARGUMENT` for anything else. Since 0.1.0.
 */
sidekick_status sidekick_options_set_proxy(sidekick_options *options,
                                           const char *url,
                                           size_t url_length,
                                           sidekick_error **error);

/**
 * Sets which hosts are asked without the proxy. By default they are those of the environment's `no_proxy`.
 *
 * `hosts`: separated by commas: names (their sub-domains too), addresses, networks such as `10.0.0.0/8`, or
 * `*`.
 *
 * Errors: the common ones. Since 0.1.0.
 */
sidekick_status sidekick_options_set_no_proxy(sidekick_options *options,
                                              const char *hosts,
                                              size_t hosts_length,
                                              sidekick_error **error);

/**
 * Frees options. NULL is fine. Since 0.1.0.
 */
void sidekick_options_free(sidekick_options *options);

/**
 * Sets the protocol of the deployment, in place of the one that its URL means.
 *
 * `protocol`: `SIDEKICK_PROTOCOL_AUTO`, the default. With `SIDEKICK_PROTOCOL_DEPLOYMENT_API` a URL with
 * `/v2/models/` in it is that of a deployment. With `SIDEKICK_PROTOCOL_OPEN_INFERENCE` a URL without
 * `/v2/models/NAME` is that of the model itself: its metadata is read there, and predictions are posted to
 * the same URL with `/infer` after it.
 *
 * Errors: `SIDEKICK_ERROR_ARGUMENT` for anything else. Since 0.2.0.
 */
sidekick_status sidekick_options_set_protocol(sidekick_options *options,
                                              int32_t protocol,
                                              sidekick_error **error);

/**
 * Describes a model of the Open Inference Protocol: what its metadata do not say, or say wrong.
 *
 * `json`: a document that is laid over the metadata: types, labels, shapes, optional inputs, images, the
 * outputs to ask for, parameters of every request. `docs/model-description.md` explains its keys. Empty, the
 * default, for no description.
 *
 * Errors: `SIDEKICK_ERROR_ARGUMENT` for a mistake; the message names the key by its path, such as
 * `inputs[1].scale`. What does not fit the model is `SIDEKICK_ERROR_DESCRIBE` when it is opened; a URL of
 * the Deployment API is `SIDEKICK_ERROR_ARGUMENT` then. Since 0.2.0.
 */
sidekick_status sidekick_options_set_model_description(sidekick_options *options,
                                                       const char *json,
                                                       size_t json_length,
                                                       sidekick_error **error);

/**
 * Describes a model, as `sidekick_options_set_model_description` does, from a file. The file is read at
 * once.
 *
 * Errors: `SIDEKICK_ERROR_FILE` if the file cannot be read; `SIDEKICK_ERROR_ARGUMENT` for a mistake, and for
 * an empty file. Since 0.2.0.
 */
sidekick_status sidekick_options_set_model_description_file(sidekick_options *options,
                                                            const char *path,
                                                            size_t path_length,
                                                            sidekick_error **error);

/**
 * Sets how tensors are sent to a server of the Open Inference Protocol.
 *
 * `wire`: `SIDEKICK_WIRE_AUTO`, the default, `SIDEKICK_WIRE_BINARY` or `SIDEKICK_WIRE_JSON`.
 *
 * Errors: `SIDEKICK_ERROR_ARGUMENT` for anything else. Since 0.2.0.
 */
sidekick_status sidekick_options_set_wire(sidekick_options *options, int32_t wire, sidekick_error **error);

/** @} */

/**
 * @defgroup sidekick_callbacks Callbacks
 *
 * Functions of the program that the library calls: for a token, and with log lines.
 * @{
 */

/**
 * A request failed for good: no response, or one with a status of 4xx or 5xx. Other faults of a response are
 * not logged: the call's error reports them. Since 0.1.0.
 */
#define SIDEKICK_LOG_ERROR 1

/**
 * An attempt failed, and the request is sent again. Since 0.1.0.
 */
#define SIDEKICK_LOG_WARNING 2

/**
 * A response arrived. Since 0.1.0.
 */
#define SIDEKICK_LOG_INFO 3

/**
 * A connection was made or reused. Since 0.1.0.
 */
#define SIDEKICK_LOG_DEBUG 4

/**
 * Provides the token for a request: calls `sidekick_token_set` and returns 0.
 *
 * `data`: as given with the callback. `refused`: 1 if the server has just answered 401 to the last token,
 * else 0.
 *
 * If it returns another number, or calls `sidekick_token_fail`, the call that needs the token fails with
 * `SIDEKICK_ERROR_ARGUMENT`. Since 0.1.0.
 */
typedef int32_t (*sidekick_token_callback)(void *data, int32_t refused, sidekick_token *token);

/**
 * Called when the `data` of a callback is no longer used. Since 0.1.0.
 */
typedef void (*sidekick_release_callback)(void *data);

/**
 * Receives a log line.
 *
 * `data`: as given with the callback. `level`: one of the `SIDEKICK_LOG_` constants. `message`: `length`
 * bytes and a NUL; it lives while the callback runs, and never holds the token. Since 0.1.0.
 */
typedef void (*sidekick_log_callback)(void *data, int32_t level, const char *message, size_t length);

/**
 * Decides whether a call ends that a signal interrupted: 0 lets it wait on, another number ends it with
 * `SIDEKICK_ERROR_CANCELLED`.
 *
 * `data`: as given with the callback. Since 0.2.0.
 */
typedef int32_t (*sidekick_signal_callback)(void *data);

/**
 * Sets a function that provides the token, for tokens that expire. The token given to
 * `sidekick_deployment_open` is then ignored.
 *
 * `callback`: called before every request, and once more if the server answers 401. It runs on the thread
 * that makes the request, on several at once, see `sidekick_options_set_callbacks_on_caller`. It must
 * return, and must not use the deployment. NULL, the default, uses the token that was given.
 *
 * `data`: handed to the callback. `release`: called with `data` once, after the last options or deployment
 * with the callback is freed or has another, and at once if this function fails. NULL is fine.
 *
 * Errors: the common ones. Since 0.1.0.
 */
sidekick_status sidekick_options_set_token_callback(sidekick_options *options,
                                                    sidekick_token_callback callback,
                                                    void *data,
                                                    sidekick_release_callback release,
                                                    sidekick_error **error);

/**
 * Sets the token, within a token callback. It is copied. The last call of this and `sidekick_token_fail`
 * counts.
 *
 * Errors: the common ones. Since 0.1.0.
 */
sidekick_status sidekick_token_set(sidekick_token *token,
                                   const char *value,
                                   size_t value_length,
                                   sidekick_error **error);

/**
 * Says why there is no token, within a token callback. It is copied.
 *
 * The call that needs the token then fails with this text in its message, whatever the callback returns: put
 * no secret in it.
 *
 * Errors: the common ones. Since 0.1.0.
 */
sidekick_status sidekick_token_fail(sidekick_token *token,
                                    const char *message,
                                    size_t message_length,
                                    sidekick_error **error);

/**
 * Sets a function that receives log lines about connections and requests.
 *
 * `callback`: runs on the thread that makes the request, on several at once, see
 * `sidekick_options_set_callbacks_on_caller`. It must return, and must not use the deployment. NULL, the
 * default, disables logging.
 *
 * `data`, `release`: as for `sidekick_options_set_token_callback`.
 *
 * Errors: the common ones. Since 0.1.0.
 */
sidekick_status sidekick_options_set_log_callback(sidekick_options *options,
                                                  sidekick_log_callback callback,
                                                  void *data,
                                                  sidekick_release_callback release,
                                                  sidekick_error **error);

/**
 * Sets a function that decides whether a signal ends a call, for interpreters that handle signals between
 * their own instructions.
 *
 * `callback`: called if a signal interrupted a wait for the network, on the thread that called the library;
 * the threads of `sidekick_options_set_max_in_flight` do not call it. It is not called from within a signal
 * handler. It must return, and must not use the deployment. NULL, the default, lets calls wait on. Never
 * called on Windows, whose waits no signal interrupts.
 *
 * `data`, `release`: as for `sidekick_options_set_token_callback`.
 *
 * Errors: the common ones. Since 0.2.0.
 */
sidekick_status sidekick_options_set_signal_callback(sidekick_options *options,
                                                     sidekick_signal_callback callback,
                                                     void *data,
                                                     sidekick_release_callback release,
                                                     sidekick_error **error);

/**
 * Sets whether callbacks run only on threads of the program that are inside a call of this library, for
 * interpreters that no other thread may enter.
 *
 * `on_caller`: 1 is needed only if `sidekick_options_set_max_in_flight` is above 1. The library's threads
 * then pass their callbacks on to the thread that is in `sidekick_deployment_predict`,
 * `sidekick_stream_push`, `_next` or `_free`. Between these calls, log lines of a stream are kept, and its
 * requests that need a token wait: their time limits include the wait. With 0, the default, the library's
 * threads call them, too.
 *
 * Errors: the common ones. Since 0.2.0.
 */
sidekick_status sidekick_options_set_callbacks_on_caller(sidekick_options *options,
                                                         int32_t on_caller,
                                                         sidekick_error **error);

/** @} */

#ifdef __cplusplus
}  /* extern "C" */
#endif

#endif  /* SIDEKICK_H */
