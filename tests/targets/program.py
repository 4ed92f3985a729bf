"""Asks the local server with the installed package. Needs nothing but Python, of any system."""

import os
import socket
import sys
import tempfile
from pathlib import Path

import sidekick

ROOT = Path(__file__).resolve().parents[2]
IMAGE = ROOT / "examples" / "data" / "digits" / "digit-0-0078.png"


def opened(name, **options):
    url = f"{os.environ['SIDEKICK_SERVER_URL']}/deployment/{name}/forward"
    return sidekick.Deployment(url, f"{name}-token", **options)


def names(deployment):
    """Of its only input and its only output."""
    (given,), (found,) = deployment.feature_specs_in, deployment.feature_specs_out
    return given.name, found.name


def best(probabilities):
    return max(probabilities, key=probabilities.get)


def predicts():
    deployment = opened("language")
    text, language = names(deployment)
    questions = ["Where is the nearest library?", "Wo ist die nächste Bibliothek?"]
    results = deployment.predict_many([{text: question} for question in questions])
    assert [best(result[language]) for result in results] == ["English", "German"], results


def reads_a_file_whose_name_is_not_ascii():
    deployment = opened("digits")
    image, digit = names(deployment)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "siffra-åäö-数字.png"
        file.write_bytes(IMAGE.read_bytes())
        assert best(deployment.predict({image: str(file)})[digit]) == "0"


def names_the_file_that_is_missing():
    deployment = opened("digits")
    image, _ = names(deployment)
    try:
        deployment.predict({image: "no-such-file.png"})
    except FileNotFoundError as error:
        assert isinstance(error, sidekick.Error) and "no-such-file.png" in str(error), error
    else:
        raise AssertionError("a missing file is an error")


def ends_at_a_time_limit():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/forward"
        try:
            sidekick.Deployment(url, "token", call_timeout=0.3, retries=0)
        except sidekick.RequestTimeout:
            return
    raise AssertionError("a silent server is an error")


predicts()
reads_a_file_whose_name_is_not_ascii()
names_the_file_that_is_missing()
ends_at_a_time_limit()
print(f"predicted on {sys.platform}, Python {sys.version.split()[0]}")
