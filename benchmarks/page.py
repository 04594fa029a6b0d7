"""A page of figures that several runs fill: a section takes the place of its older self, and all others stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

HEADING = "## "


def sections(page: str, titles: Sequence[str]) -> dict[str, str]:
    """What stands on the page below each of the titles; of others, and of what stands before the first, nothing."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in page.splitlines():
        if line.startswith(HEADING):
            lines = []
            if line.removeprefix(HEADING) in titles:
                found[line.removeprefix(HEADING)] = lines
        else:
            lines.append(line)
    return {title: "\n".join(lines).strip() for title, lines in found.items()}


def page_of(head: str, titles: Sequence[str], kept: Mapping[str, str]) -> str:
    """The sections that there are, in the order of the titles."""
    parts = [f"{HEADING}{title}\n\n{kept[title]}" for title in titles if title in kept]
    return "\n\n".join([head, *parts]) + "\n"
