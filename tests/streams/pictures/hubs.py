"""Hubs of streams that a test tells what happens to, frame by frame."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from typing import Any

import cv2
import numpy as np

from siseon.contracts import Failure, FailureCode, Image, Result
from siseon.media.bounds import DEFAULT_BOUNDS, MediaBounds
from siseon.streams.address import Address
from siseon.streams.hub import Hub
from siseon.streams.kept import Kept
from siseon.streams.kept_options import KeptOptions
from siseon.streams.life import State
from siseon.streams.pictures.maker import Maker
from siseon.streams.source import Shot
from siseon.streams.video import View
from siseon.streams.wire import FailureTold, FrameTold, ResultTold, StateTold

MARK = (250, 10, 10)
"""In the upper left of what ``draw`` has drawn on."""


class Told:
    """A hub, and a camera that shows pictures of one grey each."""

    def __init__(self, name: str = "gate", **options: Any) -> None:
        kept = Kept(name, Address("file"), "inspection", KeptOptions(**options), datetime.now(UTC))
        self.hub = Hub(kept)
        self.numbers = count(1)

    def state(self, state: State = State.live, message: str = "") -> None:
        self.hub.tell(
            StateTold(
                stream=self.hub.name,
                at=datetime.now(UTC),
                state=state,
                cause=None,
                message=message,
                hint="",
                retry_s=None,
            )
        )

    def frame(self, grey: int = 90, size: tuple[int, int] = (64, 48), view: View | None = None) -> Shot:
        pixels = np.full((size[1], size[0], 3), grey, np.uint8)
        shot = Shot(
            next(self.numbers),
            datetime.now(UTC),
            time.monotonic(),
            view or (lambda: Image.from_array(pixels, "gate")),
        )
        self.hub.show(shot)
        return shot

    def result(self, shot: Shot, data: object = None) -> None:
        result = Result[Any].model_construct(data=data)
        told = ResultTold.model_construct(stream=self.hub.name, frame=_frame(shot), result=result)
        self.hub.tell(told, (), shot)

    def failure(self, shot: Shot) -> None:
        failure = Failure(code=FailureCode.deadline_exceeded, message="too late", retryable=True)
        self.hub.tell(FailureTold(stream=self.hub.name, frame=_frame(shot), failure=failure))


def _frame(shot: Shot) -> FrameTold:
    return FrameTold(number=shot.number, at=shot.at, latency_ms=1.0)


def draw(image: Image, _data: object) -> Image:
    pixels = image.pixels.copy()
    pixels[: image.height // 2, : image.width // 2] = MARK
    return Image.from_array(pixels)


def maker(bounds: MediaBounds = DEFAULT_BOUNDS, draw: Callable[[Image, Any], Image] = draw) -> Maker:
    return Maker(lambda _name: draw, bounds)


def pixels(jpeg: bytes) -> np.ndarray:
    """(H, W, 3) in RGB."""
    return cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)[:, :, ::-1]


class Gate:
    """A view that waits until it is let through, in the maker's thread."""

    def __init__(self, grey: int = 90) -> None:
        self.grey = grey
        self.entered = threading.Event()
        self.open = threading.Event()

    def __call__(self) -> Image:
        self.entered.set()
        assert self.open.wait(30)
        return Image.from_array(np.full((48, 64, 3), self.grey, np.uint8))
