"""The libraries for trackers, video and reports: siseon without them does all the rest.

``trackers`` asks for the build of OpenCV that needs a screen, which would overwrite the headless one that is here; it
runs with either. So it is installed without what it asks for, and the extra ``people`` brings the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from siseon.contracts import DependencyMissing

NEEDED = frozenset({"trackers", "supervision", "scipy", "av", "reportlab"})
INSTALL = "pip install 'siseon[people]' && pip install --no-deps trackers==2.6.1"


@contextmanager
def needed() -> Iterator[None]:
    """Around the imports of one of them: they are heavy, and imported where they are used.

    Raises:
        DependencyMissing: it is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name not in NEEDED:
            raise
        raise DependencyMissing(f"people needs {error.name}, which is not installed", hint=INSTALL) from None
