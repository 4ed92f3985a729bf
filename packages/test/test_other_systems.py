"""Programs for other systems, linked with the archives for them, and run here."""

import os
import shutil
import signal
import subprocess
import time

import pytest
from conftest import ANSWER, DIGIT, ROOT, run

from common import TARGETS, WORK

TOOLS = ROOT / "tests/targets"
PROGRAM = ROOT / "tests/install/consumer/classify.c"


def unpack(dist, name, *tools):
    """The folder of a target's archive; what builds and runs its programs is installed."""
    run(TOOLS / "install-tools", *tools)
    shutil.rmtree(WORK / "other" / name, ignore_errors=True)
    shutil.unpack_archive(dist / TARGETS[name].archive, WORK / "other" / name)
    (folder,) = (WORK / "other" / name).iterdir()
    return folder


def flags(folder, *how):
    """What pkg-config says of the folder."""
    there = {**os.environ, "PKG_CONFIG_PATH": str(folder / "lib/pkgconfig")}
    return run("pkg-config", *how, "sidekick", env=there).split()


def asks():
    return [f"{os.environ['SIDEKICK_SERVER_URL']}/deployment/digits/forward", DIGIT]


@pytest.mark.target("aarch64-linux")
def test_programs_for_arm_predict_under_qemu(dist):
    folder = unpack(dist, "aarch64-linux", "zig", "deb=qemu-user-static", "deb=libc6-arm64-cross")
    python = ROOT / "target/targets/venv/bin/python"
    zig = [python, "-m", "ziglang", "cc", "-target", "aarch64-linux-gnu.2.17"]
    qemu = ["qemu-aarch64-static", "-L", "/usr/aarch64-linux-gnu"]
    run(*zig, PROGRAM, *flags(folder, "--cflags", "--libs"), "-o", folder / "shared")
    assert run(*qemu, "-E", f"LD_LIBRARY_PATH={folder}/lib", folder / "shared", *asks()) == ANSWER
    libraries = [flag for flag in flags(folder, "--static", "--libs-only-l") if flag != "-lsidekick"]
    library = folder / "lib/libsidekick.a"
    run(*zig, PROGRAM, *flags(folder, "--cflags"), library, *libraries, "-o", folder / "static")
    assert run(*qemu, folder / "static", *asks()) == ANSWER


def wine():
    """What programs for Windows run with: wine's folder, and in it what wine lacks of Windows."""
    run("python3", "-c", "import windows; windows.prefix()", cwd=TOOLS)
    return {**os.environ, "WINEPREFIX": str(ROOT / "target/targets/wine"), "WINEDEBUG": "-all"}


@pytest.mark.target("windows-x64")
def test_programs_for_windows_predict_under_wine(dist):
    folder = unpack(dist, "windows-x64", "deb=gcc-mingw-w64-x86-64-posix", "deb=wine", "deb=wine64")
    gcc = ["x86_64-w64-mingw32-gcc", PROGRAM, *flags(folder, "--cflags")]
    run(*gcc, folder / "lib/libsidekick.dll.a", "-o", folder / "bin/shared.exe")
    libraries = [flag for flag in flags(folder, "--static", "--libs-only-l") if flag != "-lsidekick"]
    run(*gcc, folder / "lib/libsidekick.a", *libraries, "-o", folder / "static.exe")
    settings = wine()
    for program in (folder / "bin/shared.exe", folder / "static.exe"):
        assert run("wine", program, *asks(), env=settings).replace("\r", "") == ANSWER


@pytest.mark.target("windows-x64")
def test_the_command_line_for_windows_goes_on_after_it_was_killed(dist):
    folder = unpack(dist, "windows-x64", "deb=wine", "deb=wine64")
    url = f"{os.environ['SIDEKICK_SERVER_URL']}/deployment/penguins/forward"
    there = {"cwd": folder, "env": {**wine(), "SIDEKICK_URL": url, "SIDEKICK_TOKEN": "penguins-token"}}
    sidekick = ["wine", str(folder / "bin/sidekick.exe")]
    assert "bill length (mm)" in run(*sidekick, "describe", **there)
    header, *rows = (ROOT / "examples/data/penguins.csv").read_text().splitlines()
    (folder / "in.csv").write_text("\n".join([header, *rows * 30]) + "\n")
    predict = [*sidekick, "predict", "in.csv", "--quiet", "--keep-all", "--batch-rows", "50", "-o"]
    run(*predict, "whole.csv", **there)
    whole, output = (folder / "whole.csv").read_bytes(), folder / "out.csv"
    killed = subprocess.Popen([*predict, "out.csv", "--resume"], **there)
    while killed.poll() is None and not (output.exists() and output.stat().st_size > len(whole) / 4):
        time.sleep(0.01)
    killed.kill()
    assert killed.wait() == -signal.SIGKILL and whole.startswith(output.read_bytes())
    run(*predict, "out.csv", "--resume", **there)
    assert output.read_bytes() == whole
    there["env"]["SIDEKICK_TOKEN"] = "wrong"
    assert subprocess.run([*sidekick, "describe"], **there).returncode == 4
