"""What is proved of Windows: mingw-w64 builds it, and wine runs it."""

import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import steps
from build import ENVIRONMENT, SETTINGS, folder, link
from shell import ROOT, TOOLS, require, run

TESTS = ROOT / "tests"
EXAMPLES = ["classify_images", "count_languages", "denoise", "detect_language", "score_table", "try_model"]
# Without it, wine prints what it could not do for programs that do not need it.
WINE = {"WINEPREFIX": TOOLS / "wine", "WINEDEBUG": "-all", "WINEDLLOVERRIDES": "mscoree,mshtml="}
# These come with Windows; mingw-w64's own libraries do not.
SYSTEM_LIBRARIES = {"advapi32", "bcrypt", "bcryptprimitives", "crypt32", "kernel32", "msvcrt", "ncrypt", "ntdll",
                    "secur32", "user32", "userenv", "ws2_32"}
# The client's tests over a real socket, without those of what only Linux has: strace, /proc, a bounded memory.
CLIENT_TESTS = ["cancel", "connections", "framing", "isolation", "misbehaviour", "model_description", "open_inference",
                "open_inference_addresses", "open_inference_limits", "open_inference_servers", "open_inference_tensors",
                "real_server", "recorded", "resets", "settings", "stream", "token"]
# What a program links to load sidekick.dll. With STATIC, it loads no library of mingw-w64.
SHARED, STATIC = "libsidekick.dll.a", ["-static"]
# Tests of what Windows has not: fork, /proc, dlopen, signals.
UNIX_ALONE = {"test_signals.c", "test_transport_reload.c"}


def cargo(target, command, *arguments, **environment):
    """Cargo, with mingw-w64 as the linker."""
    command = ["cargo", command, *SETTINGS, "--target", target.triple, *arguments]
    return run(command, **ENVIRONMENT, **environment)


def compiler(target, language="gcc"):
    return f"{target.triple.split('-')[0]}-w64-mingw32-{language}"


def cc(target, sources, output, *arguments):
    """A C program; the library is in its folder."""
    warnings = ["-Wall", "-Wextra", "-pedantic", "-Werror"]
    flags = ["-std=c99", "-g", *warnings, *target.cflags, f"-I{ROOT / 'include'}"]
    run([compiler(target), *flags, *sources, "-o", output, *arguments])
    return output


def imports(target, program):
    """The libraries that a program loads at its start, without `.dll`."""
    headers = run([f"{target.triple.split('-')[0]}-w64-mingw32-objdump", "-p", program])
    return {name.lower() for name in re.findall(r"DLL Name: (.*)\.dll", headers, re.IGNORECASE)}


def builds(target):
    """Builds sidekick.dll, its import library and the static library."""
    libraries = folder(target) / "native-libs"
    cargo(target, "rustc", "-p", "libsidekick", "--lib", "--", "--print", f"native-static-libs={libraries}")
    for name in ["sidekick.dll", "libsidekick.dll.a", "libsidekick.a"]:
        link(ROOT / "target" / target.triple / "debug" / name, folder(target) / name)
    foreign = {name for name in imports(target, folder(target) / "sidekick.dll") if not name.startswith("api-ms-win-")}
    require(foreign <= SYSTEM_LIBRARIES, f"sidekick.dll needs {foreign - SYSTEM_LIBRARIES}")
    symbols = run([f"{target.triple.split('-')[0]}-w64-mingw32-nm", folder(target) / "libsidekick.dll.a"])
    # On x86, names begin with an underscore.
    exports = set(re.findall(r" T _?(\w+)$", symbols, re.MULTILINE))
    wanted = set((ROOT / "bindings" / "c" / "symbols.txt").read_text().split())
    require(exports == wanted, f"sidekick.dll has other exports than bindings/c/symbols.txt: {exports ^ wanted}")


def prefix():
    """Wine's own folder, with the one library of Windows that wine 8 lacks."""
    system = WINE["WINEPREFIX"] / "drive_c" / "windows" / "system32"
    if not (WINE["WINEPREFIX"] / "ready").exists():
        run(["wineboot", "-i"], **WINE)
        run(["x86_64-w64-mingw32-gcc", "-shared", "-O1", TESTS / "targets" / "bcryptprimitives.c", "-ladvapi32",
             "-o", system / "bcryptprimitives.dll"])
        (WINE["WINEPREFIX"] / "ready").touch()
    # What serves all programs starts here, and ends two minutes after the last one: it would keep their pipes open.
    in_background("wineserver", "-p120")
    in_background("wine", "cmd", "/c", "exit")


