/* A signal that interrupts the wait of a call ends it if the program says so. */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <signal.h>
#include <time.h>

#include "deployments.h"
#include "sockets.h"

/* The thread that calls the library. */
static pthread_t caller;
/* How often the callback was called, at which time it ends the call, and how often on another thread. */
static int heard, ends_at, elsewhere, released;

static int32_t hear_signal(void *data) {
    (void)data;
    heard++;
    elsewhere += !pthread_equal(pthread_self(), caller);
    return heard == ends_at;
}

static void release(void *data) {
    (void)data;
    released++;
}

static void do_nothing(int number) {
    (void)number;
}

/* Interrupts the waits of the thread that calls the library, until it is told to stop. */
static void *interrupt(void *going) {
    const struct timespec wait = {0, 5000000};
    while (*(volatile int *)going) {
        pthread_kill(caller, SIGUSR1);
        nanosleep(&wait, NULL);
    }
    return NULL;
}

/* The call waits on until the callback ends it, the third time here; without a callback, signals end nothing. */
static void test_signals(void) {
    struct sigaction handled = {0}, before;
    sidekick_options *options = NULL;
    sidekick_deployment *deployment = NULL;
    char url[80];
    const socket_type listener = silent_server(url, sizeof url);
    pthread_t thread;
    int going = 1;
    ends_at = 3, caller = pthread_self();
    handled.sa_handler = do_nothing;
    handled.sa_flags = SA_RESTART;
    CHECK(sigaction(SIGUSR1, &handled, &before) == 0);
    OK(sidekick_options_new(&options, &error));
    OK(sidekick_options_set_signal_callback(options, hear_signal, NULL, release, &error));
    CHECK(pthread_create(&thread, NULL, interrupt, &going) == 0);
    FAILS(SIDEKICK_ERROR_CANCELLED, sidekick_deployment_open(url, SIDEKICK_NUL, "x-token", SIDEKICK_NUL, options,
                                                             NULL, &deployment, &error));
    CHECK(heard == 3 && elsewhere == 0 && deployment == NULL);
    OK(sidekick_options_set_signal_callback(options, NULL, NULL, NULL, &error));
    CHECK(released == 1);
    deployment = open_on("SIDEKICK_SERVER_URL", "reciprocal", options);
    *(volatile int *)&going = 0;
    CHECK(pthread_join(thread, NULL) == 0 && heard == 3);
    CHECK(sigaction(SIGUSR1, &before, NULL) == 0);
    sidekick_deployment_free(deployment);
    sidekick_options_free(options);
    close_socket(listener);
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_signal_callback(NULL, NULL, NULL, NULL, &error));
}

int main(void) {
    test_signals();
    return checks_failed("test_signals");
}
