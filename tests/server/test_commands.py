"""One command for a model: it is served alone, inspected, made a deployment and checked."""

import base64
import io
import json
import os
import re
import stat
import subprocess
import time

import jsonschema
import models
import numpy
import pytest
import requests
import test_engines
from conftest import ROOT, Server, find_binary
from deployment_client import Deployment
from onnx import TensorProto, helper, save
from PIL import Image


def run(*arguments, **options):
    return subprocess.run(
        [find_binary(), *map(str, arguments)], capture_output=True, text=True, timeout=60, **options
    )


def serve(tmp_path, *paths_and_options):
    """A server whose standard error is in a file."""
    errors = (tmp_path / "stderr").open("w")
    return Server([], *map(str, paths_and_options), errors=errors)


def said(tmp_path):
    return (tmp_path / "stderr").read_text()


def predict(server, id, row):
    url, token = server.deployments[id]
    reply = requests.post(url, json={"rows": [row]}, headers={"Authorization": f"Bearer {token}"})
    assert reply.status_code == 200, reply.text
    [prediction] = reply.json()["rows"]
    return prediction


def features(server, id):
    url, token = server.deployments[id]
    schemas = Deployment(url, token).describe().json()["components"]["schemas"]
    outputs = schemas["output-row-batch"]["properties"]["rows"]["properties"]
    def shape(feature):
        return feature["x-peltarion"]["type"], feature["x-peltarion"]["shape"]

    inputs = schemas["input-row"]["properties"]
    return {name: shape(feature) for name, feature in inputs.items()}, {
        name: shape(feature) for name, feature in outputs.items()
    }


def test_numbers_are_served_by_one_command(tmp_path):
    model = models.scaled(tmp_path / "my model.onnx", 2)
    with serve(tmp_path, model) as server:
        [(id, (url, token))] = server.deployments.items()
        assert id == "my-model" and url == f"{server.base}/deployment/my-model/forward"
        assert re.fullmatch(r"[\w-]{32}", token)
        assert features(server, id) == ({"x": ("numeric", [3])}, {"y": ("numeric", [3])})
        prediction = predict(server, id, {"x": {"shape": [3], "data": [1, 2, 3]}})
        assert prediction == {"y": {"shape": [3], "data": [2, 4, 6]}}
        wrong = requests.post(url, json={"rows": []}, headers={"Authorization": "Bearer x"})
        assert wrong.status_code == 401
        assert token not in said(tmp_path)


def test_columns_of_the_metadata_are_numbers(tmp_path):
    names = '["length", "width", "height"]'
    model = models.scaled(tmp_path / "columns.onnx", 2, metadata={"feature_names": names})
    with serve(tmp_path, model) as server:
        inputs, _ = features(server, "columns")
        assert inputs == {name: ("numeric", [1]) for name in ("length", "width", "height")}
        prediction = predict(server, "columns", {"length": 1, "width": 2, "height": 3})
        assert prediction["y"]["data"] == [2, 4, 6]


def data_url(pixels):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def softmax(mean, classes):
    exponentials = numpy.exp(mean * numpy.arange(classes))
    return exponentials / exponentials.sum()


@pytest.mark.parametrize("channels_first", [True, False])
def test_an_image_is_told_from_its_shape(tmp_path, channels_first):
    model = models.image_classifier(tmp_path / "flowers.onnx", channels_first=channels_first)
    with serve(tmp_path, model) as server:
        assert features(server, "flowers") == ({"image": ("image", [8, 8, 3])}, {"scores": ("categorical", [4])})
        pixels = numpy.random.default_rng(1).integers(0, 256, (8, 8, 3)).astype("uint8")
        scores = predict(server, "flowers", {"image": data_url(pixels)})["scores"]
        assert list(scores) == ["0", "1", "2", "3"]
        assert numpy.allclose(list(scores.values()), softmax(pixels.mean() / 255, 4), atol=1e-5)
        page = requests.get(f"{server.base}/deployment/flowers").text
    order = "first" if channels_first else "last"
    for assumed in (f"channels {order}, RGB", "are 0..1", "named 0 to 3"):
        assert re.search(f"deployment flowers: assumed: .*{re.escape(assumed)}", said(tmp_path))
        assert assumed in page


