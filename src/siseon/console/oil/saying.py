"""How slicks and frames are told: areas, volumes, times, and all that is known of one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from siseon.console.oil.known import Frame, Slick
from siseon.console.parts.oilmap import Said
from siseon.console.words.oil import OilWords

LOOKS = ("sheen", "rainbow", "metallic", "discontinuous", "true_colour", "emulsion")
"""That the stylesheet has a colour for, from thin to thick."""
OTHER = "other"
VERDICTS = ("oil", "unsure", "no_oil", "not_the_sea", "not_optical")
MOST_NAMES = 3
MOST_LETTERS = 120
SQUARE_KM = 1e6
CUBIC_M = 10_000.0
"""Litres from which a volume is told in cubic metres."""


def look_of(slick: Slick) -> str:
    """Its look, as the stylesheet has it."""
    return slick.look if slick.look in LOOKS else OTHER


def look_name(look: str, words: OilWords) -> str:
    """In words; one that is not known here as it stands."""
    return str(getattr(words, look)) if look in LOOKS else look[:MOST_LETTERS].replace("_", " ")


def verdict_name(verdict: str, words: OilWords) -> str:
    """What was found in a frame, in words."""
    return str(getattr(words, verdict)) if verdict in VERDICTS else verdict[:MOST_LETTERS].replace("_", " ")


def area(square_m: float) -> str:
    """``1,234 m²``, ``2.35 km²``."""
    if square_m >= SQUARE_KM:
        return f"{square_m / SQUARE_KM:,.2f} km²"
    return f"{square_m:,.0f} m²" if square_m >= 10 else f"{square_m:.2g} m²"


def litres(volume: float) -> str:
    """``0.42 l``, ``1,234 l``, ``56 m³``."""
    if volume >= CUBIC_M:
        return f"{volume / 1000:,.0f} m³"
    return f"{volume:,.0f} l" if volume >= 10 else f"{volume:.2g} l"


def volume(least: float | None, most: float | None, words: OilWords) -> str:
    """A range; a dash where the look has no code."""
    if least is None:
        return "–"
    if most is None:
        return words.at_least.format(least=litres(least))
    return words.between.format(least=litres(least), most=litres(most))


def moment(at: datetime | None) -> str:
    """In UTC."""
    return "–" if at is None else f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def seen(slick: Slick) -> str:
    """From when to when; of one day the day once."""
    first, last = slick.first_seen, slick.last_seen
    if first is None or last is None or first == last:
        return moment(first or last)
    first, last = first.astimezone(UTC), last.astimezone(UTC)
    return (
        f"{moment(first)} – {last:%H:%M:%S}"
        if first.date() == last.date()
        else f"{moment(first)} – {moment(last)}"
    )


def off(ce90_m: float | None) -> str:
    """An error radius."""
    if ce90_m is None:
        return "–"
    return f"{ce90_m:,.0f} m" if ce90_m >= 10 else f"{ce90_m:.2g} m"


def notes(slick: Slick, words: OilWords) -> str:
    """What must be known beside the figures."""
    found = [(slick.may_be_counted_twice, words.twice), (slick.interpolated, words.filled)]
    return ", ".join(text for there, text in found if there)


def slick_said(slick: Slick, words: OilWords) -> Said:
    """All of a slick."""
    names = slick.frames.split(";")
    shown = ", ".join(name[:MOST_LETTERS] for name in names[:MOST_NAMES])
    if len(names) > MOST_NAMES:
        shown = words.more_frames.format(names=shown, count=len(names) - MOST_NAMES)
    facts = [
        (words.area_of, area(slick.area_m2)),
        (words.volume, volume(slick.volume_least_l, slick.volume_most_l, words)),
        (words.seen, seen(slick)),
        (words.ce90, off(slick.ce90_m)),
        (words.score, f"{slick.score:.2f}"),
        (words.of_frames, shown),
        (words.position_from, slick.position_from.replace(";", ", ")[:MOST_LETTERS]),
        (words.note, notes(slick, words)),
    ]
    title = f"{slick.id} · {look_name(slick.look, words)}"
    return Said(title, _told(facts), slick.interpolated, look_of(slick))


def piece_said(piece: Slick, words: OilWords) -> Said:
    """What is known of a piece of oil in one frame, which is not put together with others yet."""
    facts = [
        (words.area_of, area(piece.area_m2)),
        (words.seen, seen(piece)),
        (words.ce90, off(piece.ce90_m)),
        (words.score, f"{piece.score:.2f}"),
        (words.frame, piece.frames[:MOST_LETTERS]),
    ]
    return Said(look_name(piece.look, words), _told(facts), piece.interpolated, look_of(piece))


def frame_name(frame: Frame) -> str:
    """As it was handed in, within bounds."""
    return frame.image[: MOST_LETTERS * 2]


def frame_said(frame: Frame, words: OilWords) -> Said:
    """All of a frame."""
    facts = [
        (words.says, verdict_name(frame.verdict, words)),
        (words.slicks, str(frame.slicks)),
        (words.time, moment(frame.time)),
        (words.ce90, off(frame.ce90_m)),
        (words.position_from, (frame.camera_from or "")[:MOST_LETTERS]),
        (words.note, words.filled if frame.interpolated else ""),
    ]
    return Said(frame_name(frame), _told(facts), bool(frame.interpolated))


def _told(facts: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in facts if value not in ("", "–"))
