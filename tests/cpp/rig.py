#!/usr/bin/env python3
"""Deployments that tell how they were asked, so that tests see what a setting does: rig.py COMMAND...

Runs COMMAND in the current folder and exits with its status. Its environment has SIDEKICK_RIG_URL (plain HTTP),
SIDEKICK_RIG_TLS_URL (TLS 1.2 alone, with the certificate `rig.pem` and the key `rig.key`, which are written to the
current folder) and SIDEKICK_RIG_FULL_URL (which takes no more connections), and SIDEKICK_RIG_PROXY, the address of
tests/proxy.py. Below the URLs, at /deployment/ID/forward:

| id | what it does |
|---|---|
| report | its reply to a request is a JSON object: headers, the client's port, the body's size, the client certificate |
| together | gives the most requests that were under way at once, as the value of each row |
| busy | answers 503 to every prediction |
| later | does so too, and asks to come back in two seconds |
| slow | says nothing for half a minute |
| large | replies with 100 000 zeros |
| renewed | takes the token `renewed` alone |
"""

import gzip
import json
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))
from proxy import proxy

NUMBER = {"value": {"x-peltarion": {"type": "numeric", "shape": [1]}}}
DESCRIPTION = {
    "openapi": "3.0.0",
    "paths": {"/deployment/{deploymentId}/forward": {"x-peltarion-tensorjson": True}},
    "components": {
        "schemas": {
            "input-row": {"properties": NUMBER},
            "output-row-batch": {"properties": {"rows": {"properties": NUMBER}}},
        }
    },
}
CONFIGURATION = """[req]
distinguished_name = name
x509_extensions = extensions
prompt = no
[name]
CN = rig
[extensions]
basicConstraints = critical, CA:FALSE
subjectAltName = IP:127.0.0.1
"""


class Meter:
    """How many requests are under way, and were at most."""

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


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body leave together

    def log_message(self, *_):
        pass

    def answer(self, status, content, **headers):
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def refused(self, name):
        return name == "renewed" and self.headers["Authorization"] != "Bearer renewed"

    def do_GET(self):
        name = self.path.split("/")[2]
        self.answer(*((401, {"errorCode": "InvalidTokenError"}) if self.refused(name) else (200, DESCRIPTION)))

    def do_POST(self):
        name = self.path.split("/")[2]
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.refused(name):
            self.answer(401, {"errorCode": "InvalidTokenError"})
        else:
            getattr(self, name)(body)

    def report(self, body):
        packed = self.headers["Content-Encoding"] == "gzip"
        certificate = self.connection.getpeercert() if isinstance(self.connection, ssl.SSLSocket) else None
        told = [f"{name.lower()}: {value}" for name, value in self.headers.items() if name != "Authorization"]
        told += [f"port: {self.client_address[1]}", f"client certificate: {bool(certificate)}"]
        self.answer(200, {"told": told, "size": len(gzip.decompress(body) if packed else body)})

    renewed = report

    def together(self, body):
        with METER:
            time.sleep(0.2)
            self.answer(200, {"rows": [{"value": METER.most} for _ in json.loads(body)["rows"]]})

    def busy(self, _):
        self.answer(503, {})

    def later(self, _):
        self.answer(503, {}, Retry_After="2")

    def slow(self, _):
        time.sleep(30)
        self.answer(200, {"rows": []})

    def large(self, _):
        self.answer(200, bytes(100_000))


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass  # clients that hang up are part of the tests


def make_certificate():
    with open("rig.cnf", "w", encoding="ascii") as file:
        file.write(CONFIGURATION)
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "rig.key"]
    subprocess.run(
        ["openssl", "req", "-x509", "-config", "rig.cnf", *key, "-days", "2", "-out", "rig.pem"],
        check=True,
        capture_output=True,
    )


def start(tls=None):
    server = Server(("127.0.0.1", 0), Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"127.0.0.1:{server.server_address[1]}"


def tls_context():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain("rig.pem", "rig.key")
    context.load_verify_locations("rig.pem")
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
    make_certificate()
    listener, waiting = full()
    urls = {
        "SIDEKICK_RIG_URL": f"http://{start()}",
        "SIDEKICK_RIG_TLS_URL": f"https://{start(tls_context())}",
        "SIDEKICK_RIG_FULL_URL": f"http://127.0.0.1:{listener.getsockname()[1]}",
    }
    with proxy() as between:
        return subprocess.run(command, env={**os.environ, **urls, "SIDEKICK_RIG_PROXY": between.address}).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]) if sys.argv[1:] else __doc__.splitlines()[0])
