"""What is measured: models of the canned-response server, and workloads made of requests to them."""

from typing import NamedTuple

SHAPE = (224, 224, 3)
NUMBERS = 6
TABLE_ROWS = 128
DELAY_MS = 20


# The protocols of the canned-response server.
DEPLOYMENT_API, OPEN_INFERENCE = "the Deployment API", "the Open Inference Protocol"


class Deployment(NamedTuple):
    """What goes in, what comes out, how many rows a request has, and in which protocol."""

    input: str
    output: dict
    rows: int
    protocol: str = DEPLOYMENT_API


TABLE = {"number": 1, "classes": 10}
DEPLOYMENTS = {
    "w1": Deployment("table", TABLE, 1),
    "w2": Deployment("table", TABLE, 128),
    "w3": Deployment("array", {"number": 1}, 8),
    "w4": Deployment("jpeg", {"classes": 1000}, 16),
    "w5": Deployment("numbers", {"array": "shortest"}, 8),
    "w5-17": Deployment("numbers", {"array": "17 digits"}, 8),
    "w6-png": Deployment("png", {"classes": 10}, 8),
    "w6-jpeg": Deployment("jpeg", {"classes": 10}, 8),
    "w7": Deployment("table", TABLE, 128),
    "w8": Deployment("table", TABLE, 125),
    "w9": Deployment("array", {"number": ()}, 8, OPEN_INFERENCE),
    "w10": Deployment("features", {"number": ()}, 1, OPEN_INFERENCE),
    "w11": Deployment("features", {"array": SHAPE}, 8, OPEN_INFERENCE),
    "w12": Deployment("columns", {"number": (), "array": (10,)}, TABLE_ROWS, OPEN_INFERENCE),
}


class Workload(NamedTuple):
    """One line of the tables.

    `kind` is what clients are told; `in_flight` is 0 where requests follow one another; `clients` are those
    that take part: `all`, `ours`, or `C`; in a round they all run it so many times (`repeats`), and ours and
    the floor so many times more (`again`): those are to be told apart by a few percent, and take little time.
    `cores`: client and server take turns on `one`, or have one of their `own`, where the system would do now
    this, now that.
    """

    name: str
    deployment: str
    kind: str
    requests: int
    title: str
    in_flight: int = 0
    clients: str = "all"
    repeats: int = 1
    again: int = 0
    cores: str = "any"

    @property
    def rows(self):
        return DEPLOYMENTS[self.deployment].rows

    @property
    def protocol(self):
        return DEPLOYMENTS[self.deployment].protocol

    @property
    def path(self):
        """What is asked for predictions."""
        model = f"/v2/models/{self.deployment}"
        return model if self.protocol == OPEN_INFERENCE else f"/deployment/{self.deployment}/forward"


WORKLOADS = [
    Workload("W1", "w1", "table", 5000, "1 row a request: 6 numbers, 2 texts, 2 categories", again=3, cores="one"),
    Workload("W1-apart", "w1", "table", 2000, "as W1, client and server on cores of their own", cores="own"),
    Workload("W2", "w2", "table", 1000, "128 rows a request, as W1, added in columns", repeats=3, again=2, cores="one"),
    Workload("W2-values", "w2", "table-values", 1000, "as W2, value by value; dicts in Python", cores="one"),
    Workload("W3", "w3", "array", 8, "8 float32 arrays (224,224,3) in", again=3),
    Workload("W4", "w4", "jpeg", 80, "16 JPEG files of 100 KB in, 1000 classes out", again=3, cores="one"),
    Workload("W5", "w5", "numbers", 8, "8 float32 arrays (224,224,3) out, shortest digits", again=3),
    Workload("W5-17", "w5-17", "numbers", 8, "8 float32 arrays (224,224,3) out, 17 digits", again=3),
    Workload("W6-PNG", "w6-png", "pixels-png", 8, "8 images of 640x480 pixels, sent as PNG", again=3),
    Workload("W6-JPEG", "w6-jpeg", "pixels-jpeg", 8, "8 images of 640x480 pixels, sent as JPEG", again=3),
    Workload("W7-1", "w7", "table", 1000, "128 rows a request, answered after 20 ms, 1 in flight", 1, "C"),
    Workload("W7-4", "w7", "table", 1000, "128 rows a request, answered after 20 ms, 4 in flight", 4, "C"),
    Workload("W7-16", "w7", "table", 1000, "128 rows a request, answered after 20 ms, 16 in flight", 16, "ours"),
    Workload("W8-10k", "w8", "table-streamed", 80, "10 000 rows streamed, 125 a request", clients="C"),
    Workload("W8-100k", "w8", "table-streamed", 800, "100 000 rows streamed, 125 a request", clients="C"),
    Workload("W9", "w9", "tensor-array", 100, "8 float32 arrays (224,224,3) in, as bytes", again=3),
    Workload("W10", "w10", "tensor-features", 5000, "1 row of 6 numbers, as bytes", again=3, cores="one"),
    Workload("W11", "w11", "tensor-features", 100, "8 float32 arrays (224,224,3) out, as bytes", again=3),
    Workload("W12", "w12", "tensor-columns", 1000, "as W2, as bytes", repeats=3, again=2, cores="one"),
]