@pytest.mark.parametrize("first", [[("Mul", 1 / 255)], [("Div", 127.5), ("Sub", 1)], [("Sub", 127.5)]])
def test_pixels_that_the_model_scales_itself_are_left_alone(tmp_path, first):
    model = models.image_classifier(tmp_path / "scaling.onnx", first)
    with serve(tmp_path, model) as server:
        pixels = numpy.full((8, 8, 3), 128, "uint8")
        scores = predict(server, "scaling", {"image": data_url(pixels)})["scores"]
    value = 128.0
    for operator, constant in first:
        value = {"Mul": value * constant, "Div": value / constant, "Sub": value - constant}[operator]
    assert numpy.allclose(list(scores.values()), softmax(value, 4), atol=1e-5)
    assert "pixels" not in said(tmp_path)


@pytest.mark.parametrize("source", ["metadata", "file"])
def test_class_names_are_found(tmp_path, source):
    names = ["daisy", "rose", "tulip", "it's"]
    metadata = {"names": str(dict(enumerate(names)))} if source == "metadata" else None
    if source == "file":
        (tmp_path / "labels.txt").write_text("\n".join(names) + "\n")
    model = models.image_classifier(tmp_path / "named.onnx", metadata=metadata)
    with serve(tmp_path, model) as server:
        scores = predict(server, "named", {"image": data_url(numpy.zeros((8, 8, 3), "uint8"))})["scores"]
        assert list(scores) == names
    assert "named 0 to" not in said(tmp_path)


def test_logits_with_class_names_become_probabilities(tmp_path):
    model = models.scaled(tmp_path / "logits.onnx", 1, metadata={"names": "a,b,c"})
    with serve(tmp_path, model) as server:
        scores = predict(server, "logits", {"x": {"shape": [3], "data": [-1, 0, 3]}})["y"]
    exponentials = numpy.exp([-1, 0, 3])
    assert numpy.allclose(list(scores.values()), exponentials / exponentials.sum(), atol=1e-6)
    assert "logits" in said(tmp_path) and "softmax" in said(tmp_path)


def test_a_sigmoid_is_a_probability(tmp_path):
    model = models.write(
        tmp_path / "sigmoid.onnx",
        [helper.make_node("Sigmoid", ["x"], ["y"])],
        [("x", models.FLOAT, ["n", 1])],
        [("y", models.FLOAT, ["n", 1])],
    )
    with serve(tmp_path, model) as server:
        assert features(server, "sigmoid") == ({"x": ("numeric", [1])}, {"y": ("binary", [1])})
        assert predict(server, "sigmoid", {"x": 0}) == {"y": 0.5}


@pytest.mark.parametrize("zipped", [True, False])
def test_a_converter_names_its_classes(tmp_path, zipped):
    model = tmp_path / "classes.onnx"
    save(test_engines.classifier(zipped), model)
    with serve(tmp_path, model, *test_engines.ONNX_RUNTIME) as server:
        assert features(server, "classes")[1] == {"label": ("text", [1]), "probabilities": ("categorical", [2])}
        prediction = predict(server, "classes", {"x": {"shape": [2], "data": [1, 0]}})
    no, yes = numpy.exp([1, -1]) / numpy.exp([1, -1]).sum()
    assert prediction["label"] == "no" and list(prediction["probabilities"]) == ["no", "yes"]
    assert numpy.allclose(list(prediction["probabilities"].values()), [no, yes], atol=1e-6)
    assert "assumed" not in said(tmp_path)


