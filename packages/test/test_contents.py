"""What is in the packages: nothing of this machine, nothing too much, the same bytes each time."""

import json
import re
import tarfile
import zipfile
from pathlib import Path

import pytest
from conftest import PACKED, ROOT, run

from common import ABI, TARGETS, WORK, host
from crates import names

TOOLS = WORK / "venv/bin"
LIBRARIES = [TARGETS[name] for name in PACKED]


def sums(dist):
    lines = (dist / "SHA256SUMS").read_text().splitlines()
    return {name: digest for digest, name in (line.split("  ") for line in lines)}


def test_checksums_are_those_of_all_files(dist):
    run("sha256sum", "--check", "--strict", "SHA256SUMS", cwd=dist)
    files = {str(path.relative_to(dist)) for path in dist.rglob("*") if path.is_file()}
    assert files == {*sums(dist), "SHA256SUMS"}


def test_every_kind_of_package_is_there(dist, version):
    expected = {f"crates/{name}-{version}.crate" for name in names()}
    expected |= {target.archive for target in LIBRARIES}
    expected |= {f"libsidekick-{version}-sources.tar.gz", f"libsidekick-go-{version}.tar.gz"}
    expected |= {f"libsidekick-{version}.tar.gz", f"libsidekick-{version}.tgz"}
    expected |= {"conan/conanfile.py", "conan/conandata.yml", "homebrew/libsidekick.rb"}
    expected |= {"vcpkg/libsidekick/portfile.cmake", "vcpkg/libsidekick/vcpkg.json"}
    for target in (target for target in LIBRARIES if target.library):
        older = target.python.replace("_2_17_", "2014_")
        tag = target.python if older == target.python else f"{older}.{target.python}"
        expected.add(f"libsidekick-{version}-py3-none-{tag}.whl")
    for target in (target for target in LIBRARIES if target.debian):
        programs = ["sidekick", "sidekick-server"] if target.name == host() else []
        for name in [f"libsidekick{ABI}", "libsidekick-dev", *programs]:
            expected.add(f"{name}_{version}_{target.debian}.deb")
    assert expected - set(sums(dist)) == set()


def test_packing_again_gives_the_same_bytes(dist, tmp_path):
    before = sums(dist)
    run("python3", ROOT / "packages/dist.py", "--no-build", *PACKED)
    after = sums(dist)
    assert [name for name in before if before[name] != after.get(name)] == []


@pytest.mark.parametrize("target", LIBRARIES, ids=lambda target: target.name)
def test_no_path_of_this_machine_is_in_a_binary(target):
    homes = [str(ROOT).encode(), str(Path.home()).encode() + b"/"]
    for binary in target.built.iterdir():
        content = binary.read_bytes()
        assert [home for home in homes if home in content] == [], binary


@pytest.mark.parametrize("target", [each for each in LIBRARIES if each.glibc], ids=lambda target: target.name)
def test_binaries_need_an_old_glibc_and_nothing_else(target):
    for binary in [target.built / "libsidekick.so", *target.built.glob("sidekick-server")]:
        versions = re.findall(r"GLIBC_(\d+)\.(\d+)", run("readelf", "--dyn-syms", "-W", binary))
        assert max((int(major), int(minor)) for major, minor in versions) <= (2, 17), binary
        needed = re.findall(r"NEEDED.*\[(.*)\]", run("readelf", "-d", binary))
        stranger = [
            name
            for name in needed
            if not re.match(r"(libc|libm|libdl|libpthread|librt|ld-linux.*)\.so", name)
        ]
        assert stranger == [], binary


@pytest.mark.parametrize("target", [each for each in LIBRARIES if each.glibc], ids=lambda target: target.name)
def test_the_shared_library_exports_the_functions_alone(target):
    symbols = run("readelf", "--dyn-syms", "-W", target.built / "libsidekick.so")
    exported = {
        line.split()[-1] for line in symbols.splitlines() if re.search(r"GLOBAL\s+DEFAULT\s+\d", line)
    }
    assert exported == set((ROOT / "bindings/c/symbols.txt").read_text().split())


