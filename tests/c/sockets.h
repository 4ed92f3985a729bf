/* The sockets of the system: Windows declares the same functions elsewhere, and names some otherwise. */
#ifndef SOCKETS_H
#define SOCKETS_H

#include "check.h"

#ifdef _WIN32
#include <winsock2.h>
#include <ws2tcpip.h>

typedef SOCKET socket_type;

static inline socket_type open_socket(void) {
    WSADATA data;
    CHECK(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    return socket(AF_INET, SOCK_STREAM, 0);
}

static inline int dont_block(socket_type number) {
    u_long on = 1;
    return ioctlsocket(number, (long)FIONBIO, &on);
}

static inline void close_socket(socket_type number) {
    closesocket(number);
}
#else
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

typedef int socket_type;

static inline socket_type open_socket(void) {
    return socket(AF_INET, SOCK_STREAM, 0);
}

static inline int dont_block(socket_type number) {
    return fcntl(number, F_SETFL, O_NONBLOCK);
}

static inline void close_socket(socket_type number) {
    close(number);
}
#endif

/* A socket bound to a free port of this machine, and the URL of a deployment there. */
static inline socket_type bound_socket(const char *scheme, char *url, size_t size) {
    struct sockaddr_in address = {0};
    socklen_t length = sizeof address;
    const socket_type bound = open_socket();
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(bind(bound, (struct sockaddr *)&address, length) == 0);
    CHECK(getsockname(bound, (struct sockaddr *)&address, &length) == 0);
    snprintf(url, size, "%s://127.0.0.1:%d/deployment/echo/forward", scheme, ntohs(address.sin_port));
    return bound;
}

/* One that takes connections and never answers. */
static inline socket_type silent_server(char *url, size_t size) {
    const socket_type listener = bound_socket("http", url, size);
    CHECK(listen(listener, 8) == 0);
    return listener;
}

#endif
