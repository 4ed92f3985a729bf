"""Models of the Open Inference Protocol that return their inputs, for the tests of all languages: tensors that no
model of the local server has. Each input NAME has an output NAME_out of the same datatype and shape.

| model | inputs |
|---|---|
| bytes | BYTES value [n, 1] |
| free | FP32 x [n, any, 2], INT64 tag [n] |
| unsigned | UINT64 value [n] |
| arrays | INT64 i [n, 2], FP64 d [n, 2] |
| numbers | FP64 f [n], INT64 i [n] |
| images | UINT8 rgb [n, 2, 3, 3], FP32 chw [n, 3, 2, 3], BYTES file [n] |
"""

import json

MODELS = {
    "bytes": [("value", "BYTES", [-1, 1])],
    "free": [("x", "FP32", [-1, -1, 2]), ("tag", "INT64", [-1])],
    "unsigned": [("value", "UINT64", [-1])],
    "arrays": [("i", "INT64", [-1, 2]), ("d", "FP64", [-1, 2])],
    "numbers": [("f", "FP64", [-1]), ("i", "INT64", [-1])],
    "images": [("rgb", "UINT8", [-1, 2, 3, 3]), ("chw", "FP32", [-1, 3, 2, 3]), ("file", "BYTES", [-1])],
}
LENGTH = "Inference-Header-Content-Length"


def respond(request):
    """The response to a request of a path that begins with /v2."""
    path = request.path.split("/")
    if path[2:] == []:
        return json.dumps({"name": "passing", "extensions": ["binary_tensor_data"]})
    tensors = MODELS[path[3]]
    return passed_on(request) if path[4:] == ["infer"] else json.dumps(metadata(tensors))


def metadata(tensors):
    def declared(end):
        return [{"name": name + end, "datatype": datatype, "shape": shape} for name, datatype, shape in tensors]

    return {"name": "passing", "versions": ["1"], "inputs": declared(""), "outputs": declared("_out")}


def passed_on(request):
    length = int(request.headers[LENGTH])
    sent, tail = json.loads(request.body[:length]), request.body[length:]
    outputs = [tensor | {"name": tensor["name"] + "_out"} for tensor in sent["inputs"]]
    head = json.dumps({"id": sent["id"], "outputs": outputs}).encode()
    return (200, head + tail, (LENGTH, str(len(head))))
