"""Who is who, corrected: somebody who was chosen is named, merged or split, and the list of all corrections."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from siseon.console.api import ApiFailure, Problem
from siseon.console.parts.basic import Badge, Tone, button, card, error_panel, hold
from siseon.console.parts.dom import set_class, set_text, tag
from siseon.console.parts.numbers import count
from siseon.console.people import correcting
from siseon.console.people.chosen_part import ChosenPart
from siseon.console.people.correcting import Asked, Correction, each_of
from siseon.console.people.held import Held, held_now, path_of
from siseon.console.people.known import Corrections, Refusal, Someone, Timeline
from siseon.console.people.telling import told, why
from siseon.console.view import View
from siseon.contracts import FailureCode

MOST_LISTED = 50


class CorrectingPart:
    """Changed in place. What is asked for is kept here until somebody has it rendered."""

    def __init__(self, view: View, job_id: str, choose: Callable[[int], object]) -> None:
        self._view, self._id, self._words = view, job_id, view.words.people
        self._mark = choose
        self._timeline: Timeline | None = None
        self._held = Held()
        self._asked = Corrections()
        self._part_ms = 1
        self._state = "done"
        self._busy = self._can = False
        own = self._words
        with card(own.corrections, "correcting"):
            tag("p", "dim small", own.corrections_note)
            self._chosen = ChosenPart(own, lambda: self._base, self._ask)
            self._problem = tag("div", role="status")
            self._list = tag("ul", "rows", aria_label=own.corrections)
            self._others = tag("div", "small")
            with tag("div", "fields actions"):
                self._render = button(own.render, self._send, kind="primary", symbol="refresh")
                self._forget = button(own.forget, self._drop, kind="quiet")
                self._changes = tag("span", "dim small", "", role="status")

    def show(self, timeline: Timeline, held: Held, part_ms: int, state: str) -> None:
        """Another timeline, or other corrections that hold; what was asked for here stays on top of them."""
        before, self._timeline, self._part_ms, self._state = self._timeline, timeline, part_ms, state
        if self._take(held):
            self._problem.clear()
            with self._problem:
                tag("p", "warning-line", self._words.others_first)
        if before is not timeline:
            old = self._chosen.person
            meant = None if old is None else Someone(sub_id=old.sub_ids[0], at_ms=old.appearances[0][0])
            person = None if meant is None else correcting.whoever(timeline, meant)
            self.choose(0 if person is None else person.id)
        self._draw()

    def pick(self, person: int) -> None:
        """Somebody was clicked; once more, what is typed about them stays."""
        if self._chosen.person is None or self._chosen.person.id != person:
            self.choose(person)

    def choose(self, person: int) -> None:
        """Somebody was chosen; nobody, when 0."""
        self._chosen.show(self._timeline, person, self._part_ms)
        chosen = self._chosen.person
        self._mark(0 if chosen is None else chosen.id)

    def at(self, at_ms: int) -> None:
        """The video is somewhere else."""
        self._chosen.at(at_ms)

    @property
    def _base(self) -> Corrections:
        """What is asked for now, for this run of the video."""
        seen = None if self._timeline is None else self._timeline.seen
        kept = Corrections() if self._asked.seen not in (None, seen) else self._asked
        return kept.model_copy(update={"seen": seen})

    def _ask(self, asked: Corrections) -> None:
        self._asked = asked
        self._problem.clear()
        self._draw()

    def _take(self, held: Held) -> bool:
        """Other corrections hold now; whether something was asked for on top of others."""
        before, now = self._stands, held.corrections or Corrections()
        self._held = held
        mine = each_of(self._asked) != each_of(before)
        self._asked = correcting.rebased(self._asked, before, now) if mine else now
        return mine and each_of(before) != each_of(now)

    @property
    def _stands(self) -> Corrections:
        """What holds, as far as it can be read."""
        return self._held.corrections or Corrections()

    def _drop(self) -> None:
        self._asked = self._stands
        self._problem.clear()
        self._draw()

    async def _send(self) -> None:
        """Have it rendered, unless somebody else has changed what it rests on: then they are put together first."""
        if self._busy or not self._can:
            return
        self._problem.clear()
        if self._held.corrections is None:  # they would be lost
            with self._problem:
                tag("p", "warning-line", self._words.not_listed)
            return
        self._busy = True
        hold(self._render, True)
        api, path = self._view.api, path_of(self._id)
        sent, stands = self._asked, self._held.etag
        try:
            if self._state == "failed" and each_of(sent) == each_of(self._stands):
                await api.ask("POST", f"/v1/jobs/{quote(self._id, safe='')}/retry")
            elif sent.count:
                wire = sent.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
                await api.ask("PUT", path, json=wire, changes=stands)
            else:
                await api.ask("DELETE", path, changes=stands)
            self._state = "waiting"
            self._take(await held_now(api, self._id))
        except ApiFailure as failure:
            await self._refused(failure.problem)
        finally:
            self._busy = False
            self._draw()
        await self._view.feeds.job(self._id).ask_again()

    async def _refused(self, problem: Problem) -> None:
        """Somebody was faster, or what was asked for cannot be."""
        if problem.code in (FailureCode.superseded, FailureCode.not_found):
            try:
                self._take(await held_now(self._view.api, self._id))
            except ApiFailure as failure:
                self._fail(failure.problem)
                return
            with self._problem:
                tag("p", "warning-line", self._words.others_first)
        else:
            self._fail(problem)

    def _fail(self, problem: Problem) -> None:
        with self._problem:
            error_panel(self._view.words.every_page, problem)

    def _draw(self) -> None:
        """The list, and what can be done with it."""
        own, timeline, held = self._words, self._timeline, each_of(self._stands)
        if timeline is None:
            return
        listed, asked = correcting.all_of(self._asked), each_of(self._asked)
        standing = timeline.refused if self._state == "done" else ()
        refused, others = correcting.refusals(listed, standing)
        if foreign := next((each for each in others if each.reason == "other_run"), None):
            refused = dict.fromkeys(listed, foreign)
        self._list.clear()
        with self._list:
            for one in listed[:MOST_LISTED]:
                self._one(one, timeline, refused.get(one), held)
            if not listed:
                tag("li", "row dim", own.not_listed if self._held.corrections is None else own.none_yet)
        self._others.clear()
        with self._others:
            if len(listed) > MOST_LISTED:
                more = count(len(listed) - MOST_LISTED)
                tag("p", "dim", own.more_corrections.format(count=more))
            for each in others[:MOST_LISTED]:
                tag("p", "error-line", own.other_run if each.reason == "other_run" else why(each, own))
        added, gone = len(asked - held), len(held - asked)
        texts = [
            own.to_come.format(count=added) if added else "",
            own.to_go.format(count=gone) if gone else "",
        ]
        failed = self._state == "failed"
        nothing = own.not_rendered if failed else own.nothing_changed
        set_text(self._changes, " · ".join(each for each in texts if each) or nothing)
        set_class(self._forget, "hidden", not (added or gone))
        self._can = bool(added or gone or failed)
        hold(self._render, self._busy or not self._can)

    def _one(
        self, one: Asked, timeline: Timeline, refusal: Refusal | None, held: frozenset[Correction]
    ) -> None:
        own = self._words
        text = told(one, timeline, own)
        stands: tuple[Tone, str] = ("warn", own.not_applied)
        if one.itself in held:
            if self._state in ("pending", "waiting", "running"):
                stands = ("wait", own.rendering)
            elif refusal is not None:
                stands = ("bad", own.refused)
            elif self._state == "done":
                stands = ("ok", own.holds)
        with tag("li", "row"):
            with tag("span", "row-text"):
                tag("span", "", text)
                if stands[0] == "bad" and refusal is not None:
                    tag("span", "error-line small", why(refusal, own))
            Badge(*stands)
            button(
                own.take_back,
                lambda: self._ask(correcting.without(self._asked, one.kind, one.number)),
                kind="quiet",
                symbol="trash",
                aria_label=own.take_back_of.format(what=text),
            )
