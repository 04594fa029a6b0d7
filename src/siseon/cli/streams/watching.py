"""``siseon streams watch``: a live source through an application, on the terminal or as JSON lines."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from siseon.cli.applications import Set, complete
from siseon.cli.event_loop import run as run_loop
from siseon.cli.numbers import finite
from siseon.cli.wrong import of_the_command

if TYPE_CHECKING:
    from siseon.hosting.host import Host
    from siseon.jobs.database import Database
    from siseon.settings import Settings
    from siseon.streams.kept import Kept
    from siseon.streams.options import Transport
    from siseon.streams.source import Source


Application = Annotated[
    str, typer.Option("--application", help="Name of an application: see below.", autocompletion=complete)
]
Fps = Annotated[
    float | None,
    typer.Option(
        "--fps",
        min=0.001,
        max=1000,
        callback=finite,
        help="Frames taken in a second at most; all without it.",
    ),
]
Udp = Annotated[bool, typer.Option("--udp", help="RTSP over UDP; over TCP without it.")]
Timeout = Annotated[
    float,
    typer.Option(
        "--timeout",
        min=0.01,
        max=3600,
        callback=finite,
        help="Seconds that a frame's result is worth waiting for.",
    ),
]


STILL = (".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".heic", ".webp")
"""Ends of the names of files with one picture each."""


def watch(
    context: typer.Context,
    source: Annotated[
        str,
        typer.Argument(metavar="SOURCE", help="rtsp://, http(s)://, a video file, or a name that is kept."),
    ],
    application: Application = "text",
    fps: Fps = None,
    set_: Set = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print states, results and failures, a JSON document a line.")
    ] = False,
    udp: Udp = False,
    once: Annotated[
        bool, typer.Option("--once", help="End where the file ends; it begins again without it.")
    ] = False,
    timeout: Timeout = 5.0,
) -> None:
    """Watch a camera or a video file: the newest frame is read, who is slow skips some. Ctrl-C ends it.

    A source that is lost is tried again, with pauses that grow; user and password in the address are never shown.
    A name of `siseon streams add` brings its options with it, and the calibration that is kept with it.

    Exit code: 0: the file has ended, 1: the source cannot be used, 2: the command is wrong, 130: Ctrl-C.
    """
    from siseon.applications.build import bounds
    from siseon.cli.serve import wanted
    from siseon.cli.stated import stated_settings
    from siseon.hosting.host import Host
    from siseon.streams.address import EVERYWHERE, Address
    from siseon.streams.options import StreamOptions
    from siseon.streams.source import Source

    settings = stated_settings()
    words = set_ or []
    transport: Transport = "udp" if udp else "tcp"
    with TemporaryDirectory(prefix="siseon-") as folder:
        kept = _kept(settings, source, Path(folder))
        if kept is None:
            expect_no_picture(source, application)
            name, address = "", Address.parse(source)
        else:
            _refuse_others(context)
            name, address, application = kept.name, kept.address, kept.application
            how = kept.options
            fps, transport, timeout = how.fps, how.transport, how.timeout_s
            words = [f"{key}={value}" for key, value in how.set.items()]
        options = StreamOptions(
            fps=fps,
            transport=transport,
            loop=not once,
            allow=EVERYWHERE,
            ca=settings.streams_ca,
            bounds=bounds(settings),
        )
        live = Source(name or str(address), address, options)
        with of_the_command():
            host = Host(settings.model_copy(update={"pipelines": wanted(settings, [application], words)}))
        raise typer.Exit(run_loop(_watched(host, application, live, timeout, json=json)))


@of_the_command()
def expect_no_picture(source: str, application: str) -> None:
    """Refuse a picture on this disk: it would be read again and again. At an address it may be a camera's newest.

    Raises:
        InputError: ``unsupported_media``.
    """
    from siseon.contracts import FailureCode, InputError
    from siseon.media.files import name_text

    if "://" not in source and source.lower().endswith(STILL):
        raise InputError(
            f"{name_text(Path(source).name)} is a picture, not a video",
            code=FailureCode.unsupported_media,
            hint=f"`siseon run {application}` reads it",
        )


def _kept(settings: Settings, word: str, folder: Path) -> Kept | None:
    """The stream that is kept by that name; None where the word is an address or a file, or no database is there.

    Its calibration, where it has one, is written below ``folder``, and its options name that file, as in a service.

    Raises:
        StreamError: ``stream_not_found``.
        StoreError: the database cannot be used.
    """
    from siseon.jobs.database import Database
    from siseon.jobs.libraries import missing
    from siseon.streams.kept import NAME, find

    if not NAME.fullmatch(word) or Path(word).exists() or missing() is not None:
        return None
    database = Database(settings.jobs_database_url)
    if not database.exists():
        return None
    with database:
        kept = find(database, word)
        calibration = _calibration(database, word, folder)
    if calibration is None:
        return kept
    how = kept.options
    values = {**how.set, "calibration": str(calibration)}
    return replace(kept, options=how.model_copy(update={"set": values}))


def _calibration(database: Database, name: str, folder: Path) -> Path | None:
    from siseon.contracts import FailureCode, StreamError
    from siseon.streams import calibrations

    try:
        found = calibrations.get(database, name)
    except StreamError as error:
        if error.code is FailureCode.not_found:
            return None
        raise
    return calibrations.written(database, name, found.revision, folder)


def _refuse_others(context: typer.Context) -> None:
    """A kept stream has its options: others would be passed over in silence."""
    for name in ("application", "fps", "set_", "udp", "timeout"):
        origin = context.get_parameter_source(name)
        if origin is not None and origin.name == "COMMANDLINE":
            raise typer.BadParameter(
                "it is kept with the name: remove the stream, and add it again",
                param_hint=f"--{name.strip('_')}",
            )


async def _watched(host: Host, application: str, source: Source, timeout_s: float, *, json: bool) -> int:
    """The exit code."""
    from siseon.cli.streams.screen import Screen
    from siseon.streams.causes import Cause
    from siseon.streams.run import StreamRun

    chosen = host[application].application
    await host.start()
    try:
        follow = None if chosen.follow is None else chosen.follow(host[application].options)
        run = StreamRun(host, application, chosen.choices(), source, timeout_s=timeout_s, follow=follow)
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
