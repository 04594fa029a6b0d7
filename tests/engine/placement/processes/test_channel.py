"""Messages, and what is none."""

from __future__ import annotations

import os
import threading

import numpy as np
import pytest

from siseon.engine.placement.processes.channel import (
    HEADER,
    TOKEN_BYTES,
    BrokenChannel,
    Channel,
    Message,
    NotInTime,
    for_ever,
    pair,
)

TOKEN = bytes(range(TOKEN_BYTES))


@pytest.fixture
def ends():
    one, other = pair()
    yield one, other
    one.close()
    other.close()


def test_messages_arrive_whole_with_bodies_and_descriptors(ends):
    one, other = Channel(ends[0], TOKEN), Channel(ends[1], TOKEN)
    bodies = [np.full(size, size % 251, np.uint8) for size in (0, 1, 3_000_000, 0, 17)] + [
        np.full(2, 9, np.uint8)
    ] * 1200
    reading, writing = os.pipe()
    sender = threading.Thread(
        target=one.send, args=(Message("run", {"a": (1, None)}, bodies, [reading]), for_ever)
    )
    sender.start()
    came = other.receive(for_ever)
    sender.join()
    assert (came.kind, came.facts) == ("run", {"a": (1, None)})
    assert [body.tolist() for body in came.bodies if len(body) < 100] == [
        body.tolist() for body in bodies if len(body) < 100
    ]
    assert (came.bodies[2] == bodies[2]).all()
    assert not came.bodies[2].flags.writeable
    os.write(writing, b"x")
    (descriptor,) = came.descriptors
    assert os.read(descriptor, 1) == b"x"
    assert not os.get_inheritable(descriptor)
    for one_of_them in (reading, writing, descriptor):
        os.close(one_of_them)


@pytest.mark.parametrize(
    "written",
    [
        b"x" * 200,
        HEADER.pack(bytes(TOKEN_BYTES), 4) + b"abcd",
        HEADER.pack(TOKEN, 1 << 40),
    ],
)
def test_what_another_has_written_is_not_read(written, ends):
    ends[0].sendall(written)
    with pytest.raises(BrokenChannel, match="not a message"):
        Channel(ends[1], TOKEN).receive(for_ever)


def test_one_who_has_gone_is_missed_also_within_a_message(ends):
    ends[0].sendall(HEADER.pack(TOKEN, 100) + b"half")
    ends[0].close()
    with pytest.raises(BrokenChannel, match="hung up"):
        Channel(ends[1], TOKEN).receive(for_ever)
    with pytest.raises(BrokenChannel):
        Channel(ends[1], TOKEN).send(Message("run", None, [np.zeros(1 << 22, np.uint8)]), for_ever)


def test_patience_ends_both_ways(ends):
    waits = iter([0.001, 0.001])

    def patience() -> float:
        for wait in waits:
            return wait
        raise NotInTime

    channel = Channel(ends[0], TOKEN)
    with pytest.raises(NotInTime):
        channel.receive(patience)
    with pytest.raises(NotInTime):
        channel.send(Message("run", None, [np.zeros(1 << 24, np.uint8)]), patience)
