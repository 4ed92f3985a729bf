"""Writes what was found into docs/engines.md, between its markers."""

from __future__ import annotations

from engines import ENGINES, HERE, Failed, config, model_settings
from expected import SCENARIOS, Scenario
from models import MODELS

PAGE = HERE.parents[1] / "docs" / "engines.md"
# The checks of behind.py, by their names, as the table has them.
BEHIND = {
    "same_answers": "behind `sidekick-server`: digits and penguins, the same answers as its own models",
    "one_of_two_ends": "behind `sidekick-server`: one of two engines is killed under load, and no request is lost",
}
# For each engine its version, and for each scenario the languages in which it failed.
Results = dict[str, tuple[str, dict[str, list[str]]]]


def write_page(results: Results) -> None:
    page = PAGE.read_text(encoding="utf-8")
    page = between(page, "results", table(results))
    page = between(page, "triton", f"```\n{config('digits', MODELS['digits'])}```\n")
    settings = model_settings("iris", "1", MODELS["iris"])
    page = between(page, "mlserver", f"```json\n{settings}```\n")
    PAGE.write_text(page, encoding="utf-8")


def between(page: str, name: str, text: str) -> str:
    """The page with another text between the markers of a name."""
    start, end = f"<!-- {name}: written by tests/engines/run -->\n", f"<!-- {name} ends -->\n"
    if page.count(start) != 1 or page.count(end) != 1:
        raise Failed(f"{PAGE.name} has no markers for {name!r}")
    before, rest = page.split(start)
    return before + start + text + end + rest.split(end)[1]


def table(results: Results) -> str:
    versions = [f"{ENGINES[name].title} {version}" for name, (version, _) in results.items()]
    lines = [f"| | {' | '.join(versions)} |", "|---" * (len(versions) + 1) + "|"]
    for scenario in SCENARIOS:
        cells = [cell(scenario, name, failed) for name, (_, failed) in results.items()]
        lines.append(f"| {scenario.about} | {' | '.join(cells)} |")
    for name, about in BEHIND.items():
        cells = ["**fails**" if name in failed else "yes" for _, failed in results.values()]
        lines.append(f"| {about} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def cell(scenario: Scenario, engine: str, failed: dict[str, list[str]]) -> str:
    languages = failed.get(scenario.name)
    return f"**fails in {', '.join(languages)}**" if languages else scenario.cell(engine)
