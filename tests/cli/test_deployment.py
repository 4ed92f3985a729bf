"""Which deployment, and its token: flags, environment, profiles; and the exit codes of what can fail."""

import json
import os
import stat

import pytest
from conftest import PENGUINS

ROW = ["island=Biscoe", "sex=male", "bill length (mm)=40.6", "bill depth (mm)=18.6", "flipper length (mm)=183"]


@pytest.fixture
def config(cli):
    """Writes the file of profiles."""

    def write(text, mode=0o600):
        path = cli.folder / ".config" / "sidekick" / "config.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)
        return path

    del cli.environment["SIDEKICK_URL"], cli.environment["SIDEKICK_TOKEN"]
    return write


def test_url_and_token_from_flags_and_files(cli):
    url, token = cli.environment.pop("SIDEKICK_URL"), cli.environment.pop("SIDEKICK_TOKEN")
    file = cli.folder / "token"
    file.write_text(token + "\n")
    cli("describe", "--url", url, "--token-file", file)
    cli("describe", "-u", url, "-t", "-", input=token + "\n")
    cli.environment |= {"SIDEKICK_URL": url, "SIDEKICK_TOKEN_FILE": str(file)}
    cli("describe")
    file.write_text("\n")
    cli.fails(2, "no token in its first line", "describe")
    cli.environment["SIDEKICK_TOKEN_FILE"] = "nowhere"
    cli.fails(1, "the file of the token, nowhere: No such file", "describe")


def test_a_token_on_the_command_line_is_refused(cli):
    for arguments in (["--token", "s3cret"], ["--token=s3cret"], ["--token"]):
        cli.fails(2, "--token is refused: every user of this machine can read", "describe", *arguments)
    assert "--token <" not in cli("describe", "--help")


def test_a_profile(cli, config):
    url, token = cli.server.url("penguins"), cli.server.tokens["penguins"]
    text = f'default = "p"\n[profiles.p]\nurl = "{url}"\ntoken_file = "t"\n'
    text += f'[profiles.digits]\nurl = "{cli.server.url("digits")}"\ntoken = "{cli.server.tokens["digits"]}"\n'
    path = config(text)
    (path.parent / "t").write_text(token)
    described = lambda *arguments: json.loads(cli("describe", "--format", "json", *arguments))["url"]
    assert described() == url
    assert described("--profile", "digits") == cli.server.url("digits")
    cli.environment["SIDEKICK_PROFILE"] = "digits"
    assert described() == cli.server.url("digits")
    cli.environment["SIDEKICK_URL"], cli.environment["SIDEKICK_TOKEN"] = url, token
    assert described() == url
    cli.fails(2, 'no profile "other" among', "describe", "--profile", "other")


def test_a_profiles_token_goes_to_its_own_server_alone(cli, config):
    config(f'[profiles.p]\nurl = "https://models.example/deployment/penguins/forward"\ntoken = "s3cret"\n')
    cli.fails(2, "no token was given", "describe", "--profile", "p", "--url", cli.server.url("penguins"))
    assert "the profile's token is not used" in cli.said


@pytest.mark.parametrize(
    "text, found",
    [
        ('[profiles.p]\ntoken = s3cret\n', r"config.toml, line 2"),
        ('[profiles.p]\nurl = "u"\ntokn = "s3cret"\n', r"line 3: unknown field `tokn`"),
        ('[profiles.p]\nheaders = "s3cret"\n', r"line 2: a value of another type; expected"),
        ('[profiles.p]\ntoken = "s3cret"\ntoken_file = "s3cret"\n', r"both token and token_file"),
    ],
)
def test_a_mistake_in_the_file_of_profiles(cli, config, text, found):
    config(text)
    cli.fails(2, found, "describe", "--profile", "p")


def test_others_who_can_read_a_token_are_a_warning(cli, config):
    text = f'[profiles.p]\nurl = "{cli.server.url("penguins")}"\ntoken = "{cli.server.tokens["penguins"]}"\n'
    path = config(text, 0o644)
    cli("describe", "--profile", "p")
    assert "warning: other users of this machine can read" in cli.said
    path.chmod(stat.S_IRUSR)
    cli("describe", "--profile", "p")
    assert cli.said == ""


def test_exit_codes(cli):
    url = cli.server.url("penguins")
    cli.fails(3, "127.0.0.1:1", "describe", "--url", "http://127.0.0.1:1/deployment/x/forward", "--retries", "0")
    cli.fails(2, "the URL is empty", "describe", "--url", "")
    cli.fails(2, "http", "describe", "--url", "nonsense")
    cli.environment["SIDEKICK_TOKEN"] = "s3cret"
    cli.fails(4, "401|InvalidToken", "describe")
    cli.environment["SIDEKICK_TOKEN"] = ""
    cli.fails(2, "^error: no token was given: set SIDEKICK_TOKEN", "describe")
    cli.environment["SIDEKICK_URL"] = f"{cli.server.base}/v2/models/penguins"
    cli.fails(4, "401.*; no token was given: set SIDEKICK_TOKEN", "describe")
    cli.environment["SIDEKICK_URL"] = ""
    cli.fails(2, "which deployment", "describe")
    cli.use("penguins")
    cli.environment["SIDEKICK_URL"] = url.replace("penguins", "nowhere")
    cli.fails(4, "404|ResourceNotFound", "describe")
    cli.use("penguins")
    cli.fails(1, "nowhere.csv: .*os error 2", "predict", "nowhere.csv")
    cli.fails(1, "nowhere/out.csv: .*os error [23]", "predict", PENGUINS, "-o", "nowhere/out.csv")
    assert "Usage" in cli_usage(cli)


