"""``siseon init``: a folder from which a service can be run, by hand, by systemd or in a container."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from siseon.cli.applications import complete
from siseon.cli.wrong import of_the_command

if TYPE_CHECKING:
    from collections.abc import Sequence

PRIVATE, PUBLIC, PRIVATE_PROGRAM = 0o600, 0o644, 0o700
FILES = {
    "siseon.toml": PRIVATE,
    "streams.sh": PRIVATE_PROGRAM,
    "siseon.service": PUBLIC,
    "compose.yaml": PUBLIC,
    "Dockerfile": PUBLIC,
    ".dockerignore": PUBLIC,
    ".env.example": PUBLIC,
}
"""What is written, with its mode: the token and the passwords of cameras are the owner's alone."""
TOKEN_BYTES = 32


def init(
    folder: Annotated[Path, typer.Argument(help="Where to write it; made if it is not there.")],
    pipelines: Annotated[
        list[str] | None,
        typer.Argument(help="Names of applications; gauges by default.", autocompletion=complete),
    ] = None,
) -> None:
    """Write a deployment: settings with a token, cameras, a systemd unit, a compose file. Nothing is overwritten."""
    import sys
    from shlex import quote

    from siseon.applications.registry import find
    from siseon.cli.terminal import err, safe

    names = list(dict.fromkeys(pipelines or ["gauges"]))
    with of_the_command():
        for name in names:
            find(name)
        home = _checked(folder.absolute(), "a folder")
    _checked(Path(sys.executable), "an environment of Python")
    written = _texts(home, names)
    _write(home, written)
    for name in written:
        err.print(f"[green]✓[/green] {safe(home / name)}", soft_wrap=True)
    err.print(f"to run it:    cd {safe(quote(str(home)))} && siseon serve", soft_wrap=True)
    err.print(
        "cameras:      name their networks in streams_allow of siseon.toml, restart it, and run streams.sh",
        soft_wrap=True,
    )
    err.print(
        f"for good:     sudo systemctl enable --now {safe(quote(str(home / 'siseon.service')))}",
        soft_wrap=True,
    )


def _checked(path: Path, what: str) -> Path:
    from siseon.contracts import InputError

    if any(letter in str(path) for letter in "%\"'\\$`:#") or any(
        letter.isspace() or not letter.isprintable() for letter in str(path)
    ):
        raise InputError(
            f"{str(path)!r} cannot be named in a systemd unit and a compose file",
            hint=f"take {what} without spaces, quotes and % $ \\ ` : # in its path",
        )
    return path


def _texts(home: Path, names: Sequence[str]) -> dict[str, str]:
    """The content of each file."""
    import json
    import os
    import secrets
    import sys
    from importlib import resources
    from string import Template

    from siseon.cli.stated import stated_settings
    from siseon.contracts import InputError

    model_path = [path.absolute() for path in stated_settings().model_path]
    if any(not str(path).isprintable() for path in model_path):
        raise InputError(
            "a folder of SISEON_MODEL_PATH has characters in its path that cannot be shown",
            hint="name another one",
        )
    words = {
        "token": secrets.token_urlsafe(TOKEN_BYTES),
        "folder": str(home),
        "model_path": ", ".join(json.dumps(str(path), ensure_ascii=False) for path in model_path),
        "mounts": "".join(f"\n    - {_mount(path)}" for path in model_path if path.is_dir()),
        "pipelines": "\n".join(f"\n[pipelines.{name}]" for name in names),
        "names": ", ".join(names),
        "application": names[0],
        "python": sys.executable,
        "uid": str(os.getuid()),
        "gid": str(os.getgid()),
    }
    templates = resources.files("siseon.cli") / "deployment"
    return {
        name: Template((templates / name.lstrip(".")).read_text(encoding="utf-8")).substitute(words)
        for name in FILES
    }


def _mount(path: Path) -> str:
    """A folder of the machine at the same place in a container, for a compose file: there ``$`` is written twice."""
    import json

    word = json.dumps(str(path).replace("$", "$$"), ensure_ascii=False)
    return f"{{type: bind, source: {word}, target: {word}, read_only: true}}"


def _write(home: Path, texts: dict[str, str]) -> None:
    """All of them, or none.

    Raises:
        InputError: one is there already, or the folder cannot be written.
    """
    import os

    from siseon.contracts import FailureCode, InputError

    made: list[Path] = []
    try:
        home.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            path = home / name
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, FILES[name])
            made.append(path)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                os.fchmod(descriptor, FILES[name])  # whatever the umask is
                file.write(text)
        (home / "data").mkdir(mode=0o700, exist_ok=True)
        (home / "pictures").mkdir(exist_ok=True)
    except OSError as error:
        for path in made:
            path.unlink(missing_ok=True)
        there = isinstance(error, FileExistsError)
        raise InputError(
            f"{error.filename or home} {'is there already' if there else f'cannot be written: {error.strerror}'}",
            code=FailureCode.invalid_input if there else FailureCode.storage_failed,
            hint="name another folder: nothing is overwritten" if there else "check the permissions",
        ) from None
