/**
 * @file sidekick.h
 * libsidekick: typed, fast, safe predictions from deployed models.
 *
 * Open a deployment from a URL and a token, add features to rows, predict, read typed results. This header is the
 * manual; what follows holds for every function in it.
 *
 * - Order: the receiver, inputs, outputs, and last `sidekick_error **error`, which is optional (NULL is fine).
 * - Result: a `sidekick_status`, `SIDEKICK_OK` (0) on success; except getters that cannot fail, and `_free`, which
 *   takes NULL and cannot fail.
 * - Outputs are written only on success, `*error` only on failure: start with `sidekick_error *error = NULL`, and free
 *   with `sidekick_error_free` what was written before the variable is used again.
 * - Ownership: what a function makes (`_new`, `_open`, `_predict`, `_post_json`), the caller frees, once, with the
 *   `_free` of its type. Nothing is consumed. All inputs are copied.
 * - Text is UTF-8 with a length in bytes; `SIDEKICK_NUL` as a length means "up to the NUL", and length 0 ignores the
 *   pointer. Text that is handed out is closed by a NUL as well, which its length does not count.
 * - NULL where an object, an output or text is needed is `SIDEKICK_ERROR_ARGUMENT`, never a crash. Any other pointer
 *   has to be valid, and an object must not be used after it was freed.
 * - Threads: deployments, predictions, replies and cancellations are shared freely; options, rows, streams and errors are used by
 *   one thread at a time. Nothing is kept per thread.
 * - No function aborts, prints, exits, touches signals, or changes locale or environment. A defect inside becomes
 *   `SIDEKICK_ERROR_INTERNAL` with its text. Out of memory is `SIDEKICK_ERROR_MEMORY`, and what was called goes on to
 *   work, with two exceptions, which end the process as the Rust runtime has it: a request for less than 64 KiB, and one that a
 *   library of others makes while it decodes PNG to samples, TIFF or WebP, packs a request with gzip, or reads certificates;
 *   whether there is memory is asked before those.
 * - The token is sent to the deployment's server and to nothing else; no message holds a part of it, nor of one before it.
 */


#ifndef SIDEKICK_H
#define SIDEKICK_H

#include <stddef.h>
#include <stdint.h>

/** The version of this header; `sidekick_version` tells that of the running library. Since 0.1.0. */
#define SIDEKICK_VERSION "0.2.0"
/** Its first number: changes when a program may have to. Since 0.1.0. */
#define SIDEKICK_VERSION_MAJOR 0
/** Its second number: changes when something is added. Since 0.1.0. */
#define SIDEKICK_VERSION_MINOR 2
/** Its third number: changes when something is mended. Since 0.1.0. */
#define SIDEKICK_VERSION_PATCH 0

/** As the length of a text: it goes up to its NUL. Since 0.1.0. */
#define SIDEKICK_NUL ((size_t)-1)


/**
 * TLS 1.2. Since 0.1.0.
 */
#define SIDEKICK_TLS_1_2 12

/**
 * TLS 1.3. Since 0.1.0.
 */
#define SIDEKICK_TLS_1_3 13

/**
 * A request failed for good: no reply, or one with a status of 4xx or 5xx. What else is wrong with a reply, the call's error alone
 * tells. Since 0.1.0.
 */
#define SIDEKICK_LOG_ERROR 1

/**
 * An attempt failed and is made again. Since 0.1.0.
 */
#define SIDEKICK_LOG_WARNING 2

/**
 * A request was answered. Since 0.1.0.
 */
#define SIDEKICK_LOG_INFO 3

/**
 * A connection was made or used again. Since 0.1.0.
 */
#define SIDEKICK_LOG_DEBUG 4

/**
 * The Deployment API: JSON rows. Since 0.2.0.
 */
#define SIDEKICK_PROTOCOL_DEPLOYMENT_API 1

/**
 * The features a model takes. Since 0.1.0.
 */
#define SIDEKICK_INPUT 0

/**
 * The features a model gives. Since 0.1.0.
 */
#define SIDEKICK_OUTPUT 1

/**
 * A number where the shape is `[1]`, else an array of 32-bit floats. Since 0.1.0.
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
 * A picture; the shape is `[height, width, channels]`. Since 0.1.0.
 */
#define SIDEKICK_TYPE_IMAGE 5

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
 * As the kind of a column: pieces of bytes with their ends, see `sidekick_rows_add_columns`. No `SIDEKICK_DTYPE_` constant is
 * negative. Since 0.1.0.
 */
#define SIDEKICK_COLUMN_PIECES -1

/**
 * As the kind of a column: texts that are each closed by a NUL, see `sidekick_rows_add_columns`. Since 0.1.0.
 */
#define SIDEKICK_COLUMN_TEXTS -2

/**
 * Calls off the calls it was given to, from any thread. It can be given to any number of them, at once and one after another, and stays
 * triggered. Share it freely. Since 0.1.0.
 */
typedef struct sidekick_cancel sidekick_cancel;

/**
 * One deployed model: its specs and its connections. Share it freely between threads. Free it when its last call has
 * returned and its streams are freed; rows and predictions made with it may outlive it. Since 0.1.0.
 */
typedef struct sidekick_deployment sidekick_deployment;

/**
 * What went wrong, in full. It belongs to whoever called the function that made it; one thread at a time. The getters
 * cannot fail, and take NULL as "no error". Text they return lives until `sidekick_error_free`. Since 0.1.0.
 */
typedef struct sidekick_error sidekick_error;

/**
 * Settings for `sidekick_deployment_open`, which copies them: they can be freed or reused at once. One thread at a
 * time. Since 0.1.0.
 */
typedef struct sidekick_options sidekick_options;

/**
 * The predictions for some rows, in the order of the rows. Immutable: share them freely between threads. Views into
 * them (pointer and length) live until `sidekick_predictions_free`, however many there are.
 *
 * Every reader takes the index of an output, as `sidekick_deployment_feature_index` finds it by name, and most take a
 * row, counted from 0. They fail with `SIDEKICK_ERROR_UNKNOWN_FEATURE` for an output that is not there, with
 * `SIDEKICK_ERROR_FEATURE_TYPE` for an output of another type, and with `SIDEKICK_ERROR_ARGUMENT` for a row that is not
 * there. Since 0.1.0.
 */
typedef struct sidekick_predictions sidekick_predictions;

/**
 * A server's answer to `sidekick_deployment_post_json`, as it came. Immutable; share it freely. Since 0.1.0.
 */
typedef struct sidekick_reply sidekick_reply;

/**
 * Examples being built for one deployment. Add every input of a row in any order, end the row, go on with the next; or add whole
 * rows from columns at once, with `sidekick_rows_add_columns`.
 * Each value is checked against the input's spec, and copied, by the call that adds it; a call that fails leaves the
 * rows as they were. One thread at a time; any number of threads may predict the same rows while none changes them.
 *
 * Every `add` function fails with `SIDEKICK_ERROR_UNKNOWN_FEATURE`, `_FEATURE_TYPE` (the input takes something else)
 * and `_FEATURE_TWICE` (the row has it already); the error names the row and the feature. Those that end in `_at` take
 * the input's index instead of its name: look it up once, and use it in loops. Since 0.1.0.
 */
typedef struct sidekick_rows sidekick_rows;

/**
 * Rows on their way to the server and predictions on their way back, in order and in bounded memory, for more rows than should be
 * in memory at once. Push rows until the stream is full, take the next predictions, and so on; at the end take until there are none:
 *
 * ```c
 * while (fill(rows)) {
 *     while (sidekick_stream_is_full(stream)) take(stream);   // sidekick_stream_next
 *     sidekick_stream_push(stream, rows, &error);
 *     sidekick_rows_clear(rows, &error);
 * }
 * while (take(stream)) {}
 * ```
 *
 * One thread at a time; a cancellation works from any. A forked child cannot use its parent's. Since 0.1.0.
 */
typedef struct sidekick_stream sidekick_stream;

/**
 * Where a token callback puts its token, with `sidekick_token_set`, or why there is none, with `sidekick_token_fail`; what is put
 * there last counts. It lives as long as the callback runs. Since 0.1.0.
 */
