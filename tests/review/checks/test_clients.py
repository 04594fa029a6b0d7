"""Faults that one polite client never sees."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from siseon.review import Report
from siseon.review.clients import half_of_the_time
from siseon.review.exchange import Group

Review = Callable[..., Report]
WORK_S = 0.03
PLAIN = (Group.plain,)


def found(report: Report) -> list[str]:
    return [violation.check for violation in report.violations]


def test_work_that_blocks_the_event_loop_is_found_by_the_health_probe(reviewed: Review) -> None:
    async def blocking(_: Request) -> None:
        time.sleep(WORK_S)  # noqa: ASYNC251 - the fault under test

    assert "health-under-load" in found(reviewed(groups=PLAIN, load=True, work=blocking))


def test_a_service_that_takes_one_client_at_a_time_is_found_by_slow_ones(reviewed: Review) -> None:
    turn = asyncio.Lock()

    async def one_at_a_time(rest: Callable[[], Awaitable[None]]) -> None:
        async with turn:
            await rest()

    assert "slow-clients" in found(reviewed(groups=PLAIN, load=True, gate=one_at_a_time))


def test_work_for_clients_that_have_gone_is_found(reviewed: Review) -> None:
    turn = asyncio.Lock()

    async def in_turn(_: Request) -> None:
        async with turn:
            await asyncio.sleep(WORK_S)

    assert found(reviewed(groups=PLAIN, load=True, work=in_turn)) == ["vanished-clients"]


def test_a_service_that_drops_the_work_of_clients_that_have_gone_is_right(reviewed: Review) -> None:
    turn = asyncio.Lock()

    async def in_turn(request: Request) -> None:
        async with turn:
            if not await request.is_disconnected():
                await asyncio.sleep(WORK_S)

    assert found(reviewed(groups=PLAIN, load=True, work=in_turn)) == []


def test_answers_that_are_given_to_the_wrong_client_under_load_are_found(reviewed: Review) -> None:
    running = 0

    async def count(_: Request) -> None:
        nonlocal running
        running += 1
        await asyncio.sleep(0.01)

    def shared(answer: dict[str, Any]) -> dict[str, Any]:
        nonlocal running
        crowded, running = running > 1, running - 1
        return answer | {"detections": [], "classifications": []} if crowded else answer

    report = reviewed(groups=PLAIN, load=True, work=count, change=shared)
    assert report.first_breaking.check == "answers-mixed-up"


def test_overload_without_a_time_to_come_back_is_risky_and_with_it_right(reviewed: Review) -> None:
    def shedding(headers: dict[str, str]) -> Report:
        running = 0

        async def gate(rest: Callable[[], Awaitable[None]]) -> Response | None:
            nonlocal running
            if running >= 4:
                content = {"code": "overloaded", "detail": "4 requests run", "retryable": True}
                return JSONResponse(content, 503, headers=headers)
            running += 1
            try:
                await asyncio.sleep(0.01)
                await rest()
                return None
            finally:
                running -= 1

        return reviewed(groups=PLAIN, load=True, gate=gate)

    assert "retry-after" in found(shedding({}))
    assert "under-load" not in found(shedding({"Retry-After": "1"}))


def test_a_health_probe_that_infers_is_found(reviewed: Review) -> None:
    async def heavy(_: Request) -> None:
        await asyncio.sleep(0.15)

    assert "health-light" in found(reviewed(groups=PLAIN, health=heavy))


def test_what_a_busy_machine_holds_up_once_is_no_late_probe() -> None:
    assert half_of_the_time([0.005] * 200 + [0.3]) == 0.005
    assert half_of_the_time([0.001] * 20 + [0.48]) == 0.48
    assert half_of_the_time([0.3, 0.2, 0.1]) == 0.3
    assert half_of_the_time([0.0]) == 0.0


def test_a_probe_that_is_slow_once_is_asked_again(reviewed: Review) -> None:
    asked = 0

    async def slow_at_first(_: Request) -> None:
        nonlocal asked
        asked += 1
        if asked == 1:
            await asyncio.sleep(0.15)

    assert "health-light" not in found(reviewed(groups=PLAIN, health=slow_at_first))
    assert asked == 2
