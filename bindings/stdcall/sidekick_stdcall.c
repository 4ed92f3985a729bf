/* Written from sidekick.h, which is the manual, by `make header`: do not edit.
 * For 32-bit Windows programs that call __stdcall functions only, such as those of Visual Basic 6: compile it
 * as a DLL. Each function of the library is here with stdcall_ before its name. Those that take a callback
 * are left out: the library calls callbacks as __cdecl. Link it with `-Wl,--kill-at`, or each name ends with
 * @ and a number. */
#include "sidekick.h"

#ifdef _WIN32
#define STDCALL(result) __declspec(dllexport) result __stdcall
#else
#define STDCALL(result) __attribute__((stdcall)) result
#endif

STDCALL(const char *) stdcall_sidekick_version(void) {
    return sidekick_version();
}

STDCALL(sidekick_status) stdcall_sidekick_deployment_open(const char *url, size_t url_length,
    const char *token, size_t token_length, const sidekick_options *options, const sidekick_cancel *cancel,
    sidekick_deployment **deployment, sidekick_error **error) {
    return sidekick_deployment_open(url, url_length, token, token_length, options, cancel, deployment,
        error);
}

STDCALL(void) stdcall_sidekick_deployment_free(sidekick_deployment *deployment) {
    sidekick_deployment_free(deployment);
}

STDCALL(size_t) stdcall_sidekick_deployment_batch_limit(const sidekick_deployment *deployment) {
    return sidekick_deployment_batch_limit(deployment);
}

STDCALL(const char *) stdcall_sidekick_deployment_model_version(const sidekick_deployment *deployment,
    size_t *length) {
    return sidekick_deployment_model_version(deployment, length);
}

STDCALL(int32_t) stdcall_sidekick_deployment_protocol(const sidekick_deployment *deployment) {
    return sidekick_deployment_protocol(deployment);
}

STDCALL(size_t) stdcall_sidekick_deployment_feature_count(const sidekick_deployment *deployment,
    int32_t side) {
    return sidekick_deployment_feature_count(deployment, side);
}

STDCALL(sidekick_status) stdcall_sidekick_deployment_feature_index(const sidekick_deployment *deployment,
    int32_t side, const char *name, size_t name_length, size_t *index, sidekick_error **error) {
    return sidekick_deployment_feature_index(deployment, side, name, name_length, index, error);
}

STDCALL(sidekick_status) stdcall_sidekick_deployment_feature_name(const sidekick_deployment *deployment,
    int32_t side, size_t index, const char **name, size_t *name_length, sidekick_error **error) {
    return sidekick_deployment_feature_name(deployment, side, index, name, name_length, error);
}

STDCALL(sidekick_status) stdcall_sidekick_deployment_feature_type(const sidekick_deployment *deployment,
    int32_t side, size_t index, int32_t *feature_type, sidekick_error **error) {
    return sidekick_deployment_feature_type(deployment, side, index, feature_type, error);
}

STDCALL(sidekick_status) stdcall_sidekick_deployment_feature_dtype(const sidekick_deployment *deployment,
    int32_t side, size_t index, int32_t *dtype, sidekick_error **error) {
    return sidekick_deployment_feature_dtype(deployment, side, index, dtype, error);
}

STDCALL(sidekick_status) stdcall_sidekick_deployment_feature_optional(const sidekick_deployment
    *deployment, int32_t side, size_t index, int32_t *optional, sidekick_error **error) {
    return sidekick_deployment_feature_optional(deployment, side, index, optional, error);
}

STDCALL(sidekick_status) stdcall_sidekick_deployment_feature_shape(const sidekick_deployment *deployment,
    int32_t side, size_t index, const size_t **shape, size_t *rank, sidekick_error **error) {
    return sidekick_deployment_feature_shape(deployment, side, index, shape, rank, error);
}

STDCALL(sidekick_status) stdcall_sidekick_deployment_category_count(const sidekick_deployment
    *deployment, int32_t side, size_t index, size_t *count, sidekick_error **error) {
    return sidekick_deployment_category_count(deployment, side, index, count, error);
}

STDCALL(sidekick_status) stdcall_sidekick_deployment_category(const sidekick_deployment *deployment,
    int32_t side, size_t index, size_t category, const char **label, size_t *label_length,
    sidekick_error **error) {
    return sidekick_deployment_category(deployment, side, index, category, label, label_length, error);
}

