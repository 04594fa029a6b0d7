"""Somebody who was chosen on the timeline: named, merged with another, or split where the video is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nicegui.element import Element

from siseon.console.parts.basic import button
from siseon.console.parts.dom import set_class, set_text, tag
from siseon.console.parts.fields import SelectField, TextField, fields
from siseon.console.people import correcting
from siseon.console.people.correcting import OutsideError
from siseon.console.people.known import Corrections, Person, Role, Timeline
from siseon.console.people.spans import clock
from siseon.console.people.telling import called
from siseon.console.words.people import PeopleWords

MOST_CHOICES = 60
"""Of people to choose from; among more, a name or a number is typed."""
ROLES: tuple[Role | None, ...] = (None, "child", "adult")


class ChosenPart:
    """Changed in place; nobody at first."""

    def __init__(
        self,
        words: PeopleWords,
        base: Callable[[], Corrections],
        ask: Callable[[Corrections], object],
    ) -> None:
        """``base``: what is asked for so far; ``ask``: called with that and one correction more."""
        self._words, self._base, self._ask = words, base, ask
        self.person: Person | None = None
        self._part_ms = 1
        self._at_ms = 0
        self._split_text: Element | None = None
        self._others_of: list[Person] = []
        self._other: SelectField | TextField
        self._element = tag("div", "chosen")

    def show(self, timeline: Timeline | None, person: int, part_ms: int) -> None:
        """This one of a timeline; nobody, when 0."""
        people = () if timeline is None else timeline.people
        self._part_ms = part_ms
        self.person = next((one for one in people if one.id == person), None)
        self._element.clear()
        self._split_text = None
        with self._element:
            if self.person is None:
                tag("p", "dim", self._words.choose)
            else:
                self._form(self.person, people)

    def at(self, at_ms: int) -> None:
        """The video is somewhere else."""
        self._at_ms = at_ms
        if self._split_text is not None:
            set_text(self._split_text, self._words.split.format(at=clock(at_ms, exactly=True)))

    def _form(self, person: Person, people: Sequence[Person]) -> None:
        own = self._words
        tag("h3", "", called(person, own))
        with tag("div", "chosen-forms"):
            with fields("chosen-form"):
                self._name = TextField(own.called, person.name or "", maxlength=100)
                roles = [own.no_role, own.child, own.adult]
                self._role = SelectField(own.role, roles, ROLES.index(person.role))
                button(own.rename, self._rename, symbol="edit")
            with fields("chosen-form"):
                self._others_of = [one for one in people if one is not person]
                names = [called(one, own) for one in self._others_of[:MOST_CHOICES]]
                if len(self._others_of) > MOST_CHOICES:
                    self._other = TextField(f"{own.merge_with} ({own.merge_note})", choices=names)
                else:
                    self._other = SelectField(own.merge_with, [own.choose_other, *names])
                button(own.merge, self._merge, symbol="layers")
                self._unknown = tag("span", "error-line hidden", own.merge_unknown, role="alert")
            with fields("chosen-form split-form"):
                with tag("button", "button plain", type="button") as split:
                    text = own.split.format(at=clock(self._at_ms, exactly=True))
                    self._split_text = tag("span", "", text)
                split.on("click", self._split, [])
                tag("span", "dim small", own.split_note)
                self._outside = tag("span", "error-line hidden", "", role="alert")

    def _rename(self) -> None:
        if self.person is not None:
            name = self._name.value.strip() or None
            role = ROLES[self._role.value]
            self._ask(correcting.rename(self._base(), self.person, name, role, self._part_ms))

    def _merge(self) -> None:
        if self.person is None:
            return
        found = self._merge_with()
        set_class(self._unknown, "hidden", len(found) == 1)
        if len(found) == 1:
            self._ask(correcting.merge(self._base(), self.person, found[0], self._part_ms))

    def _merge_with(self) -> list[Person]:
        """Who was chosen, or whom the number or the name means that was typed."""
        if isinstance(self._other, SelectField):
            at = self._other.value
            return self._others_of[at - 1 : at] if at else []
        asked = self._other.value.strip().casefold()
        named = [one for one in self._others_of if called(one, self._words).casefold() == asked]
        return [one for one in self._others_of if str(one.id) == asked] or named

    def _split(self) -> None:
        if self.person is None:
            return
        person = self.person
        try:
            asked = correcting.split_at(self._base(), person, self._at_ms, self._part_ms)
        except OutsideError:
            begin, end = person.appearances[0][0], max(end for _, end in person.appearances)
            ends = {"begin": clock(begin, exactly=True), "end": clock(end, exactly=True)}
            text = self._words.split_outside.format(name=called(person, self._words), **ends)
            set_text(self._outside, text)
            set_class(self._outside, "hidden", False)
            return
        set_class(self._outside, "hidden", True)
        self._ask(asked)
