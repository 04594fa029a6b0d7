"""Live: a tile for each stream with its picture, state, value, last minutes and alarms."""

from __future__ import annotations

from urllib.parse import quote

from siseon.console.api import Problem
from siseon.console.live.known import Alarm, Stream
from siseon.console.live.saying import (
    TO_ACKNOWLEDGE,
    alarm_kind,
    alarm_state,
    cause,
    quality_of,
    state_of,
    value_of,
)
from siseon.console.live.watching import Spark as Values
from siseon.console.live.watching import Watched
from siseon.console.parts.basic import Badge, empty, error_panel, link, loading
from siseon.console.parts.dom import set_class, set_text, tag
from siseon.console.parts.icons import icon
from siseon.console.parts.picture import LivePicture
from siseon.console.parts.spark import Spark
from siseon.console.paths import BASE
from siseon.console.view import Page, View
from siseon.console.words import Words

NEW = f"{BASE}/add-camera"


async def build(view: View) -> None:
    """Make the page."""
    words = view.words.live
    with tag("div", "page-head"):
        tag("h1", "", words.title)
        counted = tag("span", "dim", "")
        alarms = link("", f"{BASE}/alarms", "badge bad hidden", symbol="bell")
        link(words.add, NEW, "button primary end", symbol="plus")
    with alarms:
        told = tag("span", "", "")
    with tag("div") as waiting:
        loading(view.words.every_page)
    grid = tag("div", "tiles")
    tiles: dict[str, Tile] = {}

    def show(news: Watched | Problem) -> None:
        waiting.clear()
        set_class(grid, "hidden", isinstance(news, Problem))
        if isinstance(news, Problem):
            with waiting:
                error_panel(view.words.every_page, news, view.feeds.streams.ask_again)
            return
        if not news.streams:
            with waiting, tag("div", "card"), empty(words.none, words.none_more, "camera"):
                link(words.add, NEW, "button primary", symbol="plus")
        live = sum(one.is_live for one in news.streams)
        set_text(counted, words.count.format(count=len(news.streams), live=live) if news.streams else "")
        waits = sum(one.state in TO_ACKNOWLEDGE for one in news.alarms)
        set_class(alarms, "hidden", not waits)
        set_text(told, words.alarms_now.format(count=waits))
        for name in tiles.keys() - {one.name for one in news.streams}:
            tiles.pop(name).element.delete()
        with grid:
            for place, one in enumerate(news.streams):
                if one.name not in tiles:
                    tiles[one.name] = Tile(one.name, view.words)
                    tiles[one.name].element.move(target_index=place)
                tiles[one.name].show(one, news.alarms_of(one.name), news.sparks.get(one.name, ()))

    view.follow(view.feeds.streams, show)


class Tile:
    """Of one stream; changed in place."""

    def __init__(self, name: str, words: Words) -> None:
        self._words, live = words, words.live
        with tag("article", "tile") as self.element:
            with LivePicture(name, live.picture_of.format(name=name)), tag("div", "no-picture"):
                self._icon = icon("camera", "large")
                self._why = tag("p", "", live.waiting_picture)
            with tag("div", "tile-body"):
                with tag("div", "tile-head"):
                    with tag("h2"):
                        tag("a", "tile-link", name, href=link_to(name))
                    self._state = Badge("wait", live.state_none)
                with tag("div", "tile-figures") as self._figures:
                    with tag("div"):
                        self._value = tag("div", "tile-value", "–")
                        with tag("div", "tile-quality") as self._qualities:
                            self._quality = Badge("ok", live.quality_good)
                            self._more = tag("span", "dim small", "")
                    self._spark = Spark()
                with tag("div", "tile-alarm hidden") as self._alarms:
                    self._alarm = Badge("ok", "")

    def show(self, stream: Stream, alarms: list[Alarm], spark: Values) -> None:
        """How it is now."""
        words = self._words.live
        self._state.show(*state_of(stream, words))
        set_text(self._why, _why(stream, self._words))
        figures = stream.measured
        set_class(self._figures, "hidden", not figures and not spark)
        set_text(self._value, value_of(figures[0], words) if figures else "–")
        set_class(self._qualities, "hidden", not figures)
        if figures:
            self._quality.show(*quality_of(figures[0], words))
            more = len(figures) - 1
            set_text(self._more, words.more_values.format(count=more) if more else "")
        self._spark.show(spark, words.spark)
        worst = _worst(alarms)
        set_class(self._alarms, "hidden", worst is None)
        if worst is not None:
            tone, state = alarm_state(worst.state, self._words.alarms)
            self._alarm.show(tone, f"{alarm_kind(worst.rule, self._words.alarms)}: {state}")


def _why(stream: Stream, words: Words) -> str:
    """What stands in the place of the picture."""
    if not stream.here and stream.state is not None:
        return words.live.elsewhere
    if stream.is_live or stream.state is None:
        return words.live.waiting_picture
    return cause(stream.state.cause, stream.state.message, words.live) or words.live.waiting_picture


def _worst(alarms: list[Alarm]) -> Alarm | None:
    """The one that somebody has to look at first; None: all is well."""
    order = ("unacknowledged", "latched_unacknowledged", "acknowledged", "latched_acknowledged")
    ranks = {state: rank for rank, state in enumerate((*order, "returned_unacknowledged"))}
    there = [one for one in alarms if one.state in ranks]
    return min(there, key=lambda one: ranks[one.state], default=None)


def link_to(name: str) -> str:
    """Of a stream's page."""
    return f"{BASE}/live/{quote(name, safe='')}"


LIVE = Page("/live", lambda words: words.live.title, build, "live")
