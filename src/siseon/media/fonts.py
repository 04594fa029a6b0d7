"""Which font can write a text: Pillow's own for plain letters, else one that this machine has, else none.

A letter that a font lacks would become an empty box, which reads as a wrong result; so fonts are asked first.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from PIL import ImageFont

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "/Library/Fonts",
    "/System/Library/Fonts",
    "C:/Windows/Fonts",
)
# In order of preference: first the alphabets, then Chinese, Japanese and Korean, then single scripts.
NAMES = (
    "DejaVuSans.ttf",
    "NotoSans-Regular.ttf",
    "LiberationSans-Regular.ttf",
    "Arial.ttf",
    "arial.ttf",
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJKsc-Regular.otf",
    "NotoSansCJKjp-Regular.otf",
    "NotoSansCJKkr-Regular.otf",
    "DroidSansFallbackFull.ttf",
    "wqy-zenhei.ttc",
    "NanumGothic.ttf",
    "Arial Unicode.ttf",
    "PingFang.ttc",
    "AppleSDGothicNeo.ttc",
    "msyh.ttc",
    "YuGothM.ttc",
    "malgun.ttf",
    "NotoSansDevanagari-Regular.ttf",
    "NotoSansArabic-Regular.ttf",
    "NotoSansHebrew-Regular.ttf",
    "NotoSansThai-Regular.ttf",
)
NO_LETTER = "\U0010fffd"
"""A private code point of the last plane: every font shows its sign for a missing letter."""
TRIAL_SIZE = 16


def font_for(text: str, size: int) -> Font | None:
    """A font of ``size`` pixels that has every letter of the text; None when this machine has none."""
    if text.isascii():
        return _plain(size)
    path = next((path for path in installed() if all(_has(path, letter) for letter in set(text))), None)
    return None if path is None else _sized(path, size)


@cache
def installed() -> tuple[str, ...]:
    """Paths of the known fonts that this machine has, in order of preference."""
    found: dict[str, str] = {}
    for folder in FOLDERS:
        for parent, _, files in os.walk(Path(folder).expanduser()):
            found.update({name: f"{parent}/{name}" for name in NAMES if name in files and name not in found})
    return tuple(found[name] for name in NAMES if name in found)


@cache
def _has(path: str, letter: str) -> bool:
    return has_letter(_sized(path, TRIAL_SIZE), letter)


def has_letter(font: ImageFont.FreeTypeFont, letter: str) -> bool:
    """Whether the font draws a letter as itself, not as the sign for a missing one."""
    if letter.isspace():
        return True
    drawn, missing = font.getmask(letter), font.getmask(NO_LETTER)
    return drawn.size != missing.size or bytes(drawn) != bytes(missing)


@cache
def _sized(path: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size)


@cache
def _plain(size: int) -> Font:
    return ImageFont.load_default(size)
