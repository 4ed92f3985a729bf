"""The handle of one deployed model: opened by URL and token, asked for predictions."""

from __future__ import annotations

from collections.abc import Callable, Container, Generator, Iterable, Mapping, Sequence
from ctypes import POINTER, byref, c_int32, c_size_t
from copy import copy
from functools import partial
from html import escape
from textwrap import indent
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal, TypeVar, Union

from sidekick._alike import nearest
from sidekick._callbacks import SignalHandlers, TokenSource, set_log, token_bytes
from sidekick._decode import Decoders
from sidekick._encode import AddPart, Encoders, chunks, require_mapping, require_rows
from sidekick._interrupt import interruptible, new_cancel
from sidekick._library import Handle, Where, call, getter_text, library, make, number, text
from sidekick._one_row import OneRow, one_row
from sidekick._optional import need
from sidekick._options import Path, make_options, milliseconds, switch
from sidekick._progress import shown
from sidekick._refused import kind_of
from sidekick._stream import Pipe, batches, flat
from sidekick.columns import PredictedColumns
from sidekick.errors import InvalidTypeError, InvalidValueError, RequestTimeout
from sidekick.features import ELEMENTS, FeatureSpec, FeatureSpecs

if TYPE_CHECKING:
    from sidekick._missing import Missing
    from sidekick._table import Table

T = TypeVar("T")
F = TypeVar("F")

D = TypeVar("D", bound="Deployment")

Token = Union[str, bytes, Callable[[], Union[str, bytes]]]
"""A token, or a function that is called for it before every request."""

Row = Mapping[str, Any]
"""The features of one example by name; keys that are no input of the deployment are ignored."""

Prediction = dict[str, Any]
"""The outputs of one row by name, each as the table of `Deployment` says."""

Result = Union[Prediction, Any]
"""The outputs of one row by name. With `isolate_bad_rows` and `errors="return"` that of a failed row is its
exception: `Any`, so that callers who use neither need not check for it."""

_INPUT, _OUTPUT = 0, 1
_SIZE_ANY = c_size_t(-1).value
# The size of a part of a table that is predicted by one call.
_FEWEST_REQUESTS, _FEWEST_ROWS = 8, 4096
_PROTOCOLS = {1: "deployment_api", 2: "open_inference"}
_DTYPES = {1: "numeric", 2: "categorical", 3: "binary", 4: "text", 5: "image", 6: "bytes"}


