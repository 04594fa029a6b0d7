"""What a stage says about one item (its bucket, its key, its cost) or itself (its name), checked before it is used."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any

from siseon.contracts import ContractViolation, SiseonError
from siseon.engine.mistakes import describe, fresh

if TYPE_CHECKING:
    from siseon.engine.stage import Stage


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


def text_of(read: Callable[[], object], what: str) -> str:
    """A text that an attribute of a stage gives, which may be a property of the user's.

    Raises:
        ContractViolation: it raised, or is not a text.
    """
    try:
        text = read()
    except Exception as error:  # noqa: BLE001 - user code
        raise ContractViolation(f"{what} raised {describe(error)}") from None
    if not isinstance(text, str):
        raise ContractViolation(f"{what} is of type {type(text).__name__}, not a text")
    return text


def label_of(stage: Stage[Any, Any]) -> str:
    """What a stage is called outside pipelines; its class's name if it cannot say."""
    try:
        return text_of(lambda: stage.label, "label")
    except ContractViolation:
        return type(stage).__name__
