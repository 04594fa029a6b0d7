"""A translation for the eye: the picture itself, and its texts on a terminal."""

from __future__ import annotations

from siseon.applications.summary import summary
from siseon.applications.translation.contracts import TextRegion, TranslationResult
from siseon.applications.translation.edits import edit_file
from siseon.contracts import Encoded, Image, Result
from siseon.media.decode import decode


def draw(image: Image, data: TranslationResult) -> Image:
    """The translated picture, as the eye sees it; the original where none was made."""
    return image if data.picture is None else decode(data.picture.data, source=image.source)


def made(data: TranslationResult) -> tuple[Encoded, ...]:
    """The translated picture, and its edit file."""
    return () if data.picture is None else (data.picture, edit_file(data))


def text(name: str, result: Result[TranslationResult]) -> str:
    """Each text with its translation, or why it has none."""
    data = result.data
    found = [_told(region) for region in data.regions]
    if data.unread:
        found.append(f"[{len(data.unread)} line{'' if len(data.unread) == 1 else 's'} not read]")
    return summary(name, (data.width, data.height), result, found)


def count(data: TranslationResult) -> int:
    """Texts that stand translated in the picture."""
    return sum(region.translated is not None for region in data.regions)


def _told(region: TextRegion) -> str:
    if region.translated is None:
        return f"{region.text}  [{region.why_not}]"
    return f"{region.text}  →  {region.translated}"