def test_the_categories_of_an_encoder_are_those_of_the_input(tmp_path):
    """As converters of scikit-learn write a pipeline: a string of its own, and columns of integers."""
    ml = "ai.onnx.ml"
    nodes = [
        helper.make_node("OneHotEncoder", ["island"], ["island_places"], domain=ml, cats_strings=["Biscoe", "Dream"], zeros=0),
        helper.make_node("Gather", ["numbers", "second"], ["year"], axis=1),
        helper.make_node("OneHotEncoder", ["year"], ["year_places"], domain=ml, cats_int64s=[2007, 2009], zeros=1),
        helper.make_node("Concat", ["island_places", "year_places"], ["places"], axis=2),
        helper.make_node("Reshape", ["places", "flat"], ["y"]),
    ]
    model = models.write(
        tmp_path / "table.onnx", nodes,
        [("island", TensorProto.STRING, ["n", 1]), ("numbers", TensorProto.INT64, ["n", 2])],
        [("y", models.FLOAT, ["n", 4])],
        [("second", numpy.array([1])), ("flat", numpy.array([-1, 4]))],
        opsets=[("", 17), (ml, 3)],
    )
    with serve(tmp_path, model, *test_engines.ONNX_RUNTIME) as server:
        assert features(server, "table")[0] == {
            "island": ("categorical", [2]), "numbers 0": ("numeric", [1]), "numbers 1": ("categorical", [2]),
        }
        row = {"island": "Dream", "numbers 0": 5, "numbers 1": 2007}
        assert predict(server, "table", row)["y"]["data"] == [0, 1, 1, 0]
        reply = server.deployment("table").send({**row, "island": "Torgersen"})
        assert reply.status_code == 400 and "Biscoe" in reply.text
    # The examples of the start are of the categories, without which the encoder fails.
    assert "could not be tried" not in said(tmp_path)
    shown = run("init", model, tmp_path / "made")
    assert shown.returncode == 0, shown.stderr
    text = (tmp_path / "made" / "deployment.json").read_text()
    assert text.count("one-hot encoder") == 2 and text.count("other values") == 1


def test_a_free_size_leaves_the_open_inference_protocol(tmp_path):
    model = models.write(
        tmp_path / "free.onnx",
        [helper.make_node("Identity", ["x"], ["y"])],
        [("x", models.FLOAT, ["n", "length"])],
        [("y", models.FLOAT, ["n", "length"])],
    )
    with serve(tmp_path, model) as server:
        url, token = server.deployments["free"]
        assert url == f"{server.base}/v2/models/free"
        body = {"inputs": [{"name": "x", "shape": [1, 2], "datatype": "FP32", "data": [1, 2]}]}
        reply = requests.post(f"{url}/infer", json=body, headers={"Authorization": f"Bearer {token}"})
        assert reply.json()["outputs"][0]["data"] == [1, 2]
    assert '"length"' in said(tmp_path) and "Open Inference" in said(tmp_path)


def test_a_model_beside_folders(folders, tmp_path):
    model = models.scaled(tmp_path / "own.onnx", 2)
    with serve(tmp_path, folders / "names", model, "--token", "my-token") as server:
        assert list(server.deployments) == ["names", "own"]
        assert server.deployments["names"][1] == "names-token"
        assert server.deployments["own"][1] == "my-token"


def test_a_token_from_a_file(tmp_path):
    (tmp_path / "token").write_text("from-a-file\n")
    model = models.scaled(tmp_path / "own.onnx", 2)
    with serve(tmp_path, model, "--token-file", tmp_path / "token") as server:
        assert server.deployments["own"][1] == "from-a-file"


@pytest.mark.parametrize("arguments", [
        ["--token", "a b", "x.onnx"],
        ["--token", "a", "--token-file", "b", "x.onnx"],
        ["inspect"],
        ["init"],
        ["check"],
        ["check", "--compare", "x.json"],
        ["inspect", "--unknown", "x.onnx"],
    ],
)
def test_wrong_calls(arguments):
    shown = run(*arguments)
    assert shown.returncode == 2, shown.stderr
    assert shown.stdout == "" and "--help" in shown.stderr


