"""The examples, as a newcomer runs them."""

import csv
import os
import subprocess
import sys
from collections import Counter

import numpy
import pytest
from PIL import Image

from served import DATA, ROOT, SERVER_URL, deployment, url_of

EXAMPLES = ROOT / "examples" / "python"
SUBJECTS = {
    "classify_images": "digits",
    "score_table": "penguins",
    "denoise": "denoise",
    "detect_language": "language",
    "count_languages": "language",
    "summarize_table": "penguins",
}


def run(example, *arguments, stdin="", **environment):
    """Runs an example; the token comes from the environment unless a test says otherwise."""
    command = [sys.executable, "-W", "error", str(EXAMPLES / f"{example}.py"), *map(str, arguments)]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, env={**os.environ, **environment})


def result_of(example, *arguments, stdin=""):
    name = SUBJECTS[example]
    ended = run(example, "--url", url_of(name), *arguments, stdin=stdin, SIDEKICK_TOKEN=f"{name}-token")
    assert (ended.returncode, ended.stderr) == (0, "")
    return ended.stdout.splitlines()


def test_classify_images():
    files = sorted((DATA / "digits").iterdir())
    *lines, last = result_of("classify_images", *files)
    assert last == "357 of 360 right"
    assert len(lines) == 360
    file, label, probability = lines[0].split("\t")
    assert (file, label) == (str(files[0]), "0")
    assert len(probability) == 6 and 0.5 < float(probability) <= 1


def test_classify_images_counts_only_names_that_tell(tmp_path):
    file = tmp_path / "mine.png"
    file.write_bytes((DATA / "digits" / "digit-0-0078.png").read_bytes())
    assert len(result_of("classify_images", file)) == 1


def test_score_table(tmp_path):
    assert result_of("score_table", DATA / "penguins.csv", tmp_path / "out.csv") == ["67 rows scored"]
    with open(DATA / "penguins.csv", newline="") as before, open(tmp_path / "out.csv", newline="") as after:
        given, scored = list(csv.DictReader(before)), list(csv.DictReader(after))
    added = ["predicted species", "predicted species probability", "predicted body mass (g)"]
    assert list(scored[0]) == [*given[0], *added]
    assert [{name: row[name] for name in given[0]} for row in scored] == given
    assert all(row["predicted species"] == row["species"] for row in scored)
    expected = deployment("penguins").predict(**{k: float(v) if v[0].isdigit() else v for k, v in given[0].items()})
    assert float(scored[0][added[1]]) == expected["species"]["Adelie"]
    assert float(scored[0][added[2]]) == expected["body mass (g)"]


@pytest.mark.parametrize("suffix", ["pgm", "png"])
def test_denoise(tmp_path, suffix):
    out = tmp_path / f"clean.{suffix}"
    assert result_of("denoise", DATA / "noisy" / "noisy-0-0078.npy", out) == []
    with Image.open(out) as image:
        pixels = numpy.asarray(image) / 255
    truth = numpy.asarray(Image.open(DATA / "digits" / "digit-0-0078.png")) / 255
    noisy = numpy.load(DATA / "noisy" / "noisy-0-0078.npy").squeeze()
    assert ((pixels - truth) ** 2).mean() < ((noisy - truth) ** 2).mean() / 2


def test_detect_language():
    with open(DATA / "sentences.csv", newline="", encoding="utf-8") as file:
        sentences = list(csv.DictReader(file))
    lines = result_of("detect_language", stdin="\n".join(row["text"] for row in sentences))
    assert [line.split("\t")[2] for line in lines] == [row["text"] for row in sentences]
    right = sum(line.split("\t")[0] == row["language"] for line, row in zip(lines, sentences))
    assert right == 40


def test_count_languages():
    text = (DATA / "sentences.csv").read_text(encoding="utf-8") * 20
    told = Counter(line.split("\t")[0] for line in result_of("detect_language", stdin=text))
    counted = [line.split("\t") for line in result_of("count_languages", stdin=text)]
    assert [(language, int(lines)) for language, lines in counted] == list(told.items())
    assert sum(told.values()) == 20 * 41
    assert result_of("count_languages") == []


@pytest.mark.parametrize("example", SUBJECTS)
def test_help_and_wrong_use(example):
    shown = run(example, "--help")
    assert shown.returncode == 0 and "--token-file" in shown.stdout
    url = url_of(SUBJECTS[example])
    operands = {"classify_images": ["x"], "detect_language": [], "count_languages": []}.get(example, ["x", "y"])
    for arguments in ([], ["--url"], ["--url", url, "--what"], ["--url", url, *operands]):
        wrong = run(example, *arguments, SIDEKICK_TOKEN="")
        assert (wrong.returncode, wrong.stdout, wrong.stderr.count("\n")) == (2, "", 1)
        assert wrong.stderr.startswith("usage: ")


