/* Pictures on their way out: what travels untouched, what becomes a PNG without alpha, raw pixels, and what
 * is refused. `mirror-picture` gives back what was sent; `echo` shows what the server makes of it. */
#include "deployments.h"
#include "files.h"

static sidekick_deployment *mirror;
static sidekick_rows *rows;

/* Predicts the one row that was added to `rows`, and empties them. */
static sidekick_predictions *sent(void) {
    sidekick_predictions *predictions;
    OK(sidekick_rows_end_row(rows, &error));
    predictions = predict(mirror, rows);
    OK(sidekick_rows_clear(rows, &error));
    return predictions;
}

/* What was sent is of this media type and size, and has these samples, up to `tolerance`. */
static void check_sent(const char *media_type, uint32_t side, uint32_t channels, const unsigned char *samples,
                       int tolerance) {
    sidekick_predictions *predictions = sent();
    unsigned char pixels[4 * 4 * 4];
    uint32_t width = 0, height = 0, found = 0;
    const char *found_type = NULL;
    const void *encoded = NULL;
    size_t size = 0, i, far = 0;
    OK(sidekick_predictions_image(predictions, 0, 0, &encoded, &size, &found_type, &error));
    TEXT_IS(media_type, found_type, strlen(found_type));
    OK(sidekick_predictions_image_size(predictions, 0, 0, &width, &height, &found, &error));
    CHECK(width == side && height == side && found == channels);
    size = (size_t)side * side * channels;
    OK(sidekick_predictions_image_pixels(predictions, 0, 0, pixels, size, &error));
    for (i = 0; i < size; i++) {
        far += abs(pixels[i] - samples[i]) > tolerance;
    }
    CHECK(far == 0);
    sidekick_predictions_free(predictions);
}

static void test_png_and_jpeg_travel_untouched(void) {
    const char *const names[] = {"rgb.png", "picture without a suffix", "png.jpg", "grey.png", "palette.png",
                                 "flat.jpg", "flat-grey.jpg", "flat-progressive.jpg", "wide.png"};
    size_t i;
    for (i = 0; i < sizeof names / sizeof *names; i++) {
        size_t size, found = 0;
        unsigned char *file = read_file(names[i], &size);
        const void *encoded = NULL;
        sidekick_predictions *predictions;
        int by_index;
        for (by_index = 0; by_index < 2; by_index++) {
            if (by_index) OK(sidekick_rows_add_image_at(rows, 0, file, size, &error));
            else OK(sidekick_rows_add_image(rows, "value", SIDEKICK_NUL, file, size, &error));
            predictions = sent();
            OK(sidekick_predictions_image(predictions, 0, 0, &encoded, &found, NULL, &error));
            CHECK(found == size && memcmp(encoded, file, size) == 0);
            sidekick_predictions_free(predictions);
        }
        OK(sidekick_rows_add_image_file(rows, "value", SIDEKICK_NUL, names[i], SIDEKICK_NUL, &error));
        predictions = sent();
        OK(sidekick_predictions_image(predictions, 0, 0, &encoded, &found, NULL, &error));
        CHECK(found == size && memcmp(encoded, file, size) == 0);
        sidekick_predictions_free(predictions);
        free(file);
    }
}

/* What a file tells beside its image stays here. */
static void test_metadata_are_left_out(void) {
    const char *const names[] = {"stripes-exif.png", "stripes-exif.jpg"};
    const char *const plain[] = {"stripes.png", "stripes.jpg"};
    size_t i;
    for (i = 0; i < 2; i++) {
        size_t size, found = 0;
        unsigned char *file = read_file(plain[i], &size);
        const void *encoded = NULL;
        sidekick_predictions *predictions;
        OK(sidekick_rows_add_image_file_at(rows, 0, names[i], SIDEKICK_NUL, &error));
        predictions = sent();
        OK(sidekick_predictions_image(predictions, 0, 0, &encoded, &found, NULL, &error));
        CHECK(found == size && memcmp(encoded, file, size) == 0);
        sidekick_predictions_free(predictions);
        free(file);
    }
}

