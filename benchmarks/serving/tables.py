"""The tables of the comparison, as markdown: median and range of the rounds, and how ours compares round by round."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from cells import CLOSED, IN_PROCESS, OPEN, OVERLOAD, Cell, Measured, Results

sys.path.append(str(Path(__file__).parents[1]))
from spread import spread

OURS = ("siseon", "siseon, 2 workers")
PERCENTILES = (50, 95, 99)
Value = Callable[[Measured], float]


@dataclass(frozen=True)
class Row:
    """One figure by which servers are compared."""

    cell: Cell
    what: str
    value: Value
    more_is_better: bool = True


def show(results: Results) -> None:
    """Print all tables, then where ours is first, ties and is behind."""
    _settings(results)
    _rates("Closed loop, answers a second", CLOSED, results)
    _latencies("Closed loop, latency in ms, p50 / p95 / p99", CLOSED, results)
    _latencies("Poisson arrivals at a part of each one's own saturation, ms", OPEN, results)
    for cell in OVERLOAD:
        _overload(cell, results)
    _rates("Closed loop with 8 clients, answers a second by objects in the photo", results.objects, results)
    _processor(results)
    _costs(results)
    _overhead(results)
    for ours in OURS:
        if ours in results.cells:
            _standing(ours, results)


def _settings(results: Results) -> None:
    rows = []
    for server in results.trials:
        for trials, chosen in (
            (results.trials[server], results.setting(server)),
            (results.limit_trials.get(server, {}), results.limits(server)),
        ):
            what = "answers" if trials is results.trials[server] else "answers in time"
            rows += [
                [
                    server,
                    setting,
                    f"{rate:.1f} {what}" if rate else "",
                    "measured" if setting == chosen else "",
                ]
                for setting, rate in trials.items()
            ]
    title = (
        "Settings: answers a second to 16 clients; with limits, in time at 120 % without X-Request-Timeout"
    )
    _table(title, ["server", "setting", "a second", ""], rows)


def _rates(title: str, cells: Sequence[Cell], results: Results) -> None:
    rows = [
        [server, *(_compared(results, server, Row(cell, "", _rate), "{:.1f}") for cell in cells)]
        for server in _measured(results, cells)
    ]
    _table(title, ["server", *(cell.name for cell in cells)], rows)


def _latencies(title: str, cells: Sequence[Cell], results: Results) -> None:
    rows = []
    for server in _measured(results, cells):
        row = [server]
        for cell in cells:
            rounds = results.rounds(server, cell)
            figures = " / ".join(
                spread([_percentile(one, p) for one in rounds], "{:.0f}") for p in PERCENTILES
            )
            offered = f"{median(one.offered for one in rounds):.1f}/s: " if cell.of_saturation else ""
            failed = sum(one.refused + one.broken for one in rounds)
            row.append(f"{offered}{figures}" + (f"; {failed} failed" if failed else ""))
        rows.append(row)
    _table(title, ["server", *(cell.name for cell in cells)], rows)


def _overload(cell: Cell, results: Results) -> None:
    rows = []
    for server in _measured(results, [cell]):
        rounds = results.rounds(server, cell)
        rows.append(
            [
                server,
                f"{median(one.offered for one in rounds):.1f}",
                _compared(results, server, Row(cell, "", _rate), "{:.1f}"),
                spread([one.share for one in rounds], "{:.0%}"),
                " / ".join(f"{median(_percentile(one, p) for one in rounds):.0f}" for p in (50, 95)),
                str(sum(one.refused for one in rounds)),
            ]
        )
    columns = ["server", "offered/s", "answers/s in time", "of those offered", "p50 / p95, ms", "refused"]
    _table(f"{cell.name}: clients hang up after 500 ms", columns, rows)


def _processor(results: Results) -> None:
    """What other work on the machine changes least: it takes answers a second from a server, not its own work."""
    cells = (*CLOSED, *results.objects)
    rows = [
        [server, *(_compared(results, server, Row(cell, "", _cpu, False), "{:.1f}") for cell in cells)]
        for server in _measured(results, cells)
    ]
    bare = spread([one.cpu_ms for one in results.rounds(IN_PROCESS, CLOSED[-1])], "{:.1f}")
    rows.append([IN_PROCESS, "", "", bare, *("" for _ in results.objects)])
    _table(
        "Processor time of all its processes, ms an answer", ["server", *(cell.name for cell in cells)], rows
    )


def _costs(results: Results) -> None:
    rows = []
    for server in _measured(results, [CLOSED[-1]]):
        share = max(one.client_share for cell in results.cells[server].values() for one in cell)
        memory = results.memory_mb.get(server)
        rows.append([server, f"{memory:.0f}" if memory else "", f"{share:.1%}"])
    columns = [
        "server",
        "memory of all its processes, MB (PSS)",
        "load generator, of one core at most",
    ]
    _table("What it takes", columns, rows)


def _overhead(results: Results) -> None:
    for server in OURS:
        served, bare = results.rounds(server, CLOSED[-1]), results.rounds(IN_PROCESS, CLOSED[-1])
        shares = [1 - one.rate / alone.rate for one, alone in zip(served, bare, strict=False)]
        if shares:
            print(
                f"Service overhead of {server}: {spread(shares, '{:.1%}')} of the throughput of the pipeline in "
                "its own process (32 clients, 32 callers; goal: at most 10 %).\n"
            )


def compared_rows(results: Results) -> list[Row]:
    """Every figure in which servers are compared."""
    rows = [
        Row(cell, "answers/s" if cell not in OVERLOAD else "answers/s in time", _rate)
        for cell in (*CLOSED, *results.objects, *OVERLOAD)
    ]
    rows += [Row(cell, "in time, of those offered", _share) for cell in OVERLOAD]
    rows += [Row(cell, "processor time", _cpu, more_is_better=False) for cell in (*CLOSED, *results.objects)]
    return rows + [
        Row(cell, f"p{percent}", partial(_percentile, percent=percent), more_is_better=False)
        for cell in (*CLOSED, *OPEN)
        for percent in PERCENTILES
    ]


def _standing(ours: str, results: Results) -> None:
    """In how many rows ours is first or ties with the best, and where others are ahead."""
    first, ties, behind = 0, [], []
    for row in compared_rows(results):
        others = [
            (server, ratios)
            for server in results.cells
            if server not in (*OURS, IN_PROCESS) and (ratios := ratios_of(results, ours, server, row))
        ]
        lost = [f"{server} {spread(ratios, '{:.2f}')}" for server, ratios in others if max(ratios) < 1]
        level = [
            f"{server} {spread(ratios, '{:.2f}')}"
            for server, ratios in others
            if min(ratios) <= 1 <= max(ratios)
        ]
        line = f"\n- {row.cell.name}, {row.what}: "
        if lost:
            behind.append(line + "; ".join(lost))
        elif level:
            ties.append(line + "; ".join(level))
        elif others:
            first += 1
    print(f"{ours}: first in {first} rows, a tie in {len(ties)}, behind in {len(behind)}.")
    print("Ratios of ours to theirs, round by round, above 1 where ours is better: median (range).\n")
    print("Behind:" + ("".join(behind) or " nowhere.") + "\n\nTies:" + ("".join(ties) or " none.") + "\n")


def ratios_of(results: Results, ours: str, server: str, row: Row) -> list[float]:
    """Round by round how many times as good ours is; none where one of the two has no figure."""
    pairs = zip(results.rounds(ours, row.cell), results.rounds(server, row.cell), strict=False)
    ratios = []
    for one, other in pairs:
        mine, theirs = row.value(one), row.value(other)
        if not row.more_is_better:
            mine, theirs = theirs, mine
        ratios.append(mine / theirs if theirs else float("inf"))
    return [ratio for ratio in ratios if ratio == ratio]


def _measured(results: Results, cells: Sequence[Cell]) -> list[str]:
    return [server for server in results.trials if all(results.rounds(server, cell) for cell in cells)]


def _rate(one: Measured) -> float:
    return one.rate


def _cpu(one: Measured) -> float:
    return one.cpu_ms


def _share(one: Measured) -> float:
    return one.share


def _percentile(one: Measured, percent: int) -> float:
    return {50: one.p50, 95: one.p95, 99: one.p99}[percent]


def _compared(results: Results, server: str, row: Row, how: str) -> str:
    """Median and range, and how many times as much ours gives."""
    rounds = results.rounds(server, row.cell)
    if not any(one.answers for one in rounds) and any(one.refused for one in rounds):
        return "refuses all"
    figures = spread([row.value(one) for one in rounds], how)
    ratios = [] if server in OURS else [ratios_of(results, ours, server, row) for ours in OURS]
    beside = " / ".join(f"{median(some):.2f}" for some in ratios if some)
    return f"{figures}, {beside} ×" if beside else figures


def _table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    print(f"### {title}\n")
    print(f"| {' | '.join(columns)} |")
    print("|---" * len(columns) + "|")
    for row in rows:
        print(f"| {' | '.join(row)} |")
    print()