typedef struct sidekick_token sidekick_token;

/**
 * What a call says of itself: `SIDEKICK_OK`, or one of the `SIDEKICK_ERROR_` constants. Later versions may add some.
 * Since 0.1.0.
 */
typedef int32_t sidekick_status;

/**
 * Gives the token for a request: calls `sidekick_token_set` and returns 0. Anything else, or `sidekick_token_fail`, fails the call that
 * needs the token, with `SIDEKICK_ERROR_ARGUMENT`. `refused` is 1 where the server has just answered 401 to the last one, else 0. Since 0.1.0.
 */
typedef int32_t (*sidekick_token_callback)(void *data, int32_t refused, sidekick_token *token);

/**
 * Told when a callback's `data` is used no more. Since 0.1.0.
 */
typedef void (*sidekick_release_callback)(void *data);

/**
 * Hears what happens: one of the `SIDEKICK_LOG_` levels, and a line of text of so many bytes, closed by a NUL, which lives as long as
 * the callback runs. The token is never in it. Since 0.1.0.
 */
typedef void (*sidekick_log_callback)(void *data, int32_t level, const char *message, size_t length);

/**
 * The call succeeded. Since 0.1.0.
 */
#define SIDEKICK_OK 0

/**
 * The call itself is wrong: NULL where an object is needed, text that is not UTF-8, an index out of range, a
 * malformed URL, a buffer of the wrong size. Since 0.1.0.
 */
#define SIDEKICK_ERROR_ARGUMENT 1

/**
 * A defect of this library; the message is worth a report. Since 0.1.0.
 */
#define SIDEKICK_ERROR_INTERNAL 2

/**
 * Memory for a buffer whose size a caller or a reply decides could not be had. Since 0.1.0.
 */
#define SIDEKICK_ERROR_MEMORY 3

/**
 * A file could not be read or written. Since 0.1.0.
 */
#define SIDEKICK_ERROR_FILE 4

/**
 * A stream holds as many batches as it may: take predictions with `sidekick_stream_next` first. Since 0.1.0.
 */
#define SIDEKICK_ERROR_STREAM_FULL 5

/**
 * No feature has the name or the index given. Since 0.1.0.
 */
#define SIDEKICK_ERROR_UNKNOWN_FEATURE 10

/**
 * A value, or a getter, of another type than the feature's. Since 0.1.0.
 */
#define SIDEKICK_ERROR_FEATURE_TYPE 11

/**
 * A value of another shape than the feature's. Since 0.1.0.
 */
#define SIDEKICK_ERROR_FEATURE_SHAPE 12

/**
 * A value of the right type that cannot be sent: not finite, or not one of the categories. Since 0.1.0.
 */
#define SIDEKICK_ERROR_FEATURE_VALUE 13

/**
 * A feature given twice in one row. Since 0.1.0.
 */
#define SIDEKICK_ERROR_FEATURE_TWICE 14

/**
 * A row that lacks features where a whole row is needed. Since 0.1.0.
 */
#define SIDEKICK_ERROR_ROW_INCOMPLETE 15

/**
 * Bytes that are no picture this library reads, or a picture beyond its limits. Since 0.1.0.
 */
#define SIDEKICK_ERROR_IMAGE 16

/**
 * Bytes that are no `.npy` file this library reads. Since 0.1.0.
 */
#define SIDEKICK_ERROR_NPY 17

/**
 * No connection to the server could be made. Since 0.1.0.
 */
#define SIDEKICK_ERROR_CONNECT 20

/**
 * The server's TLS certificate or handshake was not accepted. Since 0.1.0.
 */
#define SIDEKICK_ERROR_TLS 21

/**
 * A time limit passed. Since 0.1.0.
 */
#define SIDEKICK_ERROR_TIMEOUT 22

/**
 * An established connection broke, or what came over it is not HTTP. Since 0.1.0.
 */
#define SIDEKICK_ERROR_NETWORK 23

/**
 * The call was cancelled, see `sidekick_cancel_trigger`. Since 0.1.0.
 */
#define SIDEKICK_ERROR_CANCELLED 24

/**
 * An HTTP status other than 2xx without an error object of the Deployment API. Since 0.1.0.
 */
#define SIDEKICK_ERROR_HTTP 30

/**
 * The server answered with an error object: see `sidekick_error_server_code`. Since 0.1.0.
 */
#define SIDEKICK_ERROR_SERVER 31

/**
 * The URL's describe document does not describe a deployment this library understands. Since 0.1.0.
 */
#define SIDEKICK_ERROR_DESCRIBE 40

/**
 * A response whose body is malformed: not JSON, or JSON of another form. Since 0.1.0.
 */
#define SIDEKICK_ERROR_REPLY_MALFORMED 41

/**
 * A reply with fewer or more rows than were sent. Since 0.1.0.
 */
#define SIDEKICK_ERROR_REPLY_ROWS 42

/**
 * A reply row without one of the declared outputs. Since 0.1.0.
 */
#define SIDEKICK_ERROR_REPLY_OUTPUT 43

/**
 * A reply value of another form than the output's type has. Since 0.1.0.
 */
#define SIDEKICK_ERROR_REPLY_TYPE 44

/**
 * A reply value of another shape, or number of categories, than declared. Since 0.1.0.
 */
#define SIDEKICK_ERROR_REPLY_SHAPE 45

/**
 * A value in a response whose encoding is invalid: a malformed data URL, or bytes not of its media type. Since 0.1.0.
 */
#define SIDEKICK_ERROR_REPLY_ENCODING 46

/**
 * A reply beyond the size limit, see `sidekick_options_set_reply_limit`. Since 0.1.0.
 */
#define SIDEKICK_ERROR_REPLY_TOO_LARGE 47

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Asks `callback` for the token before every request, and once more where the server answers 401, for tokens that expire; the token
 * given to `sidekick_deployment_open` is not used then. By default, and with NULL, that one is. The callback runs on whichever thread
 * makes the request, on several at once; it must return, and not call back into the deployment. `release` (NULL is fine) is
 * called with `data` once, when options and deployments that have the callback are all freed or have another. It is called
 * too, at once, where this function fails. Since 0.1.0.
 */
sidekick_status sidekick_options_set_token_callback(sidekick_options *options,
                                                    sidekick_token_callback callback,
                                                    void *data,
                                                    sidekick_release_callback release,
                                                    sidekick_error **error);

/**
 * Gives the token from within a `sidekick_token_callback`; it is copied. Fails with `SIDEKICK_ERROR_ARGUMENT` for NULL, and for text
 * that is not UTF-8. Since 0.1.0.
 */
sidekick_status sidekick_token_set(sidekick_token *token,
                                   const char *value,
                                   size_t value_length,
                                   sidekick_error **error);

/**
 * Says from within a `sidekick_token_callback` why there is no token; it is copied. The call that needs the token fails with this in its
 * message, whatever the callback returns: no secret should be in it. Fails with `SIDEKICK_ERROR_ARGUMENT` for NULL, and for text that
 * is not UTF-8. Since 0.1.0.
 */
sidekick_status sidekick_token_fail(sidekick_token *token,
                                    const char *message,
                                    size_t message_length,
                                    sidekick_error **error);

/**
 * Tells `callback` what happens to connections and requests; by default, and with NULL, nobody hears it. The callback runs on whichever
 * thread makes the request, on several at once. `release` and `data` are as for `sidekick_options_set_token_callback`.
 * Since 0.1.0.
 */
sidekick_status sidekick_options_set_log_callback(sidekick_options *options,
                                                  sidekick_log_callback callback,
                                                  void *data,
                                                  sidekick_release_callback release,
                                                  sidekick_error **error);

/**
 * Makes a cancellation that is not triggered. Free it with `sidekick_cancel_free`. Fails with `SIDEKICK_ERROR_ARGUMENT` for NULL, and with
 * `SIDEKICK_ERROR_MEMORY` where the system has no more file descriptors: it holds two. Since 0.1.0.
 */
sidekick_status sidekick_cancel_new(sidekick_cancel **cancel,
                                    sidekick_error **error);

