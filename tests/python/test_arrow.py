"""Tables and columns of any library that has the Arrow PyCapsule interface."""

import ctypes
import decimal
import gc
import random

import numpy
import pandas
import polars
import pyarrow
import pytest

import sidekick
from sidekick import _arrow_abi
from served import DATA, answering, deployment, feature

NUMBER = {"n": feature("numeric")}
TEXT = {"t": feature("text")}
LABEL = {"c": feature("categorical", 3, categories=["x", "y", "z"])}
FLAG = {"b": feature("binary")}
ARRAY = {"a": feature("numeric", 2, 3)}
OUT = {"out": feature("numeric")}


def zeros(rows):
    return [{"out": 0}] * len(rows)


def sent_values(inputs, column, **options):
    """What is sent for the values of a column."""
    (name,) = inputs
    with answering(inputs, OUT, zeros) as server:
        server.open(**options).predict_columns({name: column})
        return [row[name] for _, rows in server.requests for row in rows]


class Only:
    """A value with nothing but its capsules, as a library that is not known has it."""

    def __init__(self, value, *names):
        for name in names:
            setattr(self, name, getattr(value, name))
        self.length = len(value)

    def __len__(self):
        return self.length


@pytest.mark.parametrize(
    "kind",
    [
        "int8",
        "uint8",
        "int16",
        "uint16",
        "int32",
        "uint32",
        "int64",
        "uint64",
        "float16",
        "float32",
        "float64",
    ],
)
def test_numbers_of_every_type_are_columns(kind):
    values = pyarrow.array(numpy.array([7, 1, 2, 3, 9], kind))
    for column in (
        values[1:4],
        pyarrow.chunked_array([values[1:3], values[:0], values[3:4]]),
        Only(values[1:4], "__arrow_c_array__"),
        Only(pyarrow.chunked_array([values])[1:4], "__arrow_c_stream__"),
    ):
        assert sent_values(NUMBER, column) == [1, 2, 3]
        assert sent_values(NUMBER, column, batch_rows=1) == [1, 2, 3]


def test_numbers_are_read_where_they_lie():
    from sidekick._arrow import column_of

    values = numpy.arange(10.0)
    part = column_of("n", pyarrow.array(values)[2:])[1:4]
    assert part.__array_interface__["data"][0] == values.__array_interface__["data"][0] + 3 * 8


def test_booleans_are_numbers_and_flags():
    bits = [place % 3 == 0 for place in range(40)]
    column = pyarrow.array(bits)[9:30]
    expected = [int(bit) for bit in bits[9:30]]
    assert sent_values(NUMBER, column) == expected and sent_values(FLAG, column) == expected


TEXTS = ["", "short", "ä☀", "x" * 100, "exactly12byt", "thirteenbytes", '"\\\n', "a\0b"]


@pytest.mark.parametrize("kind", ["string", "large_string", "string_view"])
def test_texts_of_every_type_are_columns(kind):
    column = pyarrow.array(["before", *TEXTS, "after"], getattr(pyarrow, kind)())[1:-1]
    assert sent_values(TEXT, column) == TEXTS
    assert sent_values(TEXT, column, batch_rows=3) == TEXTS
    assert sent_values(TEXT, pyarrow.chunked_array([column[:2], column[2:]])) == TEXTS


def cut(pieces):
    """What these bytes are with their ends."""
    address, ends, _ = pieces
    whole, ends = ctypes.string_at(address, int(ends[-1])), ends.tolist()
    return [whole[begin:end] for begin, end in zip([0, *ends], ends)]


KINDS_OF_PIECES = ["string", "large_string", "string_view", "binary", "large_binary", "binary_view"]


