"""Measuring, serving, completions, manual pages."""

import json
import os
import shutil
import signal
import subprocess

import pytest
from conftest import PENGUINS, ROOT


def test_bench(cli):
    found = json.loads(cli("bench", PENGUINS, "--requests", "40", "-n", "3", "-b", "10", "--format", "json"))
    assert (found["requests"], found["failed"], found["rows_per_request"], found["in_flight"]) == (40, 0, 10, 3)
    assert found["rows_per_second"] == pytest.approx(10 * found["requests_per_second"])
    latency = found["latency_ms"]
    assert latency["min"] <= latency["p50"] <= latency["p90"] <= latency["p99"] <= latency["max"]
    assert sum(count for *_, count in found["histogram_ms"]) == 40
    table = cli("bench", "--requests", "20")
    assert "20 requests of 1 row, 4 in flight" in table and "#" in table
    assert json.loads(cli("bench", "--seconds", "0.2", "--format", "json"))["requests"] > 0
    cli.fails(5, "not a number", "bench", "year=x")


@pytest.mark.parametrize("id", ["digits", "denoise", "echo"])
def test_bench_makes_up_rows(cli, id):
    cli.use(id)
    assert json.loads(cli("bench", "-r", "2", "--format", "json"))["failed"] == 0


def test_serve_becomes_the_server(cli):
    process = cli.start("serve", "--listen", "127.0.0.1:0", ROOT / "server" / "deployments" / "digits")
    lines = []
    while not lines or lines[-1] != "ready":
        line = process.stdout.readline().decode()
        assert line, process.stderr.read()
        lines.append(line.strip())
    _, _, url, token, _ = lines[1].split(" ", 4)
    cli.environment |= {"SIDEKICK_URL": url, "SIDEKICK_TOKEN": token}
    cli("check")
    process.send_signal(signal.SIGTERM)
    process.communicate()
    assert process.returncode == 0
    assert "--watch" in cli("serve", "--help")
    cli.environment["SIDEKICK_SERVER"] = "/nowhere/sidekick-server"
    cli.fails(1, "no such program", "serve")


def test_serve_alone_serves_what_is_installed(cli):
    (cli.folder / "bin").mkdir()
    shutil.copy(os.environ["SIDEKICK_CLI"], cli.folder / "bin/sidekick")
    for name in ("b", "a"):
        (cli.folder / "share/sidekick/deployments" / name).mkdir(parents=True)
    command = [cli.folder / "bin/sidekick", "serve"]
    environment = {**os.environ, "SIDEKICK_SERVER": "echo"}
    served = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    folder = cli.folder.resolve() / "share/sidekick/deployments"
    assert served.stdout == f"{folder}/a {folder}/b\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "elvish", "powershell"])
def test_completions(cli, shell):
    script = cli("completions", shell)
    assert "predict" in script and "--bad-rows" in script or "bad-rows" in script
    if shell == "bash":
        subprocess.run(["bash", "-n"], input=script, text=True, check=True)
        asked = 'COMP_WORDS=(sidekick pred); COMP_CWORD=1; _sidekick sidekick pred sidekick; echo "${COMPREPLY[@]}"'
        found = subprocess.run(["bash", "-c", script + "\n" + asked], capture_output=True, text=True, check=True)
        assert found.stdout.strip() == "predict", found


def test_manual_pages(cli):
    assert cli("man").startswith(".ie") or ".TH" in cli("man")
    cli("man", "pages")
    pages = sorted(os.listdir(cli.folder / "pages"))
    names = ["", "-bench", "-check", "-completions", "-describe", "-man", "-predict", "-serve"]
    assert pages == sorted(f"sidekick{name}.1" for name in names)
    page = (cli.folder / "pages" / "sidekick-predict.1").read_text()
    assert "bad\\-rows" in page and "sidekick\\-predict" in page
    for section in ("EXIT STATUS", "ENVIRONMENT", "EXAMPLES", "SEE ALSO"):
        assert f'.SH "{section}"' in page or f".SH {section}\n" in page


def test_help_and_version(cli):
    version = cli("--version").split()
    assert version[0] == "sidekick" and version[1] in (ROOT / "Cargo.toml").read_text()
    for command in ("describe", "predict", "check", "bench", "completions", "man"):
        assert "--quiet" in cli(command, "--help")
    assert "Exit codes" in cli("--help")


def test_the_guide_works_line_by_line(cli):
    """The commands of the first session of docs/cli.md, in a folder where nothing else is."""
    page = (ROOT / "docs" / "cli.md").read_text()
    block = page.split("```sh")[2].split("```")[0]
    base = cli.server.base
    assert "http://127.0.0.1:8000" in block
    script = block.replace("http://127.0.0.1:8000", base)
    program = os.environ["SIDEKICK_CLI"]
    setup = f'set -e\nsidekick() {{ "{program}" "$@"; }}\n'
    environment = {name: cli.environment[name] for name in ("PATH", "HOME", "no_proxy")}
    command = ["sh", "-c", setup + script]
    run = subprocess.run(command, cwd=cli.folder, env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run
    assert "Adelie" in run.stdout and "requests/s" in run.stdout
    assert (cli.folder / "predictions.csv").exists()