/**
 * Calls off all calls that were given this cancellation, and those that will be: each returns within 100 ms with
 * `SIDEKICK_ERROR_CANCELLED`, the wait before a retry and the making of a connection included. One thing cannot be cut short: the
 * system's look-up of a host name. The deployment goes on to work. Any thread, any number of times, never blocks. Fails only
 * with `SIDEKICK_ERROR_ARGUMENT`, for NULL. Since 0.1.0.
 */
sidekick_status sidekick_cancel_trigger(const sidekick_cancel *cancel,
                                        sidekick_error **error);

/**
 * Sets a time limit: calls that were given this cancellation, and those that will be, end with `SIDEKICK_ERROR_TIMEOUT` when so many
 * milliseconds have passed from now on; 0 removes the limit. A stream that was given it is ended as one call is. The limit holds for a
 * whole call, with all its requests and retries, beside those of the options: the one that passes first counts. A request in flight
 * keeps the limit it began with; the look-up of a host name is not cut short. An attempt that failed with no time left for another
 * ends the call with its own error. Any thread, any number of times, never blocks; of limits
 * that several threads set at once, one holds. Errors: `SIDEKICK_ERROR_ARGUMENT` for NULL. Since 0.2.
 */
sidekick_status sidekick_cancel_set_timeout(const sidekick_cancel *cancel,
                                            uint64_t milliseconds,
                                            sidekick_error **error);

/**
 * Frees a cancellation; NULL is fine. Calls that were given it may still run, and are no longer called off. Since 0.1.0.
 */
void sidekick_cancel_free(sidekick_cancel *cancel);

/**
 * Opens the deployment at `url` with `token`: asks the server what the model takes and gives. A URL whose path ends in
 * `/deployment/ID`, also with `/forward`, `/openapi.json` or a `/` after it, is that deployment's: it predicts at
 * `/deployment/ID/forward`. Any other URL is the one that predictions are posted to, and `/deployment/forward` is such a one. A
 * query is kept there. The server is asked for `openapi.json` beside that URL. URLs are read as RFC 3986 says: what it does not
 * allow, such as a space or a letter beyond ASCII, has to be percent-encoded. The token is visible ASCII, without "Bearer " before
 * it; where a token callback is set it is not used, and may be empty. `options` may be NULL for the defaults. Blocks
 * while the server is asked. Free the deployment with `sidekick_deployment_free`. Fails with `SIDEKICK_ERROR_ARGUMENT` for a malformed URL or token, with
 * the connection's statuses (20 to 23), with `SIDEKICK_ERROR_SERVER` or `_HTTP` where the server refuses, and with
 * `SIDEKICK_ERROR_DESCRIBE` where the URL is not a deployment's. Since 0.1.0.
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
 * The protocol that the deployment speaks: one of the `SIDEKICK_PROTOCOL_` constants; 0 for NULL. Since 0.2.0.
 */
int32_t sidekick_deployment_protocol(const sidekick_deployment *deployment);

/**
 * How many features there are on a side, `SIDEKICK_INPUT` or `SIDEKICK_OUTPUT`; 0 for NULL or any other side. They are
 * indexed from 0 in the order of the describe document. Since 0.1.0.
 */
size_t sidekick_deployment_feature_count(const sidekick_deployment *deployment,
                                         int32_t side);

/**
 * The index of the feature called `name`, to be looked up once and used in loops. Fails with
 * `SIDEKICK_ERROR_UNKNOWN_FEATURE`; the message lists the names there are. Since 0.1.0.
 */
sidekick_status sidekick_deployment_feature_index(const sidekick_deployment *deployment,
                                                  int32_t side,
                                                  const char *name,
                                                  size_t name_length,
                                                  size_t *index,
                                                  sidekick_error **error);

/**
 * The name of a feature; it lives as long as the deployment. Fails with `SIDEKICK_ERROR_UNKNOWN_FEATURE`.
 * Since 0.1.0.
 */
sidekick_status sidekick_deployment_feature_name(const sidekick_deployment *deployment,
                                                 int32_t side,
                                                 size_t index,
                                                 const char **name,
                                                 size_t *name_length,
                                                 sidekick_error **error);

/**
 * The type of a feature, one of the `SIDEKICK_TYPE_` constants. Fails with `SIDEKICK_ERROR_UNKNOWN_FEATURE`.
 * Since 0.1.0.
 */
sidekick_status sidekick_deployment_feature_type(const sidekick_deployment *deployment,
                                                 int32_t side,
                                                 size_t index,
                                                 int32_t *feature_type,
                                                 sidekick_error **error);

/**
 * The shape of a feature for one example: `rank` sizes, which live as long as the deployment. `[1]` is a scalar, an
 * image is `[height, width, channels]`, a categorical output `[number of categories]`. Fails with
 * `SIDEKICK_ERROR_UNKNOWN_FEATURE`. Since 0.1.0.
 */
sidekick_status sidekick_deployment_feature_shape(const sidekick_deployment *deployment,
                                                  int32_t side,
                                                  size_t index,
                                                  const size_t **shape,
                                                  size_t *rank,
                                                  sidekick_error **error);

/**
 * How many categories the describe document lists for a feature; 0 where it lists none. Fails with
 * `SIDEKICK_ERROR_UNKNOWN_FEATURE`. Since 0.1.0.
 */
sidekick_status sidekick_deployment_category_count(const sidekick_deployment *deployment,
                                                   int32_t side,
                                                   size_t index,
                                                   size_t *count,
                                                   sidekick_error **error);

/**
 * The label of a listed category, an integer category as its digits; it lives as long as the deployment. Fails with
 * `SIDEKICK_ERROR_UNKNOWN_FEATURE`, and with `SIDEKICK_ERROR_ARGUMENT` where there is no such category. Since 0.1.0.
 */
sidekick_status sidekick_deployment_category(const sidekick_deployment *deployment,
                                             int32_t side,
                                             size_t index,
                                             size_t category,
                                             const char **label,
                                             size_t *label_length,
                                             sidekick_error **error);

/**
 * Predicts all rows, `batch_rows` of them to a request, and blocks until they are there; the predictions are in the
 * order of the rows. The rows stay as they are, and may be read by several calls at once. Free the predictions with
 * `sidekick_predictions_free`. Where nothing of a reply arrived a request is sent again as the options say. Fails with
 * `SIDEKICK_ERROR_ROW_INCOMPLETE` where a row was left half built, with `SIDEKICK_ERROR_ARGUMENT` for rows of another
 * deployment, with the connection's statuses (20 to 23), with `SIDEKICK_ERROR_SERVER` or `_HTTP` where the server
 * refuses, and with the reply's statuses (41 to 47) where its answer is not what it declared. Any thread.
 * Since 0.1.0.
 */
sidekick_status sidekick_deployment_predict(const sidekick_deployment *deployment,
                                            const sidekick_rows *rows,
                                            const sidekick_cancel *cancel,
                                            sidekick_predictions **predictions,
                                            sidekick_error **error);

/**
 * Predicts rows given as the records of `sidekick_rows_add_packed`, and copies their results into `values`: one call for all that
 * bindings whose calls into C are dear do for a row or a few. Row after row, for each output in its order, a number or a binary
 * probability is one value, a category as many as it lists labels (`sidekick_deployment_category`), in their order. Blocks, and
 * is called off by `cancel` (which may be NULL), as `sidekick_deployment_predict`; fails as that and
 * `sidekick_rows_add_packed` do, with `SIDEKICK_ERROR_FEATURE_TYPE` where an output is another, or a category that lists no labels,
 * and with `SIDEKICK_ERROR_ARGUMENT` where `count` is not the number of values. A row that the server calls bad is the call's error,
 * also where such rows are isolated. Any thread. Since 0.1.0.
 */
sidekick_status sidekick_deployment_predict_packed(const sidekick_deployment *deployment,
                                                   const void *records,
                                                   size_t size,
                                                   const sidekick_cancel *cancel,
                                                   double *values,
                                                   size_t count,
                                                   sidekick_error **error);

