"""Builds the wheel: the package, and the library that cargo builds from the repository this folder lies in.

SIDEKICK_LIBRARY names a built library to carry instead. A source distribution has the library's sources in `library`.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist
from setuptools.dist import Distribution

HERE = Path(__file__).resolve().parent
# Of a source distribution, and of the repository.
ROOT = HERE / "library" if (HERE / "library").is_dir() else HERE.parents[1]
MANIFEST = ROOT / "Cargo.toml"
# Beside cargo's own output, so that nothing is left among the sources.
BUILD = ROOT / "target" / "python"


def version():
    """The version of the library; this package has none of its own."""
    if not MANIFEST.is_file():
        raise SystemExit("sidekick is built from a clone of its repository: pip install ./bindings/python there")
    workspace = MANIFEST.read_text(encoding="utf-8").partition("[workspace.package]")[2]
    return re.search(r'^version = "(.*)"$', workspace, re.MULTILINE).group(1)


def require_cargo(commands):
    """Ends a build that lacks cargo before anything else is printed: the reason is in the first lines."""
    builds = {"dist_info", "bdist_wheel", "editable_wheel", "build", "build_py", "install", "develop"}
    if builds.isdisjoint(commands) or os.environ.get("SIDEKICK_LIBRARY") or shutil.which("cargo"):
        return
    raise SystemExit(
        "cargo was not found. This builds the library of libsidekick, which is written in Rust:\n"
        "Install Rust 1.89 or newer (https://rustup.rs), open a new terminal, and try again.\n"
        "Or install a wheel of libsidekick, which contains the library."
    )


def built_library():
    """The shared library, built by cargo unless the environment names one."""
    if named := os.environ.get("SIDEKICK_LIBRARY"):
        return Path(named)
    # As `make lib` does, to the letter, so that cargo finds what is built already.
    command = ["cargo", "rustc", "--release", "--package", "libsidekick", "--lib"]
    command.append("--message-format=json-render-diagnostics")
    command += ["--", "--print", "native-static-libs=target/release/native-static-libs"]
    # Rustc does not make the folder, and cargo makes it elsewhere if CARGO_TARGET_DIR says so.
    (ROOT / "target" / "release").mkdir(parents=True, exist_ok=True)
    try:
        built = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    except subprocess.CalledProcessError as failed:
        raise SystemExit(f"cargo build failed with status {failed.returncode}; its messages are above") from None
    messages = [json.loads(line) for line in built.stdout.splitlines()]
    files = [Path(name) for message in messages if is_library(message) for name in message["filenames"]]
    return next(file for file in files if file.suffix in (".so", ".dylib", ".dll"))


def is_library(message):
    """Whether a message of cargo's tells of the shared library."""
    if message["reason"] != "compiler-artifact":
        return False
    target = message["target"]
    return target["name"] == "sidekick" and "cdylib" in target["crate_types"]


class BuildWithLibrary(build_py):
    """Puts the library beside the modules."""

    def run(self):
        if not self.editable_mode:
            # What an earlier build left would go into the wheel.
            shutil.rmtree(self.build_lib, ignore_errors=True)
        super().run()
        folder = Path(__file__).parent if self.editable_mode else Path(self.build_lib)
        library = built_library()
        shutil.copyfile(library, folder / "sidekick" / library.name)


class PlatformWheel(bdist_wheel):
    """A wheel for this platform and any Python 3: nothing in it is compiled against Python."""

    def get_tag(self):
        platform = super().get_tag()[2]
        # The older name of the same, for the pip of old systems.
        older = platform.replace("manylinux_2_17_", "manylinux2014_")
        return "py3", "none", platform if older == platform else f"{older}.{platform}"


class SourcesWithLibrary(sdist):
    """Puts the library's sources into `library`, as far as building it needs them."""

    def make_release_tree(self, base_dir, files):
        super().make_release_tree(base_dir, files)
        base = Path(base_dir)
        for licence in base.glob("LICENSE-*"):
            # Links among the sources, and one to a link may be what was made.
            text = (HERE / licence.name).read_bytes()
            licence.unlink()
            licence.write_bytes(text)
        copy_library(base / "library")


def copy_library(folder):
    """The manifests, and what they name; without the server, which the library does not need."""
    for path in ROOT.glob("build/*.rs"):
        copy(path, folder / path.relative_to(ROOT))
    for name in ("build.rs", "Cargo.lock", "LICENSE-APACHE", "LICENSE-MIT", "README.md"):
        copy(ROOT / name, folder / name)
    for crate in [".", *(path.relative_to(ROOT) for path in sorted(ROOT.glob("crates/*")))]:
        for path in sorted((ROOT / crate / "src").rglob("*")):
            if path.is_file():
                copy(path, folder / path.relative_to(ROOT))
        manifest = (ROOT / crate / "Cargo.toml").read_text(encoding="utf-8")
        # Tests and examples stay in the repository, and cargo misses none that the manifest does not name.
        manifest = re.sub(r"\n\[\[(test|example)\]\]\n(.+\n)+", "", manifest)
        members = re.compile(r'^((default-)?members = \[.*"crates/\*"), .*\]$', re.MULTILINE)
        manifest = members.sub(r"\1]", manifest)
        (folder / crate / "Cargo.toml").write_text(manifest, encoding="utf-8")


def copy(source, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


class WithLibrary(Distribution):
    """Says that the package is not pure Python."""

    def has_ext_modules(self):
        return True


require_cargo(sys.argv)
BUILD.mkdir(parents=True, exist_ok=True)
# It holds absolute paths: setuptools refuses those of a clone that has been moved, or that is mounted
# elsewhere.
(BUILD / "sidekick.egg-info" / "SOURCES.txt").unlink(missing_ok=True)
setup(
    version=version(),
    distclass=WithLibrary,
    cmdclass={"build_py": BuildWithLibrary, "bdist_wheel": PlatformWheel, "sdist": SourcesWithLibrary},
    options={
        "build": {"build_base": str(BUILD / "build")},
        "egg_info": {"egg_base": str(BUILD)},
    },
)
