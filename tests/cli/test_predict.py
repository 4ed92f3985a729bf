"""Predictions of one row, tables, JSON Lines and images."""

import csv
import io
import json

import numpy
import pytest
from conftest import DATA, PENGUINS

PENGUIN = ["island=Biscoe", "sex=male", "bill length (mm)=40.6", "bill depth (mm)=18.6", "flipper length (mm)=183"]


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


def lines_of(text):
    return [json.loads(line) for line in text.splitlines()]


def test_one_row_by_its_values(cli):
    (row,) = lines_of(cli("predict", *PENGUIN, "year=2007"))
    assert row["species"] == "Adelie" and row["species probability"] > 0.5
    assert round(row["body mass (g)"]) == 3958
    table = cli("predict", *PENGUIN, "year=2007", "--format", "table")
    assert table.splitlines()[0].split() == ["species", "Adelie"]


def test_a_bad_value_names_its_input(cli):
    cli.fails(5, 'feature "sex": "mail" is none of its categories', "predict", *PENGUIN[:1], "sex=mail")
    cli.fails(5, 'feature "year": "soon" is not a number', "predict", "year=soon")
    cli.fails(5, "the row lacks \"year\"", "predict", *PENGUIN)
    cli.fails(5, 'feature "year": has no value', "predict", *PENGUIN, "year=")
    cli.fails(2, 'no feature named "years"', "predict", "years=1")
    cli.fails(2, "given twice", "predict", "year=1", "year=2")
    cli.fails(2, "nothing to predict", "predict")


def test_a_table(cli):
    text = cli("predict", PENGUINS)
    rows = rows_of(text)
    expected = rows_of(PENGUINS.read_text())
    assert [row["row"] for row in rows] == [str(number) for number in range(1, len(expected) + 1)]
    assert all(row["species"] == other["species"] for row, other in zip(rows, expected))
    assert list(rows[0]) == ["row", "species", "species probability", "body mass (g)"]
    assert "columns that are no input are ignored" in cli.said and '"species"' in cli.said
    assert cli("predict", "-", "--quiet", "-o", "-", input=PENGUINS.read_text()) == text
    assert cli.said == ""


def test_columns_of_the_input_are_kept(cli):
    rows = rows_of(cli("predict", PENGUINS, "--keep", "species", "--keep", "sex"))
    assert list(rows[0])[:4] == ["row", "species", "sex", "species (2)"]
    assert rows[0]["species"] == "Adelie"
    rows = rows_of(cli("predict", PENGUINS, "--keep-all"))
    assert len(rows[0]) == 1 + 8 + 3
    cli.fails(2, 'no column "spices" among', "predict", PENGUINS, "--keep", "spices")


def test_values_beside_a_table_and_other_names_of_columns(cli):
    rows = rows_of(PENGUINS.read_text())[:5]
    table = cli.folder / "table.tsv"
    titles = {"island": "Insel", "sex": "sex"} | {title: title for title in rows[0] if "mm" in title}
    lines = ["\t".join(titles.values())] + ["\t".join(row[title] for title in titles) for row in rows]
    table.write_text("\n".join(lines) + "\n")
    whole = [row["species probability"] for row in rows_of(cli("predict", PENGUINS))[:5]]
    cli.fails(2, 'no column "island", "year"', "predict", table)
    found = rows_of(cli("predict", table, "--column", "island=Insel", "year=2007"))
    assert [row["species probability"] for row in found] == whole


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_other_delimiters_quotes_and_line_ends(cli, mark):
    text = PENGUINS.read_text().splitlines()[:3]
    table = cli.folder / "table.csv"
    table.write_text(mark + "\r\n".join(line.replace(",", ";") for line in text) + "\r\n", newline="")
    assert len(rows_of(cli("predict", table, "--delimiter", ";"))) == 2


def test_json_lines(cli):
    rows = rows_of(PENGUINS.read_text())[:3]
    for row in rows:
        row |= {name: float(row[name]) for name in row if "mm" in name} | {"year": int(row["year"])}
    text = "\n\n".join(map(json.dumps, rows)) + "\n"
    found = lines_of(cli("predict", "-", "--keep", "island", "--probabilities", input=text))
    assert [row["island"] for row in found] == [row["island"] for row in rows]
    assert set(found[0]["species probabilities"]) == {"Adelie", "Chinstrap", "Gentoo"}
    assert found[0]["species probabilities"]["Adelie"] == found[0]["species probability"]
    plain = [row["species probability"] for row in rows_of(cli("predict", PENGUINS))[:3]]
    assert [row["species probability"] for row in found] == list(map(float, plain))


def test_all_probabilities_as_columns(cli):
    row = rows_of(cli("predict", PENGUINS, "--probabilities"))[0]
    assert row["species: Adelie"] == row["species probability"]
    assert {"species: Chinstrap", "species: Gentoo"} < set(row)