/**
 * Posts JSON text that the caller made, as it stands, and gives back what the server answers: a status other than
 * 2xx is no error here. Free the reply with `sidekick_reply_free`. Fails with the connection's statuses (20 to 23).
 * Any thread. Since 0.1.0.
 */
sidekick_status sidekick_deployment_post_json(const sidekick_deployment *deployment,
                                              const char *json,
                                              size_t json_length,
                                              const sidekick_cancel *cancel,
                                              sidekick_reply **reply,
                                              sidekick_error **error);

/**
 * Frees a deployment and closes its connections; NULL is fine. No call and no stream of it may still be there. Since 0.1.0.
 */
void sidekick_deployment_free(sidekick_deployment *deployment);

/**
 * Its status, one of the `SIDEKICK_ERROR_` constants; `SIDEKICK_OK` for NULL. Since 0.1.0.
 */
sidekick_status sidekick_error_status(const sidekick_error *error);

/**
 * What went wrong and what to do, on one line, with the row and the feature where there are any; `""` for NULL. Its
 * length goes to `length` unless that is NULL. It is bounded, and holds 1 KiB of others' text at most. The token is never in it: text
 * of a server, a proxy or a certificate that holds 6 or more characters in a row of a token in use, however they are written, is left
 * out. Since 0.1.0.
 */
const char *sidekick_error_message(const sidekick_error *error,
                                   size_t *length);

/**
 * The HTTP status of the reply it came with; 0 where there was none. Since 0.1.0.
 */
int32_t sidekick_error_http_status(const sidekick_error *error);

/**
 * The server's `errorCode`, such as `"FeatureNotFound"`; `""` where it sent none. Its length goes to `length` unless
 * that is NULL. One that is none of the Deployment API's is cut to 1 KiB, and left out where it holds a part of the token. Since 0.1.0.
 */
const char *sidekick_error_server_code(const sidekick_error *error,
                                       size_t *length);

/**
 * The server's `errorMessage`, text for people, cut to 1 KiB; `""` where it sent none. Its length goes to `length` unless that is
 * NULL. It is left out where it, or what else the server said, holds a part of the token. Since 0.1.0.
 */
const char *sidekick_error_server_message(const sidekick_error *error,
                                          size_t *length);

/**
 * The row it is about, counted from 0 over all rows of the call; -1 where it is about no single row. Since 0.1.0.
 */
int64_t sidekick_error_row(const sidekick_error *error);

/**
 * The first row of the request that failed, counted from 0 over all rows of the call; -1 where no request of rows did. It failed after
 * `sidekick_error_attempts`. Since 0.1.0.
 */
int64_t sidekick_error_rows_first(const sidekick_error *error);

/**
 * How many rows the request that failed had; 0 where no request of rows did. Since 0.1.0.
 */
size_t sidekick_error_rows_count(const sidekick_error *error);

/**
 * The name of the input or output it is about; `""` where it is about none. Its length goes to `length` unless that
 * is NULL. Since 0.1.0.
 */
const char *sidekick_error_feature(const sidekick_error *error,
                                   size_t *length);

/**
 * The system's error number for why a file could not be read or written, an `errno` such as `ENOENT`; 0 if there is none. The message
 * has the system's text for it. Since 0.2.
 */
int32_t sidekick_error_os_error(const sidekick_error *error);

/**
 * How many times a request was sent; 0 where none was. Since 0.1.0.
 */
uint32_t sidekick_error_attempts(const sidekick_error *error);

/**
 * 1 if the same call may succeed later (the connection or the server was at fault, for now), else 0. Since 0.1.0.
 */
int32_t sidekick_error_retryable(const sidekick_error *error);

/**
 * Frees an error and the text its getters returned; NULL is fine. Since 0.1.0.
 */
void sidekick_error_free(sidekick_error *error);

/**
 * Makes options with every setting at its default. Free them with `sidekick_options_free`. Fails only with
 * `SIDEKICK_ERROR_ARGUMENT`, for NULL. Since 0.1.0.
 */
sidekick_status sidekick_options_new(sidekick_options **options, sidekick_error **error);

/**
 * Sets how many rows `sidekick_deployment_predict` sends in one request: at least 1, by default 128. Smaller batches
 * bound memory and the server's work per request, larger ones save round trips. Fails with `SIDEKICK_ERROR_ARGUMENT`
 * for 0 or NULL. Since 0.1.0.
 */
sidekick_status sidekick_options_set_batch_rows(sidekick_options *options,
                                                size_t batch_rows,
                                                sidekick_error **error);

/**
 * Sets how many requests of one `sidekick_deployment_predict`, or of one stream, are under way at once: at least 1, which is the
 * default. More than one starts that many threads, which end with the call or the stream. Fails with `SIDEKICK_ERROR_ARGUMENT` for 0 or NULL. Since 0.1.0.
 */
sidekick_status sidekick_options_set_max_in_flight(sidekick_options *options,
                                                   size_t requests,
                                                   sidekick_error **error);

/**
 * 1 finds the rows that the server calls bad (status 400, 413 or 422), by sending halves of their request again until each stands
 * alone: the others are predicted all the same, and the bad ones are read with `sidekick_predictions_failure`. With 0, the
 * default, the whole call fails. Since 0.1.0.
 */
sidekick_status sidekick_options_set_isolate_bad_rows(sidekick_options *options,
                                                      int32_t isolate,
                                                      sidekick_error **error);

/**
 * Sets how many milliseconds making a connection may take: by default 10 000; 0 means without limit. Beyond it calls fail with
 * `SIDEKICK_ERROR_TIMEOUT`. Since 0.1.0.
 */
sidekick_status sidekick_options_set_connect_timeout(sidekick_options *options,
                                                     uint64_t milliseconds,
                                                     sidekick_error **error);

/**
 * Sets how many milliseconds the server may be silent while it is sent to or read from: by default 120 000; 0 means without
 * limit. Beyond it calls fail with `SIDEKICK_ERROR_TIMEOUT`. Since 0.1.0.
 */
sidekick_status sidekick_options_set_response_timeout(sidekick_options *options,
                                                      uint64_t milliseconds,
                                                      sidekick_error **error);

/**
 * Sets how many milliseconds one request may take with all its attempts and the waits between: by default, and with 0, there
 * is no limit. Beyond it calls fail with `SIDEKICK_ERROR_TIMEOUT`. Since 0.1.0.
 */
sidekick_status sidekick_options_set_call_timeout(sidekick_options *options,
                                                  uint64_t milliseconds,
                                                  sidekick_error **error);

/**
 * Sets how often a request is sent again, by default 2 times, where no connection could be made or it broke before a reply
 * began, and where the server answers 429, 502, 503 or 504. Besides, a connection that the server closed while it was
 * idle is replaced once, unseen. Since 0.1.0.
 */
sidekick_status sidekick_options_set_retries(sidekick_options *options,
                                             uint32_t retries,
                                             sidekick_error **error);

/**
 * Sets the wait before the first retry, in milliseconds (by default 100; doubled for each further one, less a random part of
 * up to a half), and the ceiling of all waits (by default 30 000). A `Retry-After` header of the server counts instead; one
 * beyond the ceiling ends the retries. Fails with `SIDEKICK_ERROR_ARGUMENT` where the first is above the ceiling.
 * Since 0.1.0.
 */
sidekick_status sidekick_options_set_retry_backoff(sidekick_options *options,
                                                   uint64_t first_milliseconds,
                                                   uint64_t ceiling_milliseconds,
                                                   sidekick_error **error);

/**
 * Trusts the certificates of a PEM file instead of the system's. It is read at once. Fails with `SIDEKICK_ERROR_FILE`, and
 * with `SIDEKICK_ERROR_ARGUMENT` where it holds no certificate or a malformed one. Since 0.1.0.
 */
sidekick_status sidekick_options_set_ca_file(sidekick_options *options,
                                             const char *path,
                                             size_t path_length,
                                             sidekick_error **error);

/**
 * Trusts the certificates of a PEM text of `size` bytes instead of the system's. Fails with `SIDEKICK_ERROR_ARGUMENT` where it
 * holds no certificate or a malformed one. Since 0.1.0.
 */
