"""The features of a GeoJSON file one by one: read whole, 30 MB would hold all pages up for more than half a second.

One of them is read at once, so none may be long: it is looked for in a window of the text, which grows to a bound.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from pydantic import JsonValue

DECODER = json.JSONDecoder()
PAIR = re.compile(r"(?<!\\)((?:\\\\)*)\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")
HALF = re.compile(r"(?<!\\)(?:\\\\)*\\u[dD][89a-fA-F]")
"""Of a character in two halves: one alone is none, and could not be sent to a browser."""
WINDOW = 1 << 15
"""Characters of the text in which a value is looked for first."""
LONGEST = 1 << 19
"""Characters of one value: some 12,000 corners, for which other pages wait some 10 ms."""
SPACE = re.compile(r"[ \t\n\r]*")
FEATURES = "features"


def features_of(document: bytes) -> Iterator[JsonValue]:
    """Those of a FeatureCollection; between two others may run.

    Raises:
        ValueError: it is none; what came before has been given out.
    """
    text = document.decode()
    if "\\u" in text and HALF.search(text) and HALF.search(PAIR.sub(r"\1", text)):
        raise ValueError("it has half a character")
    at = _after(text, 0, "{")
    found = False
    while not found:
        key, at = _value(text, at)
        at = _after(text, at, ":")
        if key == FEATURES:
            found = True
            yield from _items(text, _after(text, at, "["))
        else:
            _, at = _value(text, at)
            at = _after(text, at, ",")


def _items(text: str, at: int) -> Iterator[JsonValue]:
    at = _space(text, at)
    if text[at : at + 1] == "]":
        return
    while True:
        item, at = _value(text, at)
        yield item
        at = _space(text, at)
        if text[at : at + 1] == "]":
            return
        at = _after(text, at, ",")


def _value(text: str, at: int) -> tuple[JsonValue, int]:
    begin, window = _space(text, at), WINDOW
    while True:
        part = text[begin : begin + window]
        try:
            found, length = DECODER.raw_decode(part)
        except RecursionError:
            raise ValueError("it is nested too deeply") from None
        except ValueError:
            if len(part) < window:
                raise
        else:
            if length < len(part) or len(part) < window:  # a number may go on behind the window
                return found, begin + length
        if window >= LONGEST:
            raise ValueError(f"what is at character {begin} is longer than {LONGEST:,} characters")
        window *= 4


def _after(text: str, at: int, sign: str) -> int:
    at = _space(text, at)
    if text[at : at + 1] != sign:
        raise ValueError(f"{sign!r} is missing at character {at}")
    return at + 1


def _space(text: str, at: int) -> int:
    found = SPACE.match(text, at)
    return at if found is None else found.end()
