"""Long tables: killed at any time, they go on, and no row is predicted twice."""

import json
import signal
import time
from pathlib import Path

import pytest
from conftest import PENGUINS, ROOT, Server

ROWS = 12_000
OUTPUT = "out.csv"


@pytest.fixture
def table(cli):
    """A table of many rows, some of them bad."""
    header, *rows = PENGUINS.read_text().splitlines()
    path = cli.folder / "in.csv"
    bad = {500: "Torgersen,mail,34.6,21.1,198,2007,,", 501: "a,b", 9_998: "Biscoe,female,,1,2,2007,,"}
    lines = [bad.get(number, rows[number % len(rows)]) for number in range(ROWS)]
    path.write_text("\n".join([header, *lines]) + "\n")
    return path


def arguments(table, output=OUTPUT, bad="bad.csv"):
    return ["predict", table, "-o", output, "--bad-rows", bad, "--keep-all", "--quiet", "--batch-rows", "50"]


def kill_after(cli, command, size):
    """Starts a command, and kills it when its output has so many bytes."""
    process = cli.start(*command)
    output = cli.folder / OUTPUT
    while process.poll() is None and not (output.exists() and output.stat().st_size > size):
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return process.returncode


def predicted(folder):
    journal = (folder / f"{OUTPUT}.journal").read_text().splitlines()
    return json.loads(journal[-1])["rows"] if len(journal) > 1 else 0


def test_a_run_that_is_killed_goes_on(cli, table):
    cli(*arguments(table, "whole.csv", "whole-bad.csv"))
    whole = (cli.folder / "whole.csv").read_bytes()
    kills = 0
    for part in (0.1, 0.3, 0.5, 0.51, 0.8):
        kills += kill_after(cli, [*arguments(table), "--resume"], part * len(whole)) == -signal.SIGKILL
        # What is there is the beginning of the whole.
        assert whole.startswith((cli.folder / OUTPUT).read_bytes())
    assert kills >= 3
    assert 0 < predicted(cli.folder) < ROWS
    cli(*arguments(table), "--resume")
    assert (cli.folder / OUTPUT).read_bytes() == whole
    assert (cli.folder / "bad.csv").read_bytes() == (cli.folder / "whole-bad.csv").read_bytes()
    assert len((cli.folder / "bad.csv").read_text().splitlines()) == 4
    assert predicted(cli.folder) == ROWS


