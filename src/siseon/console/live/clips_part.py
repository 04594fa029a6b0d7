"""The clips of a stream: taken, played, downloaded, removed."""

from __future__ import annotations

from urllib.parse import quote

from siseon.console.api import ApiFailure
from siseon.console.live.known import CLIPS, Clip
from siseon.console.live.saying import at
from siseon.console.parts.basic import Badge, button, card, empty, error_panel, link
from siseon.console.parts.dom import tag
from siseon.console.parts.failure import explain
from siseon.console.parts.numbers import size
from siseon.console.paths import API
from siseon.console.view import View

MOST = 50


class ClipsPart:
    """Changed in place; ``load`` reads them."""

    def __init__(self, view: View, name: str) -> None:
        self._view, self._words = view, view.words.stream
        self._path = f"/v1/streams/{quote(name, safe='')}/clips"
        self._shown: tuple[Clip, ...] | None = None
        with card(self._words.clips):
            self._player = tag("div", "player")
            self._list = tag("div")
            self._told = tag("div", role="status")
            with tag("div", "actions"):
                button(self._words.clip_take, self._take, symbol="camera")

    @property
    def is_taking(self) -> bool:
        """Whether one is not written yet."""
        return any(one.state == "taking" for one in self._shown or ())

    async def load(self) -> None:
        """Read them, and show them."""
        try:
            clips = await self._view.api.get(f"{self._path}?limit={MOST}", CLIPS, by_itself=True)
        except ApiFailure as failure:
            self._fail(failure)
            return
        if clips == self._shown:
            return
        self._shown = clips
        self._list.clear()
        with self._list:
            if not clips:
                empty(self._words.clips_none, self._words.clips_none_more, "play")
                return
            with tag("ul", "rows"):
                for one in clips:
                    with tag("li", "row"):
                        self._row(one)

    def _row(self, clip: Clip) -> None:
        words, when = self._words, at(clip.at)
        with tag("div", "row-text"):
            tag("strong", "", when)
            facts = [words.clip_seconds.format(seconds=f"{clip.seconds:.0f}"), *clip.reasons]
            if clip.nbytes:
                facts.insert(1, size(clip.nbytes))
            tag("span", "dim small", " · ".join(facts))
        if clip.state == "taking":
            Badge("wait", words.clip_taking)
        elif clip.state == "failed":
            Badge("bad", words.clip_failed)
            if clip.failure is not None:
                failure, every_page = clip.failure, self._view.words.every_page
                tag("p", "small", every_page.failures.title(failure.code) or every_page.failed)
                explain(every_page, failure.code, failure.message, failure.hint)
        else:
            video = f"{API}{self._path}/{clip.id}/video"
            play = words.clip_play.format(at=when)
            button("", lambda: self._play(video, when), kind="quiet", symbol="play", aria_label=play)
            link("", video, "button quiet", symbol="download", download="",
                 aria_label=words.clip_download.format(at=when))  # fmt: skip
        if clip.state != "taking":
            button("", lambda: self._remove(clip), kind="quiet", symbol="trash",
                   aria_label=words.clip_remove.format(at=when))  # fmt: skip

    def _play(self, video: str, when: str) -> None:
        self._player.clear()
        with self._player:
            tag("video", "", src=video, controls=True, autoplay=True, muted=True,
                aria_label=self._words.clip_play.format(at=when))  # fmt: skip
            button(self._view.words.every_page.close, self._player.clear, kind="quiet", symbol="close")

    async def _take(self) -> None:
        try:
            await self._view.api.ask("POST", self._path, json={"reason": self._words.clip_reason})
        except ApiFailure as failure:
            self._fail(failure)
            return
        self._told.clear()
        await self.load()

    async def _remove(self, clip: Clip) -> None:
        try:
            await self._view.api.ask("DELETE", f"{self._path}/{clip.id}")
        except ApiFailure as failure:
            self._fail(failure)
            return
        self._player.clear()
        await self.load()

    def _fail(self, failure: ApiFailure) -> None:
        self._told.clear()
        with self._told:
            error_panel(self._view.words.every_page, failure.problem)
