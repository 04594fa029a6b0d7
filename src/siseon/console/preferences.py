"""Language and theme: what the browser asks for, until somebody chooses otherwise, which a cookie keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from starlette.datastructures import Headers
from starlette.requests import cookie_parser

Language = Literal["en", "ko"]
Theme = Literal["auto", "light", "dark"]

LANGUAGES: tuple[Language, ...] = get_args(Language)
THEMES: tuple[Theme, ...] = get_args(Theme)
LANGUAGE_COOKIE = "siseon_language"
THEME_COOKIE = "siseon_theme"
MOST = 400
"""Characters of the browser's list of languages that are looked at."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """Of who asks for a page."""

    language: Language = "en"
    theme: Theme = "auto"

    @classmethod
    def of(cls, headers: Headers) -> Preferences:
        """As a request says."""
        kept = cookie_parser(headers.get("cookie", ""))
        language = next((each for each in LANGUAGES if kept.get(LANGUAGE_COOKIE) == each), None)
        theme: Theme = next((each for each in THEMES if kept.get(THEME_COOKIE) == each), "auto")
        return cls(language or _asked(headers.get("accept-language", "")[:MOST]), theme)


def _asked(accepted: str) -> Language:
    """The first of ours in the browser's order; English where there is none."""
    wished: list[tuple[float, int, str]] = []
    for place, part in enumerate(accepted.split(",")):
        name, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            weight = 0.0
        wished.append((-weight, place, name.split("-")[0].lower()))
    for _, _, name in sorted(wished):
        for language in LANGUAGES:
            if name == language:
                return language
    return "en"
