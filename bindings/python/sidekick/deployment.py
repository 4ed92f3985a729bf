"""The handle of one deployed model: opened by URL and token, asked for predictions."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping
from copy import copy
from ctypes import POINTER, byref, c_int32, c_size_t
from html import escape
from itertools import islice
from os import PathLike, fspath
from textwrap import indent
from typing import TYPE_CHECKING, Any

from sidekick._decode import Decoders
from sidekick._encode import Encoders, encode
from sidekick._library import Handle, call, library, make, number, text
from sidekick._optional import need
from sidekick._progress import shown
from sidekick.features import FeatureSpec, FeatureSpecs

if TYPE_CHECKING:
    import pandas

Row = Mapping[str, Any]
"""The features of one example by name; keys that are no input of the deployment are passed over."""

_INPUT, _OUTPUT = 0, 1
_DTYPES = {1: "numeric", 2: "categorical", 3: "binary", 4: "text", 5: "image"}


class Deployment:
    """One deployed model. Share it freely between threads; while the network is waited for, others run.

    A row is a mapping of feature names to values, and a result is a dict of output names to values:

    | feature | takes | gives |
    |---|---|---|
    | numeric | int, float | float |
    | categorical | str, int | dict of every label to its probability |
    | binary | str, int, bool | float, the probability |
    | text | str | str |
    | image | PIL image with its `format` set, path, bytes of a file | PIL image with its `format` set |
    | array | NumPy array, or anything with a buffer of numbers | float32 NumPy array |

    NumPy's scalars are taken where numbers are, and a pandas Series as a row or as an array. A wrong type raises
    `TypeError`; a wrong shape, a missing feature and a bad reply raise `ValueError`; what goes wrong with the request
    raises a `RequestError`, which is an `IOError`.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        batch_rows: int = 128,
        max_in_flight: int = 1,
        timeout: float | None = None,
        retries: int = 2,
        ca_file: str | PathLike[str] | None = None,
        proxy: str | None = None,
    ) -> None:
        """Opens the deployment at `url` with `token`: asks the server what the model takes and gives.

        - `batch_rows`: how many rows go out in one request.
        - `max_in_flight`: how many requests of one `predict_many` are under way at once; more than one starts that many
          threads for the time of the call.
        - `timeout`: how many seconds one request may take with all its attempts. Without it, making a connection may take
          10 seconds and the server may be silent for 120.
        - `retries`: how often a request is sent again where no connection could be made or it broke before a reply
          began, and where the server answers 429, 502, 503 or 504.
        - `ca_file`: a PEM file with the certificates to trust instead of the system's.
        - `proxy`: `http://[user:password@]host:port`, or `""` for none; without it, the environment names it
          (`HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`, or in small letters).
        """
        options = _options(
            batch_rows=_count("batch_rows", batch_rows),
            max_in_flight=_count("max_in_flight", max_in_flight),
            call_timeout=None if timeout is None else _milliseconds(timeout),
            retries=_count("retries", retries),
            ca_file=None if ca_file is None else fspath(ca_file),
            proxy=proxy,
        )
        address, secret = url.encode(), token.encode()
        self._handle: Handle | None = make(
            library.sidekick_deployment_open,
            library.sidekick_deployment_free,
            *(address, len(address), secret, len(secret), options),
        )
        self._url = url
        self._batch_rows = batch_rows
        self._tensor_json = bool(library.sidekick_deployment_tensor_json(self._handle))
        self._inputs = _specs(self._handle, _INPUT)
        self._outputs = _specs(self._handle, _OUTPUT)
        self._encoders = Encoders(self._inputs)

    @property
    def url(self) -> str:
        """The URL it was opened with."""
        return self._url

    @property
    def tensor_json(self) -> bool:
        """Whether arrays travel as JSON, not as `.npy` files."""
        return self._tensor_json

    @property
    def feature_specs_in(self) -> FeatureSpecs:
        """What the model takes; a copy, which is the caller's."""
        return FeatureSpecs(map(copy, self._inputs))

    @property
    def feature_specs_out(self) -> FeatureSpecs:
        """What the model gives; a copy, which is the caller's."""
        return FeatureSpecs(map(copy, self._outputs))

    def predict(self, /, **features: Any) -> dict[str, Any]:
        """Predicts one row, its features given as keywords."""
        return self.predict_many([features])[0]

    def predict_many(self, rows: Iterable[Row], *, progress: bool = False) -> list[dict[str, Any]]:
        """Predicts all rows; the results are in their order.

        With `progress`, a bar shows how far it is, on a terminal and where tqdm is installed.
        """
        if progress:
            return list(self.predict_lazy(rows, progress=True))
        return self._predict(rows, 0)

    def predict_lazy(self, rows: Iterable[Row], *, progress: bool = False) -> Generator[dict[str, Any], None, None]:
        """Predicts rows as their results are asked for: a request of `batch_rows` rows when the first of them is."""
        results = self._batches(rows)
        yield from shown(results, rows) if progress else results

    def predict_frame(
        self, frame: pandas.DataFrame, *, probabilities: bool = False, progress: bool = False
    ) -> pandas.DataFrame:
        """Predicts the rows of a DataFrame, whose columns are named like the inputs; others are passed over.

        The result has the same index and a column for each output. A categorical output NAME has its most probable
        label there, and that label's probability in `NAME probability`; with `probabilities`, every label's in
        `NAME: LABEL`.
        """
        need("pandas", "pandas", "predict_frame")
        from sidekick._frame import result_frame, rows_of

        results = self.predict_many(rows_of(frame, self._inputs), progress=progress)
        return result_frame(frame.index, self._outputs, results, probabilities)

    def close(self) -> None:
        """Closes the connections, when the calls that still run have ended; further ones raise `ValueError`."""
        self._handle = None

    def __enter__(self) -> Deployment:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        inputs, outputs = indent(repr(self._inputs), "  "), indent(repr(self._outputs), "  ")
        return f"Deployment {self._url}\ninputs\n{inputs}\noutputs\n{outputs}"

    def _repr_html_(self) -> str:
        inputs, outputs = self._inputs._repr_html_(), self._outputs._repr_html_()
        return f"<p>Deployment <code>{escape(self._url)}</code></p><p>inputs</p>{inputs}<p>outputs</p>{outputs}"

    def _batches(self, rows: Iterable[Row]) -> Iterator[dict[str, Any]]:
        iterator, first_row = iter(rows), 0
        while results := self._predict(islice(iterator, self._batch_rows), first_row):
            yield from results
            first_row += len(results)

    def _predict(self, rows: Iterable[Row], first_row: int) -> list[dict[str, Any]]:
        # A handle of its own: the deployment may be closed by another thread meanwhile.
        handle = self._handle
        if handle is None:
            raise ValueError("the deployment is closed")
        decoders = Decoders(self._outputs, first_row)
        encoded, count = encode(handle, self._encoders, rows, first_row)
        if count == 0:
            return []
        predictions = make(
            *(library.sidekick_deployment_predict, library.sidekick_predictions_free, handle, encoded),
            first_row=first_row,
        )
        return decoders.rows(predictions, count)


