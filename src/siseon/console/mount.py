"""A service with its console: the pages on NiceGUI, before the service's own application."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from nicegui import app as pages_app
from nicegui import core, ui
from nicegui.client import Client
from nicegui.language import Language as QuasarLanguage
from nicegui.page import page as nicegui_page
from nicegui.translations import translations as said
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from siseon.console.api import QUIET, Api
from siseon.console.door import Door, preferences_now
from siseon.console.events import Guard
from siseon.console.feeds import Feeds
from siseon.console.forward import Forward
from siseon.console.pages import PAGES
from siseon.console.parts.basic import empty, link
from siseon.console.parts.static import STATIC_FOLDER, favicon
from siseon.console.paths import BASE, HOME
from siseon.console.preferences import Language
from siseon.console.session import Sessions
from siseon.console.shell import head_of, shell
from siseon.console.unread import bound_unread
from siseon.console.unseen import Unseen
from siseon.console.uploads import Uploads
from siseon.console.view import Page, View
from siseon.console.words import Words, words_of
from siseon.contracts import FailureCode, InputError
from siseon.settings import Settings

QUASAR: dict[Language, QuasarLanguage] = {"en": "en-US", "ko": "ko-KR"}
BUILD_S = 10.0
"""Seconds in which a page must have been made; what takes longer is loaded after it is shown."""
RECONNECT_S = 10.0
"""Seconds in which a page that was lost may come back as it was. A browser, or a service, that is at work on a small
machine is silent for a while: with NiceGUI's three a page was taken for lost after two, and loaded again.
"""
KEPT_MESSAGES = 100
"""Messages that are sent again to a browser whose connection was lost for a moment."""

log = logging.getLogger("siseon.console")


def attach(service: FastAPI, settings: Settings) -> ASGIApp:
    """The service with its console, which is started and stopped with it; once in a process."""
    api = Api(service, settings.token)
    feeds = Feeds(api)
    sessions = Sessions(settings.token, settings.cache_dir / "console-sessions")
    uploads = Uploads(settings.max_upload_bytes)
    unseen = Unseen()
    frame = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    for language, name in QUASAR.items():
        own = words_of(language).shell
        said[name] = {
            "connection_lost": own.connection_lost,
            "trying_to_reconnect": own.reconnecting,
            "message_too_long": own.too_long,
            "message_too_long_body": own.too_long_more,
        }
    for page in PAGES:
        _register(page, api, feeds, uploads, sessions, unseen)
    pages_app.add_exception_handler(404, _not_found(sessions, unseen))
    ui.run_with(
        frame,
        title="siseon",
        favicon=favicon(),
        dark=None,
        mount_path=BASE,
        binding_refresh_interval=None,
        reconnect_timeout=RECONNECT_S,
        message_history_length=KEPT_MESSAGES,
        gzip_middleware_factory=None,  # the policy reads pages; files are on this machine or behind a proxy
        tailwind=False,
        show_welcome_message=False,
    )
    pages_app.config.socket_io_js_transports = ["websocket"]
    bound_unread(core.sio.eio)
    logging.getLogger("siseon.access").addFilter(_is_worth_a_line)

    @asynccontextmanager
    async def both(_: Starlette) -> AsyncIterator[None]:
        # Not that of ``frame``: it walks through all objects of the process, and a tuple that another thread is just
        # filling cannot be finished then (a model that is being loaded fails with a SystemError).
        async with service.router.lifespan_context(service), pages_app.router.lifespan_context(pages_app):
            yield
            await feeds.close()

    return Door(
        service,
        Starlette(lifespan=both),
        Guard(frame, core.sio.handlers["/"]),
        StaticFrom(BASE + "/static"),
        Forward(service, settings.token),
        uploads,
        sessions,
    )


class StaticFrom:
    """The console's own files, which a browser asks after each time: they are of this version alone."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._files = StaticFiles(directory=STATIC_FOLDER)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one file.

        Raises:
            InputError: there is none of that name, or it is not asked for but changed.
        """

        async def asked_again(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"cache-control", b"no-cache")]
            await send(message)

        try:
            await self._files({**scope, "root_path": self._prefix}, receive, asked_again)
        except HTTPException as refused:
            code = FailureCode.not_found if refused.status_code == 404 else FailureCode.method_not_allowed
            raise InputError(
                f"{scope['path'][:200]} is not a file of the console",
                code=code,
                hint="a page of an earlier version may ask for it: load the page again",
            ) from None


class LocalPage(nicegui_page):
    """A page in the language and theme of who asks for it."""

    def resolve_language(self) -> QuasarLanguage:
        """As Quasar calls it."""
        return QUASAR[preferences_now.get().language]

    def resolve_dark(self) -> bool | None:
        """None: as the system."""
        return {"auto": None, "light": False, "dark": True}[preferences_now.get().theme]


def _register(
    page: Page, api: Api, feeds: Feeds, uploads: Uploads, sessions: Sessions, unseen: Unseen
) -> None:
    async def make(request: Request, client: Client) -> None:
        unseen.add(client)
        preferences = preferences_now.get()
        words = words_of(preferences.language)
        title = page.title(words)
        client.title = f"{title} · siseon"
        head_of(client, preferences)
        with shell(PAGES, page, words, preferences, request.url.path, sessions.needed):
            try:
                await page.build(
                    View(
                        api,
                        feeds,
                        words,
                        preferences,
                        uploads,
                        request,
                        client,
                        f"{request.url.scheme}://{request.url.netloc}",
                        sessions.needed,
                    )
                )
            except Exception:
                log.exception("the page %s could not be made", page.path)
                client.status_code = 500
                empty(words.shell.page_failed, words.shell.page_failed_more, "bad")

    LocalPage(page.path, response_timeout=BUILD_S)(make)


def _not_found(
    sessions: Sessions, unseen: Unseen
) -> Callable[[Request, Exception], Coroutine[Any, Any, Any]]:
    def make(request: Request, client: Client) -> None:
        unseen.add(client)
        preferences = preferences_now.get()
        words: Words = words_of(preferences.language)
        client.title = f"{words.shell.not_found} · siseon"
        client.status_code = 404
        head_of(client, preferences)
        with shell(PAGES, None, words, preferences, request.url.path, sessions.needed):
            ui.element("h1").classes("only-read").props["aria-hidden"] = "true"
            empty(words.shell.not_found, words.shell.not_found_more, "search")
            link(words.shell.home, HOME, "button primary")

    page = LocalPage("")

    async def answer(request: Request, _: Exception) -> Any:
        return await page._wrap(make)(request=request)

    return answer


def _is_worth_a_line(record: logging.LogRecord) -> bool:
    """Whether an answer has a line in the log: what the console asks again and again only where the service failed."""
    return not str(getattr(record, "trace_id", "")).startswith(QUIET) or getattr(record, "status", 0) >= 500
