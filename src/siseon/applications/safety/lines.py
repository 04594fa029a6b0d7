"""Which lines of a picture's text hold personal data: each by itself, by its shape, and two of them together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from siseon.applications.safety.contracts import Kind
from siseon.applications.safety.patterns import kinds_in
from siseon.applications.safety.plates import is_plate
from siseon.applications.safety.two_lines import broken_cards
from siseon.applications.safety.written import W


def personal_lines(lines: Sequence[W]) -> Iterator[tuple[Kind, W]]:
    """Each line with each kind of personal data in it; a line that is something else is not a plate too."""
    for line in lines:
        kinds = kinds_in(line.text)
        yield from ((kind, line) for kind in kinds)
        if not kinds and is_plate(line):
            yield "licence_plate", line
    for pair in broken_cards(lines):
        yield from (("payment_card", line) for line in pair)
