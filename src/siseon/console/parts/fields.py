"""Fields of forms: a label, the field, and what the person has put into it.

What a field begins with is its ``defaultValue``: Vue gives a field its ``value`` again whenever anything of the page
changes, and what somebody is typing would be gone.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Sequence
from typing import Literal

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from siseon.console.parts.dom import Attribute, set_attribute, set_class, set_text, tag

MOST = 1000
"""Characters that are taken of a field."""
MOST_LINES = 50_000
"""Of one with lines: a message from a browser has 64 kB at most."""
VALUE = "(event) => emit(event.target.value)"
CHECKED = "(event) => emit(event.target.checked)"


class TextField:
    """A line of text, or a number; ``value`` is what stands in it."""

    def __init__(
        self,
        label: str,
        value: str = "",
        *,
        kind: Literal["text", "number", "search"] = "text",
        least: float | None = None,
        most: float | None = None,
        step: Literal["any"] | None = None,
        note: str = "",
        choices: Sequence[str] = (),
        changed: Callable[[str], object] | None = None,
        **attributes: Attribute,
    ) -> None:
        """``note``: what is to be known of it; ``choices``: that are proposed; ``changed``: called with the text
        after every key.
        """
        self.value = value
        self._changed = changed
        with tag("div", "field") as self.element:
            name = tag("label", "", label)
            name.props["for"] = f"f{self.element.id}"
            notes = f"n{self.element.id}"
            self._field = tag(
                "input",
                type=kind,
                id=f"f{self.element.id}",
                defaultValue=value,
                min=least,
                max=most,
                step=step,
                autocomplete="off",
                aria_describedby=notes,
                list=f"l{self.element.id}" if choices else None,
                **attributes,
            )
            if choices:
                with tag("datalist", id=f"l{self.element.id}"):
                    for choice in choices:
                        tag("option", value=choice)
            with tag("div", "field-notes", id=notes):
                if note:
                    tag("span", "dim", note)
                self._fault = tag("span", "error-line hidden", "")
        self._field.on("input", self._take, js_handler=VALUE)

    @property
    def number(self) -> float | None:
        """What stands in it, where that is a number."""
        try:
            number = float(self.value.strip().replace(",", "."))
        except ValueError:
            return None
        return number if math.isfinite(number) else None

    def refuse(self, why: str) -> None:
        """Say what is wrong with it; nothing, when empty."""
        set_text(self._fault, why)
        set_class(self._fault, "hidden", not why)
        set_attribute(self._field, "aria-invalid", "true" if why else None)
        if why:
            self.focus()

    def focus(self) -> None:
        """Let what is typed next go into it."""
        self._field.run_method("focus")

    def _take(self, event: GenericEventArguments) -> None:
        self.value = str(event.args)[:MOST]
        if self._changed is not None:
            self._changed(self.value)


class AreaField:
    """Lines of text; ``value`` is what stands in it."""

    def __init__(
        self,
        label: str,
        value: str = "",
        *,
        rows: int = 6,
        changed: Callable[[str], object] | None = None,
        **attributes: Attribute,
    ) -> None:
        """``changed``: called with the text after every key."""
        self.value = value
        self._changed = changed
        with tag("div", "field") as self.element:
            name = tag("label", "", label)
            name.props["for"] = f"f{self.element.id}"
            field = tag(
                "textarea",
                id=f"f{self.element.id}",
                spellcheck="false",
                rows=rows,
                defaultValue=value,
                **attributes,
            )
        field.on("input", self._take, js_handler=VALUE)

    def _take(self, event: GenericEventArguments) -> None:
        self.value = str(event.args)[:MOST_LINES]
        if self._changed is not None:
            self._changed(self.value)


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
                self._options = [
                    tag("option", "", choice, value=str(place), selected=place == value)
                    for place, choice in enumerate(choices)
                ]
        field.on("input", self._take, js_handler=VALUE)

    def rename(self, place: int, choice: str) -> None:
        """Say one of them in other words."""
        set_text(self._options[place], choice)

    async def _take(self, event: GenericEventArguments) -> None:
        told = str(event.args)
        if told.isdecimal() and len(told) < 6 and int(told) < self._choices:
            self.value = int(told)
            done = None if self._changed is None else self._changed()
            if isinstance(done, Awaitable):
                await done


class CheckField:
    """Yes or no."""

    def __init__(
        self, label: str, value: bool = False, changed: Callable[[bool], object] | None = None
    ) -> None:
        self.value = value
        self._changed = changed
        with tag("div", "check") as self.element:
            field = tag("input", type="checkbox", id=f"f{self.element.id}", checked=value or None)
            tag("label", "", label, for_=f"f{self.element.id}")
        field.on("change", self._take, js_handler=CHECKED)

    def _take(self, event: GenericEventArguments) -> None:
        self.value = event.args is True
        if self._changed is not None:
            self._changed(self.value)


def fields(*classes: str) -> Element:
    """A row of fields with a button, one below the other on a phone."""
    return tag("div", " ".join(("fields", *classes)))
