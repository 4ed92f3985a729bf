/* Connections: servers that cannot be reached, and the options for time limits, retries, proxies and
 * certificates. */
#define _POSIX_C_SOURCE 200809L

#include "deployments.h"
#include "files.h"
#include "sockets.h"

static sidekick_options *options;

static void fails_to_open(sidekick_status status, const char *url, uint32_t attempts, int32_t retryable) {
    sidekick_deployment *deployment = NULL;
    KEEPS(status,
          sidekick_deployment_open(url, SIDEKICK_NUL, "echo-token", SIDEKICK_NUL, options, NULL, &deployment, &error));
    CHECK(deployment == NULL && sidekick_error_http_status(error) == 0);
    CHECK(sidekick_error_attempts(error) == attempts && sidekick_error_retryable(error) == retryable);
    ABOUT(-1, "");
    FORGET();
}

static void test_nobody_listens(void) {
    char url[128];
    close_socket(bound_socket("http", url, sizeof url));
    fails_to_open(SIDEKICK_ERROR_CONNECT, url, 3, 1);
}

static void test_no_such_name(void) {
    OK(sidekick_options_set_allow_token_over_http(options, 1, &error));
    fails_to_open(SIDEKICK_ERROR_CONNECT, "http://no-such-host.invalid/deployment/echo/forward", 1, 1);
    OK(sidekick_options_set_allow_token_over_http(options, 0, &error));
}

/* A server that speaks no TLS. */
static void test_no_tls(void) {
    char url[512];
    snprintf(url, sizeof url, "https%s", url_of("echo") + strlen("http"));
    fails_to_open(SIDEKICK_ERROR_TLS, url, 1, 0);
}

/* A server whose queue of connections is full never answers. */
static void test_no_answer(void) {
    enum { FILLERS = 8 };
    char url[128];
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    socket_type fillers[FILLERS], server = bound_socket("http", url, sizeof url);
    int i;
    CHECK(getsockname(server, (struct sockaddr *)&address, &length) == 0);
    CHECK(listen(server, 0) == 0);
    for (i = 0; i < FILLERS; i++) {
        fillers[i] = open_socket();
        CHECK(dont_block(fillers[i]) == 0);
        (void)connect(fillers[i], (struct sockaddr *)&address, sizeof address);
    }
    OK(sidekick_options_set_retries(options, 0, &error));
    OK(sidekick_options_set_connect_timeout(options, 200, &error));
    fails_to_open(SIDEKICK_ERROR_TIMEOUT, url, 1, 1);
    for (i = 0; i < FILLERS; i++) {
        close_socket(fillers[i]);
    }
    close_socket(server);
}

/* A server that takes connections, and never says a word. */
static void test_silence(void) {
    char url[128];
    socket_type server = bound_socket("http", url, sizeof url);
    CHECK(listen(server, 8) == 0);
    OK(sidekick_options_set_retries(options, 0, &error));
    OK(sidekick_options_set_response_timeout(options, 200, &error));
    fails_to_open(SIDEKICK_ERROR_TIMEOUT, url, 1, 1);
    /* The same by a limit for the whole call. */
    OK(sidekick_options_set_response_timeout(options, 0, &error));
    OK(sidekick_options_set_call_timeout(options, 200, &error));
    fails_to_open(SIDEKICK_ERROR_TIMEOUT, url, 1, 1);
    close_socket(server);
}

static void test_retries(void) {
    char url[128];
    close_socket(bound_socket("http", url, sizeof url));
    OK(sidekick_options_set_retry_backoff(options, 1, 10, &error));
    OK(sidekick_options_set_retries(options, 0, &error));
    fails_to_open(SIDEKICK_ERROR_CONNECT, url, 1, 1);
    OK(sidekick_options_set_retries(options, 4, &error));
    fails_to_open(SIDEKICK_ERROR_CONNECT, url, 5, 1);
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_retry_backoff(options, 11, 10, &error));
}

/* Opening and asking `names` works, through whatever is set. */
static void works(void) {
    sidekick_deployment_free(open_on("SIDEKICK_SERVER_URL", "names", options));
}

