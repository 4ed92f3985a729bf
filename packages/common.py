"""What every package needs to know, and archives whose bytes depend on their contents alone."""

import gzip
import hashlib
import io
import os
import re
import subprocess
import tarfile
import time
import zipfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ROOT / "packages"
OUT = ROOT / "target" / "dist"
# The packages of the programs: the server and the command line.
COMMAND_LINE = "sidekick-cli"
PROGRAMS = ("sidekick-server", COMMAND_LINE)
# What is made on the way.
WORK = ROOT / "target" / "packages"


class Target(NamedTuple):
    """A system that packages are for, as each kind of package calls it."""

    name: str
    rust: str
    glibc: str
    """The oldest GNU C library that serves; empty for other systems."""
    debian: str
    python: str
    go: str
    node: str

    @property
    def is_windows(self):
        return "windows" in self.rust

    @property
    def library(self):
        """The file name of the shared library; empty if there is a static one alone."""
        if self.is_windows:
            return "sidekick.dll"
        return "libsidekick.so" if self.glibc else ""

    @property
    def archive(self):
        """The file name of its archive, as its system's users expect it."""
        return f"libsidekick-{VERSION}-{self.name}.{'zip' if self.is_windows else 'tar.gz'}"

    @property
    def has_programs(self):
        """Whether the server and the command line were built for it, too."""
        return all((self.built / name).exists() for name in ("sidekick", "sidekick-server"))

    @property
    def programs(self):
        """The packages of the programs that were built for it; the server is not for Windows."""
        if self.is_windows:
            return (COMMAND_LINE,)
        return PROGRAMS if self.has_programs else ()

    @property
    def built(self):
        """The folder of what was built for it."""
        return WORK / "built" / self.name


TARGETS = {
    target.name: target
    for target in (
        Target(
            *("x86_64-linux", "x86_64-unknown-linux-gnu", "2.17"),
            *("amd64", "manylinux_2_17_x86_64", "linux_amd64", "linux-x64"),
        ),
        Target(
            *("aarch64-linux", "aarch64-unknown-linux-gnu", "2.17"),
            *("arm64", "manylinux_2_17_aarch64", "linux_arm64", "linux-arm64"),
        ),
        Target("x86_64-linux-musl", "x86_64-unknown-linux-musl", "", "", "", "linux_amd64_musl", ""),
        Target("aarch64-linux-musl", "aarch64-unknown-linux-musl", "", "", "", "linux_arm64_musl", ""),
        Target(
            *("windows-x64", "x86_64-pc-windows-gnu", ""),
            *("", "win_amd64", "windows_amd64", "win32-x64"),
        ),
    )
}


def _version():
    workspace = (ROOT / "Cargo.toml").read_text(encoding="utf-8").partition("[workspace.package]")[2]
    return re.search(r'^version = "(.*)"$', workspace, re.MULTILINE).group(1)


VERSION = _version()
# The number of the soname, as build.rs makes it.
ABI = VERSION.rpartition(".")[0] if VERSION.startswith("0.") else VERSION.partition(".")[0]


def _epoch():
    """The time of everything: of the commit, if the environment does not say another."""
    if given := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(given)
    asked = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True)
    # Zip files know no time before 1980.
    return int(asked.stdout) if asked.returncode == 0 else 315532800


EPOCH = _epoch()
ENVIRONMENT = {**os.environ, "SOURCE_DATE_EPOCH": str(EPOCH), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def run(*command, cwd=ROOT, **environment):
    """What a command prints; everything it wrote is shown if it fails."""
    command = [str(part) for part in command]
    settings = {**ENVIRONMENT, **environment}
    ended = subprocess.run(command, cwd=cwd, env=settings, capture_output=True, text=True)
    if ended.returncode != 0:
        said = f"{ended.stdout}{ended.stderr}"
        raise SystemExit(f"{said}\n{' '.join(command)} failed with status {ended.returncode}")
    return ended.stdout


def host():
    """The name of the target that runs here."""
    return f"{os.uname().machine}-linux"


def tar(folder, file):
    """Writes a folder as FOLDER.tar.gz: names sorted, no owner, no time but EPOCH."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in [folder, *sorted(folder.rglob("*"))]:
            archive.add(path, path.relative_to(folder.parent), recursive=False, filter=_anonymous)
    with open(file, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=EPOCH) as packed:
        packed.write(content.getbuffer())


def zip(folder, file):
    """The same as FOLDER.zip, for systems without tar."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            member = zipfile.ZipInfo(str(path.relative_to(folder.parent)), time.gmtime(EPOCH)[:6])
            member.external_attr = (0o755 if path.stat().st_mode & 0o100 else 0o644) << 16
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, path.read_bytes())


def _anonymous(member):
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mtime = EPOCH
    member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
    return member


def sha256(file):
    return hashlib.sha256(file.read_bytes()).hexdigest()


def write(path, text, mode=0o644):
    """Writes a text file, and its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)


def fill(template, **words):
    """The text of a template with its @WORDS@ filled in."""
    text = template.read_text(encoding="utf-8")
    for word, value in {"VERSION": VERSION, "ABI": ABI, **words}.items():
        text = text.replace(f"@{word}@", str(value))
    if left := re.findall(r"@[A-Z_]+@", text):
        raise SystemExit(f"{template}: nothing is known of {left[0]}")
    return text
