#!/usr/bin/env python3
"""A deployment server that does what no good server does, for the tests of all languages: misbehaving.py COMMAND...

Runs COMMAND in the current folder and exits with its status. In the environment of COMMAND:

| variable | what it names |
|---|---|
| SIDEKICK_MISBEHAVING_URL | the server; its deployments are at $SIDEKICK_MISBEHAVING_URL/deployment/ID/forward |
| SIDEKICK_MISBEHAVING_TLS_URL | the same under TLS 1.2; certificate and key: `server.pem`, `server.key` |
| SIDEKICK_FULL_URL | an address that takes no more connections |
| SIDEKICK_PROXY | the address of proxy.py |

| ID | what it does |
|---|---|
| script | responds as the body says that is posted to it: a script |
| liar | takes a text, has every kind of output; the first row's text is a name in invalid_responses.py, or a script |
| mirror-NAME | one feature `value` in, one out; a request's body is its response, byte for byte |
| another key of its DESCRIPTIONS | that describe document |
| report | responds with what it received: headers, the client's port, the size of the body, the client certificate |
| together | each row's value is the most requests that were in flight at once |
| busy, later | 503 to every prediction; `later` with `Retry-After: 2` |
| slow | responds after half a minute |
| large | responds with 100 000 zeros |
| renewed | accepts no token but `renewed` |

The models of passing_models.py are at $SIDEKICK_MISBEHAVING_URL/v2/models/NAME, with any token.

A **script** is a JSON object, or a list of them: one for each time that the same script is sent, the last for
all further times.

| key | meaning | if it is missing |
|---|---|---|
| status, headers, body | the response | 200, none, empty |
| raw | bytes (as Latin-1) in place of a response; the connection ends after them | |
| delay | seconds before the first byte | 0 |
| cut | bytes after which the connection ends | it goes on |
| drip | seconds between the bytes of the response | 0 |
| more | bytes (as Latin-1) after the response, that nobody asked for | none |
| reset | whether the connection ends with a reset | false |

It speaks HTTP over bare sockets. Tests in Python use `Server` in their own process, with a function that responds.
"""

import gzip
import http.client
import json
import os
import socket
import socketserver
import ssl
import struct
import subprocess
import sys
import threading
import time
from collections import Counter, namedtuple
from contextlib import contextmanager

import invalid_responses as responses
import passing_models
from proxy import proxy

NUMBER = responses.description({"value": responses.feature("numeric")}, {"value": responses.feature("numeric")})
INVALID_TOKEN = {"errorCode": "InvalidTokenError"}
CONFIGURATION = """[req]
distinguished_name = name
x509_extensions = extensions
prompt = no
[name]
CN = misbehaving
[extensions]
basicConstraints = critical, CA:FALSE
subjectAltName = IP:127.0.0.1
"""

Request = namedtuple("Request", "method path headers body connection")


def as_script(answer):
    """A script made of what may stand for it: a body, or (status, body, headers...)."""
    if isinstance(answer, dict):
        return answer
    status, body, *headers = answer if isinstance(answer, tuple) else (200, answer)
    return {"status": status, "body": body, "headers": dict(headers)}


def as_bytes(content, encoding="utf-8"):
    return content if isinstance(content, bytes) else content.encode(encoding)


