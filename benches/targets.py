"""What has to be reached, as ratios within one run, and what is."""

import math
from typing import NamedTuple

from clients import C, CPP, DATA, GO, LIBCURL, PYTHON, TRITON
from results import fastest_peer, floor_of, of, ratio, result_of
from workloads import DEPLOYMENTS, SHAPE

# CPU time of the C API by that of the fastest peer.
CPU_LIMITS = {"W1": 0.75, "W2": 0.5, "W3": 0.5, "W4": 0.4, "W5": 0.5, "W5-17": 0.5, "W6-PNG": 0.6, "W6-JPEG": 1.5}
# By that of libcurl; and by that of Triton's client, which stands for libcurl in a workload if it is there.
LIBCURL_LIMITS = {"W9": 0.4, "W10": 0.5}
TRITON_LIMITS = {"W9": 0.6}
# CPU time of the C API by that of a raw socket.
FLOOR_LIMITS = {"W9": 1.3, "W10": 1.6, "W11": 1.5}
# CPU time of the bindings by that of the C API: on W1, and on the others.
BINDING_LIMITS = {CPP: (1.03, 1.03), GO: (1.6, 1.3), PYTHON: (2.5, 1.3)}
# The same for models of the Open Inference Protocol.
TENSOR_BINDING_LIMITS = {("W9", PYTHON): 1.3, ("W11", PYTHON): 1.3, ("W12", PYTHON): 1.3}


class Target(NamedTuple):
    """A figure of a client: what it is, and the `limit` that it has to be `at most` or `at least`."""

    workload: str
    client: str
    what: str
    reached: float
    sense: str
    limit: float

    def holds(self):
        return self.reached <= self.limit if self.sense == "at most" else self.reached >= self.limit


def targets(results):
    """Every target that the results say something of."""
    parts = (cpu_targets, tensor_targets, floor_targets, other_targets, binding_targets)
    return [target for part in parts for target in part(results)]


def cpu_targets(results):
    for name, limit in CPU_LIMITS.items():
        if here := of(results, name):
            reached = ratio(result_of(here, C), fastest_peer(here))
            yield Target(name, C, "CPU / fastest peer", reached, "at most", limit)


def tensor_targets(results):
    for name, limit in LIBCURL_LIMITS.items():
        here = of(results, name)
        ours, triton = result_of(here, C), result_of(here, TRITON)
        if triton and name in TRITON_LIMITS:
            yield Target(name, C, "CPU / Triton's client", ratio(ours, triton), "at most", TRITON_LIMITS[name])
        elif here:
            yield Target(name, C, "CPU / libcurl", ratio(ours, result_of(here, LIBCURL)), "at most", limit)


def floor_targets(results):
    for name, limit in FLOOR_LIMITS.items():
        if here := of(results, name):
            reached = ratio(result_of(here, C), floor_of(here))
            yield Target(name, C, "CPU / raw socket", reached, "at most", limit)
    columns, table = (result_of(of(results, name), C) for name in ("W12", "W2"))
    if columns and table:
        yield Target("W12", C, "CPU / W2", ratio(columns, table), "at most", 0.5)


def other_targets(results):
    if first := of(results, "W1"):
        reached = ratio(result_of(first, C), floor_of(first), "p50_us_per_request")
        yield Target("W1", C, "median time of a request / floor", reached, "at most", 1.4)
    if apart := of(results, "W1-apart"):
        reached = ratio(result_of(apart, C), floor_of(apart), "p50_us_per_request")
        yield Target("W1-apart", C, "median time of a request / floor", reached, "at most", 1.4)
    if third := of(results, "W3"):
        wall = "wall_us_per_row"
        reached = ratio(result_of(third, C), fastest_peer(third, wall), wall)
        yield Target("W3", C, "wall time / fastest peer", reached, "at most", 0.35)
    short, long = (result_of(of(results, name), C) for name in ("W8-10k", "W8-100k"))
    for name in ("W3", "W9"):
        arrays = result_of(of(results, name), C)
        if arrays and short:
            # What the process takes by itself is what it took to stream requests of next to no size.
            reached, limit = arrays["peak_mb"] - short["peak_mb"], values_and_requests(name.lower())
            yield Target(name, C, "peak memory beside the process, MB", reached, "at most", limit)
    one, many = (result_of(of(results, name), C) for name in ("W7-1", "W7-16"))
    if one and many:
        reached = ratio(many, one, "rows_per_second")
        yield Target("W7", C, "rows a second, 16 requests in flight / 1", reached, "at least", 12)
    if short and long:
        reached = ratio(long, short, "peak_mb")
        yield Target("W8", C, "peak memory, 100 000 rows / 10 000", reached, "at most", 1.1)


def values_and_requests(deployment):
    """The MB of a request's arrays, as the program has them, and of two requests."""
    values = DEPLOYMENTS[deployment].rows * 4 * math.prod(SHAPE)
    return (values + 2 * (DATA / f"{deployment}.request").stat().st_size) / 2**20


def binding_targets(results):
    limits = {
        (name, client): first if name == "W1" else others
        for client, (first, others) in BINDING_LIMITS.items()
        for name in CPU_LIMITS
    }
    for (name, client), limit in (limits | TENSOR_BINDING_LIMITS).items():
        if here := of(results, name):
            reached = ratio(result_of(here, client), result_of(here, C))
            yield Target(name, client, f"CPU of {client} / C", reached, "at most", limit)
