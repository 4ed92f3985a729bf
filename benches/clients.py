"""The programs that are measured against each other, and how they are built."""

import subprocess
import sys
import tarfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "benches" / "clients"
OUT = ROOT / "target" / "bench"
BIN = OUT / "bin"
RUST = OUT / "rust" / "release"
LIBRARY = ROOT / "target" / "release"

# yyjson is no Debian package; the source of this Python package holds its C source as it stands.
YYJSON_PACKAGE = "vtx-yyjson==4.4.0"
PEER_LIBRARIES = ["-lcurl", "-lpng", "-lturbojpeg"]


class Client(NamedTuple):
    """A program, and what it is in the tables: `ours`, a `peer`, or the `floor`."""

    name: str
    role: str
    command: list


CLIENTS = [
    Client("floor", "floor", [RUST / "floor"]),
    Client("libsidekick C", "ours", [BIN / "sidekick-c"]),
    Client("C: libcurl + yyjson", "peer", [BIN / "peer-c"]),
    Client("C++: libcurl + nlohmann", "peer", [BIN / "peer-cpp"]),
    Client("Go: net/http + json", "peer", [BIN / "peer-go"]),
    Client("Rust: ureq + serde_json", "peer", [RUST / "peer-ureq"]),
    Client("Python: requests + json", "peer", [sys.executable, SOURCES / "peer_requests.py"]),
]
SERVER = RUST / "canned-server"


def build():
    """Builds every program; needs the library in `target/release`."""
    BIN.mkdir(parents=True, exist_ok=True)
    yyjson = fetch_yyjson()
    c = ["cc", "-std=gnu11", "-O2", "-Wall", "-Wextra"]
    ours = ["-I", ROOT / "include", "-L", LIBRARY, f"-Wl,-rpath,{LIBRARY}", "-lsidekick"]
    run([*c, SOURCES / "sidekick.c", *ours, "-o", BIN / "sidekick-c"])
    run([*c, "-I", yyjson, SOURCES / "peer-curl-yyjson.c", yyjson / "yyjson.c", *PEER_LIBRARIES, "-o", BIN / "peer-c"])
    cpp = ["c++", "-std=c++17", "-O2", "-Wall", "-Wextra"]
    run([*cpp, SOURCES / "peer-curl-nlohmann.cpp", *PEER_LIBRARIES, "-o", BIN / "peer-cpp"])
    run(["go", "build", "-o", BIN / "peer-go", "."], cwd=SOURCES / "peer-go")
    manifest = ROOT / "benches" / "rust" / "Cargo.toml"
    run(["cargo", "build", "-q", "--release", "--locked", "--manifest-path", manifest, "--target-dir", OUT / "rust"])


def fetch_yyjson():
    """The folder of yyjson.c and yyjson.h."""
    folder = OUT / "yyjson"
    if not list(folder.glob("*.tar.gz")):
        pip = [sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps"]
        run([*pip, "--no-binary", ":all:", "--dest", folder, YYJSON_PACKAGE])
    with tarfile.open(next(folder.glob("*.tar.gz"))) as archive:
        for member in archive.getmembers():
            if Path(member.name).name in ("yyjson.c", "yyjson.h"):
                member.name = Path(member.name).name
                archive.extract(member, folder, filter="data")
    return folder


def run(command, **options):
    subprocess.run([str(part) for part in command], check=True, **options)
