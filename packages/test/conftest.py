"""What the tests of the packages share: the packages, and fresh Debian folders to install them in."""

import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from common import OUT, PACKAGES, ROOT, TARGETS, VERSION, WORK  # noqa: E402

DIGIT = ROOT / "examples/data/digits/digit-7-0081.png"
ANSWER = "7\n"
# A program in Python, with the address filled in.
PREDICT = """
import sidekick
client = sidekick.Deployment(url="@URL@", token="digits-token")
digit = client.predict(image="seven.png")["digit"]
print(max(digit, key=digit.get))
"""
SUITES = {"debian-11": "bullseye", "debian-12": "bookworm"}

# What make dist was asked for.
PACKED = [target.name for target in TARGETS.values() if (OUT / target.archive).exists()]
_TIMES = pytest.StashKey()


def pytest_configure(config):
    config.stash[_TIMES] = []
    config.addinivalue_line("markers", "target(name): deselected if make dist was not asked for it")


def pytest_collection_modifyitems(config, items):
    """A test of packages for a target that make dist was not asked for is counted as deselected."""
    others = [item for item in items if {mark.args[0] for mark in item.iter_markers("target")} - set(PACKED)]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if item not in others]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item):
    """With the fixtures of the test: what a folder of Debian takes is counted with its first test."""
    began, used = time.monotonic(), _processor_time()
    yield
    item.config.stash[_TIMES].append((item.name, time.monotonic() - began, _processor_time() - used))


def pytest_terminal_summary(terminalreporter, config):
    for name, seconds, processor in config.stash[_TIMES]:
        if seconds >= 1:
            terminalreporter.write_line(f"{seconds:4.0f} s, {processor:4.0f} s of CPU: {name}")


def _processor_time():
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


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


@pytest.fixture(scope="session", autouse=True)
def makers(request):
    """What makes the Debian folders, if a test needs them: side by side, while other tests run."""
    wanted = SUITES if any("debian" in item.fixturenames for item in request.session.items) else {}
    command = PACKAGES / "test/debian-folder"
    return {name: subprocess.Popen([command, suite, WORK / name]) for name, suite in wanted.items()}


@pytest.fixture(params=SUITES, scope="module")
def debian(request, makers):
    """A fresh copy of a Debian folder with the test programs and the picture of a seven."""
    base = WORK / request.param
    assert makers[request.param].wait() == 0, "no Debian folder"
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
