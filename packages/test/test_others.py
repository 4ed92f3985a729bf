"""What is installed by npm, Conan and vcpkg, on this machine."""

import os
import re
import shutil
import tarfile

import pytest
from conftest import DIGIT, PACKAGES, ROOT, run

from common import TARGETS, WORK

TOOLS = WORK / "venv/bin"


def test_the_npm_package_is_installed_and_predicts(dist, version, tmp_path):
    (tmp_path / "package.json").write_text('{"name": "outside", "private": true}')
    run("npm", "install", "--silent", dist / f"libsidekick-{version}.tgz", cwd=tmp_path)
    for file in (ROOT / "tests/node").iterdir():
        shutil.copy(file, tmp_path)
    header = ROOT / "include/sidekick_ffi.h"
    env = {**os.environ, "SIDEKICK_DIGIT": str(DIGIT), "SIDEKICK_FFI": str(header)}
    said = run("node", "--test", cwd=tmp_path, env=env)
    assert "# fail 0" in said and "# pass 0" not in said
    assert "libsidekick.so" in os.listdir(tmp_path / "node_modules/libsidekick/lib/linux-x64")
    guide = (ROOT / "bindings/node/README.md").read_text(encoding="utf-8")
    guide = guide.replace("http://127.0.0.1:8000", os.environ["SIDEKICK_SERVER_URL"])
    shutil.copy(DIGIT, tmp_path / "digit-7-0081.png")
    for block in re.findall(r"^```js\n(.*?)^```$", guide, re.M | re.S):
        (tmp_path / "program.mjs").write_text(block)
        printed = run("node", "program.mjs", cwd=tmp_path)
        assert re.search(r"Adelie: 0\.99|^a 7,|\"Mars\" is none|^fine\nrow 1: |^3\n3\n1000$", printed), printed


@pytest.mark.parametrize("shared", ["True", "False"])
def test_conan_creates_the_package_offline(dist, version, tmp_path, shared):
    home = {**os.environ, "CONAN_HOME": str(tmp_path / "home")}
    # Conan builds the test program beside its sources.
    shutil.copytree(dist / "conan", tmp_path / "conan")
    shutil.copy(dist / TARGETS["x86_64-linux"].archive, tmp_path)
    run(TOOLS / "conan", "profile", "detect", env=home)
    run(TOOLS / "conan", "remote", "disable", "*", env=home)
    # What it prints is on standard error.
    create = ["sh", "-c", '"$@" 2>&1', "sh", TOOLS / "conan", "create"]
    said = run(*create, tmp_path / "conan", "-o", f"&:shared={shared}", env=home)
    assert f"\n{version}\n" in said


def test_the_vcpkg_port_installs_what_cmake_finds(dist, version, tmp_path):
    """With functions of vcpkg's names that do what the manual says: vcpkg itself is not here."""
    run(
        "cmake",
        f"-DPORT={dist}/vcpkg/libsidekick",
        f"-DOUT={tmp_path}",
        f"-DVERSION={version}",
        "-P",
        PACKAGES / "test/vcpkg.cmake",
    )
    installed = tmp_path / "packages"
    assert (installed / "share/sidekick/sidekickConfig.cmake").exists()
    assert (installed / "share/libsidekick/copyright").exists()
    assert not (installed / "lib/cmake").exists()
    build = ["cmake", "-S", ROOT / "tests/install/consumer", "-B", tmp_path / "build", f"-DWANTED={version}"]
    run(*build, f"-DCMAKE_PREFIX_PATH={installed}")
    run("cmake", "--build", tmp_path / "build", "--target", "shared_c")
    url = f"{os.environ['SIDEKICK_SERVER_URL']}/deployment/digits/forward"
    assert run(tmp_path / "build/shared_c", url, DIGIT) == "7\n"


def test_the_formula_is_ruby(dist):
    """It has never been run."""
    assert "Syntax OK" in run("ruby", "-c", dist / "homebrew/libsidekick.rb")
    assert "Never run" in (dist / "homebrew/libsidekick.rb").read_text()


def test_the_sources_archive_has_what_the_formula_builds(dist, version):
    with tarfile.open(dist / f"libsidekick-{version}-sources.tar.gz") as archive:
        names = set(archive.getnames())
    root = f"libsidekick-{version}"
    for name in (
        "Cargo.lock",
        "build.rs",
        "src/lib.rs",
        "include/sidekick.h",
        "server/Cargo.toml",
        "LICENSE-MIT",
    ):
        assert f"{root}/{name}" in names