def test_no_row_is_predicted_twice(cli, table):
    """The requests of all runs together: those of one run, and those in flight when it was killed."""
    requests = []
    for size in (300_000, 1 << 30):
        process = cli.start(*arguments(table), "--resume", "--verbose", "--in-flight", "2")
        output = cli.folder / OUTPUT
        count = 0
        for line in process.stderr:
            count += b"POST" in line and b"status 200" in line
            if output.exists() and output.stat().st_size > size:
                process.kill()
        process.communicate()
        requests.append(count)
    batches = -(-(ROWS - 3) // 50)
    # A stream holds two batches for each request in flight.
    assert batches <= sum(requests) <= batches + 4, requests
    assert all(requests), requests


def test_a_finished_run_has_nothing_to_do(cli, table):
    cli(*arguments(table), "--resume")
    whole = (cli.folder / OUTPUT).read_bytes()
    cli(*arguments(table)[:-3], "--batch-rows", "50", "--resume")
    assert f"0 rows after {ROWS} of earlier runs" in cli.said
    assert (cli.folder / OUTPUT).read_bytes() == whole


def test_what_is_appended_to_the_input_is_predicted(cli, table):
    text = table.read_text()
    lines = text.splitlines()
    table.write_text("\n".join(lines[:1001]) + "\n")
    cli(*arguments(table), "--resume")
    table.write_text("\n".join(lines[:2001]) + "\n")
    cli(*arguments(table), "--resume")
    assert len((cli.folder / OUTPUT).read_text().splitlines()) == 2001 - 2
    assert predicted(cli.folder) == 2000


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_the_end_of_the_last_line_may_come_later(cli, table, end):
    lines = table.read_text().splitlines()
    table.write_bytes((end or "\n").join(lines[:11]).encode())
    cli(*arguments(table), "--resume")
    table.write_bytes((end or "\n").join(lines[:21]).encode() + end.encode())
    cli(*arguments(table), "--resume")
    assert "another" not in cli.said and predicted(cli.folder) == 20
    assert len((cli.folder / OUTPUT).read_text().splitlines()) == 21


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_run_goes_on_after_the_empty_cell_of_a_single_column(cli, end):
    cli.use("language")
    cells = ["one", "", "three", "", "", '"six\n\nth"', "", "eight"]
    table = cli.folder / "in.csv"
    command = ["predict", table, "--keep-all", "--batch-rows", "1"]
    table.write_bytes(end.join(["text", *cells]).encode())
    whole = cli(*command)
    for count in range(1, len(cells)):
        table.write_bytes(end.join(["text", *cells[:count], "\xff"]).encode("latin-1"))
        cli.fails(5, rf"row {count + 1} \(line \d+\): .* is not UTF-8", *command, "-o", OUTPUT, "--resume")
        assert predicted(cli.folder) == count
    table.write_bytes(end.join(["text", *cells]).encode())
    cli(*command, "-o", OUTPUT, "--resume")
    assert (cli.folder / OUTPUT).read_text() == whole and predicted(cli.folder) == len(cells)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_empty_lines_at_the_end_become_rows_when_more_is_appended(cli, end):
    cli.use("language")
    table = cli.folder / "in.csv"
    for text, rows in [("text\none", 1), ("text\none\n\n\n", 1), ("text\none\n\n\nfour\n", 4)]:
        table.write_bytes(text.replace("\n", end).encode())
        cli("predict", table, "-o", OUTPUT, "--resume")
        assert predicted(cli.folder) == rows
    whole = (cli.folder / OUTPUT).read_text()
    assert cli("predict", table) == whole


def test_standard_input_is_resumed_from_its_beginning(cli, table):
    text = "\n".join(table.read_text().splitlines()[:400]) + "\n"
    command = ["predict", "-", "-o", OUTPUT, "--resume", "--quiet"]
    cli(*command, input=text)
    whole = (cli.folder / OUTPUT).read_bytes()
    cli(*command, input=text)
    assert (cli.folder / OUTPUT).read_bytes() == whole
    cli.fails(2, "its first 399 rows differ", *command, input=text.replace("34.6", "34.7", 1))


def test_what_is_not_the_journals_is_refused(cli, table):
    table.write_text("\n".join(table.read_text().splitlines()[:400]) + "\n")
    output = cli.folder / OUTPUT
    cli(*arguments(table))
    cli.fails(2, "is there already, and has no journal", *arguments(table), "--resume")
    cli(*arguments(table), "--resume", "--force")
    whole = output.read_bytes()
    cli.fails(2, "go on with --resume, or begin anew with --force", *arguments(table))
    cli.fails(2, "another columns", *arguments(table), "--resume", "--probabilities")
    cli.fails(2, "another format", *arguments(table), "--resume", "--format", "jsonl")
    narrow = cli.folder / "narrow.csv"
    narrow.write_text(table.read_text().replace("sex", "s", 1))
    cli("predict", narrow, "sex=female", "-o", "n.csv", "--resume")
    for other in (["sex=male"], ["--column", "sex=s"]):
        cli.fails(2, "another choice of values", "predict", narrow, *other, "-o", "n.csv", "--resume")
    output.write_bytes(whole.replace(b"Adelie", b"adelie", 1))
    cli.fails(2, "changed since the journal", *arguments(table), "--resume")
    assert output.read_bytes() != whole
    output.write_bytes(whole)
    cli(*arguments(table), "--resume")
    table.write_text(table.read_text().replace("34.6", "34.7"))
    cli.fails(2, "the input is not that of the journal", *arguments(table), "--resume")
    assert output.read_bytes() == whole
    (cli.folder / f"{OUTPUT}.journal").write_text("x")
    cli.fails(2, "not a journal", *arguments(table), "--resume")
    cli.fails(2, "a table cannot go on", *arguments(table), "--resume", "--format", "table")


def test_a_journal_that_is_ahead_of_the_disk(cli, table):
    """A machine that fails may lose what was not forced to disk: the entries after it count for nothing."""
    cli(*arguments(table, "whole.csv", "whole-bad.csv"))
    kill_after(cli, [*arguments(table), "--resume"], 500_000)
    journal = cli.folder / f"{OUTPUT}.journal"
    entries = journal.read_text().splitlines()
    assert len(entries) > 3
    output = cli.folder / OUTPUT
    kept = json.loads(entries[len(entries) // 2])["output"]["bytes"]
    data = output.read_bytes()
    output.write_bytes(data[: kept + 100] + bytes(len(data) - kept - 100))
    journal.write_text("\n".join(entries) + '\n{"rows":1')
    cli(*arguments(table), "--resume")
    assert output.read_bytes() == (cli.folder / "whole.csv").read_bytes()


def test_two_runs_do_not_write_one_output(cli, table):
    process = cli.start(*arguments(table), "--resume")
    while not (cli.folder / OUTPUT).exists() or (cli.folder / OUTPUT).stat().st_size < 1000:
        time.sleep(0.001)
    cli.fails(1, "another sidekick is writing it", *arguments(table), "--resume")
    process.communicate()
    assert process.returncode == 0


def test_a_server_that_is_gone_and_comes_back(cli, table):
    cli(*arguments(table, "whole.csv", "whole-bad.csv"))
    folder = ROOT / "server" / "deployments" / "penguins"
    server = Server(folder)
    cli.environment["SIDEKICK_URL"] = server.url("penguins")
    process = cli.start(*arguments(table), "--resume", "--retries", "0")
    output = cli.folder / OUTPUT
    while process.poll() is None and not (output.exists() and output.stat().st_size > 300_000):
        time.sleep(0.001)
    server.close()
    _, said = process.communicate()
    assert process.returncode == 3 and said.startswith(b"error: rows "), said
    server = Server(folder, port=server.base.rsplit(":", 1)[1])
    cli(*arguments(table), "--resume")
    server.close()
    assert output.read_bytes() == (cli.folder / "whole.csv").read_bytes()


def test_memory_does_not_grow_with_the_rows(cli, table):
    def peak(rows):
        part = cli.folder / f"{rows}.csv"
        part.write_text("\n".join(table.read_text().splitlines()[: rows + 1]) + "\n")
        process = cli.start("predict", part, "-o", f"{rows}.out.csv", "--bad-rows", "b.csv", "--quiet")
        # What wait4 returns has the memory of this process in it, too.
        status, kib = Path(f"/proc/{process.pid}/status"), 0
        while process.poll() is None:
            for line in status.read_text().splitlines():
                kib = int(line.split()[1]) if line.startswith("VmHWM:") else kib
            time.sleep(0.001)
        assert process.communicate() == (b"", b"") and process.returncode == 0
        return kib

    peak(2_000)
    least = peak(3_000)
    assert peak(ROWS) < 1.2 * least
    # Bad rows do not fill a stream: they have to wait all the same.
    header, good, *_ = table.read_text().splitlines()
    table.write_text("\n".join([header, good, *["bad,row"] * 100_000]) + "\n")
    assert peak(100_000) < 1.5 * least
