"""A group of commands that names those there are when it is asked for another one, and tells of each in paragraphs."""

from __future__ import annotations

import difflib
import inspect
from typing import Any

from typer.core import TyperGroup


class Commands(TyperGroup):
    """The commands of ``siseon``, and those of a command that has some of its own."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name, or None."""
        return in_paragraphs(super().get_command(ctx, cmd_name))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that the first word names."""
        if self.get_command(ctx, args[0]) is None:
            names = self.list_commands(ctx)
            close = difflib.get_close_matches(args[0], names, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            ctx.fail(f"No such command {args[0]!r}.{hint} There are: {', '.join(names)}.")
        return super().resolve_command(ctx, args)


def in_paragraphs(command: Any) -> Any:
    """The same command, whose help fills the terminal: Typer keeps the lines of docstrings."""
    if command is not None and command.help:
        paragraphs = inspect.cleandoc(command.help).split("\n\n")
        command.help = "\n\n".join(" ".join(each.split()) for each in paragraphs)
    return command
