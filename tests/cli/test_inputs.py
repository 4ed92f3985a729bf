"""Inputs that are odd: none is read otherwise than it was meant, and none is destroyed."""

import csv
import io
import json
import os

import pytest
from conftest import PENGUINS

HEADER, FIRST, *_ = PENGUINS.read_text().splitlines()


@pytest.fixture
def language(cli):
    """The program for a deployment with one input, text; it returns the rows of a file of some bytes."""
    cli.use("language")

    def predict(name, content, *arguments):
        (cli.folder / name).write_bytes(content)
        return [json.loads(line) for line in cli("predict", name, "--format", "jsonl", *arguments).splitlines()]

    return predict


def test_a_quote_that_is_never_closed(cli, language):
    assert len(language("a.csv", b'id,text\n1,"a\nb"\n2,5" pipe\n')) == 2
    (cli.folder / "b.csv").write_bytes(b'id,text\n1,a\n2,"b\n3,c\n')
    out = cli.fails(1, r"b.csv: a quote of the row 2 \(line 3\) is never closed", "predict", "b.csv")
    assert len(out.splitlines()) == 2
    cli.fails(1, "never closed", "predict", "b.csv", "--bad-rows", "bad.csv")


def test_what_is_there_twice(cli, language):
    (cli.folder / "a.csv").write_text("text,a,a\nx,1,2\n")
    cli.fails(2, 'two columns "a"', "predict", "a.csv", "--keep", "a")
    cli.fails(2, '--column: "text" is given twice', "predict", "a.csv", "--column", "text=text", "--column", "text=a")
    assert language("a.csv", b"text,a,a\nx,1,2\n", "--keep-all")[0]["a (2)"] == "2"
    (cli.folder / "a.jsonl").write_text('{"text": "a"}\n{"text": "a", "text": "b"}\n')
    cli.fails(5, r'row 2 \(line 2\): the line has the key "text" twice', "predict", "a.jsonl")
    cli.fails(2, "standard input can be read only once", "predict", "-", "text=@-", input="text\nx\n")


def test_a_byte_order_mark_before_json_lines(cli, language):
    text = '\ufeff{"text": "a"}\r\n\r\n{"text": "b"}'
    rows = language("a.jsonl", text.encode())
    assert [row["row"] for row in rows] == [1, 2]
    assert len(cli("predict", "-", input=text).splitlines()) == 2


def test_options_that_nothing_heeds(cli):
    cli.use("language")
    (cli.folder / "a.jsonl").write_text('{"Text": "a"}\n')
    cli.fails(2, "--column names a column of a table", "predict", "a.jsonl", "--column", "text=Text")
    cli.fails(2, "--delimiter separates columns of a table", "predict", "text=a", "--delimiter", ";")


def test_keys_that_are_no_input_are_noted(cli, language):
    language("a.jsonl", b'{"Text": "a", "id": 1, "name": 2}\n' * 3, "text=x", "--keep", "id")
    assert 'note: columns that are no input are ignored: "Text", "name"\n' in cli.said