def in_background(*command):
    environment = {**os.environ, **{name: str(value) for name, value in WINE.items()}}
    nowhere = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run(command, env=environment, **nowhere)


def programs_link(target):
    """Every C example links with the shared library, and one with the static library."""
    for name in EXAMPLES:
        example(target, name)
    static(target)
    return "linked: C examples"


def example(target, name):
    sources = [ROOT / "examples" / "c" / f"{name}.c", ROOT / "examples" / "c" / "example.c"]
    return cc(target, sources, folder(target) / f"{name}.exe", folder(target) / SHARED)


def static(target):
    libraries = (folder(target) / "native-libs").read_text().split()
    output = folder(target) / "static.exe"
    cc(target, [TESTS / "c" / "test_predictions.c"], output, folder(target) / "libsidekick.a", *libraries)
    require("sidekick" not in imports(target, output), f"{output} needs sidekick.dll")
    return output


def stdcall_links(target):
    """A DLL of the functions as Visual Basic 6 calls them, with their plain names, links; so does a caller of it."""
    library = folder(target) / "sidekick_stdcall.dll"
    source = ROOT / "bindings" / "stdcall" / "sidekick_stdcall.c"
    cc(target, [source], library, "-shared", "-Wl,--kill-at", folder(target) / SHARED)
    table = run([compiler(target, "objdump"), "-p", library]).split("[Ordinal/Name Pointer] Table")[-1]
    exports = set(re.findall(r"stdcall_\w+$", table, re.MULTILINE))
    wanted = (ROOT / "bindings" / "c" / "symbols.txt").read_text().split()
    expected = {f"stdcall_{name}" for name in wanted if not name.endswith("_callback")}
    require(exports == expected, f"it exports {exports}")
    cc(target, [TESTS / "targets" / "stdcall.c"], folder(target) / "stdcall.exe")
    return "a DLL for Visual Basic 6"


def c_tests(target):
    """The programs of tests/c, beside the local server and the misbehaving one; one of them linked statically."""
    prefix()
    sources = [source for source in sorted((TESTS / "c").glob("test_*.c")) if source.name not in UNIX_ALONE]
    require(len(sources) > 15, "the C tests are gone")
    libraries = [folder(target) / SHARED, *STATIC, "-lpthread", "-lws2_32"]
    programs = [cc(target, [source], folder(target) / f"{source.stem}.exe", *libraries) for source in sources]
    steps.make_files(folder(target) / "files")
    for program in [*programs, static(target)]:
        steps.beside_misbehaving(folder(target) / "files", ["wine", program], **WINE)
    return "C tests"


def conformance(target):
    """What is sent and what is read equals the reference's, bit for bit."""
    prefix()
    program = cc(target, [TESTS / "conformance" / "conformance.c"], folder(target) / "conformance.exe",
                 folder(target) / SHARED, "-lm")
    steps.record(target, folder(target) / "conformance-shared", ["wine", program], **WINE)
    return "conformance"


def examples(target):
    """The examples in C and C++ print what they should."""
    prefix()
    for language in ["c", "cpp"]:
        place = folder(target) / f"examples-{language}"
        place.mkdir(exist_ok=True)
        link(folder(target) / "sidekick.dll", place / "sidekick.dll")
        for name in EXAMPLES:
            built = example(target, name) if language == "c" else cpp_example(target, name)
            shutil.copy(built, place / f"{name}.exe")
        start_by_wine(place)
        run([steps.PYTHON, TESTS / "examples.py", place], **WINE)
    return "C and C++ examples"


def start_by_wine(place):
    """Gives each example of a folder a script that starts it, for the tests of all systems."""
    for name in EXAMPLES:
        (place / name).write_text('#!/bin/sh\nexec wine "$0.exe" "$@"\n')
        (place / name).chmod(0o755)


def cpp_example(target, name):
    output = folder(target) / f"{name}-cpp.exe"
    include = [f"-I{ROOT / 'include'}", f"-I{ROOT / 'bindings' / 'cpp'}"]
    run([compiler(target, "g++"), "-std=c++17", *STATIC, *include, ROOT / "examples" / "cpp" / f"{name}.cpp",
         folder(target) / SHARED, "-o", output])
    return output


def rust_tests(target):
    """The unit tests of all crates, and the client over a real socket."""
    prefix()
    runner = {"CARGO_TARGET_" + target.triple.upper().replace("-", "_") + "_RUNNER": "wine"}
    others = [word for crate in steps.CRATES if crate != "sidekick" for word in ("-p", crate)]
    output = cargo(target, "test", "--no-fail-fast", "--lib", *others, **runner, **WINE)
    chosen = [word for test in CLIENT_TESTS for word in ("--test", test)]
    output += cargo(target, "test", "--no-fail-fast", "--lib", *chosen, "-p", "sidekick", **runner, **WINE, **steps.EMULATED)
    passed = sum(int(count) for count in re.findall(r"test result: ok\. (\d+) passed", output))
    require(passed > 200, f"only {passed} tests ran")
    return "unit tests, client tests"


