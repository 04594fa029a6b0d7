"""``siseon streams watch``: a live source through an application, on the terminal or as JSON lines."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from siseon.cli.applications import Set, complete

if TYPE_CHECKING:
    from siseon.hosting.host import Host
    from siseon.streams.source import Source


def watch(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="rtsp://, http(s):// or a video file.")],
    application: Annotated[
        str, typer.Option(help="Name of an application: see below.", autocompletion=complete)
    ] = "text",
    fps: Annotated[
        float | None,
        typer.Option(min=0.001, max=1000, help="Frames taken in a second at most; all without it."),
    ] = None,
    set_: Set = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print states, results and failures, a JSON document a line.")
    ] = False,
    udp: Annotated[bool, typer.Option("--udp", help="RTSP over UDP; over TCP without it.")] = False,
    once: Annotated[
        bool, typer.Option("--once", help="End where the file ends; it begins again without it.")
    ] = False,
    timeout: Annotated[
        float, typer.Option(min=0.01, max=3600, help="Seconds that a frame's result is worth waiting for.")
    ] = 5.0,
) -> None:
    """Watch a camera or a video file: the newest frame is read, who is slow skips some. Ctrl-C ends it.

    A source that is lost is tried again, with pauses that grow; user and password in the address are never shown.

    Exit code: 0: the file has ended, 1: the source cannot be used, 130: Ctrl-C.
    """
    from siseon.applications.build import bounds
    from siseon.cli.serve import wanted
    from siseon.cli.stated import stated_settings
    from siseon.hosting.host import Host
    from siseon.streams.address import EVERYWHERE, Address
    from siseon.streams.options import StreamOptions
    from siseon.streams.source import Source

    settings = stated_settings()
    address = Address.parse(source)
    options = StreamOptions(
        fps=fps,
        transport="udp" if udp else "tcp",
        loop=not once,
        allow=EVERYWHERE,
        bounds=bounds(settings),
    )
    live = Source(str(address), address, options)
    host = Host(settings.model_copy(update={"pipelines": wanted(settings, [application], set_ or [])}))
    raise typer.Exit(asyncio.run(_watched(host, application, live, timeout, json=json)))


async def _watched(host: Host, application: str, source: Source, timeout_s: float, *, json: bool) -> int:
    """The exit code."""
    from siseon.cli.streams.screen import Screen
    from siseon.streams.causes import Cause
    from siseon.streams.run import StreamRun

    chosen = host[application].application
    await host.start()
    try:
        run = StreamRun(host, application, chosen.choices(), source, timeout_s=timeout_s)
        cause = None
        with Screen(chosen, run, source, quiet=json) as screen:
            async with run:
                async for told in run.told():
                    if json:
                        _print(told.model_dump_json())
                    screen.show(told)
                    cause = told.cause if told.kind == "state" else cause
    finally:
        await host.stop()
    return 0 if cause is Cause.finished else 1


def _print(line: str) -> None:
    from siseon.cli.terminal import out

    out.print(line, markup=False)
    out.file.flush()
