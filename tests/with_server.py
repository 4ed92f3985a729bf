#!/usr/bin/env python3
"""Runs a command beside a real deployment server: with_server.py SERVER DIR... -- COMMAND...

Starts SERVER (the sidekick-server binary) on a free port with the deployment folders DIR..., waits until it is ready,
runs COMMAND with SIDEKICK_SERVER_URL=http://127.0.0.1:PORT in its environment, stops the server, and exits with the
command's status. A deployment ID is then at $SIDEKICK_SERVER_URL/deployment/ID/forward.

What the command and the server say is passed on, and searched for the deployments' tokens: the status is 1 where one is
in it.
"""

import os
import signal
import subprocess
import sys
import threading


class Output:
    """A pipe that passes lines on to standard output, and keeps those that have a token in them."""

    def __init__(self):
        self.end, self.sink = os.pipe()
        self.tokens = []
        self.leaks = []
        self.reader = threading.Thread(target=self.pass_on, daemon=True)
        self.reader.start()

    def pass_on(self):
        with os.fdopen(self.end, "rb") as lines:
            for line in lines:
                sys.stdout.buffer.write(line)
                sys.stdout.buffer.flush()
                if any(token in line for token in self.tokens):
                    self.leaks.append(line)

    def finish(self):
        """Waits for what is still on its way, as long as nobody who was left behind holds the pipe."""
        os.close(self.sink)
        self.reader.join(5)


def start(server, folders, output):
    """The server's process and URL. Its ready lines are the one place that shows tokens."""
    command = [server, "--listen", "127.0.0.1:0", *folders]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=output.sink, text=True)
    url = None
    for line in process.stdout:
        words = line.split()
        if words[:2] == ["listening", "on"]:
            url = words[2]
        if words[:1] == ["deployment"]:
            output.tokens.append(words[3].encode())
        if words == ["ready"]:
            return process, url
    sys.exit(f"with_server.py: the server did not start (status {process.wait()})")


def run(command, url, output):
    environment = {**os.environ, "SIDEKICK_SERVER_URL": url}
    try:
        return subprocess.run(command, env=environment, stdout=output.sink, stderr=output.sink).returncode
    except OSError as error:
        return f"with_server.py: {error}"


def main(arguments):
    if "--" not in arguments or arguments.index("--") < 2 or arguments[-1] == "--":
        sys.exit(__doc__.splitlines()[0])
    split = arguments.index("--")
    output = Output()
    process, url = start(arguments[0], arguments[1:split], output)
    try:
        status = run(arguments[split + 1 :], url, output)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()
        output.finish()
    if output.leaks and not status:
        return f"with_server.py: a token is in what was said: {output.leaks[0].decode(errors='replace').rstrip()}"
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