sidekick_status sidekick_options_set_ca_pem(sidekick_options *options,
                                            const void *pem,
                                            size_t size,
                                            sidekick_error **error);

/**
 * Shows the server a client certificate, from PEM files: the certificate with those of the authorities between behind it, and its key,
 * which has to be that of the certificate. Both are read at once. By default none is shown. Fails with `SIDEKICK_ERROR_FILE`, and with
 * `SIDEKICK_ERROR_ARGUMENT` where they do not hold that. Since 0.1.0.
 */
sidekick_status sidekick_options_set_client_certificate_file(sidekick_options *options,
                                                             const char *certificate_path,
                                                             size_t certificate_path_length,
                                                             const char *key_path,
                                                             size_t key_path_length,
                                                             sidekick_error **error);

/**
 * As `sidekick_options_set_client_certificate_file`, from PEM texts of so many bytes. Fails with `SIDEKICK_ERROR_ARGUMENT`. Since 0.1.0.
 */
sidekick_status sidekick_options_set_client_certificate_pem(sidekick_options *options,
                                                            const void *certificate,
                                                            size_t certificate_size,
                                                            const void *key,
                                                            size_t key_size,
                                                            sidekick_error **error);

/**
 * Sets the oldest version of TLS that is spoken: `SIDEKICK_TLS_1_2`, which is the default, or `SIDEKICK_TLS_1_3`. Fails with
 * `SIDEKICK_ERROR_ARGUMENT` for anything else. Since 0.1.0.
 */
sidekick_status sidekick_options_set_tls_minimum(sidekick_options *options,
                                                 int32_t version,
                                                 sidekick_error **error);

/**
 * 1 takes any certificate for the server's: anybody on the way can then read the token and change the replies. For test rigs alone. 0,
 * the default, checks them. Since 0.1.0.
 */
sidekick_status sidekick_options_set_dangerous_skip_tls_verification(sidekick_options *options,
                                                                     int32_t skip,
                                                                     sidekick_error **error);

/**
 * 1 allows a URL that starts with `http://` and is not of this machine, where anybody on the way can read the token. With 0, the default,
 * `sidekick_deployment_open` refuses it with `SIDEKICK_ERROR_ARGUMENT`, unless a proxy on this machine stands in between. Since 0.1.0.
 */
sidekick_status sidekick_options_set_allow_token_over_http(sidekick_options *options,
                                                           int32_t allow,
                                                           sidekick_error **error);

/**
 * Adds a header to every request; by default there is none. It goes where the token goes: to the deployment's server alone. Fails with
 * `SIDEKICK_ERROR_ARGUMENT` for a malformed one, and for those that requests have of their own, such as `Authorization`, `Host` and
 * `Content-Type`. Since 0.1.0.
 */
sidekick_status sidekick_options_add_header(sidekick_options *options,
                                            const char *name,
                                            size_t name_length,
                                            const char *value,
                                            size_t value_length,
                                            sidekick_error **error);

/**
 * Sets what follows `sidekick/VERSION` in the User-Agent header, such as `shop/2.1`; by default nothing does. Fails with
 * `SIDEKICK_ERROR_ARGUMENT` for characters other than printable ASCII. Since 0.1.0.
 */
sidekick_status sidekick_options_set_user_agent_suffix(sidekick_options *options,
                                                       const char *suffix,
                                                       size_t suffix_length,
                                                       sidekick_error **error);

/**
 * Sets how many bytes a reply may have, both on the wire and unpacked: at least 1, by default 1 GiB. A larger one fails with
 * `SIDEKICK_ERROR_REPLY_TOO_LARGE`. Fails with `SIDEKICK_ERROR_ARGUMENT` for 0. Since 0.1.0.
 */
sidekick_status sidekick_options_set_reply_limit(sidekick_options *options,
                                                 uint64_t limit,
                                                 sidekick_error **error);

/**
 * Sets how many pixels (width times height) an image may have that is added as a file, or whose size or pixels are read from a
 * response. Larger ones fail with `SIDEKICK_ERROR_IMAGE`, and are not decoded for that.
 *
 * `pixels`: at least 1; by default 67 108 864 (64 * 1024 * 1024), which take 256 MiB as RGBA.
 *
 * Errors: `SIDEKICK_ERROR_ARGUMENT` for 0 or NULL. Since 0.2.
 */
sidekick_status sidekick_options_set_max_image_pixels(sidekick_options *options,
                                                      uint64_t pixels,
                                                      sidekick_error **error);

/**
 * 1 turns images that are added as files the way their metadata say they are to be shown (the EXIF
 * orientation of JPEG, PNG, TIFF and WebP); an image that is turned goes out as PNG. With 0, the default,
 * pixels go out as stored. The size and the pixels of images in responses are always those stored.
 *
 * Errors: `SIDEKICK_ERROR_ARGUMENT` for NULL. Since 0.2.
 */
sidekick_status sidekick_options_set_apply_orientation(sidekick_options *options,
                                                       int32_t apply,
                                                       sidekick_error **error);

/**
 * 1 sends bodies of 1 KiB and more packed with gzip, which the server has to understand; 0, the default, as they are. Since 0.1.0.
 */
sidekick_status sidekick_options_set_request_gzip(sidekick_options *options,
                                                  int32_t pack,
                                                  sidekick_error **error);

/**
 * 1, the default, lets the server pack its replies with gzip; 0 asks for them as they are. Since 0.1.0.
 */
sidekick_status sidekick_options_set_reply_gzip(sidekick_options *options,
                                                int32_t allow,
                                                sidekick_error **error);

/**
 * Sets how many idle connections a deployment keeps (by default 64), and for how many milliseconds (by default 4000: below the 5 seconds
 * after which common servers close them). With 0 of either every request makes its own connection. Since 0.1.0.
 */
sidekick_status sidekick_options_set_keep_alive(sidekick_options *options,
                                                size_t connections,
                                                uint64_t idle_milliseconds,
                                                sidekick_error **error);

/**
 * Sets the proxy, `http://[user:password@]host:port`, which is asked to CONNECT, or `socks5://` with the same behind it, which is
 * left to look up the server's name; an empty text means none. By default the
 * environment names it, in `http_proxy`, `https_proxy` and `all_proxy` or their capitals, when a deployment is opened; loopback
 * addresses and `localhost` are asked without the environment's proxy. Special characters in user and password are
 * percent-encoded. Fails with `SIDEKICK_ERROR_ARGUMENT` for anything else. Since 0.1.0.
 */
sidekick_status sidekick_options_set_proxy(sidekick_options *options,
                                           const char *url,
                                           size_t url_length,
                                           sidekick_error **error);

/**
 * Sets which hosts are asked without the proxy, instead of the environment's `no_proxy`: names (which stand for their
 * sub-domains too), addresses, networks such as `10.0.0.0/8`, or `*`, separated by commas. Since 0.1.0.
 */
sidekick_status sidekick_options_set_no_proxy(sidekick_options *options,
                                              const char *hosts,
                                              size_t hosts_length,
                                              sidekick_error **error);

/**
 * Frees options; NULL is fine. Since 0.1.0.
 */
void sidekick_options_free(sidekick_options *options);

/**
 * How many rows there are; 0 for NULL. Since 0.1.0.
 */
size_t sidekick_predictions_count(const sidekick_predictions *predictions);

/**
 * How many rows the server called bad; there are some only where `sidekick_options_set_isolate_bad_rows` is on, and the predictions
 * are those of all the other rows. 0 for NULL. Since 0.1.0.
 */
size_t sidekick_predictions_failure_count(const sidekick_predictions *predictions);

/**
 * Why a row was called bad: the failures are indexed from 0 in the order of their rows, which `sidekick_error_row` tells. Free
 * `failure` with `sidekick_error_free`; it may outlive the predictions. Fails with `SIDEKICK_ERROR_ARGUMENT` where there is no such
 * failure. Since 0.1.0.
 */
sidekick_status sidekick_predictions_failure(const sidekick_predictions *predictions,
                                             size_t index,
                                             sidekick_error **failure,
                                             sidekick_error **error);

/**
 * Which of the rows that were sent a prediction is of: they differ behind a row that failed. Fails with
 * `SIDEKICK_ERROR_ARGUMENT` for a prediction that is not there. Since 0.1.0.
 */