@pytest.mark.parametrize("kind", KINDS_OF_PIECES)
def test_texts_and_bytes_cross_without_a_python_object_for_each(kind):
    from sidekick._arrow import column_of

    texts = ["", "short", "ä☀", "a\0b", "exactly12byt", "thirteenbytes", *("x" * size for size in range(200))] * 3
    whole = pyarrow.array(["before", *texts, "after"], getattr(pyarrow, kind)())
    column = column_of("t", pyarrow.chunked_array([whole[1:100], whole[100:100], whole[100:-1]]))
    assert column.has_texts == kind.endswith(("string", "string_view"))
    for start, stop in ((0, len(texts)), (1, 2), (98, 101), (5, 5 + 200), (0, 1), (99, 100)):
        assert cut(column.pieces(start, stop)) == [text.encode() for text in texts[start:stop]]
    gaps = column_of("t", pyarrow.array(["x", None, "y"], getattr(pyarrow, kind)()))
    assert gaps.pieces(0, 3) is None and cut(gaps.pieces(2, 3)) == [b"y"]
    chunked = column_of("t", pyarrow.chunked_array([whole[:2], pyarrow.nulls(1, whole.type)]))
    assert chunked.pieces(0, 3) is None
    assert column_of("t", pyarrow.array([1])).pieces(0, 1) is None


@pytest.mark.parametrize("kind", KINDS_OF_PIECES)
def test_pieces_are_what_python_makes_of_them(kind):
    from sidekick._arrow import column_of

    made, dtype = random.Random(kind), getattr(pyarrow, kind)()
    sizes = [0, 1, 4, 11, 12, 13, 40, 1000]
    for _ in range(150):
        texts = ["".join(made.choices("a\0ä☀", k=made.choice(sizes))) for _ in range(made.randrange(1, 60))]
        nulls = made.choice([0, 0, 0.05])
        values = [None if made.random() < nulls else text for text in texts]
        cuts = sorted(made.choices(range(len(values) + 1), k=made.randrange(4)))
        chunks = [values[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(values)])]
        # Each chunk is a part of an array that has others before and behind it.
        arrays = [pyarrow.array(["before", *chunk, None], dtype)[1:-1] for chunk in chunks]
        column = column_of("t", pyarrow.chunked_array(arrays, dtype))
        start = made.randrange(len(values))
        stop = made.randrange(start + 1, len(values) + 1)
        part = values[start:stop]
        expected = None if None in part else [text.encode() for text in part]
        pieces = column.pieces(start, stop)
        assert (pieces and cut(pieces)) == expected


@pytest.mark.parametrize("kind", ["string", "large_string", "binary", "large_binary"])
def test_texts_and_bytes_are_read_where_they_lie(kind):
    from sidekick._arrow import column_of

    values = pyarrow.array(["before", "one", "two", "three"], getattr(pyarrow, kind)())
    pieces = column_of("t", values[1:]).pieces(1, 3)
    assert pieces[0] == values.buffers()[2].address + len("beforeone")
    assert cut(pieces) == [b"two", b"three"]


def test_bytes_are_no_texts():
    with pytest.raises(TypeError, match='^row 0: feature "t": '):
        sent_values(TEXT, pyarrow.array([b"text"] * 8))


@pytest.mark.parametrize("kind", ["int8", "uint16", "int64"])
@pytest.mark.parametrize("text", ["string", "string_view"])
def test_categories_are_columns(kind, text):
    listed = pyarrow.array(["x", "y", "z"], getattr(pyarrow, text)())
    column = pyarrow.DictionaryArray.from_arrays(pyarrow.array([0, 2, 1, 2, 0], kind), listed)
    assert sent_values(LABEL, column) == ["x", "z", "y", "z", "x"]
    assert sent_values(LABEL, column[1:3]) == ["z", "y"]
    other = pyarrow.DictionaryArray.from_arrays(pyarrow.array([1, 0], kind), listed[1:])
    chunked = pyarrow.chunked_array([column, other])
    assert sent_values(LABEL, chunked, batch_rows=2) == ["x", "z", "y", "z", "x", "z", "y"]
    numbers = pyarrow.DictionaryArray.from_arrays(pyarrow.array([1, 0, 1], kind), pyarrow.array([5, 7]))
    assert sent_values(NUMBER, numbers) == [7, 5, 7]


@pytest.mark.parametrize("kind", ["decimal32", "decimal64", "decimal128", "decimal256"])
def test_decimals_are_numbers(kind):
    values = [decimal.Decimal("1.5"), decimal.Decimal("-0.25"), decimal.Decimal(3)]
    assert sent_values(NUMBER, pyarrow.array(values, getattr(pyarrow, kind)(9, 2))) == [1.5, -0.25, 3]