def assert_refused(shown, *words):
    assert shown.returncode == 1 and shown.stdout == ""
    assert shown.stderr.count("\n") == 1 and shown.stderr.startswith("sidekick-server: ")
    for word in words:
        assert word in shown.stderr, shown.stderr


def test_bad_starts_are_one_line(tmp_path):
    (tmp_path / "text.onnx").write_text("this is no model, but it is long enough to be read as one\n" * 9)
    (tmp_path / "folder").mkdir()
    models.scaled(tmp_path / "folder" / "m.onnx", 1)
    listen = ("--listen", "127.0.0.1:0")
    assert_refused(run(*listen, tmp_path / "none.onnx"), "none.onnx", "No such file")
    assert_refused(run(*listen, tmp_path / "text.onnx"), "text.onnx", "no ONNX model")
    assert_refused(run(*listen, tmp_path / "folder"), "folder/deployment.json", "sidekick-server init")
    token_file = tmp_path / "nothing"
    assert_refused(run(*listen, "--token-file", token_file, tmp_path / "text.onnx"), "--token-file", "nothing")
    assert_refused(run("inspect", tmp_path / "text.onnx"), "text.onnx", "no ONNX model")
    assert_refused(run("init", tmp_path / "none.onnx", tmp_path / "d"), "none.onnx", "No such file")
    assert not (tmp_path / "d").exists()
    assert_refused(run("check", tmp_path / "none"), "none/deployment.json", "No such file")


def opener(tmp_path, text):
    """A folder with a program that is found in place of the system's."""
    program = tmp_path / "bin" / "xdg-open"
    program.parent.mkdir()
    program.write_text(text)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return {**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}"}


def wait_for(condition):
    """Waits for something that happens soon; the limit only ends a test that fails."""
    for _ in range(600):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen")


def test_the_page_is_opened(tmp_path):
    environment = opener(tmp_path, f'#!/bin/sh\nprintf %s "$1" > {tmp_path}/part && mv {tmp_path}/part {tmp_path}/opened\n')
    model = models.scaled(tmp_path / "own.onnx", 2)
    with Server([model], "--open", env=environment) as server:
        wait_for((tmp_path / "opened").exists)
        assert (tmp_path / "opened").read_text() == f"{server.base}/deployment/own"


@pytest.mark.parametrize("there", [True, False])
def test_a_browser_that_does_not_open_is_one_line(tmp_path, there):
    environment = opener(tmp_path, "#!/bin/sh\nexit 3\n") if there else {**os.environ, "PATH": str(tmp_path)}
    model = models.scaled(tmp_path / "own.onnx", 2)
    with (tmp_path / "stderr").open("w") as errors:
        with Server([model], "--open", errors=errors, env=environment) as server:
            wait_for(lambda: "xdg-open" in said(tmp_path))
            assert f"the page is {server.base}/deployment/own" in said(tmp_path)


CLASSIFIER = {
    "nodes": [
        helper.make_node("Scaler", ["x"], ["scaled"], domain="ai.onnx.ml", offset=[0.0] * 3, scale=[1.0] * 3),
        helper.make_node(
            "LinearClassifier", ["scaled"], ["label", "scores"], domain="ai.onnx.ml", coefficients=[0.0] * 6,
            intercepts=[0.0, 0.0], classlabels_strings=["no", "yes"], post_transform="LOGISTIC",
        ),
        helper.make_node("ZipMap", ["scores"], ["probabilities"], domain="ai.onnx.ml", classlabels_strings=["no", "yes"]),
    ],
    "inputs": [("x", models.FLOAT, [None, 3])],
    "outputs": [("label", TensorProto.STRING, [None])],
    "opsets": (("", 17), ("ai.onnx.ml", 3)),
}


