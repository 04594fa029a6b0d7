"""Stages, batching, deadlines and traces: how a pipeline runs. Knows nothing of models, pixels or faces."""

from siseon.engine.context import degrade, remaining, warn
from siseon.engine.export import to_chrome, to_json
from siseon.engine.flow import Flow
from siseon.engine.pipeline import Pipeline
from siseon.engine.report import Percentiles, Profile, StageProfile, profile
from siseon.engine.runtime import StageStatistics
from siseon.engine.stage import Stage
from siseon.engine.trace import Batch, Span, Trace, part, step

__all__ = [
    "Batch",
    "Flow",
    "Percentiles",
    "Pipeline",
    "Profile",
    "Span",
    "Stage",
    "StageProfile",
    "StageStatistics",
    "Trace",
    "degrade",
    "part",
    "profile",
    "remaining",
    "step",
    "to_chrome",
    "to_json",
    "warn",
]