class Connection(socketserver.StreamRequestHandler):
    """Requests of one connection, each responded to as `server.respond(request)` says."""

    disable_nagle_algorithm = True
    resets = False

    def handle(self):
        self.server.connections += 1
        while request := self.read_request():
            if not self.play(as_script(self.server.respond(request))):
                return

    def read_request(self):
        """The next request, or None at the end of the connection."""
        line = self.rfile.readline().decode("latin-1").split()
        if len(line) != 3:
            return None
        headers = http.client.parse_headers(self.rfile)
        body = self.rfile.read(int(headers.get("content-length", 0)))
        return Request(line[0], line[1], headers, body, self.connection)

    def play(self, script):
        """Does what a script says; whether the connection goes on."""
        time.sleep(script.get("delay", 0))
        if "raw" in script:
            content = as_bytes(script["raw"], "latin-1")
        else:
            content = self.response(**{"status": 200, "headers": {}, "body": ""} | script)
        more = as_bytes(script.get("more", ""), "latin-1")
        # In one piece: a client that has the response has what nobody asked for, and does not use the
        # connection again.
        self.send(content[: script.get("cut")] + more, script.get("drip", 0))
        self.resets = script.get("reset", False)
        closes = script.get("headers", {}).get("Connection") == "close"
        return not (self.resets or closes or {"raw", "cut"} & script.keys())

    def finish(self):
        super().finish()
        if self.resets:
            # With nothing to linger for, closing sends a reset.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

    @staticmethod
    def response(status, headers, body, **_):
        body = as_bytes(body)
        lines = [f"HTTP/1.1 {status} Misbehaving", *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode("latin-1") + body

    def send(self, content, drip):
        if not drip:
            self.wfile.write(content)
            return
        for byte in content:
            self.wfile.write(bytes([byte]))
            time.sleep(drip)


class Server(socketserver.ThreadingTCPServer):
    """A server whose responses `respond(request)` makes: a script, a body, or (status, body, headers...)."""

    allow_reuse_address = True
    daemon_threads = True
    # Closing waits for no connection that a deployment keeps open.
    block_on_close = False
    request_queue_size = 64

    def __init__(self, respond, tls=None):
        super().__init__(("127.0.0.1", 0), Connection)
        self.respond, self.connections = respond, 0
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request, client_address):
        """Clients that hang up are part of the tests; a defect of this program is shown."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    @contextmanager
    def running(self):
        thread = threading.Thread(target=self.serve_forever, args=[0.01], daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.shutdown()
            thread.join()
            self.server_close()


class Meter:
    """How many requests are in flight, and were at most."""

    def __init__(self):
        self.lock, self.now, self.most = threading.Lock(), 0, 0

    def __enter__(self):
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)

    def __exit__(self, *_):
        with self.lock:
            self.now -= 1
            if self.now == 0:
                self.most = 0


METER = Meter()
SEEN = Counter()


def respond(request):
    if request.path.startswith("/v2"):
        return passing_models.respond(request)
    deployment = request.path.split("/")[2]
    if deployment == "renewed" and request.headers["authorization"] != "Bearer renewed":
        return (401, json.dumps(INVALID_TOKEN))
    if request.method == "GET":
        return responses.DESCRIPTIONS.get(deployment, NUMBER)
    if deployment.startswith("mirror-"):
        return request.body
    return DEPLOYMENTS[deployment](request)


def play_script(text):
    """The turn of a script, which may be a list of turns."""
    script = json.loads(text)
    SEEN[text] += 1
    return script[min(SEEN[text], len(script)) - 1] if isinstance(script, list) else script


def script(request):
    return play_script(request.body.decode())


def liar(request):
    sent = json.loads(request.body)["rows"]
    name, token = sent[0]["text"], request.headers["authorization"]
    if name.startswith(("{", "[")):
        return play_script(name)
    SEEN[name] += 1
    if name.startswith("closed once"):
        return named("closed" if SEEN[name] == 1 else "good")
    if name == "the token":
        return (401, json.dumps({"errorCode": "InvalidTokenError", "errorMessage": token}))
    if name == "the token in html":
        return (500, f"<title>{token}</title>")
    if name == "headers":
        headers = json.dumps({key.lower(): value for key, value in request.headers.items()})
        return responses.one(text=json.dumps(headers))
    if name == "how often":
        return '{"rows":[' + responses.row(number=str(SEEN[sent[1]["text"]])) + "," + responses.row() + "]}"
    if name == "good" and len(sent) > 1:
        return '{"rows":[' + ",".join([responses.row()] * len(sent)) + "]}"
    return named(name)


def named(name):
    """The response of this name. None leads elsewhere, unless a client follows it, which it must not."""
    made = as_script(responses.REPLIES[name])
    return made if "raw" in made else made | {"headers": {"Location": "/deployment/elsewhere/forward"}}


def report(request):
    compressed = request.headers["Content-Encoding"] == "gzip"
    certificate = request.connection.getpeercert() if isinstance(request.connection, ssl.SSLSocket) else None
    told = [f"{name.lower()}: {value}" for name, value in request.headers.items() if name.lower() != "authorization"]
    told += [f"port: {request.connection.getpeername()[1]}", f"client certificate: {bool(certificate)}"]
    return json.dumps({"told": told, "size": len(gzip.decompress(request.body) if compressed else request.body)})


def together(request):
    with METER:
        time.sleep(0.2)
        return json.dumps({"rows": [{"value": METER.most} for _ in json.loads(request.body)["rows"]]})


DEPLOYMENTS = {
    "script": script,
    "liar": liar,
    "report": report,
    "renewed": report,
    "together": together,
    "busy": lambda _: (503, "{}"),
    "later": lambda _: (503, "{}", ("Retry-After", "2")),
    "slow": lambda _: {"delay": 30, "body": '{"rows": []}'},
    "large": lambda _: bytes(100_000),
}
DEPLOYMENTS |= {name: liar for name in responses.DESCRIPTIONS if name not in DEPLOYMENTS}


def tls_context():
    """TLS 1.2 alone, with a certificate that is made here."""
    with open("server.cnf", "w", encoding="ascii") as file:
        file.write(CONFIGURATION)
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "server.key"]
    command = ["openssl", "req", "-x509", "-config", "server.cnf", *key, "-days", "2", "-out", "server.pem"]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain("server.pem", "server.key")
    context.load_verify_locations("server.pem")
    context.verify_mode = ssl.CERT_OPTIONAL
    return context


def full():
    """A listener, and the connections that fill its queue: further ones are left waiting."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    waiting = [socket.socket() for _ in range(4)]
    for client in waiting:
        client.setblocking(False)
        client.connect_ex(listener.getsockname())
    return listener, waiting


def main(command):
    listener, _waiting = full()
    with Server(respond).running() as plain, Server(respond, tls_context()).running() as secret, proxy() as between:
        variables = {
            "SIDEKICK_MISBEHAVING_URL": plain.url,
            "SIDEKICK_MISBEHAVING_TLS_URL": secret.url,
            "SIDEKICK_FULL_URL": f"http://127.0.0.1:{listener.getsockname()[1]}",
            "SIDEKICK_PROXY": between.address,
        }
        return subprocess.run(command, env=os.environ | variables).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]) if sys.argv[1:] else __doc__.splitlines()[0])
