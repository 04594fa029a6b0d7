"""Which installed font can write a text in a language, and which package brings one where none can."""

from __future__ import annotations

import os
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from PIL import ImageFont

from siseon.applications.translation.contracts import Script
from siseon.applications.translation.languages import LANGUAGES, letters_by_script, script_of
from siseon.media.fonts import FOLDERS, TRIAL_SIZE, has_letter

ENDINGS = (".ttf", ".otf", ".ttc")
MAX_FONTS = 5000
"""Files of fonts that are looked at: a machine of a typesetter has as many."""
MAX_TRIED = 300
"""Fonts beyond the known ones that are tried for a text."""
_LATIN = (
    ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
    ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf"),
    ("LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf"),
    ("Arial.ttf", "Arial Bold.ttf"),
    ("arial.ttf", "arialbd.ttf"),
)
_CJK = ("NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc")
KNOWN: MappingProxyType[Script, tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        "latin": _LATIN,
        "cyrillic": _LATIN,
        "greek": _LATIN,
        "hangul": (
            ("NanumGothic.ttf", "NanumGothicBold.ttf"),
            _CJK,
            ("NotoSansCJKkr-Regular.otf", "NotoSansCJKkr-Bold.otf"),
            ("malgun.ttf", "malgunbd.ttf"),
        ),
        "japanese": (
            _CJK,
            ("NotoSansCJKjp-Regular.otf", "NotoSansCJKjp-Bold.otf"),
            ("YuGothM.ttc", "YuGothB.ttc"),
        ),
        "han": (_CJK, ("NotoSansCJKsc-Regular.otf", "NotoSansCJKsc-Bold.otf"), ("msyh.ttc", "msyhbd.ttc")),
        "thai": (("NotoSansThai-Regular.ttf", "NotoSansThai-Bold.ttf"), ("Garuda.ttf", "Garuda-Bold.ttf")),
        "devanagari": (
            ("NotoSansDevanagari-Regular.ttf", "NotoSansDevanagari-Bold.ttf"),
            ("Lohit-Devanagari.ttf", "Lohit-Devanagari.ttf"),
        ),
        "arabic": (("NotoSansArabic-Regular.ttf", "NotoSansArabic-Bold.ttf"), *_LATIN),
    }
)
"""Regular and bold file of families, in order of preference."""
NARROW = MappingProxyType(
    {
        "DejaVuSans.ttf": "DejaVuSansCondensed.ttf",
        "DejaVuSans-Bold.ttf": "DejaVuSansCondensed-Bold.ttf",
        "NotoSans-Regular.ttf": "NotoSans-Condensed.ttf",
        "NotoSans-Bold.ttf": "NotoSans-CondensedBold.ttf",
        "LiberationSans-Regular.ttf": "LiberationSansNarrow-Regular.ttf",
        "LiberationSans-Bold.ttf": "LiberationSansNarrow-Bold.ttf",
    }
)
"""Narrow fonts of the same families."""
FACES = MappingProxyType({"ja": 0, "ko": 1, "zh": 2})
"""Which face of Noto Sans CJK's collection draws Han letters as a language does."""
PACKAGES: MappingProxyType[Script, str] = MappingProxyType(
    {
        "latin": "fonts-dejavu-core",
        "cyrillic": "fonts-dejavu-core",
        "greek": "fonts-dejavu-core",
        "hangul": "fonts-nanum",
        "japanese": "fonts-noto-cjk",
        "han": "fonts-noto-cjk",
        "thai": "fonts-noto-core",
        "devanagari": "fonts-noto-core",
        "arabic": "fonts-noto-core",
    }
)
"""Debian packages."""
ANY_PACKAGE = "fonts-noto-core"
CLOSING = ",.;:!?"
"""Signs that a space is not left before where a picture was."""
JOINERS = "\u200d\ufe0e\ufe0f\u20e3"
"""Between the parts of an emoji, and after it."""
TINTS = "".join(map(chr, range(0x1F3FB, 0x1F400)))
"""Of skin."""


