"""What user code raises or returns, turned into named failures. Nothing here trusts an object's own methods."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Set
from itertools import islice
from typing import TypeGuard, cast

from siseon.contracts import (
    CapacityError,
    ContractViolation,
    DeadlineExceeded,
    FailureCode,
    SiseonError,
    StageFailed,
)

TRUSTED = (
    "__getattribute__",
    "__getattr__",
    "__setattr__",
    "__bool__",
    "__len__",
    "__eq__",
    "__hash__",
    "code",
    "message",
    "hint",
    "stage",
    "at",
    "fresh",
)
"""What the engine uses of a failure: a class that has another for one of these is not passed on as it is."""

log = logging.getLogger("siseon.engine")


def describe(error: BaseException) -> str:
    """Type and text of an exception, whatever its ``__str__`` does."""
    try:
        text = str(error)
    except BaseException:  # noqa: BLE001 - a text is wanted, not the mistake of the one who wrote __str__
        text = "(its text cannot be shown)"
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def is_failure(value: object) -> TypeGuard[SiseonError]:
    """Whether an outcome is a failure, told by its type alone: a value's ``__class__`` may be user code."""
    return issubclass(type(value), SiseonError)


def fresh(failure: SiseonError) -> SiseonError:
    """A failure as an object of its own, without a traceback, also of a class of the user's that is not sound."""
    kind = type(failure)
    try:
        values = object.__getattribute__(failure, "__dict__")
        code, message = values.get("code"), values.get("message")
        if type(code) is not FailureCode or type(message) is not str:
            return StageFailed(f"{kind.__name__} has no failure code and message of its own")
        if any(getattr(kind, name, None) is not getattr(SiseonError, name, None) for name in TRUSTED):
            return SiseonError(message, code=code, hint=values.get("hint"), stage=values.get("stage"))
        return SiseonError.fresh(failure)
    except BaseException as error:  # noqa: BLE001 - user code: __new__, a metaclass
        return StageFailed(f"{kind.__name__} cannot be copied: {describe(error)}")


def named(error: BaseException, what: str) -> SiseonError:
    """A failure without the traceback, whose frames hold the pictures that were worked on."""
    if is_failure(error):
        return fresh(error)
    return StageFailed(f"{what} {describe(error)}", hint="the log has the traceback")


def results_of(returned: object, count: int) -> list[object]:
    """What ``process`` returned, as a list of one result per item.

    Raises:
        ContractViolation: it is not a sequence of ``count`` results.
    """
    if type(returned) is list and len(returned) == count:
        return list(returned)
    if returned is None or issubclass(type(returned), (Mapping, Set, str, bytes, bytearray, BaseException)):
        raise ContractViolation(
            f"process returned {type(returned).__name__}, not a sequence of {count} results",
            hint="return one result per item, in the order of the batch",
        )
    try:
        results: list[object] = list(islice(returned, count + 1))  # type: ignore[call-overload]
    except BaseException as error:  # noqa: BLE001 - a user's __iter__ or __len__
        raise ContractViolation(
            f"what process returned, a {type(returned).__name__}, cannot be read: {describe(error)}"
        ) from None
    if len(results) != count:
        many = len(results) if len(results) <= count else f"more than {count}"
        raise ContractViolation(
            f"process returned {many} results for {count} items",
            hint="return one result per item, in the order of the batch",
        )
    return results


def checked(result: object) -> object:
    """One result; an exception without a name in its place becomes a named failure."""
    if issubclass(type(result), BaseException):
        return named(cast(BaseException, result), "process returned, in an item's place,")
    return result


def late() -> SiseonError:
    """An item whose deadline passed before it ran."""
    return DeadlineExceeded("the deadline passed before the item ran")


def shut() -> CapacityError:
    """An item or a request that a stop has overtaken."""
    return CapacityError(
        "the stage shut down before the answer was there",
        code=FailureCode.shutting_down,
        hint="send the request again: another instance or the restarted one will take it",
    )


def seconds(value: object, name: str) -> float:
    """A time that a caller gives, as a plain float; a float32 would lose the clock's last digits.

    Raises:
        ContractViolation: it is not a number of seconds, or below 0.
    """
    try:
        plain = float(value)  # type: ignore[arg-type]
    except Exception:  # noqa: BLE001 - whatever it is
        plain = math.nan
    if math.isnan(plain) or isinstance(value, str | bytes | bool):
        raise ContractViolation(f"{name} is {value!r}, not a number of seconds")
    return max(0.0, plain)


def positive(value: object, name: str, *, whole: bool = True) -> None:
    """Check a number that a user has set on a stage.

    Raises:
        ContractViolation: it is not a number, or not above 0.
    """
    number = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
    if not number or not 0 < value < float("inf"):  # type: ignore[operator]
        raise ContractViolation(
            f"{name} is {value!r}, not {'a whole number' if whole else 'a finite number'} above 0"
        )