STDCALL(sidekick_status) stdcall_sidekick_rows_new(const sidekick_deployment *deployment,
    sidekick_rows **rows, sidekick_error **error) {
    return sidekick_rows_new(deployment, rows, error);
}

STDCALL(size_t) stdcall_sidekick_rows_count(const sidekick_rows *rows) {
    return sidekick_rows_count(rows);
}

STDCALL(sidekick_status) stdcall_sidekick_rows_add_number(sidekick_rows *rows, const char *name,
    size_t name_length, double number, sidekick_error **error) {
    return sidekick_rows_add_number(rows, name, name_length, number, error);
}

STDCALL(sidekick_status) stdcall_sidekick_rows_add_number_at(sidekick_rows *rows, size_t index,
    double number, sidekick_error **error) {
    return sidekick_rows_add_number_at(rows, index, number, error);
}

STDCALL(sidekick_status) stdcall_sidekick_rows_add_integer(sidekick_rows *rows, const char *name,
    size_t name_length, int64_t integer, sidekick_error **error) {
    return sidekick_rows_add_integer(rows, name, name_length, integer, error);
}

STDCALL(sidekick_status) stdcall_sidekick_rows_add_integer_at(sidekick_rows *rows, size_t index,
    int64_t integer, sidekick_error **error) {
    return sidekick_rows_add_integer_at(rows, index, integer, error);
}

STDCALL(sidekick_status) stdcall_sidekick_rows_add_unsigned(sidekick_rows *rows, const char *name,
    size_t name_length, uint64_t integer, sidekick_error **error) {
    return sidekick_rows_add_unsigned(rows, name, name_length, integer, error);
}

STDCALL(sidekick_status) stdcall_sidekick_rows_add_unsigned_at(sidekick_rows *rows, size_t index,
    uint64_t integer, sidekick_error **error) {
    return sidekick_rows_add_unsigned_at(rows, index, integer, error);
}

STDCALL(sidekick_status) stdcall_sidekick_rows_add_category(sidekick_rows *rows, const char *name,
    size_t name_length, const char *label, size_t label_length, sidekick_error **error) {
    return sidekick_rows_add_category(rows, name, name_length, label, label_length, error);
}

STDCALL(sidekick_status) stdcall_sidekick_rows_add_category_at(sidekick_rows *rows, size_t index,
    const char *label, size_t label_length, sidekick_error **error) {
    return sidekick_rows_add_category_at(rows, index, label, label_length, error);
}

STDCALL(sidekick_status) stdcall_sidekick_rows_add_binary(sidekick_rows *rows, const char *name,
    size_t name_length, int32_t value, sidekick_error **error) {
    return sidekick_rows_add_binary(rows, name, name_length, value, error);
}

STDCALL(sidekick_status) stdcall_sidekick_rows_add_binary_at(sidekick_rows *rows, size_t index,
    int32_t value, sidekick_error **error) {
    return sidekick_rows_add_binary_at(rows, index, value, error);
}

STDCALL(sidekick_status) stdcall_sidekick_rows_add_text(sidekick_rows *rows, const char *name,
    size_t name_length, const char *value, size_t value_length, sidekick_error **error) {
    return sidekick_rows_add_text(rows, name, name_length, value, value_length, error);
}

STDCALL(sidekick_status) stdcall_sidekick_rows_add_text_at(sidekick_rows *rows, size_t index,
    const char *value, size_t value_length, sidekick_error **error) {
    return sidekick_rows_add_text_at(rows, index, value, value_length, error);
}

STDCALL(sidekick_status) stdcall_sidekick_rows_add_bytes(sidekick_rows *rows, const char *name,
    size_t name_length, const void *value, size_t size, sidekick_error **error) {
    return sidekick_rows_add_bytes(rows, name, name_length, value, size, error);
}

STDCALL(sidekick_status) stdcall_sidekick_rows_add_bytes_at(sidekick_rows *rows, size_t index,
    const void *value, size_t size, sidekick_error **error) {
    return sidekick_rows_add_bytes_at(rows, index, value, size, error);
}

STDCALL(sidekick_status) stdcall_sidekick_rows_add_packed(sidekick_rows *rows, const void *records,
    size_t size, sidekick_error **error) {
    return sidekick_rows_add_packed(rows, records, size, error);
}

STDCALL(sidekick_status) stdcall_sidekick_rows_end_row(sidekick_rows *rows, sidekick_error **error) {
    return sidekick_rows_end_row(rows, error);
}

STDCALL(sidekick_status) stdcall_sidekick_rows_discard_row(sidekick_rows *rows, sidekick_error **error) {
    return sidekick_rows_discard_row(rows, error);
}

