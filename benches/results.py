"""Picking figures from the results."""


def of(results, workload):
    """The results of one workload."""
    return [result for result in results if result["workload"] == workload]


def result_of(results, client):
    """A client's result among those of one workload; None if it took no part."""
    return next((result for result in results if result["client"] == client), None)


def floor_of(results):
    """The result of a raw socket, for one workload; None if none took part."""
    return next((result for result in results if result["role"] == "floor"), None)


def fastest_peer(results, figure="cpu_us_per_row"):
    """The peer's result with the least of a figure; None if there is no peer."""
    peers = [result for result in results if result["role"] == "peer"]
    return min(peers, key=lambda result: result[figure], default=None)


def ratio(result, base, figure="cpu_us_per_row"):
    return result[figure] / base[figure]


def short(value):
    """A figure in three digits, or with all that are before the point."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
