"""Readings as the earlier service told them: one flat object for each instrument."""

from __future__ import annotations

import math

from pydantic import BaseModel, ConfigDict

from siseon.applications.gauges import GaugesResult, Needle, Reading
from siseon.applications.gauges.contracts import Kind
from siseon.contracts import Failure, ModelRef, Result, StageTiming
from siseon.contracts.wire import Ring


class Instrument(BaseModel):
    """One instrument. ``value`` is null where it is not read, and ``status`` says why."""

    model_config = ConfigDict(frozen=True)

    id: int
    """Place among the instruments of the picture, from 1."""
    type: Kind
    value: float | None
    unit: str | None
    confidence: float | None = None
    """Nothing here is a probability: ``uncertainty`` says how far off the value may be."""
    uncertainty: float | None
    """In the unit of the value: about 95 of 100 readings are not farther off."""
    box: tuple[float, float, float, float] | None
    """Left, top, right, bottom in pixels of the picture."""
    needle_angle: float | None
    """Degrees in the picture from straight up, clockwise, from 0 to 360."""
    status: str
    """``ok``, ``uncertain``, or the reason of a refusal."""


class Predicted(BaseModel):
    """What one picture shows."""

    model_config = ConfigDict(frozen=True)

    image_id: str
    width: int
    height: int
    status: str
    """``ok`` where an instrument is read; else the reason of the first one that is not, ``no_dial`` for example."""
    results: tuple[Instrument, ...]
    """Empty where there is no instrument in the picture."""
    inference_time: float
    """Seconds from call to answer."""
    models: list[ModelRef]
    trace_id: str
    timings: list[StageTiming]
    degraded: list[str]
    warnings: list[str]

    @classmethod
    def of(cls, result: Result[GaugesResult]) -> Predicted:
        """Flatten an envelope."""
        data = result.data
        shown = [reading for reading in data.readings if reading.reason not in ("no_dial", "no_display")]
        read = any(reading.value is not None for reading in data.readings)
        return cls(
            image_id=data.image_id,
            width=data.width,
            height=data.height,
            status="ok" if read else data.readings[0].reason or "ok",
            results=tuple(_instrument(number, reading) for number, reading in enumerate(shown, start=1)),
            inference_time=result.elapsed_ms / 1000,
            models=result.models,
            trace_id=result.trace_id,
            timings=result.timings,
            degraded=result.degraded,
            warnings=result.warnings,
        )


class PredictedOfMany(BaseModel):
    """One picture of a batch: what it shows, or its failure."""

    model_config = ConfigDict(frozen=True)

    index: int
    filename: str
    success: bool
    prediction: Predicted | None = None
    error: Failure | None = None


class Batch(BaseModel):
    """The pictures of a batch, in their order."""

    model_config = ConfigDict(frozen=True)

    results: tuple[PredictedOfMany, ...]


def _instrument(number: int, reading: Reading) -> Instrument:
    seen = reading.dial or reading.display
    return Instrument(
        id=number,
        type=reading.kind,
        value=reading.value,
        unit=reading.unit,
        uncertainty=reading.uncertainty,
        box=None if seen is None else _around(seen),
        needle_angle=None if reading.needle is None else _angle(reading.needle),
        status=reading.reason or ("ok" if reading.quality == "good" else reading.quality),
    )


def _around(ring: Ring) -> tuple[float, float, float, float]:
    xs, ys = zip(*ring, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _angle(needle: Needle) -> float:
    across, down = (tip - middle for tip, middle in zip(needle.tip, needle.middle, strict=True))
    return math.degrees(math.atan2(across, -down)) % 360
