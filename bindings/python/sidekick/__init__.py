"""Predictions from deployed models: typed, fast and safe, on top of libsidekick.

```python
client = sidekick.Deployment(url="https://.../forward", token="...")
print(client)
client.predict_many([{"Type": "animal", "Sound": "Miaow", "Size": 0.26}])
```
"""

from sidekick._library import version
from sidekick.columns import PredictedColumns, Probabilities
from sidekick.dataset import create_dataset
from sidekick.deployment import Deployment
from sidekick.deployment import Prediction as Prediction
from sidekick.deployment import Result as Result
from sidekick.deployment import Row as Row
from sidekick.errors import (
    Error,
    FileError,
    HTTPError,
    InternalError,
    InvalidTypeError,
    InvalidValueError,
    MissingValueError,
    NetworkError,
    OutOfMemoryError,
    ReplyError,
    RequestError,
    RequestTimeout,
    ServerError,
)
from sidekick.features import FeatureSpec, FeatureSpecs
from sidekick.images import process_image

__version__ = version()
"""The version of the library that is loaded."""

__all__ = [
    "Deployment",
    "Error",
    "FeatureSpec",
    "FeatureSpecs",
    "FileError",
    "HTTPError",
    "InternalError",
    "InvalidTypeError",
    "InvalidValueError",
    "MissingValueError",
    "NetworkError",
    "OutOfMemoryError",
    "PredictedColumns",
    "Probabilities",
    "ReplyError",
    "RequestError",
    "RequestTimeout",
    "ServerError",
    "create_dataset",
    "process_image",
]
