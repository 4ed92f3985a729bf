"""The programs that are measured against each other: how they are built, and run."""

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import NamedTuple

from workloads import DEPLOYMENT_API, OPEN_INFERENCE

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "benches" / "clients"
OUT = ROOT / "target" / "bench"
DATA = OUT / "data"
BIN = OUT / "bin"
RUST = OUT / "rust" / "release"
LIBRARY = ROOT / "target" / "release"

# yyjson is no Debian package; the source of this Python package holds its C source as it stands.
YYJSON_PACKAGE = "vtx-yyjson==4.4.0"
PEER_LIBRARIES = ["-lcurl", "-lpng", "-lturbojpeg"]
# Where the programs find their data, and those in Python the library.
ENVIRONMENT = {
    **os.environ,
    "SIDEKICK_BENCH_DATA": str(DATA),
    "SIDEKICK_LIBRARY": str(LIBRARY / "libsidekick.so"),
    "PYTHONPATH": str(ROOT / "bindings" / "python"),
}


class Client(NamedTuple):
    """A program: `ours`, a `peer`, or the `floor` in the tables. `protocols` are those that it speaks."""

    name: str
    role: str
    command: list
    protocols: tuple = (DEPLOYMENT_API,)


C, CPP, GO, PYTHON = (f"libsidekick {language}" for language in ("C", "C++", "Go", "Python"))
# The one that does not read what comes back.
FLOOR = "floor"
# The raw socket after one copy of the values.
RAW_COPY = "C: raw socket, one copy"
LIBCURL = "C: libcurl by hand"
# Built from its source, if somebody has it.
TRITON = "C++: Triton's client"
TRITON_PROGRAM = BIN / "peer-triton"
TENSORS, BOTH = (OPEN_INFERENCE,), (DEPLOYMENT_API, OPEN_INFERENCE)
CLIENTS = [
    Client(FLOOR, "floor", [RUST / "floor"]),
    Client("C: raw socket", "floor", [BIN / "raw-socket"], TENSORS),
    Client(RAW_COPY, "floor", [BIN / "raw-socket-copy"], TENSORS),
    Client(C, "ours", [BIN / "sidekick-c"], BOTH),
    Client(CPP, "ours", [BIN / "sidekick-cpp"], BOTH),
    Client(GO, "ours", [BIN / "sidekick-go"], BOTH),
    Client(PYTHON, "ours", [sys.executable, SOURCES / "sidekick_python.py"], BOTH),
    Client("C: libcurl + yyjson", "peer", [BIN / "peer-c"]),
    Client("C++: libcurl + nlohmann", "peer", [BIN / "peer-cpp"]),
    Client("Go: net/http + json", "peer", [BIN / "peer-go"]),
    Client("Rust: ureq + typed serde", "peer", [RUST / "peer-ureq-serde"]),
    Client("Rust: ureq + serde_json Value", "peer", [RUST / "peer-ureq-value"]),
    Client("Python: requests + json", "peer", [sys.executable, SOURCES / "peer_requests.py"]),
    Client(LIBCURL, "peer", [BIN / "peer-tensors"], TENSORS),
    Client(TRITON, "peer", [TRITON_PROGRAM], TENSORS),
    Client("Python: tritonclient", "peer", [sys.executable, SOURCES / "peer_tritonclient.py"], TENSORS),
]
SERVER = RUST / "canned-server"


def build(triton_source):
    """Builds every program; needs the library in `target/release`. `triton_source` is the folder of Triton's client
    and what it includes; None without it.
    """
    BIN.mkdir(parents=True, exist_ok=True)
    build_c_and_cpp(fetch_yyjson())
    build_go()
    TRITON_PROGRAM.unlink(missing_ok=True)
    if triton_source:
        build_triton(triton_source)
    manifest = ROOT / "benches" / "rust" / "Cargo.toml"
    run(["cargo", "build", "-q", "--release", "--locked", "--manifest-path", manifest, "--target-dir", OUT / "rust"])


