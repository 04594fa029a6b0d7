"""Apertium: rules and dictionaries, offline, of plain quality (Debian: apertium and a pair such as apertium-eng-spa).

It runs as a stage: texts of all pictures that wait share one process, since its start costs more than a text (40 texts
take 0.12 s, one 0.11 s). Texts are parted by NUL, on which all its parts flush, and end with a mark that passes
through (a "superblank"), by which answers are told apart whatever it makes of them. Source of the stream format:
https://wiki.apertium.org/wiki/Apertium_stream_format
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Hashable, Sequence

from siseon.applications.translation.languages import LANGUAGES
from siseon.applications.translation.translators.process import output_of
from siseon.applications.translation.translators.translator import Asked
from siseon.engine import Stage

PROGRAM = "apertium"
MOST_TEXTS = 64
MOST_CHARACTERS = 16_384.0
"""Of all texts of one call."""
TIMEOUT_S = 20.0
LIST_TIMEOUT_S = 10.0
MOST_BYTES = 1 << 20
"""Of an answer: sixteen times what goes in, at four bytes a character."""
SPECIAL = re.compile(r"[\\^$/\[\]<>{}@]")
MARK = re.compile(r"\[#(\d{1,4})\]")
ESCAPED = re.compile(r"\\(.)")
STOP = "."
"""Ends what has no end: the last word would lack its context."""
ENDS = tuple(".!?…。！？")


class RunApertium(Stage[Asked, str | None]):
    """Texts to translations, by pair of languages; None for one that it lost."""

    name = "apertium"
    max_batch = MOST_TEXTS
    max_cost: float | None = MOST_CHARACTERS

    def __init__(self) -> None:
        self.replicas = 1  # it is a chain of processes itself; what comes meanwhile shares the next one
        self.pairs: tuple[str, ...] = ()
        """Directions that are installed, as ``apertium -l`` names them; none where it is not."""

    def setup(self) -> None:
        """Ask for what is installed."""
        if shutil.which(PROGRAM) is not None:
            listed = output_of([PROGRAM, "-l"], b"", timeout_s=LIST_TIMEOUT_S, max_bytes=MOST_BYTES)
            self.pairs = tuple(listed.decode("utf-8", "replace").split())

    def knows(self, source: str, target: str) -> bool:
        """Whether the pair is installed."""
        return pair(source, target) in self.pairs

    def there(self) -> str:
        """The pairs, or how to install one."""
        if self.pairs:
            return f"apertium has {', '.join(self.pairs)}; other pairs are packages of the system"
        return "no pair of apertium is installed: apt install apertium apertium-eng-spa"

    def bucket(self, item: Asked) -> Hashable:
        """The pair: a process translates one."""
        return pair(item.source, item.target)

    def cost(self, item: Asked) -> float:
        """Its characters."""
        return float(len(item.text))

    def process(self, batch: Sequence[Asked]) -> Sequence[str | None]:
        """One process for all."""
        command = [PROGRAM, "-z", "-u", "-f", "none", pair(batch[0].source, batch[0].target)]
        data = "".join(_told(number, item.text) for number, item in enumerate(batch)).encode()
        answer = output_of(command, data, timeout_s=TIMEOUT_S, max_bytes=MOST_BYTES)
        found = _answers(answer.decode("utf-8", "replace"))
        return [_answer(item.text, found.get(number)) for number, item in enumerate(batch)]


def pair(source: str, target: str) -> str:
    """The name of a direction: ``eng-spa``."""
    return f"{LANGUAGES[source].long_code}-{LANGUAGES[target].long_code}"


def _told(number: int, text: str) -> str:
    """A text in the stream format. One in capitals goes in as a sentence: capitals are names to the tagger."""
    plain = text.replace("\0", " ")
    if _loud(plain):
        plain = plain.capitalize()
    stop = "" if plain.endswith(ENDS) else STOP
    return SPECIAL.sub(r"\\\g<0>", plain) + f"{stop}[#{number}]\0"


def _answers(stream: str) -> dict[int, str]:
    """What stands before each mark, the last one of its part: a text may look like one."""
    marks = ((part, list(MARK.finditer(part))) for part in stream.split("\0"))
    return {
        int(found[-1][1]): ESCAPED.sub(r"\1", part[: found[-1].start()]) for part, found in marks if found
    }


def _answer(original: str, answer: str | None) -> str | None:
    """The answer without the end that it was given, as loud as the original."""
    if answer is None:
        return None
    if not original.endswith(ENDS):
        answer = answer.strip().removesuffix(STOP)
    return answer.upper() if _loud(original) else answer


def _loud(text: str) -> bool:
    return text.isupper() and sum(map(str.isalpha, text)) > 1
