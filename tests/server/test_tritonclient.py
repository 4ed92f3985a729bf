"""The calls of a user of tritonclient, as they are made to Triton."""

import numpy
import pytest
from tritonclient.http import InferenceServerClient, InferInput, InferRequestedOutput
from tritonclient.utils import InferenceServerException, np_to_triton_dtype


@pytest.fixture
def client(server):
    with InferenceServerClient(server.base.removeprefix("http://")) as client:
        yield client


def tensor(name, values, binary=True):
    """An input that holds these values."""
    made = InferInput(name, list(values.shape), np_to_triton_dtype(values.dtype))
    return made.set_data_from_numpy(values, binary_data=binary)


def pair(rows=1, binary=True):
    """Both inputs of the model `simple`."""
    first = numpy.arange(16 * rows, dtype="int32").reshape(rows, 16)
    second = numpy.ones((rows, 16), "int32")
    return first, second, [tensor("INPUT0", first, binary), tensor("INPUT1", second, binary)]


def headers(model):
    """The token of a model. Each call gets its own: `infer` adds a header to what it is given."""
    return {"Authorization": f"Bearer {model}-token"}


def infer(client, inputs, **options):
    return client.infer("simple", inputs, headers=headers("simple"), **options)


def test_the_server_is_live_and_ready(client):
    assert client.is_server_live() and client.is_server_ready()


def test_server_metadata(client):
    metadata = client.get_server_metadata()
    assert metadata["name"] == "sidekick-server" and metadata["version"]
    assert metadata["extensions"] == ["binary_tensor_data"]


@pytest.mark.parametrize("version", ["", "1"])
def test_model_metadata(client, version):
    assert client.is_model_ready("simple", version, headers=headers("simple"))
    spec = {"datatype": "INT32", "shape": [-1, 16]}
    assert client.get_model_metadata("simple", version, headers=headers("simple")) == {
        "name": "simple",
        "versions": ["1"],
        "platform": "rten_onnx",
        "inputs": [{"name": name, **spec} for name in ("INPUT0", "INPUT1")],
        "outputs": [{"name": name, **spec} for name in ("OUTPUT0", "OUTPUT1")],
    }


@pytest.mark.parametrize("binary_in", [True, False])
@pytest.mark.parametrize("binary_out", [True, False])
@pytest.mark.parametrize("rows", [1, 5])
def test_infer(client, binary_in, binary_out, rows):
    first, second, inputs = pair(rows, binary_in)
    outputs = [InferRequestedOutput(name, binary_data=binary_out) for name in ("OUTPUT0", "OUTPUT1")]
    result = infer(client, inputs, outputs=outputs, request_id="7")
    assert (result.as_numpy("OUTPUT0") == first + second).all()
    assert (result.as_numpy("OUTPUT1") == first - second).all()
    response = result.get_response()
    assert (response["id"], response["model_name"], response["model_version"]) == ("7", "simple", "1")
    assert ("data" in result.get_output("OUTPUT0")) == (not binary_out)


def test_without_outputs_all_come_in_binary(client):
    first, second, inputs = pair()
    result = infer(client, inputs, model_version="1")
    assert (result.as_numpy("OUTPUT0") == first + second).all()
    assert (result.as_numpy("OUTPUT1") == first - second).all()
    assert "data" not in result.get_output("OUTPUT0") and "id" not in result.get_response()


def test_one_output_of_two(client):
    first, second, inputs = pair()
    result = infer(client, inputs, outputs=[InferRequestedOutput("OUTPUT1")])
    assert (result.as_numpy("OUTPUT1") == first - second).all()
    assert result.as_numpy("OUTPUT0") is None


def every_type():
    """A value for each input of the model `tensors`."""
    return {
        "bool": numpy.array([[True, False], [False, True]]),
        "int8": numpy.array([-128, 127], "int8"),
        "uint8": numpy.array([[[0, 255], [1, 2]]] * 2, "uint8"),
        "int32": numpy.array([[-(2**31), 2**31 - 1, 0]] * 2, "int32"),
        "int64": numpy.array([[-(2**31), 2**31 - 1], [0, 1]], "int64"),
        "fp32": numpy.array([[0.1, -0.0, 1e-45], [3.4028235e38, 1 / 3, 16777217]], "float32"),
        "fp64": numpy.array([0.5, -1e30], "float64").astype("float32").astype("float64"),
    }


