"""Whether the libraries of the console are here, and whether a service has one."""

from __future__ import annotations

import importlib.util

from siseon.contracts import DependencyMissing, FailureCode, InputError
from siseon.settings import Settings

LIBRARIES = ("nicegui", "websockets")


def has_libraries() -> bool:
    """Whether a console can be served."""
    return all(importlib.util.find_spec(name) is not None for name in LIBRARIES)


def is_wanted(settings: Settings, processes: int, at_home: bool) -> bool:
    """Whether the service has a console; ``at_home``: it listens at this machine only.

    Raises:
        DependencyMissing: it is asked for and a library is not installed.
        InputError: it is asked for in a service of several processes.
    """
    if settings.console is None:
        return at_home and processes == 1 and has_libraries()
    if settings.console and processes > 1:
        raise InputError(
            f"the console needs a service in one process, this one has {processes}: the page is drawn in one of them, "
            "and its WebSocket may reach another",
            code=FailureCode.invalid_input,
            hint="serve with --workers 1, or with --no-console",
        )
    if settings.console and not has_libraries():
        raise DependencyMissing(
            "the console needs NiceGUI and websockets, which are not installed",
            hint="pip install 'siseon[console]'",
        )
    return settings.console


def is_missed(settings: Settings, processes: int, at_home: bool) -> bool:
    """Whether the service would have a console if its libraries were here."""
    return settings.console is None and at_home and processes == 1 and not has_libraries()