/* The options: how many pixels an image may have, and whether it is turned. */
static void test_image_options(void) {
    const char *const names[] = {"stripes-exif.png", "stripes-exif.jpg"};
    sidekick_deployment *others = mirror, *strict;
    sidekick_rows *other_rows = rows;
    sidekick_options *options = NULL;
    sidekick_predictions *predictions;
    unsigned char turned[4 * 4 * 3];
    uint32_t width = 0, height = 0, channels = 0;
    size_t i;
    for (i = 0; i < sizeof turned; i++) {
        turned[i] = (unsigned char)(80 * (i / 12));
    }
    OK(sidekick_options_new(&options, &error));
    OK(sidekick_options_set_apply_orientation(options, 1, &error));
    OK(sidekick_options_set_max_image_pixels(options, 16, &error));
    mirror = open_on("SIDEKICK_MISBEHAVING_URL", "mirror-picture", options);
    rows = new_rows(mirror);
    for (i = 0; i < 2; i++) {
        OK(sidekick_rows_add_image_file_at(rows, 0, names[i], SIDEKICK_NUL, &error));
        check_sent("image/png", 4, 3, turned, 1);
    }
    KEEPS(SIDEKICK_ERROR_IMAGE, sidekick_rows_add_image_file_at(rows, 0, "wide.png", SIDEKICK_NUL, &error));
    SAYS("max_image_pixels");
    FORGET();
    /* Raw pixels are in the caller's memory already; in a response they are counted again. */
    OK(sidekick_options_set_max_image_pixels(options, 15, &error));
    strict = open_on("SIDEKICK_MISBEHAVING_URL", "mirror-picture", options);
    sidekick_rows_free(rows);
    rows = new_rows(strict);
    OK(sidekick_rows_add_pixels_at(rows, 0, 4, 4, 3, 0, RGB, sizeof RGB, 0, &error));
    OK(sidekick_rows_end_row(rows, &error));
    predictions = predict(strict, rows);
    FAILS(SIDEKICK_ERROR_IMAGE, sidekick_predictions_image_size(predictions, 0, 0, &width, &height, &channels, &error));
    FAILS(SIDEKICK_ERROR_IMAGE, sidekick_predictions_image_pixels(predictions, 0, 0, turned, sizeof turned, &error));
    sidekick_predictions_free(predictions);
    sidekick_rows_free(rows);
    sidekick_deployment_free(strict);
    sidekick_deployment_free(mirror);
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_max_image_pixels(options, 0, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_max_image_pixels(NULL, 1, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_apply_orientation(NULL, 1, &error));
    sidekick_options_free(options);
    mirror = others;
    rows = other_rows;
}

static void test_other_kinds_become_png(void) {
    const char *const colored[] = {"rgba.png", "rgb-16-bits.png", "rgba-16-bits.png", "palette-4-bits.png",
                                   "palette-transparent.png", "rgb.bmp", "rgb.tiff", "rgba.tiff",
                                   "palette.gif", "rgb.webp", "rgba.webp"};
    const char *const grey[] = {"grey-alpha.png", "grey-16-bits.png", "grey.tiff"};
    unsigned char bits[16];
    size_t i;
    for (i = 0; i < sizeof colored / sizeof *colored; i++) {
        OK(sidekick_rows_add_image_file_at(rows, 0, colored[i], SIDEKICK_NUL, &error));
        check_sent("image/png", 4, 3, RGB, 0);
    }
    for (i = 0; i < sizeof grey / sizeof *grey; i++) {
        OK(sidekick_rows_add_image_file_at(rows, 0, grey[i], SIDEKICK_NUL, &error));
        check_sent("image/png", 4, 1, GREY, 0);
    }
    for (i = 0; i < 16; i++) {
        bits[i] = GREY[i] > 127 ? 255 : 0;
    }
    OK(sidekick_rows_add_image_file_at(rows, 0, "1-bit.png", SIDEKICK_NUL, &error));
    check_sent("image/png", 4, 1, bits, 0);
}

static void test_raw_pixels(void) {
    unsigned char rgba[4 * 4 * 4], gaps[4 * 20], flat[4 * 4 * 3];
    size_t i;
    memset(gaps, 0xee, sizeof gaps);
    for (i = 0; i < 16; i++) {
        memcpy(rgba + 4 * i, RGB + 3 * i, 3);
        rgba[4 * i + 3] = (unsigned char)i;
        memcpy(flat + 3 * i, "\xc8\x64\x32", 3);
    }
    for (i = 0; i < 4; i++) {
        memcpy(gaps + 20 * i, RGB + 12 * i, 12);
    }
    OK(sidekick_rows_add_pixels(rows, "value", SIDEKICK_NUL, 4, 4, 3, 0, RGB, sizeof RGB, 0, &error));
    check_sent("image/png", 4, 3, RGB, 0);
    OK(sidekick_rows_add_pixels_at(rows, 0, 4, 4, 3, 12, RGB, sizeof RGB, 0, &error));
    check_sent("image/png", 4, 3, RGB, 0);
    OK(sidekick_rows_add_pixels_at(rows, 0, 4, 4, 1, 0, GREY, sizeof GREY, 0, &error));
    check_sent("image/png", 4, 1, GREY, 0);
    OK(sidekick_rows_add_pixels_at(rows, 0, 4, 4, 4, 0, rgba, sizeof rgba, 0, &error));
    check_sent("image/png", 4, 3, RGB, 0);
    OK(sidekick_rows_add_pixels_at(rows, 0, 4, 4, 3, 20, gaps, sizeof gaps, 0, &error));
    check_sent("image/png", 4, 3, RGB, 0);
    /* Behind the last row no gap is needed. */
    OK(sidekick_rows_add_pixels_at(rows, 0, 4, 4, 3, 20, gaps, 3 * 20 + 12, 0, &error));
    check_sent("image/png", 4, 3, RGB, 0);
    OK(sidekick_rows_add_pixels_at(rows, 0, 4, 4, 3, 0, flat, sizeof flat, 100, &error));
    check_sent("image/jpeg", 4, 3, flat, 3);
    OK(sidekick_rows_add_pixels(rows, "value", SIDEKICK_NUL, 4, 4, 3, 0, flat, sizeof flat, 1, &error));
    check_sent("image/jpeg", 4, 3, flat, 60);
}

/* A lower JPEG quality makes a smaller file. */
static void test_jpeg_quality(void) {
    static unsigned char noise[64 * 64];
    size_t sizes[2], i;
    unsigned state = 1;
    for (i = 0; i < sizeof noise; i++) {
        state = state * 1103515245u + 12345u;
        noise[i] = (unsigned char)(state >> 16);
    }
    for (i = 0; i < 2; i++) {
        const void *encoded = NULL;
        sidekick_predictions *predictions;
        OK(sidekick_rows_add_pixels_at(rows, 0, 64, 64, 1, 0, noise, sizeof noise, i ? 90 : 20, &error));
        predictions = sent();
        OK(sidekick_predictions_image(predictions, 0, 0, &encoded, &sizes[i], NULL, &error));
        sidekick_predictions_free(predictions);
    }
    CHECK(sizes[0] > 0 && 2 * sizes[0] < sizes[1]);
}

static void refused_pixels(uint32_t width, uint32_t height, uint32_t channels, size_t stride, size_t size,
                           int32_t quality) {
    static const unsigned char samples[256];
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_rows_add_pixels(rows, "value", SIDEKICK_NUL, width, height, channels, stride, samples,
                                   size, quality, &error));
    KEEPS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_rows_add_pixels_at(rows, 0, width, height, channels, stride, samples, size, quality, &error));
    ABOUT(0, "value");
    FORGET();
}

