"""What the applications add to the commands that take the name of one: help texts and completion."""

from __future__ import annotations

from collections.abc import Sequence
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

import typer
from typer.core import TyperCommand

from siseon.applications.registry import find, names, usable
from siseon.cli.numbers import finite
from siseon.cli.wrong import of_the_command

if TYPE_CHECKING:
    from pydantic import BaseModel

WORDS = "siseon.words"
"""Where a command keeps its words for its help, which is printed before they are read."""


def complete(incomplete: str) -> list[str]:
    """The names of applications that begin so."""
    return [name for name in names() if name.startswith(incomplete)]


Name = Annotated[str, typer.Argument(help="Name of an application: see below.", autocompletion=complete)]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="NAME=VALUE", help="An option of the application, like min_score=0.5; repeatable."
    ),
]

TARGET = "target"
"""The option of an application that ``--to`` sets."""

To = Annotated[
    str | None,
    typer.Option(metavar="LANGUAGE", help=f"The same as --set {TARGET}=LANGUAGE, for translation."),
]

Force = Annotated[
    bool, typer.Option("--force", help="Replace files that are there already; never an input, never a link.")
]


Every = Annotated[
    float,
    typer.Option(
        metavar="SECONDS",
        min=0.04,
        callback=finite,
        max=3600.0,
        help="Between two pictures of a video that is among the inputs.",
    ),
]


@of_the_command()
def stated(application: str, set_: list[str] | None, to: str | None) -> list[str]:
    """The choices of both options.

    Raises:
        InputError: ``to`` is given, and the application does not translate; there is no such application.
    """
    if to is None:
        return set_ or []
    if TARGET not in find(application).options.model_fields:
        from siseon.contracts import InputError

        having = [name for name, one in usable().items() if TARGET in one.options.model_fields]
        raise InputError(f"{application} has no option --to", hint=f"those that have it: {', '.join(having)}")
    return [*(set_ or []), f"{TARGET}={to}"]


class ApplicationCommand(TyperCommand):
    """A command whose help ends with the applications there are, or with the options of those that are named."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Keep the words."""
        ctx.meta[WORDS] = tuple(args)
        return super().parse_args(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the help."""
        super().format_help(ctx, formatter)
        known = names()
        named = [word for word in ctx.meta.get(WORDS, ()) if word in known]
        if named:
            _explain(named)
        else:
            typer.echo(f" Applications: {', '.join(known)}. Name one before --help to see its options.\n")


def _explain(named: Sequence[str]) -> None:
    from siseon.cli.terminal import out, safe

    for name in dict.fromkeys(named):
        application = find(name)
        out.print(f" [bold]{safe(name)}[/bold]: {safe(application.summary)}")
        out.print(_options(application.options))


def _options(options: type[BaseModel]) -> Any:
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    grid = Table(box=box.SIMPLE_HEAD, title=" options, each --set NAME=VALUE", title_justify="left")
    for head in ("name", "default", "what it is"):
        grid.add_column(head, no_wrap=head == "name", overflow="fold")
    for name, field in options.model_fields.items():
        text = " ".join((field.description or "").split())
        words = _choices(field.annotation)
        if any(word not in text for word in words):
            text += f" One of {', '.join(words)}."
        grid.add_row(name, escape(_word(field.default)), escape(text))
    return grid


def _choices(kind: Any) -> list[str]:
    """The words that an option may be, where they are few and known."""
    if get_origin(kind) is Literal:
        return [str(word) for word in get_args(kind)]
    if get_origin(kind) in (Union, UnionType):
        return [word for one in get_args(kind) for word in _choices(one)]
    return []


def _word(default: object) -> str:
    """A default as it would be stated."""
    if isinstance(default, tuple):
        return ",".join(map(str, default))
    return str(default).lower() if default is None or isinstance(default, bool) else str(default)