def _options(**settings: int | str | None) -> Handle:
    """Options with each setting that is not None made by the function of its name."""
    options = make(library.sidekick_options_new, library.sidekick_options_free)
    for name, value in settings.items():
        if value is not None:
            call(getattr(library, f"sidekick_options_set_{name}"), options, *_arguments(value))
    return options


def _arguments(value: int | str) -> tuple[Any, ...]:
    """A value as C takes it: text with its length."""
    if isinstance(value, int):
        return (value,)
    encoded = value.encode()
    return encoded, len(encoded)


def _milliseconds(seconds: float) -> int:
    """A time limit for C, where 0 would mean none."""
    if not 0 < seconds < 1e9:
        raise ValueError(f"timeout is {seconds}: it has to be a number of seconds above 0")
    return max(1, round(seconds * 1000))


def _count(name: str, value: int) -> int:
    """A count that C cannot take for a large one."""
    if not 0 <= value < 1 << 32:
        raise ValueError(f"{name} is {value}: it has to be a number from 0")
    return value


def _specs(handle: Handle, side: int) -> FeatureSpecs:
    count = library.sidekick_deployment_feature_count(handle, side)
    return FeatureSpecs(_spec(handle, side, index) for index in range(count))


def _spec(handle: Handle, side: int, index: int) -> FeatureSpec:
    feature = (handle, side, index)
    shape, rank = POINTER(c_size_t)(), c_size_t()
    call(library.sidekick_deployment_feature_shape, *feature, byref(shape), byref(rank))
    listed = number(library.sidekick_deployment_category_count, *feature)
    return FeatureSpec(
        name=text(library.sidekick_deployment_feature_name, *feature),
        dtype=_DTYPES[number(library.sidekick_deployment_feature_type, *feature, kind=c_int32)],
        shape=tuple(shape[: rank.value]),
        categories=tuple(text(library.sidekick_deployment_category, *feature, place) for place in range(listed)),
    )