@pytest.mark.parametrize("binary_in", [True, False])
@pytest.mark.parametrize("binary_out", [True, False])
def test_every_type(client, binary_in, binary_out):
    values = every_type()
    inputs = [tensor(name, value, binary_in) for name, value in values.items()]
    outputs = [InferRequestedOutput(f"{name}_out", binary_data=binary_out) for name in values]
    result = client.infer("tensors", inputs, outputs=outputs, headers=headers("tensors"))
    for name, value in values.items():
        found = result.as_numpy(f"{name}_out")
        assert (found.dtype, found.shape) == (value.dtype, value.shape)
        assert found.tobytes() == value.tobytes(), name


def test_binary_and_json_inputs_and_outputs_mix(client):
    first, second, _ = pair()
    inputs = [tensor("INPUT0", first, True), tensor("INPUT1", second, False)]
    outputs = [InferRequestedOutput("OUTPUT1", binary_data=False), InferRequestedOutput("OUTPUT0")]
    result = infer(client, inputs, outputs=outputs)
    assert (result.as_numpy("OUTPUT0") == first + second).all()
    assert (result.as_numpy("OUTPUT1") == first - second).all()


def test_zero_rows(client):
    for binary in (True, False):
        _, _, inputs = pair(0, binary)
        outputs = [InferRequestedOutput("OUTPUT0", binary_data=binary)]
        result = infer(client, inputs, outputs=outputs)
        assert result.as_numpy("OUTPUT0").shape == (0, 16)


@pytest.mark.parametrize("request_compression", [None, "gzip", "deflate"])
@pytest.mark.parametrize("response_compression", [None, "gzip", "deflate"])
def test_compression(client, request_compression, response_compression):
    first, second, inputs = pair(100)
    result = infer(
        client,
        inputs,
        request_compression_algorithm=request_compression,
        response_compression_algorithm=response_compression,
    )
    assert (result.as_numpy("OUTPUT0") == first + second).all()


def test_many_requests_in_flight(server):
    with InferenceServerClient(server.base.removeprefix("http://"), concurrency=4) as client:
        ask = lambda rows: client.async_infer("simple", pair(rows)[2], headers=headers("simple"))
        asked = [ask(rows) for rows in range(1, 20)]
        found = [request.get_result().as_numpy("OUTPUT0") for request in asked]
    for rows, values in enumerate(found, 1):
        first, second, _ = pair(rows)
        assert (values == first + second).all()


def test_features_of_a_deployment_are_its_model_s_tensors(client, server, folders):
    """The same number comes over both protocols."""
    array = numpy.arange(1_000_000, dtype="float32").reshape(1, 1000, 1000) % 7
    result = client.infer("single-array", [tensor("values", array)], headers=headers("single-array"))
    row = {"array": {"shape": [1000, 1000], "data": array.ravel().tolist()}}
    [predicted] = server.deployment("single-array").predict(row)
    assert result.as_numpy("mean") == [numpy.float32(predicted["mean"])]


def refused(status, *words):
    """The exception of a status with these words in its message."""

    class Refused:
        def __enter__(self):
            self.raises = pytest.raises(InferenceServerException)
            self.error = self.raises.__enter__()

        def __exit__(self, *outcome):
            raised = self.raises.__exit__(*outcome)
            assert self.error.value.status() == str(status)
            for word in words:
                assert word in self.error.value.message(), self.error.value.message()
            return raised

    return Refused()


def test_errors_are_exceptions_with_the_server_s_text(client):
    first, _, inputs = pair()
    with refused(404, '"nowhere"'):
        client.infer("nowhere", inputs)
    with refused(404, "version"):
        infer(client, inputs, model_version="2")
    with refused(401, "token"):
        client.infer("simple", inputs)
    with refused(403, "not enabled"):
        client.get_model_metadata("disabled", headers=headers("disabled"))
    with refused(400, '"INPUT1"', "missing"):
        infer(client, inputs[:1])
    with refused(400, '"INPUT0"', "[1, 15]"):
        infer(client, [tensor("INPUT0", first[:, :15]), inputs[1]])
    with refused(400, '"INPUT0"', "FP32", "INT32"):
        infer(client, [tensor("INPUT0", first.astype("float32")), inputs[1]])
    with refused(400, '"OUTPUT2"'):
        infer(client, inputs, outputs=[InferRequestedOutput("OUTPUT2")])
    with refused(400, '"OUTPUT0"', "classification"):
        infer(client, inputs, outputs=[InferRequestedOutput("OUTPUT0", class_count=3)])
    assert not client.is_model_ready("nowhere") and not client.is_model_ready("simple")
