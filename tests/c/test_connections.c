/* Servers that cannot be reached: each failure has its status, is counted, and says whether to try again. */
#define _POSIX_C_SOURCE 200809L

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "deployments.h"

/* A socket bound to a free port of this machine, whose URL goes to `url`. */
static int bound_socket(const char *scheme, char *url, size_t size) {
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    int socket_number = socket(AF_INET, SOCK_STREAM, 0);
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(bind(socket_number, (struct sockaddr *)&address, sizeof address) == 0);
    CHECK(getsockname(socket_number, (struct sockaddr *)&address, &length) == 0);
    snprintf(url, size, "%s://127.0.0.1:%d/deployment/echo/forward", scheme, ntohs(address.sin_port));
    return socket_number;
}

static void fails_to_open(sidekick_status status, const char *url, uint32_t attempts, int32_t retryable) {
    sidekick_deployment *deployment = NULL;
    KEEPS(status, sidekick_deployment_open(url, SIDEKICK_NUL, "echo-token", SIDEKICK_NUL, NULL, &deployment, &error));
    CHECK(deployment == NULL && sidekick_error_http_status(error) == 0);
    CHECK(sidekick_error_attempts(error) == attempts && sidekick_error_retryable(error) == retryable);
    ABOUT(-1, "");
    FORGET();
}

static void test_nobody_listens(void) {
    char url[128];
    close(bound_socket("http", url, sizeof url));
    fails_to_open(SIDEKICK_ERROR_CONNECT, url, 3, 1);
}

static void test_no_such_name(void) {
    fails_to_open(SIDEKICK_ERROR_CONNECT, "http://no-such-host.invalid/deployment/echo/forward", 1, 1);
}

/* A server that speaks no TLS. */
static void test_no_tls(void) {
    char url[512];
    snprintf(url, sizeof url, "https%s", url_of("echo") + strlen("http"));
    fails_to_open(SIDEKICK_ERROR_TLS, url, 1, 0);
}

/* A server whose queue of connections is full never answers; the library gives up after 10 seconds. */
static void test_no_answer(void) {
    enum { FILLERS = 8 };
    char url[128];
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    int fillers[FILLERS], i, server = bound_socket("http", url, sizeof url);
    CHECK(getsockname(server, (struct sockaddr *)&address, &length) == 0);
    CHECK(listen(server, 0) == 0);
    for (i = 0; i < FILLERS; i++) {
        fillers[i] = socket(AF_INET, SOCK_STREAM, 0);
        CHECK(fcntl(fillers[i], F_SETFL, O_NONBLOCK) == 0);
        (void)connect(fillers[i], (struct sockaddr *)&address, sizeof address);
    }
    fails_to_open(SIDEKICK_ERROR_TIMEOUT, url, 1, 1);
    for (i = 0; i < FILLERS; i++) {
        close(fillers[i]);
    }
    close(server);
}

int main(void) {
    test_nobody_listens();
    test_no_such_name();
    test_no_tls();
    test_no_answer();
    return checks_failed("test_connections");
}
