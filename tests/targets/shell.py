"""Commands, folders and tools that all steps use."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / "target" / "targets"
VENV = TOOLS / "venv" / "bin"


class Failed(Exception):
    """A step that did not prove what it should."""


def install(*tools):
    subprocess.run([ROOT / "tests" / "targets" / "install-tools", *tools], check=True)


def run(command, cwd=ROOT, **environment):
    """Runs a command; its output, which is shown if it fails. Variables that are None are taken away."""
    variables = {**os.environ, **environment}
    variables = {name: str(value) for name, value in variables.items() if value is not None}
    done = subprocess.run([str(word) for word in command], cwd=cwd, env=variables, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    output = done.stdout.decode(errors="replace")
    if done.returncode:
        sys.stdout.write(output[-8000:])
        raise Failed(f"status {done.returncode} of {' '.join(map(str, command))}")
    return output


def require(holds, what):
    if not holds:
        raise Failed(what)
