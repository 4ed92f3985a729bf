#!/usr/bin/env python3
"""Runs the calls that the pages of the shipped deployments show, in every language, as they are pasted."""

import html
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "target/tests/docs/calls"
LIB = os.environ["SIDEKICK_LIB_DIR"]
INCLUDE = os.environ["SIDEKICK_INCLUDE_DIR"]
SERVER = os.environ["SIDEKICK_SERVER_URL"]
# What each deployment has to answer, and the files that its calls read.
EXPECTED = {
    "penguins": ("Adelie", {}),
    "language": ("Danish", {}),
    "digits": ("7", {"image.png": "digits/digit-7-0081.png"}),
    "denoise-image": ("", {"image.png": "digits/digit-7-0081.png"}),
    "denoise": ("", {"array.npy": None}),
}
CC = [os.environ.get("CC", "cc"), "-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror"]
CXX = ["c++", "-std=c++17", "-Wall", "-Wextra", "-pedantic", "-Werror", f"-I{ROOT}/bindings/cpp"]
LINK = [f"-I{INCLUDE}", f"-L{LIB}", f"-Wl,-rpath,{LIB}", "-lsidekick"]
PKG_CONFIG = f"""Name: sidekick
Description: as built
Version: 0
Libs: -L{LIB} -lsidekick
Cflags: -I{INCLUDE}
"""
GO_MODULE = f"""module call

go 1.24

require libsidekick.dev/go/sidekick v0.0.0

replace libsidekick.dev/go/sidekick => {ROOT}/bindings/go
"""


def run(command, folder, **environment):
    environment = {**os.environ, **environment}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{folder}: {' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def run_curl(folder, text):
    return run(["sh", "-c", text.replace("curl ", "curl --silent --show-error --fail ", 1)], folder)


def run_python(folder, text):
    (folder / "call.py").write_text(text)
    package = {"PYTHONPATH": f"{ROOT}/bindings/python", "SIDEKICK_LIBRARY": f"{LIB}/libsidekick.so"}
    return run([sys.executable, "call.py"], folder, **package)


def run_c(folder, text):
    (folder / "call.c").write_text(text)
    run([*CC, "call.c", *LINK, "-o", "call"], folder)
    return run(["./call"], folder)


def run_cpp(folder, text):
    (folder / "call.cpp").write_text(text)
    run([*CXX, "call.cpp", *LINK, "-o", "call"], folder)
    return run(["./call"], folder)


def run_go(folder, text):
    module = folder / "go"
    module.mkdir(exist_ok=True)
    (module / "main.go").write_text(text)
    (module / "go.mod").write_text(GO_MODULE)
    (module / "sidekick.pc").write_text(PKG_CONFIG)
    run(["go", "build", "-o", "../call", "."], module, PKG_CONFIG_PATH=str(module))
    return run(["./call"], folder, LD_LIBRARY_PATH=LIB)


RUN = {"curl": run_curl, "python": run_python, "c": run_c, "cpp": run_cpp, "go": run_go}


def calls(deployment):
    """The programs of a page by language."""
    with urllib.request.urlopen(f"{SERVER}/deployment/{deployment}") as response:
        page = response.read().decode()
    found = re.findall(r'id="call-(\w+)"[^>]*><code>(.*?)</code>', page, re.DOTALL)
    return {language: html.unescape(re.sub(r"<[^>]*>", "", text)) for language, text in found}


def put_files(folder, files):
    for name, source in files.items():
        if source:
            shutil.copy(ROOT / "examples/data" / source, folder / name)
        else:
            import numpy

            numpy.save(folder / name, numpy.load(ROOT / "examples/data/noisy.npy")[0])


def main():
    passed = 0
    for deployment, (answer, files) in EXPECTED.items():
        programs = calls(deployment)
        assert programs.keys() == RUN.keys(), programs.keys()
        for language, text in programs.items():
            folder = OUT / deployment
            folder.mkdir(parents=True, exist_ok=True)
            put_files(folder, files)
            said = RUN[language](folder, text)
            # The example image of the curl call is a grey pixel.
            assert language == "curl" or answer in said, f"{deployment}, {language}: {said}"
            passed += 1
    print(f"calls of the pages: {passed} ran")


main()