def test_try_model_takes_either_kind_of_url():
    for url in (url_of("penguins"), f"{SERVER_URL}/v2/models/penguins"):
        ended = run("try_model", "--url", url, "--token", "penguins-token")
        assert (ended.returncode, ended.stderr) == (0, "")
        assert "predicts\n  species: " in ended.stdout


def test_the_token_comes_from_the_command_line_a_file_or_the_environment(tmp_path):
    file = tmp_path / "token"
    file.write_text("language-token\n")
    for arguments in (["--token", "language-token"], ["--token-file", file]):
        ended = run("detect_language", "--url", url_of("language"), *arguments, stdin="x\n", SIDEKICK_TOKEN="wrong")
        assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("island,sex\nBiscoe,male\n", "lacks the columns bill length (mm), bill depth (mm), flipper length (mm), year"),
        ("island,sex,bill length (mm),bill depth (mm),flipper length (mm),year\nBiscoe,male,1,2,wide,2007\n", "line 2"),
    ],
)
def test_a_table_that_does_not_fit_is_told_where(tmp_path, table, says):
    (tmp_path / "in.csv").write_text(table)
    files = [tmp_path / "in.csv", tmp_path / "out.csv"]
    failed = run("score_table", "--url", url_of("penguins"), "--token", "penguins-token", *files)
    assert (failed.returncode, failed.stderr.count("\n")) == (1, 1)
    assert says in failed.stderr
    assert not files[1].exists()


@pytest.mark.parametrize(
    ("example", "arguments", "says"),
    [
        ("detect_language", ["--url", url_of("language"), "--token", "wrong"], "InvalidTokenError"),
        ("detect_language", ["--url", url_of("digits"), "--token", "digits-token"], "no text feature"),
        ("count_languages", ["--url", url_of("digits"), "--token", "digits-token"], "no text feature"),
        ("detect_language", ["--url", f"{SERVER_URL}/x", "--token-file", "/nowhere"], "No such file"),
        ("classify_images", ["--url", url_of("digits"), "--token", "digits-token", "/nowhere.png"], "No such file"),
        (
            "score_table",
            ["--url", url_of("penguins"), "--token", "penguins-token", "/nowhere.csv", "/x"],
            "No such file",
        ),
        ("denoise", ["--url", url_of("denoise"), "--token", "denoise-token", DATA / "clean.npy", "/x.png"], "shape"),
    ],
)
def test_failures_are_one_clear_line(example, arguments, says):
    failed = run(example, *arguments, stdin="x\n")
    assert (failed.returncode, failed.stderr.count("\n")) == (1, 1)
    assert failed.stderr.startswith(f"{example}.py: ") and says in failed.stderr


def test_summarize_table(tmp_path):
    with open(DATA / "penguins.csv", newline="", encoding="utf-8") as file, deployment("penguins") as client:
        numeric = {spec.name for spec in client.feature_specs_in if spec.dtype == "numeric"}
        rows = [{name: float(cell) if name in numeric else cell for name, cell in row.items()}
                for row in csv.DictReader(file)]
        species = Counter(max(row["species"], key=row["species"].get) for row in client.predict_many(rows))
    *found, mass = (line.split("\t") for line in result_of("summarize_table", DATA / "penguins.csv"))
    assert {label: int(count) for _, label, count, _ in found} == species
    assert all(0.9 < float(sure) <= 1 for *_, sure in found)
    assert mass[:3] == ["body mass (g)", "mean", "67"] and 3000 < float(mass[3]) < 5500
    table = tmp_path / "bad.csv"
    table.write_text((DATA / "penguins.csv").read_text(encoding="utf-8").replace("2007", "soon"), encoding="utf-8")
    ended = run("summarize_table", "--url", url_of("penguins"), table, SIDEKICK_TOKEN="penguins-token")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == "summarize_table.py: column year: could not convert string to float: 'soon'\n"


def test_tables_may_begin_with_a_byte_order_mark(tmp_path):
    table = tmp_path / "table.csv"
    table.write_text((DATA / "penguins.csv").read_text(encoding="utf-8"), encoding="utf-8-sig")
    assert result_of("score_table", table, tmp_path / "out.csv") == ["67 rows scored"]
    assert (tmp_path / "out.csv").read_text(encoding="utf-8").startswith("island,")
    assert result_of("summarize_table", table) == result_of("summarize_table", DATA / "penguins.csv")