sidekick_status sidekick_predictions_sent_row(const sidekick_predictions *predictions,
                                              size_t prediction,
                                              size_t *row,
                                              sidekick_error **error);

/**
 * The number of a numeric output of shape `[1]`, or the probability of a binary output. Since 0.1.0.
 */
sidekick_status sidekick_predictions_number(const sidekick_predictions *predictions,
                                            size_t output,
                                            size_t row,
                                            double *number,
                                            sidekick_error **error);

/**
 * All rows' numbers, or binary probabilities, as one column: `count` is the number of rows. Since 0.1.0.
 */
sidekick_status sidekick_predictions_numbers(const sidekick_predictions *predictions,
                                             size_t output,
                                             const double **numbers,
                                             size_t *count,
                                             sidekick_error **error);

/**
 * The text of a text output. Since 0.1.0.
 */
sidekick_status sidekick_predictions_text(const sidekick_predictions *predictions,
                                          size_t output,
                                          size_t row,
                                          const char **value,
                                          size_t *value_length,
                                          sidekick_error **error);

/**
 * All rows' texts as one column: text `i` starts at `texts + ends[i - 1]` (the first at `texts`) and has
 * `ends[i] - ends[i - 1] - 1` bytes, behind which a NUL closes it. `count` is the number of rows. Since 0.1.0.
 */
sidekick_status sidekick_predictions_texts(const sidekick_predictions *predictions,
                                           size_t output,
                                           const char **texts,
                                           const size_t **ends,
                                           size_t *count,
                                           sidekick_error **error);

/**
 * How many categories a categorical output has. Since 0.1.0.
 */
sidekick_status sidekick_predictions_category_count(const sidekick_predictions *predictions,
                                                    size_t output,
                                                    size_t *count,
                                                    sidekick_error **error);

/**
 * The label of category `category` of a categorical output: of column `category` of its matrix. Also fails with
 * `SIDEKICK_ERROR_ARGUMENT` where there is no such category. Since 0.1.0.
 */
sidekick_status sidekick_predictions_category_label(const sidekick_predictions *predictions,
                                                    size_t output,
                                                    size_t category,
                                                    const char **label,
                                                    size_t *label_length,
                                                    sidekick_error **error);

/**
 * The probabilities of a row of a categorical output: `count` values, one a category, in the order of the labels. Since 0.1.0.
 */
sidekick_status sidekick_predictions_probabilities(const sidekick_predictions *predictions,
                                                   size_t output,
                                                   size_t row,
                                                   const double **probabilities,
                                                   size_t *count,
                                                   sidekick_error **error);

/**
 * The probabilities of all rows of a categorical output, row-major: `count` values, rows x categories. Since 0.1.0.
 */
sidekick_status sidekick_predictions_probability_matrix(const sidekick_predictions *predictions,
                                                        size_t output,
                                                        const double **matrix,
                                                        size_t *count,
                                                        sidekick_error **error);

/**
 * The probability of one category, by its label. Also fails with `SIDEKICK_ERROR_ARGUMENT` where there is no such label. Since 0.1.0.
 */
sidekick_status sidekick_predictions_probability(const sidekick_predictions *predictions,
                                                 size_t output,
                                                 size_t row,
                                                 const char *label,
                                                 size_t label_length,
                                                 double *probability,
                                                 sidekick_error **error);

/**
 * The category at place `rank` of a row when its categories are sorted by probability, the most probable first (rank 0),
 * ties in the order of the labels: its label and its probability. Also fails with `SIDEKICK_ERROR_ARGUMENT` where there is
 * no such rank. Since 0.1.0.
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
 * The array of a row: `count` elements, row-major, of the shape that `sidekick_predictions_array_shape` tells. Since 0.1.0.
 */
sidekick_status sidekick_predictions_array(const sidekick_predictions *predictions,
                                           size_t output,
                                           size_t row,
                                           const float **elements,
                                           size_t *count,
                                           sidekick_error **error);

/**
 * The shape of an array output for one row: `rank` sizes. Since 0.1.0.
 */
sidekick_status sidekick_predictions_array_shape(const sidekick_predictions *predictions,
                                                 size_t output,
                                                 const size_t **shape,
                                                 size_t *rank,
                                                 sidekick_error **error);

/**
 * The arrays of all rows, one behind the other: `count` elements, rows x shape. Since 0.1.0.
 */
sidekick_status sidekick_predictions_arrays(const sidekick_predictions *predictions,
                                            size_t output,
                                            const float **elements,
                                            size_t *count,
                                            sidekick_error **error);

/**
 * Copies the array of a row into `buffer` as elements of one of the `SIDEKICK_DTYPE_` constants, row-major, in this machine's
 * byte order. Integers are cut towards zero and held at the ends of their range. Also fails with
 * `SIDEKICK_ERROR_ARGUMENT` where `buffer_size` is not exactly the array's size in bytes. Since 0.1.0.
 */
sidekick_status sidekick_predictions_copy_array(const sidekick_predictions *predictions,
                                                size_t output,
                                                size_t row,
                                                int32_t dtype,
                                                void *buffer,
                                                size_t buffer_size,
                                                sidekick_error **error);

/**
 * Writes the array of a row to a `.npy` file (version 1.0, little-endian 32-bit floats, C order), which NumPy loads. Also
 * fails with `SIDEKICK_ERROR_FILE`. Since 0.1.0.
 */
sidekick_status sidekick_predictions_save_npy(const sidekick_predictions *predictions,
                                              size_t output,
                                              size_t row,
                                              const char *path,
                                              size_t path_length,
                                              sidekick_error **error);

/**
 * The picture of a row as the server sent it: `size` bytes of a file of `media_type`, `"image/png"` or `"image/jpeg"` (static
 * text; NULL where it is not wanted). Since 0.1.0.
 */
sidekick_status sidekick_predictions_image(const sidekick_predictions *predictions,
                                           size_t output,
                                           size_t row,
                                           const void **encoded,
                                           size_t *size,
                                           const char **media_type,
                                           sidekick_error **error);

/**
 * Width, height and channels (1 grey, 3 RGB, 4 RGBA) of the image of a row, without decoding its pixels.
 * Also fails with `SIDEKICK_ERROR_IMAGE` if the image is cut off or damaged, or has more pixels than
 * `sidekick_options_set_max_image_pixels` allows. Since 0.1.0.
 */
sidekick_status sidekick_predictions_image_size(const sidekick_predictions *predictions,
                                                size_t output,
                                                size_t row,
                                                uint32_t *width,
                                                uint32_t *height,
                                                uint32_t *channels,
                                                sidekick_error **error);

/**
 * Decodes the image of a row into `buffer`: 8-bit samples as stored, rows from the top without gaps,
 * `width * height * channels` bytes as `sidekick_predictions_image_size` reports them. Also fails with
 * `SIDEKICK_ERROR_ARGUMENT` if `buffer_size` is another, and with `SIDEKICK_ERROR_IMAGE` if the image is cut
 * off or damaged, or too large. Since 0.1.0.
 */
sidekick_status sidekick_predictions_image_pixels(const sidekick_predictions *predictions,
                                                  size_t output,
                                                  size_t row,
                                                  void *buffer,
                                                  size_t buffer_size,
                                                  sidekick_error **error);

/**
 * Writes the picture of a row to a file, as the server sent it. Also fails with `SIDEKICK_ERROR_FILE`. Since 0.1.0.
 */
sidekick_status sidekick_predictions_save_image(const sidekick_predictions *predictions,
                                                size_t output,
                                                size_t row,
                                                const char *path,
                                                size_t path_length,
                                                sidekick_error **error);

/**
 * Frees predictions and ends every view into them; NULL is fine. Since 0.1.0.
 */
void sidekick_predictions_free(sidekick_predictions *predictions);

/**
 * The HTTP status, such as 200 or 404; 0 for NULL. Since 0.1.0.
 */
int32_t sidekick_reply_http_status(const sidekick_reply *reply);

