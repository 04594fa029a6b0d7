"""Streams as clients see them: without what is secret in their addresses."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from siseon.contracts import Measurement
from siseon.streams.alarms.unseen import warning
from siseon.streams.hub import Hub
from siseon.streams.kept_options import KeptOptions
from siseon.streams.ownership import Running, Standing
from siseon.streams.wire import StateTold


class StreamFigures(BaseModel):
    """Counts since this process runs the stream, and rates over the last ten seconds."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    frames: int
    skipped: int
    """Beyond the rate that is asked for."""
    superseded: int
    """A newer one came before they were taken, or while they waited."""
    answered: int
    failed: int
    losses: int
    """Sessions with the source that ended, or could not begin."""
    frames_per_s: float
    """Within the rate that is asked for."""
    results_per_s: float
    latency_ms: float | None
    """From a frame's coming to its result, median."""
    latency_p95_ms: float | None

    @classmethod
    def of(cls, hub: Hub) -> StreamFigures:
        """Now."""
        counts, outcomes, rates = hub.counts, hub.outcomes, hub.rates
        median, late = rates.latency_ms or (None, None)
        return cls(
            frames=counts.frames,
            skipped=counts.skipped,
            superseded=counts.superseded + outcomes.superseded,
            answered=outcomes.answered,
            failed=outcomes.failed,
            losses=counts.losses,
            frames_per_s=rates.frames_per_s,
            results_per_s=rates.results_per_s,
            latency_ms=median,
            latency_p95_ms=late,
        )


class StreamValues(BaseModel):
    """The figures of a stream's newest result."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    at: datetime
    """When its frame had come, UTC."""
    figures: tuple[Measurement, ...]

    @classmethod
    def of(cls, hub: Hub) -> StreamValues | None:
        """Now; None before the first result, and of an application without figures."""
        if hub.answered is None or not hub.answered.measured:
            return None
        return cls(at=hub.answered.shot.at, figures=hub.answered.measured)


class StreamInfo(BaseModel):
    """A stream, as it is kept and as it stands."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    name: str
    address: str
    """User, password, and what may be secret behind the path shown as ``***``."""
    application: str
    options: KeptOptions
    """Of the webhook without its path, which may be a secret."""
    created_at: datetime
    calibrated: bool
    """By a calibration that is kept with it, or by the file that ``set`` names."""
    here: bool
    """Whether the service that answers runs it: else its ``state`` is what another one has told, if one runs it."""
    state: StateTold | None
    """None: nobody runs it yet."""
    figures: StreamFigures | None
    """None where it does not run here."""
    values: StreamValues | None = None
    """What it measured last; None: nothing, or not here. It is of that moment, whatever the state is now."""
    warnings: tuple[str, ...] = ()
    """What is accepted and may not be what is meant: alarms on tags of which no figure has come while others have."""

    @classmethod
    def of(cls, standing: Standing, hub: Hub | None, told: Running | None) -> StreamInfo:
        """The view of one; ``told``: what another service tells of it."""
        kept = standing.kept
        seen = hub.tags if hub is not None else () if told is None else told.tags
        tags = dict.fromkeys(rule.tag for rule in kept.options.alarms)
        return cls(
            name=kept.name,
            address=str(kept.address),
            application=kept.application,
            options=kept.options.shown,
            created_at=kept.created_at,
            calibrated=standing.is_calibrated,
            here=hub is not None,
            state=hub.state if hub is not None else None if told is None else told.state,
            figures=None if hub is None else StreamFigures.of(hub),
            values=None if hub is None else StreamValues.of(hub),
            warnings=tuple(text for tag in tags if (text := warning(tag, seen)) is not None),
        )