def rows_of_arrays(values):
    """The arrays as the wire has them."""
    return [{"shape": [2, 3], "data": row.ravel().tolist()} for row in values]


def test_lists_are_arrays():
    values = numpy.arange(30, dtype="float32").reshape(5, 2, 3)
    inner = pyarrow.FixedSizeListArray.from_arrays(pyarrow.array(values.ravel()), 3)
    nested = pyarrow.FixedSizeListArray.from_arrays(inner, 2)
    listed = pyarrow.array(values.tolist(), pyarrow.list_(pyarrow.large_list(pyarrow.float32())))
    for column in (
        nested,
        pyarrow.chunked_array([nested[:1], nested[1:]]),
        pyarrow.FixedShapeTensorArray.from_numpy_ndarray(values),
        polars.Series(values),
        listed,
    ):
        assert sent_values(ARRAY, column) == rows_of_arrays(values)
        assert sent_values(ARRAY, column[2:4]) == rows_of_arrays(values[2:4])


@pytest.mark.parametrize(
    ("inputs", "column"),
    [
        (NUMBER, pyarrow.array([1.5, None, 3])),
        (NUMBER, pyarrow.array([1, None, 3])),
        (NUMBER, pyarrow.array([9, 9, 1, None, 3])[2:]),
        (NUMBER, pyarrow.array([1] * 9 + [1, None, 3])[9:]),
        (NUMBER, pyarrow.chunked_array([[1], [None, 3]])),
        (NUMBER, pyarrow.array([decimal.Decimal(1), None])),
        (NUMBER, polars.Series([1.5, None])),
        (FLAG, pyarrow.array([True, None, False])),
        (TEXT, pyarrow.array(["x", None])),
        (TEXT, pyarrow.array(["x", None], pyarrow.string_view())),
        (TEXT, polars.Series(["x", None])),
        (LABEL, pyarrow.array(["x", None]).dictionary_encode()),
        (LABEL, pyarrow.DictionaryArray.from_arrays([0, 1], pyarrow.array(["x", None]))),
        (LABEL, polars.Series(["x", None], dtype=polars.Categorical)),
        (ARRAY, polars.Series([[[1.0] * 3] * 2, None], dtype=polars.Array(polars.Float64, (2, 3)))),
    ],
)
def test_a_null_is_refused_by_its_row_and_feature(inputs, column):
    (name,) = inputs
    with answering(inputs, OUT, zeros) as server:
        with pytest.raises(ValueError, match=f'^row 1: feature "{name}": .*missing'):
            server.open().predict_columns({name: column})
        assert not server.requests


def test_a_column_of_nulls_is_refused():
    with (
        answering(NUMBER, OUT, zeros) as server,
        pytest.raises(ValueError, match='^row 0: feature "n": .*missing'),
    ):
        server.open().predict_columns({"n": pyarrow.nulls(3)})


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        (pyarrow.array([1], pyarrow.date32()), "date32"),
        (pyarrow.array([1], pyarrow.timestamp("us", "UTC")), "timestamp"),
        (pyarrow.array([1], pyarrow.duration("s")), "duration"),
        (pyarrow.array([{"x": 1}]), "struct"),
        (pyarrow.array([[("k", 1)]], pyarrow.map_(pyarrow.string(), pyarrow.int8())), "map"),
        (pyarrow.RunEndEncodedArray.from_arrays([2], [1.5]), "run-end encoded"),
        (polars.Series([1]).cast(polars.Time), "time"),
    ],
)
def test_other_types_are_named_with_their_column(column, kind):
    with answering(NUMBER, OUT, zeros) as server:
        with pytest.raises(
            TypeError, match=f'^the column "n" has the Arrow type {kind} .*convert it first'
        ) as raised:
            server.open().predict_columns({"n": column})
        assert raised.value.feature == "n"


