"""siseon turns vision models into services people can trust.

The names below are the whole public root. They are loaded on first use (PEP 562), so that
``import siseon`` costs milliseconds and pulls in no numpy, OpenCV or ONNX Runtime.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from siseon.contracts import Boxes, Detections, Encoded, Frame, Image, Result, SiseonError
    from siseon.engine import Pipeline, Stage
    from siseon.models import ModelManager

__version__ = "0.1.0"

__all__ = [
    "Boxes",
    "Detections",
    "Encoded",
    "Frame",
    "Image",
    "ModelManager",
    "Pipeline",
    "Result",
    "SiseonError",
    "Stage",
]

_HOME = {
    "Boxes": "siseon.contracts",
    "Detections": "siseon.contracts",
    "Encoded": "siseon.contracts",
    "Frame": "siseon.contracts",
    "Image": "siseon.contracts",
    "ModelManager": "siseon.models",
    "Pipeline": "siseon.engine",
    "Result": "siseon.contracts",
    "SiseonError": "siseon.contracts",
    "Stage": "siseon.engine",
}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'siseon' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
