"""The pictures that words on a command line mean, each with a name of its own: what results, tables and people call it.

A picture is called by its path below the folder in which it was found, so that the same name in two folders is not
taken for the same picture. A video that is named is as many pictures as it has moments at an interval.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from siseon.contracts import Encoded, FailureCode, InputError
from siseon.media.bounds import DEFAULT_BOUNDS, MediaBounds
from siseon.media.files import STDIN, expand_inputs, name_text, read_file
from siseon.media.film import is_film, moments, picture_at
from siseon.media.film.names import moment_name
from siseon.media.film.parts import VideoPart

Cut = Callable[[Path], Sequence[VideoPart]]
"""Makes parts of a video; raises an ``InputError`` of what is none."""


@dataclass(frozen=True, slots=True)
class Item:
    """One picture."""

    path: Path
    """As it was found; ``-`` is stdin."""
    name: str
    """With ``/`` between folders; becomes the ``image_id``."""
    second: float | None = None
    """Of a video."""
    part: VideoPart | None = None
    """Of a video that is looked at in parts."""

    @property
    def given(self) -> str:
        """How whoever named it knows it: by its path, and the moment or part of a video."""
        whole = self.second is None and self.part is None
        return name_text(self.path) + ("" if whole else self.name[self.name.rindex("#") :])

    def load(self, bounds: MediaBounds = DEFAULT_BOUNDS) -> Encoded | VideoPart:
        """What goes through a pipeline: as ``read``, or the part of a video itself. Blocks."""
        return self.read(bounds) if self.part is None else self.part

    def read(self, bounds: MediaBounds = DEFAULT_BOUNDS) -> Encoded:
        """Its bytes under its name. Blocks.

        Raises:
            InputError: as ``read_file`` and ``film.picture_at``.
            DependencyMissing: a video needs PyAV.
        """
        if self.second is not None:
            return Encoded(picture_at(self.path, self.second, bounds), self.name)
        return replace(read_file(self.path, bounds), name=self.name)


def found_by(word: str) -> list[Item]:
    """What one word means, as ``expand_inputs`` says it.

    Raises:
        InputError: ``file_unreadable`` when it is empty or matches nothing.
    """
    return [Item(path, _below(word, path)) for path in expand_inputs([word])]


def in_parts(item: Item, cut: Cut) -> list[Item]:
    """The parts of a video, one after the other. Blocks.

    Raises:
        DependencyMissing: PyAV is not installed.
        InputError: it is no video that can be used.
    """
    return [replace(item, name=item.name + part.fragment, part=part) for part in cut(item.path)]


def inside(root: Path, folder: str) -> Iterator[Item]:
    """The pictures below a folder that a stranger named, which must lie in ``root``; links that lead out are not taken.

    Raises:
        InputError: ``file_unreadable``: the folder is not in it, or has no picture.
    """
    root = root.resolve()
    try:
        chosen = (root / folder).resolve()
        is_inside = chosen.is_relative_to(root) and chosen.is_dir()
    except (OSError, ValueError):  # a name with a null character, or one that is too long
        is_inside = False
    if not is_inside:  # the same words for what lies outside: they would tell what there is
        raise InputError(
            f"there is no folder {folder[:80]!r} among those open to clients",
            code=FailureCode.file_unreadable,
            hint="name one below the folder that the service's owner has opened",
        )
    return (item for item in found_by(str(chosen)) if item.path.resolve().is_relative_to(root))


def shown(item: Item, every_s: float) -> list[Item]:
    """The pictures of an item: itself, or of a video those of its moments. Blocks, and reads a video once.

    Raises:
        DependencyMissing: a video needs PyAV.
        InputError: a video that cannot be used.
    """
    if item.path == STDIN or not is_film(item.path):
        return [item]
    return [
        replace(item, name=moment_name(item.name, second, every_s), second=second)
        for second in moments(item.path, every_s)
    ]


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