STDCALL(sidekick_status) stdcall_sidekick_rows_clear(sidekick_rows *rows, sidekick_error **error) {
    return sidekick_rows_clear(rows, error);
}

STDCALL(void) stdcall_sidekick_rows_free(sidekick_rows *rows) {
    sidekick_rows_free(rows);
}

STDCALL(sidekick_status) stdcall_sidekick_rows_add_image(sidekick_rows *rows, const char *name,
    size_t name_length, const void *encoded, size_t size, sidekick_error **error) {
    return sidekick_rows_add_image(rows, name, name_length, encoded, size, error);
}

STDCALL(sidekick_status) stdcall_sidekick_rows_add_image_at(sidekick_rows *rows, size_t index,
    const void *encoded, size_t size, sidekick_error **error) {
    return sidekick_rows_add_image_at(rows, index, encoded, size, error);
}

STDCALL(sidekick_status) stdcall_sidekick_rows_add_image_file(sidekick_rows *rows, const char *name,
    size_t name_length, const char *path, size_t path_length, sidekick_error **error) {
    return sidekick_rows_add_image_file(rows, name, name_length, path, path_length, error);
}

STDCALL(sidekick_status) stdcall_sidekick_rows_add_image_file_at(sidekick_rows *rows, size_t index,
    const char *path, size_t path_length, sidekick_error **error) {
    return sidekick_rows_add_image_file_at(rows, index, path, path_length, error);
}

STDCALL(sidekick_status) stdcall_sidekick_rows_add_pixels(sidekick_rows *rows, const char *name,
    size_t name_length, uint32_t width, uint32_t height, uint32_t channels, size_t row_stride,
    const void *samples, size_t size, int32_t jpeg_quality, sidekick_error **error) {
    return sidekick_rows_add_pixels(rows, name, name_length, width, height, channels, row_stride,
        samples, size, jpeg_quality, error);
}

STDCALL(sidekick_status) stdcall_sidekick_rows_add_pixels_at(sidekick_rows *rows, size_t index,
    uint32_t width, uint32_t height, uint32_t channels, size_t row_stride, const void *samples, size_t size,
    int32_t jpeg_quality, sidekick_error **error) {
    return sidekick_rows_add_pixels_at(rows, index, width, height, channels, row_stride, samples, size,
        jpeg_quality, error);
}

STDCALL(sidekick_status) stdcall_sidekick_rows_add_array(sidekick_rows *rows, const char *name,
    size_t name_length, int32_t dtype, const size_t *shape, size_t rank, const ptrdiff_t *strides,
    const void *data, size_t data_size, sidekick_error **error) {
    return sidekick_rows_add_array(rows, name, name_length, dtype, shape, rank, strides, data, data_size,
        error);
}

STDCALL(sidekick_status) stdcall_sidekick_rows_add_array_at(sidekick_rows *rows, size_t index,
    int32_t dtype, const size_t *shape, size_t rank, const ptrdiff_t *strides, const void *data,
    size_t data_size, sidekick_error **error) {
    return sidekick_rows_add_array_at(rows, index, dtype, shape, rank, strides, data, data_size, error);
}

STDCALL(sidekick_status) stdcall_sidekick_rows_add_npy(sidekick_rows *rows, const char *name,
    size_t name_length, const void *file, size_t size, sidekick_error **error) {
    return sidekick_rows_add_npy(rows, name, name_length, file, size, error);
}

STDCALL(sidekick_status) stdcall_sidekick_rows_add_npy_at(sidekick_rows *rows, size_t index,
    const void *file, size_t size, sidekick_error **error) {
    return sidekick_rows_add_npy_at(rows, index, file, size, error);
}

STDCALL(sidekick_status) stdcall_sidekick_rows_add_npy_file(sidekick_rows *rows, const char *name,
    size_t name_length, const char *path, size_t path_length, sidekick_error **error) {
    return sidekick_rows_add_npy_file(rows, name, name_length, path, path_length, error);
}

STDCALL(sidekick_status) stdcall_sidekick_rows_add_npy_file_at(sidekick_rows *rows, size_t index,
    const char *path, size_t path_length, sidekick_error **error) {
    return sidekick_rows_add_npy_file_at(rows, index, path, path_length, error);
}