class Deployment:
    """One deployed model. Threads may share it; while one waits for the network, the others run.

    A row is a mapping of feature names to values, and a result is a dict of output names to values:

    | feature | takes | returns |
    |---|---|---|
    | numeric | int, float, Decimal | float; int if the model's tensor has integers |
    | categorical | str, int | dict of every label to its probability |
    | binary | str, int, bool | float, the probability |
    | text | str | str |
    | bytes | bytes, bytearray, memoryview, open file | bytes |
    | image | PIL image, uint8 array, path, open file or its bytes | PIL image with its `format` set |
    | array | NumPy array, buffer of numbers, nested lists, `.npy` file | NumPy array |

    NumPy's scalars are taken where numbers are, and a pandas Series as a row or as an array. A wrong type
    raises `TypeError`; a wrong shape, a missing feature and an invalid response raise `ValueError`; a request
    that fails raises a `RequestError`, which is an `IOError`. All of them are an `Error`, which has the row and
    the feature. A missing value is refused, and so are dates, times and durations.

    On the main thread, Ctrl-C ends a call within 100 ms: it raises `KeyboardInterrupt`, as any handler of a
    signal may. On Windows, a predict of a single request ends by itself first.
    """

    def __init__(
        self,
        url: str,
        token: Token,
        *,
        batch_rows: int = 128,
        max_in_flight: int = 1,
        isolate_bad_rows: bool = False,
        isolate_status_500: bool = False,
        call_timeout: float | None = None,
        connect_timeout: float | None = 10,
        response_timeout: float | None = 120,
        retries: int = 2,
        retry_backoff: tuple[float, float] = (0.1, 30),
        ca_file: Path | None = None,
        ca_pem: str | bytes | None = None,
        client_certificate: tuple[Path | bytes, Path | bytes] | None = None,
        tls_minimum: Literal["1.2", "1.3"] = "1.2",
        dangerous_skip_tls_verification: bool = False,
        proxy: str | None = None,
        no_proxy: str | None = None,
        allow_token_over_http: bool = False,
        headers: Mapping[str, str] | None = None,
        user_agent_suffix: str = "",
        host_header: str = "",
        protocol: Literal["auto", "deployment_api", "open_inference"] = "auto",
        model_description: Mapping[str, Any] | Path | None = None,
        wire: Literal["auto", "binary", "json"] = "auto",
        reply_limit: int = 1 << 30,
        max_image_pixels: int = 64 << 20,
        apply_orientation: bool = False,
        request_gzip: bool = False,
        reply_gzip: bool = True,
        keep_alive: tuple[int, float] = (64, 4),
        log: bool = False,
        callbacks_on_caller: bool = False,
    ) -> None:
        """Opens the deployment at `url` with `token`: asks the server for its inputs and outputs.

        A URL whose path ends in `/deployment/ID`, also with `/forward`, `/openapi.json` or a slash after it,
        names a deployment. Predictions are posted to any other URL unchanged. The token is visible ASCII, as
        a str or bytes, without "Bearer " before it.

        The token may be a function, for tokens that expire: it is called before every request, and once more
        if the server answers 401. Several threads may call it at once; for a call on the main thread, another one
        does, so that Ctrl-C can end the call. It must not use the deployment. If it raises, the call that needed
        the token raises the same. Times are in seconds.

        - `batch_rows`: how many rows go out in one request.
        - `max_in_flight`: how many requests of one call are in flight at once; more than one starts that many
          threads, for as long as it lasts.
        - `isolate_bad_rows`: finds the rows that the server refuses (status 400, 413 or 422): halves of their
          request are sent again until each is alone. The others are predicted, and the result of a bad row is
          its `RequestError`. Without it, the whole call raises.
        - `isolate_status_500`: counts status 500 as a refusal of the rows, too, with `isolate_bad_rows`. Triton,
          MLServer and KServe answer so if the model itself fails at a row.
        - `call_timeout`: how long one request may take, with all its attempts and the waits between; None is no limit.
        - `connect_timeout`: how long making a connection may take; None is without limit.
        - `response_timeout`: how long the server may be silent while it is sent to or read from; None is without limit.
        - `retries`: how often a request is sent again if no connection could be made, if it broke before the
          response began, or after status 429, 502, 503 or 504.
        - `retry_backoff`: the wait before the first retry, and the longest wait. The wait doubles each time, less
          a random part of up to a half. `Retry-After` replaces it; above the longest wait there is no retry.
        - `ca_file`: a PEM file with the certificates to trust instead of the system's.
        - `ca_pem`: the same, as the PEM text itself; one of the two can be given.
        - `client_certificate`: the certificate to show the server (followed by the intermediate certificates) and its
          key: two paths of PEM files, or two PEM texts as bytes.
        - `tls_minimum`: the oldest version of TLS that is spoken.
        - `dangerous_skip_tls_verification`: accepts any certificate, so that others on the network can read the
          token and change the responses. For tests only.
        - `proxy`: `http://[user:password@]host:port`, the same with `socks5://`, or `""` for none; without
          it, the environment names it (`HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY`, or in small letters), and
          this machine is asked without it.
        - `no_proxy`: the hosts that are reached without the proxy, instead of the environment's `NO_PROXY`:
          names (with their sub-domains), addresses, networks such as `10.0.0.0/8`, or `*`, separated by commas.
        - `allow_token_over_http`: allows a URL that begins with `http://` and is not of this machine. Others on
          the network can then read the token.
        - `headers`: a dict of headers for every request to the deployment's server. Those that requests have
          anyway are refused.
        - `user_agent_suffix`: what follows `sidekick/VERSION` in the User-Agent header, such as `shop/2.1`.
        - `host_header`: the Host header of every request, by which an ingress chooses the model; empty for the URL's.
        - `protocol`: chooses the protocol in place of the URL. With `"open_inference"` a URL without
          `/v2/models/NAME` is that of the model itself.
        - `model_description`: what the metadata of a model of the Open Inference Protocol do not say, or say
          wrong: a dict, JSON text, or the path of a file. `docs/model-description.md` explains its keys.
        - `wire`: how tensors are sent to a server of the Open Inference Protocol: as bytes (`"binary"`), as
          JSON (`"json"`), or as bytes once the server is known to take them (`"auto"`).
        - `reply_limit`: how many bytes a reply may have, compressed and uncompressed.
        - `max_image_pixels`: how many pixels an image may have: one given as a path or as bytes, or one in a response.
        - `apply_orientation`: turns images, also Pillow's, the way their metadata say they are to be shown; a
          file that is turned goes out as PNG. Without it, pixels go out as stored.
        - `request_gzip`: sends bodies of 1 KiB and more compressed with gzip, which the server has to understand.
        - `reply_gzip`: lets the server compress its responses with gzip.
        - `keep_alive`: how many idle connections are kept, and for how long. With 0 of either, every request
          makes its own.
        - `log`: writes to the logger `sidekick`, never with the token: failed requests as errors, retries as
          warnings, responses as info, connections as debug.
        - `callbacks_on_caller`: the token's function and the logger are called only on threads that are inside a
          call of the deployment. Without it, and with `max_in_flight` above 1, threads of the library call them, too.
        """
        settings = {name: value for name, value in locals().items() if name not in ("self", "url", "token")}
        if ca_file is not None and ca_pem is not None:
            raise InvalidValueError("ca_file and ca_pem are both given: one of them says whom to trust")
        if not isinstance(url, str):
            raise InvalidTypeError(f"url: expected a str, got {kind_of(url)}")
        options = make_options(settings)
        if switch("log", log):
            set_log(options)
        self._signal_handlers = SignalHandlers(options)
        self._token_source = TokenSource(token, options) if callable(token) else None
        handle = self._open(url, b"" if callable(token) else token_bytes(token, " or a function"), options)
        self._handle: Handle | None = handle
        self._url = url
        # A function, which shows no token.
        self._given: Callable[[], tuple[str, Token, dict[str, Any]]] = lambda: (url, token, settings)
        self._batch_rows, self._max_in_flight = batch_rows, max_in_flight
        self._isolates = isolate_bad_rows
        # Python's functions run in calls then. A signal may arrive where one of them begins, and what its
        # handler raises there is lost: none is to run on the main thread.
        self._calls_back, self._on_caller = log or callable(token), callbacks_on_caller
        self._protocol = _PROTOCOLS[library.sidekick_deployment_protocol(handle)]
        self._model_version = getter_text(library.sidekick_deployment_model_version, handle)
        self._batch_limit: int | None = library.sidekick_deployment_batch_limit(handle) or None
        self._inputs = self._specs(handle, _INPUT)
        self._input_names = {spec.name for spec in self._inputs}
        self._outputs = self._specs(handle, _OUTPUT)
        self._encoders = Encoders(self._inputs, apply_orientation)
        self._decoders = Decoders(self._outputs)
        # Rows whose memory the next table may use: as many as tables were ever predicted at once.
        self._idle: list[Handle] = []
        # A row that is isolated has its error as its result, which this does not give.
        self._one_row = None if isolate_bad_rows else one_row(self._encoders, self._outputs)

    @property
    def url(self) -> str:
        """The URL it was opened with."""
        return self._url

    @property
    def protocol(self) -> str:
        """The protocol it speaks: `"deployment_api"` or `"open_inference"`."""
        return self._protocol

    @property
    def model_version(self) -> str:
        """The version of the model: the one in the URL, or the only one that the server lists.

        Empty if neither is known, and for the Deployment API.
        """
        return self._model_version

    @property
    def batch_limit(self) -> int | None:
        """The most rows that the model takes in one request, if it says so; rows are split accordingly."""
        return self._batch_limit

    @property
    def feature_specs_in(self) -> FeatureSpecs:
        """What the model takes; a copy, which is the caller's."""
        return copy(self._inputs)

    @property
    def feature_specs_out(self) -> FeatureSpecs:
        """What the model returns; a copy, which is the caller's."""
        return copy(self._outputs)

    def predict(self, row: Row | None = None, /, **features: Any) -> Prediction:
        """Predicts one row: its features as keywords, as a mapping, or as both; keywords then override.

        The keyword `timeout` is a time limit for the call, in seconds: it then raises `RequestTimeout`. If
        the deployment has an input of that name, the keyword is the input; give the time limit with a mapping.
        Keys that are no input are ignored. With a mapping, a keyword that is no input raises `TypeError`.
        """
        timeout = None
        if row is not None or "timeout" not in self._input_names:
            timeout = features.pop("timeout", None)
        if row is None:
            row = features
        elif features:
            if unknown := features.keys() - self._input_names:
                why = f"predict: the keyword {min(unknown)!r} beside a row is no input, nor is it timeout"
                raise InvalidTypeError(why + nearest(min(unknown), self._input_names))
            require_mapping(row, 0)
            row = {**row, **features}
        cancel = _limited(timeout)
        if self._one_row is not None:
            return self._predict_one(self._one_row, row, cancel)
        (result,) = self._predict_rows([row], cancel)
        if isinstance(result, Exception):
            raise result
        return result

    def predict_many(
        self,
        rows: Iterable[Row],
        *,
        progress: bool = False,
        errors: Literal["raise", "return"] = "raise",
        timeout: float | None = None,
    ) -> list[Result]:
        """Predicts all rows; the results are in their order.

        What is wrong with a row or a request is raised. With `errors="return"` it is the result of the rows
        that are concerned, and the others are predicted. With `isolate_bad_rows`, the result of a row that the
        server refuses is its exception.

        With `progress`, a bar shows how far it is, on a terminal or in a notebook, if tqdm is installed. After
        `timeout` seconds the whole call, with all its requests, ends with `RequestTimeout`.
        """
        if progress or errors != "raise":
            return list(self.predict_lazy(rows, progress=progress, errors=errors, timeout=timeout))
        cancel = _limited(timeout)
        require_rows(rows)
        return self._predict_rows(rows if timeout is None else _in_time(rows, timeout), cancel)

    def predict_lazy(
        self,
        rows: Iterable[Row],
        *,
        progress: bool = False,
        errors: Literal["raise", "return"] = "raise",
        timeout: float | None = None,
    ) -> Generator[Result, None, None]:
        """Predicts rows as their results are asked for, in bounded memory: a generator of the results, in order.

        When a batch's first result is asked for, its `batch_rows` rows are read and sent in one request.
        With `max_in_flight` above 1, that many requests are in flight, and up to twice as many batches are
        read ahead. Closing the generator, or dropping it, cancels the requests in flight. One thread uses it
        at a time.

        An error is raised in place of the results of its batch, and ends the run; it counts rows over the
        whole run. With `errors="return"` the run goes on: each row of a request that failed has the exception
        as its result, and a row that cannot be sent has its own. An exception of the iterable itself is always
        raised.

        `timeout` seconds after the first result was asked for, what is not predicted yet fails with
        `RequestTimeout`, and no more rows are sent.
        """
        if errors not in ("raise", "return"):
            raise InvalidValueError(f'errors is {errors!r}: it has to be "raise" or "return"')
        require_rows(rows)
        pipe = Pipe(
            encoders=self._encoders,
            decoders=self._decoders,
            deployment=self._opened,
            make=self._make,
            batch_rows=self._batch_rows,
            max_in_flight=self._max_in_flight,
            returns_errors=errors == "return",
            always_calls_back=self._calls_back and self._on_caller,
            timeout=_milliseconds(timeout),
        )
        found = batches(pipe, rows)
        return flat(shown(found, rows) if progress else found)

    def predict_columns(
        self,
        columns: Mapping[str, Any] | Any,
        *,
        missing: Missing = "error",
        progress: bool = False,
        timeout: float | None = None,
    ) -> PredictedColumns:
        """Predicts the rows of a table that is given as columns: the fast way for many rows. Needs NumPy.

        `columns` has a column for each input, all of one length; others are ignored. It is a mapping, or any
        table with the Arrow PyCapsule interface, such as those of polars, pyarrow and DuckDB. A column is a
        NumPy array, a sequence (list, tuple, pandas Series) of the values that rows take, or anything with a
        buffer of numbers, with `__array_interface__`, or with the Arrow PyCapsule interface; that of an array
        input best is one array whose first axis counts the rows. The result has a column for each output:

        | output | column |
        |---|---|
        | numeric, binary | float64 array, or one of the type of the model's tensor |
        | categorical | `Probabilities`: labels, and a float64 array rows x labels; `best()` gives the most probable |
        | text, bytes, image | list |
        | array | float32 array, or one of the type of the model's tensor, rows x shape |

        `missing` says what becomes of missing values (None, NaN, null and the like): `"error"` raises a
        `MissingValueError` or `InvalidValueError` for the first; a dict of values by the inputs' names fills
        them in, also elements of arrays that are NaN; `"skip"` does not send their rows.

        With `isolate_bad_rows`, bad rows have NaN or None there, and the result's `errors` has their
        exceptions. So it is for skipped rows. Rows go out in parts of several requests, and their memory is
        used again; what cannot be sent is raised when its part is reached. After `timeout` seconds the whole
        call raises `RequestTimeout`.
        """
        cancel = _limited(timeout)
        need("numpy", "numpy", "predict_columns")
        from sidekick._missing import check_missing
        from sidekick._table import inputs_of

        check_missing(missing, self._inputs)
        return self._predict_table(inputs_of(columns, self._inputs), progress, missing, cancel)

    def predict_frame(
        self,
        frame: F,
        *,
        probabilities: bool = False,
        missing: Missing = "error",
        progress: bool = False,
        timeout: float | None = None,
    ) -> F:
        """Predicts the rows of a frame, whose columns are named like the inputs; others are ignored.

        A frame is a pandas or polars DataFrame, or a pyarrow Table or RecordBatch; the result is of the same
        kind, that of pandas has the same index. It has a column for each output. A categorical output NAME
        has its most probable label there, and that label's probability in `NAME probability`; with
        `probabilities`, every label's in `NAME: LABEL`. Images are Pillow's in pandas, else the bytes of a
        file. `missing` is what it is for `predict_columns`. With `isolate_bad_rows`, bad rows have missing
        values, and so do skipped rows. After `timeout` seconds the whole call raises `RequestTimeout`.
        """
        cancel = _limited(timeout)
        need("numpy", "numpy", "predict_frame")
        from sidekick._frame import check_outputs, columns_of, frame_of
        from sidekick._missing import check_missing

        check_missing(missing, self._inputs)
        check_outputs(self._outputs, probabilities)
        predicted = self._predict_table(columns_of(frame, self._inputs), progress, missing, cancel)
        made: F = frame_of(predicted, frame, self._outputs, probabilities)
        return made

    def close(self) -> None:
        """Closes the connections, when the calls that still run have ended; further ones raise `ValueError`."""
        self._handle = None
        self._idle.clear()

    def __enter__(self) -> Deployment:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy, also one in another process, is opened anew; it has the token, or the function that gives it."""
        self._opened()
        url, token, settings = self._given()
        defaults = Deployment.__init__.__kwdefaults__ or {}
        changed = {name: value for name, value in settings.items() if value != defaults[name]}
        return _opened_anew, (type(self), url, token, changed)

    def __repr__(self) -> str:
        inputs, outputs = indent(repr(self._inputs), "  "), indent(repr(self._outputs), "  ")
        return f"Deployment {self._url}\ninputs\n{inputs}\noutputs\n{outputs}"

    def _repr_html_(self) -> str:
        inputs, outputs = self._inputs._repr_html_(), self._outputs._repr_html_()
        return f"<p>Deployment <code>{escape(self._url)}</code></p><p>inputs</p>{inputs}<p>outputs</p>{outputs}"

    def _predict_table(
        self, columns: Sequence[Any], progress: bool, missing: Missing, cancel: Handle | None
    ) -> PredictedColumns:
        from sidekick._missing import filled, incomplete, missing_value
        from sidekick._table import Table

        # For all parts of the table: the deployment may be closed meanwhile.
        handle = self._opened()
        self._decoders.check()
        if isinstance(missing, Mapping):
            columns = filled(columns, self._inputs, missing)
        skipped = incomplete(columns, self._inputs) if missing == "skip" else {}
        table = Table(self._outputs, self._decoders, len(_first(columns)))
        if skipped:
            table.skip(skipped)
        fill = partial(self._fill, handle, table, columns, progress, skipped)
        try:
            self._make(partial(self._doing(len(_first(columns))), fill, cancel))
        except InvalidValueError as error:
            if absent := missing_value(error, columns, self._inputs):
                raise absent from None
            raise
        return table.columns()

    def _fill(
        self,
        handle: Handle,
        table: Table,
        columns: Sequence[Any],
        progress: bool,
        skipped: Container[int],
        cancel: Handle | None,
    ) -> None:
        parts = self._filled(handle, table, columns, self._part_rows(progress), skipped, cancel)
        for _ in shown(parts, _first(columns)) if progress else parts:
            pass

    def _filled(
        self,
        handle: Handle,
        table: Table,
        columns: Sequence[Any],
        part_rows: int,
        skipped: Container[int],
        cancel: Handle | None,
    ) -> Generator[range, None, None]:
        """The parts of a table of results, each when it is filled."""
        rows, add = range(len(_first(columns))), self._encoders.table(columns)
        try:
            encoded = self._idle.pop()
        except IndexError:
            encoded = make(library.sidekick_rows_new, library.sidekick_rows_free, handle)
        for first in rows[::part_rows]:
            part = rows[first : first + part_rows]
            numbers = [row for row in part if row not in skipped] if skipped else part
            if numbers:
                call(library.sidekick_rows_clear, encoded)
                self._add_part(encoded, add, columns, part, numbers)
                table.fill(self._ask(handle, encoded, numbers.__getitem__, cancel), numbers)
            yield part
        if self._handle is not None:
            self._idle.append(encoded)

    def _add_part(
        self, encoded: Handle, add: AddPart, columns: Sequence[Any], part: range, numbers: Sequence[int]
    ) -> None:
        """Adds the rows of these numbers, all of a part or some of it."""
        if len(numbers) == len(part):
            return add(encoded, part, part)
        from sidekick._missing import picked

        some = [picked(column, numbers) for column in columns]
        self._encoders.table(some)(encoded, range(len(numbers)), numbers)

    def _part_rows(self, progress: bool) -> int:
        """How many rows of a table are predicted by one call."""
        at_once = self._batch_rows * self._max_in_flight
        # Pictures and arrays would take much memory; side by side, requests should seldom wait for the last
        # ones of a part.
        if progress or (self._encoders.takes_single and self._max_in_flight == 1):
            return at_once
        return at_once * max(_FEWEST_REQUESTS, _FEWEST_ROWS // at_once)

    def _predict_one(self, one_row: OneRow, row: Row, cancel: Handle | None) -> dict[str, Any]:
        # Not to be freed while it is called.
        handle = self._opened()
        try:
            records = one_row.encode(row)
            if self._calls_back:
                return interruptible(partial(one_row.predict, handle, records), cancel)
            return one_row.predict(handle, records, cancel)
        except (ValueError, OSError) as error:
            self._raise_failure(error)
            raise

    def _predict_rows(self, rows: Iterable[Row], cancel: Handle | None) -> list[Result]:
        handle = self._opened()
        self._decoders.check()
        chunked = chunks(rows)
        chunk = next(chunked, [])
        if self._one_row is not None and len(chunk) == 1:
            return [self._predict_one(self._one_row, chunk[0], cancel)]
        encoded = make(library.sidekick_rows_new, library.sidekick_rows_free, handle)
        count = 0
        while chunk:
            self._encoders.add(encoded, chunk, count)
            count += len(chunk)
            chunk = next(chunked, [])
        return self._decoders.rows(self._predict(handle, encoded, count, cancel), count) if count else []

    def _opened(self) -> Handle:
        """A handle of one's own: the deployment may be closed by another thread meanwhile."""
        handle = self._handle
        if handle is None:
            raise InvalidValueError("the deployment is closed")
        return handle

    def _predict(self, handle: Handle, rows: Handle, count: int, cancel: Handle | None) -> Handle:
        ask = partial(self._ask, handle, rows, int)
        return self._make(partial(self._doing(count), ask, cancel))

    def _doing(self, count: int) -> Callable[[Callable[[Handle | None], T], Handle | None], T]:
        """What does a call for so many rows."""
        # The thread that Ctrl-C needs would cost a single request a good part of its time. The library sees signals
        # itself then.
        several = count > (1 if self._isolates else self._batch_rows)
        return interruptible if several or self._calls_back else _do

    def _ask(self, handle: Handle, rows: Handle, where: Where, cancel: Handle | None) -> Handle:
        predict, free = library.sidekick_deployment_predict, library.sidekick_predictions_free
        return make(predict, free, handle, rows, cancel, where=where)

    def _open(self, url: str, token: bytes, options: Handle) -> Handle:
        address = url.encode(errors="surrogatepass")

        def ask(cancel: Handle | None) -> Handle:
            open_, free = library.sidekick_deployment_open, library.sidekick_deployment_free
            handle = make(open_, free, address, len(address), token, len(token), options, cancel)
            handle.kept = options.kept
            return handle

        return self._make(lambda: interruptible(ask))

    def _make(self, work: Callable[[], T]) -> T:
        """What is made by a call that asks the server; raises what a callback raised in it."""
        try:
            return work()
        except (ValueError, OSError) as error:
            self._raise_failure(error)
            raise

    def _specs(self, handle: Handle, side: int) -> FeatureSpecs:
        specs = (_spec(handle, side, index) for index in range(library.sidekick_deployment_feature_count(handle, side)))
        return FeatureSpecs(specs, of_tensors=self._protocol == "open_inference")

    def _raise_failure(self, error: Exception) -> None:
        """Raises what the token's function or a handler of a signal raised, if that ended a call with this error."""
        self._signal_handlers.raise_failure()
        if self._token_source is not None:
            self._token_source.raise_failure(error)


