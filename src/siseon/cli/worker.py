"""``siseon worker``: runs the items of jobs until the process is told to stop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from siseon.cli.applications import complete
from siseon.cli.wrong import of_the_command

if TYPE_CHECKING:
    from siseon.hosting import Host


def worker(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="APPLICATION",
            help="Whose jobs it runs; without any those of siseon.toml, or text.",
            autocompletion=complete,
        ),
    ] = None,
    applications: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAMES",
            help="The same with commas between them.",
        ),
    ] = None,
    concurrency: Annotated[
        int | None, typer.Option(min=1, max=1024, help="Items at work at once; four a core when not given.")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            help="Answers /healthz, /readyz and /metrics there; 0 takes a free one, none when not given."
        ),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="[APPLICATION.]NAME=VALUE", help="An option of an application; repeatable."
        ),
    ] = None,
) -> None:
    """Run the jobs that `siseon jobs submit` and POST /v1/jobs accept. Any number of workers, on any host.

    They share a database (SISEON_JOBS_DATABASE) and artifacts (SISEON_JOBS_ARTIFACTS). SIGTERM finishes what is at
    work within SISEON_DRAIN_S, and hands back the rest; what a killed worker held is run by the others.
    """
    from siseon.cli.extras import need, of_applications
    from siseon.cli.serve import wanted
    from siseon.cli.stated import stated_settings

    settings = stated_settings(port=port)
    chosen = [*(names or ()), *(name for words in applications or () for name in words.split(",") if name)]
    settings = settings.model_copy(update={"pipelines": wanted(settings, chosen, set_ or [])})
    need("jobs", *of_applications(list(settings.pipelines)))
    import uvloop

    from siseon.engine.machine import cores
    from siseon.hosting import Host
    from siseon.hosting.logs import configure
    from siseon.models.resident import have_few_arenas

    have_few_arenas(max(2, cores()))
    configure()
    with of_the_command():
        host = Host(settings)
    uvloop.run(_until_told(host, concurrency or 4 * cores(), figures=port is not None))


async def _until_told(host: Host, at_once: int, *, figures: bool) -> None:
    """Work until SIGTERM or Ctrl-C, with or without somebody at the door who tells the figures."""
    import asyncio
    import signal
    from contextlib import nullcontext

    from siseon.cli.terminal import err, safe
    from siseon.hosting.resting import given_back
    from siseon.jobs.figures import WorkerFigures
    from siseon.jobs.process import work
    from siseon.jobs.worker import Counts
    from siseon.service.figures import telling

    told, counts = asyncio.Event(), Counts()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    door = telling(host, WorkerFigures(counts)) if figures else nullcontext("")
    async with given_back(host.models), door as address:

        def ready() -> None:
            where = f"  (figures: {address}/metrics)" if address else ""
            served = safe(", ".join(host.served))
            err.print(
                f"[green]ready[/green]  runs jobs of {served}, {at_once} items at once{where}", soft_wrap=True
            )

        await work(host, at_once, told, ready, counts)