STDCALL(sidekick_status) stdcall_sidekick_rows_add_columns(sidekick_rows *rows, size_t count,
    size_t column_count, const size_t *inputs, const int32_t *kinds, const void *const *values,
    const size_t *sizes, const size_t *const *ends, sidekick_error **error) {
    return sidekick_rows_add_columns(rows, count, column_count, inputs, kinds, values, sizes, ends,
        error);
}

STDCALL(sidekick_status) stdcall_sidekick_deployment_predict(const sidekick_deployment *deployment,
    const sidekick_rows *rows, const sidekick_cancel *cancel, sidekick_predictions **predictions,
    sidekick_error **error) {
    return sidekick_deployment_predict(deployment, rows, cancel, predictions, error);
}

STDCALL(sidekick_status) stdcall_sidekick_deployment_predict_packed(const sidekick_deployment
    *deployment, const void *records, size_t size, const sidekick_cancel *cancel, double *values,
    size_t count, sidekick_error **error) {
    return sidekick_deployment_predict_packed(deployment, records, size, cancel, values, count, error);
}

STDCALL(sidekick_status) stdcall_sidekick_deployment_post_json(const sidekick_deployment *deployment,
    const char *json, size_t json_length, const sidekick_cancel *cancel, sidekick_reply **reply,
    sidekick_error **error) {
    return sidekick_deployment_post_json(deployment, json, json_length, cancel, reply, error);
}

STDCALL(int32_t) stdcall_sidekick_reply_http_status(const sidekick_reply *reply) {
    return sidekick_reply_http_status(reply);
}

STDCALL(const char *) stdcall_sidekick_reply_text(const sidekick_reply *reply, size_t *length) {
    return sidekick_reply_text(reply, length);
}

STDCALL(void) stdcall_sidekick_reply_free(sidekick_reply *reply) {
    sidekick_reply_free(reply);
}

STDCALL(size_t) stdcall_sidekick_predictions_count(const sidekick_predictions *predictions) {
    return sidekick_predictions_count(predictions);
}

STDCALL(size_t) stdcall_sidekick_predictions_failure_count(const sidekick_predictions *predictions) {
    return sidekick_predictions_failure_count(predictions);
}

STDCALL(sidekick_status) stdcall_sidekick_predictions_failure(const sidekick_predictions *predictions,
    size_t index, sidekick_error **failure, sidekick_error **error) {
    return sidekick_predictions_failure(predictions, index, failure, error);
}

STDCALL(sidekick_status) stdcall_sidekick_predictions_sent_row(const sidekick_predictions *predictions,
    size_t prediction, size_t *row, sidekick_error **error) {
    return sidekick_predictions_sent_row(predictions, prediction, row, error);
}

STDCALL(sidekick_status) stdcall_sidekick_predictions_number(const sidekick_predictions *predictions,
    size_t output, size_t row, double *number, sidekick_error **error) {
    return sidekick_predictions_number(predictions, output, row, number, error);
}

STDCALL(sidekick_status) stdcall_sidekick_predictions_integer(const sidekick_predictions *predictions,
    size_t output, size_t row, int64_t *value, sidekick_error **error) {
    return sidekick_predictions_integer(predictions, output, row, value, error);
}

STDCALL(sidekick_status) stdcall_sidekick_predictions_numbers(const sidekick_predictions *predictions,
    size_t output, const double **numbers, size_t *count, sidekick_error **error) {
    return sidekick_predictions_numbers(predictions, output, numbers, count, error);
}

STDCALL(sidekick_status) stdcall_sidekick_predictions_bytes(const sidekick_predictions *predictions,
    size_t output, size_t row, const void **value, size_t *size, sidekick_error **error) {
    return sidekick_predictions_bytes(predictions, output, row, value, size, error);
}

STDCALL(sidekick_status) stdcall_sidekick_predictions_bytes_column(const sidekick_predictions
    *predictions, size_t output, const void **values, const size_t **ends, size_t *count,
    sidekick_error **error) {
    return sidekick_predictions_bytes_column(predictions, output, values, ends, count, error);
}

STDCALL(sidekick_status) stdcall_sidekick_predictions_text(const sidekick_predictions *predictions,
    size_t output, size_t row, const char **value, size_t *value_length, sidekick_error **error) {
    return sidekick_predictions_text(predictions, output, row, value, value_length, error);
}

STDCALL(sidekick_status) stdcall_sidekick_predictions_texts(const sidekick_predictions *predictions,
    size_t output, const char **texts, const size_t **ends, size_t *count, sidekick_error **error) {
    return sidekick_predictions_texts(predictions, output, texts, ends, count, error);
}

