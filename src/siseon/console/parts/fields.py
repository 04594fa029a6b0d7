"""Fields of forms: a label, the field, and what the person has put into it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Literal

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from siseon.console.parts.dom import tag

MOST = 1000
"""Characters that are taken of a field."""
MOST_LINES = 50_000
"""Of one with lines: a message from a browser has 64 kB at most."""
VALUE = "(event) => emit(event.target.value)"


class TextField:
    """A line of text, or a number; ``value`` is what stands in it."""

    def __init__(
        self,
        label: str,
        value: str = "",
        *,
        kind: Literal["text", "number", "search"] = "text",
        least: int | None = None,
        most: int | None = None,
        choices: Sequence[str] = (),
        changed: Callable[[str], object] | None = None,
    ) -> None:
        """``choices``: that are proposed; ``changed``: called with the text after every key."""
        self.value = value
        self._changed = changed
        with tag("div", "field") as self.element:
            name = tag("label", "", label)
            name.props["for"] = f"f{self.element.id}"
            field = tag(
                "input",
                type=kind,
                id=f"f{self.element.id}",
                value=value,
                min=least,
                max=most,
                autocomplete="off",
                list=f"l{self.element.id}" if choices else None,
            )
            if choices:
                with tag("datalist", id=f"l{self.element.id}"):
                    for choice in choices:
                        tag("option", value=choice)
        field.on("input", self._take, js_handler=VALUE)

    def _take(self, event: GenericEventArguments) -> None:
        self.value = str(event.args)[:MOST]
        if self._changed is not None:
            self._changed(self.value)


class AreaField:
    """Lines of text; ``value`` is what stands in it."""

    def __init__(self, label: str) -> None:
        self.value = ""
        with tag("div", "field") as self.element:
            name = tag("label", "", label)
            name.props["for"] = f"f{self.element.id}"
            field = tag("textarea", id=f"f{self.element.id}", spellcheck="false", rows=6)
        field.on("input", self._take, js_handler=VALUE)

    def _take(self, event: GenericEventArguments) -> None:
        self.value = str(event.args)[:MOST_LINES]


class SelectField:
    """One of several; ``value`` is the index of the chosen one."""

    def __init__(
        self,
        label: str,
        choices: Sequence[str],
        value: int = 0,
        *,
        changed: Callable[[], object] | Callable[[], Awaitable[object]] | None = None,
    ) -> None:
        """``changed``: called when another one was chosen."""
        self.value = value
        self._changed = changed
        self._choices = len(choices)
        with tag("div", "field") as self.element:
            name = tag("label", "", label)
            name.props["for"] = f"f{self.element.id}"
            with tag("select", id=f"f{self.element.id}") as field:
                for place, choice in enumerate(choices):
                    tag("option", "", choice, value=str(place), selected=place == value)
        field.on("input", self._take, js_handler=VALUE)

    async def _take(self, event: GenericEventArguments) -> None:
        told = str(event.args)
        if told.isdecimal() and len(told) < 6 and int(told) < self._choices:
            self.value = int(told)
            done = None if self._changed is None else self._changed()
            if isinstance(done, Awaitable):
                await done


def fields(*classes: str) -> Element:
    """A row of fields with a button, one below the other on a phone."""
    return tag("div", " ".join(("fields", *classes)))