def test_images_and_folders_of_them(cli):
    cli.use("digits")
    folder = DATA / "digits"
    rows = rows_of(cli("predict", folder))
    assert [row["file"] for row in rows] == [str(path) for path in sorted(folder.iterdir())]
    right = sum(f"digit-{row['digit']}-" in row["file"] for row in rows)
    assert right > 0.9 * len(rows)
    image = folder / "digit-7-0081.png"
    assert lines_of(cli("predict", f"image=@{image}"))[0]["digit"] == "7"
    assert rows_of(cli("predict", image))[0]["digit"] == "7"
    table = cli.folder / "images.csv"
    (cli.folder / "seven.png").write_bytes(image.read_bytes())
    table.write_text("image\nseven.png\n")
    assert rows_of(cli("predict", table))[0]["digit"] == "7"


def test_arrays(cli):
    cli.use("denoise")
    noisy = cli.folder / "noisy.npy"
    numpy.save(noisy, numpy.load(DATA / "noisy.npy")[0])
    (row,) = lines_of(cli("predict", noisy, "--format", "jsonl"))
    name = next(name for name in row if name not in ("row", "file"))
    (found,) = rows_of(cli("predict", noisy, "--files", "arrays"))
    assert found[name] == f"arrays/1-{name}.npy"
    array = numpy.load(cli.folder / found[name])
    assert numpy.array_equal(array, numpy.array(row[name], dtype="float32"))


def test_every_type_in_and_out(cli):
    cli.use("echo")
    image = DATA / "digits" / "digit-7-0081.png"
    values = ["number=0.5", "category=b", "flag=true", "text=@@x", f"picture=@{image}", f"grey=@{image}"]
    (row,) = lines_of(cli("predict", *values, "array=[[1,2,3],[4,5,6.5]]"))
    assert (row["number"], row["flag"], row["category"]) == (0.5, 1.0, "b")
    assert row["array"] == [[1, 2, 3], [4, 5, 6.5]]
    assert row["text"] == 'second "quoted"' and row["picture"].startswith("data:image/png;base64,")
    (found,) = lines_of(cli("predict", *values, "array=[[1,2,3],[4,5,6.5]]", "--files", "out"))
    assert (cli.folder / found["picture"]).read_bytes().startswith(b"\x89PNG")
    again = json.dumps({"number": 0.5, "category": "b", "flag": False, "text": "x", "array": row["array"],
                        "picture": row["picture"], "grey": row["grey"]})
    (back,) = lines_of(cli("predict", "-", input=again))
    assert back["flag"] == 0.0 and back["picture"] == row["picture"]
    cli.fails(5, "lists of different lengths", "predict", *values, "array=[[1,2,3],[4,5]]")


def test_tensors_keep_all_digits(cli):
    cli.environment["SIDEKICK_URL"] = f"{cli.server.base}/v2/models/tensors"
    cli.environment["SIDEKICK_TOKEN"] = cli.server.tokens["tensors"]
    inputs = {"bool": [True, False], "int8": -3, "uint8": [[1, 2], [3, 4]], "int32": [7],
              "int64": [2**31 - 1, -(2**31)], "fp32": [0.1, 1e10, -2], "fp64": 0.5}
    values = [f"{name}={json.dumps(value)}" for name, value in inputs.items() if name != "bool"]
    (row,) = lines_of(cli("predict", "bool=[1,0]", *values))
    assert row["int64_out"] == [2**31 - 1, -(2**31)]
    assert (row["bool_out"], row["int8_out"], row["fp64_out"]) == ([True, False], -3, 0.5)
    assert row["fp32_out"] == [0.1, 1e10, -2.0]


def test_names_that_are_awkward(cli):
    cli.use("names")
    names = json.loads(cli("describe", "--format", "json"))["inputs"]
    values = [f"{spec['name']}={index}" for index, spec in enumerate(names)]
    (row,) = lines_of(cli("predict", *values))
    assert list(row.values())[1:] == [float(index) for index in range(len(names))]


def test_the_ending_of_the_output_names_its_format(cli):
    cli("predict", PENGUINS, "-o", "out.jsonl")
    lines = lines_of((cli.folder / "out.jsonl").read_text())
    assert len(lines) == len(rows_of(PENGUINS.read_text()))
    assert "rows/s" in cli.said
    cli("predict", PENGUINS, "-o", "out.csv")
    assert rows_of((cli.folder / "out.csv").read_text())[0]["species"] == lines[0]["species"]


def test_an_input_is_not_overwritten(cli):
    table = cli.folder / "table.csv"
    table.write_bytes(PENGUINS.read_bytes())
    cli.fails(2, "is the input", "predict", table, "-o", "./table.csv")
    assert table.read_bytes() == PENGUINS.read_bytes()


def test_a_closed_pipe_is_no_failure(cli):
    big = cli.folder / "big.csv"
    lines = PENGUINS.read_text().splitlines()
    big.write_text("\n".join([lines[0], *lines[1:] * 300]) + "\n")
    process = cli.start("predict", big, "--quiet")
    process.stdout.readline()
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert (process.wait(), said) == (0, b"")
