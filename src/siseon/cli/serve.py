"""``siseon serve``: pipelines over HTTP until the process is told to stop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from siseon.applications.choices import Choice


def serve(
    pipelines: Annotated[
        list[str] | None, typer.Argument(help="text, inspection; without any those of siseon.toml, or text.")
    ] = None,
    host: Annotated[
        str | None, typer.Option(help="Address to listen at; any but loopback needs SISEON_TOKEN.")
    ] = None,
    port: Annotated[int | None, typer.Option(help="Port, 8000 by default; 0 takes a free one.")] = None,
    workers: Annotated[
        str | None, typer.Option(metavar="N|auto", help="Processes behind the port; auto is one a core.")
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="[PIPELINE.]NAME=VALUE", help="A parameter of a pipeline; repeatable."),
    ] = None,
) -> None:
    """Serve pipelines over HTTP: JSON or annotated pictures, batches, models, metrics; see /docs there.

    Settings come from options, then SISEON_* variables, then siseon.toml. SIGTERM finishes what was accepted.
    """
    import uvloop

    from siseon.cli.terminal import err
    from siseon.hosting import Host
    from siseon.hosting.host import DEFAULT_PIPELINE
    from siseon.hosting.logs import configure
    from siseon.service.server import serve_until_signal
    from siseon.service.workers.share import resolved
    from siseon.service.workers.start import become_parent
    from siseon.settings import read_settings

    named = _choices(pipelines, set_ or [])
    settings = read_settings(host=host, port=port, workers=workers, pipelines=named or None)
    count = resolved(settings.workers)
    if count > 1:
        served = list(settings.pipelines) or [DEFAULT_PIPELINE]
        become_parent(
            settings, count, len(served), f"ready  {', '.join(served)} at {{address}}  (operations: /docs)"
        )
    configure()
    hosted = Host(settings)

    def ready(address: str) -> None:
        names = ", ".join(hosted.served)
        err.print(
            f"[green]ready[/green]  {names} at [bold]{address}[/bold]  (operations: /docs)", soft_wrap=True
        )

    uvloop.run(serve_until_signal(hosted, ready))


def _choices(pipelines: Sequence[str] | None, words: Sequence[str]) -> dict[str, dict[str, Choice]]:
    """Parameters by pipeline; a word without a pipeline's name is for the only one.

    Raises:
        InputError: a word for no pipeline.
    """
    from siseon.cli.build import choices
    from siseon.contracts import InputError

    named: dict[str, dict[str, Choice]] = {name: {} for name in pipelines or ()}
    for key, value in choices(words).items():
        pipeline, dot, parameter = key.partition(".")
        if not dot and len(named) == 1:
            pipeline, parameter = next(iter(named)), key
        if pipeline not in named or not parameter:
            raise InputError(
                f"--set {key!r} is for no pipeline that is served",
                hint="name the pipelines, and write PIPELINE.NAME=VALUE where there are several",
            )
        named[pipeline][parameter] = value
    return named