def cli_usage(cli):
    cli("predict", "--nonsense", code=2)
    return cli.said


def test_describe(cli):
    table = cli("describe")
    assert "bill length (mm)" in table and "Biscoe, Dream, Torgersen" in table and "\x1b" not in table
    document = json.loads(cli("describe", "--format", "json"))
    assert document["protocol"] == "deployment-api"
    assert document["inputs"][0] == {
        "name": "island", "type": "categorical", "shape": [3], "dtype": None, "tensor_shape": None,
        "categories": ["Biscoe", "Dream", "Torgersen"], "optional": False,
    }
    cli.environment["SIDEKICK_URL"] = f"{cli.server.base}/v2/models/tensors"
    cli.environment["SIDEKICK_TOKEN"] = cli.server.tokens["tensors"]
    assert "int64" in cli("describe")


def test_colours_are_for_terminals(cli):
    assert "\x1b[" in cli("describe", "--color", "always")
    assert "\x1b[" not in cli("describe", "--color", "never")
    cli.environment["NO_COLOR"] = "1"
    assert "\x1b[" not in terminal(cli, "describe")
    del cli.environment["NO_COLOR"]
    assert "\x1b[" in terminal(cli, "describe")
    assert "\x1b[" not in terminal(cli, "describe", "--color", "never")


def test_progress_is_for_terminals(cli):
    big = cli.folder / "big.csv"
    lines = PENGUINS.read_text().splitlines()
    big.write_text("\n".join([lines[0], *lines[1:] * 200]) + "\n")
    command = ["predict", big, "-o", "out.csv"]
    shown = terminal(cli, *command)
    assert "rows/s" in shown and "%" in shown and "left" in shown
    assert "%" not in terminal(cli, *command, "--quiet")
    cli(*command)
    assert "\r" not in cli.said and "%" not in cli.said


def terminal(cli, *arguments):
    """What the program shows on a terminal."""
    own, other = os.openpty()
    cli.environment["TERM"] = "xterm"
    process = cli.start(*arguments, stdout=other, stderr=other)
    os.close(other)
    shown = b""
    while True:
        try:
            part = os.read(own, 65536)
        except OSError:
            break
        if not part:
            break
        shown += part
    os.close(own)
    assert process.wait() == 0, shown
    return shown.decode()


def test_check(cli):
    lines = cli("check").splitlines()
    assert [line.split()[:2] for line in lines] == [
        ["ok", step] for step in ("address", "connection", "TLS", "token", "description", "enabled")
    ]
    cli.use("disabled")
    lines = cli("check", code=4).splitlines()
    assert lines[4].startswith("-       description")
    assert lines[-1].startswith("failed  enabled") and "enable it on its page" in lines[-1]
    cli.environment["SIDEKICK_TOKEN"] = "s3cret"
    lines = cli("check", code=4).splitlines()
    assert lines[3].startswith("failed  token") and "copy the token again" in lines[3]
    assert [line.split()[0] for line in lines[4:]] == ["-", "-"]
    cli.environment["SIDEKICK_TOKEN"] = ""
    lines = cli("check", code=2).splitlines()
    assert "failed  token        there is none; no token was given: set" in lines[3]
    # Nothing was sent.
    assert [line.split()[0] for line in lines] == ["ok", "-", "-", "failed", "-", "-"]
    cli.environment["SIDEKICK_TOKEN"] = "s3cret"
    cli.environment["SIDEKICK_URL"] = cli.server.url("nowhere")
    assert "failed  address" in cli("check", code=4)
    cli.environment["SIDEKICK_URL"] = "http://127.0.0.1:1/deployment/x/forward"
    assert "failed  connection" in cli("check", "--retries", "0", code=3)
    cli.environment["SIDEKICK_URL"] = cli.server.url("x").replace("http:", "https:")
    assert "failed  " in cli("check", "--retries", "0", code=3)
    cli.environment["SIDEKICK_URL"] = "nonsense"
    assert "failed  address" in cli("check", code=2)
    cli.environment["SIDEKICK_URL"] = f"{cli.server.base}/v2/models/penguins"
    cli.environment["SIDEKICK_TOKEN"] = cli.server.tokens["penguins"]
    assert cli("check").count("ok ") == 6
