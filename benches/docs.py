"""Puts the benchmark's summary into README.md, and its chart into docs, so that nothing is copied by hand."""

import sys

from chart import chart
from clients import ROOT
from report import short_table

README = ROOT / "README.md"
CHART = ROOT / "docs" / "benchmark.svg"
BEGIN, END = "<!-- benchmark: written by benches/run.py --write-docs -->", "<!-- benchmark ends -->"


def check():
    """Ends the program if README.md has no place for the summary."""
    text = README.read_text(encoding="utf-8")
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        sys.exit(f"README.md needs these two lines, the summary goes between them:\n{BEGIN}\n{END}")


def write(workloads, results, rounds):
    """Writes the summary and the chart."""
    text = README.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    README.write_text("\n".join([before + BEGIN, summary(workloads, results, rounds), END + after]), encoding="utf-8")
    CHART.write_text(chart(workloads, results), encoding="utf-8")
    print(f"wrote {README.name} and {CHART.relative_to(ROOT)}")


def summary(workloads, results, rounds):
    return f"""\
![CPU time a row for each workload: libsidekick beside what one would write instead]({CHART.relative_to(ROOT)})

{short_table(workloads, results)}

Written by `make bench`: medians of {rounds} rounds in which all clients take turns."""
