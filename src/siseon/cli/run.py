"""``siseon run``: pictures through a pipeline, many at once; a bad file is reported and the rest goes on."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from siseon.cli.applications import Every, Force, Name, Set, To, stated
from siseon.cli.event_loop import run as run_loop
from siseon.cli.haste import collect_again
from siseon.cli.numbers import finite
from siseon.cli.paths import named
from siseon.cli.wrong import of_the_command

if TYPE_CHECKING:
    from siseon.cli.chosen import Chosen
    from siseon.cli.inputs import Source, Sources
    from siseon.cli.outputs import Outputs
    from siseon.cli.steps import Steps
    from siseon.contracts import Encoded, Result, SiseonError
    from siseon.engine import Flow
    from siseon.media.film.parts import VideoPart

Inputs = Annotated[
    list[str], typer.Argument(help="Pictures, videos, folders or patterns; - reads one picture from stdin.")
]


def run(
    pipeline: Name,
    inputs: Inputs,
    json: Annotated[
        Path | None,
        typer.Option(
            parser=named, metavar="PATH", help="File for the results, a JSON document a line; - is stdout."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(parser=named, metavar="PATH", help="Folder for annotated pictures and results.jsonl."),
    ] = None,
    set_: Set = None,
    to: To = None,
    every: Every = 2.0,
    in_flight: Annotated[int, typer.Option(min=1, help="Pictures at work at once.")] = 16,
    timeout: Annotated[
        float | None, typer.Option(min=0.001, callback=finite, help="Seconds a picture may take.")
    ] = None,
    force: Force = False,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume",
            help="Go on where a run that was ended has stopped: pictures that have a line are left out.",
        ),
    ] = False,
) -> None:
    """Run an application over pictures, and over those of videos that are named.

    Without --json and --out the results are shown on the terminal.

    A run that was ended, by a signal or a power cut, goes on with --resume: the lines and pictures that there are
    stay, and what is left follows. The last pictures before the end may be there twice, the second as NAME-2. What
    could not be written, to a full disk say, is run again. What is made of all pictures together lies in the folder
    `conclusion`, which is replaced as a whole.

    Results that are there stay, unless they are nothing but failures of the same command: those are replaced. With
    --force all are. Then the new results are in FILE.unfinished until the run has ended well; a link is never written
    through.

    Exit code: 0: every picture was answered, 1: some failed, or what is made of all of them, 2: the command is wrong,
    or none of what it names is there, 128 + n: signal n ended it.
    """
    if resume and force:
        raise typer.BadParameter("it keeps what --force replaces", param_hint="--resume")
    carry_out(
        pipeline,
        inputs,
        stated(pipeline, set_, to),
        json=json,
        out=out,
        every=every,
        in_flight=in_flight,
        timeout=timeout,
        force=force,
        resume=resume,
    )


def carry_out(
    pipeline: str,
    inputs: Sequence[str],
    choices: list[str],
    *,
    json: Path | None = None,
    out: Path | None = None,
    every: float = 2.0,
    in_flight: int = 16,
    timeout: float | None = None,
    force: bool = False,
    resume: bool = False,
    lines: bool = False,
) -> None:
    """The same for every command that runs an application; ``lines``: whether its steps are told line by line.

    Raises:
        Exit: not every picture was answered, or not everything made of them; there is no such application, or it does
            not take a choice.
    """
    from siseon.applications.build import expect
    from siseon.cli.accounts import account
    from siseon.cli.chosen import chosen
    from siseon.cli.concluded import conclude
    from siseon.cli.outputs import RESULTS, Outputs
    from siseon.cli.steps import Steps
    from siseon.cli.written import Written
    from siseon.engine.machine import cores
    from siseon.models.resident import have_few_arenas

    lone = _is_one_picture(inputs)
    if not lone:
        have_few_arenas(max(2, cores()))
    chain = chosen(pipeline, choices, lone=lone)
    sources = chain.sources(inputs, every)
    with of_the_command():
        sources.expect_some()
    if sources.has_films:  # pictures at other intervals are another run
        chain = replace(chain, mark=f"{chain.mark}-{every:g}")
    expect(chain.name, chain.application, chain.options, list(dict.fromkeys(sources.called)))
    written = Written(sources.paths, force=force)
    place: Path | None = None
    accounted = partial(account, chain.application, chain.options, out, run=chain.mark)
    with (
        Outputs(chain, json, out, written, len(sources), resume=resume) as outputs,
        Steps(chain, len(sources), lines=lines) as steps,
    ):
        accounted("begun", inputs=sources.paths)
        collect_again()
        run_loop(_run(chain, sources, outputs, steps, in_flight, timeout))
        whole, place = conclude(chain, sources, outputs, written, steps.tell, replace=resume or force)
        if whole and not outputs.failed:
            steps.end(place)
    if out is not None:
        accounted("made", made=[out / RESULTS, *([] if place is None else [place])])
    if outputs.failed or not whole:
        raise typer.Exit(1)


def _is_one_picture(inputs: Sequence[str]) -> bool:
    from siseon.media.film import is_film

    return len(inputs) == 1 and Path(inputs[0]).is_file() and not is_film(Path(inputs[0]))


DEMO_PHOTO = Path(__file__).parent / "coffee.jpg"
"""A cup of coffee, CC0 by the photographer Rachel Michetti, from the sample data of scikit-image."""


def demo(
    out: Annotated[Path | None, typer.Option(help="Where to write the photo with what was found.")] = None,
    set_: Set = None,
    force: Force = False,
) -> None:
    """Inspect a photo that comes with siseon, with real weights, and print the JSON."""
    from siseon.cli.chosen import chosen
    from siseon.cli.written import Written
    from siseon.media import read_file
    from siseon.media.decode import decode
    from siseon.media.encode import encode

    chain = chosen("inspection", set_ or [], lone=True)

    chain.expect_weights()

    async def once() -> Result[Any]:
        async with chain.pipeline as pipeline:
            return await pipeline(read_file(DEMO_PHOTO))

    with nullcontext() if out is None else Written([], force=force).lines(out) as drawing:
        result = run_loop(once())
        typer.echo(result.model_dump_json(indent=2))
        if drawing is not None:
            image = decode(DEMO_PHOTO.read_bytes())
            drawing.write(encode(chain.application.draw(image, result.data)))


async def _run(
    chain: Chosen, sources: Sources, outputs: Outputs, steps: Steps, in_flight: int, timeout: float | None
) -> None:
    from siseon.cli.drawn import with_drawing
    from siseon.media.items import Item

    answer = partial(_answer if outputs.folder is None else with_drawing, chain, timeout=timeout)
    left = sources.without(outputs.earlier.inputs)
    if not left.paths:  # nothing is loaded for what cannot be looked at
        for source in left:
            if not isinstance(source.place, Item):
                outputs.add(source.name, source.place)
        return
    steps.begin(sources, len(sources) - len(left))
    chain.expect_weights()
    async with AsyncExitStack() as stack:
        with steps.loading():
            await stack.enter_async_context(chain.pipeline)
        async for one in in_order(left, answer, in_flight):
            outputs.add(one.name, one.outcome, one.drawn)
            steps.part(one.outcome)


async def answers(chain: Chosen, sources: Sources, in_flight: int) -> AsyncIterator[Answer]:
    """The outcome of every input, in input order, with at most ``in_flight`` read and running."""
    async for one in in_order(sources, partial(_answer, chain, timeout=None), in_flight):
        yield one


async def in_order(
    sources: Sources, answer: Callable[[Source, Flow], Coroutine[Any, Any, Answer]], in_flight: int
) -> AsyncIterator[Answer]:
    """Answers in input order, with at most ``in_flight`` under way."""
    from siseon.engine import Flow

    flow = Flow(
        "command", policy="wait"
    )  # what is read beyond the limit of requests waits, nothing is refused
    waiting: deque[asyncio.Task[Answer]] = deque()
    try:
        for source in sources:
            waiting.append(asyncio.create_task(answer(source, flow)))
            if len(waiting) >= in_flight:
                yield await waiting.popleft()
        while waiting:
            yield await waiting.popleft()
    finally:
        for task in waiting:
            task.cancel()


@dataclass(slots=True)
class Answer:
    """What became of one input."""

    name: str
    outcome: Result[Any] | SiseonError
    picture: Encoded | VideoPart | None = None
    """None where it could not be read."""
    drawn: tuple[Encoded, ...] = ()
    """Where pictures were asked for: the annotated one, a JPEG, or what the application made; of names only the
    suffixes count."""


async def _answer(chain: Chosen, source: Source, flow: Flow, *, timeout: float | None) -> Answer:
    from siseon.contracts import SiseonError

    picture: Encoded | VideoPart | None = None
    try:
        picture = await source.read(chain.bounds)
        return Answer(source.name, await chain.pipeline(picture, timeout=timeout, flow=flow), picture)
    except SiseonError as error:
        return Answer(source.name, error, picture)
