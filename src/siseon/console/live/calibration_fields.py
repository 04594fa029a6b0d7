"""The fields beside a picture that is calibrated: points in numbers, values of marks, unit, limits."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from pydantic import JsonValue

from siseon.console.live.known import Stream
from siseon.console.live.saying import number
from siseon.console.live.sketch import KINDS, Kind, Sketch
from siseon.console.parts.basic import button
from siseon.console.parts.dom import set_class, tag
from siseon.console.parts.fields import CheckField, SelectField, TextField, fields
from siseon.console.words import Words
from siseon.console.words.calibrate import CalibrateWords

TAG = "reading"
LIMITS = ("low", "high")


class Beside:
    """What is stated beside points."""

    def __init__(self, words: Words, changed: Callable[[], object], kind: Callable[[int], object]) -> None:
        own = self._words = words.calibrate
        self._changed = changed
        self._told_kind = kind
        self._frame = tag("div", "stack tight")
        self._made: dict[str, JsonValue] = {}
        self._make({}, own)

    def take(self, calibration: dict[str, JsonValue]) -> None:
        """Begin with what a calibration says."""
        self._frame.clear()
        self._make(calibration, self._words)

    def _make(self, stated: dict[str, JsonValue], words: CalibrateWords) -> None:
        def text(name: str) -> str:
            value = stated.get(name)
            return number(value) if isinstance(value, int | float) else str(value or "")

        def field(label: str, name: str) -> TextField:
            return TextField(label, text(name), kind="number", step="any", changed=lambda _: self._changed())

        now = stated.get("kind", "analog")
        place = KINDS.index(now) if now in KINDS else 0
        with self._frame:
            with fields():
                names = (words.kind_dial, words.kind_digital, words.kind_counter)
                self._kind = SelectField(words.kind, names, place, changed=self._choose)
                self._unit = TextField(
                    words.unit, text("unit"), maxlength=32, changed=lambda _: self._changed()
                )
            with fields():
                self._low = field(words.low, "low")
                self._high = field(words.high, "high")
            self._raise = CheckField(words.raise_alarms, True)
            with tag("details", "more"):
                tag("summary", "", words.more)
                self._turn = field(words.turn, "turn")
                with fields() as self._display:
                    self._digits = field(words.digits, "digits")
                    self._decimals = field(words.decimals, "decimals")
                self.still = CheckField(words.still)
        for short in (self._unit, self._low, self._high, self._digits, self._decimals):
            short.element.classes("short")
        self._show(place)

    def _choose(self) -> None:
        self._show(self._kind.value)
        self._told_kind(self._kind.value)

    def _show(self, place: int) -> None:
        is_dial = KINDS[place] == "analog"
        set_class(self._turn.element, "hidden", not is_dial)
        set_class(self._display, "hidden", is_dial)

    def stated(self, kind: Kind) -> dict[str, JsonValue]:
        """The fields of a calibration, those that are empty None."""
        made: dict[str, JsonValue] = {
            "unit": self._unit.value.strip() or None,
            "low": self._low.number,
            "high": self._high.number,
        }
        if kind == "analog":
            return {**made, "turn": self._turn.number}
        whole = {"digits": self._digits.number, "decimals": self._decimals.number}
        return {**made, **{name: None if value is None else int(value) for name, value in whole.items()}}

    def rules(self, stream: Stream) -> list[dict[str, JsonValue]] | None:
        """The alarm rules of the stream with those of the limits; None: they stay as they are."""
        limits = {"low": self._low.number, "high": self._high.number}
        if not self._raise.value or all(limit is None for limit in limits.values()):
            return None
        before = {(one.get("tag"), one.get("kind")): one for one in stream.rules}
        for kind, limit in limits.items():
            if limit is not None:
                there = before.get((TAG, kind), {"tag": TAG, "kind": kind, "priority": "high"})
                before[TAG, kind] = {**there, "limit": limit}
        rules = list(before.values())
        return None if rules == stream.rules else rules


class PointFields:
    """Points in numbers: for who cannot point, or wants to be exact."""

    def __init__(
        self,
        words: CalibrateWords,
        changed: Callable[[], object],
        add: Callable[[], object],
        remove: Callable[[int], object],
    ) -> None:
        self._words, self._changed, self._remove = words, changed, remove
        self._values: list[TextField] = []
        self._frame = tag("div", "points")
        button(words.add_point, add, symbol="plus")

    def show(self, sketch: Sketch) -> None:
        """All of them anew."""
        words = self._words
        self._values = []
        self._frame.clear()
        with self._frame:
            if sketch.kind != "analog":
                for place, at in enumerate(sketch.corners):
                    self._place(sketch, "corners", place, at, words.point_corner.format(number=place + 1))
                return
            if sketch.centre is not None:
                self._place(sketch, "centre", 0, sketch.centre, words.point_centre)
            if sketch.rim:
                with tag("div", "point-row"):
                    TextField(
                        words.radius, f"{sketch.radius:.1f}", kind="number", least=1, step="any",
                        changed=partial(self._radius, sketch),
                    )  # fmt: skip
            for place, mark in enumerate(sketch.marks):
                with tag("div", "point-row"):
                    name = words.point_mark.format(number=place + 1)
                    told = "" if mark.value is None else number(mark.value)
                    self._values.append(
                        TextField(
                            words.value_of.format(number=place + 1), told, kind="number", step="any",
                            changed=partial(self._value, sketch, place),
                        )
                    )  # fmt: skip
                    self._coordinates(sketch, "scale", place, mark.at, name)
                    button("", lambda place=place: self._remove(place), kind="quiet", symbol="trash",
                           aria_label=words.remove_point.format(name=name))  # fmt: skip

    def focus_last(self) -> None:
        """Into the value of the newest mark: it is said next."""
        if self._values:
            self._values[-1].focus()

    def _place(self, sketch: Sketch, part: str, place: int, at: tuple[float, float], name: str) -> None:
        with tag("div", "point-row"):
            tag("span", "point-name", name)
            self._coordinates(sketch, part, place, at, name)

    def _coordinates(self, sketch: Sketch, part: str, place: int, at: tuple[float, float], name: str) -> None:
        now = list(at)

        def change(axis: int, text: str) -> None:
            try:
                now[axis] = float(text)
            except ValueError:
                return
            sketch.move(part, place, now[0], now[1])
            self._changed()

        for axis, label in enumerate((self._words.across, self._words.down)):
            TextField(
                label.format(name=name), f"{at[axis]:.1f}", kind="number", step="any",
                changed=partial(change, axis),
            ).element.classes("coordinate")  # fmt: skip

    def _radius(self, sketch: Sketch, text: str) -> None:
        try:
            sketch.widen(float(text))
        except ValueError:
            return
        self._changed()

    def _value(self, sketch: Sketch, place: int, text: str) -> None:
        try:
            sketch.marks[place].value = float(text) if text.strip() else None
        except ValueError:
            return
        self._changed()