/**
 * The body as text (bytes that are not UTF-8 are replaced by U+FFFD); `""` for NULL. Its length goes to `length`
 * unless that is NULL. Lives until `sidekick_reply_free`. Since 0.1.0.
 */
const char *sidekick_reply_text(const sidekick_reply *reply,
                                size_t *length);

/**
 * Frees a reply and its text; NULL is fine. Since 0.1.0.
 */
void sidekick_reply_free(sidekick_reply *reply);

/**
 * Makes empty rows for a deployment. They may outlive it. Free them with `sidekick_rows_free`. Fails only with
 * `SIDEKICK_ERROR_ARGUMENT`, for NULL. Since 0.1.0.
 */
sidekick_status sidekick_rows_new(const sidekick_deployment *deployment,
                                  sidekick_rows **rows,
                                  sidekick_error **error);

/**
 * How many rows are finished; 0 for NULL. Since 0.1.0.
 */
size_t sidekick_rows_count(const sidekick_rows *rows);

/**
 * Adds a number to a numeric input of shape `[1]`. Also fails with `SIDEKICK_ERROR_FEATURE_VALUE` for NaN and infinity,
 * which the wire cannot carry. Since 0.1.0.
 */
sidekick_status sidekick_rows_add_number(sidekick_rows *rows,
                                         const char *name,
                                         size_t name_length,
                                         double number,
                                         sidekick_error **error);

/**
 * As `sidekick_rows_add_number`, by the input's index. Since 0.1.0.
 */
sidekick_status sidekick_rows_add_number_at(sidekick_rows *rows,
                                            size_t index,
                                            double number,
                                            sidekick_error **error);

/**
 * Adds an integer to a numeric input of shape `[1]`, or as the category of a categorical or binary input. Also fails with
 * `SIDEKICK_ERROR_FEATURE_VALUE` where the input lists its categories and this is none of them. Since 0.1.0.
 */
sidekick_status sidekick_rows_add_integer(sidekick_rows *rows,
                                          const char *name,
                                          size_t name_length,
                                          int64_t integer,
                                          sidekick_error **error);

/**
 * As `sidekick_rows_add_integer`, by the input's index. Since 0.1.0.
 */
sidekick_status sidekick_rows_add_integer_at(sidekick_rows *rows,
                                             size_t index,
                                             int64_t integer,
                                             sidekick_error **error);

/**
 * Adds a category, by its label, to a categorical or binary input. Also fails with `SIDEKICK_ERROR_FEATURE_VALUE` where
 * the input lists its categories and this is none of them. Since 0.1.0.
 */
sidekick_status sidekick_rows_add_category(sidekick_rows *rows,
                                           const char *name,
                                           size_t name_length,
                                           const char *label,
                                           size_t label_length,
                                           sidekick_error **error);

/**
 * As `sidekick_rows_add_category`, by the input's index. Since 0.1.0.
 */
sidekick_status sidekick_rows_add_category_at(sidekick_rows *rows,
                                              size_t index,
                                              const char *label,
                                              size_t label_length,
                                              sidekick_error **error);

/**
 * Adds 0 or 1 to a binary input. Also fails with `SIDEKICK_ERROR_ARGUMENT` for any other value. Since 0.1.0.
 */
sidekick_status sidekick_rows_add_binary(sidekick_rows *rows,
                                         const char *name,
                                         size_t name_length,
                                         int32_t value,
                                         sidekick_error **error);

/**
 * As `sidekick_rows_add_binary`, by the input's index. Since 0.1.0.
 */
sidekick_status sidekick_rows_add_binary_at(sidekick_rows *rows,
                                            size_t index,
                                            int32_t value,
                                            sidekick_error **error);

/**
 * Adds UTF-8 text to a text input. Since 0.1.0.
 */
sidekick_status sidekick_rows_add_text(sidekick_rows *rows,
                                       const char *name,
                                       size_t name_length,
                                       const char *value,
                                       size_t value_length,
                                       sidekick_error **error);

/**
 * As `sidekick_rows_add_text`, by the input's index. Since 0.1.0.
 */
sidekick_status sidekick_rows_add_text_at(sidekick_rows *rows,
                                          size_t index,
                                          const char *value,
                                          size_t value_length,
                                          sidekick_error **error);

/**
 * Adds an encoded image of `size` bytes to an image input, with its pixels as stored; its kind is found from
 * its bytes. PNG and JPEG go out without being decoded, and without their metadata (EXIF, XMP, IPTC,
 * comments, texts, thumbnails). With alpha or more than 8 bits a sample they become PNG without alpha, as do
 * BMP, GIF (its first frame), TIFF (its first page: grey, RGB or CMYK of 8 or 16 bits a sample, or black and
 * white) and WebP. The server resizes it to the input's shape.
 *
 * Errors: also `SIDEKICK_ERROR_IMAGE` for a file that is cut off or damaged, of another kind (such as a TIFF
 * of floating-point samples), or with more pixels than `sidekick_options_set_max_image_pixels` allows. A
 * JPEG is whole when its scans are complete: the marker that ends it may be missing, and bytes may follow.
 * If that marker is there, the data before it are not looked at: what is damaged inside a JPEG is for the
 * server to find. Since 0.1.0.
 */
sidekick_status sidekick_rows_add_image(sidekick_rows *rows,
                                        const char *name,
                                        size_t name_length,
                                        const void *encoded,
                                        size_t size,
                                        sidekick_error **error);

/**
 * As `sidekick_rows_add_image`, by the input's index. Since 0.1.0.
 */
sidekick_status sidekick_rows_add_image_at(sidekick_rows *rows,
                                           size_t index,
                                           const void *encoded,
                                           size_t size,
                                           sidekick_error **error);

/**
 * Adds a picture from a file, as `sidekick_rows_add_image` does. Also fails with `SIDEKICK_ERROR_FILE`. Since 0.1.0.
 */
sidekick_status sidekick_rows_add_image_file(sidekick_rows *rows,
                                             const char *name,
                                             size_t name_length,
                                             const char *path,
                                             size_t path_length,
                                             sidekick_error **error);

/**
 * As `sidekick_rows_add_image_file`, by the input's index. Since 0.1.0.
 */
sidekick_status sidekick_rows_add_image_file_at(sidekick_rows *rows,
                                                size_t index,
                                                const char *path,
                                                size_t path_length,
                                                sidekick_error **error);

/**
 * Adds a picture from raw 8-bit pixels: `height` rows from the top, `row_stride` bytes apart (0 for rows without gaps), each
 * of `width` pixels of `channels` interleaved samples: 1 grey, 3 RGB, 4 RGBA (whose alpha is dropped). `size` is how many
 * bytes there are at `samples`. It is sent as PNG where `jpeg_quality` is 0, else as JPEG of that quality, 1 to 100, its
 * colours at half the resolution (4:2:0), as is usual. Also fails
 * with `SIDEKICK_ERROR_ARGUMENT` where the numbers do not fit each other. Since 0.1.0.
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
 * As `sidekick_rows_add_pixels`, by the input's index. Since 0.1.0.
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
 * Adds an array to a numeric input of the same shape: `rank` sizes in `shape`, elements of one of the `SIDEKICK_DTYPE_`
 * constants in this machine's byte order, `data_size` bytes from element `[0, ..., 0]` on. `strides` are the `rank` distances in
 * bytes from one element to the next of each dimension, or NULL for row-major without gaps; with a negative stride, elements
 * lie before `data`, and that they are there is the caller's promise. Elements become 32-bit floats. Also fails with
 * `SIDEKICK_ERROR_FEATURE_SHAPE`, with `SIDEKICK_ERROR_FEATURE_VALUE` for an element that is not finite as such (the message
 * names it), and with `SIDEKICK_ERROR_ARGUMENT` where shape and strides reach beyond the data. Since 0.1.0.
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
 * As `sidekick_rows_add_array`, by the input's index. Since 0.1.0.
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
 * Adds an array from the `size` bytes of a `.npy` file (versions 1 to 3, C or Fortran order, either byte order; f4, f8, i1 to i8,
 * u1 to u8, b1) to a numeric input of the same shape. Also fails with `SIDEKICK_ERROR_NPY`, `_FEATURE_SHAPE` and
 * `_FEATURE_VALUE`. Since 0.1.0.
 */