def test_inspect_shows_what_is_in_the_file(tmp_path):
    model = models.image_classifier(
        tmp_path / "flowers.onnx", metadata={"names": "a,b,c,d", "long": "x" * 500}, doc="Flowers of the garden"
    )
    shown = run("inspect", model)
    assert shown.returncode == 0 and shown.stderr == ""
    for line in (
        "producer: helpers", "description: Flowers of the garden", "opset: ai.onnx 17 (IR version 8)",
        "  names  a,b,c,d", "  image  float32 [batch, 3, 8, 8]", "  scores  float32 [batch, 4]", "  ReduceMean  1",
        "  rten  runs it",
    ):
        words = " +".join(map(re.escape, line.split()))
        assert re.search(rf"^ *{words}$", shown.stdout, re.MULTILINE), shown.stdout
    assert "x" * 101 not in shown.stdout
    inspected = json.loads(run("inspect", "--json", model).stdout)
    assert inspected["inputs"] == [{"name": "image", "type": "float32 [batch, 3, 8, 8]"}]
    assert inspected["opsets"] == {"ai.onnx": 17} and inspected["metadata"]["names"] == "a,b,c,d"
    assert {"domain": "", "name": "Softmax", "count": 1} in inspected["operators"]
    assert {"name": "rten", "problem": None} in inspected["engines"]


def test_inspect_names_the_operators_that_an_engine_lacks(tmp_path):
    model = models.write(tmp_path / "classifier.onnx", **CLASSIFIER)
    shown = run("inspect", model)
    assert shown.returncode == 0, shown.stderr
    for words in ("x +float32 \\[\\?, 3\\]", "label +string \\[\\?\\]", "ai.onnx.ml.Scaler +1", "ai.onnx.ml 3"):
        assert re.search(words, shown.stdout), shown.stdout
    engines = {engine["name"]: engine["problem"] for engine in json.loads(run("inspect", "--json", model).stdout)["engines"]}
    assert "Scaler" in engines["rten"]


def test_init_writes_what_is_served(tmp_path):
    model = models.image_classifier(tmp_path / "flowers.onnx")
    shown = run("init", model, cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.startswith("wrote flowers/deployment.json\nassumed: ")
    folder = tmp_path / "flowers"
    text = (folder / "deployment.json").read_text()
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("//")]
    schema = json.loads((ROOT / "server" / "deployment.schema.json").read_text())
    jsonschema.validate(json.loads("\n".join(lines)), schema)
    assert '// found: input "image": float32 [batch, 3, 8, 8]\n' in text
    assert "// assumed: the pixels of image" in text
    assert (folder / "flowers.onnx").read_bytes() == model.read_bytes()
    assert not (folder / "flowers.onnx").is_symlink()
    row = {"image": data_url(numpy.full((8, 8, 3), 51, "uint8"))}
    with serve(tmp_path, folder) as written, serve(tmp_path, model) as alone:
        assert features(written, "flowers") == features(alone, "flowers")
        assert predict(written, "flowers", row) == predict(alone, "flowers", row)


def test_init_overwrites_nothing(tmp_path):
    model = models.scaled(tmp_path / "own.onnx", 2)
    folder = tmp_path / "made"
    assert run("init", model, folder).returncode == 0
    before = (folder / "deployment.json").read_text()
    assert_refused(run("init", model, folder), "made/deployment.json", "there already")
    assert (folder / "deployment.json").read_text() == before
    (folder / "deployment.json").unlink()
    (folder / "own.onnx").write_text("another file")
    assert_refused(run("init", model, folder), "made/own.onnx", "another file")
    assert not (folder / "deployment.json").exists()


def test_init_beside_a_file_of_its_folder_s_name(tmp_path):
    model = models.image_classifier(tmp_path / "own.onnx")
    (tmp_path / "own").write_text("")
    shown = run("init", model, cwd=tmp_path)
    assert_refused(shown, "own: this is a file; name another DIR")


