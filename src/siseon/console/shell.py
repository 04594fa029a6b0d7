"""The frame around every page: skip link, header, menu, main part. On a phone the menu is a drawer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import quote

from nicegui import ui
from nicegui.client import Client

from siseon import __version__
from siseon.console.parts.dom import tag
from siseon.console.parts.gone import Gone
from siseon.console.parts.icons import Icon, icon
from siseon.console.paths import BASE, HOME, SIGN_OUT, STATIC
from siseon.console.preferences import LANGUAGES, THEMES, Language, Preferences, Theme
from siseon.console.view import Page
from siseon.console.words import Words

NAMES: dict[Language, str] = {"en": "English", "ko": "한국어"}
"""Of languages, each in its own."""
THEME_ICONS: dict[Theme, Icon] = {"auto": "auto", "light": "sun", "dark": "moon"}


def head_of(client: Client, preferences: Preferences) -> None:
    """What a page needs before it is drawn. Quasar's page is a ``main`` of its own: a page must have one only."""
    client.content.move(client.layout)
    client.page_container.delete()
    ui.add_head_html(
        f'<script>document.documentElement.dataset.theme="{preferences.theme}"</script>'
        f'<link rel="stylesheet" href="{STATIC}/console.css"><script defer src="{STATIC}/console.js"></script>'
        f'<script defer src="{STATIC}/focus.js"></script>'
    )


@contextmanager
def shell(
    pages: Sequence[Page],
    here: Page | None,
    words: Words,
    preferences: Preferences,
    path: str,
    signed_in: bool,
) -> Iterator[None]:
    """The frame, with what is made inside as the main part; ``signed_in``: there is something to sign out of."""
    tag("a", "skip", words.shell.skip, href="#main")
    with tag("div", "frame"):
        with tag("header", "top"):
            with tag(
                "button",
                "button quiet menu-button",
                type="button",
                aria_expanded="false",
                aria_controls="menu",
            ):
                icon("menu")
                tag("span", "only-read", words.shell.menu)
            with tag("a", "brand", href=HOME):
                tag("img", src=f"{STATIC}/favicon.svg", alt="", width=24, height=24)
                tag("span", "", "siseon")
            tag("span", "dim version", __version__)
        tag("div", "veil", aria_hidden="true")
        with tag("div", "side", id="menu"):
            with tag("nav", "", aria_label=words.shell.pages), tag("ul", "menu"):
                for page in pages:
                    if page.icon is not None:
                        _entry(page, page.icon, here, words)
            _preferences(words, preferences, path)
            _leave(words, signed_in)
        with tag("main", "", id="main", tabindex=-1):
            yield
        Gone()


def _entry(page: Page, symbol: Icon, here: Page | None, words: Words) -> None:
    target = HOME if page.path == "/" else BASE + page.path
    current = None
    if here is not None and here.belongs_to(page):
        current = "page" if page is here else "true"
    with tag("li"), tag("a", "entry", href=target, aria_current=current):
        icon(symbol)
        tag("span", "", page.title(words))


def _preferences(words: Words, preferences: Preferences, path: str) -> None:
    back = quote(path)
    with tag("div", "choices", role="group", aria_label=words.shell.language):
        for language in LANGUAGES:
            target = f"{BASE}/choose?language={language}&back={back}"
            current = "true" if language == preferences.language else None
            tag("a", "choice", NAMES[language], href=target, lang=language, aria_current=current)
    texts = {"auto": words.shell.theme_auto, "light": words.shell.theme_light, "dark": words.shell.theme_dark}
    with tag("div", "choices", role="group", aria_label=words.shell.theme):
        for theme in THEMES:
            target = f"{BASE}/choose?theme={theme}&back={back}"
            current = "true" if theme == preferences.theme else None
            with tag("a", "choice", href=target, aria_current=current, title=texts[theme]):
                icon(THEME_ICONS[theme])
                tag("span", "only-read", texts[theme])


def _leave(words: Words, signed_in: bool) -> None:
    with tag("div", "leave"):
        if signed_in:
            with tag("form", "", method="post", action=SIGN_OUT), tag("button", "entry", type="submit"):
                icon("sign-out")
                tag("span", "", words.shell.sign_out)
        else:
            with tag("a", "entry", href="/docs", target="_blank", rel="noopener"):
                icon("book")
                tag("span", "", words.shell.api)
