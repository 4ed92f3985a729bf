"""Runs scenarios against a server of the Open Inference Protocol: scenarios.py URL NAME...

It prints a line for each: its name and what came of it. expected.py says what has to come."""

import sys
from itertools import chain

import numpy
import sidekick


def open_model(name, **settings):
    return sidekick.Deployment(f"{sys.argv[1]}/v2/models/{name}", "", **settings)


def side(specs):
    return ", ".join(f"{spec.name} [{spec.shape[0]}]" for spec in specs)


def describe():
    model = open_model("table")
    return f"{side(model.feature_specs_in)} -> {side(model.feature_specs_out)}"


def limit():
    return open_model("batch").batch_limit or 0


def one_row(**settings):
    found = open_model("table", **settings).predict(sepal_length=5.9, sepal_width=3, petal_length=4.2, petal_width=1.5)
    return "{:.0f}: {:.4f} {:.4f} {:.4f}".format(found["predict"], *found["predict_proba"])


def columns(**settings):
    """A table of 128 flowers, added by columns."""
    row = numpy.arange(128)
    table = {
        "sepal_length": 4.3 + row % 32 * 0.1,
        "sepal_width": 2.0 + row % 16 * 0.15,
        "petal_length": 1.0 + row % 64 * 0.09,
        "petal_width": 0.1 + row % 8 * 0.3,
    }
    species = open_model("table", **settings).predict_columns(table)["predict"]
    counts = numpy.bincount(species.astype(int), minlength=3)
    return f"{len(species)} rows: {counts[0]} {counts[1]} {counts[2]}"


def batches():
    """More rows than fit in a request; the model returns how many each had."""
    found = open_model("batch", batch_rows=12).predict_many({"x": row} for row in range(20))
    sizes, row = [], 0
    while row < len(found):
        sizes.append(int(found[row]["rows"]))
        row += sizes[-1]
    return " ".join(map(str, sizes)) + f" rows, the last {found[-1]['y']:.0f}"


def stream():
    model = open_model("batch", batch_rows=4, max_in_flight=3)
    doubles = [result["y"] for result in model.predict_lazy({"x": row} for row in range(40))]
    ordered = doubles == list(range(0, 2 * len(doubles), 2))
    return f"{len(doubles)} rows, {'in order' if ordered else 'out of order'}"


def fixed():
    """A model without an axis for rows: each row is a request."""
    rows = ({"x": numpy.array([row, 1], "float32")} for row in range(5))
    return " ".join(f"{result['y']:.0f}" for result in open_model("fixed", max_in_flight=3).predict_many(rows))


def types():
    """An array of each type, added and read without a conversion."""
    given = {
        "BOOL": numpy.array([1, 0], "bool"),
        "UINT8": numpy.array([0, 254], "uint8"),
        "UINT16": numpy.array([0, 65534], "uint16"),
        "UINT32": numpy.array([0, 4294967294], "uint32"),
        "UINT64": numpy.array([9007199254740993, 18446744073709551614], "uint64"),
        "INT8": numpy.array([-128, 126], "int8"),
        "INT16": numpy.array([-32768, 32766], "int16"),
        "INT32": numpy.array([-2147483648, 2147483646], "int32"),
        "INT64": numpy.array([-9223372036854775808, 9007199254740993], "int64"),
        "FP32": numpy.array([0.1, -1.5], "float32"),
        "FP64": numpy.array([0.1, 1e300]),
    }
    found = open_model("types").predict(given)
    formats = {"FP32": "{} {:.9g} {:.9g}", "FP64": "{} {:.17g} {:.17g}"}
    return "; ".join(formats.get(name, "{} {:d} {:d}").format(name, *found[name]) for name in given)


def floats():
    """The first response tells whether the server takes bytes."""
    model = open_model("floats")
    for values in ([1, 2, 3], [float("nan"), float("inf"), float("-inf")]):
        found = model.predict(f=numpy.array(values, "float32"), d=numpy.array(values, float))
    return " ".join(f"{value:g}" for value in chain(found["f"], found["d"]))


def sixteen_bits(name, **settings):
    pair = open_model(name, **settings).predict(x=numpy.array([0.5, -2], "float32"))["y"]
    return f"{pair[0]:g} {pair[1]:g}"


def text():
    found = open_model("text").predict_many({"text": text} for text in ("grüße", "", "two\nlines"))
    return "|".join(result["capitals"] for result in found).replace("\n", "/")


