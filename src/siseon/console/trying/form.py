"""Options of an operation as fields of a form, and what was put into them as a query."""

from __future__ import annotations

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from siseon.console.parts.dom import set_attribute, tag
from siseon.console.parts.failure import MESSAGES
from siseon.console.trying.operation import Operation, Option
from siseon.console.trying.program import Query
from siseon.console.words.trying import TryingWords

VALUE = "(event) => emit(event.target.value)"
CHECKED = "(event) => emit(event.target.checked)"


class Form:
    """The fields of one operation."""

    def __init__(self, operation: Operation, words: TryingWords) -> None:
        self._operation, self._words = operation, words
        self._said: dict[str, str | bool] = {}
        self._fields: dict[str, Element] = {}
        for option in operation.options:
            self._field(option)
        if not operation.options:
            tag("p", "dim", words.no_options)

    def query(self) -> Query:
        """What was chosen that is not the default.

        Raises:
            ValueError: a field that cannot be used; its text says which, and the field is marked.
        """
        query: dict[str, str | int | float | bool | list[str]] = {}
        for option in self._operation.options:
            said = self._said.get(option.name)
            if said is None or said == "":
                continue
            value = self._value(option, said)
            if value != option.default:
                query[option.name] = value
        return query

    def _value(self, option: Option, said: str | bool) -> str | int | float | bool | list[str]:
        if isinstance(said, bool):
            return said
        if option.kind == "words":
            return [part.strip() for part in said.split(",") if part.strip()]
        if option.kind not in ("whole", "number"):
            return said
        try:
            value = int(said) if option.kind == "whole" else float(said)
        except ValueError:
            set_attribute(self._fields[option.name], "aria-invalid", "true")
            raise ValueError(self._words.wrong_option.format(name=option.title)) from None
        set_attribute(self._fields[option.name], "aria-invalid", None)
        return value

    def _field(self, option: Option) -> None:
        identity, more = f"option-{option.name}", f"option-{option.name}-help"
        with tag("div", "field check" if option.kind == "switch" else "field"):
            if option.kind == "switch":
                field = self._input(option, identity, more)
                with tag("div"):
                    tag("label", "", option.title, for_=identity, lang=MESSAGES)
                    tag("p", "dim small", option.help, id=more, lang=MESSAGES)
                return
            tag("label", "", option.title, for_=identity, lang=MESSAGES)
            field = self._input(option, identity, more)
            self._fields[option.name] = field
            tag("p", "dim", option.help, id=more, lang=MESSAGES)

    def _input(self, option: Option, identity: str, more: str) -> Element:
        if option.kind == "choice":
            with tag("select", id=identity, aria_describedby=more) as field:
                for choice in option.choices:
                    tag("option", "", choice, value=choice, selected=choice == option.default)
            self._listen(option, field, VALUE)
        elif option.kind == "switch":
            field = tag(
                "input", type="checkbox", id=identity, aria_describedby=more, checked=option.default is True
            )
            self._listen(option, field, CHECKED)
        else:
            numeric = option.kind in ("whole", "number")
            step = 1 if option.kind == "whole" else 0.05 if option.most == 1 else "any"
            field = tag(
                "input",
                type="number" if numeric else "text",
                id=identity,
                aria_describedby=more,
                placeholder=self._placeholder(option),
                min=option.least,
                max=option.most,
                step=step if numeric else None,
                autocomplete="off",
            )
            self._listen(option, field, VALUE)
        return field

    def _placeholder(self, option: Option) -> str:
        default = option.default
        if isinstance(default, list):
            default = ", ".join(map(str, default))
        if default in (None, ""):
            return self._words.several if option.kind == "words" else ""
        return self._words.default.format(value=default)

    def _listen(self, option: Option, field: Element, read: str) -> None:
        def keep(event: GenericEventArguments) -> None:
            self._said[option.name] = event.args if isinstance(event.args, bool) else str(event.args)[:1000]

        field.on("input", keep, js_handler=read)
