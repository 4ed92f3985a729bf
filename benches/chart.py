"""The benchmark's chart: an SVG that brings its background, and suits light and dark pages."""

from results import fastest_peer, of, short

TITLE = "CPU time a row, in microseconds: shorter is better"
COLUMNS = 2
COLUMN_WIDTH = 470
MARGIN = 24
LABEL_WIDTH = 172
BAR_WIDTH = 220
BAR_HEIGHT = 15
HEAD_HEIGHT = 78
TITLE_HEIGHT = 22
GROUP_GAP = 20
# Bars end at so many times the fastest peer's, or the slowest one would leave nothing to see of the others.
LONGEST = 4

STYLE = """
text { font: 11px system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif; fill: #1f2328; }
.title { font-weight: 600; font-size: 12px; } .head { font-weight: 600; font-size: 16px; }
.muted, .label.peer, .label.floor { fill: #59636e; } .label { text-anchor: end; }
.label.ours, .value.ours { font-weight: 600; }
.page { fill: #ffffff; stroke: #d1d9e0; } .cut { stroke: #ffffff; stroke-width: 3; }
.bar.ours { fill: #0969da; } .bar.peer { fill: #9aa4af; } .bar.floor { fill: #d9dee4; }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc; } .muted, .label.peer, .label.floor { fill: #9198a1; }
.page { fill: #0d1117; stroke: #3d444d; } .cut { stroke: #0d1117; }
.bar.ours { fill: #4493f8; } .bar.peer { fill: #6e7681; } .bar.floor { fill: #343b44; }
}"""
LEGEND = [("ours", "libsidekick"),
          ("peer", f"what one would write instead (bars are cut at {LONGEST} times the fastest of these)"),
          ("floor", "ready bytes through a raw socket")]


def chart(workloads, results):
    """CPU time a row: a group of bars for each workload that has peers."""
    groups = [(workload, of(results, workload.name)) for workload in workloads]
    groups = [(workload, here) for workload, here in groups if fastest_peer(here)]
    parts, bottoms = [], [HEAD_HEIGHT] * COLUMNS
    for place, (workload, here) in enumerate(groups):
        column = place % COLUMNS
        parts += group(workload, here, MARGIN + column * COLUMN_WIDTH, bottoms[column])
        bottoms[column] += TITLE_HEIGHT + len(here) * BAR_HEIGHT + GROUP_GAP
    width, height = MARGIN + COLUMNS * COLUMN_WIDTH, max(bottoms)
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">',
        f"<title>{TITLE}</title>",
        f"<style>{STYLE}\n</style>",
        f'<rect class="page" x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="6"/>',
        text(MARGIN, 30, TITLE, "head"),
        *legend(),
    ]
    return "\n".join([*head, *parts, "</svg>\n"])


def legend():
    x = MARGIN
    for role, meaning in LEGEND:
        yield f'<rect class="bar {role}" x="{x}" y="44" width="11" height="11" rx="2"/>'
        yield text(x + 16, 54, meaning, "muted")
        x += 42 + 6 * len(meaning)


def group(workload, results, x, y):
    full = LONGEST * fastest_peer(results)["cpu_us_per_row"]
    yield text(x, y + 12, f"{workload.name}: {workload.title}", "title")
    y += TITLE_HEIGHT
    for result in results:
        yield from bar(result, full, x, y)
        y += BAR_HEIGHT


def bar(result, full, x, y):
    cpu, role = result["cpu_us_per_row"], result["role"]
    length = max(1.5, min(cpu / full, 1) * BAR_WIDTH)
    left = x + LABEL_WIDTH
    yield text(left - 7, y + 10, result["client"], f"label {role}")
    yield f'<rect class="bar {role}" x="{left}" y="{y + 1}" width="{length:.1f}" height="{BAR_HEIGHT - 4}" rx="1.5"/>'
    if cpu > full:
        yield f'<path class="cut" d="M{left + length - 16:.1f} {y + BAR_HEIGHT} l6 -{BAR_HEIGHT + 1}"/>'
    yield text(left + length + 6, y + 10, short(cpu), f"value {role}")


def text(x, y, content, kind):
    return f'<text class="{kind}" x="{x:.1f}" y="{y}">{content}</text>'
