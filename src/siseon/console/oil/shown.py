"""A flight on a page: figures, the map with its legend, what is chosen on it, and the tables below."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import groupby

from siseon.console.oil.flights import Mapped
from siseon.console.oil.frame_part import FramePart
from siseon.console.oil.known import Slick
from siseon.console.oil.rows import Row, Rows
from siseon.console.oil.saying import (
    LOOKS,
    OTHER,
    area,
    frame_name,
    frame_said,
    litres,
    look_name,
    look_of,
    moment,
    notes,
    off,
    seen,
    slick_said,
    verdict_name,
    volume,
)
from siseon.console.oil.sheet import Sheet
from siseon.console.parts.basic import Stat, Table, card, empty
from siseon.console.parts.dom import tag
from siseon.console.parts.numbers import count
from siseon.console.parts.oilmap import OilMap
from siseon.console.view import View

MOST_REASON = 500
"""Letters of why a frame has no place."""
LAYERS = (("cameras", "camera"), ("footprints", "footprint"), ("grid", "grid"))
"""Beside those of looks: the name of each, and of the sign that stands for it."""


class Shown:
    """Of one job."""

    def __init__(self, view: View, job_id: str, mapped: Mapped) -> None:
        self._view, self._words, self._mapped = view, view.words.oil, mapped
        self._slicks = [slick for slick, _ in mapped.flight.slicks]
        self._frames = [frame for frame, _ in mapped.flight.frames]
        self._by_look = _by_look(self._slicks)
        self._map: OilMap | None = None
        self._slick_rows: Rows | None = None
        self._frame_rows: Rows | None = None
        self._figures()
        self._notes()
        if mapped.sheet is None:
            empty(self._words.no_positions, self._words.no_positions_more if self._frames else "", "layers")
            self._opened = FramePart(view, job_id)
            return
        with tag("div", "oil-sheet"):
            with tag("div", "oil-left"):
                self._map = OilMap(
                    self._words,
                    self._words.map_name,
                    mapped.sheet,
                    {
                        one.number: slick_said(self._slicks[one.number], self._words)
                        for one in mapped.sheet.slicks
                    },
                    {
                        one.number: frame_said(self._frames[one.number], self._words)
                        for one in mapped.sheet.frames
                    },
                    self._chosen,
                )
                tag("p", "dim small oil-hint", self._words.hint)
                tag("p", "dim small oil-hint-phone", self._words.hint_phone)
            with tag("div", "oil-beside"):
                self._legend(mapped.sheet)
                self._opened = FramePart(view, job_id)

    def tables(self) -> None:
        """Below the map."""
        words = self._words
        if self._slicks:
            with card(words.by_class):
                heads = (words.look, words.code, words.count, words.area_of, words.least, words.most)
                Table(words.by_class, heads, numbers=(1, 2, 3, 4, 5)).show(self._totals())
        with card(words.slicks):
            of_slick = (
                words.number,
                words.look,
                words.area_of,
                words.volume,
                words.seen,
                words.ce90,
                words.note,
            )
            many = len(self._slicks)
            choose = partial(self._chosen, "s")
            self._slick_rows = Rows(
                words.slicks, of_slick, (2, 3, 5), many, self._slick_row, words, choose, words.no_slicks
            )
        if self._mapped.has_frames:
            with card(words.frames):
                of_frame = (words.frame, words.says, words.slicks, words.time, words.ce90, words.place)
                many = len(self._frames)
                choose = partial(self._chosen, "f")
                self._frame_rows = Rows(
                    words.frames, of_frame, (2, 4), many, self._frame_row, words, choose, words.no_frames
                )

    async def _chosen(self, kind: str, number: int) -> None:
        """Mark what was clicked, on the map as in its table."""
        if self._map is not None:
            self._map.choose(f"{kind}{number}")
        if self._slick_rows is not None:
            self._slick_rows.mark(number if kind == "s" else None)
        if self._frame_rows is not None:
            self._frame_rows.mark(number if kind == "f" else None)
        if kind == "f" and number < len(self._frames):
            await self._opened.show(self._frames[number])

    def _figures(self) -> None:
        words = self._words
        total = sum(one.area_m2 for one in self._slicks)
        twice = sum(one.area_m2 for one in self._slicks if one.may_be_counted_twice)
        with tag("div", "stats"):
            Stat(words.area, area(total), words.twice_note.format(area=area(twice)) if twice else "")
            uncoded = sum(one.area_m2 for one in self._slicks if one.volume_least_l is None)
            note = words.without_code.format(area=area(uncoded)) if uncoded else words.volume_note
            Stat(words.volume, volume(*_volume(self._slicks), words), note)
            Stat(words.slicks, count(len(self._slicks)))
            if self._mapped.has_frames:
                placed = sum(bool(rings) for _, rings in self._mapped.flight.frames)
                of = self._view.words.jobs.of.format(done=count(placed), total=count(len(self._frames)))
                Stat(words.frames_placed, of)

    def _notes(self) -> None:
        words, sheet, told = self._words, self._mapped.sheet, []
        if sheet is not None and not self._slicks:
            told.append(words.none_found)
        if not self._mapped.has_frames:
            told.append(words.no_frames_file)
        if sheet is not None and sheet.slicks_left_out:
            total = len(self._slicks)
            drawn = count(total - sheet.slicks_left_out)
            told.append(words.left_out_slicks.format(drawn=drawn, total=count(total)))
        if sheet is not None and sheet.frames_left_out:
            many = len(sheet.frames)
            of = count(many + sheet.frames_left_out)
            told.append(words.left_out_frames.format(drawn=count(many), total=of))
        for each in told:
            tag("p", "note", each)

    def _legend(self, sheet: Sheet) -> None:
        words = self._words
        with tag("fieldset", "oil-legend"):
            tag("legend", "", words.layers)
            for look, slicks in self._by_look.items():
                told = f"{count(len(slicks))} · {area(sum(one.area_m2 for one in slicks))}"
                layer(look, f"dot look-{look}", self._named(look), told)
            cameras = sum(one.camera is not None for one in sheet.frames)
            many = {"cameras": count(cameras), "footprints": count(len(sheet.frames))}
            for name, sign in LAYERS:
                if many.get(name) != "0":
                    layer(name, f"sign {sign}", getattr(words, name), many.get(name, ""))
        if any(one.interpolated for one in self._slicks) or any(one.interpolated for one in self._frames):
            tag("p", "dim small", words.dashed)

    def _named(self, look: str) -> str:
        return self._words.other if look == OTHER else look_name(look, self._words)

    def _totals(self) -> list[tuple[str, ...]]:
        rows = [
            self._total(self._named(look), slicks[0].bonn_code, slicks)
            for look, slicks in self._by_look.items()
        ]
        return rows if len(rows) < 2 else [*rows, self._total(self._words.all_of_it, None, self._slicks)]

    def _total(self, name: str, code: int | None, slicks: Sequence[Slick]) -> tuple[str, ...]:
        least, most = _volume(slicks)
        return (
            name,
            "–" if code is None else str(code),
            count(len(slicks)),
            area(sum(one.area_m2 for one in slicks)),
            "–" if least is None else litres(least),
            "–" if least is None else self._words.no_bound if most is None else litres(most),
        )

    def _slick_row(self, number: int) -> Row:
        one, words = self._slicks[number], self._words
        cells = (
            str(one.id),
            look_name(one.look, words),
            area(one.area_m2),
            volume(one.volume_least_l, one.volume_most_l, words),
            seen(one),
            off(one.ce90_m),
            notes(one, words),
        )
        return Row(f"s{number}", words.show_on_map.format(number=one.id), cells, look_of(one))

    def _frame_row(self, number: int) -> Row:
        one, words = self._frames[number], self._words
        place = (one.no_position or "")[:MOST_REASON] or (words.filled if one.interpolated else words.on_map)
        name = frame_name(one)
        cells = (
            name,
            verdict_name(one.verdict, words),
            count(one.slicks),
            moment(one.time),
            off(one.ce90_m),
            place,
        )
        return Row(f"f{number}", words.open_frame.format(name=name), cells)


def layer(name: str, sign: str, text: str, note: str = "") -> None:
    """A check box that shows and hides a layer of the map."""
    with tag("label", "oil-layer"):
        tag("input", type="checkbox", defaultChecked=True, data_layer=name)
        tag("span", sign, aria_hidden="true")
        tag("span", "", text)
        if note:
            tag("span", "dim small", note)


def _by_look(slicks: Sequence[Slick]) -> dict[str, list[Slick]]:
    """From thin to thick; looks that are not known last."""
    order = (*LOOKS, OTHER)
    by_look = sorted(slicks, key=lambda one: order.index(look_of(one)))
    return {look: list(of_look) for look, of_look in groupby(by_look, look_of)}


def _volume(slicks: Sequence[Slick]) -> tuple[float | None, float | None]:
    """Least and most of all that have a code; no most where one has no upper bound."""
    coded = [one for one in slicks if one.volume_least_l is not None]
    if not coded:
        return None, None
    most = [one.volume_most_l for one in coded]
    least = sum(one.volume_least_l or 0.0 for one in coded)
    return least, None if None in most else sum(each or 0.0 for each in most)
