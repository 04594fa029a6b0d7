"""What a stage says about one item (its bucket, its key, its cost), checked before the queue sees it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from siseon.contracts import ContractViolation, SiseonError
from siseon.engine.failures import describe, fresh


def name_of(method: Callable[[Any], Hashable], item: object, what: str) -> Hashable:
    """A bucket or a key.

    Raises:
        SiseonError: what the method raised; ``contract_violation`` if that has no name, or the value no hash.
    """
    try:
        value = method(item)
        hash(value)
    except SiseonError as error:
        raise fresh(error) from None
    except Exception as error:  # noqa: BLE001 - user code
        raise ContractViolation(
            f"{what} raised {describe(error)}", hint="it must return a hashable value for every item"
        ) from None
    return value


def price_of(method: Callable[[Any], float], item: object) -> float:
    """A cost.

    Raises:
        SiseonError: what the method raised; ``contract_violation`` if that has no name, or is not a cost.
    """
    try:
        value = method(item)
    except SiseonError as error:
        raise fresh(error) from None
    except Exception as error:  # noqa: BLE001 - user code
        raise ContractViolation(f"cost raised {describe(error)}") from None
    try:
        price = float(value)
    except Exception:  # noqa: BLE001 - whatever the value is
        price = -1.0
    if not 0.0 <= price < float("inf"):
        raise ContractViolation(
            f"cost returned a {type(value).__name__} that is not a finite number of at least 0"
        )
    return price
