"""``siseon serve``: pipelines over HTTP until the process is told to stop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from siseon.cli.applications import complete
from siseon.cli.wrong import of_the_command

if TYPE_CHECKING:
    from socket import socket

    from fastapi import FastAPI
    from pydantic import JsonValue
    from starlette.types import ASGIApp

    from siseon.settings import Settings


def serve(
    pipelines: Annotated[
        list[str] | None,
        typer.Argument(
            help="Names of applications: see below; without any those of siseon.toml, or text.",
            autocompletion=complete,
        ),
    ] = None,
    host: Annotated[
        str | None, typer.Option(help="Address to listen at; any but loopback needs SISEON_TOKEN.")
    ] = None,
    port: Annotated[int | None, typer.Option(help="Port, 8000 by default; 0 takes a free one.")] = None,
    workers: Annotated[
        str | None, typer.Option(metavar="N|auto", help="Processes behind the port; auto is one a core.")
    ] = None,
    placement: Annotated[
        str | None,
        typer.Option(
            metavar="PLACE", help="Where stages compute: threads (the default) or worker processes."
        ),
    ] = None,
    console: Annotated[
        bool | None,
        typer.Option(
            "--console/--no-console",
            help="The page for people at /console/; on by default where one process listens at this machine only.",
            show_default=False,
        ),
    ] = None,
    jobs_only: Annotated[
        bool,
        typer.Option(
            "--jobs-only", help="No pipeline, and so no model: jobs are accepted and told, workers run them."
        ),
    ] = False,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="[PIPELINE.]NAME=VALUE", help="An option of a pipeline; repeatable."),
    ] = None,
) -> None:
    """Serve pipelines over HTTP: JSON or annotated pictures, batches, models, metrics; see /docs there.

    Settings come from options, then SISEON_* variables, then siseon.toml. SIGTERM finishes what was accepted.
    """
    from siseon.cli.extras import need, of_applications
    from siseon.cli.stated import stated_settings
    from siseon.service.exposure import check_exposure
    from siseon.service.listening import listen

    settings = stated_settings(host=host, port=port, workers=workers, placement=placement, console=console)
    with of_the_command():
        check_exposure(settings)
    if jobs_only and (pipelines or set_):
        raise typer.BadParameter("it is for a service without pipelines", param_hint="--jobs-only")
    chosen = {} if jobs_only else wanted(settings, pipelines, set_ or [])
    settings = settings.serving(chosen)
    need(*(["console"] if settings.console else []), *of_applications(list(chosen)))
    with listen(settings) as door:
        # From here on there is something to serve, and what serves it is loaded.
        _serve(settings, door)


def _serve(settings: Settings, door: socket) -> None:
    """In this process, or as the parent of several."""
    from siseon.console.library import is_missed, is_wanted
    from siseon.service.exposure import is_loopback
    from siseon.service.workers.share import resolved

    count = resolved(settings.workers)
    where = settings, count, is_loopback(settings.host)
    if count > 1:
        from siseon.hosting import Host
        from siseon.service.workers.start import become_parent

        with of_the_command():
            Host(settings)  # what it refuses, before there are several processes
        names = ", ".join(settings.pipelines) or "jobs"
        banner = f"ready  {names} at {{address}}  (operations: /docs)\n{in_force(settings)}"
        become_parent(door, settings, count, len(settings.pipelines), banner)
    _serve_alone(settings, door, is_wanted(*where), missed=is_missed(*where))


def _serve_alone(settings: Settings, door: socket, with_console: bool, *, missed: bool) -> None:
    """In this process, until it is told to stop; ``missed``: whether to say how a console is got."""
    import uvloop

    from siseon.cli.terminal import err
    from siseon.engine.machine import cores
    from siseon.hosting import Host
    from siseon.hosting.logs import configure
    from siseon.models.resident import have_few_arenas
    from siseon.service.server import serve_until_signal

    have_few_arenas(max(2, cores()))
    configure()
    said = in_force(settings)
    with of_the_command():
        hosted = Host(settings)

    def ready(address: str) -> None:
        names = ", ".join(hosted.served) or "jobs"
        err.print(
            f"[green]ready[/green]  {names} at [bold]{address}[/bold]  (operations: /docs)", soft_wrap=True
        )
        err.print(said, style="dim", markup=False, soft_wrap=True)
        if with_console:
            err.print(f"  console [bold]{address}/console/[/bold]", soft_wrap=True)
        elif missed:
            err.print("  console none: pip install 'siseon[console]' brings it", style="dim", markup=False)

    uvloop.run(serve_until_signal(hosted, door, ready, _console(settings) if with_console else None))


def _console(settings: Settings) -> Callable[[FastAPI], ASGIApp]:
    """What puts the console before the service."""
    from siseon.console.spared import spared

    with spared():
        from siseon.console.mount import attach

    return partial(attach, settings=settings)


@of_the_command()
def wanted(
    settings: Settings, pipelines: Sequence[str] | None, words: Sequence[str]
) -> dict[str, dict[str, JsonValue]]:
    """What to serve, each with its options; a word without a pipeline's name is for the only one.

    Raises:
        InputError: a word for no pipeline.
    """
    from siseon.cli.chosen import pairs
    from siseon.contracts import InputError

    stated = settings.pipelines
    wanted = {name: dict(stated.get(name, {})) for name in pipelines or stated}
    for key, value in pairs(words).items():
        pipeline, dot, option = key.partition(".")
        if not dot and len(wanted) == 1:
            pipeline, option = next(iter(wanted)), key
        if pipeline not in wanted or not option:
            raise InputError(
                f"--set {key!r} is for no pipeline that is served",
                hint="name the pipelines, and write PIPELINE.NAME=VALUE where there are several",
            )
        wanted[pipeline][option] = value
    return wanted


@of_the_command()
def in_force(settings: Settings) -> str:
    """Who may come in and what may be sent, a line each.

    Raises:
        InputError: ``USE_CUDA_STREAM`` is neither true nor false.
    """
    if settings.token is None:
        access = "for localhost only: no SISEON_TOKEN is set"
    else:
        access = "with the bearer token of SISEON_TOKEN, health checks without"
    limits = (
        f"{settings.max_upload_bytes >> 20} MiB and {settings.max_pixels / 1e6:.0f} megapixels a picture",
        f"{settings.max_uploads_bytes >> 20} MiB of uploads at once",
        f"{settings.max_in_flight} requests in flight",
        f"{settings.request_timeout_s:g} s a request",
    )
    return f"  access  {access}\n  limits  {', '.join(limits)}{_cuda_stream()}"


def _cuda_stream() -> str:
    """What comes of ``USE_CUDA_STREAM``, where it is set: it is not ours to choose, but it must not pass for heard."""
    from siseon.settings import wants_cuda_stream

    wanted = wants_cuda_stream()
    if wanted is None:
        return ""
    from siseon.models.providers import CUDA, choose_providers

    if CUDA not in choose_providers():
        came = "networks run on the CPU: there is no CUDA here"
    elif wanted:
        came = "each network has a CUDA stream of its own"
    else:
        came = (
            "cannot be had: with CUDA each network has a stream of its own; SISEON_PROVIDERS=cpu does without"
        )
    return f"\n  stream  USE_CUDA_STREAM={int(wanted)}: {came}"
