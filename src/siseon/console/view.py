"""One open page: what it is made with, and what it follows while it is open."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from nicegui import ui
from nicegui.client import Client
from starlette.requests import Request

from siseon.console.api import Api, Problem
from siseon.console.poller import Feed
from siseon.console.preferences import Preferences
from siseon.console.uploads import Upload, Uploads
from siseon.console.words import Words

if TYPE_CHECKING:
    from siseon.console.feeds import Feeds
    from siseon.console.parts.icons import Icon

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class View:
    """What a page's ``build`` gets."""

    api: Api
    feeds: Feeds
    words: Words
    preferences: Preferences
    uploads: Uploads
    request: Request
    client: Client
    address: str
    """Of the service, as the browser calls it."""
    needs_token: bool

    def follow(self, feed: Feed[T], told: Callable[[T | Problem], None]) -> None:
        """Call ``told`` with what a feed has now and at every change, in the place of the page where this is called,
        as long as the page is open.
        """
        place = ui.context.slot

        def in_place(news: T | Problem) -> None:
            with place:
                told(news)

        if self.client.is_deleted:  # while it was made
            return
        who = object()
        self.client.on_delete(lambda: feed.leave(who))
        feed.follow(who, in_place)

    def take(self, taken: Callable[[Upload], Awaitable[None]]) -> str:
        """An address for files of this page, as long as it is open; they go to ``taken``, in the place of the page
        where this is called.
        """
        place = ui.context.slot

        async def in_place(upload: Upload) -> None:
            if not self.client.is_deleted:
                with place:
                    await taken(upload)

        address = self.uploads.open(in_place)
        self.client.on_delete(lambda: self.uploads.close(address))
        return address


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the console, in the menu unless ``icon`` is None."""

    path: str
    """Below ``/console``; ``{name}`` in it is in ``view.request.path_params``."""
    title: Callable[[Words], str]
    build: Callable[[View], Awaitable[None]]
    icon: Icon | None = None
    section: str = ""
    """Path of the entry of the menu that it belongs to, where its own path does not begin with that."""

    def belongs_to(self, entry: Page) -> bool:
        """Whether the menu shows ``entry`` as the place where one is."""
        return entry.path in (self.path, self.section) or self.path.startswith(f"{entry.path}/")