sidekick_status sidekick_rows_add_npy(sidekick_rows *rows,
                                      const char *name,
                                      size_t name_length,
                                      const void *file,
                                      size_t size,
                                      sidekick_error **error);

/**
 * As `sidekick_rows_add_npy`, by the input's index. Since 0.1.0.
 */
sidekick_status sidekick_rows_add_npy_at(sidekick_rows *rows,
                                         size_t index,
                                         const void *file,
                                         size_t size,
                                         sidekick_error **error);

/**
 * Adds an array from a `.npy` file, as `sidekick_rows_add_npy` does. Also fails with `SIDEKICK_ERROR_FILE`. Since 0.1.0.
 */
sidekick_status sidekick_rows_add_npy_file(sidekick_rows *rows,
                                           const char *name,
                                           size_t name_length,
                                           const char *path,
                                           size_t path_length,
                                           sidekick_error **error);

/**
 * As `sidekick_rows_add_npy_file`, by the input's index. Since 0.1.0.
 */
sidekick_status sidekick_rows_add_npy_file_at(sidekick_rows *rows,
                                              size_t index,
                                              const char *path,
                                              size_t path_length,
                                              sidekick_error **error);

/**
 * Adds many small values in one call, for bindings whose calls into C are dear. `records` holds records one behind the other,
 * `size` bytes in all. A record is, in this machine's byte order, a `uint32_t` kind, the `uint32_t` index of the input, a
 * `uint64_t` length, and a payload of that many bytes, padded to a multiple of 8. Kinds: 0 ends the row (length 0); 1 a
 * `double` for a number; 2 an `int64_t` for an integer; 3 a category's label; 4 an `int64_t` that is 0 or 1 for a binary input; 5
 * text. Each does what the function of its name does. Other values can be added between two calls, also within a row. Where a
 * record fails nothing of the call is added; fails as those functions do, and with `SIDEKICK_ERROR_ARGUMENT` for
 * records that are malformed. Since 0.1.0.
 */
sidekick_status sidekick_rows_add_packed(sidekick_rows *rows,
                                         const void *records,
                                         size_t size,
                                         sidekick_error **error);

/**
 * Finishes the row that is being built. Fails with `SIDEKICK_ERROR_ROW_INCOMPLETE` where inputs are missing; the
 * message names them, and they can still be added. Since 0.1.0.
 */
sidekick_status sidekick_rows_end_row(sidekick_rows *rows,
                                      sidekick_error **error);

/**
 * Drops the features of the row that is being built, and keeps the finished rows. Fails only with
 * `SIDEKICK_ERROR_ARGUMENT`, for NULL. Since 0.1.0.
 */
sidekick_status sidekick_rows_discard_row(sidekick_rows *rows, sidekick_error **error);

/**
 * Drops all rows and keeps their memory for the next ones. Fails only with `SIDEKICK_ERROR_ARGUMENT`, for NULL.
 * Since 0.1.0.
 */
sidekick_status sidekick_rows_clear(sidekick_rows *rows,
                                    sidekick_error **error);

/**
 * Frees rows; NULL is fine. Since 0.1.0.
 */
void sidekick_rows_free(sidekick_rows *rows);

/**
 * Adds `count` whole rows in one call, from a column for each input: for tables of many rows that lie column by column. There are
 * `column_count` columns. Column `i` is for the input of index `inputs[i]`; the `sizes[i]` bytes at `values[i]` hold its
 * values, one for each row, as `kinds[i]` says:
 *
 * - One of the `SIDEKICK_DTYPE_` constants: numbers in this machine's byte order, without gaps and of any alignment. For a
 *   numeric input of shape `[1]` they are `count` numbers; for one of another shape, `count` arrays of that shape one behind
 *   the other, each row-major. Integers may also be the categories of a categorical or binary input. A `uint64_t` that is no
 *   array's element has to fit an `int64_t`.
 * - `SIDEKICK_COLUMN_PIECES`: the texts of a text input, the labels of a categorical or binary input (both UTF-8), or the
 *   encoded pictures of an image input, one behind the other without NULs. `ends[i]` points to `count` sizes: where the piece of
 *   each row ends, counted in bytes from the start of the first one, so that the last is `sizes[i]`.
 * - `SIDEKICK_COLUMN_TEXTS`: texts or labels as well, each closed by a NUL, the last one too.
 *
 * `ends[i]` is read for pieces alone; `ends` may be NULL where no column has any. Each value does what the function for one
 * of its kind does (`sidekick_rows_add_number`, `_integer`, `_category`, `_text`, `_image`, `_array`), and is copied. No row may be
 * open. Where something fails, nothing of the call is added; the error names the feature and, where a value is to blame, its
 * row, counted with the rows that were there before. Fails as those functions do, and with `SIDEKICK_ERROR_ROW_INCOMPLETE` where an
 * input has no column or a row is open, `_FEATURE_TWICE` where one has two, `_FEATURE_SHAPE` where a column is not as long as
 * `count` rows need, and `_ARGUMENT` for an unknown kind, text that is not UTF-8, and ends that decrease, exceed the
 * column or cut a character. Since 0.1.0.
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

/**
 * Makes a stream of predictions of `deployment`, which has to outlive it; free it with `sidekick_stream_free`. Where
 * `sidekick_options_set_max_in_flight` asks for more than one request under way, the stream starts up to that many threads of its
 * own as batches are pushed, which end when it is freed; else it starts none. `cancel` may be NULL; once it is triggered, requests
 * under way are called off, and pushes and all batches not predicted yet fail with `SIDEKICK_ERROR_CANCELLED`. Fails with
 * `SIDEKICK_ERROR_MEMORY` where the system has no more file descriptors: it holds two. Since 0.1.0.
 */
sidekick_status sidekick_stream_new(const sidekick_deployment *deployment,
                                    const sidekick_cancel *cancel,
                                    sidekick_stream **stream,
                                    sidekick_error **error);

/**
 * Takes a copy of all finished rows: they are predicted `batch_rows` to a request, a push's last rows as a smaller batch. Never waits
 * for the server: while the stream is full it takes nothing and fails with `SIDEKICK_ERROR_STREAM_FULL`; else it takes them
 * all, however many. Fails also with `SIDEKICK_ERROR_ROW_INCOMPLETE` where a row was left half built, and with
 * `SIDEKICK_ERROR_ARGUMENT` for rows of another deployment. Since 0.1.0.
 */
sidekick_status sidekick_stream_push(sidekick_stream *stream,
                                     const sidekick_rows *rows,
                                     sidekick_error **error);

/**
 * 1 while the stream holds twice `max_in_flight` batches or more whose predictions were not taken: take some before the next push.
 * 0 else, and for NULL. Since 0.1.0.
 */
int32_t sidekick_stream_is_full(const sidekick_stream *stream);

/**
 * Takes the predictions of the next batch, in the order the rows were pushed, and waits for them; NULL with `SIDEKICK_OK` where those
 * of all rows were taken. Free them with `sidekick_predictions_free`. An error is that of one batch, of the statuses that
 * `sidekick_deployment_predict` has; `sidekick_error_rows_first`, `_rows_count` and `_row` count over all rows that were pushed. The
 * batch is done with, and the stream goes on: the next call takes the next one. What `sidekick_predictions_failure` and
 * `_sent_row` tell counts within the batch. Since 0.1.0.
 */
sidekick_status sidekick_stream_next(sidekick_stream *stream,
                                     sidekick_predictions **predictions,
                                     sidekick_error **error);

/**
 * Frees a stream; NULL is fine. What is under way is called off, and its threads have ended. Predictions that were taken live on.
 * Since 0.1.0.
 */
void sidekick_stream_free(sidekick_stream *stream);

/**
 * The version of the running library, `"MAJOR.MINOR.PATCH"`: static text, never freed. Compare it with the macro
 * `SIDEKICK_VERSION`, the version of the header a program was built with; a later library of the same major version
 * serves it. Any thread. Since 0.1.0.
 */
const char *sidekick_version(void);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* SIDEKICK_H */
