"""What the tests of the packages share: the packages, and fresh Debian folders to install them in."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from common import OUT, PACKAGES, ROOT, VERSION, WORK  # noqa: E402

DIGIT = ROOT / "examples/data/digits/digit-7-0081.png"
SUITES = {"debian-11": "bullseye", "debian-12": "bookworm"}


def run(*command, ok=True, **settings):
    """What a command prints; if it fails, its errors, too."""
    command = [str(part) for part in command]
    ended = subprocess.run(command, capture_output=True, text=True, **settings)
    said = f"{ended.stdout}{ended.stderr}"
    assert (ended.returncode == 0) == ok, f"{' '.join(command)}\n{said}"
    return ended.stdout if ok else said


class Folder:
    """A Debian of its own, without Rust, in which commands run as root. It shares this machine's loopback."""

    def __init__(self, path):
        self.path = path

    def sh(self, script, ok=True):
        """Runs a script in /build; its output."""
        environment = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/root",
        }
        environment["URL"] = f"{os.environ['SIDEKICK_SERVER_URL']}/deployment/digits/forward"
        return run("chroot", self.path, "sh", "-euc", f"cd /build\n{script}", ok=ok, env=environment)

    def put(self, file, name=None):
        target = self.path / "build" / (name or file.name)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)


@pytest.fixture(params=SUITES, scope="module")
def debian(request):
    """A fresh copy of a Debian folder with the test programs and the picture of a seven."""
    base = WORK / request.param
    run(PACKAGES / "test/debian-folder", SUITES[request.param], base)
    fresh = WORK / f"{request.param}-fresh"
    shutil.rmtree(fresh, ignore_errors=True)
    run("cp", "-a", "--reflink=auto", base, fresh)
    folder = Folder(fresh)
    for file in (ROOT / "tests/install/consumer").iterdir():
        folder.put(file)
    folder.put(DIGIT, "seven.png")
    assert "not found" in folder.sh("cargo --version; rustc --version", ok=False)
    yield folder
    shutil.rmtree(fresh)


@pytest.fixture
def dist():
    """The folder of the packages."""
    assert (OUT / "SHA256SUMS").exists(), "make dist first"
    return OUT


@pytest.fixture
def version():
    return VERSION
