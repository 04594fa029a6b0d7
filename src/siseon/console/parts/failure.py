"""What the service says of a failure in its own words, which are English: plain on a page in English, on another one
folded away below what the page says itself, and open where that points to it.
"""

from __future__ import annotations

from siseon.console.parts.dom import tag
from siseon.console.words.every_page import EveryPageWords

MESSAGES = "en"
"""The language in which the service says what has failed."""


def message(words: EveryPageWords, text: str, *, ours: bool = False) -> None:
    """What it says, on a page in its language; ``ours``: it is this page's own word, in whatever language that is."""
    if ours or words.failures.language == MESSAGES:
        tag("p", "error-message", text)


def original(words: EveryPageWords, code: str, text: str, hint: str | None) -> None:
    """What it says, and advises, on a page in another language."""
    if words.failures.language == MESSAGES:
        return
    with tag("details", "more said", open=words.failures.points_to_message(code)):
        tag("summary", "", words.said)
        for each in (text, hint):
            if each:
                tag("p", "error-message", each, lang=MESSAGES)


def explain(words: EveryPageWords, code: str, text: str, hint: str | None, *, ours: bool = False) -> None:
    """In small, beside a title: the message, what to do, and what the service says where that is not the message."""
    with tag("div", "small"):
        message(words, text, ours=ours)
        if advice := words.failures.advice(code, hint):
            tag("p", "dim", advice)
        if not ours:
            original(words, code, text, hint)
