"""What pip builds with cargo: the source distribution, and the repository by git."""

import os

import pytest
from conftest import ANSWER, DIGIT, PREDICT, ROOT, run

# Packaging is tested, not speed: what users get is optimized as a whole, and takes minutes. Crates of others
# are compiled once for all tests.
QUICK = {
    "CARGO_TARGET_DIR": str(ROOT / "target/packages/cargo"),
    "CARGO_PROFILE_RELEASE_LTO": "off",
    "CARGO_PROFILE_RELEASE_OPT_LEVEL": "0",
    "CARGO_PROFILE_RELEASE_CODEGEN_UNITS": "16",
}


@pytest.fixture
def python(tmp_path):
    """A Python of its own."""
    run("python3", "-m", "venv", tmp_path / "python")
    return tmp_path / "python/bin/python"


def install(python, what, ok=True, **environment):
    """What pip prints."""
    command = [python, "-m", "pip", "install", "--no-cache-dir", "--disable-pip-version-check", what]
    return run(*command, ok=ok, env={**os.environ, **QUICK, **environment})


def predict(python, folder):
    program = PREDICT.replace("@URL@", f"{os.environ['SIDEKICK_SERVER_URL']}/deployment/digits/forward")
    return run(python, "-c", program.replace("seven.png", str(DIGIT)), cwd=folder)


def test_the_source_distribution_is_built_and_predicts(dist, version, python, tmp_path):
    install(python, dist / f"libsidekick-{version}.tar.gz")
    assert predict(python, tmp_path) == ANSWER


def test_the_repository_is_built_by_git_and_predicts(python, tmp_path):
    install(python, f"git+file://{ROOT}#subdirectory=bindings/python")
    assert predict(python, tmp_path) == ANSWER


def test_without_cargo_the_first_lines_say_so(dist, version, python):
    said = install(python, dist / f"libsidekick-{version}.tar.gz", ok=False, PATH="/nowhere")
    said = said.partition("lines of output]\n")[2].splitlines()
    assert any("cargo" in line for line in said[:5]), said
