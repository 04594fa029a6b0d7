"""The map of a flight: moved and zoomed in the browser, where its layers are shown and hidden too."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from siseon.console.oil.sheet import Sheet
from siseon.console.words.oil import OilWords

MOST_KEY = 12


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a slick or frame that the pointer is on."""

    title: str
    facts: Sequence[tuple[str, str]]
    dashed: bool
    look: str = ""
    """Of a slick: a name of the stylesheet's."""


def _of(said: Said) -> dict[str, object]:
    """As the browser gets it: ``asdict`` would copy every word of thousands."""
    return {"title": said.title, "facts": said.facts, "dashed": said.dashed, "look": said.look}


class OilMap(Element, component="../static/oilmap.js", dependencies=["../static/oilgrid.js"]):
    """Elements anywhere on the page with ``data-mapped`` light up what has their key: ``s`` or ``f`` and a number;
    check boxes with ``data-layer`` show and hide a layer.
    """

    def __init__(
        self,
        words: OilWords,
        name: str,
        sheet: Sheet,
        slicks: Mapping[int, Said],
        frames: Mapping[int, Said],
        chosen: Callable[[str, int], Awaitable[object]],
    ) -> None:
        """``name``: with places for ``{slicks}`` and ``{frames}``; ``slicks``, ``frames``: by number; ``chosen``:
        called with the letter and the number of what is clicked.
        """
        super().__init__()
        self._name = name
        self._given = {key: getattr(words, key) for key in ("hint", "closer", "farther", "whole", "north")}
        self.show(sheet, slicks, frames)

        async def on_chosen(event: GenericEventArguments) -> None:
            key = str(event.args)[:MOST_KEY]
            if key[:1] in ("s", "f") and key[1:].isascii() and key[1:].isdecimal():
                await chosen(key[0], int(key[1:]))

        self.on("chosen", on_chosen)

    def show(self, sheet: Sheet, slicks: Mapping[int, Said], frames: Mapping[int, Said]) -> None:
        """Another map in its place: whoever looks at a part of it goes on looking there."""
        name = self._name.format(slicks=len(sheet.slicks), frames=len(sheet.frames))
        self.props["words"] = {**self._given, "name": name}
        self.props["sheet"] = {
            "box": sheet.box,
            "course": sheet.course,
            "levels": [[asdict(line) for line in level] for level in sheet.levels],
            "slicks": [
                {"key": f"s{one.number}", "path": one.path, "box": one.box, **_of(slicks[one.number])}
                for one in sheet.slicks
            ],
            "frames": [
                {
                    "key": f"f{one.number}",
                    "path": one.path,
                    "box": one.box,
                    "camera": one.camera,
                    **_of(frames[one.number]),
                }
                for one in sheet.frames
            ],
        }
        self.update()

    def choose(self, key: str) -> None:
        """Mark this one."""
        self.run_method("mark", key)
