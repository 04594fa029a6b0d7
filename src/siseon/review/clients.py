"""Experiments with more than one client: many at once, slow ones, endless ones, and ones that go away."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import cycle, islice
from statistics import median

from siseon.review.channel import Head, Talk
from siseon.review.exchange import Case, Evidence, Exchange, Group
from siseon.review.message import around, message
from siseon.review.service import HttpService, Service

CROWD = 16
"""Clients at once."""
SLOW = 8
"""Clients that send half of their picture and then wait."""
PAUSING_S = 1.0
"""Seconds in which they should have got that far."""
HUNG_UP = 16
"""Clients that send a whole request and go."""
SENDING_S = 0.1
"""Seconds in which those requests are on their way, at the least."""
STAY = 3.0
"""Times of a request alone after which they hang up: a busy service needs a while to see that they are there."""
CHUNK = 64 << 10
"""Bytes of an upload sent in one piece."""
ROUNDS = 5
"""Times that clients stay and hang up, at the most."""
UNCLEAR = (0.35, 0.75)
"""Between these parts of the work still done, another round is made: all of it is 1, and what runs goes on."""
VISIBLE_S = 0.1
"""Seconds that a request must wait behind others to show what becomes of it when they go."""
NOTICEABLE_S = 0.25
"""Seconds of delay below which nobody is hurt, and a busy machine could be the cause."""


async def crowd(service: Service, evidence: Evidence) -> None:
    """Many clients at once, each with another picture that was answered before when it came alone.

    The health probe is asked all the while; all of it twice when it answers late.
    """
    for _ in range(2):
        running = [asyncio.create_task(service.send(case)) for case in _different(evidence)]
        together = asyncio.gather(*running)
        waits: list[float] = []
        # Asked at least once, however short the work.
        while not waits or not together.done():
            if (answer := await _timed_health(service)) is None:
                break
            waits.append(answer)
        answers = await together
        evidence.exchanges += answers
        if not waits:
            return
        seen, waited = evidence.many.busy_health_s, half_of_the_time(waits)
        evidence.many.busy_health_s = waited if seen is None else min(seen, waited)
        if waited < late_health_s(evidence):
            return


def half_of_the_time(waits: Sequence[float]) -> float:
    """Seconds that a probe takes, at the least, which is under way at half of all moments.

    Of probes that come one after the other: neither many quick ones before the work begins nor one that was held up by
    something else on the machine say how it is meanwhile.
    """
    left = sum(waits) / 2
    for wait in sorted(waits, reverse=True):
        left -= wait
        if left <= 0:
            break
    return wait


def _different(evidence: Evidence) -> list[Case]:
    """The cases of a crowd: first those that are alike in size, as services that batch want them."""
    plain = evidence.plain
    size = plain.case.size if plain is not None else None
    known = [plain, *evidence.accepted(Group.layout)] if plain is not None else []
    known.sort(key=lambda exchange: exchange.case.size != size)  # stable
    cases = [exchange.case for exchange in islice(cycle(known), CROWD)]
    return [
        replace(case, name=f"{CROWD} at once: {case.name}", group=Group.many, like=case.name, among=CROWD)
        for case in cases
    ]


def late_health_s(evidence: Evidence) -> float:
    """Seconds from which a health answer under load is late: several whole requests went first."""
    return max(NOTICEABLE_S, 5 * evidence.typical_s)


async def slow_clients(service: HttpService, plain: Case, evidence: Evidence, patience_s: float) -> None:
    """Some clients stop in the middle of their picture; another's request must be answered meanwhile."""
    before, after, content_type = around(plain, service.operation)
    whole = before + plain.upload.data + after
    go_on = asyncio.Event()
    stopped = asyncio.Semaphore(0)

    async def body() -> AsyncIterator[bytes]:
        yield whole[: len(whole) // 2]
        stopped.release()
        await go_on.wait()
        yield whole[len(whole) // 2 :]

    head = Head(service.url, content_type, len(whole), service.headers)
    clients = [asyncio.create_task(service.channel.talk(head, body())) for _ in range(SLOW)]
    other: asyncio.Task[Exchange] | None = None
    try:
        # A service that takes one client at a time never asks the second one for its bytes.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(PAUSING_S, patience_s)):
                for _ in clients:
                    await stopped.acquire()
        other = asyncio.create_task(
            service.send(replace(plain, name="beside slow clients", group=Group.many))
        )
        done, _ = await asyncio.wait([other], timeout=patience_s)
        evidence.many.others_blocked = not done
    finally:
        go_on.set()
        await asyncio.wait([*clients, *([other] if other else [])], timeout=4 * patience_s)
        for client in clients:
            client.cancel()
    if other is not None and other.done():
        evidence.exchanges.append(other.result())


async def vanishing_clients(
    service: HttpService,
    plain: Case,
    evidence: Evidence,
    patience_s: float,
    on_round: Callable[[int], None] = lambda _: None,
) -> None:
    """Clients send a whole request each, and another one comes after them: once they stay, once they hang up.

    Where their work is dropped, the other one waits less in the second case. How fast the machine is, and what
    else it does, is in both; rounds are repeated until they tell, and what would be a fault is seen twice.
    """
    content = message(plain, service.operation)
    head = Head(service.url, content.content_type, len(content.body), service.headers)

    async def body() -> AsyncIterator[bytes]:
        yield content.body

    async def waited_s(name: str, *, leave: bool) -> float:
        talk: Callable[[], Awaitable[object]] = (
            partial(service.channel.hang_up, head, content.body, stay_s(evidence))
            if leave
            else lambda: service.channel.talk(head, body())
        )
        clients = [asyncio.ensure_future(talk()) for _ in range(HUNG_UP)]
        await asyncio.sleep(stay_s(evidence))
        case = replace(plain, name=name, group=Group.many, like=plain.name, among=HUNG_UP + 1)
        answer = await service.send(case)
        evidence.exchanges.append(answer)
        await asyncio.wait(clients, timeout=4 * patience_s)
        for client in clients:
            client.cancel()
        return answer.elapsed_s

    for number in range(1, ROUNDS + 1):
        on_round(number)
        evidence.many.behind_others_s.append(await waited_s(f"behind {HUNG_UP} clients", leave=False))
        evidence.many.after_hang_up_s.append(await waited_s(f"after {HUNG_UP} clients hung up", leave=True))
        share = still_done(evidence)
        if share is None or share <= UNCLEAR[0] or (number > 1 and share >= UNCLEAR[1]):
            return


def stay_s(evidence: Evidence) -> float:
    """Seconds after which clients hang up: the service has taken their requests on, and answered few of them."""
    return max(SENDING_S, STAY * evidence.typical_s)


def still_done(evidence: Evidence) -> float | None:
    """Part of the work of clients that have gone that the next request waited for; None where none was seen."""
    if not evidence.many.after_hang_up_s:
        return None
    behind = median(evidence.many.behind_others_s) - evidence.typical_s
    after = median(evidence.many.after_hang_up_s) - evidence.typical_s
    return None if behind < VISIBLE_S else max(0.0, after / behind)


async def flood(service: HttpService, plain: Case, evidence: Evidence, total: int, patience_s: float) -> None:
    """An upload that goes on and on: a sound service answers before it has read it all."""
    before, after, content_type = around(plain, service.operation)
    head = Head(service.url, content_type, len(before) + total + len(after), service.headers)

    async def body() -> AsyncIterator[bytes]:
        yield before + plain.upload.data
        left = total - len(plain.upload.data)
        while left > 0:
            yield bytes(min(CHUNK, left))
            left -= CHUNK
        yield after

    talk = asyncio.create_task(service.channel.talk(head, body()))
    done, _ = await asyncio.wait([talk], timeout=patience_s)
    outcome = talk.result() if done else Talk(0, 0)
    if not done:
        talk.cancel()
        await asyncio.wait([talk])
    evidence.many.flood_read, evidence.many.flood_total = outcome.sent, head.length
    evidence.many.flood_status = outcome.status


async def _timed_health(service: Service) -> float | None:
    start = time.perf_counter()
    # Lets the requests go first; an application in this process may run all of them here.
    await asyncio.sleep(0)
    answer = await service.health()
    return None if answer is None else time.perf_counter() - start
