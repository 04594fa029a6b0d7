"""``siseon plan``: a latency budget for each stage, settings that meet it, and what misses first."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from siseon.cli.applications import Name, Set
from siseon.cli.wrong import of_the_command

if TYPE_CHECKING:
    from rich.table import Table

    from siseon.planning.plan import Plan, StagePlan
    from siseon.planning.recording import Recording

RUNS = 48
QUIET_CORES = 0.1
"""What other programs may use while a recording is made: as much as the next one differs anyway."""
EXACT_TO = 0.8
"""Share of the cores' time from which a prediction has two figures: near saturation a third one is luck."""
UNITS_S = {"ms": 1e-3, "s": 1.0}
HEADS = ("work", "budget", "expected", "waiting", "replicas", "batch", "busy")


def plan(
    pipeline: Name,
    p95: Annotated[str, typer.Option(help="Latency that 95 of 100 requests keep: 200ms, 0.2s.")],
    rps: Annotated[float, typer.Option(help="Requests per second, at random times.")],
    inputs: Annotated[
        list[str] | None, typer.Argument(help="Files, folders or patterns to measure now.")
    ] = None,
    cores: Annotated[
        int | None, typer.Option(min=1, help="Cores to plan for; else those that were recorded.")
    ] = None,
    record: Annotated[
        Path | None, typer.Option(help="A recording of `siseon profile --record`, instead of inputs.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the plan as JSON.")] = False,
    set_: Set = None,
) -> None:
    """Split a latency target between the stages, and say which of them misses it first.

    Exit code: 0: the target can be met, 1: it cannot, or no picture could be measured, 2: the command is wrong.
    """
    from siseon.applications.registry import find
    from siseon.cli.terminal import out
    from siseon.contracts import InputError
    from siseon.planning.bottleneck import Target
    from siseon.planning.plan import make_plan

    with of_the_command():
        find(pipeline)
        p95_s = duration_s(p95)
        if not 0 < rps < float("inf"):
            raise InputError(f"--rps {rps:g} is not a rate", hint="requests per second, more than 0")
    recording = _recording(pipeline, inputs or [], record, set_ or [])
    made = make_plan(recording, Target(p95_s, rps, cores or recording.cores))
    if json:
        from dataclasses import asdict

        import orjson

        typer.echo(orjson.dumps(asdict(made), option=orjson.OPT_INDENT_2).decode())
    else:
        out.print(table(made))
        out.print(verdict(made, recording))
    if not made.meets:
        raise typer.Exit(1)


def duration_s(text: str) -> float:
    """Seconds of ``200ms`` or ``0.2s``.

    Raises:
        InputError: no number with a unit, or not more than 0.
    """
    from siseon.contracts import InputError

    found = re.fullmatch(r"(\d+(?:\.\d*)?|\.\d+) ?(ms|s)", text.strip())
    if found is None or not float(found[1]):
        raise InputError(f"{text!r} is not a duration", hint="a number above 0 and its unit: 200ms, 0.2s")
    return float(found[1]) * UNITS_S[found[2]]


def _recording(pipeline: str, inputs: list[str], record: Path | None, settings: list[str]) -> Recording:
    from siseon.contracts import InputError
    from siseon.planning.recording import Recording

    with of_the_command():
        if (record is None) != bool(inputs):
            raise InputError(
                "a plan needs either pictures to measure or a recording",
                hint=f"siseon plan {pipeline} PICTURES ..., or --record FILE of `siseon profile --record FILE`",
            )
        if record is not None and settings:
            raise InputError(
                "--set changes nothing of a recording", hint="record again with these parameters"
            )
    if record is None:
        from siseon.cli.profile import measure_recording

        return measure_recording(pipeline, inputs, RUNS, settings)
    recording = Recording.read(record)
    if recording.pipeline != pipeline:
        raise InputError(
            f"{record} is a recording of {recording.pipeline!r}", hint=f"siseon plan {recording.pipeline} ..."
        )
    return recording


def table(made: Plan) -> Table:
    """One row a stage, a last one for the whole request; milliseconds."""
    from siseon.cli.terminal import stage_table

    target = made.target
    title = f"p95 of {target.p95_s * 1000:g} ms at {target.per_s:g} requests/s on {target.cores} cores; milliseconds"
    grid = stage_table(title, HEADS, gap=2)
    shown = _about if made.cores_busy > EXACT_TO else _ms
    for row in made.stages:
        grid.add_row(*_cells(row, shown), style="bold" if row.stage == made.first_miss.stage else None)
    grid.add_section()
    grid.add_row(
        "total",
        _ms(sum(row.work_s for row in made.stages)),
        _ms(target.p95_s),
        shown(made.p95_s),
        shown(sum(row.wait_s or 0.0 for row in made.stages) if made.p95_s else None),
        *("", "", f"{made.cores_busy:.0%}"),
    )
    return grid


def _cells(row: StagePlan, shown: Callable[[float | None], str]) -> tuple[str, ...]:
    setting = (str(row.setting.replicas), str(row.setting.max_batch)) if row.setting else ("", "")
    times = (_ms(row.work_s), _ms(row.budget_s), shown(row.expected_s), shown(row.wait_s))
    return row.stage, *times, *setting, f"{row.busy:.0%}"


def verdict(made: Plan, recording: Recording) -> str:
    """The answer in sentences."""
    target, miss = made.target, made.first_miss
    expected = f"predicted p95 {_range(made)}" if made.p95_s else "the queue grows without bound"
    lines = [
        f"[bold]{_answer(made)}[/bold]: {expected} "
        f"(from {len(recording.requests)} pictures on {recording.cores} cores).",
        f"First to miss, at {miss.at_per_s:.3g} requests/s: [bold]{miss.stage}[/bold], by {miss.cause}: {miss.why}.",
    ]
    if made.meets:
        lines.append(
            f"With one replica per core in every stage the limit is {made.highest_per_s:.3g} requests/s."
        )
    else:
        held = (
            f"Achievable on these cores up to {made.highest_per_s:.3g} requests/s"
            if made.highest_per_s
            else "Not achievable on these cores at any rate"
        )
        wanted = f"{target.per_s:g} requests/s"
        more = (
            f"{wanted} would take {made.cores_needed} cores"
            if made.cores_needed
            else f"for {wanted}, more cores do not help"
        )
        lines.append(f"{held}; {more}.")
    if recording.others_cores is not None and recording.others_cores > QUIET_CORES:
        lines.append(
            f"[yellow]Other programs used {recording.others_cores:.1f} cores while it was recorded: "
            "record again on a quiet machine.[/yellow]"
        )
    return "\n".join(lines)


def _answer(made: Plan) -> str:
    low, high = made.p95_range_s
    if made.meets:
        return "Meets it" if high is not None and high <= made.target.p95_s else "Meets it, by a hair"
    return "Misses it" if low is None or low > made.target.p95_s else "Misses it, by a hair"


def _range(made: Plan) -> str:
    """Both ends to two figures: what the last measurement was worth."""
    low, high = made.p95_range_s
    if high is None:
        return f"{_about(low)} ms or more: on slightly slower cores the queue grows without bound"
    return f"{_about(low)} to {_about(high)} ms"


def _about(seconds: float | None) -> str:
    return "-" if seconds is None else f"{float(f'{seconds * 1000:.2g}'):g}"


def _ms(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    value = seconds * 1000
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:.0f}"
