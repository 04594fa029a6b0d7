"""``siseon run``: pictures through a pipeline, many at once; a bad file is reported and the rest goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from siseon.contracts import Encoded, Result, SiseonError
    from siseon.engine import Pipeline

Inputs = Annotated[
    list[str], typer.Argument(help="Files, folders or patterns; - reads one picture from stdin.")
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="A parameter of the pipeline, like detector=nanodet-m-416; repeatable.",
    ),
]


def run(
    pipeline: Annotated[str, typer.Argument(help="Which one: text or inspection.")],
    inputs: Inputs,
    json: Annotated[
        Path | None, typer.Option(help="File for the results, a JSON document a line; - is stdout.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for annotated pictures and results.jsonl.")] = None,
    set_: Settings = None,
    in_flight: Annotated[int, typer.Option(min=1, help="Pictures at work at once.")] = 16,
    timeout: Annotated[float | None, typer.Option(min=0.001, help="Seconds a picture may take.")] = None,
) -> None:
    """Run a pipeline over pictures.

    Without --json and --out the results are shown on the terminal.

    Exit code: 0 when every picture was answered, 1 when some failed, 2 when the command itself is wrong.
    """
    from siseon.cli.build import pipeline as build
    from siseon.cli.outputs import Outputs

    chain = build(pipeline, set_ or [])
    with Outputs(pipeline, json, out) as outputs:
        asyncio.run(_run(chain, inputs, outputs, in_flight, timeout))
    if outputs.failed:
        raise typer.Exit(1)


def demo() -> None:
    """Run the inspection pipeline once on a random picture with real weights and print the JSON."""
    import numpy as np

    from siseon.cli.build import pipeline as build
    from siseon.contracts import Image

    noise = np.random.default_rng().integers(0, 256, (480, 640, 3), dtype=np.uint8)

    async def once() -> Result[Any]:
        async with build("inspection") as chain:
            return await chain(Image.from_array(noise, "random"))

    typer.echo(asyncio.run(once()).model_dump_json(indent=2))


async def _run(
    chain: Pipeline[Any, Any], inputs: Sequence[str], outputs: Any, in_flight: int, timeout: float | None
) -> None:
    from siseon.cli.terminal import progress

    async with chain:
        with progress() as bar:
            task = bar.add_task("pictures", total=None)
            async for name, picture, outcome in answers(chain, inputs, in_flight, timeout):
                outputs.add(name, picture, outcome)
                bar.update(task, advance=1)


Answer = tuple[str, "Encoded | None", "Result[Any] | SiseonError"]


async def answers(
    chain: Pipeline[Any, Any], inputs: Sequence[str], in_flight: int, timeout: float | None
) -> AsyncIterator[Answer]:
    """The outcome of every input, in input order, with at most ``in_flight`` read and running."""
    waiting: list[asyncio.Task[Answer]] = []
    try:
        for source in _sources(inputs):
            waiting.append(asyncio.create_task(_answer(chain, source, timeout)))
            if len(waiting) >= in_flight:
                yield await waiting.pop(0)
        while waiting:
            yield await waiting.pop(0)
    finally:
        for task in waiting:
            task.cancel()


def _sources(inputs: Sequence[str]) -> Iterator[str | Path]:
    from siseon.media import expand_inputs

    for text in inputs:
        if text == "-":
            yield "-"
        else:
            yield from expand_inputs([text])


async def _answer(chain: Pipeline[Any, Any], source: str | Path, timeout: float | None) -> Answer:
    from siseon.contracts import SiseonError

    name = str(source)
    picture: Encoded | None = None
    try:
        picture = await asyncio.to_thread(_read, source)
        return name, picture, await chain(picture, timeout=timeout)
    except SiseonError as error:
        return name, picture, error


def _read(source: str | Path) -> Encoded:
    from siseon.contracts import Encoded
    from siseon.media import DEFAULT_BOUNDS, read_file

    if isinstance(source, Path):
        return read_file(source)
    import sys

    return Encoded(sys.stdin.buffer.read(DEFAULT_BOUNDS.max_bytes + 1), "stdin")
