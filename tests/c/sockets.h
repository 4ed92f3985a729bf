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

#endif
