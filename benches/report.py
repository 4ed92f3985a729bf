"""The benchmark's tables: one of every workload, that of the targets, and the short one of the documentation."""

from clients import C, CPP, GO, PYTHON, RAW_COPY, TRITON
from results import fastest_peer, floor_of, of, ratio, result_of, short
from targets import CPU_LIMITS, TRITON_LIMITS, targets
from workloads import OPEN_INFERENCE, WORKLOADS

TENSOR_NAMES = [workload.name for workload in WORKLOADS if workload.protocol == OPEN_INFERENCE]

NOTES = """\
Medians of all runs: each round has one to three of everybody, and up to three more of our clients and the
floor, which are compared to a few percent. CPU is user and system time of the client's process: from the
first request on, after one that warms up; starting, reading the examples and opening the deployment are not
in it, for anybody. Peak memory is that of the whole process. The floor sends ready bytes and does not read
what comes back. The raw socket is the floor of the Open Inference Protocol (W9 to W12), and takes the floats. With one
copy it copies the tensors before it sends them: the library copies all values, so that the caller keeps their memory.
What every client sends was compared: the same values and pixels; JPEGs of the same quality and sampling
(4:2:0). In W1, W2, W4, W10 and W12 client and server take turns on one core: left to the system they do so or
not from run to run, and then the time that a sleeping core takes to wake is most of it, as W1-apart shows.
Tables of several rows a request are added in columns by our clients, but in W2-values; single rows value by
value, in Python as dicts. For W12 all of them have the texts of a column in one piece of memory, as Arrow has:
in Python they are pyarrow's, in W2 a list."""


def tables(workloads, results):
    parts = [table(workload, of(results, workload.name)) for workload in workloads]
    return "\n\n".join([*parts, target_table(results), short_table(workloads, results), NOTES])


def table(workload, results):
    peer = fastest_peer(results)
    floor = floor_of(results)
    lines = [
        f"### {workload.name}: {workload.title}; {workload.rows} x {workload.requests}",
        "| | wall us/row | CPU us/row | lowest to highest | peak MB | CPU / fastest peer | CPU / floor |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for result in results:
        least, most = result["cpu_us_per_row_range"]
        cells = [f"{result['wall_us_per_row']:.2f}", f"{result['cpu_us_per_row']:.2f}", f"{least:.2f} to {most:.2f}"]
        cells += [f"{result['peak_mb']:.1f}", cpu_ratio(result, peer), cpu_ratio(result, floor)]
        lines.append(f"| {result['client']} | {' | '.join(cells)} |")
    return "\n".join(lines)


def cpu_ratio(result, base):
    return f"{ratio(result, base):.2f}" if base else ""


def target_table(results):
    """Every figure that has to be reached, and whether it is."""
    lines = ["### Targets", "| | reached | asked for | |", "|---|---:|---:|---|"]
    for it in targets(results):
        asked = f"{it.sense} {it.limit:.2f}"
        lines.append(f"| {it.workload} {it.what} | {it.reached:.2f} | {asked} | {'yes' if it.holds() else 'no'} |")
    return "\n".join(lines)


def short_table(workloads, results):
    """A line for every workload, as the documentation has it."""
    lines = [
        "| CPU time a row, microseconds | C | C++ | Go | Python | fastest of the others | C / fastest | asked for |",
        "|---|---:|---:|---:|---:|---|---:|---:|",
    ]
    for workload in workloads:
        here = of(results, workload.name)
        if peer := fastest_peer(here):
            cells = [short(result_of(here, client)["cpu_us_per_row"]) for client in (C, CPP, GO, PYTHON)]
            cells += [f"{short(peer['cpu_us_per_row'])} ({peer['client']})"]
            limit = CPU_LIMITS.get(workload.name)
            cells += [f"{ratio(result_of(here, C), peer):.2f}", f"at most {limit}" if limit else ""]
            lines.append(f"| {workload.name}: {workload.title} | {' | '.join(cells)} |")
    lines += ["", "| | reached | asked for |", "|---|---:|---:|"]
    others = (it for it in targets(results) if it.client == C and it.what != "CPU / fastest peer")
    lines += [f"| {it.workload}: {it.what} | {it.reached:.2f} | {it.sense} {it.limit:.4g} |" for it in others]
    return "\n".join([*lines, *lines_without_limit(results)])


def lines_without_limit(results):
    """Figures for which nothing is asked, and those that could not be measured."""
    for name in TENSOR_NAMES:
        here = of(results, name)
        triton, what = result_of(here, TRITON), f"| {name}: CPU / Triton's client"
        if triton and name not in TRITON_LIMITS:
            yield f"{what} | {ratio(result_of(here, C), triton):.2f} | |"
        elif here and not triton and name in TRITON_LIMITS:
            yield f"{what} | not measured: its source was not there | at most {TRITON_LIMITS[name]} |"
    if here := of(results, "W9"):
        copied = ratio(result_of(here, C), result_of(here, RAW_COPY))
        yield f"| W9: CPU / raw socket that copies the values once | {copied:.2f} | |"
