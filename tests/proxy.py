"""A proxy for the tests: it speaks CONNECT and SOCKS5 alike, and leads to this machine whatever host it is
asked for.
"""

import base64
import socket
import threading
from contextlib import contextmanager
from socketserver import StreamRequestHandler, ThreadingTCPServer

USER, PASSWORD = "me", "pw"


class Handler(StreamRequestHandler):
    def handle(self):
        asked = self.socks() if self.rfile.peek(1)[:1] == b"\x05" else self.connect()
        if asked:
            host, port = asked
            self.server.asked.append(f"{host}:{port}")
            self.lead_to(port)

    def connect(self):
        """Host and port, for who shows user and password."""
        lines = []
        while line := self.rfile.readline().decode().strip():
            lines.append(line)
        known = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        self.server.heads.append(lines)
        if f"proxy-authorization: basic {known}".lower() not in [line.lower() for line in lines]:
            self.wfile.write(b"HTTP/1.1 407 Who are you?\r\nContent-Length: 0\r\n\r\n")
            return None
        self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        host, port = lines[0].split()[1].rsplit(":", 1)
        return host, int(port)

    def socks(self):
        """The same, as RFC 1928 and RFC 1929 say it."""
        methods = self.rfile.read(self.rfile.read(2)[1])
        if 2 not in methods:
            self.wfile.write(b"\x05\xff")
            return None
        self.wfile.write(b"\x05\x02")
        self.rfile.read(1)
        user, password = (self.rfile.read(self.rfile.read(1)[0]).decode() for _ in range(2))
        known = (user, password) == (USER, PASSWORD)
        self.wfile.write(b"\x01\x00" if known else b"\x01\x01")
        if not known:
            return None
        self.rfile.read(4)
        host = self.rfile.read(self.rfile.read(1)[0]).decode()
        port = int.from_bytes(self.rfile.read(2))
        self.wfile.write(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50")
        return host, port

    def lead_to(self, port):
        with socket.create_connection(("127.0.0.1", port)) as server:
            back = threading.Thread(target=pump, args=(server.recv, self.connection))
            back.start()
            # What was read ahead goes first.
            pump(self.rfile.read1, server)
            back.join()


def pump(receive, target):
    try:
        while data := receive(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


class Proxy(ThreadingTCPServer):
    """A running proxy: where it is, whom it was asked for, and the heads of the requests to CONNECT."""

    allow_reuse_address = True
    block_on_close = False
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server_address[1]}"
        self.asked = []
        self.heads = []

    def handle_error(self, *_):
        """Clients that hang up are part of the tests."""


@contextmanager
def proxy():
    with Proxy() as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.01], daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
