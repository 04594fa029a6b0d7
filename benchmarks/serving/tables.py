"""The tables of the comparison, as markdown: every figure, and beside it how ours compares in the same run."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cells import CLOSED, IN_PROCESS, OPEN, OVERLOAD, Cell, Measured, Results

OURS = "siseon"
NOISE = 0.03
"""A difference below this part counts as none."""
PERCENTILES = (50, 95, 99)


def show(results: Results) -> None:
    """Print all tables, then the rows that ours does not win."""
    _settings(results)
    _rates("Closed loop, answers a second", CLOSED, results)
    _latencies("Closed loop, latency in ms, p50 / p95 / p99", CLOSED, results)
    _latencies(
        "Poisson arrivals at a part of each one's own saturation, latency in ms, p50 / p95 / p99",
        OPEN,
        results,
    )
    _overload(results)
    _rates("Closed loop with 8 clients, answers a second by objects in the photo", results.objects, results)
    _costs(results)
    _overhead(results)
    _lost(results)


def _settings(results: Results) -> None:
    rows = [
        [
            server,
            setting,
            f"{rate:.1f}" if rate else "",
            "measured" if setting == results.settings[server] else "",
        ]
        for server, trials in results.trials.items()
        for setting, rate in trials.items()
    ]
    _table("Settings, answers a second to 16 clients", ["server", "setting", "answers/s", ""], rows)


def _rates(title: str, cells: Sequence[Cell], results: Results) -> None:
    rows = [[server, *(_compared(results, server, cell) for cell in cells)] for server in results.servers()]
    _table(title, ["server", *(cell.name for cell in cells)], rows)


def _latencies(title: str, cells: Sequence[Cell], results: Results) -> None:
    rows = []
    for server in results.servers():
        row = [server]
        for cell in cells:
            measured = results.of(server, cell)
            figures = " / ".join(f"{measured.percentile(percent):.0f}" for percent in PERCENTILES)
            offered = f"{measured.offered:.1f}/s: " if cell.of_saturation else ""
            failed = measured.refused + measured.broken
            row.append(f"{offered}{figures}" + (f", {failed} failed" if failed else ""))
        rows.append(row)
    _table(title, ["server", *(cell.name for cell in cells)], rows)


def _overload(results: Results) -> None:
    rows = []
    for server in results.servers():
        measured = results.of(server, OVERLOAD)
        rows.append(
            [
                server,
                f"{measured.offered:.1f}",
                _compared(results, server, OVERLOAD),
                f"{measured.rate / measured.offered:.0%}" if measured.offered else "",
                f"{measured.percentile(50):.0f} / {measured.percentile(95):.0f}",
                str(measured.refused),
            ]
        )
    columns = ["server", "offered/s", "answers/s in time", "of those offered", "p50 / p95, ms", "refused"]
    _table("120 % of saturation, clients hang up after 500 ms", columns, rows)


def _costs(results: Results) -> None:
    rows = []
    for server in results.servers():
        share = max(measured.client_share for measured in results.cells[server].values())
        cpu = _cpu_ms(results.of(server, CLOSED[-1]))
        rows.append([server, f"{cpu:.1f}", f"{results.memory_mb[server]:.0f}", f"{share:.1%}"])
    rows.append([IN_PROCESS, f"{_cpu_ms(results.of(IN_PROCESS, CLOSED[-1])):.1f}", "", ""])
    columns = [
        "server",
        "its CPU, ms an answer (32 clients)",
        "memory, MB",
        "load generator, of one core at most",
    ]
    _table("What it takes", columns, rows)


def _cpu_ms(measured: Measured) -> float:
    return measured.cpu_seconds / measured.answers * 1000 if measured.answers else float("nan")


def _overhead(results: Results) -> None:
    if OURS not in results.settings:
        return
    served, bare = results.of(OURS, CLOSED[-1]), results.of(IN_PROCESS, CLOSED[-1])
    print(
        f"Service overhead: {bare.rate:.1f} answers a second in the process (32 callers), {served.rate:.1f} over "
        f"HTTP (32 clients): {1 - served.rate / bare.rate:.1%} of throughput (goal: at most 10 %).\n"
    )


def _lost(results: Results) -> None:
    """Rows in which another server is better than ours by more than noise."""
    if OURS not in results.settings:
        return
    lost: list[str] = []
    for cell in (*CLOSED, OVERLOAD, *results.objects):
        lost += _better(results, cell, "answers a second", lambda measured: measured.rate)
    for cell in (*CLOSED, *OPEN):
        for percent in PERCENTILES:
            # The negative, so that more is better everywhere.
            lost += _better(
                results, cell, f"p{percent} ms", lambda m, percent=percent: -m.percentile(percent)
            )
    print("Rows in which another is better by more than 3 %:" + ("".join(lost) or " none."))


def _better(results: Results, cell: Cell, what: str, value: Callable[[Measured], float]) -> list[str]:
    ours = value(results.of(OURS, cell))
    return [
        f"\n- {cell.name}, {what}: {server} {abs(theirs):.1f}, ours {abs(ours):.1f}"
        for server in results.servers()
        if (theirs := value(results.of(server, cell))) - ours > NOISE * abs(ours)
    ]


def _compared(results: Results, server: str, cell: Cell) -> str:
    """Answers a second, and how many times as many ours gives."""
    measured = results.of(server, cell)
    if not measured.answers and measured.refused:
        return "refuses all"
    if OURS not in results.settings or server == OURS or not measured.answers:
        return f"{measured.rate:.1f}"
    return f"{measured.rate:.1f} ({results.of(OURS, cell).rate / measured.rate:.2f} ×)"


def _table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    print(f"### {title}\n")
    print(f"| {' | '.join(columns)} |")
    print("|---" * len(columns) + "|")
    for row in rows:
        print(f"| {' | '.join(row)} |")
    print()