STDCALL(sidekick_status) stdcall_sidekick_predictions_category_count(const sidekick_predictions
    *predictions, size_t output, size_t *count, sidekick_error **error) {
    return sidekick_predictions_category_count(predictions, output, count, error);
}

STDCALL(sidekick_status) stdcall_sidekick_predictions_category_label(const sidekick_predictions
    *predictions, size_t output, size_t category, const char **label, size_t *label_length,
    sidekick_error **error) {
    return sidekick_predictions_category_label(predictions, output, category, label, label_length, error);
}

STDCALL(sidekick_status) stdcall_sidekick_predictions_probabilities(const sidekick_predictions
    *predictions, size_t output, size_t row, const double **probabilities, size_t *count,
    sidekick_error **error) {
    return sidekick_predictions_probabilities(predictions, output, row, probabilities, count, error);
}

STDCALL(sidekick_status) stdcall_sidekick_predictions_probability_matrix(const sidekick_predictions
    *predictions, size_t output, const double **matrix, size_t *count, sidekick_error **error) {
    return sidekick_predictions_probability_matrix(predictions, output, matrix, count, error);
}

STDCALL(sidekick_status) stdcall_sidekick_predictions_probability(const sidekick_predictions
    *predictions, size_t output, size_t row, const char *label, size_t label_length, double *probability,
    sidekick_error **error) {
    return sidekick_predictions_probability(predictions, output, row, label, label_length, probability,
        error);
}

STDCALL(sidekick_status) stdcall_sidekick_predictions_top(const sidekick_predictions *predictions,
    size_t output, size_t row, size_t rank, const char **label, size_t *label_length, double *probability,
    sidekick_error **error) {
    return sidekick_predictions_top(predictions, output, row, rank, label, label_length, probability,
        error);
}

STDCALL(sidekick_status) stdcall_sidekick_predictions_image(const sidekick_predictions *predictions,
    size_t output, size_t row, const void **encoded, size_t *size, const char **media_type,
    sidekick_error **error) {
    return sidekick_predictions_image(predictions, output, row, encoded, size, media_type, error);
}

STDCALL(sidekick_status) stdcall_sidekick_predictions_image_size(const sidekick_predictions *predictions,
    size_t output, size_t row, uint32_t *width, uint32_t *height, uint32_t *channels,
    sidekick_error **error) {
    return sidekick_predictions_image_size(predictions, output, row, width, height, channels, error);
}

STDCALL(sidekick_status) stdcall_sidekick_predictions_image_pixels(const sidekick_predictions
    *predictions, size_t output, size_t row, void *buffer, size_t buffer_size, sidekick_error **error) {
    return sidekick_predictions_image_pixels(predictions, output, row, buffer, buffer_size, error);
}

STDCALL(sidekick_status) stdcall_sidekick_predictions_save_image(const sidekick_predictions *predictions,
    size_t output, size_t row, const char *path, size_t path_length, sidekick_error **error) {
    return sidekick_predictions_save_image(predictions, output, row, path, path_length, error);
}

STDCALL(void) stdcall_sidekick_predictions_free(sidekick_predictions *predictions) {
    sidekick_predictions_free(predictions);
}

STDCALL(sidekick_status) stdcall_sidekick_predictions_array(const sidekick_predictions *predictions,
    size_t output, size_t row, const float **elements, size_t *count, sidekick_error **error) {
    return sidekick_predictions_array(predictions, output, row, elements, count, error);
}

STDCALL(sidekick_status) stdcall_sidekick_predictions_elements(const sidekick_predictions *predictions,
    size_t output, size_t row, const void **elements, size_t *size, int32_t *dtype, sidekick_error **error) {
    return sidekick_predictions_elements(predictions, output, row, elements, size, dtype, error);
}

STDCALL(sidekick_status) stdcall_sidekick_predictions_elements_column(const sidekick_predictions
    *predictions, size_t output, const void **elements, size_t *size, int32_t *dtype,
    sidekick_error **error) {
    return sidekick_predictions_elements_column(predictions, output, elements, size, dtype, error);
}

STDCALL(sidekick_status) stdcall_sidekick_predictions_array_shape(const sidekick_predictions
    *predictions, size_t output, const size_t **shape, size_t *rank, sidekick_error **error) {
    return sidekick_predictions_array_shape(predictions, output, shape, rank, error);
}

STDCALL(sidekick_status) stdcall_sidekick_predictions_row_shape(const sidekick_predictions *predictions,
    size_t output, size_t row, const size_t **shape, size_t *rank, sidekick_error **error) {
    return sidekick_predictions_row_shape(predictions, output, row, shape, rank, error);
}

