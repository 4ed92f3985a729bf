"""The engines: what each needs, how its models are laid out, and how it is started and stopped."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import numpy
import onnx
from models import MODELS, Model, Tensors

HERE = Path(__file__).resolve().parent
BUILD = HERE.parents[1] / "target" / "engines"
# The models that MLServer serves by its scikit-learn runtime.
LEARNED = ("table", "iris")
# The table that these models learned from.
FLOWERS = BUILD / "flowers.csv"
# How long an engine may take until it is ready, and until it has stopped, in seconds.
START_SECONDS, STOP_SECONDS = 180, 20


class Failed(Exception):
    """What the run needs and has not, as one line; `log` is shown below it."""

    def __init__(self, line: str, log: str = "") -> None:
        super().__init__(line)
        self.log = log


class Engine:
    """One engine, installed in a virtual environment of its own."""

    name: str
    title: str
    # The package whose version is the engine's.
    package: str

    def __init__(self) -> None:
        self.folder = BUILD / self.name
        self.python = self.folder / "venv" / "bin" / "python"
        self.repository = self.folder / "models"
        self.log = self.folder / "log"

    def install(self) -> None:
        """Installs the engine, unless just these packages are there."""
        wanted = HERE / self.name / "requirements.txt"
        installed = self.folder / "installed.txt"
        if installed.exists() and installed.read_bytes() == wanted.read_bytes():
            return
        if not (3, 11) <= sys.version_info[:2] <= (3, 12):
            raise Failed(f"{self.name}: its packages need Python 3.11 or 3.12, and this is {sys.version.split()[0]}")
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        print(f"{self.name}: installing into {self.folder}", flush=True)
        run([sys.executable, "-m", "venv", str(self.folder / "venv")], f"{self.name}: python3 -m venv failed")
        pip = [str(self.python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps"]
        run([*pip, "-r", str(wanted)], f"{self.name}: pip install failed")
        shutil.copy(wanted, installed)

    def prepare(self) -> None:
        """Lays out the models and their configuration."""

    def command(self, port: int) -> list[str]:
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        return {}

    def settings(self) -> dict[str, str]:
        """The whole environment of the engine."""
        return {**os.environ, "no_proxy": "*", **weights("digits"), **weights("penguins"), **self.environment()}

    def described(self, url: str) -> str:
        """The engine's version, as it reports it."""
        return json.loads(get(f"{url}/v2"))["version"]

    @contextmanager
    def started(self) -> Generator[str, None, None]:
        """Runs the engine on a free port of this machine, and gives its URL once it is ready."""
        shutil.rmtree(self.repository, ignore_errors=True)
        self.log.unlink(missing_ok=True)
        self.prepare()
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        process = self.spawn(self.command(port), self.settings())
        try:
            self.wait_until_ready(process, url)
            yield url
        finally:
            stop(process)

    def spawn(self, command: list[str], environment: dict[str, str]) -> subprocess.Popen:
        with self.log.open("a") as log:
            options = {"stdout": log, "stderr": log, "env": environment, "cwd": self.folder}
            try:
                return subprocess.Popen(command, start_new_session=True, **options)
            except OSError as error:
                raise Failed(f"{self.name}: {command[0]} does not start: {error}") from None

    def wait_until_ready(self, process: subprocess.Popen, url: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        names = [name for name, model in MODELS.items() if self.name not in model.not_on]
        waiting = [f"{url}/v2/health/ready", *(f"{url}/v2/models/{name}/ready" for name in names)]
        while waiting:
            if process.poll() is not None:
                raise Failed(f"{self.name}: the server ended with status {process.returncode}", self.log.read_text())
            if time.monotonic() > deadline:
                why = f"{self.name}: not ready after {START_SECONDS} seconds: {waiting[0]}"
                raise Failed(why, self.log.read_text())
            if get(waiting[0]) is None:
                time.sleep(0.2)
            else:
                waiting.pop(0)


class Triton(Engine):
    name, title, package = "triton", "Triton", "nvidia-pytriton"

    def prepare(self) -> None:
        server = self.server()
        # The backend's stub is that of the Python that runs the models.
        backend = self.folder / "backends" / "python"
        shutil.rmtree(backend, ignore_errors=True)
        shutil.copytree(server / "backends" / "python", backend)
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        shutil.copy(server / "python_backend_stubs" / version / "triton_python_backend_stub", backend)
        for name, model in MODELS.items():
            folder = self.repository / name
            for place in model.versions:
                (folder / place).mkdir(parents=True)
                for source in (HERE / "triton" / "model.py", HERE / "models.py"):
                    shutil.copy(source, folder / place)
            (folder / "config.pbtxt").write_text(config(name, model))

    def server(self) -> Path:
        (found,) = self.folder.glob("venv/lib/python3*/site-packages/pytriton/tritonserver")
        return found

    def command(self, port: int) -> list[str]:
        options = {
            "model-repository": self.repository,
            "backend-directory": self.folder / "backends",
            "http-address": "127.0.0.1",
            "http-port": port,
            "allow-grpc": "false",
            "allow-metrics": "false",
            "exit-timeout-secs": 2,
        }
        return [str(self.server() / "bin" / "tritonserver"), *(f"--{name}={value}" for name, value in options.items())]

    def environment(self) -> dict[str, str]:
        # The backend runs the Python that is found first.
        libraries = self.server().parents[1] / "nvidia_pytriton.libs"
        return {"PATH": f"{self.python.parent}:{os.environ['PATH']}", "LD_LIBRARY_PATH": str(libraries)}


def config(name: str, model: Model) -> str:
    """Triton's configuration of a model."""
    lines = ['backend: "python"', f"max_batch_size: {model.most_rows}"]
    lines += tensor_blocks("input", model.inputs, model.optional) + tensor_blocks("output", model.outputs)
    # The call after a cancelled one does not wait for it.
    lines.append(f"instance_group [{{ kind: KIND_CPU, count: {2 if name == 'slow' else 1} }}]")
    lines.append("version_policy: { all {} }")
    return "\n".join(lines) + "\n"


def tensor_blocks(side: str, tensors: Tensors, optional: tuple[str, ...] = ()) -> list[str]:
    def block(name: str, kind: str, shape: list[int]) -> str:
        kind, more = {"BYTES": "STRING"}.get(kind, kind), ", optional: true" if name in optional else ""
        return f'{side} [{{ name: "{name}", data_type: TYPE_{kind}, dims: {shape}{more} }}]'

    return [block(name, kind, shape) for name, (kind, shape) in tensors.items()]


class MLServer(Engine):
    name, title, package = "mlserver", "MLServer", "mlserver"

    def prepare(self) -> None:
        for name, model in MODELS.items():
            if self.name in model.not_on:
                continue
            for version in model.versions:
                folder = self.repository / f"{name}-{version}"
                folder.mkdir(parents=True)
                (folder / "model-settings.json").write_text(model_settings(name, version, model))
        trained = [str(self.repository / f"{name}-1" / "model.joblib") for name in LEARNED]
        program = [str(self.python), str(HERE / "mlserver" / "train.py"), str(FLOWERS)]
        run([*program, *trained], "mlserver: training failed")

    def command(self, port: int) -> list[str]:
        settings = {
            "host": "127.0.0.1",
            "http_port": port,
            "grpc_port": free_port(),
            "metrics_endpoint": None,
            "parallel_workers": 0,
        }
        (self.repository / "settings.json").write_text(json.dumps(settings))
        return [str(self.python.parent / "mlserver"), "start", str(self.repository)]

    def environment(self) -> dict[str, str]:
        return {"PYTHONPATH": str(HERE / "mlserver")}


def model_settings(name: str, version: str, model: Model) -> str:
    """MLServer's settings of a model, a tensor in each line."""

    def listed(tensors: Tensors) -> str:
        axis = [-1] if model.most_rows else []
        lines = []
        for tensor, (kind, shape) in tensors.items():
            more = {"parameters": model.parameters[tensor]} if tensor in model.parameters else {}
            lines.append("    " + json.dumps({"name": tensor, "datatype": kind, "shape": axis + shape, **more}))
        return "[\n" + ",\n".join(lines) + "\n  ]"

    learned = name in LEARNED
    parameters = {"uri": "./model.joblib", "content_type": "pd"} if learned else {}
    members = {
        "name": json.dumps(name),
        "implementation": json.dumps("mlserver_sklearn.SKLearnModel" if learned else "runtime.Runtime"),
        "parameters": json.dumps({"version": version, **parameters}),
        "inputs": listed(model.inputs),
        "outputs": listed(model.outputs),
    }
    return "{\n" + ",\n".join(f'  "{key}": {text}' for key, text in members.items()) + "\n}\n"


class KServe(Engine):
    name, title, package = "kserve", "KServe", "kserve"

    def command(self, port: int) -> list[str]:
        return [str(self.python), str(HERE / "kserve" / "server.py"), str(port)]


ENGINES: dict[str, Engine] = {engine.name: engine for engine in (Triton(), MLServer(), KServe())}


def weights(name: str) -> dict[str, str]:
    """The variable that names the file with the weights of a model of the local server."""
    graph = onnx.load(str(HERE.parents[1] / "server" / "deployments" / name / "model.onnx")).graph
    file = BUILD / f"{name}.npz"
    numpy.savez(file, *(onnx.numpy_helper.to_array(tensor) for tensor in graph.initializer))
    return {f"{name.upper()}_WEIGHTS": str(file)}


def run(command: list[str], failure: str, **options) -> str:
    """What a command prints; where it fails, that is what the error shows."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    except OSError as error:
        raise Failed(f"{failure}: {error}") from None
    if done.returncode != 0:
        raise Failed(f"{failure} (status {done.returncode})", done.stdout)
    return done.stdout


def get(url: str) -> bytes | None:
    """What a server answers with status 200; None for anything else."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=10) as response:
            return response.read()
    except (OSError, urllib.error.URLError):
        return None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def stop(process: subprocess.Popen) -> None:
    """Ends a server and what it has started, which is a process group of its own."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
