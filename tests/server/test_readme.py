"""The snippets of server/README.md, as they are pasted."""

import json
import re
import subprocess
import sys

import pytest
from conftest import ROOT, Server


@pytest.fixture(scope="module")
def penguins():
    with Server([ROOT / "server" / "deployments" / "penguins"]) as server:
        yield server


def snippet(server, language):
    """The one snippet of a language, with the server's own port."""
    text = (ROOT / "server" / "README.md").read_text(encoding="utf-8")
    [code] = re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    assert "127.0.0.1:8000" in code
    return code.replace("127.0.0.1:8000", f"127.0.0.1:{server.port}")


def said(command, code):
    ended = subprocess.run([*command, code], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_the_curl_call(penguins):
    response = json.loads(said(["sh", "-c"], snippet(penguins, "sh")))
    species, mass = response["outputs"]
    assert species["name"] == "species" and species["data"][2] > 0.9
    assert mass["name"] == "body_mass" and 4000 < mass["data"][0] < 7000


def test_the_call_of_tritonclient(penguins):
    assert re.match(r"\[\[\S+ +\S+ +(9\.|1\.)", said([sys.executable, "-c"], snippet(penguins, "python")))
