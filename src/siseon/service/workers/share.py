"""How many workers ``auto`` is, and a worker's share of what the settings allow the whole service."""

from __future__ import annotations

import os

from siseon.engine.machine import cores
from siseon.engine.serving import TURNS_PER_CORE
from siseon.models.providers import ACCELERATORS
from siseon.service.bodies import BATCH
from siseon.settings import Settings


def resolved(workers: int | str) -> int:
    """The number of processes: ``auto`` is one a core, and one alone where an accelerator computes."""
    if workers != "auto":
        return int(workers)
    return 1 if accelerated() or not hasattr(os, "fork") else cores()


def share(settings: Settings, workers: int) -> Settings:
    """The settings of one worker: what is stated for the service is divided, so that its sum is what was stated.

    Requests at work, for the cores are shared; connections; and the memory of uploads and of registered networks. A
    worker keeps room for one upload of the largest kind, or no worker could take it: where that is more than its part,
    the sum is larger than stated.

    Measured with two workers on two cores, ``inspection``, 8 and 32 clients: as many answers a second with the share
    as without, and p95 a fifth to a third lower.
    """
    allowed = settings.max_at_work
    if allowed is None and not accelerated():
        allowed = TURNS_PER_CORE * cores()
    shared = {"max_at_work": allowed, "max_connections": settings.max_connections}
    parts = {name: max(1, -(-most // workers)) for name, most in shared.items() if most is not None}
    parts["max_uploads_bytes"] = min(
        settings.max_uploads_bytes,
        max(-(-settings.max_uploads_bytes // workers), BATCH * settings.max_upload_bytes),
    )
    parts["registered_bytes"] = max(1, settings.registered_bytes // workers)
    return settings.model_copy(update=parts)


def accelerated() -> bool:
    """Whether networks may run elsewhere than on this machine's cores."""
    import onnxruntime  # after siseon.models, which turns its telemetry off

    return bool({*ACCELERATORS} & {*onnxruntime.get_available_providers()})
