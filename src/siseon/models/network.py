"""Read a network to change it in memory, which needs the package ``onnx``: no other part of siseon does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from siseon.contracts import DependencyMissing, FailureCode, ModelError


def read_network(path: Path, *, extra: str) -> Any:
    """The ``onnx.ModelProto`` in a file; ``extra`` names the packages to install where ``onnx`` is missing.

    Raises:
        DependencyMissing: the package ``onnx`` is not installed.
        ModelError: ``model_load_failed``, the file holds no network.
    """
    try:
        import onnx
        from google.protobuf.message import DecodeError
    except ImportError:
        raise DependencyMissing(
            f"{path.name} can only be loaded with the package onnx",
            hint=f"run `pip install 'siseon[{extra}]'`",
        ) from None
    try:
        return onnx.load(str(path))
    except DecodeError as error:
        raise ModelError(
            f"{path.name} cannot be loaded: {error}",
            code=FailureCode.model_load_failed,
            hint="the file is damaged; compare its hash with `siseon models verify`",
        ) from error
