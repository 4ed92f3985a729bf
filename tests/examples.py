#!/usr/bin/env python3
"""Runs the built examples of a language in a folder and checks what they print and write: examples.py FOLDER"""

import collections
import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "examples" / "data"
BUILD = Path(sys.argv[1])


def run(name, deployment, *files, given=None, token=("--token",), status=0):
    """What an example prints to standard output, or to standard error where it is to fail."""
    url = f"{os.environ['SIDEKICK_SERVER_URL']}/deployment/{deployment}/forward"
    words = [str(BUILD / name), "--url", url, *token, *([f"{deployment}-token"] if token == ("--token",) else [])]
    done = subprocess.run([*words, *map(str, files)], input=given, capture_output=True, encoding="utf-8")
    assert done.returncode == status, (name, done.returncode, done.stderr)
    return done.stdout if status == 0 else done.stderr


def held_out(deployment):
    declaration = json.loads((ROOT / "server" / "deployments" / deployment / "deployment.json").read_text("utf-8"))
    return declaration["held_out"]["metrics"]


def table(text):
    return list(csv.DictReader(io.StringIO(text)))


def classify_images():
    files = sorted((DATA / "digits").glob("*.png"))
    lines = run("classify_images", "digits", *files).splitlines()
    right = round(held_out("digits")["accuracy"] * len(files))
    assert lines[-1] == f"{right} of {len(files)} right", lines[-1]
    assert len(lines) == len(files) + 1
    name, label, probability = lines[0].split("\t")
    assert name == str(files[0]) and label in "0123456789" and len(probability) == 6
    unlabelled = BUILD / "seven.png"
    unlabelled.write_bytes(files[0].read_bytes())
    assert len(run("classify_images", "digits", unlabelled).splitlines()) == 1


def score_table():
    scored = BUILD / "scored.csv"
    assert run("score_table", "penguins", DATA / "penguins.csv", scored) == "67 rows scored\n"
    given, rows = table((DATA / "penguins.csv").read_text("utf-8")), table(scored.read_text("utf-8"))
    assert [{name: row[name] for name in given[0]} for row in rows] == given
    right = sum(row["species"] == row["predicted species"] for row in rows)
    assert right / len(rows) == held_out("penguins")["species accuracy"], right
    assert all(0.3 < float(row["predicted species probability"]) <= 1 for row in rows)
    off = [abs(float(row["body mass (g)"]) - float(row["predicted body mass (g)"])) for row in rows]
    assert abs(sum(off) / len(off) - held_out("penguins")["body mass mean absolute error (g)"]) < 0.1
    awkward = BUILD / "awkward.csv"
    # As text, and as spreadsheets write it: with a byte order mark.
    for encoding in ("utf-8", "utf-8-sig"):
        awkward.write_text('text,note\r\n"The ""old"" house,\nby the river.",1\r\n', encoding, newline="")
        assert run("score_table", "language", awkward, scored) == "1 rows scored\n"
        row = table(scored.read_text("utf-8"))[0]
        found = (row["text"], row["note"], row["predicted language"])
        assert found == ('The "old" house,\nby the river.', "1", "English")


def denoise():
    better = 0
    clean = dict(zip((path.stem[6:] for path in sorted((DATA / "digits").glob("*.png"))),
                     numpy.load(DATA / "clean.npy")))
    files = sorted((DATA / "noisy").glob("*.npy"))
    for file in files:
        picture = BUILD / "denoised.pgm"
        run("denoise", "denoise", file, picture)
        header, pixels = picture.read_bytes()[:11], picture.read_bytes()[11:]
        assert header == b"P5\n8 8\n255\n", header
        denoised = numpy.frombuffer(pixels, "uint8").reshape(8, 8, 1) / 255
        wanted = clean[file.stem[6:]]
        better += numpy.square(denoised - wanted).mean() < numpy.square(numpy.load(file) - wanted).mean()
    assert better >= 0.9 * len(files), better


