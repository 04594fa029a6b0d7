"""The place where somebody gives a picture: drop, paste, choose, photograph. It is sent when it is asked for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from siseon.console.api import Problem
from siseon.console.paths import STATIC

MOST_NAME = 200


@dataclass(frozen=True, slots=True)
class Picked:
    """What somebody gave: an address of it that holds in that page only, and its name as the browser tells it."""

    url: str
    name: str
    size: int


class Picker(Element, component="../static/picker.js"):
    """Emits what was picked; ``send`` lets the browser send it to ``address``."""

    def __init__(
        self,
        address: str,
        *,
        drop: str,
        paste: str,
        choose: str,
        photo: str,
        picked: Callable[[Picked], Awaitable[None]],
        refused: Callable[[Problem], object],
    ) -> None:
        super().__init__()
        self.props["address"] = address
        self.props["icons"] = f"{STATIC}/icons.svg"
        self.props["words"] = {"drop": drop, "paste": paste, "choose": choose, "photo": photo}

        async def on_picked(event: GenericEventArguments) -> None:
            told = event.args
            url, name = str(told["url"]), PurePosixPath(str(told["name"])).name[:MOST_NAME]
            if url.startswith("blob:"):
                await picked(Picked(url, name or "picture", int(told["size"])))

        self.on("picked", on_picked)
        self.on("refused", lambda event: refused(Problem.model_validate(event.args)))

    def send(self) -> None:
        """Send what was picked last."""
        self.run_method("send")

    def take_example(self, address: str) -> None:
        """Pick a picture of ours."""
        self.run_method("example", address)
