"""The installed package itself."""

import inspect
import os
import re
import subprocess
import sys
import sysconfig
from importlib.metadata import distribution

import sidekick
from served import ROOT


def test_the_wheel_is_of_this_platform_and_any_python_3():
    installed = distribution("libsidekick")
    platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    wheel = installed.read_text("WHEEL")
    assert f"Tag: py3-none-{platform}\n" in wheel and "Root-Is-Purelib: false" in wheel
    names = {file.name for file in installed.files}
    assert "py.typed" in names and any(re.fullmatch(r"(lib)?sidekick\.(so|dylib|dll)", name) for name in names)
    assert installed.version == sidekick.__version__
    assert all("extra ==" in requirement for requirement in installed.requires)


def test_the_version_is_the_repositorys():
    assert f'version = "{sidekick.__version__}"' in (ROOT / "Cargo.toml").read_text()


def test_building_leaves_nothing_among_the_sources():
    sources = ROOT / "bindings" / "python"
    assert not [
        path for path in sources.rglob("*") if path.suffix in (".so", ".egg-info", ".whl") or path.name == "build"
    ]


def test_a_library_that_cannot_be_loaded_is_told():
    environment = {**os.environ, "SIDEKICK_LIBRARY": "/nowhere.so"}
    ended = subprocess.run([sys.executable, "-c", "import sidekick"], capture_output=True, text=True, env=environment)
    assert ended.stderr.splitlines()[-1].startswith("ImportError: libsidekick cannot be loaded: /nowhere.so")


def test_a_build_without_cargo_says_so_in_its_first_lines(tmp_path):
    environment = {**os.environ, "PATH": str(tmp_path)}
    environment.pop("SIDEKICK_LIBRARY", None)
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--disable-pip-version-check", "-w", tmp_path]
    ended = subprocess.run([*command, ROOT / "bindings" / "python"], capture_output=True, text=True, env=environment)
    assert ended.returncode == 1
    said = ended.stderr.partition("lines of output]")[2].strip().splitlines()
    assert "cargo was not found" in said[0] and "Install Rust" in said[1]


def test_every_public_item_is_documented():
    for name in sidekick.__all__:
        item = getattr(sidekick, name)
        members = [member for key, member in vars(item).items() if not key.startswith("_")]
        for documented in [item, *(each for each in members if callable(each) or isinstance(each, property))]:
            assert inspect.getdoc(documented), documented


def test_functions_are_declared_as_the_header_has_them():
    from sidekick import _library

    header = (ROOT / "include" / "sidekick.h").read_text(encoding="utf-8")
    # Its comments show calls.
    header = re.sub(r"/\*.*?\*/", "", header, flags=re.DOTALL)
    declared = {name: arguments for name, arguments in re.findall(r"\b(sidekick_\w+)\(([^)]*)\);", header)}
    for name, takes in _library._CALLS.items():
        arguments = declared[name].split(",")
        assert "sidekick_error **error" in arguments[-1]
        assert len(arguments) == len(takes) + 1, name
    for name, (takes, _) in _library._GETTERS.items():
        expected = 0 if declared[name] == "void" else len(declared[name].split(","))
        assert expected == len(takes), name


def test_kinds_of_records_are_the_headers():
    from sidekick import _records

    header = (ROOT / "include" / "sidekick.h").read_text(encoding="utf-8")
    kinds = {name: int(kind) for name, kind in re.findall(r"#define SIDEKICK_RECORD_(\w+) (\d+)", header)}
    own = {name: getattr(_records, "_END_ROW" if name == "END_ROW" else name, None) for name in kinds}
    # A binary value goes out as an integer or a category.
    assert kinds.pop("BINARY") == 4 and own.pop("BINARY") is None
    assert own == kinds and len(own) == 7


def test_integers_beyond_signed_ones_are_packed_without_loss():
    from sidekick import _records

    pack = _records.packer(3, "numeric", {})
    for integer in ((1 << 63) + 1, (1 << 64) - 1):
        record = _records.head(_records.UNSIGNED, 3, 8) + integer.to_bytes(8, sys.byteorder)
        assert pack(integer) == record
    assert pack(1 << 64).startswith(_records.head(_records.NUMBER, 3, 8))