def test_init_in_the_folder_of_the_model(tmp_path):
    model = models.scaled(tmp_path / "here" / "own.onnx", 2)
    assert run("init", model, model.parent).returncode == 0
    with serve(tmp_path, model.parent) as server:
        assert list(server.deployments) == ["here"]


def test_init_links(tmp_path):
    model = models.scaled(tmp_path / "own.onnx", 2)
    assert run("init", "--link", "--token", "t", model, tmp_path / "linked").returncode == 0
    link = tmp_path / "linked" / "own.onnx"
    assert link.is_symlink() and link.resolve() == model.resolve()
    with serve(tmp_path, tmp_path / "linked") as server:
        assert server.deployments["linked"][1] == "t"


def test_check_predicts_examples(folders, tmp_path):
    shown = run("check", folders / "echo", folders / "simple", models.scaled(tmp_path / "own.onnx", 2))
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.count("  in   {") == 6 and shown.stdout.count("  out  {") == 6
    assert "all is right" in shown.stdout and "simple/deployment.json" in shown.stdout
    assert max(map(len, shown.stdout.splitlines())) < 2000
    assert run("check", folders / "echo").stdout == run("check", folders / "echo").stdout


def test_check_predicts_the_held_out_data(tmp_path):
    shown = run("check", "server/deployments/penguins", cwd=ROOT)
    assert shown.returncode == 0, shown.stderr
    assert "the first of examples/data/penguins.csv" in shown.stdout
    assert '"island": "Torgersen", "sex": "male", "bill length (mm)": 34.6' in shown.stdout


def test_check_reports_each_wrong_deployment(folders, tmp_path):
    model = models.scaled(tmp_path / "own.onnx", 2)
    folder = tmp_path / "wrong"
    folder.mkdir()
    (folder / "deployment.json").write_text('{"id": "a/b", "tokens": []}')
    shown = run("check", folder, folders / "names", tmp_path / "none", model, model)
    assert shown.returncode == 1
    for words in ("wrong/deployment.json", "none/deployment.json", '"own" is served already'):
        assert words in shown.stderr, shown.stderr
    assert "all is right" not in shown.stdout


@pytest.mark.parametrize("format", ["", '"format": 2, '])
@pytest.mark.parametrize("tokens", ['"secret-a"', '["secret-a" "secret-b"]', "[secret-a]", '{"x": "secret-a"}', '[["secret-a"]]', "123456789"])
def test_a_wrong_token_is_not_shown(tmp_path, format, tokens):
    (tmp_path / "deployment.json").write_text(f'{{{format}"id": "a", "tokens": {tokens}}}')
    shown = run("check", tmp_path)
    assert shown.returncode == 1
    assert "secret" not in shown.stderr and "123456" not in shown.stderr


def test_check_compares(tmp_path):
    model = models.scaled(tmp_path / "own.onnx", 2)
    def expected(**changes):
        rows = [{"x": {"shape": [3], "data": [1, 2, 3]}}] * 100
        outputs = [{"y": {"data": [2, 4, 6.0001]}}] * 100
        file = tmp_path / "expected.json"
        file.write_text(json.dumps({"rows": rows, "expected": outputs, **changes}))
        return file

    shown = run("check", model, "--compare", expected())
    assert shown.returncode == 0 and "100 rows are predicted as expected" in shown.stdout, shown.stderr
    shown = run("check", model, "--compare", expected(tolerance=1e-6))
    assert shown.returncode == 1
    assert "own.onnx: expected[0].y.data[2]: 6.0001 is expected (tolerance 1e-6), 6.0 came" in shown.stderr.replace("0.000001", "1e-6")
    assert "80 more differences" in shown.stderr
    (tmp_path / "expected.json").unlink()
    assert_refused(run("check", model, "--compare", tmp_path / "expected.json"), "expected.json", "No such file")
    shown = run("check", model, "--compare", expected(expected=[]))
    assert_refused(shown, "expected.json", "0 of them and 100 rows")
