/* Array outputs: views, shapes, copies to every dtype, and files that NumPy loads. */
#include "deployments.h"
#include "files.h"

#define UNTOUCHED ((size_t)4711)

/* `echo` hands these on; copies to integers cut and hold them. */
static const float VALUES[6] = {-1.75f, 0.5f, 300.9f, -70000, 1e10f, -3e38f};

static sidekick_predictions *predictions;

/* Two rows: 0.25 and counting, then VALUES. */
static void make_predictions(const char *id) {
    const size_t shape[] = {2, 3};
    sidekick_deployment *deployment = open_deployment(id);
    sidekick_rows *rows = new_rows(deployment);
    add_echo_row(rows, 0.25, "a", 0);
    add_echo_row_but(rows, IN_ARRAY, 1, "a", 0);
    OK(sidekick_rows_add_array_at(rows, IN_ARRAY, SIDEKICK_DTYPE_F32, shape, 2, NULL, VALUES, sizeof VALUES, &error));
    OK(sidekick_rows_end_row(rows, &error));
    predictions = predict(deployment, rows);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
}

static void test_views(void) {
    const float *all = NULL, *one = NULL;
    const size_t *shape = NULL;
    size_t count = 0, rank = 0;
    OK(sidekick_predictions_arrays(predictions, OUT_ARRAY, &all, &count, &error));
    CHECK(count == 12 && all[0] == 0.25f && all[5] == 5.25f && memcmp(all + 6, VALUES, sizeof VALUES) == 0);
    OK(sidekick_predictions_array(predictions, OUT_ARRAY, 0, &one, &count, &error));
    CHECK(count == 6 && one == all);
    OK(sidekick_predictions_array(predictions, OUT_ARRAY, 1, &one, &count, &error));
    CHECK(count == 6 && one == all + 6);
    OK(sidekick_predictions_array_shape(predictions, OUT_ARRAY, &shape, &rank, &error));
    CHECK(rank == 2 && shape[0] == 2 && shape[1] == 3);

    all = one = NULL;
    shape = NULL;
    count = rank = UNTOUCHED;
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE, sidekick_predictions_arrays(predictions, OUTPUTS, &all, &count, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE, sidekick_predictions_arrays(predictions, OUT_NUMBER, &all, &count, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_predictions_arrays(NULL, OUT_ARRAY, &all, &count, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_predictions_arrays(predictions, OUT_ARRAY, NULL, &count, &error));
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE, sidekick_predictions_array(predictions, OUTPUTS, 0, &one, &count, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE, sidekick_predictions_array(predictions, OUT_PICTURE, 0, &one, &count, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_predictions_array(predictions, OUT_ARRAY, 2, &one, &count, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_array(predictions, OUT_ARRAY, (size_t)-1, &one, &count, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_predictions_array(NULL, OUT_ARRAY, 0, &one, &count, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_predictions_array(predictions, OUT_ARRAY, 0, NULL, &count, &error));
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE,
          sidekick_predictions_array_shape(predictions, OUTPUTS, &shape, &rank, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE,
          sidekick_predictions_array_shape(predictions, OUT_NUMBER, &shape, &rank, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_predictions_array_shape(NULL, OUT_ARRAY, &shape, &rank, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_predictions_array_shape(predictions, OUT_ARRAY, NULL, &rank, &error));
    CHECK(all == NULL && one == NULL && shape == NULL && count == UNTOUCHED && rank == UNTOUCHED);
    OK(sidekick_predictions_arrays(predictions, OUT_ARRAY, &all, NULL, &error));
    OK(sidekick_predictions_array(predictions, OUT_ARRAY, 0, &one, NULL, &error));
    OK(sidekick_predictions_array_shape(predictions, OUT_ARRAY, &shape, NULL, &error));
    CHECK(all == one && shape[0] == 2 && shape[1] == 3);
}

/* Row 1 as elements of a dtype; a buffer that is one byte off is refused and left alone. */
static void check_copy(int32_t dtype, const void *expected, size_t size) {
    unsigned char buffer[6 * 8 + 1], untouched[6 * 8 + 1];
    memset(buffer, 0xee, sizeof buffer);
    memset(untouched, 0xee, sizeof untouched);
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_copy_array(predictions, OUT_ARRAY, 1, dtype, buffer, size - 1, &error));
    KEEPS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_copy_array(predictions, OUT_ARRAY, 1, dtype, buffer, size + 1, &error));
    SAYS("bytes");
    FORGET();
    CHECK(memcmp(buffer, untouched, sizeof buffer) == 0);
    OK(sidekick_predictions_copy_array(predictions, OUT_ARRAY, 1, dtype, buffer, size, &error));
    CHECK(memcmp(buffer, expected, size) == 0 && buffer[size] == 0xee);
}

static void test_copies(void) {
    const double f64[] = {-1.75, 0.5, 300.9f, -70000, 1e10f, -3e38f};
    const int8_t i8[] = {-1, 0, 127, -128, 127, -128};
    const int16_t i16[] = {-1, 0, 300, -32768, 32767, -32768};
    const int32_t i32[] = {-1, 0, 300, -70000, INT32_MAX, INT32_MIN};
    const int64_t i64[] = {-1, 0, 300, -70000, 10000000000, INT64_MIN};
    const uint8_t u8[] = {0, 0, 255, 0, 255, 0};
    const uint16_t u16[] = {0, 0, 300, 0, 65535, 0};
    const uint32_t u32[] = {0, 0, 300, 0, UINT32_MAX, 0};
    const uint64_t u64[] = {0, 0, 300, 0, 10000000000, 0};
    unsigned char buffer[24] = {0};
    check_copy(SIDEKICK_DTYPE_F32, VALUES, sizeof VALUES);
    check_copy(SIDEKICK_DTYPE_F64, f64, sizeof f64);
    check_copy(SIDEKICK_DTYPE_I8, i8, sizeof i8);
    check_copy(SIDEKICK_DTYPE_I16, i16, sizeof i16);
    check_copy(SIDEKICK_DTYPE_I32, i32, sizeof i32);
    check_copy(SIDEKICK_DTYPE_I64, i64, sizeof i64);
    check_copy(SIDEKICK_DTYPE_U8, u8, sizeof u8);
    check_copy(SIDEKICK_DTYPE_U16, u16, sizeof u16);
    check_copy(SIDEKICK_DTYPE_U32, u32, sizeof u32);
    check_copy(SIDEKICK_DTYPE_U64, u64, sizeof u64);
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_predictions_copy_array(predictions, OUT_ARRAY, 0, 0, buffer, 24, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_predictions_copy_array(predictions, OUT_ARRAY, 0, 14, buffer, 24, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_copy_array(predictions, OUT_ARRAY, 2, SIDEKICK_DTYPE_F32, buffer, 24, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_copy_array(predictions, OUT_ARRAY, 0, SIDEKICK_DTYPE_F32, NULL, 24, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_copy_array(predictions, OUT_ARRAY, 0, SIDEKICK_DTYPE_F32, NULL, 0, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_copy_array(predictions, OUT_ARRAY, 0, SIDEKICK_DTYPE_F32, buffer, (size_t)-1, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_copy_array(NULL, OUT_ARRAY, 0, SIDEKICK_DTYPE_F32, buffer, 24, &error));
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE,
          sidekick_predictions_copy_array(predictions, OUTPUTS, 0, SIDEKICK_DTYPE_F32, buffer, 24, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE,
          sidekick_predictions_copy_array(predictions, OUT_NUMBER, 0, SIDEKICK_DTYPE_F32, buffer, 24, &error));
}

/* What is saved reads back through this library; read_files.py reads it with NumPy. */
static void test_files(void) {
    sidekick_deployment *deployment = open_deployment("echo");
    sidekick_rows *rows = new_rows(deployment);
    sidekick_predictions *again;
    const float *elements = NULL;
    size_t count = 0;
    OK(sidekick_predictions_save_npy(predictions, OUT_ARRAY, 1, "saved.npy", SIDEKICK_NUL, &error));
    OK(sidekick_predictions_save_npy(predictions, OUT_ARRAY, 1, "saved again.npy and more", 15, &error));
    /* Saving anew replaces the file. */
    OK(sidekick_predictions_save_npy(predictions, OUT_ARRAY, 0, "saved \xe9\x9b\xaa.npy", SIDEKICK_NUL, &error));
    OK(sidekick_predictions_save_npy(predictions, OUT_ARRAY, 1, "saved \xe9\x9b\xaa.npy", SIDEKICK_NUL, &error));
    add_echo_row_but(rows, IN_ARRAY, 1, "a", 0);
    OK(sidekick_rows_add_npy_file_at(rows, IN_ARRAY, "saved again.npy", SIDEKICK_NUL, &error));
    OK(sidekick_rows_end_row(rows, &error));
    again = predict(deployment, rows);
    OK(sidekick_predictions_array(again, OUT_ARRAY, 0, &elements, &count, &error));
    CHECK(count == 6 && memcmp(elements, VALUES, sizeof VALUES) == 0);
    sidekick_predictions_free(again);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
}

static void test_files_that_cannot_be_written(void) {
    size_t size;
    KEEPS(SIDEKICK_ERROR_FILE,
          sidekick_predictions_save_npy(predictions, OUT_ARRAY, 0, "no folder/x.npy", SIDEKICK_NUL, &error));
    SAYS("no folder/x.npy");
    FORGET();
    FAILS(SIDEKICK_ERROR_FILE, sidekick_predictions_save_npy(predictions, OUT_ARRAY, 0, ".", SIDEKICK_NUL, &error));
    FAILS(SIDEKICK_ERROR_FILE, sidekick_predictions_save_npy(predictions, OUT_ARRAY, 0, NULL, 0, &error));
    FAILS(SIDEKICK_ERROR_FILE, sidekick_predictions_save_npy(predictions, OUT_ARRAY, 0, "a\0b", 3, &error));
    FAILS(SIDEKICK_ERROR_FILE,
          sidekick_predictions_save_npy(predictions, OUT_ARRAY, 0, "/dev/full", SIDEKICK_NUL, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_save_npy(predictions, OUT_ARRAY, 2, "saved.npy", SIDEKICK_NUL, &error));
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE,
          sidekick_predictions_save_npy(predictions, OUTPUTS, 0, "saved.npy", SIDEKICK_NUL, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE,
          sidekick_predictions_save_npy(predictions, OUT_TEXT, 0, "saved.npy", SIDEKICK_NUL, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_save_npy(NULL, OUT_ARRAY, 0, "saved.npy", SIDEKICK_NUL, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_predictions_save_npy(predictions, OUT_ARRAY, 0, NULL, 9, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_predictions_save_npy(predictions, OUT_ARRAY, 0, "\xff", 1, &error));
    /* None of these emptied the file that is there. */
    free(read_file("saved.npy", &size));
    CHECK(size == 128 + 24);
}

int main(void) {
    const char *const ids[] = {"echo", "echo-npy", "echo-older"};
    int i;
    for (i = 0; i < 3; i++) {
        make_predictions(ids[i]);
        test_views();
        test_copies();
        test_files();
        test_files_that_cannot_be_written();
        sidekick_predictions_free(predictions);
    }
    return checks_failed("test_predictions_arrays");
}
