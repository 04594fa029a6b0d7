"""Elements of HTML and SVG, made in Python.

The one door for text of others (file names, what a picture says, messages of failures): a text becomes a text node and
an attribute's value stays a value, so neither can be markup. What NiceGUI would take for code is refused here: a name
of an attribute with a colon before it, or one that begins with ``on``.
"""

from __future__ import annotations

import re

from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement

NAME = re.compile(r"(?!on|innerHTML|outerHTML|srcdoc|textContent)[a-z][A-Za-z0-9-]*\Z", re.IGNORECASE)
LINKS = ("href", "src", "action")
SAFE_LINK = re.compile(r"(/(?!/)|#|\?|blob:|data:image/(png|jpeg|webp);)")

Attribute = str | int | float | bool | None


def tag(name: str, classes: str = "", text: str | None = None, /, **attributes: Attribute) -> Element:
    """An element; ``aria_label`` becomes ``aria-label``, ``for_`` becomes ``for``; None and False leave one out."""
    element = Element(name) if text is None else TextElement(tag=name, text=text)
    if classes:
        element.classes(classes)
    for key, value in attributes.items():
        set_attribute(element, key, value)
    return element


def set_attribute(element: Element, key: str, value: Attribute) -> None:
    """Give an element an attribute, or take it away.

    Raises:
        ValueError: it would be code, or lead to another site.
    """
    name = key.rstrip("_").replace("_", "-")
    if NAME.match(name) is None:
        raise ValueError(f"{name!r} is no attribute for an element")
    if name in LINKS and isinstance(value, str) and SAFE_LINK.match(value) is None:
        raise ValueError(f"{value[:80]!r} is no address of this site")
    if value is None or value is False:
        if name in element.props:
            del element.props[name]
            element.update()
        return
    told = "" if value is True else value
    if element.props.get(name) != told:
        element.props[name] = told
        element.update()


def set_text(element: Element, text: str) -> None:
    """Change the text of an element that was made with one; nothing is sent where it is the same."""
    if not isinstance(element, TextElement):
        raise TypeError("the element was made without a text")
    if element.text != text:
        element.text = text


def set_class(element: Element, name: str, there: bool) -> None:
    """Give an element a class, or take it away."""
    if (name in element.classes) != there:
        element.classes(add=name) if there else element.classes(remove=name)