static void test_pixels_that_do_not_fit(void) {
    refused_pixels(4, 4, 3, 0, 47, 0);
    refused_pixels(4, 4, 3, 20, 71, 0);
    refused_pixels(4, 4, 3, 11, 256, 0);
    refused_pixels(0, 4, 3, 0, 48, 0);
    refused_pixels(4, 0, 3, 0, 48, 0);
    refused_pixels(4, 4, 0, 0, 48, 0);
    refused_pixels(4, 4, 2, 0, 48, 0);
    refused_pixels(4, 4, 5, 0, 256, 0);
    refused_pixels(4, 4, 257, 0, 48, 0);
    refused_pixels(4, 4, 3, (size_t)-1, 48, 0);
    refused_pixels(UINT32_MAX, UINT32_MAX, 4, 0, 256, 0);
    refused_pixels(4, 4, 3, 0, 48, 101);
    refused_pixels(4, 4, 3, 0, 48, -1);
    refused_pixels(4, 4, 3, 0, 48, 257);
}

/* An encoded picture is refused by each of the four functions that take one. */
static void refused_file(sidekick_status status, const char *name) {
    size_t size;
    unsigned char *file = read_file(name, &size);
    KEEPS(status, sidekick_rows_add_image(rows, "value", SIDEKICK_NUL, file, size, &error));
    ABOUT(0, "value");
    FORGET();
    FAILS(status, sidekick_rows_add_image_at(rows, 0, file, size, &error));
    FAILS(status, sidekick_rows_add_image_file(rows, "value", SIDEKICK_NUL, name, SIDEKICK_NUL, &error));
    FAILS(status, sidekick_rows_add_image_file_at(rows, 0, name, SIDEKICK_NUL, &error));
    free(file);
}

