#!/usr/bin/env python3
"""Does what the guides say, line by line, beginning with what is installed: guides.py PREFIX.

Each guide has an empty folder, and programs of the installation and the system alone. The lines are run as they are written; only
the prefix, which is /usr/local in the guides, and the port of the server differ.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PREFIX = sys.argv[1]
ENVIRONMENT = {
    **{name: os.environ[name] for name in ("HOME", "GOFLAGS", "GOCACHE", "GOPATH", "no_proxy") if name in os.environ},
    "PATH": f"{PREFIX}/bin:{os.environ['PATH']}",
    # What the guides say about a prefix that is not one of the system's.
    "PKG_CONFIG_PATH": f"{PREFIX}/lib/pkgconfig",
    "LD_LIBRARY_PATH": f"{PREFIX}/lib",
    "CMAKE_PREFIX_PATH": PREFIX,
}


def blocks(page, heading):
    """The blocks of code below a heading: their languages and texts."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    _, _, section = text.partition(f"\n## {heading}\n")
    section = re.split(r"^## ", section, flags=re.MULTILINE)[0]
    found = re.findall(r"^```(\w+)\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
    assert found, f"{page}: {heading}"
    return found


def only(found, language):
    return [text for name, text in found if name == language]


class Guide:
    def __init__(self, folder, base):
        self.folder, self.base = folder, base

    def run(self, lines, **more):
        lines = lines.replace("/usr/local", PREFIX).replace("http://127.0.0.1:8000", self.base)
        environment = {**ENVIRONMENT, **more}
        done = subprocess.run(["sh", "-ec", lines], cwd=self.folder, env=environment, capture_output=True, text=True, timeout=300)
        if done.returncode:
            sys.exit(f"{lines}\n{done.stdout}{done.stderr}")
        return done.stdout

    def write(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8")

    def c(self):
        first = blocks("c.md", "First program")
        self.write("first.c", only(first, "c")[0])
        return self.run(only(first, "sh")[1]), r"Gentoo, with probability (0\.9|1\.0)\d*\n"

    def cpp(self):
        install, first = blocks("cpp.md", "Install"), blocks("cpp.md", "First program")
        self.write("first.cpp", only(first, "cpp")[0])
        run = f"./first {self.base}/deployment/penguins/forward penguins-token\n"
        said = self.run(only(install, "sh")[0] + run)
        self.write("CMakeLists.txt", only(install, "cmake")[0])
        assert self.run(only(install, "sh")[1]).endswith("Built target first\n")
        assert self.run(run.replace("./", "build/")) == said
        return said, r"(?s)Gentoo 0\.9.*"

    def go(self):
        install, first = blocks("go.md", "Install"), blocks("go.md", "First program")
        [lines] = [text for text in only(install, "sh") if "/usr/local/share" in text]
        self.write("main.go", only(first, "go")[0])
        said = self.run(lines + only(first, "sh")[0])
        return said, re.escape(only(first, "text")[0])

    def cli(self):
        session = only(blocks("cli.md", "A first session"), "sh")[1]
        said = self.run(session)
        assert (self.folder / "predictions.csv").read_text().count("\n") == 4
        return said, r"(?s).*Adelie.*requests/s.*"


def served(folder):
    """The server that the guides start, and its address."""
    [line] = [text for text in only(blocks("c.md", "First program"), "sh") if text.startswith("sidekick-server")]
    assert only(blocks("cli.md", "A first session"), "sh")[0].startswith(line.replace("sidekick-server", "sidekick serve"))
    line = line.strip().replace("/usr/local", PREFIX) + " --listen 127.0.0.1:0"
    server = subprocess.Popen(["sh", "-c", f"exec {line}"], cwd=folder, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True)
    said = [server.stdout.readline()]
    while said[-1] not in ("ready\n", ""):
        said.append(server.stdout.readline())
    assert len(said) == 7, said
    return server, said[0].split()[-1]


def main():
    with tempfile.TemporaryDirectory() as folder:
        server, base = served(folder)
        try:
            for name in ("c", "cpp", "go", "cli"):
                own = Path(folder) / name
                own.mkdir()
                said, expected = getattr(Guide(own, base), name)()
                assert re.fullmatch(expected, said), f"{name}: {said}"
                print(f"ok: docs/{name}.md, line by line")
        finally:
            server.terminate()
            server.wait()


main()
