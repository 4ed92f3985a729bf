/* The least that a program does if it has a request's bytes ready: it sends head and tensors without a copy,
 * reads the response into one buffer, and takes the floats in it. It checks nothing. With COPY_FIRST it copies
 * the tensors once before it sends them, as a library does that leaves the caller its memory. */
#define _GNU_SOURCE
#include "bench.h"
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#ifdef COPY_FIRST
enum { COPIES = 1 };
#else
enum { COPIES = 0 };
#endif

typedef struct {
    size_t stride, rows;
    int socket;
    char head[2048];
    struct iovec parts[2];
    const unsigned char *tensors;
    char *reply;
    size_t room;
} client;

/* HOST:PORT/PATH of an URL, whose host is an address. */
static int connect_to(const char *address, size_t length) {
    char host[64];
    snprintf(host, sizeof host, "%.*s", (int)length, address);
    char *colon = strchr(host, ':');
    if (!colon) bench_fail("the URL has no port");
    *colon = 0;
    struct sockaddr_in peer = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(colon + 1))};
    int one = 1, made = socket(AF_INET, SOCK_STREAM, 0);
    if (made < 0 || inet_pton(AF_INET, host, &peer.sin_addr) != 1) bench_fail("no socket, or no address");
    if (connect(made, (struct sockaddr *)&peer, sizeof peer)) bench_fail("the server does not run");
    setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return made;
}

/* How long the JSON at the start of a request is: its strings have no braces. */
static size_t json_length(const bench_file *request) {
    size_t depth = 0, at = 0;
    do {
        if (at == request->size) bench_fail("a request without JSON");
        depth += request->bytes[at] == '{';
        depth -= request->bytes[at] == '}';
        ++at;
    } while (depth > 0);
    return at;
}

/* Copies the tensors a row at a time, which is how they are added. */
static void copy_tensors(const client *it) {
    size_t size = it->parts[1].iov_len, row = size / it->rows;
    for (size_t at = 0; at < size; at += row) {
        size_t here = size - at < row ? size - at : row;
        memcpy((char *)it->parts[1].iov_base + at, it->tensors + at, here);
    }
}

static void send_all(const client *it) {
    struct iovec parts[2] = {it->parts[0], it->parts[1]};
    size_t first = 0;
    while (first < 2) {
        ssize_t sent = writev(it->socket, parts + first, (int)(2 - first));
        if (sent < 0) bench_fail("the request was not sent");
        size_t left = (size_t)sent;
        while (first < 2 && left >= parts[first].iov_len) left -= parts[first++].iov_len;
        if (first == 2) break;
        parts[first].iov_base = (char *)parts[first].iov_base + left;
        parts[first].iov_len -= left;
    }
}

static size_t read_more(client *it, size_t filled) {
    ssize_t count = read(it->socket, it->reply + filled, it->room - filled);
    if (count <= 0) bench_fail("the response ended early");
    return filled + (size_t)count;
}

/* The number in a header of the response, whose end is at `end`. */
static size_t header(const client *it, const char *end, const char *name) {
    const char *line = (const char *)memmem(it->reply, (size_t)(end - it->reply), name, strlen(name));
    if (!line) bench_fail("a header is missing");
    return strtoul(line + strlen(name), NULL, 10);
}

static uint64_t request(void *context, size_t index) {
    client *it = (client *)context;
    (void)index;
    if (COPIES) copy_tensors(it);
    send_all(it);
    size_t filled = 0;
    char *end;
    do {
        filled = read_more(it, filled);
        end = (char *)memmem(it->reply, filled, "\r\n\r\n", 4);
    } while (!end);
    size_t start = (size_t)(end + 4 - it->reply);
    size_t json = header(it, end, "\r\nInference-Header-Content-Length: ");
    size_t whole = start + header(it, end, "\r\nContent-Length: ");
    if (whole > it->room) bench_fail("the response is too large");
    while (filled < whole) filled = read_more(it, filled);

    uint64_t sum = 0;
    for (const char *at = it->reply + start + json; at < it->reply + whole; at += it->stride) {
        uint32_t bits;
        memcpy(&bits, at, sizeof bits);
        sum += bits;
    }
    return sum;
}

int main(int count, char **arguments) {
    bench_task task = bench_arguments(count, arguments);
    const char *host = task.url + strlen("http://"), *path = strchr(host, '/');
    char name[64];
    snprintf(name, sizeof name, "%s.request", strrchr(path, '/') + 1);
    bench_file body = bench_data(name);
    client it = {.stride = bench_stride(&task) * sizeof(uint32_t), .rows = task.rows, .room = 64 << 20};
    size_t json = json_length(&body);
    snprintf(it.head, sizeof it.head,
             "POST %s/infer HTTP/1.1\r\nHost: %.*s\r\nAuthorization: Bearer token\r\n"
             "Content-Type: application/octet-stream\r\nInference-Header-Content-Length: %zu\r\n"
             "Content-Length: %zu\r\n\r\n%.*s",
             path, (int)(path - host), host, json, body.size, (int)json, body.bytes);
    it.parts[0] = (struct iovec){it.head, strlen(it.head)};
    it.tensors = body.bytes + json;
    it.parts[1] = (struct iovec){body.bytes + json, body.size - json};
    if (COPIES) it.parts[1].iov_base = bench_memory(body.size);
    it.reply = (char *)bench_memory(it.room);
    it.socket = connect_to(host, (size_t)(path - host));
    request(&it, 0);
    bench_measure(task.requests, request, &it);
    close(it.socket);
    return 0;
}
