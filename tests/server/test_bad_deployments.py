"""Each mistake in a deployment.json is one line that names the file, the key and what to do."""

import json
import re
import subprocess
from pathlib import Path

import jsonschema
import pytest
from bad_deployments import CASES, GOOD
from conftest import Server, find_binary
from onnx import TensorProto, helper, save

SCHEMA = json.loads((Path(__file__).resolve().parents[2] / "server" / "deployment.schema.json").read_text())


def tensor(name, dtype, *dims):
    return helper.make_tensor_value_info(name, dtype, ["batch", *dims])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    graph = helper.make_graph(
        [
            helper.make_node("Cast", ["ids"], ["more"], to=TensorProto.FLOAT),
            helper.make_node("ReduceMax", ["more"], ["most"], axes=[1]),
            helper.make_node("Add", ["numbers", "most"], ["scores"]),
            helper.make_node("ArgMax", ["numbers"], ["best"], axis=1, keepdims=0),
        ],
        "shop",
        [tensor("numbers", TensorProto.FLOAT, 3), tensor("ids", TensorProto.INT64, 4)],
        [tensor("scores", TensorProto.FLOAT, 3), tensor("best", TensorProto.INT64)],
    )
    folder = tmp_path_factory.mktemp("shop")
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), folder / "model.onnx")
    return folder


def plain(text):
    """The JSON of a file whose comments stand at the beginning of a line."""
    return json.loads(re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE))


def changed(before, after):
    assert GOOD.count(before) == 1, before
    return GOOD.replace(before, after)


def test_the_good_file_is_served(folder):
    (folder / "deployment.json").write_text(GOOD)
    jsonschema.validate(plain(GOOD), SCHEMA)
    with Server([folder]) as server:
        row = {"town": "Lund", "ids": {"shape": [4], "data": [0, 0, 0, 0]}}
        [answer] = server.deployment("shop", "secret").predict(row)
    assert answer["best"] == "b"


@pytest.mark.parametrize("before,after,line,in_schema", CASES)
def test_a_mistake_is_one_line(folder, before, after, line, in_schema):
    text = changed(before, after)
    (folder / "deployment.json").write_text(text)
    run = subprocess.run([find_binary(), "--listen", "127.0.0.1:0", folder], capture_output=True, text=True, timeout=60)
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.removeprefix(f"sidekick-server: {folder}/") == f"{line}\n"
    try:
        found = list(jsonschema.Draft202012Validator(SCHEMA).iter_errors(plain(text)))
    except json.JSONDecodeError:
        found = [text]
    assert bool(found) == in_schema, found


def test_forty_mistakes_are_listed():
    assert len(CASES) >= 40
