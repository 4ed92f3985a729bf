"""The table of docs/platforms.md."""

from shell import ROOT

PAGE = ROOT / "docs" / "platforms.md"
START, END = "<!-- table -->\n", "<!-- end of table -->\n"
HEAD = "| target | built | needs | run | bits |\n|---|---|---|---|---|\n"


def table(targets, proved):
    """A line for each target that belongs into the table."""
    return HEAD + "".join(line(target, proved[target.name]) for target in targets if target.built)


def line(target, proved):
    ran = "; ".join(said for said in proved if said) or "never run"
    bits = "equal" if any(said and said.startswith("conformance") for said in proved) else "unknown"
    return f"| {target.title} | {target.built} | {target.needs} | {ran} | {bits} |\n"


def keep(text, writes):
    """Writes the table into the page, or compares it; whether the page has it now."""
    page = PAGE.read_text()
    before, rest = page.split(START)
    new = before + START + text + END + rest.split(END)[1]
    if writes:
        PAGE.write_text(new)
    elif new != page:
        print("FAILED: docs/platforms.md has another table; tests/targets/run --write-docs writes this one:\n" + text)
    return writes or new == page