def _opened_anew(kind: Callable[..., D], url: str, token: Token, settings: Mapping[str, Any]) -> D:
    return kind(url, token, **settings)


def _do(work: Callable[[Handle | None], T], cancel: Handle | None) -> T:
    return work(cancel)


def _first(columns: Sequence[Any]) -> Any:
    """The first column that there is: one of an optional input may be None."""
    return next(column for column in columns if column is not None)


def _milliseconds(timeout: float | None) -> int | None:
    return None if timeout is None else milliseconds("timeout", timeout)


def _in_time(rows: Iterable[Row], timeout: float) -> Generator[Row, None, None]:
    """The rows; raises if reading and encoding them takes longer, which the library does not see."""
    limit = milliseconds("timeout", timeout)
    over = monotonic() + limit / 1000
    for row in rows:
        yield row
        if monotonic() > over:
            error = RequestTimeout(f"the call did not end within {limit} ms, the limit of its timeout")
            error.retryable = True
            raise error


def _limited(timeout: float | None) -> Handle | None:
    """The cancellation of a call that has a time limit from now on."""
    return None if timeout is None else new_cancel(_milliseconds(timeout))


def _spec(handle: Handle, side: int, index: int) -> FeatureSpec:
    feature = (handle, side, index)
    shape, rank = POINTER(c_size_t)(), c_size_t()
    call(library.sidekick_deployment_feature_shape, *feature, byref(shape), byref(rank))
    listed = number(library.sidekick_deployment_category_count, *feature)
    return FeatureSpec(
        name=text(library.sidekick_deployment_feature_name, *feature),
        dtype=_DTYPES[number(library.sidekick_deployment_feature_type, *feature, kind=c_int32)],
        shape=tuple(-1 if size == _SIZE_ANY else size for size in shape[: rank.value]),
        categories=tuple(text(library.sidekick_deployment_category, *feature, place) for place in range(listed)),
        optional=bool(number(library.sidekick_deployment_feature_optional, *feature, kind=c_int32)),
        element=ELEMENTS[number(library.sidekick_deployment_feature_dtype, *feature, kind=c_int32)],
    )
