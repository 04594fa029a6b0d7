"""Read the settings from all their sources; what cannot be used is said with its place, and never with its value."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable

from pydantic import ValidationError

from siseon.contracts import InputError
from siseon.contracts.described import docstrings
from siseon.settings.environment import (
    CONFIG,
    CONFIG_VARIABLE,
    EARLIER,
    OF_TESTS,
    PREFIX,
    config,
    earlier,
    variable,
)
from siseon.settings.options import Settings


def read_settings(**options: object) -> Settings:
    """The settings, with ``options`` (those that are not None) before all else.

    Raises:
        InputError: an option, variable or line of ``siseon.toml`` that cannot be used. The value is not echoed: it
            may be a secret.
    """
    named = CONFIG_VARIABLE in os.environ
    if named and (os.path.isdir(config()) or not os.access(config(), os.R_OK)):
        raise InputError(
            f"{CONFIG_VARIABLE} names {config()}, which is not a file that can be read",
            hint=f"name a {CONFIG}, or unset {CONFIG_VARIABLE}",
        )
    stated = {name: value for name, value in options.items() if value is not None}
    try:
        return Settings.model_validate(stated)
    except ValidationError as error:
        raise _refused(error, stated) from None
    except (OSError, RecursionError) as error:
        raise _unread(error) from None


def mistyped() -> dict[str, str]:
    """Variables of the environment that are almost a setting's, each with the likely one."""
    return {name: likely for name, likely in unheard().items() if likely is not None}


def unheard() -> dict[str, str | None]:
    """Variables of the environment that have our prefix and that nothing reads, each with the setting that it is
    almost.

    Others may use the prefix too (for a service of that name Kubernetes sets ``SISEON_SERVICE_HOST``), so a name that
    is like none of ours, which has None, is no mistake for certain.
    """
    ours = [CONFIG_VARIABLE, *map(variable, Settings.model_fields)]
    words = {name.removeprefix(PREFIX): name for name in ours}
    found: dict[str, str | None] = {}
    for name in os.environ:
        if name.upper().startswith(PREFIX) and name.upper() not in OF_TESTS.union(ours):
            close = difflib.get_close_matches(name.upper().removeprefix(PREFIX), words, n=1)
            found[name] = words[close[0]] if close else None
    return found


def _refused(error: ValidationError, stated: Iterable[str]) -> InputError:
    """What is wrong, where it was stated, and what may be stated instead."""
    found = error.errors(include_url=False, include_input=False)
    first = found[0]
    cause = first.get("ctx", {}).get("error")
    if not first["loc"]:  # a source could not be read, before a field was looked at
        broken = [name for name in Settings.model_fields if f'"{name}"' in str(cause)]
        if not broken:
            return _unread(cause if isinstance(cause, Exception) else error)
        return InputError(f"{variable(broken[0])} is not JSON", hint=_help(broken[0]))
    name, *keys = map(str, first["loc"])
    if first["type"] == "extra_forbidden":
        close = difflib.get_close_matches(name, Settings.model_fields, n=1)
        return InputError(
            f"{name} in {config()}: there is no such setting",
            hint=f"{f'did you mean {close[0]}? ' if close else ''}There are: {', '.join(Settings.model_fields)}",
        )
    place = _place(name, stated)
    if name == "pipelines" and keys:  # other keys are the forms that a value may have
        place = f"{place}, at {'.'.join(keys)}"
    # A value of several forms was refused as each of them.
    reasons = "; or: ".join(dict.fromkeys(each["msg"] for each in found if each["loc"][0] == first["loc"][0]))
    if name in ("token", "jobs_webhook_secret"):
        reasons = "it has fewer than 16 characters"
    hint = _help(name)
    if place == "SISEON_PORT" and os.environ.get(place, "").startswith("tcp://"):
        hint = "Kubernetes sets it for a Service named siseon: say enableServiceLinks: false in the Pod, or set it"
    return InputError(f"{place}: {reasons}", hint=hint)


def _place(name: str, stated: Iterable[str]) -> str:
    """Where a setting was stated: the option, the variable or the line."""
    if name in stated:
        return f"--{name.replace('_', '-')}"
    if any(key.upper() == variable(name) for key in os.environ):
        return variable(name)
    if name in earlier():
        return next(key for key, field in EARLIER.items() if field == name)
    return f"{name} in {config()}"


def _unread(error: Exception) -> InputError:
    reason = "it is nested too deeply" if isinstance(error, RecursionError) else error
    return InputError(
        f"{config()} cannot be read: {reason}", hint=f"mend the file, or unset {CONFIG_VARIABLE}"
    )


def _help(name: str) -> str:
    """The setting's own words: its variable, and what it takes."""
    return " ".join(docstrings(Settings).get(name, "").replace("``", "").split())