def test_bills_of_materials_follow_their_schema(dist, version, tmp_path):
    validate = (
        "import sys; from cyclonedx.schema import SchemaVersion;"
        "from cyclonedx.validation.json import JsonStrictValidator;"
        "print(JsonStrictValidator(SchemaVersion.V1_5).validate_str(open(sys.argv[1]).read()))"
    )
    with tarfile.open(dist / f"libsidekick-{version}-x86_64-linux.tar.gz") as archive:
        archive.extractall(tmp_path)
    bills = sorted(tmp_path.rglob("*.cdx.json"))
    assert {path.name for path in bills} == {"libsidekick.cdx.json", "programs.cdx.json"}
    for path in bills:
        assert run(TOOLS / "python", "-c", validate, path).strip() == "None"
    library = {component["name"] for component in json.loads(bills[0].read_text())["components"]}
    assert {"libsidekick", "sidekick", "sidekick-numbers", "rustls", "ring"} <= library
    # What only tests and builds use is not in the library.
    assert not {"proptest", "cbindgen", "axum", "rten"} & library


def test_every_crate_in_a_binary_has_its_licence(dist, version, tmp_path):
    with tarfile.open(dist / f"libsidekick-{version}-x86_64-linux.tar.gz") as archive:
        archive.extractall(tmp_path)
    for file in tmp_path.rglob("LICENSE-THIRD-PARTY.txt"):
        head, *texts = file.read_text().split("\n\n" + "=" * 100)
        listed = [line.partition(":")[0] for line in head.splitlines()[2:]]
        without = [
            name for name in listed if not any(name in text.splitlines()[1] for text in texts if text.strip())
        ]
        # These have the licence in their manifest alone.
        assert len(listed) > 30 and len(without) <= 12, without


@pytest.mark.parametrize("name", names())
def test_crates_have_sources_and_licences_alone(name):
    files = run("cargo", "package", "--list", "--allow-dirty", "-p", name, cwd=ROOT).split()
    known = (
        r"src/.*|include/.*\.h|build\.rs|build/\w+\.rs|cbindgen\.toml|"
        r"Cargo\.(toml|toml\.orig|lock)|\.cargo_vcs_info\.json"
    )
    strangers = [
        file for file in files if not re.fullmatch(rf"{known}|README\.md|CHANGELOG\.md|LICENSE-\w+", file)
    ]
    assert strangers == []
    assert {"LICENSE-MIT", "LICENSE-APACHE", "Cargo.toml"} <= set(files)
    assert len(files) <= 200


def test_twine_and_auditwheel_are_content(dist, version):
    files = [*dist.glob("*.whl"), dist / f"libsidekick-{version}.tar.gz"]
    assert len(files) >= 2
    assert "WARNING" not in run(TOOLS / "twine", "check", "--strict", *files)
    for wheel in dist.glob("*manylinux*.whl"):
        tag = re.search(r"manylinux_2_17_(\w+)\.whl", wheel.name).group(0)[:-4]
        shown = run(TOOLS / "auditwheel", "show", wheel)
        assert f'consistent with the following platform tag:\n"{tag}"' in re.sub(
            r"\s*\n\s*", "\n", shown
        ), shown


def test_wheels_have_modules_library_types_and_licences(dist):
    for wheel in dist.glob("*.whl"):
        names = zipfile.ZipFile(wheel).namelist()
        library = "sidekick.dll" if "win_amd64" in wheel.name else "libsidekick.so"
        for name in ("__init__.py", "py.typed", library):
            assert f"sidekick/{name}" in names
        assert len([name for name in names if "/licenses/LICENSE-" in name]) == 3


def test_lintian_is_content(dist):
    files = sorted(dist.glob("*.deb"))
    assert len(files) >= 3
    said = run("lintian", "--fail-on", "error,warning", *files)
    assert said == "", said


def test_the_source_distribution_is_small(dist, version, tmp_path):
    with tarfile.open(dist / f"libsidekick-{version}.tar.gz") as archive:
        archive.extractall(tmp_path)
    sources = tmp_path / f"libsidekick-{version}"
    assert not list(sources.rglob("tests")) and len(list(sources.rglob("*"))) < 400