def build_c_and_cpp(yyjson):
    flags = ["-O2", "-DNDEBUG", "-Wall", "-Wextra"]
    c, cpp = ["cc", "-std=gnu11", *flags], ["c++", "-std=c++17", *flags]
    ours = ["-I", ROOT / "include", "-I", ROOT / "bindings" / "cpp", *library_flags()]
    run([*c, SOURCES / "sidekick.c", *ours, "-o", BIN / "sidekick-c"])
    run([*cpp, SOURCES / "sidekick.cpp", *ours, "-o", BIN / "sidekick-cpp"])
    run([*c, "-I", yyjson, SOURCES / "peer-curl-yyjson.c", yyjson / "yyjson.c", *PEER_LIBRARIES, "-o", BIN / "peer-c"])
    tensors = [SOURCES / "peer-curl-tensors.c", yyjson / "yyjson.c"]
    run([*c, "-I", yyjson, *tensors, "-lcurl", "-o", BIN / "peer-tensors"])
    run([*c, SOURCES / "raw-socket.c", "-o", BIN / "raw-socket"])
    run([*c, "-DCOPY_FIRST", SOURCES / "raw-socket.c", "-o", BIN / "raw-socket-copy"])
    run([*cpp, SOURCES / "peer-curl-nlohmann.cpp", *PEER_LIBRARIES, "-o", BIN / "peer-cpp"])


def build_go():
    # The library as pkg-config finds it when it is installed.
    lines = ["Name: sidekick", "Description: libsidekick, where it was built", "Version: 0"]
    lines += [f"Cflags: -I{ROOT / 'include'}", f"Libs: {' '.join(map(str, library_flags()))}", ""]
    (OUT / "sidekick.pc").write_text("\n".join(lines))
    # A cache of its own: Go does not see that pkg-config says something else than when it filled its cache.
    environment = {**os.environ, "PKG_CONFIG_PATH": str(OUT), "GOCACHE": str(OUT / "go-cache")}
    for name, package in (("sidekick-go", "./sidekick"), ("peer-go", "./peer")):
        run(["go", "build", "-o", BIN / name, package], cwd=SOURCES / "go", env=environment)


def build_triton(source):
    """Triton's client needs rapidjson besides; its warnings are its own."""
    client, common = source / "client" / "src" / "c++" / "library", source / "common" / "include"
    files = [client / name for name in ("http_client.cc", "common.cc", "cencode.cc")]
    flags = ["-std=c++17", "-O2", "-DNDEBUG", "-w", "-I", client, "-I", common]
    run(["c++", *flags, SOURCES / "peer-triton.cpp", *files, "-lcurl", "-pthread", "-o", TRITON_PROGRAM])


def library_flags():
    return [f"-L{LIBRARY}", f"-Wl,-rpath,{LIBRARY}", "-lsidekick"]


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


def takes_part(workload, client, turn=0):
    """Whether a client has this turn of a round: only the library has requests side by side; C alone shows
    what is left.
    """
    if workload.protocol not in client.protocols or client.name == TRITON and not TRITON_PROGRAM.exists():
        return False
    has_turn = turn < workload.repeats or client.role != "peer"
    return has_turn and {"all": True, "ours": client.role == "ours", "C": client.name == C}[workload.clients]


def run_client(url, workload, client, requests, cores=None):
    """What a client prints of a workload at a server; it keeps to these cores of the machine."""
    # Whether values are added one by one or in columns is for those to choose who can.
    kind = workload.kind if client.role == "ours" else workload.kind.removesuffix("-values")
    task = [kind, url + workload.path, workload.rows, requests]
    task += [workload.in_flight] if workload.in_flight else []
    # A shell between, because a process takes over the peak memory of the one it was forked from.
    command = ["/bin/sh", "-c", '"$@"; exit $?', "sh", *(str(part) for part in [*client.command, *task])]
    keep = (lambda: os.sched_setaffinity(0, cores)) if cores else None
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, preexec_fn=keep)
    if done.returncode != 0:
        sys.exit(f"{client.name} failed at {workload.name}: {done.stderr.strip()}")
    return json.loads(done.stdout)