def test_kept_columns_are_texts(cli, language):
    (cli.folder / "a.csv").write_bytes(b"text,name\na,M\xfcller\n")
    cli.fails(5, 'the column "name", which is kept, is not UTF-8', "predict", "a.csv", "--keep", "name")
    assert language("a.csv", b"text,name\na,M\xfcller\n") and cli.said.startswith("note: ")
    cli("predict", "a.csv", "--keep", "name", "--bad-rows", "bad.csv")
    assert (cli.folder / "bad.csv").read_bytes().endswith(b",a,M\xfcller\n")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\r\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_an_empty_line_is_the_empty_cell_of_a_single_column(cli, language, end, mark):
    def kept(*lines, title="text"):
        rows = language("a.csv", mark.encode() + end.join([title, *lines]).encode(), "--keep-all")
        assert [row["row"] for row in rows] == [*range(1, len(rows) + 1)]
        return [row["text"] for row in rows]

    assert kept("first", "", "third", "") == ["first", "", "third"]
    cells = ["", "", "third", '""', "", '"six\n\nth"', "seventh"]
    assert kept(*cells) == ["", "", "third", "", "", "six\n\nth", "seventh"]
    assert kept("first", "second", *[""] * 3) == ["first", "second"]
    # An empty line has no cells for several columns, and none is before a header.
    assert kept("first,1", "", "second,2", title="text,id") == ["first", "second"]
    assert kept("text", "first", title="") == ["first"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_of_bad_rows_are_counted(cli, end):
    cli.use("reciprocal")
    name = json.loads(cli("describe", "--format", "json"))["inputs"][0]["name"]
    text = end.join([name, "1", "", "x", "", "", "4"])
    (cli.folder / "a.csv").write_bytes(text.encode())
    cli.fails(5, r"row 2 \(line 3\): .* has no value", "predict", "a.csv")
    out = cli("predict", "a.csv", "--bad-rows", "bad.csv")
    assert [line.split(",")[0] for line in out.splitlines()] == ["row", "1", "6"]
    bad = list(csv.reader(io.StringIO((cli.folder / "bad.csv").read_text())))
    assert [(row[0], row[2]) for row in bad[1:]] == [("2", ""), ("3", "x"), ("4", ""), ("5", "")]
    text = end.join([f"{name},id", "1,1", "", '2,"a\nb"', "", "x,2"])
    (cli.folder / "b.csv").write_bytes(text.encode())
    cli.fails(5, r'row 3 \(line 7\): .* "x" is not a number', "predict", "b.csv")


def test_kept_values_of_json_lines_are_copied(cli):
    """Numbers with all their digits, also in lists and objects; each stays on its line."""
    cli.use("language")
    kept = {
        "id": ("12345678901234567890123", "12345678901234567890123"),
        "price": ("-1.10", "-1.10"),
        "tiny": ("1E-400", "1E-400"),
        "list": ('[ 0.10,\t[ ],\r1e2, "a\\\" b\\\\" ]', r'[0.10,[],1e2,"a\" b\\"]'),
        "object": ('{ "a b" : 1.0 , "c": null }', '{"a b":1.0,"c":null}'),
        "flag": ("true", "true"),
        "name": (r'"\u00e9\n\"1.10"', r'"é\n\"1.10"'),
        "none": ("null", "null"),
    }
    members = ", ".join(f'"{key}" : {value} ' for key, (value, _) in kept.items())
    (cli.folder / "a.jsonl").write_bytes(f'{{"text": "a", {members}}}\r\n{{"text": "b"}}\n'.encode())
    options = ["predict", "a.jsonl", *(f"--keep={key}" for key in kept)]
    first, second = cli(*options).splitlines()
    members = ",".join(f'"{key}":{value}' for key, (_, value) in kept.items())
    assert first.startswith(f'{{"row":1,{members},')
    assert second.startswith('{"row":2,' + ",".join(f'"{key}":null' for key in kept) + ",")
    rows = list(csv.DictReader(io.StringIO(cli(*options, "--format", "csv"))))
    texts = {key: value for key, (_, value) in kept.items()} | {"name": 'é\n"1.10', "none": ""}
    assert [{key: row[key] for key in kept} for row in rows] == [texts, dict.fromkeys(kept, "")]


def test_no_file_that_is_read_is_written(cli):
    table = cli.folder / "a.csv"
    table.write_text(f"{HEADER}\n{FIRST}\n")
    os.link(table, cli.folder / "hard.csv")
    cli.fails(2, "hard.csv is the input", "predict", table, "-o", "hard.csv")
    (cli.folder / "island").write_text("Biscoe")
    cli.fails(2, "island is the input", "predict", table, "island=@island", "-o", "./island")
    cli.fails(2, "are the same file", "predict", table, "-o", "x.csv", "--bad-rows", "./x.csv")
    cli.fails(2, "the journal of --output", "predict", table, "-o", "x.csv", "--bad-rows", "x.csv.journal")
    cli.fails(2, "--bad-rows needs a file", "predict", table, "--bad-rows", "-")
    assert sorted(os.listdir(cli.folder)) == ["a.csv", "hard.csv", "island"]


def test_batches_of_any_size(cli):
    (cli.folder / "a.csv").write_text(f"{HEADER}\n{FIRST}\n")
    for size in (2**60, 2**64 - 1):
        assert len(cli("predict", "a.csv", "--batch-rows", size, "--in-flight", size).splitlines()) == 2
