/* Picture outputs: the encoded bytes, the size, the pixels, and files. */
#include "deployments.h"
#include "files.h"

#define UNTOUCHED ((size_t)4711)

static sidekick_predictions *predictions;

/* Two rows of `echo`: the picture and its negative. */
static void make_predictions(void) {
    sidekick_deployment *deployment = open_deployment("echo");
    sidekick_rows *rows = new_rows(deployment);
    unsigned char negative[sizeof RGB];
    size_t i;
    for (i = 0; i < sizeof RGB; i++) {
        negative[i] = (unsigned char)(255 - RGB[i]);
    }
    add_echo_row(rows, 0, "a", 0);
    add_echo_row_but(rows, IN_PICTURE, 1, "a", 0);
    OK(sidekick_rows_add_pixels_at(rows, IN_PICTURE, 4, 4, 3, 0, negative, sizeof negative, 0, &error));
    OK(sidekick_rows_end_row(rows, &error));
    predictions = predict(deployment, rows);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
}

static void test_encoded_bytes(void) {
    const void *first = NULL, *second = NULL, *again = NULL;
    const char *media_type = NULL;
    size_t size = 0, second_size = 0;
    OK(sidekick_predictions_image(predictions, OUT_PICTURE, 0, &first, &size, &media_type, &error));
    TEXT_IS("image/png", media_type, strlen(media_type));
    CHECK(size > 8 && memcmp(first, "\x89PNG\r\n\x1a\n", 8) == 0);
    OK(sidekick_predictions_image(predictions, OUT_PICTURE, 1, &second, &second_size, NULL, &error));
    CHECK((const char *)second == (const char *)first + size && memcmp(second, "\x89PNG\r\n\x1a\n", 8) == 0);
    OK(sidekick_predictions_image(predictions, OUT_PICTURE, 0, &again, &size, NULL, &error));
    CHECK(again == first);

    first = NULL;
    media_type = NULL;
    size = UNTOUCHED;
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE,
          sidekick_predictions_image(predictions, OUTPUTS, 0, &first, &size, &media_type, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE,
          sidekick_predictions_image(predictions, OUT_ARRAY, 0, &first, &size, &media_type, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_image(predictions, OUT_PICTURE, 2, &first, &size, &media_type, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_image(predictions, OUT_PICTURE, (size_t)-1, &first, &size, &media_type, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_image(NULL, OUT_PICTURE, 0, &first, &size, &media_type, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_image(predictions, OUT_PICTURE, 0, NULL, &size, &media_type, &error));
    CHECK(first == NULL && media_type == NULL && size == UNTOUCHED);
    OK(sidekick_predictions_image(predictions, OUT_PICTURE, 0, &first, NULL, &media_type, &error));
    CHECK(first != NULL && strcmp(media_type, "image/png") == 0);
}

static void test_size(void) {
    uint32_t width = 0, height = 0, channels = 0;
    OK(sidekick_predictions_image_size(predictions, OUT_PICTURE, 0, &width, &height, &channels, &error));
    CHECK(width == 4 && height == 4 && channels == 3);
    OK(sidekick_predictions_image_size(predictions, OUT_GREY, 1, &width, &height, &channels, &error));
    CHECK(width == 4 && height == 4 && channels == 1);
    width = height = channels = 4711;
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE,
          sidekick_predictions_image_size(predictions, OUTPUTS, 0, &width, &height, &channels, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE,
          sidekick_predictions_image_size(predictions, OUT_TEXT, 0, &width, &height, &channels, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_image_size(predictions, OUT_PICTURE, 2, &width, &height, &channels, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_image_size(NULL, OUT_PICTURE, 0, &width, &height, &channels, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_image_size(predictions, OUT_PICTURE, 0, NULL, &height, &channels, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_image_size(predictions, OUT_PICTURE, 0, &width, NULL, &channels, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_image_size(predictions, OUT_PICTURE, 0, &width, &height, NULL, &error));
    CHECK(width == 4711 && height == 4711 && channels == 4711);
}

static void test_pixels(void) {
    unsigned char pixels[sizeof RGB + 1], untouched[sizeof RGB + 1];
    size_t i, wrong = 0;
    memset(pixels, 0xee, sizeof pixels);
    memset(untouched, 0xee, sizeof untouched);
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_image_pixels(predictions, OUT_PICTURE, 0, pixels, sizeof RGB - 1, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_image_pixels(predictions, OUT_PICTURE, 0, pixels, sizeof RGB + 1, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_image_pixels(predictions, OUT_PICTURE, 0, NULL, sizeof RGB, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_predictions_image_pixels(predictions, OUT_PICTURE, 0, NULL, 0, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_image_pixels(predictions, OUT_PICTURE, 2, pixels, sizeof RGB, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_predictions_image_pixels(NULL, OUT_PICTURE, 0, pixels, sizeof RGB, &error));
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE,
          sidekick_predictions_image_pixels(predictions, OUTPUTS, 0, pixels, sizeof RGB, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE,
          sidekick_predictions_image_pixels(predictions, OUT_ARRAY, 0, pixels, sizeof RGB, &error));
    CHECK(memcmp(pixels, untouched, sizeof pixels) == 0);
    OK(sidekick_predictions_image_pixels(predictions, OUT_PICTURE, 0, pixels, sizeof RGB, &error));
    CHECK(memcmp(pixels, RGB, sizeof RGB) == 0 && pixels[sizeof RGB] == 0xee);
    OK(sidekick_predictions_image_pixels(predictions, OUT_PICTURE, 1, pixels, sizeof RGB, &error));
    for (i = 0; i < sizeof RGB; i++) {
        wrong += pixels[i] != 255 - RGB[i];
    }
    CHECK(wrong == 0);
    OK(sidekick_predictions_image_pixels(predictions, OUT_GREY, 1, pixels, sizeof GREY, &error));
    CHECK(memcmp(pixels, GREY, sizeof GREY) == 0);
}

/* What is saved are the encoded bytes; read_files.py reads them with Pillow. */
static void test_files(void) {
    const void *encoded = NULL;
    size_t size = 0, saved_size = 0;
    unsigned char *saved;
    OK(sidekick_predictions_save_image(predictions, OUT_PICTURE, 1, "saved.png", SIDEKICK_NUL, &error));
    OK(sidekick_predictions_save_image(predictions, OUT_PICTURE, 0, "saved.png", SIDEKICK_NUL, &error));
    OK(sidekick_predictions_save_image(predictions, OUT_GREY, 0, "saved grey.png and more", 14, &error));
    saved = read_file("saved.png", &saved_size);
    OK(sidekick_predictions_image(predictions, OUT_PICTURE, 0, &encoded, &size, NULL, &error));
    CHECK(saved_size == size && memcmp(saved, encoded, size) == 0);
    free(saved);
    FAILS(SIDEKICK_ERROR_FILE,
          sidekick_predictions_save_image(predictions, OUT_PICTURE, 0, "no folder/x.png", SIDEKICK_NUL, &error));
    FAILS(SIDEKICK_ERROR_FILE, sidekick_predictions_save_image(predictions, OUT_PICTURE, 0, ".", SIDEKICK_NUL, &error));
    FAILS(SIDEKICK_ERROR_FILE, sidekick_predictions_save_image(predictions, OUT_PICTURE, 0, NULL, 0, &error));
    FAILS(SIDEKICK_ERROR_FILE,
          sidekick_predictions_save_image(predictions, OUT_PICTURE, 0, "/dev/full", SIDEKICK_NUL, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_save_image(predictions, OUT_PICTURE, 2, "saved.png", SIDEKICK_NUL, &error));
    FAILS(SIDEKICK_ERROR_UNKNOWN_FEATURE,
          sidekick_predictions_save_image(predictions, OUTPUTS, 0, "saved.png", SIDEKICK_NUL, &error));
    FAILS(SIDEKICK_ERROR_FEATURE_TYPE,
          sidekick_predictions_save_image(predictions, OUT_NUMBER, 0, "saved.png", SIDEKICK_NUL, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_save_image(NULL, OUT_PICTURE, 0, "saved.png", SIDEKICK_NUL, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_predictions_save_image(predictions, OUT_PICTURE, 0, NULL, SIDEKICK_NUL, &error));
}

/* A picture of one pixel that only calls itself one, and one with alpha. */
static void test_pictures_of_a_liar(void) {
    sidekick_deployment *deployment = open_liar("liar");
    sidekick_rows *rows = new_rows(deployment);
    sidekick_predictions *lies;
    uint32_t width = 0, height = 0, channels = 0;
    unsigned char pixel[4];
    OK(sidekick_rows_add_text_at(rows, 0, "broken picture", SIDEKICK_NUL, &error));
    OK(sidekick_rows_end_row(rows, &error));
    lies = predict(deployment, rows);
    KEEPS(SIDEKICK_ERROR_IMAGE, sidekick_predictions_image_size(lies, 5, 0, &width, &height, &channels, &error));
    ABOUT(0, "picture");
    FORGET();
    KEEPS(SIDEKICK_ERROR_IMAGE, sidekick_predictions_image_pixels(lies, 5, 0, pixel, 1, &error));
    ABOUT(0, "picture");
    FORGET();
    sidekick_predictions_free(lies);
    OK(sidekick_rows_clear(rows, &error));
    OK(sidekick_rows_add_text_at(rows, 0, "rgba picture", SIDEKICK_NUL, &error));
    OK(sidekick_rows_end_row(rows, &error));
    lies = predict(deployment, rows);
    OK(sidekick_predictions_image_size(lies, 5, 0, &width, &height, &channels, &error));
    CHECK(width == 1 && height == 1 && channels == 4);
    OK(sidekick_predictions_image_pixels(lies, 5, 0, pixel, 4, &error));
    CHECK(memcmp(pixel, "\1\2\3\4", 4) == 0);
    sidekick_predictions_free(lies);
    sidekick_rows_free(rows);
    sidekick_deployment_free(deployment);
}

int main(void) {
    make_predictions();
    test_encoded_bytes();
    test_size();
    test_pixels();
    test_files();
    sidekick_predictions_free(predictions);
    test_pictures_of_a_liar();
    return checks_failed("test_predictions_images");
}
