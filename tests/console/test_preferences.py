"""Language and theme: the browser's wish, until somebody chooses."""

from __future__ import annotations

import pytest
from starlette.datastructures import Headers

from siseon.console.preferences import Preferences


@pytest.mark.parametrize(
    ("accepted", "cookie", "language"),
    [
        ("ko-KR,ko;q=0.9,en;q=0.8", "", "ko"),
        ("en-GB,ko;q=0.9", "", "en"),
        ("fr,ko;q=0.5,en;q=0.4", "", "ko"),
        ("fr-FR", "", "en"),
        ("", "", "en"),
        ("ko;q=x,en", "", "en"),
        ("ko", "siseon_language=en", "en"),
        ("en", "siseon_language=tlh", "en"),
    ],
)
def test_the_language_is_the_chosen_one_or_the_first_that_the_browser_wants(
    accepted: str, cookie: str, language: str
) -> None:
    asked = Preferences.of(Headers({"Accept-Language": accepted, "Cookie": cookie}))
    assert asked.language == language


@pytest.mark.parametrize(("cookie", "theme"), [("dark", "dark"), ("light", "light"), ('"><script>', "auto")])
def test_a_theme_is_one_of_ours(cookie: str, theme: str) -> None:
    assert Preferences.of(Headers({"Cookie": f"siseon_theme={cookie}"})).theme == theme
