"""Labelled pictures, measured: order, failures, and what is no picture."""

from __future__ import annotations

import asyncio

import pytest

from siseon.applications.measuring import Unread, expect_once, measure_all
from siseon.contracts import InputError, SiseonError
from siseon.engine import Pipeline


class Nothing(Pipeline[int, int]):
    """Without a stage."""

    async def run(self, item: int) -> int:
        """The same."""
        return item


async def _measure(item: int) -> int:
    if item == -1:
        await asyncio.sleep(0)  # the failure of another one comes first
    if item < 0:
        raise InputError(f"{item} is no picture")
    if item > 9:
        raise SiseonError("the model is broken")
    return item * 2


async def test_what_is_no_picture_is_left_out_and_named_in_their_order() -> None:
    seen: list[None] = []
    unread = Unread[int](lambda item: f"{item}.png")
    found = await measure_all(
        Nothing(), [-1, -2, 1, 2, 3], _measure, lambda: seen.append(None), at_once=2, unread=unread
    )
    assert found == [2, 4, 6]
    assert len(seen) == 5
    assert unread.notes() == (
        "-1.png was not measured: -1 is no picture",
        "-2.png was not measured: -2 is no picture",
        "not measured: 2",
    )
    assert Unread[int](str).notes() == ()


@pytest.mark.parametrize(
    ("items", "keeps", "message"),
    [
        ([1, -1], False, "^-1 is no picture"),
        ([-1, -2], True, r"^nothing can be measured: -1\.png: -1 is no picture"),
        ([1, 10], True, "the model is broken"),
    ],
)
async def test_what_ends_it(items: list[int], keeps: bool, message: str) -> None:
    unread = Unread[int](lambda item: f"{item}.png") if keeps else None
    with pytest.raises(SiseonError, match=message):
        await measure_all(Nothing(), items, _measure, bool, unread=unread)


def test_what_stands_twice_is_named() -> None:
    expect_once(["a", "b"], "the table names")
    with pytest.raises(InputError, match=r"^the table names b twice$"):
        expect_once(["a", "b", "c", "b"], "the table names")
