"""``siseon profile``: what each stage costs, what waits, and which stage will saturate first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from siseon.cli.applications import Force, Name, Set
from siseon.cli.event_loop import run as run_loop
from siseon.cli.run import answers
from siseon.cli.wrong import of_the_command

if TYPE_CHECKING:
    from rich.table import Table

    from siseon.cli.chosen import Chosen
    from siseon.contracts import Result
    from siseon.engine import Percentiles, Profile, Trace
    from siseon.planning.measure import LoadedRun
    from siseon.planning.recording import Recording

WARM_UP = 3
HEADS = (
    "n",
    *("wait\np50", "\np95", "\np99"),
    *("work\nmean", "\np50", "\np95", "\np99"),
    *("batch", "fill", "share"),
)


def profile(
    pipeline: Name,
    inputs: Annotated[list[str], typer.Argument(help="Files, folders or patterns.")],
    runs: Annotated[
        int, typer.Option(min=1, help="Pictures to measure; the inputs are repeated as needed.")
    ] = 20,
    warm_up: Annotated[int, typer.Option(min=0, help="Pictures to run before measuring.")] = WARM_UP,
    in_flight: Annotated[
        int, typer.Option(min=1, help="Pictures at work at once; 1 shows bare latency.")
    ] = 1,
    trace: Annotated[Path | None, typer.Option(help="File for a trace that ui.perfetto.dev opens.")] = None,
    record: Annotated[
        Path | None, typer.Option(help="File for a recording that `siseon plan` reads.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
    set_: Set = None,
    force: Force = False,
) -> None:
    """Measure a pipeline on your own pictures.

    For every stage: how long items wait and a batch computes, its size and fill, its share of all compute time.

    Then the first bottleneck, and how many objects or lines the pictures hold.
    """
    import orjson

    from siseon.cli.chosen import chosen
    from siseon.cli.inputs import Sources
    from siseon.cli.terminal import out, safe
    from siseon.cli.written import Written
    from siseon.contracts import InputError
    from siseon.engine import profile as sum_up
    from siseon.engine import to_chrome

    if record is not None and in_flight > 1:
        with of_the_command():
            raise InputError("the requests of a recording run one at a time", hint="leave out --in-flight")
    chain = chosen(pipeline, set_ or [])
    written = Written(Sources.of(inputs).paths, force=force)
    with ExitStack() as files:
        kept = [files.enter_context(written.lines(path)) if path else None for path in (trace, record)]
        measured = _measured(chain, inputs, runs, warm_up, in_flight, loaded=record is not None)
        if kept[0] is not None:
            kept[0].write(orjson.dumps(to_chrome(measured.traces)))
        if kept[1] is not None:
            kept[1].write(measured.recording(chain).model_dump_json().encode() + b"\n")
    figures = sum_up(measured.answered)
    counts = list(_counts(chain, measured))
    if json:
        typer.echo(orjson.dumps({**asdict(figures), "objects": counts}, option=orjson.OPT_INDENT_2).decode())
        return
    out.print(table(figures))
    out.print(_sentence(figures, in_flight))
    if counts:
        out.print(_distribution(counts))
    if trace is not None:
        out.print(f"trace: {safe(trace)} (open it at ui.perfetto.dev, or in chrome://tracing)")
    if record is not None:
        out.print(
            f"recording: {safe(record)} (siseon plan {pipeline} --record {safe(record)} --p95 ... --rps ...)"
        )


def measure_recording(pipeline: str, inputs: Sequence[str], runs: int, settings: Sequence[str]) -> Recording:
    """Measure a pipeline on pictures for a plan; failures of single pictures are shown.

    Raises:
        InputError: not one picture could be measured.
    """
    from siseon.cli.chosen import chosen

    chain = chosen(pipeline, settings)
    return _measured(chain, inputs, runs, WARM_UP, 1, loaded=True).recording(chain)


@dataclass(slots=True)
class _Measured:
    traces: list[Trace]
    results: list[tuple[str, Result[Any]]]
    """With the pictures' names."""
    loaded: LoadedRun | None

    @property
    def answered(self) -> list[Trace]:
        return [trace for trace in self.traces if trace.outcome == "ok"]

    def recording(self, chain: Chosen) -> Recording:
        from siseon.planning.measure import recording_of

        if self.loaded is None:
            raise ValueError("the load was not measured")
        return recording_of(chain.name, chain.pipeline, self.answered, self.loaded)


