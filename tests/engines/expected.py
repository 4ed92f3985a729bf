"""What has to come of each scenario, and what engines cannot do."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Scenario:
    """A scenario by its name in the programs; `about` is its row in docs/engines.md."""

    name: str
    about: str
    # What the programs have to print.
    result: str
    # What they have to print on an engine that differs.
    differs: dict[str, str] = field(default_factory=dict)
    # What the documentation says of that engine.
    words: dict[str, str] = field(default_factory=dict)
    # Why an engine is not asked.
    not_on: dict[str, str] = field(default_factory=dict)

    def expected(self, engine: str) -> str:
        return self.differs.get(engine, self.result)

    def cell(self, engine: str) -> str:
        """What docs/engines.md says of the scenario on an engine where it holds."""
        if engine in self.not_on:
            return f"no: {self.not_on[engine]}"
        return self.words.get(engine, "yes")


ALL = ("triton", "mlserver", "kserve")
FLOWER = "1: 0.0152 0.8989 0.0860"
TYPES = (
    "BOOL 0 1; UINT8 1 255; UINT16 1 65535; UINT32 1 4294967295; UINT64 9007199254740994 18446744073709551615; "
    "INT8 -127 127; INT16 -32767 32767; INT32 -2147483647 2147483647; INT64 -9223372036854775807 9007199254740994; "
    "FP32 0.200000003 -3; FP64 0.20000000000000001 2.0000000000000001e+300"
)

SCENARIOS = [
    Scenario(
        "describe",
        "inputs and outputs from the metadata",
        "sepal_length [1], sepal_width [1], petal_length [1], petal_width [1] -> predict [1], predict_proba [3]",
    ),
    Scenario(
        "limit",
        "the most rows of a request",
        "0",
        {"triton": "8"},
        {"triton": "`max_batch_size`", "mlserver": "the server has no limit", "kserve": "the server has no limit"},
    ),
    Scenario("one row", "one row of a table", FLOWER),
    Scenario("JSON", "the same as JSON, with `wire` JSON", FLOWER),
    Scenario("columns", "128 rows by columns", "128 rows: 32 64 32"),
    Scenario(
        "gzip",
        "the same, compressed",
        "128 rows: 32 64 32",
        not_on={"kserve": "the server takes no compressed requests"},
    ),
    Scenario(
        "batches",
        "20 rows with `batch_rows` 12",
        "12 8 rows, the last 38",
        {"triton": "8 8 4 rows, the last 38"},
    ),
    Scenario("stream", "a stream with three requests in flight", "40 rows, in order"),
    Scenario("fixed", "a model without an axis for rows", "1 2 3 4 5"),
    Scenario("types", "every integer, BOOL, FP32 and FP64, without loss", TYPES),
    Scenario(
        "NaN",
        "NaN and infinity, after the server has answered with bytes",
        "nan inf -inf nan inf -inf",
        {"mlserver": "refused"},
        {"mlserver": "no: JSON has neither; refused before they are sent"},
    ),
    Scenario("FP16", "16-bit floats", "1 -4", words={"mlserver": "yes: as JSON"}),
    Scenario(
        "FP16 as JSON",
        "16-bit floats with `wire` JSON",
        "1 -4",
        {"triton": "HTTP 400", "kserve": "HTTP 400"},
        {"triton": "no: HTTP 400", "kserve": "no: HTTP 400"},
    ),
    Scenario(
        "BF16",
        "BF16",
        "0.5 -2",
        not_on={"mlserver": "the server has no BF16", "kserve": "the server has no BF16"},
    ),
    Scenario("text", "texts, empty ones and more than ASCII", "GRÜSSE||TWO/LINES"),
    Scenario("image", "the samples of an image, `UINT8 [8, 8, 3]`", "0 31.5 63"),
    Scenario("sizes", "rows of different sizes in one call, where a size is -1", "2 4; 6 8 10; 12"),
    Scenario("integer", "the exact integer of an INT64", "9007199254740994"),
    Scenario(
        "bytes",
        "bytes that are no UTF-8, by a model description",
        "80 00 ff",
        words={"mlserver": "yes: as base64, which the tensor's `content_type` asks for"},
        not_on={"kserve": "the server reads them as UTF-8"},
    ),
    Scenario(
        "labels",
        "labels and one of two outputs, by a model description",
        "versicolor 0.8989, 1 output",
    ),
    Scenario(
        "server's labels",
        "labels of the metadata",
        "versicolor 0.8989, 2 outputs",
        not_on=dict.fromkeys(("triton", "kserve"), "the server has no labels"),
    ),
    Scenario("optional", "an optional input, by a model description", "6 11"),
    Scenario(
        "server's optional",
        "the same without one",
        "6 11",
        {"mlserver": "refused", "kserve": "refused"},
        {
            "triton": "yes: `optional: true` in its configuration",
            "mlserver": "no: refused before it is sent",
            "kserve": "no: refused before it is sent",
        },
    ),
    Scenario(
        "models",
        "the models of a server are named if the URL names none",
        "named",
    ),
    Scenario("unknown model", "a model that is not there", "HTTP 404", words=dict.fromkeys(ALL, "HTTP 404")),
    Scenario(
        "unknown version",
        "a version that is not there",
        "HTTP 404",
        {"kserve": "HTTP 501"},
        dict.fromkeys(ALL, "HTTP 404") | {"kserve": "HTTP 501"},
    ),
    Scenario("wrong value", "a number too large for the tensor: refused before it is sent", "refused"),
    Scenario("model's error", "a model that fails", "HTTP 500", words=dict.fromkeys(ALL, "HTTP 500")),
    Scenario("bad rows", "`isolate_bad_rows`: the rows that the model refuses fail alone", "2 4 6 without 1 3"),
    Scenario(
        "failing rows",
        "the same with `isolate_status_500`: the rows at which the model fails",
        "2 4 6 without 1 3",
    ),
    Scenario("cancel", "a call is cancelled, and the next one succeeds", "cancelled, then 0"),
    Scenario("versions", "two versions of a model, and which is asked", "5 by 1, 10 by 2",
             not_on={"kserve": "the server has no versions"}),
]
