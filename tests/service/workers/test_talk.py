"""Words between parent and worker: one that is too long costs itself, not the conversation."""

from __future__ import annotations

import asyncio
import socket

from siseon.service.workers import talk as talk_module
from siseon.service.workers.talk import Talk


async def heard(listener: Talk) -> list[object]:
    async with asyncio.timeout(60):
        return [word["say"] async for word in listener.words()]


async def test_a_word_that_the_other_side_could_not_hear_is_told_to_the_log(monkeypatch, capsys):
    monkeypatch.setattr(talk_module, "LIMIT", 1 << 10)
    ours, theirs = socket.socketpair()
    speaker, listener = await Talk.over(ours), await Talk.over(theirs)
    speaker.say("one")
    speaker.say("figures", text="x" * (1 << 10))
    speaker.say("two")
    await speaker.flush()
    speaker.close()
    assert await heard(listener) == ["one", "two"]
    assert "too long" in capsys.readouterr().err
    listener.close()


async def test_a_line_without_an_end_ends_the_conversation(monkeypatch):
    monkeypatch.setattr(talk_module, "LIMIT", 1 << 10)
    ours, theirs = socket.socketpair()
    listener = await Talk.over(theirs)
    ours.sendall(b'{"say": "one"}\n' + b"x" * (1 << 12))
    assert await heard(listener) == ["one"]
    listener.close()
    ours.close()