def _measured(
    chain: Chosen, inputs: Sequence[str], runs: int, warm_up: int, in_flight: int, *, loaded: bool
) -> _Measured:
    from siseon.cli.terminal import show_failure
    from siseon.contracts import Encoded, InputError, SiseonError
    from siseon.media.film.parts import VideoPart

    traces: list[Trace] = []
    sources = chain.sources(inputs).repeated(runs)

    async def measure() -> _Measured:
        from siseon.planning.measure import loaded_run

        pipeline = chain.pipeline
        chain.expect_weights()
        async with pipeline:
            async for _ in answers(chain, sources.repeated(warm_up), in_flight):
                pass
            pipeline.on_trace = traces.append
            pictures: list[Encoded | VideoPart | None] = []
            results: list[tuple[str, Result[Any]]] = []
            told: set[tuple[str, str]] = set()
            async for one in answers(chain, sources, in_flight):
                if isinstance(one.outcome, SiseonError):
                    failure = (one.name, one.outcome.message)
                    if failure not in told:  # inputs are repeated, what is said of them is not
                        show_failure(one.outcome, one.name)
                    told.add(failure)
                else:
                    pictures.append(one.picture)
                    results.append((one.name, one.outcome))
            if not pictures:
                raise InputError("not one picture could be measured", hint="the failures are above")
            under_load = await loaded_run(pipeline, pictures) if loaded else None
            return _Measured(traces, results, under_load)

    return run_loop(measure())


def _counts(chain: Chosen, measured: _Measured) -> Iterator[int]:
    """How many things were found in each picture; where that cannot be told the failure is shown."""
    from siseon.cli.terminal import show_failure
    from siseon.contracts import SiseonError

    for name, result in measured.results:
        try:
            yield chain.application.count(result.data)
        except SiseonError as error:
            show_failure(error, name)


def table(figures: Profile) -> Table:
    """One row a stage, indented rows for its parts, a last row for the whole request; milliseconds."""
    from siseon.cli.terminal import stage_table

    pictures = "1 picture" if figures.requests == 1 else f"{figures.requests} pictures"
    title = f"{pictures}; wait in the queue and work of a batch, milliseconds"
    grid = stage_table(title, HEADS, gap=1)
    for row in figures.stages:
        first = row.stage == figures.bottleneck
        grid.add_row(
            row.stage,
            str(row.items),
            *_three(row.queue),
            _short(row.compute.mean),
            *_three(row.compute),
            f"{row.batch_size:.1f}",
            f"{row.fill:.0%}",
            f"{row.share:.0%}",
            style="bold" if first else None,
        )
        for name, part in row.parts.items():
            grid.add_row(f" {name}", "", "", "", "", _short(part.mean), *_three(part), style="dim")
    total = figures.total
    grid.add_section()
    grid.add_row("total", str(figures.requests), "", "", "", _short(total.mean), *_three(total))
    return grid


def _three(times: Percentiles) -> tuple[str, str, str]:
    return _short(times.p50), _short(times.p95), _short(times.p99)


def _short(value: float) -> str:
    """Three figures are enough to compare, and the table fits into 80 columns."""
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:.0f}"


def _sentence(figures: Profile, in_flight: int) -> str:
    row = next(row for row in figures.stages if row.stage == figures.bottleneck)
    each = row.busy_s / figures.requests * 1000
    limit = row.replicas / (row.busy_s / figures.requests) if row.busy_s else float("inf")
    return (
        f"First bottleneck: [bold]{row.stage}[/bold], {row.share:.0%} of the compute time, {each:.1f} ms per picture "
        f"on {_replicas(row.replicas)}: alone it allows at most {_short(limit)} pictures per second.\n"
        f"Measured with {in_flight} in flight."
    )


def _replicas(count: int) -> str:
    return "1 replica" if count == 1 else f"{count} replicas"


def _distribution(counts: Sequence[int]) -> str:
    import numpy as np

    low, q1, median, q3, high = np.percentile(counts, (0, 25, 50, 75, 100))
    return (
        f"Found per picture: min {low:.0f}, quartiles {q1:.0f} / {median:.0f} / {q3:.0f}, max {high:.0f}, "
        f"mean {np.mean(counts):.1f}"
    )