@dataclass(frozen=True, slots=True)
class Face:
    """A font that is installed."""

    path: str
    index: int = 0
    """Of the face in a collection."""

    def sized(self, size: int) -> ImageFont.FreeTypeFont:
        """In pixels of the em square."""
        return _sized(self, size)


def face_for(text: str, language: str, *, bold: bool = False) -> Face | None:
    """A font with every letter of the text, drawn as the language draws it; None where none is installed.

    Letters beside the text's own script, a name in Latin within Korean, say, must be in the same font.
    """
    letters = frozenset(text)
    for face in _candidates(_script(text, language), language, bold):
        if all(_has(face, letter) for letter in letters):
            return face
    return None


def writable(text: str, language: str, *, bold: bool = False) -> tuple[Face, str] | None:
    """A font and what it can write of a text: all letters, if need be without emoji and the like that no font has.

    None where no font has the letters, or nothing but pictures would be left out.
    """
    face = face_for(text, language, bold=bold)
    if face is not None:
        return face, text
    letters = frozenset(text)
    pictures = frozenset(letter for letter in letters if _is_picture(letter))
    if not pictures:
        return None
    for face in _candidates(_script(text, language), language, bold):
        missing = frozenset(letter for letter in letters if not _has(face, letter))
        if missing <= pictures:
            left = " ".join("".join(letter for letter in text if letter not in missing).split())
            for mark in CLOSING:
                left = left.replace(f" {mark}", mark)
            return (face, left) if left else None
    return None


def narrower(face: Face, text: str) -> Face | None:
    """The narrow font of the same family, where it is installed and has all letters."""
    path = installed().get(NARROW.get(Path(face.path).name, ""))
    return Face(path) if path is not None and all(_has(Face(path), letter) for letter in set(text)) else None


def _is_picture(letter: str) -> bool:
    """Emoji, also those newer than this Python, other pictorial signs, and what joins or tints them."""
    return unicodedata.category(letter) in ("So", "Cn", "Co") or letter in JOINERS or letter in TINTS


def package_for(text: str, language: str) -> str:
    """The Debian package with a font for a text that no installed one can write."""
    return PACKAGES.get(_script(text, language), ANY_PACKAGE)


def _script(text: str, language: str) -> Script:
    """That of the language, where any letter of the text is of it or there are no letters; else that of the text."""
    script = script_of(text)
    known = LANGUAGES.get(language.split("-")[0])
    if known is None:
        return script
    letters = letters_by_script(text)
    same = known.script in letters or (known.script == "japanese" and "han" in letters)
    return known.script if same or not letters else script


@cache
def _candidates(script: Script, language: str, bold: bool) -> tuple[Face, ...]:
    """Known fonts of the script first, then whatever is there."""
    files = installed()
    index = FACES.get(language.split("-")[0], 0)
    known = [
        Face(files[name], index if name.startswith("NotoSansCJK-") else 0)
        for weights in KNOWN.get(script, ())
        for name in (weights[::-1] if bold else weights)
        if name in files
    ]
    wanted = [name for name in files if ("Bold" in name) == bold]
    return (
        *known,
        *(Face(files[name]) for name in wanted[:MAX_TRIED] if files[name] not in {f.path for f in known}),
    )


@cache
def installed() -> MappingProxyType[str, str]:
    """Paths of font files by their name, in the order of their names."""
    found: dict[str, str] = {}
    for folder in FOLDERS:
        for parent, _, files in os.walk(Path(folder).expanduser()):
            for name in files:
                if name.endswith(ENDINGS) and len(found) < MAX_FONTS:
                    found.setdefault(name, f"{parent}/{name}")
    return MappingProxyType(dict(sorted(found.items())))


@cache
def _has(face: Face, letter: str) -> bool:
    try:
        # Letter by letter: shaping would put a sign under a lone accent.
        font = ImageFont.truetype(face.path, TRIAL_SIZE, face.index, layout_engine=ImageFont.Layout.BASIC)
        return has_letter(font, letter)
    except (OSError, ValueError):  # a damaged font of this machine
        return False


@cache
def _sized(face: Face, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(face.path, size, face.index)
