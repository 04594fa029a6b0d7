"""``siseon streams modbus``: which registers the tags of kept streams have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from siseon.cli.wrong import of_the_command

Registers = Annotated[
    list[str] | None,
    typer.Option(
        "--modbus",
        metavar="TAG=ADDRESS",
        help="First Modbus register of one of its tags, from 0; as many times as needed.",
    ),
]


@of_the_command()
def registers_of(words: Sequence[str]) -> dict[str, int]:
    """``TAG=ADDRESS`` words by tag.

    Raises:
        InputError: one cannot be used.
    """
    from pydantic import TypeAdapter, ValidationError

    from siseon.cli.chosen import pairs
    from siseon.contracts import InputError
    from siseon.contracts.words import words_of
    from siseon.streams.outputs.registers import Address, Tag

    try:
        return TypeAdapter(dict[Tag, Address]).validate_python(pairs(words))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise InputError(
            f"--modbus {first['loc'][0]}: {words_of(first)}", hint="--modbus reading=100"
        ) from None


def modbus() -> None:
    """The registers of the tags that Modbus TCP shows; `siseon streams add --modbus TAG=ADDRESS` gives them.

    Each has six input registers: value (float32, two), quality, age in seconds, state of the stream, number.
    """
    from rich import box
    from rich.table import Table

    from siseon.cli.stated import stated_settings
    from siseon.cli.terminal import out
    from siseon.jobs.database import Database
    from siseon.jobs.libraries import check
    from siseon.streams.kept import listed
    from siseon.streams.outputs.registers import BLOCK, blocks

    check()
    with Database(stated_settings().jobs_database_url) as database:
        found = blocks((one.name, one.options.modbus) for one in listed(database))
    if not found:
        typer.echo("no registers: `siseon streams add --modbus TAG=ADDRESS` gives some", err=True)
        return
    grid = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for head in ("registers", "stream", "tag"):
        grid.add_column(head)
    for one in found:
        grid.add_row(f"{one.address}–{one.address + BLOCK - 1}", one.stream, one.tag)
    out.print(grid)