def test_tables_are_columns():
    table = pyarrow.table(
        {"n": pyarrow.chunked_array([[1, 2], [3]]), "other": pyarrow.array([1, 2, 3], "date32")}
    )
    frame = polars.DataFrame({"n": [1, 2, 3], "other": [None] * 3})
    for columns in (
        table,
        table.to_batches()[0],
        table.to_reader(),
        pyarrow.StructArray.from_arrays([pyarrow.array([0, 1, 2, 3, 9])], ["n"])[1:4],
        frame,
        frame.lazy().collect(),
        pandas.DataFrame({"n": [1, 2, 3]}),
    ):
        with answering(NUMBER, NUMBER, lambda rows: rows) as server:
            found = server.open().predict_columns(columns)
        assert found["n"].tolist() == [1, 2, 3][: len(found["n"])] and len(found["n"]) > 1


def test_a_table_that_lacks_a_column_or_has_it_twice_is_refused():
    with answering(NUMBER, OUT, zeros) as server:
        client = server.open()
        with pytest.raises(ValueError, match='no column for "n"'):
            client.predict_columns(polars.DataFrame({"m": [1]}))
        for table in (
            pyarrow.Table.from_arrays([[1], [2]], ["n", "n"]),
            pandas.DataFrame([[1, 2]], columns=["n", "n"]),
        ):
            with pytest.raises(sidekick.InvalidValueError, match='2 columns called "n"') as raised:
                client.predict_columns(table)
            assert raised.value.feature == "n"
        with pytest.raises(TypeError, match="expected a table of Arrow, got one column: an? Int64Array"):
            client.predict_columns(pyarrow.array([1]))
        client.predict_columns(pandas.DataFrame([[1, 2, 3]], columns=["n", "m", "m"]))
        server.requests.clear()
        with pytest.raises(
            TypeError, match="expected a mapping of names to columns, or a table of Arrow, got a list"
        ):
            client.predict_columns([{"n": 1}])
        with pytest.raises(ValueError, match="rows that are null as a whole"):
            client.predict_columns(pyarrow.array([{"n": 1}, None]))


def test_a_polars_frame_is_predicted_as_pandas_one():
    read = pandas.read_csv(DATA / "penguins.csv", index_col=False)
    with deployment("penguins") as client:
        expected = client.predict_frame(read, probabilities=True)
        for frame in (
            polars.read_csv(DATA / "penguins.csv"),
            polars.read_csv(DATA / "penguins.csv").with_columns(
                polars.col("island", "sex").cast(polars.Categorical)
            ),
            pyarrow.Table.from_pandas(read),
            pyarrow.RecordBatch.from_pandas(read),
        ):
            found = client.predict_frame(frame, probabilities=True)
            assert type(found) is type(frame)
            pandas.testing.assert_frame_equal(found.to_pandas().astype(expected.dtypes), expected)
            assert client.predict_frame(frame[:0]).schema == client.predict_frame(frame[:5]).schema


def test_every_output_has_its_column_in_a_frame(echo, row):
    frame = pandas.DataFrame([{**row, "number": place + 0.5} for place in range(5)])
    columns = {name: frame[name].to_list() for name in ("number", "category", "flag", "text")}
    png = [pandas.io.common.BytesIO() for _ in range(2)]
    row["picture"].save(png[0], "PNG")
    row["grey"].save(png[1], "PNG")
    columns |= {"picture": [png[0].getvalue()] * 5, "grey": [png[1].getvalue()] * 5}
    table = pyarrow.table(
        {
            **columns,
            "array": pyarrow.FixedShapeTensorArray.from_numpy_ndarray(numpy.stack([row["array"]] * 5)),
        }
    )
    found = echo.predict_frame(table)
    assert str(found.schema.field("array").type).startswith("fixed_size_list<item: fixed_size_list")
    assert found["array"].to_pylist() == [row["array"].tolist()] * 5
    assert found["picture"][0].as_py().startswith(b"\x89PNG") and found["number"].to_pylist()[1] == 1.5
    frame = polars.DataFrame({**columns, "array": numpy.stack([row["array"]] * 5)})
    found = echo.predict_frame(frame)
    assert (
        found["array"].dtype == polars.Array(polars.Float32, (2, 3))
        and found["picture"].dtype == polars.Binary
    )
    assert found["text"].dtype == polars.String and found["array"].to_list() == [row["array"].tolist()] * 5