/* The URL of a proxy that is not there shows when it is asked, and when it is not. */
static void test_proxies(void) {
    char server[512], proxy[128], with_password[128];
    snprintf(server, sizeof server, "%s", url_of("echo"));
    close_socket(bound_socket("http", proxy, sizeof proxy));
    *strstr(proxy, "/deployment") = '\0';
    OK(sidekick_options_set_retries(options, 0, &error));
    OK(sidekick_options_set_proxy(options, proxy, SIDEKICK_NUL, &error));
    fails_to_open(SIDEKICK_ERROR_CONNECT, server, 1, 1);
    OK(sidekick_options_set_no_proxy(options, "example.com, 10.0.0.0/8", SIDEKICK_NUL, &error));
    fails_to_open(SIDEKICK_ERROR_CONNECT, server, 1, 1);
    OK(sidekick_options_set_no_proxy(options, "127.0.0.0/8 and more", 11, &error));
    works();
    OK(sidekick_options_set_no_proxy(options, NULL, 0, &error));
    fails_to_open(SIDEKICK_ERROR_CONNECT, server, 1, 1);
    OK(sidekick_options_set_no_proxy(options, "*", SIDEKICK_NUL, &error));
    works();
    OK(sidekick_options_set_no_proxy(options, "", SIDEKICK_NUL, &error));
    OK(sidekick_options_set_proxy(options, NULL, 0, &error));
    works();
    snprintf(with_password, sizeof with_password, "http://user:secret-token@%s", proxy + strlen("http://"));
    OK(sidekick_options_set_proxy(options, with_password, SIDEKICK_NUL, &error));
    fails_to_open(SIDEKICK_ERROR_CONNECT, server, 1, 1);
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_options_set_proxy(options, "ftp://user:secret-token@host", SIDEKICK_NUL, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_proxy(options, "http://", SIDEKICK_NUL, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_proxy(options, "http://host:99999", SIDEKICK_NUL, &error));
}

/* Certificates that are trusted instead of the system's. */
static void test_certificates(void) {
    const char *const bad[] = {"", "hello", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"};
    size_t size, i;
    unsigned char *pem = read_file("ca.pem", &size);
    OK(sidekick_options_set_ca_pem(options, pem, size, &error));
    OK(sidekick_options_set_ca_file(options, "ca.pem and more", 6, &error));
    works();
    for (i = 0; i < 3; i++) {
        FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_ca_pem(options, bad[i], strlen(bad[i]), &error));
    }
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_ca_pem(options, NULL, 0, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_ca_file(options, "array.npy", SIDEKICK_NUL, &error));
    KEEPS(SIDEKICK_ERROR_FILE, sidekick_options_set_ca_file(options, "not there.pem", SIDEKICK_NUL, &error));
    SAYS("not there.pem");
    FORGET();
    FAILS(SIDEKICK_ERROR_FILE, sidekick_options_set_ca_file(options, NULL, 0, &error));
    free(pem);
}

static void test_null(void) {
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_connect_timeout(NULL, 1, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_response_timeout(NULL, 1, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_call_timeout(NULL, 1, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_retries(NULL, 1, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_retry_backoff(NULL, 1, 1, &error));
    /* As a code page of Windows, or Latin-1, has it. */
    KEEPS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_ca_file(options, "h\xf6g.pem", SIDEKICK_NUL, &error));
    SAYS("path is not UTF-8: a bad byte at 1; convert a path in the system's own encoding");
    FORGET();
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_ca_file(NULL, "ca.pem", 6, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_ca_file(options, NULL, SIDEKICK_NUL, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_ca_pem(NULL, "", 0, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_ca_pem(options, NULL, 1, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_proxy(NULL, "", 0, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_proxy(options, NULL, 1, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_no_proxy(NULL, "", 0, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_options_set_no_proxy(options, NULL, 1, &error));
    CHECK(sidekick_options_set_proxy(options, NULL, 1, NULL) == SIDEKICK_ERROR_ARGUMENT);
}

/* Runs a test with fresh options. */
static void with_options(void (*test)(void)) {
    options = NULL;
    OK(sidekick_options_new(&options, &error));
    test();
    sidekick_options_free(options);
}

int main(void) {
    with_options(test_nobody_listens);
    with_options(test_no_such_name);
    with_options(test_no_tls);
    with_options(test_no_answer);
    with_options(test_silence);
    with_options(test_retries);
    with_options(test_proxies);
    with_options(test_certificates);
    with_options(test_null);
    return checks_failed("test_connections");
}
