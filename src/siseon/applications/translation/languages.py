"""Languages by their ISO 639-1 codes, and the scripts that they are written in."""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass
from types import MappingProxyType

from siseon.applications.translation.contracts import Script


@dataclass(frozen=True, slots=True)
class Language:
    """What translators and checks need to know of one."""

    name: str
    """In English."""
    script: Script
    long_code: str
    """ISO 639-3, by which Apertium calls it."""


LANGUAGES = MappingProxyType(
    {
        "ar": Language("Arabic", "arabic", "ara"),
        "bg": Language("Bulgarian", "cyrillic", "bul"),
        "ca": Language("Catalan", "latin", "cat"),
        "cs": Language("Czech", "latin", "ces"),
        "da": Language("Danish", "latin", "dan"),
        "de": Language("German", "latin", "deu"),
        "el": Language("Greek", "greek", "ell"),
        "en": Language("English", "latin", "eng"),
        "eo": Language("Esperanto", "latin", "epo"),
        "es": Language("Spanish", "latin", "spa"),
        "eu": Language("Basque", "latin", "eus"),
        "fi": Language("Finnish", "latin", "fin"),
        "fr": Language("French", "latin", "fra"),
        "gl": Language("Galician", "latin", "glg"),
        "hi": Language("Hindi", "devanagari", "hin"),
        "hu": Language("Hungarian", "latin", "hun"),
        "id": Language("Indonesian", "latin", "ind"),
        "it": Language("Italian", "latin", "ita"),
        "ja": Language("Japanese", "japanese", "jpn"),
        "ko": Language("Korean", "hangul", "kor"),
        "nb": Language("Norwegian", "latin", "nob"),
        "nl": Language("Dutch", "latin", "nld"),
        "pl": Language("Polish", "latin", "pol"),
        "pt": Language("Portuguese", "latin", "por"),
        "ro": Language("Romanian", "latin", "ron"),
        "ru": Language("Russian", "cyrillic", "rus"),
        "sr": Language("Serbian", "cyrillic", "srp"),
        "sv": Language("Swedish", "latin", "swe"),
        "th": Language("Thai", "thai", "tha"),
        "tr": Language("Turkish", "latin", "tur"),
        "uk": Language("Ukrainian", "cyrillic", "ukr"),
        "vi": Language("Vietnamese", "latin", "vie"),
        "zh": Language("Chinese", "han", "zho"),
    }
)

LIKELY = MappingProxyType(
    {
        "japanese": "ja",
        "han": "zh",
        "hangul": "ko",
        "cyrillic": "ru",
        "greek": "el",
        "thai": "th",
        "devanagari": "hi",
        "arabic": "ar",
    }
)
"""The language that a text in a script is taken for when nobody says which it is. Latin letters tell nothing."""

SURE_LETTER = 0.9
"""Score from which a single letter is one: a walking man on a sign is read as 穴 with 0.67 to 0.87."""

_SCRIPTS: tuple[tuple[str, Script], ...] = (
    ("LATIN", "latin"),
    ("CJK", "han"),
    ("HIRAGANA", "japanese"),
    ("KATAKANA", "japanese"),
    ("HANGUL", "hangul"),
    ("CYRILLIC", "cyrillic"),
    ("GREEK", "greek"),
    ("THAI", "thai"),
    ("DEVANAGARI", "devanagari"),
    ("ARABIC", "arabic"),
)


def script_of(text: str) -> Script:
    """The script of most of its letters; ``japanese`` where kana stand among Han; ``other`` without letters."""
    counts = letters_by_script(text)
    if counts["japanese"]:
        counts["japanese"] += counts.pop("han", 0)
    return max(counts, key=lambda script: counts[script], default="other")


def is_unsure_letter(text: str, score: float) -> bool:
    """Whether a text is a single letter that may as well be a pictogram."""
    return len(text.strip()) == 1 and score < SURE_LETTER


def letters_by_script(text: str) -> Counter[Script]:
    """How many letters of each script; signs, digits and spaces belong to none."""
    counts: Counter[Script] = Counter()
    for letter in unicodedata.normalize("NFKC", text):
        if letter.isalpha():
            name = unicodedata.name(letter, "")
            counts[next((script for start, script in _SCRIPTS if name.startswith(start)), "other")] += 1
    return counts