STDCALL(sidekick_status) stdcall_sidekick_predictions_arrays(const sidekick_predictions *predictions,
    size_t output, const float **elements, size_t *count, sidekick_error **error) {
    return sidekick_predictions_arrays(predictions, output, elements, count, error);
}

STDCALL(sidekick_status) stdcall_sidekick_predictions_copy_array(const sidekick_predictions *predictions,
    size_t output, size_t row, int32_t dtype, void *buffer, size_t buffer_size, sidekick_error **error) {
    return sidekick_predictions_copy_array(predictions, output, row, dtype, buffer, buffer_size, error);
}

STDCALL(sidekick_status) stdcall_sidekick_predictions_save_npy(const sidekick_predictions *predictions,
    size_t output, size_t row, const char *path, size_t path_length, sidekick_error **error) {
    return sidekick_predictions_save_npy(predictions, output, row, path, path_length, error);
}

STDCALL(sidekick_status) stdcall_sidekick_stream_new(const sidekick_deployment *deployment,
    const sidekick_cancel *cancel, sidekick_stream **stream, sidekick_error **error) {
    return sidekick_stream_new(deployment, cancel, stream, error);
}

STDCALL(sidekick_status) stdcall_sidekick_stream_push(sidekick_stream *stream, const sidekick_rows *rows,
    sidekick_error **error) {
    return sidekick_stream_push(stream, rows, error);
}

STDCALL(int32_t) stdcall_sidekick_stream_is_full(const sidekick_stream *stream) {
    return sidekick_stream_is_full(stream);
}

STDCALL(sidekick_status) stdcall_sidekick_stream_next(sidekick_stream *stream,
    sidekick_predictions **predictions, sidekick_error **error) {
    return sidekick_stream_next(stream, predictions, error);
}

STDCALL(void) stdcall_sidekick_stream_free(sidekick_stream *stream) {
    sidekick_stream_free(stream);
}

STDCALL(sidekick_status) stdcall_sidekick_cancel_new(sidekick_cancel **cancel, sidekick_error **error) {
    return sidekick_cancel_new(cancel, error);
}

STDCALL(sidekick_status) stdcall_sidekick_cancel_trigger(const sidekick_cancel *cancel,
    sidekick_error **error) {
    return sidekick_cancel_trigger(cancel, error);
}

STDCALL(sidekick_status) stdcall_sidekick_cancel_set_timeout(const sidekick_cancel *cancel,
    uint64_t milliseconds, sidekick_error **error) {
    return sidekick_cancel_set_timeout(cancel, milliseconds, error);
}

STDCALL(void) stdcall_sidekick_cancel_free(sidekick_cancel *cancel) {
    sidekick_cancel_free(cancel);
}

STDCALL(sidekick_status) stdcall_sidekick_error_status(const sidekick_error *error) {
    return sidekick_error_status(error);
}

STDCALL(const char *) stdcall_sidekick_error_message(const sidekick_error *error, size_t *length) {
    return sidekick_error_message(error, length);
}

STDCALL(int32_t) stdcall_sidekick_error_http_status(const sidekick_error *error) {
    return sidekick_error_http_status(error);
}

STDCALL(const char *) stdcall_sidekick_error_server_code(const sidekick_error *error, size_t *length) {
    return sidekick_error_server_code(error, length);
}

STDCALL(const char *) stdcall_sidekick_error_server_message(const sidekick_error *error, size_t *length) {
    return sidekick_error_server_message(error, length);
}

STDCALL(int64_t) stdcall_sidekick_error_row(const sidekick_error *error) {
    return sidekick_error_row(error);
}

STDCALL(int64_t) stdcall_sidekick_error_rows_first(const sidekick_error *error) {
    return sidekick_error_rows_first(error);
}

STDCALL(size_t) stdcall_sidekick_error_rows_count(const sidekick_error *error) {
    return sidekick_error_rows_count(error);
}

STDCALL(const char *) stdcall_sidekick_error_feature(const sidekick_error *error, size_t *length) {
    return sidekick_error_feature(error, length);
}

STDCALL(int32_t) stdcall_sidekick_error_os_error(const sidekick_error *error) {
    return sidekick_error_os_error(error);
}

STDCALL(uint32_t) stdcall_sidekick_error_attempts(const sidekick_error *error) {
    return sidekick_error_attempts(error);
}

