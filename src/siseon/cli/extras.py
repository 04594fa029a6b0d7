"""The libraries that a command needs, looked for before it does anything: all that are missing are named at once."""

from __future__ import annotations

import importlib.util

from siseon.cli.wrong import of_the_command

MODULES = {
    "jobs": ("sqlalchemy", "alembic", "obstore"),
    "streams": ("av",),
    "console": ("nicegui", "websockets"),
    "people": ("av", "supervision", "scipy", "reportlab", "trackers"),
    "oilspill": ("rasterio", "shapely", "pyproj", "pyogrio", "reportlab"),
}
"""By extra."""
APART = {"trackers": "pip install --no-deps trackers==2.6.1"}
"""Modules that an extra cannot bring, with the command that gets them."""


def need(*extras: str) -> None:
    """Refuse to go on without one of them.

    Raises:
        DependencyMissing: with the one command that gets all that is missing.
    """
    from siseon.contracts import DependencyMissing

    absent = {
        name: [one for one in MODULES[name] if importlib.util.find_spec(one) is None] for name in extras
    }
    lacking = [name for name, modules in absent.items() if set(modules) - set(APART)]
    modules = list(dict.fromkeys(one for found in absent.values() for one in found))
    if not modules:
        return
    commands = [f"pip install 'siseon[{','.join(lacking)}]'"] if lacking else []
    commands += [APART[one] for one in modules if one in APART]
    raise DependencyMissing(f"this needs {', '.join(modules)}: not installed", hint=" && ".join(commands))


@of_the_command()
def of_applications(names: list[str]) -> list[str]:
    """The extras without which these cannot run.

    Raises:
        InputError: ``pipeline_not_found``.
    """
    from siseon.applications.registry import find

    return list(dict.fromkeys(extra for name in names for extra in find(name).extras))
