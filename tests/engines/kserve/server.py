"""Serves the models of models.py by KServe's own server: server.py PORT"""

import asyncio
import sys
from pathlib import Path

import kserve.protocol.rest.server as rest
from kserve import InferOutput, InferResponse, Model, ModelServer
from kserve.errors import InvalidInput

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from models import MODELS, BadRows


class EngineModel(Model):
    def load(self):
        self.model, self.ready = MODELS[self.name], True
        return self.ready

    def get_input_types(self):
        return self.described(self.model.inputs)

    def get_output_types(self):
        return self.described(self.model.outputs)

    def described(self, tensors):
        axis = [-1] if self.model.most_rows else []
        return [{"name": name, "datatype": kind, "shape": axis + shape} for name, (kind, shape) in tensors.items()]

    async def predict(self, payload, headers=None):
        inputs = {tensor.name: tensor.as_numpy() for tensor in payload.inputs}
        if self.name == "slow":
            await asyncio.sleep(float(inputs["wait"].max()))
        try:
            found = self.model.compute(inputs, 1)
        except BadRows as error:
            # Its status is 400.
            raise InvalidInput(str(error)) from None
        return InferResponse(
            response_id=payload.id,
            model_name=self.name,
            infer_outputs=[self.output(name, values) for name, values in found.items()],
            use_binary_outputs=payload.use_binary_outputs,
            requested_outputs=payload.request_outputs,
        )

    def output(self, name, values):
        output = InferOutput(name, list(values.shape), self.model.outputs[name][0])
        # The response's form is chosen when it is sent.
        output.data = values
        return output


def served(name):
    model = EngineModel(name)
    model.load()
    return model


class LoopbackConfig(rest.uvicorn.Config):
    """KServe listens on all addresses; this machine's own are enough here."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **{**options, "host": "127.0.0.1"})


if __name__ == "__main__":
    rest.uvicorn.Config = LoopbackConfig
    models = [served(name) for name, model in MODELS.items() if "kserve" not in model.not_on]
    ModelServer(http_port=int(sys.argv[1]), enable_grpc=False, grace_period=1).start(models)