static void test_what_is_no_picture(void) {
    refused_file(SIDEKICK_ERROR_IMAGE, "cut.png");
    refused_file(SIDEKICK_ERROR_IMAGE, "cut.bmp");
    refused_file(SIDEKICK_ERROR_IMAGE, "cut.jpg");
    refused_file(SIDEKICK_ERROR_IMAGE, "bomb.webp");
    refused_file(SIDEKICK_ERROR_IMAGE, "float.tiff");
    refused_file(SIDEKICK_ERROR_IMAGE, "text.png");
    refused_file(SIDEKICK_ERROR_IMAGE, "empty");
    refused_file(SIDEKICK_ERROR_IMAGE, "bomb.png");
    refused_file(SIDEKICK_ERROR_IMAGE, "array.npy");
    FAILS(SIDEKICK_ERROR_IMAGE, sidekick_rows_add_image_at(rows, 0, NULL, 0, &error));
}

static void test_files_that_cannot_be_read(void) {
    KEEPS(SIDEKICK_ERROR_FILE,
          sidekick_rows_add_image_file(rows, "value", SIDEKICK_NUL, "not there.png", SIDEKICK_NUL, &error));
    SAYS("not there.png");
    ABOUT(0, "value");
    FORGET();
    FAILS(SIDEKICK_ERROR_FILE, sidekick_rows_add_image_file_at(rows, 0, "no/folder.png", SIDEKICK_NUL, &error));
    FAILS(SIDEKICK_ERROR_FILE, sidekick_rows_add_image_file_at(rows, 0, ".", 1, &error));
    FAILS(SIDEKICK_ERROR_FILE, sidekick_rows_add_image_file_at(rows, 0, NULL, 0, &error));
    FAILS(SIDEKICK_ERROR_FILE, sidekick_rows_add_image_file_at(rows, 0, "rgb.png\0", 8, &error));
    FAILS(SIDEKICK_ERROR_FILE, sidekick_rows_add_image_file_at(rows, 0, "two\nlines", SIDEKICK_NUL, &error));
    /* A path of a length. */
    OK(sidekick_rows_add_image_file_at(rows, 0, "rgb.png.more", 7, &error));
    check_sent("image/png", 4, 3, RGB, 0);
}

