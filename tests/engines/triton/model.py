"""Serves a model of models.py by Triton's Python backend. A copy of both is in each version of each model."""

import time
from pathlib import Path
import sys

import triton_python_backend_utils as pb

sys.path.insert(0, str(Path(__file__).parent))
from models import MODELS, BadRows


class TritonPythonModel:
    def initialize(self, args):
        self.name, self.version = args["model_name"], int(args["model_version"])
        self.model = MODELS[self.name]

    def execute(self, requests):
        return [self.respond(request) for request in requests]

    def respond(self, request):
        tensors = {name: pb.get_input_tensor_by_name(request, name) for name in self.model.inputs}
        tensors = {name: tensor for name, tensor in tensors.items() if tensor is not None}
        # NumPy has no BF16: such a tensor is handed on as it is.
        if self.name == "bfloat":
            return pb.InferenceResponse([pb.Tensor.from_dlpack("y", tensors["x"])])
        try:
            found = self.compute({name: tensor.as_numpy() for name, tensor in tensors.items()})
        except BadRows as error:
            return pb.InferenceResponse(error=pb.TritonError(str(error), pb.TritonError.INVALID_ARG))
        except Exception as error:
            return pb.InferenceResponse(error=pb.TritonError(str(error)))
        return pb.InferenceResponse([pb.Tensor(name, values) for name, values in found.items()])

    def compute(self, inputs):
        if self.name == "slow":
            time.sleep(float(inputs["wait"].max()))
        return self.model.compute(inputs, self.version)
