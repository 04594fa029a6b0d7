"""Pages that were asked for and never drawn: a program that fetches them, a browser that has left.

NiceGUI keeps each for a minute, about a megabyte; who fetches fast would fill the memory. Beyond a bound the oldest one
is forgotten: a browser that comes late after all is told so, and loads it again.
"""

from __future__ import annotations

from nicegui.client import Client

MOST_UNSEEN = 100


class Unseen:
    """Of one service, the oldest first."""

    def __init__(self) -> None:
        self._clients: dict[str, Client] = {}

    def add(self, client: Client) -> None:
        """A page that was just asked for."""
        self._clients[client.id] = client
        client.on_connect(lambda: self._leave(client))
        client.on_delete(lambda: self._leave(client))
        if len(self._clients) > MOST_UNSEEN:
            next(iter(self._clients.values())).delete()

    def _leave(self, client: Client) -> None:
        self._clients.pop(client.id, None)
