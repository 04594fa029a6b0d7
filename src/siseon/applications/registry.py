"""Which applications there are: siseon's own, and those that other packages bring by entry point.

Their names are read without importing one of them; an application is imported when somebody asks for it.
"""

from __future__ import annotations

import difflib
import logging
import re
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from siseon.applications.application import AnyApplication
    from siseon.contracts import InputError

GROUP = "siseon.applications"

OWN = (
    EntryPoint("gauges", "siseon.applications.gauges:APPLICATION", GROUP),
    EntryPoint("inspection", "siseon.applications.inspection:APPLICATION", GROUP),
    EntryPoint("oilspill", "siseon.applications.oilspill:APPLICATION", GROUP),
    EntryPoint("people", "siseon.applications.people:APPLICATION", GROUP),
    EntryPoint("text", "siseon.applications.text:APPLICATION", GROUP),
    EntryPoint("translation", "siseon.applications.translation:APPLICATION", GROUP),
)

_OWN = MappingProxyType({entry.name: entry for entry in OWN})

NAME = r"[a-z0-9][a-z0-9-]{0,63}"
"""It becomes a part of addresses, of words on the command line, and of figures' names."""
MOST_OF_A_NAME = 80
"""Characters of a name that nobody knows that are compared and told back."""

log = logging.getLogger(GROUP)


def names() -> list[str]:
    """The names of all applications."""
    return sorted(_entries())


def find(name: str) -> AnyApplication:
    """The application of that name.

    Raises:
        InputError: ``pipeline_not_found``, with the names there are, or with what is wrong with the one asked for.
    """
    from siseon.contracts import FailureCode, InputError

    entry = _OWN.get(name) or _entries().get(
        name
    )  # to look for others takes longer than to import one of ours
    if entry is None:
        raise not_among(name, names(), "there is no pipeline called {}", "There are")
    fault, application = _loaded(entry)
    if application is None:
        raise InputError(
            f"the pipeline {name!r} ({_origin(entry)}) cannot be used: {fault}",
            code=FailureCode.pipeline_not_found,
            hint="repair or uninstall the package that brings it",
        )
    return application


def not_among(name: str, known: Sequence[str], told: str, there: str) -> InputError:
    """``pipeline_not_found`` of a name, with the one that was likely meant and those that are ``known``; both words
    frame what is said: ``told`` the name, ``there`` the list."""
    from siseon.contracts import FailureCode, InputError

    asked = name[:MOST_OF_A_NAME]
    close = difflib.get_close_matches(asked, known, n=1)
    return InputError(
        told.format(repr(asked)),
        code=FailureCode.pipeline_not_found,
        hint=f"{f'did you mean {close[0]}? ' if close else ''}{there}: {', '.join(known) or 'none'}",
    )


def usable() -> dict[str, AnyApplication]:
    """Every application that can be imported, by name; one that cannot is named in a warning."""
    found = {}
    for name, entry in sorted(_entries().items()):
        fault, application = _loaded(entry)
        if application is None:
            log.warning("application %r (%s) is left out: %s", name, _origin(entry), fault)
        else:
            found[name] = application
    return found


@cache
def _entries() -> Mapping[str, EntryPoint]:
    """By name, siseon's own first: a name that is taken stays with who has it."""
    entries: dict[str, EntryPoint] = {}
    for entry in (*OWN, *entry_points(group=GROUP)):
        if not re.fullmatch(NAME, entry.name):
            log.warning(
                "application %r (%s) is left out: a name is small letters, digits and hyphens",
                entry.name,
                _origin(entry),
            )
            continue
        first = entries.setdefault(entry.name, entry)
        if first.value != entry.value:
            log.warning(
                "application %r (%s) is left out: the name belongs to %s",
                entry.name,
                _origin(entry),
                _origin(first),
            )
    return MappingProxyType(entries)


@cache
def _loaded(entry: EntryPoint) -> tuple[str, AnyApplication | None]:
    """The application, or what is wrong with it."""
    from siseon.applications.application import Application
    from siseon.applications.guarded import guarded

    try:
        found = entry.load()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a stranger's module may raise anything while it is imported
        return f"{type(error).__name__}: {error}", None
    if not isinstance(found, Application):
        return f"{entry.value} is a {type(found).__name__}, not an Application", None
    return "", guarded(entry.name, found)


def _origin(entry: EntryPoint) -> str:
    return f"{entry.value} of {entry.dist.name}" if entry.dist else entry.value
