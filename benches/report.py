"""The benchmark's tables and its chart."""

OURS = "libsidekick C"
COLORS = {"ours": "#0b6e4f", "peer": "#9aa5b1", "floor": "#d9c27a"}
# What the C API has to reach, as a ratio to the fastest peer or to another figure.
CPU_TARGETS = {"W1": 0.75, "W2": 0.5, "W3": 0.5, "W4": 0.4, "W5": 0.5, "W5-17": 0.5, "W6-PNG": 0.6, "W6-JPEG": 1.5}


def tables(workloads, results):
    parts = [table(workload, of(results, workload.name)) for workload in workloads]
    return "\n\n".join([*parts, targets(results)])


def of(results, name):
    return [result for result in results if result["workload"] == name]


def fastest_peer(results, figure="cpu_us_per_row"):
    return min((result[figure] for result in results if result["role"] == "peer"), default=None)


def table(workload, results):
    peer = fastest_peer(results)
    floor = next((result["cpu_us_per_row"] for result in results if result["role"] == "floor"), None)
    lines = [
        f"### {workload.name}: {workload.title}; {workload.rows} x {workload.requests}",
        "| | wall us/row | CPU us/row | peak MB | CPU / fastest peer | CPU / floor |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for result in results:
        cpu = result["cpu_us_per_row"]
        cells = [f"{result['wall_us_per_row']:.2f}", f"{cpu:.2f}", f"{result['peak_mb']:.1f}"]
        cells += [ratio(cpu, peer), ratio(cpu, floor)]
        lines.append(f"| {result['client']} | {' | '.join(cells)} |")
    return "\n".join(lines)


def ratio(value, base):
    return f"{value / base:.2f}" if base else ""


def targets(results):
    """Every figure that has to be reached, and whether it is."""
    lines = ["### Targets", "| | reached | asked for | |", "|---|---:|---:|---|"]
    for name, what, reached, limit in [*ratio_targets(results), *other_targets(results)]:
        lines.append(f"| {name} {what} | {reached:.2f} | {limit[0]} {limit[1]:.2f} | {verdict(reached, limit)} |")
    return "\n".join(lines)


def verdict(reached, limit):
    holds = reached <= limit[1] if limit[0] == "at most" else reached >= limit[1]
    return "yes" if holds else "no"


def ratio_targets(results):
    for name, limit in CPU_TARGETS.items():
        here = of(results, name)
        ours = figure(here, OURS, "cpu_us_per_row")
        if ours:
            yield name, "CPU / fastest peer", ours / fastest_peer(here), ("at most", limit)


def other_targets(results):
    first = of(results, "W1")
    if first:
        p50 = figure(first, OURS, "p50_us_per_request") / figure(first, "floor", "p50_us_per_request")
        yield "W1", "p50 / floor", p50, ("at most", 1.4)
    third = of(results, "W3")
    if third:
        wall = figure(third, OURS, "wall_us_per_row") / fastest_peer(third, "wall_us_per_row")
        yield "W3", "wall / fastest peer", wall, ("at most", 0.35)
    many, one = (figure(of(results, name), OURS, "rows_per_second") for name in ("W7-16", "W7-1"))
    if many and one:
        yield "W7", "rows/s, 16 in flight / 1", many / one, ("at least", 12)
    long, short = (figure(of(results, name), OURS, "peak_mb") for name in ("W8-100k", "W8-10k"))
    if long and short:
        yield "W8", "peak memory, 100 000 rows / 10 000", long / short, ("at most", 1.1)


def figure(results, client, name):
    return next((result[name] for result in results if result["client"] == client), None)


def chart(workloads, results):
    """An SVG of CPU time a row, each workload's slowest bar at full width."""
    left, width, bar, gap = 190, 460, 14, 26
    y, parts = 34, []
    for workload in workloads:
        here = of(results, workload.name)
        if len(here) < 2:
            continue
        parts.append(f'<text x="8" y="{y + 11}" font-weight="bold">{workload.name}: {workload.title}</text>')
        y += 18
        most = max(result["cpu_us_per_row"] for result in here)
        for result in here:
            cpu = result["cpu_us_per_row"]
            length = max(1, cpu / most * width)
            parts.append(f'<text x="{left - 6}" y="{y + 11}" text-anchor="end">{result["client"]}</text>')
            parts.append(f'<rect x="{left}" y="{y}" width="{length:.1f}" height="{bar - 3}" fill="{COLORS[result["role"]]}"/>')
            parts.append(f'<text x="{left + length + 5:.1f}" y="{y + 11}">{cpu:,.1f}</text>')
            y += bar
        y += gap - bar
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + width + 90}" height="{y}" '
        'font-family="sans-serif" font-size="11">\n<rect width="100%" height="100%" fill="white"/>\n'
        '<text x="8" y="20" font-size="14">CPU time a row, microseconds (user + system; shorter is better)</text>'
    )
    return "\n".join([head, *parts, "</svg>\n"])
