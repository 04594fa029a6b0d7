"""What one process of a service knows of the others; alone, there are none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from siseon.contracts import FailureCode, InputError
from siseon.service.jobs.request import JOBS
from siseon.service.streams.paths import ALARMS, STREAMS


class Crew(Protocol):
    """The processes that serve together, as one of them sees them."""

    size: int
    """How many there are."""

    @property
    def opened(self) -> bool:
        """Whether the service takes requests, as far as the others are concerned."""
        ...

    def crowded(self) -> bool:
        """Whether this process has so many connections that one of them had better come back elsewhere."""
        ...

    own_figures: Callable[[], bytes]
    """The figures of this process in the exposition format; set by the application."""

    async def figures(self) -> bytes:
        """Those of the whole service."""
        ...


class Alone:
    """The crew of a service in one process."""

    size = 1
    opened = True

    def __init__(self) -> None:
        self.own_figures: Callable[[], bytes] = bytes

    def crowded(self) -> bool:
        """Never: there is nowhere else to go."""
        return False

    async def figures(self) -> bytes:
        """Its own are all."""
        return self.own_figures()


def changes(method: str, path: str) -> bool:
    """Whether an operation changes which models there are, or which serve."""
    if path.startswith((STREAMS, ALARMS, JOBS)):
        return False
    return method in ("PATCH", "PUT", "DELETE") or (
        method == "POST" and path.startswith(("/v1/models", "/v2/repository/models/"))
    )


def check_change(crew: Crew, method: str, path: str) -> None:
    """Refuse to change models in one process of several: the others would go on with the old ones.

    Raises:
        InputError: ``model_in_use``.
    """
    if crew.size > 1 and changes(method, path):
        raise InputError(
            f"{crew.size} worker processes serve the same models: they cannot be changed while they run",
            code=FailureCode.model_in_use,
            hint="restart the service with other models, or serve with --workers 1",
        )
