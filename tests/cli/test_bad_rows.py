"""Rows that are bad: one ends a run, or all of them go to a file of their own."""

import csv
import io
import json

from conftest import PENGUINS

HEADER, *GOOD = PENGUINS.read_text().splitlines()
BAD = [
    ("Torgersen,mail,34.6,21.1,198,2007,,", '"mail" is none of its categories'),
    ("Torgersen,male,34.6,x,198,2007,,", 'feature "bill depth (mm)": "x" is not a number'),
    ("Torgersen,male,,1,198,2007,,", "has no value"),
    ("a,b", "it has 2 fields, and the header 8"),
    ("Torgersen,male,1,nan,198,2007,,", "bill depth"),
]


def test_a_bad_row_ends_the_run_after_those_before_it(cli):
    table = cli.folder / "in.csv"
    table.write_text("\n".join([HEADER, *GOOD[:3], BAD[0][0], *GOOD]) + "\n")
    out = cli.fails(5, r'row 4 \(line 5\): feature "sex": "mail"', "predict", table)
    assert len(out.splitlines()) == 1 + 3
    cli.fails(5, "row 4", "predict", table, "-o", "out.csv", "--resume")
    table.write_text("\n".join([HEADER, *GOOD[:3], GOOD[3], *GOOD[4:]]) + "\n")
    cli("predict", table, "-o", "out.csv", "--resume")
    assert (cli.folder / "out.csv").read_text() == cli("predict", table)


def test_bad_rows_go_to_a_file_with_their_reasons(cli):
    table = cli.folder / "in.csv"
    bad = [line for line, _ in BAD]
    table.write_text("\n".join([HEADER, *bad, *GOOD[:5], *bad, *GOOD[5:], *bad]) + "\n")
    out = list(csv.DictReader(io.StringIO(cli("predict", table, "--bad-rows", "bad.csv"))))
    assert [int(row["row"]) for row in out] == [*range(6, 11), *range(16, 16 + len(GOOD) - 5)]
    assert "15 bad rows are in bad.csv" in cli.said
    with open(cli.folder / "bad.csv", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["row", "reason", *HEADER.split(",")]
    assert [int(row[0]) for row in rows[1:6]] == [1, 2, 3, 4, 5]
    for row, (line, reason) in zip(rows[1:], BAD * 3):
        assert reason in row[1] and row[2:] == line.split(",")


def test_bad_rows_can_be_corrected_and_predicted(cli):
    table = cli.folder / "in.csv"
    table.write_text("\n".join([HEADER, *GOOD, BAD[0][0]]) + "\n")
    cli("predict", table, "--bad-rows", "bad.csv")
    bad = cli.folder / "bad.csv"
    bad.write_text(bad.read_text().replace(",mail,", ",male,"))
    assert len(cli("predict", bad).splitlines()) == 2


def test_rows_that_the_server_refuses(cli):
    """1 / 0 is a value that the server's response cannot carry."""
    cli.use("reciprocal")
    name = json.loads(cli("describe", "--format", "json"))["inputs"][0]["name"]
    table = cli.folder / "in.csv"
    numbers = [*range(1, 200), 0, *range(200, 400)]
    table.write_text("\n".join([name, *map(str, numbers)]) + "\n")
    out = cli.fails(4, r"rows 129 to 256: .*status 500", "predict", table)
    assert len(out.splitlines()) == 1 + 128
    out = cli("predict", table, "--bad-rows", "bad.csv", "--isolate-status-500")
    assert [int(row.split(",")[0]) for row in out.splitlines()[1:]] == [*range(1, 200), *range(201, 401)]
    (bad,) = csv.DictReader((cli.folder / "bad.csv").open())
    assert bad["row"] == "200" and "status 500" in bad["reason"] and bad[name] == "0"


def test_json_lines_keep_what_was_bad(cli):
    good = dict(zip(HEADER.split(","), GOOD[0].split(",")))
    lines = ['{"island": 1.0', "[1]", json.dumps(good | {"sex": {"a": 1}}), json.dumps(good), "\udcff"]
    text = "\n".join(lines[:4]) + "\n"
    out = cli("predict", "-", "--bad-rows", "bad.jsonl", input=text)
    assert [json.loads(line)["row"] for line in out.splitlines()] == [4]
    bad = [json.loads(line) for line in (cli.folder / "bad.jsonl").read_text().splitlines()]
    assert [row["row"] for row in bad] == [1, 2, 3]
    assert "not JSON" in bad[0]["reason"] and bad[0]["input"] == lines[0]
    assert "not a JSON object" in bad[1]["reason"] and bad[1]["input"] == [1]
    assert bad[2]["reason"].startswith('feature "sex"') and bad[2]["input"] == json.loads(lines[2])


def test_images_that_are_none(cli):
    cli.use("digits")
    (cli.folder / "images").mkdir()
    (cli.folder / "images" / "b.txt").write_text("ignored")
    cli.fails(2, r"images: the folder has no image \(\.png, ", "predict", "images")
    (cli.folder / "images" / "a.png").write_bytes(b"no image")
    cli.fails(5, r"images/a.png: feature \"image\"", "predict", "images")
    assert cli("predict", "images", "--bad-rows", "bad.csv").splitlines()[1:] == []
    (row,) = csv.DictReader((cli.folder / "bad.csv").open())
    assert row["file"] == "images/a.png" and row["row"] == "1"
