"""Sequences that hold their items packed: on the wire, and in the schema, each is a tuple of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, TypeVar

from pydantic import Field, GetCoreSchemaHandler, ValidatorFunctionWrapHandler
from pydantic_core import CoreSchema, core_schema

P = TypeVar("P", bound=Sequence[object])


def as_tuple(
    packed: type[P],
    item: type,
    handler: GetCoreSchemaHandler,
    *,
    most: int,
    least: int = 0,
) -> CoreSchema:
    """The schema of a packed class, for its ``__get_pydantic_core_schema__``.

    Args:
        packed: the class, made of its items.
        item: what a tuple on the wire has.
        handler: of pydantic.
        most: items that it may have; one that is packed already is held to it as well.
        least: items that it must have.
    """
    bounds = Field(min_length=least or None, max_length=most)
    on_the_wire = handler.generate_schema(Annotated[tuple[item, ...], bounds])  # type: ignore[valid-type]

    def read(told: object, of_the_wire: ValidatorFunctionWrapHandler) -> P:
        made = told if isinstance(told, packed) else packed(of_the_wire(told))  # type: ignore[call-arg]
        if not least <= len(made) <= most:
            raise ValueError(f"{len(made):,} of them: there are {least:,} to {most:,}")
        return made

    return core_schema.no_info_wrap_validator_function(
        read,
        on_the_wire,
        serialization=core_schema.plain_serializer_function_ser_schema(tuple, return_schema=on_the_wire),
    )
