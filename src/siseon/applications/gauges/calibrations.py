"""Calibrations of all kinds, from a file or from what somebody sends: ``kind`` says which; without it, a dial's."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Discriminator, Tag, TypeAdapter, ValidationError

from siseon.applications.gauges.calibration import Calibration
from siseon.applications.gauges.digital.calibration import DisplayCalibration
from siseon.contracts import FailureCode, InputError
from siseon.contracts.words import words_of
from siseon.media.files import read_labelled


def _kind(value: object) -> str:
    kind = value.get("kind") if isinstance(value, dict) else getattr(value, "kind", None)
    return "display" if kind in ("digital", "counter") else "dial"


AnyCalibration = Annotated[
    Annotated[Calibration, Tag("dial")] | Annotated[DisplayCalibration, Tag("display")], Discriminator(_kind)
]
_ADAPTER: TypeAdapter[Calibration | DisplayCalibration] = TypeAdapter(AnyCalibration)


def read_calibration(path: Path) -> Calibration | DisplayCalibration:
    """The calibration in a file.

    Raises:
        InputError: the file cannot be read, or is not a calibration; the first fault is named.
    """
    try:
        return _ADAPTER.validate_json(read_labelled(path).data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = (
            ".".join(str(part) for part in first["loc"] if part not in ("dial", "display")) or "calibration"
        )
        raise InputError(
            f"{path} is not a calibration: {field}: {words_of(first)}", code=FailureCode.invalid_input
        ) from None