STDCALL(int32_t) stdcall_sidekick_error_retryable(const sidekick_error *error) {
    return sidekick_error_retryable(error);
}

STDCALL(void) stdcall_sidekick_error_free(sidekick_error *error) {
    sidekick_error_free(error);
}

STDCALL(sidekick_status) stdcall_sidekick_options_new(sidekick_options **options,
    sidekick_error **error) {
    return sidekick_options_new(options, error);
}

STDCALL(sidekick_status) stdcall_sidekick_options_set_batch_rows(sidekick_options *options,
    size_t batch_rows, sidekick_error **error) {
    return sidekick_options_set_batch_rows(options, batch_rows, error);
}

STDCALL(sidekick_status) stdcall_sidekick_options_set_max_in_flight(sidekick_options *options,
    size_t requests, sidekick_error **error) {
    return sidekick_options_set_max_in_flight(options, requests, error);
}

STDCALL(sidekick_status) stdcall_sidekick_options_set_isolate_bad_rows(sidekick_options *options,
    int32_t isolate, sidekick_error **error) {
    return sidekick_options_set_isolate_bad_rows(options, isolate, error);
}

STDCALL(sidekick_status) stdcall_sidekick_options_set_isolate_status_500(sidekick_options *options,
    int32_t isolate, sidekick_error **error) {
    return sidekick_options_set_isolate_status_500(options, isolate, error);
}

STDCALL(sidekick_status) stdcall_sidekick_options_set_connect_timeout(sidekick_options *options,
    uint64_t milliseconds, sidekick_error **error) {
    return sidekick_options_set_connect_timeout(options, milliseconds, error);
}

STDCALL(sidekick_status) stdcall_sidekick_options_set_response_timeout(sidekick_options *options,
    uint64_t milliseconds, sidekick_error **error) {
    return sidekick_options_set_response_timeout(options, milliseconds, error);
}

STDCALL(sidekick_status) stdcall_sidekick_options_set_call_timeout(sidekick_options *options,
    uint64_t milliseconds, sidekick_error **error) {
    return sidekick_options_set_call_timeout(options, milliseconds, error);
}

STDCALL(sidekick_status) stdcall_sidekick_options_set_retries(sidekick_options *options,
    uint32_t retries, sidekick_error **error) {
    return sidekick_options_set_retries(options, retries, error);
}

STDCALL(sidekick_status) stdcall_sidekick_options_set_retry_backoff(sidekick_options *options,
    uint64_t first_milliseconds, uint64_t ceiling_milliseconds, sidekick_error **error) {
    return sidekick_options_set_retry_backoff(options, first_milliseconds, ceiling_milliseconds, error);
}

STDCALL(sidekick_status) stdcall_sidekick_options_set_ca_file(sidekick_options *options,
    const char *path, size_t path_length, sidekick_error **error) {
    return sidekick_options_set_ca_file(options, path, path_length, error);
}

STDCALL(sidekick_status) stdcall_sidekick_options_set_ca_pem(sidekick_options *options, const void *pem,
    size_t size, sidekick_error **error) {
    return sidekick_options_set_ca_pem(options, pem, size, error);
}

STDCALL(sidekick_status) stdcall_sidekick_options_set_client_certificate_file(sidekick_options *options,
    const char *certificate_path, size_t certificate_path_length, const char *key_path,
    size_t key_path_length, sidekick_error **error) {
    return sidekick_options_set_client_certificate_file(options, certificate_path,
        certificate_path_length, key_path, key_path_length, error);
}

STDCALL(sidekick_status) stdcall_sidekick_options_set_client_certificate_pem(sidekick_options *options,
    const void *certificate, size_t certificate_size, const void *key, size_t key_size,
    sidekick_error **error) {
    return sidekick_options_set_client_certificate_pem(options, certificate, certificate_size, key,
        key_size, error);
}

STDCALL(sidekick_status) stdcall_sidekick_options_set_tls_minimum(sidekick_options *options,
    int32_t version, sidekick_error **error) {
    return sidekick_options_set_tls_minimum(options, version, error);
}

STDCALL(sidekick_status) stdcall_sidekick_options_set_dangerous_skip_tls_verification(sidekick_options
    *options, int32_t skip, sidekick_error **error) {
    return sidekick_options_set_dangerous_skip_tls_verification(options, skip, error);
}

STDCALL(sidekick_status) stdcall_sidekick_options_set_allow_token_over_http(sidekick_options *options,
    int32_t allow, sidekick_error **error) {
    return sidekick_options_set_allow_token_over_http(options, allow, error);
}

