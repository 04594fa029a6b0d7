"""What a person is asked of an instrument, on the terminal, with the drawing of what has been said so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import typer

from siseon.applications.gauges.calibration import Point, ScalePoint
from siseon.applications.gauges.draft import LEAST_MARKS, LEAST_RIM, Draft
from siseon.cli.gauges.points import mark, number, point
from siseon.cli.terminal import err, safe, show_failure
from siseon.contracts import InputError

Value = TypeVar("Value")

ENOUGH = "q"


def asked(
    draft: Draft,
    unit: str | None,
    size: tuple[int, int],
    check: Callable[[Draft], object],
    show: Callable[[Draft], None],
) -> Draft:
    """The draft when the person says that it is right.

    Args:
        draft: what is known already.
        unit: of whatever scale is pointed at, where that is stated: it is not asked for.
        size: width and height of the photo, in pixels.
        check: raises InputError for one that makes no sense.
        show: checks one, draws it and tells what it reads.

    Raises:
        Abort: the person has enough.
    """
    err.print("points are pixels of the photo: X to the right, Y down, from its top left corner")
    err.print(f"{ENOUGH} or Ctrl-C ends this, and nothing is written")
    while True:
        draft = _filled(draft, size)
        try:
            show(draft)
        except InputError as error:
            show_failure(error)
        else:
            if _optional("Is it right? [Y/n]", _yes) is not False:
                return _named(draft, check)
        draft = _without_what_is_wrong(draft, unit)


def _filled(draft: Draft, size: tuple[int, int]) -> Draft:
    def inside(x: float, y: float) -> None:
        if not (0 <= x <= size[0] and 0 <= y <= size[1]):
            raise typer.BadParameter(f"{x:g},{y:g} is not in the photo of {size[0]} × {size[1]}")

    def centre(text: str) -> Point:
        inside(*(found := point(text)))
        return found

    def on_scale(text: str) -> ScalePoint:
        inside(*(found := mark(text)).at)
        return found

    if draft.centre is None:
        draft = replace(draft, centre=_one("centre, X,Y", centre))
    if len(draft.rim) < LEAST_RIM:
        draft = replace(draft, rim=_several("point of the rim, X,Y", point, LEAST_RIM))
    if len(draft.scale) < LEAST_MARKS:
        draft = replace(draft, scale=_several("mark of the scale, X,Y=VALUE", on_scale, LEAST_MARKS))
    return draft


def _without_what_is_wrong(draft: Draft, unit: str | None) -> Draft:
    """The unit goes with the scale that it was found beside; one that is not there is asked for at the end."""
    wrong = _one("What is wrong: circle, scale, both or unit?", _part)
    if wrong == "unit":
        return replace(draft, unit=_optional("unit, or nothing to be asked at the end", str))
    if wrong != "scale":
        draft = replace(draft, centre=None, rim=())
    return draft if wrong == "circle" else replace(draft, scale=(), deviation=None, unit=unit)


def _part(text: str) -> str:
    if text not in ("circle", "scale", "both", "unit"):
        raise typer.BadParameter(f"{text!r} is not circle, scale, both or unit")
    return text


def _yes(text: str) -> bool:
    if text.casefold() not in ("y", "yes", "n", "no"):
        raise typer.BadParameter(f"{text!r} is neither y nor n")
    return text.casefold() in ("y", "yes")


def _named(draft: Draft, check: Callable[[Draft], object]) -> Draft:
    """With unit and limits, asked for until they make sense: the points before them were work."""
    while True:
        unit = draft.unit if draft.unit is not None else _optional("unit, or nothing", str)
        low = draft.low if draft.low is not None else _optional("mark readings below, or nothing", number)
        high = draft.high if draft.high is not None else _optional("mark readings above, or nothing", number)
        named = replace(draft, unit=unit, low=low, high=high)
        try:
            check(named)
        except InputError as error:
            show_failure(error)
        else:
            return named


def _one(what: str, parse: Callable[[str], Value]) -> Value:
    while True:
        found = _optional(what, parse)
        if found is not None:
            return found
        _not_understood(f"it is needed: {what}")


def _several(what: str, parse: Callable[[str], Value], least: int) -> tuple[Value, ...]:
    found: list[Value] = []
    while True:
        more = ", nothing ends" if len(found) >= least else ""
        one = _optional(f"{len(found) + 1}. {what}{more}", parse)
        if one is not None:
            found.append(one)
        elif more:
            return tuple(found)
        else:
            _not_understood(f"{least - len(found)} more are needed")


def _optional(what: str, parse: Callable[[str], Value]) -> Value | None:
    """What was typed, asked for again until it can be understood; None where it was nothing.

    Raises:
        Abort: it was that the person has enough.
    """
    while True:
        text = typer.prompt(what, default="", show_default=False, err=True).strip()
        if not text:
            return None
        if text == ENOUGH:
            raise typer.Abort
        try:
            return parse(text)
        except typer.BadParameter as error:
            _not_understood(error.message)


def _not_understood(why: str) -> None:
    err.print(f"[red]✗[/red] {safe(why)}; {ENOUGH} ends this", soft_wrap=True)
