/* Calls the functions of sidekick_stdcall.c as a caller that knows __stdcall alone: by their types, and on
 * Windows by their names in the DLL. On Linux it is linked with them. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef _WIN32
#include <windows.h>
#define CONVENTION __stdcall
#else
#define CONVENTION __attribute__((stdcall))
#endif

typedef int32_t(CONVENTION *open_function)(const char *url, uint32_t url_length, const char *token,
                                           uint32_t token_length, void *options, void *cancel,
                                           void **deployment, void **error);
typedef int32_t(CONVENTION *new_function)(void **object, void **error);
typedef int32_t(CONVENTION *timeout_function)(void *cancel, uint64_t milliseconds, void **error);
typedef int32_t(CONVENTION *status_function)(void *error);
typedef const char *(CONVENTION *message_function)(void *error, uint32_t *length);
typedef void(CONVENTION *free_function)(void *object);

#ifdef _WIN32
#define FUNCTION(type, name) ((type)(void (*)(void))find("stdcall_" #name))
static FARPROC find(const char *name) {
    static HMODULE library;
    FARPROC function;
    if (!library) library = LoadLibraryA("sidekick_stdcall.dll");
    function = library ? GetProcAddress(library, name) : NULL;
    if (function) return function;
    printf("no %s in sidekick_stdcall.dll\n", name);
    exit(1);
}
#else
#define FUNCTION(type, name) ((type)(void (*)(void))stdcall_##name)
#include "../../bindings/stdcall/sidekick_stdcall.c"
#endif

static void check(int holds, const char *what) {
    if (holds) return;
    printf("FAILED: %s\n", what);
    exit(1);
}

int main(void) {
    open_function open = FUNCTION(open_function, sidekick_deployment_open);
    new_function new_cancel = FUNCTION(new_function, sidekick_cancel_new);
    timeout_function set_timeout = FUNCTION(timeout_function, sidekick_cancel_set_timeout);
    status_function status = FUNCTION(status_function, sidekick_error_status);
    message_function message = FUNCTION(message_function, sidekick_error_message);
    free_function free_error = FUNCTION(free_function, sidekick_error_free);
    free_function free_cancel = FUNCTION(free_function, sidekick_cancel_free);
    void *deployment = NULL, *error = NULL, *cancel = NULL;
    const char *text;
    uint32_t length = 0;
    int number;

    check(open("no URL", 6, "x", 1, NULL, NULL, &deployment, &error) == 1, "a URL that is none is refused");
    text = message(error, &length);
    check(status(error) == 1 && length == strlen(text) && strstr(text, "URL"), "the error has a message");
    free_error(error);
    error = NULL;
    check(new_cancel(&cancel, &error) == 0 && cancel && !error, "a cancel is made");
    check(set_timeout(cancel, (uint64_t)1 << 40, &error) == 0, "a number of 64 bits is passed");
    /* A function that left its parameters on the stack would use it up: it has 8 MB at most. */
    for (number = 0; number < 4000000; number++) check(status(NULL) == 0, "no error has status 0");
    free_cancel(cancel);
    printf("called\n");
    return 0;
}
