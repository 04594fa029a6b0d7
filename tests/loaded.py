"""Networks that many tests read with: found, verified and loaded once in a process."""

from __future__ import annotations

from functools import cache

from siseon.models import ModelManager


@cache
def loaded_models() -> ModelManager:
    """Nothing of a test stays in it but weights, which nothing runs before a picture comes, as for a lone request."""
    return ModelManager(warm_ups=0)