def go_programs(target):
    """The tests of the binding that need no other server, and the examples in Go."""
    prefix()
    place = folder(target) / "examples-go"
    place.mkdir(exist_ok=True)
    link(folder(target) / "sidekick.dll", place / "sidekick.dll")
    (place / "sidekick.pc").write_text(
        f"Name: sidekick\nDescription: libsidekick\nVersion: 0\nCflags: -I{ROOT / 'include'}\n"
        f"Libs: -L{folder(target)} -lsidekick\n")
    windows = {"GOOS": "windows", "GOARCH": "amd64", "CGO_ENABLED": "1", "CC": compiler(target),
               "PKG_CONFIG_PATH": place, "GOFLAGS": "-buildvcs=false", "GOTOOLCHAIN": "local", "GOPROXY": "off"}
    tests = place / "sidekick.test.exe"
    run(["go", "test", "-c", "-o", tests, "."], cwd=ROOT / "bindings" / "go", **windows)
    output = run(["wine", tests, "-test.v", "-test.run", "EveryType|Cancel"], cwd=ROOT / "bindings" / "go", **WINE)
    require("--- PASS" in output, "no test of Go ran")
    run(["go", "build", "-o", f"{place}/", "./..."], cwd=ROOT / "examples" / "go", **windows)
    start_by_wine(place)
    tests = "ClassifyImagesReaches|TryModel|ScoreTableReaches|DenoiseTakes|DetectLanguage|CountLanguages"
    run(["go", "test", "-count=1", "-run", tests, "./..."], cwd=TESTS / "go", SIDEKICK_ROOT=ROOT,
        SIDEKICK_EXAMPLES=place, SIDEKICK_SCRATCH=place, GOFLAGS="-buildvcs=false", GOTOOLCHAIN="local", **WINE)
    return "Go"


def python_wheel(target):
    """A wheel with the library, installed and used by Python for Windows."""
    prefix()
    wheels = folder(target) / "wheels"
    shutil.rmtree(wheels, ignore_errors=True)
    run([steps.PYTHON, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", wheels, ROOT / "bindings" / "python",
         "--config-settings=--build-option=--plat-name=win_amd64"], SIDEKICK_LIBRARY=folder(target) / "sidekick.dll")
    (wheel,) = wheels.glob("*-py3-none-win_amd64.whl")
    python = windows_python()
    packages = python.parent / "packages"
    shutil.rmtree(packages, ignore_errors=True)
    install = ["-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--target", packages]
    run(["wine", python, *install, wheel], **WINE)
    output = run(["wine", python, TESTS / "targets" / "program.py"], **WINE)
    require("predicted on win32" in output, output)
    return "Python wheel"


def windows_python():
    """Python for Windows: Maven Central has one, for Java programs."""
    home = TOOLS / "windows-python"
    python = home / "python.exe"
    if not python.exists():
        repository, version = TOOLS / "maven", "3.11.3-1.5.9"
        run(["mvn", "-q", "dependency:get", f"-Dartifact=org.bytedeco:cpython:{version}:jar:windows-x86_64",
             "-Dtransitive=false", f"-Dmaven.repo.local={repository}"])
        extract(repository / f"org/bytedeco/cpython/{version}/cpython-{version}-windows-x86_64.jar", home)
        # Where Python looks for modules, in place of the folders that it was built for.
        (home / "python311._pth").write_text("Lib\n.\npackages\n")
    return python


def extract(jar, home):
    """Puts programs and libraries into a folder, and modules into `Lib`. The program comes last."""
    inside = "org/bytedeco/cpython/windows-x86_64/"
    with zipfile.ZipFile(jar) as archive:
        names = [name for name in archive.namelist() if name.startswith(inside) and not name.endswith("/")]
        for name in sorted(names, key=lambda name: name.endswith("python.exe")):
            folder, _, file = name.removeprefix(inside).rpartition("/")
            if Path(file).suffix in (".exe", ".dll", ".pyd") and folder in ("", "bin", "lib"):
                write(home / file, archive.read(name))
            elif folder.partition("/")[0] == "lib" and "/test" not in folder:
                write(home / "Lib" / folder.removeprefix("lib").strip("/") / file, archive.read(name))


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
