"""Whether the libraries of streams are here: siseon without them does all the rest."""

from __future__ import annotations

import importlib.util

from siseon.contracts import DependencyMissing


def check_video() -> None:
    """Refuse to go on without PyAV.

    Raises:
        DependencyMissing: it is not installed.
    """
    if importlib.util.find_spec("av") is None:
        raise DependencyMissing(
            "RTSP streams and video files need PyAV, which is not installed",
            hint="pip install 'siseon[streams]'",
        )


def has_websockets() -> bool:
    """Whether a WebSocket can be served."""
    return importlib.util.find_spec("websockets") is not None