def detect_language():
    given = table((DATA / "sentences.csv").read_text("utf-8"))
    printed = run("detect_language", "language", given="".join(row["text"] + "\n" for row in given)).splitlines()
    answers = [line.split("\t") for line in printed]
    assert [answer[2] for answer in answers] == [row["text"] for row in given]
    right = sum(answer[0] == row["language"] for answer, row in zip(answers, given))
    assert right / len(given) == held_out("language")["sentence accuracy (sentences.csv)"], right


def count_languages():
    given = table((DATA / "sentences.csv").read_text("utf-8"))
    lines = [row["text"] for row in given] * 30 + ["My grandmother bakes bread every Saturday."]
    text = "".join(line + "\n" for line in lines)
    answers = run("detect_language", "language", given=text).splitlines()
    counts = collections.Counter(answer.split("\t")[0] for answer in answers)
    printed = run("count_languages", "language", given=text).splitlines()
    assert sorted(printed) == sorted(f"{language}\t{count}" for language, count in counts.items()), printed
    assert run("count_languages", "language", given="") == ""


def try_model():
    """The example that takes either kind of URL."""
    assert run("try_model", "penguins").splitlines()[0] == "takes"
    url = f"{os.environ['SIDEKICK_SERVER_URL']}/v2/models/penguins"
    words = [str(BUILD / "try_model"), "--url", url, "--token", "penguins-token"]
    said = subprocess.run(words, capture_output=True, encoding="utf-8", check=True).stdout.splitlines()
    assert said[:5] == ["takes", "  features: numeric [9]", "returns", "  species: numeric [3]",
                        "  body_mass: numeric [1]"]
    assert said[5] == "predicts" and said[6].count(",") == 2, said
    description = BUILD / "description.json"
    description.write_text('{"outputs": [{"name": "species", "labels": ["Adelie", "Chinstrap", "Gentoo"]}]}')
    words += ["--model-description", str(description)]
    said = subprocess.run(words, capture_output=True, encoding="utf-8", check=True).stdout.splitlines()
    assert said[3:5] == ["  species: categorical [3]", "predicts"] and len(said) == 6, said


def command_lines():
    token_file = BUILD / "token"
    token_file.write_text("language-token\n")
    assert run("detect_language", "language", token=("--token-file", token_file), given="") == ""
    sentence = "My grandmother bakes bread every Saturday.\n"
    os.environ["SIDEKICK_TOKEN"] = "language-token"
    assert run("detect_language", "language", token=(), given=sentence).startswith("English\t")
    assert "usage: denoise --url URL" in run("denoise", "denoise", "--help")
    del os.environ["SIDEKICK_TOKEN"]
    for name, files, token in [
        ("classify_images", [], ("--token",)),
        ("score_table", ["only-one.csv"], ("--token",)),
        ("denoise", ["a", "b", "c"], ("--token",)),
        ("detect_language", [], ()),
        ("detect_language", ["--unknown"], ("--token",)),
        ("detect_language", ["--token"], ("--token",)),
        ("count_languages", ["a"], ("--token",)),
    ]:
        complaint = run(name, "language", *files, token=token, status=2)
        assert complaint.startswith(f"usage: {name}") and complaint.count("\n") == 1, complaint
    broken = BUILD / "broken.csv"
    broken.write_text("island\nDream\n")
    for name, deployment, files in [
        ("classify_images", "digits", [BUILD / "nothing.png"]),
        ("score_table", "penguins", [broken, BUILD / "out.csv"]),
        ("score_table", "penguins", [BUILD / "nothing.csv", BUILD / "out.csv"]),
        ("denoise", "denoise", [DATA / "clean.npy", BUILD / "out.pgm"]),
        ("denoise", "denoise", [DATA / "noisy" / "noisy-0-0078.npy", BUILD / "no" / "out.pgm"]),
        ("detect_language", "nowhere", []),
        ("count_languages", "nowhere", []),
    ]:
        complaint = run(name, deployment, *files, status=1, given="")
        assert complaint.startswith("error: ") and complaint.count("\n") == 1, complaint
        assert "-token" not in complaint


for task in (classify_images, score_table, denoise, detect_language, count_languages, try_model):
    task()
command_lines()
print("classify_images, score_table, denoise, detect_language, count_languages and their command lines")
