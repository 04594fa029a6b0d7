"""The functions of an application, which may be a stranger's: whatever they raise or return, callers see a failure."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, TypeVar

from siseon.contracts import ContractViolation, Image, SiseonError
from siseon.engine.mistakes import named

if TYPE_CHECKING:
    from siseon.applications.application import AnyApplication

T = TypeVar("T")

log = logging.getLogger("siseon.applications")


def guarded(name: str, application: AnyApplication) -> AnyApplication:
    """The application of that name; what draws, makes, tells and counts raises a ``SiseonError`` and nothing else."""
    return replace(
        application,
        draw=Guarded(f"draw of {name!r}", application.draw, Image),
        text=Guarded(f"text of {name!r}", application.text, str),
        count=Guarded(f"count of {name!r}", application.count, int),
        made=None if application.made is None else Guarded(f"made of {name!r}", application.made, tuple),
        beside=None
        if application.beside is None
        else Guarded(f"beside of {name!r}", application.beside, tuple),
        steps=None if application.steps is None else Guarded(f"steps of {name!r}", application.steps, tuple),
        measure=None
        if application.measure is None
        else Guarded(f"measure of {name!r}", application.measure, tuple),
    )


@dataclass(frozen=True, slots=True)
class Guarded(Generic[T]):
    """One function. An object, not a closure: it may go to another process."""

    what: str
    call: Callable[..., T]
    returns: type[T]

    def __call__(self, *arguments: object) -> T:
        """What it returns.

        Raises:
            SiseonError: its own, ``stage_failed`` for what else it raises, ``contract_violation`` for what it should
                not return.
        """
        with failures_named(self.what):
            value = self.call(*arguments)
        if not isinstance(value, self.returns):
            raise ContractViolation(
                f"{self.what} returned {type(value).__name__}, not {self.returns.__name__}",
                hint="repair the package that brings it",
            )
        return value


@contextmanager
def failures_named(what: str) -> Iterator[None]:
    """Around a call of ``what``: anything but a ``SiseonError`` becomes one, and its traceback goes into the log."""
    try:
        yield
    except SiseonError:
        raise
    except (Exception, SystemExit) as error:
        log.error("%s raised %s", what, type(error).__name__, exc_info=error)
        raise named(error, f"{what} raised") from None