static void test_null(void) {
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_image(NULL, "value", 5, RGB, 9, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_image(rows, NULL, 5, RGB, 9, &error));
    FAILS_ABOUT(0, "value", SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_image(rows, "value", 5, NULL, 9, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_image_at(NULL, 0, RGB, 9, &error));
    FAILS_ABOUT(0, "value", SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_image_at(rows, 0, NULL, 9, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_image_file(NULL, "value", 5, "rgb.png", 7, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_image_file(rows, NULL, 5, "rgb.png", 7, &error));
    FAILS_ABOUT(0, "value", SIDEKICK_ERROR_ARGUMENT,
                sidekick_rows_add_image_file(rows, "value", 5, NULL, 7, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_image_file_at(NULL, 0, "rgb.png", 7, &error));
    FAILS_ABOUT(0, "value", SIDEKICK_ERROR_ARGUMENT,
                sidekick_rows_add_image_file_at(rows, 0, NULL, SIDEKICK_NUL, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_pixels(NULL, "value", 5, 4, 4, 3, 0, RGB, sizeof RGB, 0, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_pixels(rows, NULL, 5, 4, 4, 3, 0, RGB, sizeof RGB, 0, &error));
    FAILS_ABOUT(0, "value", SIDEKICK_ERROR_ARGUMENT,
                sidekick_rows_add_pixels(rows, "value", 5, 4, 4, 3, 0, NULL, sizeof RGB, 0, &error));
    FAILS_ABOUT(0, "value", SIDEKICK_ERROR_ARGUMENT,
                sidekick_rows_add_pixels(rows, "value", 5, 4, 4, 3, 0, NULL, 0, 0, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_rows_add_pixels_at(NULL, 0, 4, 4, 3, 0, RGB, sizeof RGB, 0, &error));
    FAILS_ABOUT(0, "value", SIDEKICK_ERROR_ARGUMENT,
                sidekick_rows_add_pixels_at(rows, 0, 4, 4, 3, 0, NULL, sizeof RGB, 0, &error));
    CHECK(sidekick_rows_add_image_at(rows, 0, NULL, 9, NULL) == SIDEKICK_ERROR_ARGUMENT);
}

static void test_wrong_features(void) {
    sidekick_deployment *echo = open_deployment("echo");
    sidekick_rows *several = new_rows(echo);
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE, sidekick_rows_add_image(several, "x", 1, RGB, 9, &error));
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE, sidekick_rows_add_image_at(several, INPUTS, RGB, 9, &error));
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE, sidekick_rows_add_image_file(several, "x", 1, "rgb.png", 7, &error));
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE, sidekick_rows_add_image_file_at(several, INPUTS, "rgb.png", 7, &error));
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE,
          sidekick_rows_add_pixels(several, "x", 1, 4, 4, 3, 0, RGB, sizeof RGB, 0, &error));
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE,
          sidekick_rows_add_pixels_at(several, INPUTS, 4, 4, 3, 0, RGB, sizeof RGB, 0, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE, sidekick_rows_add_image(several, "text", 4, RGB, 9, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE, sidekick_rows_add_image_at(several, IN_ARRAY, RGB, 9, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE, sidekick_rows_add_image_file(several, "text", 4, "rgb.png", 7, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE, sidekick_rows_add_image_file_at(several, IN_ARRAY, "rgb.png", 7, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE,
          sidekick_rows_add_pixels(several, "text", 4, 4, 4, 3, 0, RGB, sizeof RGB, 0, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE,
          sidekick_rows_add_pixels_at(several, IN_ARRAY, 4, 4, 3, 0, RGB, sizeof RGB, 0, &error));
    add_echo_picture(several);
    KEEPS(SIDEKICK_ERROR_FEATURE_TWICE, sidekick_rows_add_image_file(several, "picture", 7, "rgb.png", 7, &error));
    ABOUT(0, "picture");
    FORGET();
    FAILS(SIDEKICK_ERROR_FEATURE_TWICE, sidekick_rows_add_image_file_at(several, IN_PICTURE, "rgb.png", 7, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TWICE, sidekick_rows_add_image(several, "picture", 7, RGB, 9, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TWICE, sidekick_rows_add_image_at(several, IN_PICTURE, RGB, 9, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TWICE,
          sidekick_rows_add_pixels(several, "picture", 7, 4, 4, 3, 0, RGB, sizeof RGB, 0, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TWICE,
          sidekick_rows_add_pixels_at(several, IN_PICTURE, 4, 4, 3, 0, RGB, sizeof RGB, 0, &error));
    sidekick_rows_free(several);
    sidekick_deployment_free(echo);
}

/* The server's side of it: it sees the samples, and resizes what is of another size. */
static void test_the_server_sees_the_samples(void) {
    const char *const names[] = {"rgba.png", "palette.png", "rgb.bmp", "palette.gif", "rgba.tiff",
                                 "rgba.webp", "rgb-16-bits.png"};
    sidekick_deployment *echo = open_deployment("echo");
    sidekick_rows *several = new_rows(echo);
    sidekick_predictions *predictions;
    unsigned char pixels[4 * 4 * 3];
    size_t i, far = 0;
    for (i = 0; i < 7; i++) {
        add_echo_row_but(several, IN_PICTURE, (double)i, "a", 0);
        OK(sidekick_rows_add_image_file_at(several, IN_PICTURE, names[i], SIDEKICK_NUL, &error));
        OK(sidekick_rows_end_row(several, &error));
    }
    add_echo_row_but(several, IN_PICTURE, 7, "a", 0);
    OK(sidekick_rows_add_image_file_at(several, IN_PICTURE, "wide.png", SIDEKICK_NUL, &error));
    OK(sidekick_rows_end_row(several, &error));
    add_echo_row_but(several, IN_PICTURE, 8, "a", 0);
    OK(sidekick_rows_add_image_file_at(several, IN_PICTURE, "flat-cmyk.jpg", SIDEKICK_NUL, &error));
    OK(sidekick_rows_end_row(several, &error));
    predictions = predict(echo, several);
    for (i = 0; i < 7; i++) {
        OK(sidekick_predictions_image_pixels(predictions, OUT_PICTURE, i, pixels, sizeof pixels, &error));
        CHECK(memcmp(pixels, RGB, sizeof pixels) == 0);
    }
    OK(sidekick_predictions_image_pixels(predictions, OUT_PICTURE, 7, pixels, sizeof pixels, &error));
    CHECK(pixels[0] == 200 && pixels[1] == 100 && pixels[2] == 50 && pixels[45] == 200 && pixels[47] == 50);
    OK(sidekick_predictions_image_pixels(predictions, OUT_PICTURE, 8, pixels, sizeof pixels, &error));
    for (i = 0; i < sizeof pixels; i++) {
        far += abs(pixels[i] - 100) > 4;
    }
    CHECK(far == 0);
    sidekick_predictions_free(predictions);
    sidekick_rows_free(several);
    sidekick_deployment_free(echo);
}

int main(void) {
    mirror = open_liar("mirror-picture");
    rows = new_rows(mirror);
    test_png_and_jpeg_travel_untouched();
    test_metadata_are_left_out();
    test_image_options();
    test_other_kinds_become_png();
    test_raw_pixels();
    test_jpeg_quality();
    test_pixels_that_do_not_fit();
    test_what_is_no_picture();
    test_files_that_cannot_be_read();
    test_null();
    sidekick_rows_free(rows);
    sidekick_deployment_free(mirror);
    test_wrong_features();
    test_the_server_sees_the_samples();
    return checks_failed("test_rows_images");
}
