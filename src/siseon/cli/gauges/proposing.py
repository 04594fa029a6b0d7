"""What sight proposes of a photo, and what becomes of it: a person looks at it or, where there is none, it is taken
only if sight bears it out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from siseon.cli.event_loop import run as run_loop

if TYPE_CHECKING:
    from siseon.applications.gauges.calibration import Calibration
    from siseon.applications.gauges.closer import Box
    from siseon.applications.gauges.contracts import Reading
    from siseon.applications.gauges.draft import Draft
    from siseon.applications.gauges.proposal import Proposal
    from siseon.contracts import Image
    from siseon.settings import Settings


def completed(
    image: Image,
    stated: Draft,
    settings: Settings,
    check: Callable[[Draft], Calibration],
    redraw: Callable[[Calibration], Path],
    which: int | None,
) -> Draft:
    """What is stated, completed by sight and, on a terminal, by the person.

    Args:
        image: the photo.
        stated: what needs no proposal.
        settings: for the models that sight is.
        check: makes a calibration of a draft; raises InputError for one that makes no sense.
        redraw: draws one, and says where.
        which: of the dials that are found, from the left; None: the one around the stated centre, else the largest.

    Raises:
        InputError: something is missing or not borne out by sight, and there is nobody to be asked.
        BadParameter: there are not so many dials.
    """
    from siseon.cli.terminal import err, safe

    if not stated.missing:
        return stated
    proposal = run_loop(_by_sight(image, stated, which, settings))
    if isinstance(proposal, str):
        err.print(f"nothing is proposed: {safe(proposal)}", soft_wrap=True)
        draft = stated
    else:
        draft = stated.completed(proposal.draft)
        if proposal.others:
            err.print(
                f"other scales were found, which --unit proposes: {safe(', '.join(proposal.others))}",
                soft_wrap=True,
            )

    def read(one: Draft) -> Reading:
        return reading_of(image, check(one), settings)

    if not sys.stdin.isatty():
        return _unseen(stated, draft, proposal, read)
    from siseon.cli.gauges.asking import asked

    def show(one: Draft) -> None:
        for words in _said(proposal, one, read(one)):
            err.print(safe(words), soft_wrap=True)
        err.print(f"drawn in {safe(redraw(check(one)))}: open it", soft_wrap=True)

    return asked(draft, stated.unit, (image.width, image.height), check, show)


def reading_of(image: Image, calibration: Calibration, settings: Settings) -> Reading:
    """What its own photo is read as.

    Raises:
        SiseonError: the network that finds the pointer of a dial without ends cannot be loaded.
    """
    from siseon.applications.build import manager
    from siseon.applications.gauges import preview

    return preview.reading_of(image, calibration, manager(settings))


def _unseen(stated: Draft, draft: Draft, proposal: Proposal | str, read: Callable[[Draft], Reading]) -> Draft:
    """The draft, where nobody looks at it."""
    from siseon.contracts import InputError

    points = " and ".join(f"--{name}" for name in (draft if draft.missing else stated).missing)
    if draft.missing or isinstance(proposal, str):
        raise InputError(
            f"no calibration without {points}",
            hint="state them, or run the command on a terminal, which asks for them",
        )
    doubts = proposal.doubts(draft, read(draft))
    if doubts:
        raise InputError(
            f"what is proposed is not taken unseen: {'; '.join(doubts)}",
            hint=f"state {points}, marks on the scale itself and not at its numbers, or run the command on a "
            "terminal, which shows the proposal and asks",
        )
    return draft


def _said(proposal: Proposal | str, draft: Draft, reading: Reading) -> list[str]:
    """What a person must know before saying that a draft is right."""
    from siseon.applications.gauges.show import line

    said = [f"so the photo reads: {line(reading)}"]
    if isinstance(proposal, str):
        return said
    if proposal.draft.scale == draft.scale or proposal.draft.centre == draft.centre:
        said.append(f"by sight: {line(proposal.reading)}")
        said += [f"look closely: {doubt}" for doubt in proposal.doubts(draft, reading)]
    if draft.deviation is not None:
        said.append(
            f"the marks are where the numbers stand, within {2 * draft.deviation:.1f}°: "
            "marks on the scale itself are surer"
        )
    return said


async def _by_sight(image: Image, stated: Draft, which: int | None, settings: Settings) -> Proposal | str:
    """A proposal, or why there is none."""
    from siseon.applications.build import bounds, manager
    from siseon.applications.gauges.preview import by_sight
    from siseon.contracts import SiseonError

    def choose(boxes: Sequence[Box]) -> Box | None:
        return meant(boxes, stated, which)

    try:
        return await by_sight(
            image, stated.unit, choose, manager(settings), bounds(settings), whole_too=which is None
        )
    except SiseonError as error:  # without models a person can still point
        return f"{error.code}: {error.message}"


def meant(boxes: Sequence[Box], stated: Draft, which: int | None) -> Box | None:
    """The dial that is to be calibrated, of those from left to right; None where none was found.

    Raises:
        BadParameter: there are not so many.
    """
    from siseon.applications.gauges.preview import largest_around
    from siseon.cli.terminal import err

    if which is not None and which > len(boxes):
        raise typer.BadParameter(f"{which} of {len(boxes)} dials that are found", param_hint="--which")
    if which is not None:
        return boxes[which - 1]
    largest = largest_around(boxes, stated.centre)
    if largest is None:
        return None
    if len(boxes) > 1 and stated.centre is None:
        err.print(
            f"{len(boxes)} dials are found: this is number {boxes.index(largest) + 1} from the left, the largest; "
            "--which N is another",
            soft_wrap=True,
        )
    return largest
