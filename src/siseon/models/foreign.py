"""The one map of ONNX Runtime's errors: all that its binding can raise, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from onnxruntime.capi import onnxruntime_pybind11_state as ort_errors

from siseon.contracts import FailureCode, ModelError

ERROR_NAMES = (
    "NoSuchFile",
    "NoModel",
    "InvalidProtobuf",
    "InvalidGraph",
    "ModelLoaded",
    "ModelLoadCanceled",
    "NotImplemented",
    "EPFail",
    "EngineError",
    "Fail",
    "InvalidArgument",
    "RuntimeException",
    "ModelRequiresCompilation",
    "NotFound",
    "DeviceReset",
)
"""By name, since not every version has all of them (DeviceReset and ModelLoadCanceled came with 1.28)."""
STANDARD_ERRORS = (RuntimeError, MemoryError, ValueError, IndexError, OverflowError)
"""What the binding makes of C++'s own exceptions (pybind11, "Built-in C++ to Python exception translation")."""
ERRORS: tuple[type[Exception], ...] = (
    *(getattr(ort_errors, name) for name in ERROR_NAMES if hasattr(ort_errors, name)),
    *STANDARD_ERRORS,
)


@contextmanager
def refused_at_load(path: Path) -> Iterator[None]:
    """What the runtime raises while it loads a file, as ``model_load_failed``."""
    try:
        yield
    except ERRORS as error:
        raise ModelError(
            f"{path.name} cannot be loaded: {first_line(error).replace(str(path), path.name)}",
            code=FailureCode.model_load_failed,
            hint="the file is damaged or needs a newer onnxruntime; compare its hash with `siseon models verify`",
        ) from error


def first_line(error: Exception) -> str:
    """What it says, without the page of C++ that may follow."""
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