STDCALL(sidekick_status) stdcall_sidekick_options_add_header(sidekick_options *options, const char *name,
    size_t name_length, const char *value, size_t value_length, sidekick_error **error) {
    return sidekick_options_add_header(options, name, name_length, value, value_length, error);
}

STDCALL(sidekick_status) stdcall_sidekick_options_set_user_agent_suffix(sidekick_options *options,
    const char *suffix, size_t suffix_length, sidekick_error **error) {
    return sidekick_options_set_user_agent_suffix(options, suffix, suffix_length, error);
}

STDCALL(sidekick_status) stdcall_sidekick_options_set_host_header(sidekick_options *options,
    const char *host, size_t host_length, sidekick_error **error) {
    return sidekick_options_set_host_header(options, host, host_length, error);
}

STDCALL(sidekick_status) stdcall_sidekick_options_set_reply_limit(sidekick_options *options,
    uint64_t limit, sidekick_error **error) {
    return sidekick_options_set_reply_limit(options, limit, error);
}

STDCALL(sidekick_status) stdcall_sidekick_options_set_max_image_pixels(sidekick_options *options,
    uint64_t pixels, sidekick_error **error) {
    return sidekick_options_set_max_image_pixels(options, pixels, error);
}

STDCALL(sidekick_status) stdcall_sidekick_options_set_apply_orientation(sidekick_options *options,
    int32_t apply, sidekick_error **error) {
    return sidekick_options_set_apply_orientation(options, apply, error);
}

STDCALL(sidekick_status) stdcall_sidekick_options_set_request_gzip(sidekick_options *options,
    int32_t compress, sidekick_error **error) {
    return sidekick_options_set_request_gzip(options, compress, error);
}

STDCALL(sidekick_status) stdcall_sidekick_options_set_reply_gzip(sidekick_options *options,
    int32_t allow, sidekick_error **error) {
    return sidekick_options_set_reply_gzip(options, allow, error);
}

STDCALL(sidekick_status) stdcall_sidekick_options_set_keep_alive(sidekick_options *options,
    size_t connections, uint64_t idle_milliseconds, sidekick_error **error) {
    return sidekick_options_set_keep_alive(options, connections, idle_milliseconds, error);
}

STDCALL(sidekick_status) stdcall_sidekick_options_set_proxy(sidekick_options *options, const char *url,
    size_t url_length, sidekick_error **error) {
    return sidekick_options_set_proxy(options, url, url_length, error);
}

STDCALL(sidekick_status) stdcall_sidekick_options_set_no_proxy(sidekick_options *options,
    const char *hosts, size_t hosts_length, sidekick_error **error) {
    return sidekick_options_set_no_proxy(options, hosts, hosts_length, error);
}

STDCALL(void) stdcall_sidekick_options_free(sidekick_options *options) {
    sidekick_options_free(options);
}

STDCALL(sidekick_status) stdcall_sidekick_options_set_protocol(sidekick_options *options,
    int32_t protocol, sidekick_error **error) {
    return sidekick_options_set_protocol(options, protocol, error);
}

STDCALL(sidekick_status) stdcall_sidekick_options_set_model_description(sidekick_options *options,
    const char *json, size_t json_length, sidekick_error **error) {
    return sidekick_options_set_model_description(options, json, json_length, error);
}

STDCALL(sidekick_status) stdcall_sidekick_options_set_model_description_file(sidekick_options *options,
    const char *path, size_t path_length, sidekick_error **error) {
    return sidekick_options_set_model_description_file(options, path, path_length, error);
}

STDCALL(sidekick_status) stdcall_sidekick_options_set_wire(sidekick_options *options, int32_t wire,
    sidekick_error **error) {
    return sidekick_options_set_wire(options, wire, error);
}

STDCALL(sidekick_status) stdcall_sidekick_token_set(sidekick_token *token, const char *value,
    size_t value_length, sidekick_error **error) {
    return sidekick_token_set(token, value, value_length, error);
}

STDCALL(sidekick_status) stdcall_sidekick_token_fail(sidekick_token *token, const char *message,
    size_t message_length, sidekick_error **error) {
    return sidekick_token_fail(token, message, message_length, error);
}

STDCALL(sidekick_status) stdcall_sidekick_options_set_callbacks_on_caller(sidekick_options *options,
    int32_t on_caller, sidekick_error **error) {
    return sidekick_options_set_callbacks_on_caller(options, on_caller, error);
}
