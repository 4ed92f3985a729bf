"""Records what a client and an engine say to each other, byte for byte, for tests that have no engine."""

from __future__ import annotations

import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

# The scenarios that are recorded.
RECORDED = [
    "one row",
    "JSON",
    "types",
    "NaN",
    "text",
    "batches",
    "bad rows",
    "labels",
    "optional",
    "sizes",
    "unknown model",
]


@contextmanager
def recorder(url: str, file: Path) -> Generator[str, None, None]:
    """A URL behind which is the server of another one; what it is asked and answers goes to the file."""
    host, port = url.removeprefix("http://").split(":")
    exchanges: list[tuple[bytes, bytes]] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, args=(listener, (host, int(port)), exchanges), daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    file.parent.mkdir(parents=True, exist_ok=True)
    blocks = [block for request, response in exchanges for block in (("request", request), ("response", response))]
    file.write_bytes(b"".join(b"%s %d\n%s\n" % (kind.encode(), len(data), data) for kind, data in blocks))


def accept(listener: socket.socket, server: tuple[str, int], exchanges: list[tuple[bytes, bytes]]) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=relay, args=(client, server, exchanges), daemon=True).start()


def relay(client: socket.socket, server: tuple[str, int], exchanges: list[tuple[bytes, bytes]]) -> None:
    """Relays one connection, an exchange at a time."""
    with client, socket.create_connection(server) as upstream:
        asking, answering = client.makefile("rb"), upstream.makefile("rb")
        while request := message(asking):
            upstream.sendall(request)
            response = message(answering)
            exchanges.append((request, response))
            client.sendall(response)


def message(stream) -> bytes:
    """One HTTP message; nothing at the end of the connection."""
    head = b""
    while line := stream.readline():
        head += line
        if line == b"\r\n":
            break
    names = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
    if names.get(b"transfer-encoding") == b"chunked":
        return head + chunks(stream)
    return head + stream.read(int(names.get(b"content-length", 0)))


def chunks(stream) -> bytes:
    body = b""
    while True:
        size = stream.readline()
        body += size + stream.read(int(size, 16) + 2)
        if int(size, 16) == 0:
            return body
