"""Serves a model of models.py by MLServer, as a custom runtime."""

import asyncio
import sys
from pathlib import Path

import numpy
from mlserver import MLModel
from mlserver.codecs import Base64Codec, NumpyCodec, StringCodec
from mlserver.errors import InferenceError
from mlserver.types import InferenceResponse

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from models import MODELS, BadRows


class Runtime(MLModel):
    async def load(self):
        return True

    async def predict(self, payload):
        inputs = {tensor.name: self.array(tensor) for tensor in payload.inputs}
        if self.name == "slow":
            await asyncio.sleep(float(inputs["wait"].max()))
        try:
            found = MODELS[self.name].compute(inputs, int(self.version))
        except BadRows as error:
            # Its status is 400.
            raise InferenceError(str(error)) from None
        outputs = [self.encoded(name, values) for name, values in found.items()]
        return InferenceResponse(model_name=self.name, model_version=self.version, outputs=outputs)

    def array(self, tensor):
        if tensor.name == "data":
            return numpy.array(self.decode(tensor, default_codec=Base64Codec), object)
        if tensor.datatype == "BYTES":
            return numpy.array(self.decode(tensor, default_codec=StringCodec), object)
        return self.decode(tensor, default_codec=NumpyCodec)

    def encoded(self, name, values):
        if name == "reversed":
            return Base64Codec.encode_output(name, list(values.ravel()))
        if values.dtype == object:
            return StringCodec.encode_output(name, [text.decode() for text in values.ravel()])
        return NumpyCodec.encode_output(name, values)
