"""What lies in the shared memory of this machine under a name, of which the placement must leave nothing."""

from __future__ import annotations

import os

OTHERS = ("PostgreSQL.", "sem.")
"""Names that servers and pools of other tests have there, which may run at the same time."""


def shared_names() -> set[str]:
    """All that could be ours."""
    return {name for name in os.listdir("/dev/shm") if not name.startswith(OTHERS)}