def image():
    places = numpy.arange(192)
    pixels = (places // 3 * (places % 3)).astype("uint8").reshape(8, 8, 3)
    return " ".join(f"{score:g}" for score in open_model("image").predict(image=pixels)["scores"])


def isolate(name, **settings):
    """The rows that the model refuses fail alone."""
    found = open_model(name, isolate_bad_rows=True, **settings).predict_many({"x": x} for x in (1, -1, 2, -2, 3))
    good = [f"{result['y']:.0f}" for result in found if not isinstance(result, Exception)]
    return " ".join([*good, "without", *(str(result.row) for result in found if isinstance(result, Exception))])


def cancel():
    """A call that takes ten seconds is cancelled, then the deployment is used again."""
    model = open_model("slow")
    try:
        model.predict({"wait": 10}, timeout=0.2)
    except sidekick.RequestTimeout:
        return f"cancelled, then {model.predict(wait=0)['waited']:.0f}"


def versions():
    both = [open_model(f"factor/versions/{version}") for version in (1, 2)]
    return ", ".join(f"{model.predict(x=5)['y']:.0f} by {model.model_version}" for model in both)


def sizes():
    rows = ({"x": numpy.array(values, "float32")} for values in ([1, 2], [3, 4, 5], [6]))
    found = open_model("sizes").predict_many(rows)
    return "; ".join(" ".join(f"{value:g}" for value in result["y"]) for result in found)


def integer():
    return open_model("count").predict(count=9007199254740993)["next"]


def raw_bytes():
    description = {
        "inputs": [{"name": "data", "type": "bytes"}],
        "outputs": [{"name": "reversed", "type": "bytes"}],
    }
    found = open_model("reverse", model_description=description).predict(data=b"\xff\0\x80")
    return found["reversed"].hex(" ")


def species(**settings):
    model = open_model("iris", **settings)
    shares = model.predict(sepal_length=5.9, sepal_width=3, petal_length=4.2, petal_width=1.5)["predict_proba"]
    label, outputs = max(shares, key=shares.get), len(model.feature_specs_out)
    return f"{label} {shares[label]:.4f}, {outputs} output{'' if outputs == 1 else 's'}"


LABELS = {"outputs": [{"name": "predict_proba", "labels": ["setosa", "versicolor", "virginica"]}]}


def optional(**settings):
    """The second row leaves an input out."""
    found = open_model("optional", **settings).predict_many([{"x": 1, "offset": 5}, {"x": 1}])
    return " ".join(f"{result['y']:.0f}" for result in found)


def models():
    """The URL of a server is no model's: the error names those that there are."""
    try:
        sidekick.Deployment(f"{sys.argv[1]}/v2", "")
    except sidekick.Error as error:
        return "named" if "floats" in str(error) else "not named"


SCENARIOS = {
    "describe": describe,
    "limit": limit,
    "one row": one_row,
    "JSON": lambda: one_row(wire="json"),
    "columns": columns,
    "gzip": lambda: columns(request_gzip=True),
    "batches": batches,
    "stream": stream,
    "fixed": fixed,
    "types": types,
    "NaN": floats,
    "FP16": lambda: sixteen_bits("half"),
    "FP16 as JSON": lambda: sixteen_bits("half", wire="json"),
    "BF16": lambda: sixteen_bits("bfloat"),
    "text": text,
    "image": image,
    "unknown model": lambda: open_model("nothing"),
    "unknown version": lambda: open_model("factor/versions/9"),
    "wrong value": lambda: open_model("batch").predict(x=1e39),
    "model's error": lambda: open_model("failing").predict(x=1),
    "bad rows": lambda: isolate("picky"),
    "failing rows": lambda: isolate("brittle", isolate_status_500=True),
    "cancel": cancel,
    "versions": versions,
    "sizes": sizes,
    "integer": integer,
    "bytes": raw_bytes,
    "labels": lambda: species(model_description=LABELS),
    "server's labels": species,
    "optional": lambda: optional(model_description={"inputs": [{"name": "offset", "optional": True}]}),
    "server's optional": optional,
    "models": models,
}


def short_form(error):
    """An error as every language can print it."""
    if isinstance(error, (sidekick.ServerError, sidekick.HTTPError)):
        return f"HTTP {error.status}"
    if isinstance(error, sidekick.RequestTimeout):
        return "out of time"
    return "refused" if isinstance(error, (TypeError, ValueError)) else "error"


for name in sys.argv[2:]:
    try:
        print(f"{name}: {SCENARIOS[name]()}", flush=True)
    except sidekick.Error as error:
        print(f"{name}: {short_form(error)}", flush=True)
        print("  Python:", error, file=sys.stderr)
