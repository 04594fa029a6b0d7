"""Translations that passed their checks, by text: the same sign is not translated twice."""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple


class Key(NamedTuple):
    """What a translation depends on."""

    translator: str
    source: str
    target: str
    text: str
    """With its terms put in, or with ``terms`` beside it."""
    terms: tuple[tuple[str, str], ...]


class Cache:
    """The least recently used goes first. Used from one event loop."""

    def __init__(self, most: int) -> None:
        """``most``: texts that are kept; texts are bounded, and so is this."""
        self._most = most
        self._known: OrderedDict[Key, str] = OrderedDict()

    def get(self, key: Key) -> str | None:
        """The translation, if it is known."""
        if key in self._known:
            self._known.move_to_end(key)
        return self._known.get(key)

    def put(self, key: Key, answer: str) -> None:
        """Keep one that passed its checks."""
        self._known[key] = answer
        self._known.move_to_end(key)
        while len(self._known) > self._most:
            self._known.popitem(last=False)
