"""The client that users of Triton have: tritonclient over HTTP, with every tensor as bytes."""

import numpy as np
from tritonclient.http import InferenceServerClient, InferInput, InferRequestedOutput

import bench

DATATYPES = {"float32": "FP32", "float64": "FP64", "int64": "INT64", "object": "BYTES"}


def main():
    task = bench.arguments()
    server, model = task.url.removeprefix("http://").split("/v2/models/")
    client = InferenceServerClient(server)
    inputs_of = bench.tensors(task)
    names = [output["name"] for output in client.get_model_metadata(model)["outputs"]]
    outputs = [InferRequestedOutput(name, binary_data=True) for name in names]
    headers = {"Authorization": "Bearer token"}

    def request(index):
        inputs = [tensor(name, values) for name, values in inputs_of(index).items()]
        result = client.infer(model, inputs, outputs=outputs, request_id=str(index), headers=headers)
        return sum(bench.bits_sum(result.as_numpy(name).ravel()[:: bench.stride(task)]) for name in names)

    request(0)
    bench.measure(task.requests, request)


def tensor(name, values):
    if isinstance(values, list):
        values = np.array(values, object)
    made = InferInput(name, values.shape, DATATYPES[str(values.dtype)])
    made.set_data_from_numpy(values)
    return made


if __name__ == "__main__":
    main()