@pytest.mark.parametrize("make", [pandas.DataFrame, polars.DataFrame, pyarrow.table, pyarrow.record_batch])
def test_bad_rows_are_null_in_a_frame(make):
    inputs = {"n": feature("numeric"), "a": feature("numeric", 2)}
    outputs = {**inputs, "t": feature("text")}

    def fussy(rows):
        bad = any(row["n"] == 2 for row in rows)
        return (400, '{"errorCode": "BadData"}') if bad else [{**row, "t": "x"} for row in rows]

    columns = {"n": [1.0, 2.0, 3.0], "a": [[0.0, 1.0]] * 3}
    with answering(inputs, outputs, fussy) as server:
        found = server.open(isolate_bad_rows=True).predict_frame(make(columns))
    assert type(found) is type(make(columns))
    if make is pandas.DataFrame:
        assert found["n"].isna().tolist() == [False, True, False] and found["t"].tolist() == ["x", None, "x"]
        return
    listed = found.to_dict(as_series=False) if make is polars.DataFrame else found.to_pydict()
    assert listed == {"n": [1, None, 3], "a": [[0, 1], None, [0, 1]], "t": ["x", None, "x"]}


def test_another_frame_is_refused_with_advice():
    with deployment("penguins") as client:
        with pytest.raises(TypeError, match="got a LazyFrame; collect it first"):
            client.predict_frame(polars.LazyFrame({"n": [1]}))
        with pytest.raises(
            TypeError, match="expected a pandas or polars DataFrame, .* got a dict; predict_columns"
        ):
            client.predict_frame({"n": [1]})


@pytest.mark.parametrize(
    "frame", [pandas.DataFrame({"n": [1]}), polars.DataFrame({"n": [1]}), pyarrow.table({"n": [1]})]
)
def test_a_frame_in_place_of_rows_is_refused_with_advice(frame):
    with answering(NUMBER, OUT, zeros) as server:
        client = server.open()
        for predict in (client.predict_many, lambda rows: list(client.predict_lazy(rows))):
            with pytest.raises(TypeError, match="rows: expected an iterable of dicts, got a .*predict_frame"):
                predict(frame)


def test_a_series_of_rows_is_iterated():
    rows = [{"n": 1}, {"n": 2}]
    with answering(NUMBER, NUMBER, lambda rows: rows) as server:
        client = server.open()
        for series in (pandas.Series(rows), polars.Series(rows)):
            assert client.predict_many(series) == list(client.predict_lazy(series)) == rows


class Made:
    """A producer made here: a stream of arrays of int64, which counts what it releases."""

    def __init__(self, arrays, fails=False):
        self.released = {"stream": 0, "schema": 0, "array": 0}
        self.arrays, self.fails, self.kept = list(arrays), fails, []

    def _release(self, what, kind):
        def release(address):
            self.released[what] += 1
            kind.from_address(address).release = None

        callback = _arrow_abi._Release(release)
        self.kept.append(callback)
        return ctypes.cast(callback, ctypes.c_void_p).value

    def __arrow_c_stream__(self, requested_schema=None):
        stream = _arrow_abi.ArrowStream()

        def get_schema(_, address):
            schema = _arrow_abi.ArrowSchema.from_address(address)
            schema.format, schema.name = b"l", b""
            schema.release = self._release("schema", _arrow_abi.ArrowSchema)
            return 0

        def get_next(_, address):
            array = _arrow_abi.ArrowArray.from_address(address)
            if not self.arrays:
                array.release = None
                return 5 if self.fails else 0
            values = self.arrays.pop(0)
            buffers = (ctypes.c_void_p * 2)(None, values.__array_interface__["data"][0])
            self.kept += [values, buffers]
            array.length, array.n_buffers = len(values), 2
            array.buffers = ctypes.cast(buffers, ctypes.POINTER(ctypes.c_void_p))
            array.release = self._release("array", _arrow_abi.ArrowArray)
            return 0

        said = ctypes.create_string_buffer(b"the disk is gone")
        functions = [
            _arrow_abi._Get(get_schema),
            _arrow_abi._Get(get_next),
            ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)(lambda _: ctypes.addressof(said)),
        ]
        self.kept += [stream, said, *functions]
        names = ("get_schema", "get_next", "get_last_error")
        for name, function in zip(names, functions):
            setattr(stream, name, ctypes.cast(function, ctypes.c_void_p).value)
        stream.release = self._release("stream", _arrow_abi.ArrowStream)
        new = ctypes.pythonapi.PyCapsule_New
        new.restype, new.argtypes = ctypes.py_object, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
        return new(ctypes.addressof(stream), b"arrow_array_stream", None)

    def __len__(self):
        return sum(map(len, self.arrays))


