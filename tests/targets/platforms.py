"""The table of docs/platforms.md: a line for each target, as the last run with --write-docs proved it."""

from shell import ROOT

PAGE = ROOT / "docs" / "platforms.md"
START, END = "<!-- table -->\n", "<!-- end of table -->\n"
HEAD = ["| target | built | needs | run | bits |", "|---|---|---|---|---|"]


def line(target, proved):
    ran = "; ".join(said for said in proved if said) or "never run"
    bits = "equal" if any(said and said.startswith("conformance") for said in proved) else "unknown"
    return f"| {target.title} | {target.built} | {target.needs} | {ran} | {bits} |"


def keep(proved, targets, writes):
    """Writes the lines of these targets into the page, or compares them; whether the page has them now."""
    page = PAGE.read_text()
    before, rest = page.split(START)
    old, after = rest.split(END)
    lines = {text.split(" | ")[0]: text for text in old.splitlines()[len(HEAD) :]}
    for target in targets:
        if target.built and proved.get(target.name) is not None:
            lines[f"| {target.title}"] = line(target, proved[target.name])
    order = [f"| {target.title}" for target in targets if target.built]
    table = "\n".join([*HEAD, *(lines[title] for title in order if title in lines)]) + "\n"
    if writes:
        PAGE.write_text(before + START + table + END + after)
    elif table != old:
        print("FAILED: docs/platforms.md has another table than this, which --write-docs writes:\n" + table)
    return writes or table == old
