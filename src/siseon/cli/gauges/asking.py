"""What a person is asked of an instrument, on the terminal, with the drawing of what has been said so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import typer

from siseon.applications.gauges.draft import LEAST_MARKS, LEAST_RIM, Draft
from siseon.cli.gauges.points import mark, number, point
from siseon.cli.terminal import err, safe, show_failure
from siseon.contracts import InputError

Value = TypeVar("Value")


def asked(draft: Draft, redraw: Callable[[Draft], Path], check: Callable[[Draft], object]) -> Draft:
    """The draft when the person says that it is right.

    Args:
        draft: what is known already.
        redraw: draws one, and says where.
        check: raises InputError for one that makes no sense.
    """
    err.print("points are pixels of the photo: X to the right, Y down, from its top left corner")
    while True:
        draft = _filled(draft)
        try:
            check(draft)
        except InputError as error:
            show_failure(error)
        else:
            err.print(f"drawn in {safe(redraw(draft))}: open it", soft_wrap=True)
            if typer.confirm("Is it right?", default=True, err=True):
                return _named(draft)
        draft = _without_what_is_wrong(draft)


def _filled(draft: Draft) -> Draft:
    if draft.centre is None:
        draft = replace(draft, centre=_one("centre, X,Y", point))
    if len(draft.rim) < LEAST_RIM:
        draft = replace(draft, rim=_several("point of the rim, X,Y", point, LEAST_RIM))
    if len(draft.scale) < LEAST_MARKS:
        draft = replace(draft, scale=_several("mark of the scale, X,Y=VALUE", mark, LEAST_MARKS))
    return draft


def _without_what_is_wrong(draft: Draft) -> Draft:
    wrong = _one("What is wrong: circle, scale or both?", _part)
    if wrong != "scale":
        draft = replace(draft, centre=None, rim=())
    return draft if wrong == "circle" else replace(draft, scale=())


def _part(text: str) -> str:
    if text not in ("circle", "scale", "both"):
        raise typer.BadParameter(f"{text!r} is not circle, scale or both")
    return text


def _named(draft: Draft) -> Draft:
    unit = draft.unit if draft.unit is not None else _optional("unit, or nothing", str)
    low = draft.low if draft.low is not None else _optional("mark readings below, or nothing", number)
    high = draft.high if draft.high is not None else _optional("mark readings above, or nothing", number)
    return replace(draft, unit=unit, low=low, high=high)


def _one(what: str, parse: Callable[[str], Value]) -> Value:
    while True:
        found = _optional(what, parse)
        if found is not None:
            return found


def _several(what: str, parse: Callable[[str], Value], least: int) -> tuple[Value, ...]:
    found: list[Value] = []
    while True:
        more = ", nothing ends" if len(found) >= least else ""
        one = _optional(f"{len(found) + 1}. {what}{more}", parse)
        if one is not None:
            found.append(one)
        elif more:
            return tuple(found)


def _optional(what: str, parse: Callable[[str], Value]) -> Value | None:
    """What was typed, asked for again until it can be understood; None where it was nothing."""
    while True:
        text = typer.prompt(what, default="", show_default=False, err=True).strip()
        if not text:
            return None
        try:
            return parse(text)
        except typer.BadParameter as error:
            err.print(f"[red]✗[/red] {safe(error.message)}", soft_wrap=True)
