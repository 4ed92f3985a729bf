/* A signal that interrupts the wait of a call ends it if the program says so. */
#define _POSIX_C_SOURCE 200809L
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "deployments.h"

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

/* A socket that takes connections and never answers, and its deployment's URL. */
static int silent_server(char *url, size_t size) {
    struct sockaddr_in address = {0};
    socklen_t length = sizeof address;
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(bind(listener, (struct sockaddr *)&address, length) == 0 && listen(listener, 8) == 0);
    CHECK(getsockname(listener, (struct sockaddr *)&address, &length) == 0);
    snprintf(url, size, "http://127.0.0.1:%d/deployment/x/forward", ntohs(address.sin_port));
    return listener;
}

/* The call waits on until the callback ends it, the third time here; without a callback, signals end nothing. */
static void test_signals(void) {
    struct sigaction handled = {0}, before;
    sidekick_options *options = NULL;
    sidekick_deployment *deployment = NULL;
    char url[80];
    const int listener = silent_server(url, sizeof url);
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
    close(listener);
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_signal_callback(NULL, NULL, NULL, NULL, &error));
}

int main(void) {
    test_signals();
    return checks_failed("test_signals");
}
