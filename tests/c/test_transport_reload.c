/* The library loaded, used and unloaded a thousand times: no crash, no memory and no file descriptor left
 * behind. */
#define _POSIX_C_SOURCE 200809L
#include <dirent.h>
#include <dlfcn.h>
#include <unistd.h>

#include "deployments.h"

/* Another file than the one this program is linked with, which is never unloaded. */
static const char COPY[] = "./reloaded.so";

static void copy_library(void) {
    char path[4096], bytes[65536];
    size_t count;
    FILE *from, *to;
    snprintf(path, sizeof path, "%s/libsidekick.so", environment("SIDEKICK_LIB_DIR"));
    from = fopen(path, "rb");
    to = fopen(COPY, "wb");
    if (!CHECK(from != NULL && to != NULL)) {
        exit(checks_failed("the library cannot be copied"));
    }
    while ((count = fread(bytes, 1, sizeof bytes, from)) > 0) {
        CHECK(fwrite(bytes, 1, count, to) == count);
    }
    fclose(from);
    CHECK(fclose(to) == 0);
}

/* ISO C does not let a data pointer become a function pointer, but its bytes may. */
static void find(void *library, const char *name, void *function) {
    void *symbol = dlsym(library, name);
    CHECK(symbol != NULL);
    memcpy(function, &symbol, sizeof symbol);
}

/* Loads the library, asks `reciprocal` for 1 / 4, and unloads it. */
static int load_and_ask(void) {
    sidekick_status (*open)(const char *, size_t, const char *, size_t, const sidekick_options *,
                            const sidekick_cancel *, sidekick_deployment **, sidekick_error **);
    sidekick_status (*new_rows_of)(const sidekick_deployment *, sidekick_rows **, sidekick_error **);
    sidekick_status (*add)(sidekick_rows *, size_t, double, sidekick_error **);
    sidekick_status (*end)(sidekick_rows *, sidekick_error **);
    sidekick_status (*ask)(const sidekick_deployment *, const sidekick_rows *, const sidekick_cancel *,
                           sidekick_predictions **, sidekick_error **);
    sidekick_status (*read_number)(const sidekick_predictions *, size_t, size_t, double *, sidekick_error **);
    void (*free_predictions)(sidekick_predictions *);
    void (*free_rows)(sidekick_rows *);
    void (*free_deployment)(sidekick_deployment *);
    sidekick_deployment *deployment = NULL;
    sidekick_rows *rows = NULL;
    sidekick_predictions *predictions = NULL;
    double number = 0;
    int well;
    void *library = dlopen(COPY, RTLD_NOW | RTLD_LOCAL);
    if (!CHECK(library != NULL)) {
        printf("%s\n", dlerror());
        return 0;
    }
    find(library, "sidekick_deployment_open", &open);
    find(library, "sidekick_rows_new", &new_rows_of);
    find(library, "sidekick_rows_add_number_at", &add);
    find(library, "sidekick_rows_end_row", &end);
    find(library, "sidekick_deployment_predict", &ask);
    find(library, "sidekick_predictions_number", &read_number);
    find(library, "sidekick_predictions_free", &free_predictions);
    find(library, "sidekick_rows_free", &free_rows);
    find(library, "sidekick_deployment_free", &free_deployment);
    well = open(url_of("reciprocal"), SIDEKICK_NUL, "reciprocal-token", SIDEKICK_NUL, NULL, NULL, &deployment,
                NULL) == 0 &&
           new_rows_of(deployment, &rows, NULL) == 0 && add(rows, 0, 4, NULL) == 0 && end(rows, NULL) == 0 &&
           ask(deployment, rows, NULL, &predictions, NULL) == 0 && read_number(predictions, 0, 0, &number, NULL) == 0 &&
           number == 0.25;
    free_predictions(predictions);
    free_rows(rows);
    free_deployment(deployment);
    return dlclose(library) == 0 && well;
}

static long resident_pages(void) {
    long total = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    CHECK(file != NULL && fscanf(file, "%ld %ld", &total, &resident) == 2);
    if (file != NULL) {
        fclose(file);
    }
    return resident;
}

static int entries(const char *folder) {
    int count = 0;
    DIR *open_folder = opendir(folder);
    while (open_folder != NULL && readdir(open_folder) != NULL) {
        count++;
    }
    closedir(open_folder);
    return count;
}

int main(void) {
    const char *preload = getenv("LD_PRELOAD");
    /* Memcheck looks for leaks by itself, and is slow. So is an emulator, whose memory and threads count here. */
    int checked = preload != NULL && strstr(preload, "vgpreload") != NULL, emulated = !may_fork();
    int i, cycles = checked || emulated ? 20 : 1000, well = 0, files;
    long pages = 0;
    copy_library();
    files = entries("/proc/self/fd");
    for (i = 0; i < cycles; i++) {
        if (i == cycles / 10) {
            pages = resident_pages();
        }
        well += load_and_ask();
    }
    CHECK(well == cycles);
    CHECK(entries("/proc/self/fd") == files);
    CHECK(emulated || entries("/proc/self/task") == 3);
    pages = resident_pages() - pages;
    printf("%d times: %ld KiB more after the first tenth\n", cycles, pages * sysconf(_SC_PAGESIZE) / 1024);
    CHECK(checked || emulated || pages * sysconf(_SC_PAGESIZE) < 1024 * 1024);
    CHECK(remove(COPY) == 0);
    return checks_failed("test_transport_reload");
}
