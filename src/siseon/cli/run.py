"""``siseon run``: pictures through a pipeline, many at once; a bad file is reported and the rest goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from siseon.cli.applications import Name, Set

if TYPE_CHECKING:
    from siseon.cli.chosen import Chosen
    from siseon.cli.outputs import Outputs
    from siseon.contracts import Encoded, Result, SiseonError
    from siseon.engine import Flow

Inputs = Annotated[
    list[str], typer.Argument(help="Files, folders or patterns; - reads one picture from stdin.")
]


def run(
    pipeline: Name,
    inputs: Inputs,
    json: Annotated[
        Path | None, typer.Option(help="File for the results, a JSON document a line; - is stdout.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for annotated pictures and results.jsonl.")] = None,
    set_: Set = None,
    in_flight: Annotated[int, typer.Option(min=1, help="Pictures at work at once.")] = 16,
    timeout: Annotated[float | None, typer.Option(min=0.001, help="Seconds a picture may take.")] = None,
) -> None:
    """Run an application over pictures.

    Without --json and --out the results are shown on the terminal.

    Exit code: 0 when every picture was answered, 1 when some failed, 2 when the command itself is wrong.
    """
    from siseon.cli.chosen import chosen
    from siseon.cli.outputs import Outputs

    chain = chosen(pipeline, set_ or [])
    with Outputs(chain, json, out) as outputs:
        asyncio.run(_run(chain, inputs, outputs, in_flight, timeout))
    if outputs.failed:
        raise typer.Exit(1)


def demo() -> None:
    """Run the inspection pipeline once on a random picture with real weights and print the JSON."""
    import numpy as np

    from siseon.cli.chosen import chosen
    from siseon.contracts import Image

    noise = np.random.default_rng().integers(0, 256, (480, 640, 3), dtype=np.uint8)

    async def once() -> Result[Any]:
        async with chosen("inspection").pipeline as chain:
            return await chain(Image.from_array(noise, "random"))

    typer.echo(asyncio.run(once()).model_dump_json(indent=2))


async def _run(
    chain: Chosen, inputs: Sequence[str], outputs: Outputs, in_flight: int, timeout: float | None
) -> None:
    from siseon.cli.terminal import progress

    async with chain.pipeline:
        with progress() as bar:
            task = bar.add_task("pictures", total=None)
            async for name, picture, outcome in answers(chain, inputs, in_flight, timeout):
                outputs.add(name, picture, outcome)
                bar.update(task, advance=1)


Answer = tuple[str, "Encoded | None", "Result[Any] | SiseonError"]


async def answers(
    chain: Chosen, inputs: Sequence[str], in_flight: int, timeout: float | None
) -> AsyncIterator[Answer]:
    """The outcome of every input, in input order, with at most ``in_flight`` read and running."""
    from siseon.engine import Flow
    from siseon.media import expand_inputs

    flow = Flow(
        "command", policy="wait"
    )  # what is read beyond the limit of requests waits, nothing is refused
    waiting: list[asyncio.Task[Answer]] = []
    try:
        for source in expand_inputs(inputs):
            waiting.append(asyncio.create_task(_answer(chain, source, timeout, flow)))
            if len(waiting) >= in_flight:
                yield await waiting.pop(0)
        while waiting:
            yield await waiting.pop(0)
    finally:
        for task in waiting:
            task.cancel()


async def _answer(chain: Chosen, source: Path, timeout: float | None, flow: Flow) -> Answer:
    from siseon.contracts import SiseonError
    from siseon.media import read_file

    name = str(source)
    picture: Encoded | None = None
    try:
        picture = await asyncio.to_thread(read_file, source, chain.bounds)
        return name, picture, await chain.pipeline(picture, timeout=timeout, flow=flow)
    except SiseonError as error:
        return name, picture, error
