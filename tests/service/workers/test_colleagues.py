"""What workers share: one limit for all, and an even spread of connections."""

from __future__ import annotations

import asyncio
import socket

import pytest

from siseon.contracts import CapacityError, DeadlineExceeded
from siseon.hosting.admission import Admission
from siseon.service.workers import colleagues
from siseon.service.workers.board import GIVEN, OPEN, Board, bytes_of, nameless
from siseon.service.workers.colleagues import BoardFlight, Colleagues
from siseon.service.workers.talk import Talk


@pytest.fixture
def board() -> Board:
    return Board(nameless(bytes_of(3, 1)), 3, 1)


def test_the_limit_of_requests_in_flight_holds_for_all_workers_together(board):
    admissions = [Admission(limit=4) for _ in range(3)]
    for worker, admission in enumerate(admissions):
        admission.flight = BoardFlight(board, worker, 0)
    for worker in (0, 1, 2, 0):
        admissions[worker].enter(10)
    for admission in admissions:
        with pytest.raises(CapacityError, match="4 requests are in flight, the limit"):
            admission.enter(10)
    admissions[1].leave(answered=True)
    admissions[2].enter(10)
    assert board.in_flight(0) == 4


@pytest.mark.parametrize(
    ("connections", "open_", "crowded"),
    [
        ((3, 1, 1), (1, 1, 1), True),
        ((2, 1, 1), (1, 1, 1), False),
        ((3, 3, 3), (1, 1, 1), False),
        ((9, 0, 0), (1, 0, 0), False),  # nobody else takes requests
        ((9, 0, 8), (1, 0, 1), False),
    ],
)
async def test_a_worker_sends_a_connection_back_when_another_has_two_less(board, connections, open_, crowded):
    for worker in range(3):
        board.put(worker, GIVEN, connections[worker])
        board.put(worker, OPEN, open_[worker])
    assert Colleagues(0, board, talk=None).crowded() is crowded


class Silent:
    """A parent that hears and says nothing."""

    def say(self, *_: object, **__: object) -> None:
        pass


async def test_figures_of_one_worker_do_not_pass_for_those_of_all(board, monkeypatch):
    monkeypatch.setattr(colleagues, "ASK_S", 0.0)
    us = Colleagues(0, board, talk=Silent())
    us.own_figures = lambda: b"siseon_requests_total 1"
    with pytest.raises(DeadlineExceeded, match="figures of all workers"):
        await us.figures()


async def pair() -> tuple[Talk, Talk]:
    ours, theirs = socket.socketpair()
    return await Talk.over(ours), await Talk.over(theirs)


async def test_a_worker_whose_figures_cannot_be_told_hears_on(board, caplog):
    parent, talk = await pair()
    us = Colleagues(0, board, talk)

    def raises() -> bytes:
        raise ValueError("a stage of the user's is not ready")

    us.own_figures = raises
    us.spawn(us.listen())
    parent.say("figures")
    parent.say("open")
    async with asyncio.timeout(60):
        while not us.opened:
            await asyncio.sleep(0.001)
        assert "a stage of the user's is not ready" in caplog.text
        parent.close()
        await us.ended.wait()
    await us.end()


async def test_a_worker_that_hears_what_makes_no_sense_ends(board):
    parent, talk = await pair()
    us = Colleagues(0, board, talk)
    listening = asyncio.create_task(us.listen())
    parent.say("answer")  # without its number
    async with asyncio.timeout(60):
        await us.ended.wait()
    assert us.told.is_set()
    with pytest.raises(KeyError):
        await listening
    parent.close()
    await us.end()
