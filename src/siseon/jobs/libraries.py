"""Whether the libraries for jobs are here: siseon without them does all the rest."""

from __future__ import annotations

import importlib.util

from siseon.contracts import DependencyMissing

NEEDED = ("sqlalchemy", "alembic", "obstore")


def missing() -> DependencyMissing | None:
    """The failure of all that has to do with jobs, where a library is not installed."""
    absent = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if not absent:
        return None
    return DependencyMissing(
        f"jobs need {' and '.join(absent)}, which {'is' if len(absent) == 1 else 'are'} not installed",
        hint="pip install 'siseon[jobs]'",
    )


def check() -> None:
    """Refuse to go on without them.

    Raises:
        DependencyMissing: one is not installed.
    """
    if (failure := missing()) is not None:
        raise failure
