"""The pictures that words on a command line mean, each with a name of its own: what results, tables and people call it.

A picture is called by its path below the folder in which it was found, so that the same name in two folders is not
taken for the same picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from siseon.contracts import Encoded
from siseon.media.bounds import DEFAULT_BOUNDS, MediaBounds
from siseon.media.files import STDIN, expand_inputs, name_text, read_file


@dataclass(frozen=True, slots=True)
class Item:
    """One picture."""

    path: Path
    """As it was found; ``-`` is stdin."""
    name: str
    """With ``/`` between folders; becomes the ``image_id``."""

    def read(self, bounds: MediaBounds = DEFAULT_BOUNDS) -> Encoded:
        """Its bytes under its name. Blocks.

        Raises:
            InputError: as ``read_file``.
        """
        return replace(read_file(self.path, bounds), name=self.name)


def found_by(word: str) -> list[Item]:
    """What one word means, as ``expand_inputs`` says it.

    Raises:
        InputError: ``file_unreadable`` when it is empty or matches nothing.
    """
    return [Item(path, _below(word, path)) for path in expand_inputs([word])]


def told_apart(items: Sequence[Item]) -> list[Item]:
    """The same, those of one name called with as many more of their folders as it takes."""
    found = list(items)
    places = [item.path.absolute() for item in found]
    while True:
        owners: dict[str, set[Path]] = {}
        for item, place in zip(found, places, strict=True):
            owners.setdefault(item.name, set()).add(place)
        shared = {name for name, those in owners.items() if len(those) > 1}
        longer = [
            replace(item, name=_longer(item.name, place)) if item.name in shared else item
            for item, place in zip(found, places, strict=True)
        ]
        if longer == found:
            return found
        found = longer


def _below(word: str, path: Path) -> str:
    """Its path below what the word names, or below the folders that come before the first sign of a pattern."""
    if path == STDIN:
        return "stdin"
    above = Path(word)
    if path == above:
        return name_text(path.name)
    while above != above.parent and not path.is_relative_to(above):
        above = above.parent
    return name_text(path.relative_to(above).as_posix() if path.is_relative_to(above) else path.name)


def _longer(name: str, place: Path) -> str:
    parts = place.parts
    return name_text(PurePath(*parts[-min(len(PurePath(name).parts) + 1, len(parts)) :]).as_posix())
