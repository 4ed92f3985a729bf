#!/usr/bin/env python3
"""Runs a command beside a real deployment server: with_server.py SERVER DIR... -- COMMAND...

Starts SERVER (the sidekick-server binary) on a free port with the deployment folders DIR..., waits until it is ready,
runs COMMAND with SIDEKICK_SERVER_URL=http://127.0.0.1:PORT in its environment, stops the server, and exits with the
command's status. A deployment ID is then at $SIDEKICK_SERVER_URL/deployment/ID/forward.
"""

import os
import signal
import subprocess
import sys


def start(server, folders):
    process = subprocess.Popen([server, "--listen", "127.0.0.1:0", *folders], stdout=subprocess.PIPE, text=True)
    url = None
    for line in process.stdout:
        words = line.split()
        if words[:2] == ["listening", "on"]:
            url = words[2]
        if words == ["ready"]:
            return process, url
    sys.exit(f"with_server.py: the server did not start (status {process.wait()})")


def main(arguments):
    if "--" not in arguments or arguments.index("--") < 2 or arguments[-1] == "--":
        sys.exit(__doc__.splitlines()[0])
    split = arguments.index("--")
    process, url = start(arguments[0], arguments[1:split])
    try:
        return subprocess.run(arguments[split + 1 :], env={**os.environ, "SIDEKICK_SERVER_URL": url}).returncode
    except OSError as error:
        return f"with_server.py: {error}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
