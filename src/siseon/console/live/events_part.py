"""What happened to the alarms of one stream, the newest first."""

from __future__ import annotations

from urllib.parse import quote

from siseon.console.api import ApiFailure
from siseon.console.live.known import EVENTS, AlarmEvent
from siseon.console.live.saying import ALARM_TONES, at, value_of
from siseon.console.parts.basic import Cell, Table, card, error_panel
from siseon.console.parts.dom import tag
from siseon.console.view import View
from siseon.console.words import Words

MOST = 12


class EventsPart:
    """Changed in place; ``load`` reads them."""

    def __init__(self, view: View, name: str) -> None:
        self._view, self._name = view, name
        self.is_old = True
        """Whether something has happened since they were read."""
        words = view.words.alarms
        with card(words.events):
            heads = (words.at, words.alarm, words.what, words.value, words.who)
            self._table = Table(words.events, heads, numbers=(3,), none=words.events_none)
            self._failed = tag("div")

    async def load(self) -> None:
        """Read them, and show them."""
        path = f"/v1/alarms/events?limit={MOST}&stream={quote(self._name, safe='')}"
        self._failed.clear()
        try:
            events = await self._view.api.get(path, EVENTS, by_itself=True)
        except ApiFailure as failure:
            with self._failed:
                error_panel(self._view.words.every_page, failure.problem)
            return
        self.is_old = False
        self._table.show([row(one, self._view.words, with_stream=False) for one in events[::-1]])


def row(event: AlarmEvent, words: Words, *, with_stream: bool = True) -> tuple[Cell, ...]:
    """Of the log."""
    own = words.alarms
    kind = getattr(own, f"kind_{event.alarm_kind}", event.alarm_kind)
    what = getattr(own, f"event_{event.kind}", event.kind)
    by = " · ".join(each for each in (event.by, event.note) if each)
    tone = ALARM_TONES.get(event.state, "off")
    name = f"{event.stream} · {event.tag}: {kind}" if with_stream else f"{event.tag}: {kind}"
    return at(event.at), name, (tone, what), value_of(event, words.live), by