def test_everything_is_released_once():
    made = Made([numpy.arange(3), numpy.arange(3, 5)])
    assert sent_values(NUMBER, made, batch_rows=2) == [0, 1, 2, 3, 4]
    gc.collect()
    assert made.released == {"stream": 1, "schema": 1, "array": 2}


def test_everything_is_released_once_after_an_error():
    made = Made([numpy.arange(3)], fails=True)
    with answering(NUMBER, OUT, zeros) as server:
        with pytest.raises(ValueError, match="a Made cannot be read: the disk is gone"):
            server.open().predict_columns({"n": made})
    gc.collect()
    assert made.released == {"stream": 1, "schema": 1, "array": 1}


def test_pandas_columns_of_arrow_are_read_where_they_lie():
    for kind in ("int64[pyarrow]", "double[pyarrow]"):
        assert sent_values(NUMBER, pandas.Series([1, 2, 3], dtype=kind)) == [1, 2, 3]
    with (
        answering(NUMBER, OUT, zeros) as server,
        pytest.raises(ValueError, match='^row 1: feature "n": .*missing'),
    ):
        server.open().predict_columns({"n": pandas.Series([1, None], dtype="int64[pyarrow]")})
    assert sent_values(TEXT, pandas.Series(TEXTS, dtype="string[pyarrow]")) == TEXTS
    assert sent_values(TEXT, pandas.Series(TEXTS, dtype=pandas.ArrowDtype(pyarrow.string()))) == TEXTS


def test_capsules_that_were_taken_before_are_refused():
    table = pyarrow.table({"n": [1, 2]})

    class Given:
        """What gives out the same capsules again."""

        def __init__(self, name, capsules):
            setattr(self, name, lambda *_: capsules)

    batch = table.to_batches()[0]
    for given in (
        Given("__arrow_c_stream__", table.__arrow_c_stream__()),
        Given("__arrow_c_array__", batch.__arrow_c_array__()),
    ):
        with answering(NUMBER, OUT, zeros) as server:
            client = server.open()
            assert len(client.predict_columns(given)["out"]) == 2
            with pytest.raises(ValueError, match="^a Given cannot be read: .* was taken before$"):
                client.predict_columns(given)


def test_objects_of_polars_are_taken_as_what_they_are():
    column = polars.Series("t", ["x", "y", "z"], dtype=polars.Object)
    assert sent_values(TEXT, column) == ["x", "y", "z"]
    with answering(TEXT, OUT, zeros) as server:
        for predict in (server.open().predict_columns, server.open().predict_frame):
            server.requests.clear()
            predict(polars.DataFrame([column])[1:])
            assert [row["t"] for _, rows in server.requests for row in rows] == ["y", "z"]


@pytest.mark.parametrize("gap", [True, False])
def test_bytes_that_are_no_text_are_refused_with_their_row_unless_they_are_null(gap):
    offsets, data = pyarrow.py_buffer(numpy.array([0, 2, 4], "int32")), pyarrow.py_buffer(b"ab\xff\xfe")
    valid = pyarrow.py_buffer(b"\x01") if gap else None
    column = pyarrow.Array.from_buffers(pyarrow.string(), 2, [valid, offsets, data])
    with answering(TEXT, OUT, zeros) as server:
        predict = server.open().predict_columns
        if gap:
            predict({"t": column}, missing={"t": "z"})
            assert server.requests[0][1] == [{"t": "ab"}, {"t": "z"}]
        else:
            with pytest.raises(TypeError, match='^row 1: feature "t": expected a str, got a bytes$'):
                predict({"t": column})
