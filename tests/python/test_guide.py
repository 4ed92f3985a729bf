"""The guide's and the README's programs run as they are written, and print what it says they print."""

import re
import subprocess
import sys

from served import DATA, ROOT, SERVER_URL

GUIDE = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
MARK = "end of a piece"
BLOCKS = re.findall(r"```(python|text)\n(.*?)```", GUIDE, re.DOTALL)


def run(program, folder=ROOT):
    program = program.replace("http://127.0.0.1:8000", SERVER_URL)
    return subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, cwd=folder)


def test_the_first_program_runs_as_pasted():
    (first, program), (second, output) = BLOCKS[:2]
    assert (first, second) == ("python", "text")
    ended = run(program)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == output.replace("http://127.0.0.1:8000", SERVER_URL)


def test_the_readmes_program_runs_as_pasted():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    program, model = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    ended = run(program)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "a 7\n", "")
    ended = run(model)
    assert (ended.returncode, ended.stderr) == (0, "") and "/v2/models/digits\n" in ended.stdout


def test_the_program_for_models_of_the_open_inference_protocol_runs_as_pasted():
    page = (ROOT / "docs" / "open-inference.md").read_text(encoding="utf-8")
    (program,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    ended = run(program)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "[5.000e-04 2.400e-03 9.971e-01] 4662 g\n", "")


def test_the_program_with_a_model_description_runs_as_pasted():
    page = (ROOT / "docs" / "model-description.md").read_text(encoding="utf-8")
    (program,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    ended = run(program)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "7\n", "")


def test_every_further_piece_runs_after_the_ones_before_and_prints_what_the_guide_says(tmp_path):
    # Only what the guide says to copy is there.
    (tmp_path / "examples").mkdir()
    (tmp_path / "examples/data").symlink_to(DATA)
    pieces = [place for place, (kind, _) in enumerate(BLOCKS) if kind == "python"]
    expected = {place - 1: output for place, (kind, output) in enumerate(BLOCKS) if kind == "text"}
    assert len(expected) > 9
    ended = run("\n".join(f"{BLOCKS[place][1]}\nprint({MARK!r})" for place in pieces), tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")
    printed = dict(zip(pieces, ended.stdout.replace(SERVER_URL, "http://127.0.0.1:8000").split(f"{MARK}\n")))
    assert {place: printed[place] for place in expected} == expected


def test_a_polars_frame_is_predicted_in_three_lines():
    three = next(program for _, program in BLOCKS if "import polars" in program)
    assert len([line for line in three.splitlines() if line]) == 3
    opened = BLOCKS[0][1][: BLOCKS[0][1].index("print(client)")]
    ended = run(opened + three)
    assert (ended.returncode, ended.stderr) == (0, "") and "Chinstrap" in ended.stdout


def test_the_page_for_users_of_the_original_runs_as_pasted(tmp_path):
    page = (ROOT / "docs" / "coming-from-the-original-client.md").read_text(encoding="utf-8")
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    ended = run("\n".join(re.findall(r"```python\n(.*?)```", page, re.DOTALL)), tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "") and "\n7\n7\n7\n(20, 20)" in ended.stdout
    assert (tmp_path / "digits.zip").is_file()


def test_the_guides_data_is_there():
    assert all((ROOT / path).exists() for path in re.findall(r"examples/data/[\w./-]+", GUIDE))
    assert DATA.is_dir()
