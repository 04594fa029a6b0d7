"""A service that has a day: what it told once is told again and again, each time a step further.

Only what the console asks by itself is played, look for look: what people do, and everybody else, reaches the service.
A look waits until every open page has taken what it was told, so that nothing is skipped and nothing piles up.
"""

from __future__ import annotations

import asyncio
import math
import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import orjson
from memory import memory
from nicegui.client import Client
from starlette.types import ASGIApp, Receive, Scope, Send

from siseon.console.api import QUIET
from siseon.console.history import EVERY_S
from siseon.console.live.watching import EVERY_S as WATCH_S

BOUND = re.compile(r'le="([^"]+)"')
AHEAD = 24
"""Messages that a page may be behind."""
WATCHED = ("/v1/streams", "/v1/alarms")
"""What the console asks more often than the rest."""
Document = Any
Play = Callable[[Document, int], Document]


class Played:
    """ASGI, before the service; ``POST /day?until=100`` lets each feed have as many looks as the day has in which the
    Overview has a hundred, ``GET /day`` counts, ``GET /day/memory`` says what is in memory.
    """

    def __init__(self, service: ASGIApp) -> None:
        self._service = service
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(service), base_url="http://localhost", timeout=60
        )
        self._until = 0
        self._recorded: dict[str, Document] = {}
        self.looks: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection's event."""
        if scope["type"] == "http" and scope["path"] == "/day":
            if scope["method"] == "POST":
                self._until = int(scope["query_string"].partition(b"=")[2])
            told = {"looks": self.looks, "over": self._is_over()}
            await _answer(send, orjson.dumps(told))
        elif scope["type"] == "http" and scope["path"] == "/day/memory":
            await _answer(send, orjson.dumps(memory().document()))
        elif self._until and scope["type"] == "http" and _by_the_console(scope) and (play := play_of(scope)):
            await self._its_time(scope)
            key = scope["path"]
            if key not in self._recorded:
                self._recorded[key] = await self._ask(scope)
            self.looks[key] += 1
            told = play(self._recorded[key], self.looks[key])
            await _answer(send, told if isinstance(told, bytes) else orjson.dumps(told))
        else:
            await self._service(scope, receive, send)

    async def _its_time(self, scope: Scope) -> None:
        while self.looks[scope["path"]] >= self._due(scope["path"]) or somebody_is_behind():  # noqa: ASYNC110
            await asyncio.sleep(0.02)

    def _due(self, path: str) -> int:
        return round(self._until * EVERY_S / WATCH_S) if path in WATCHED else self._until

    def _is_over(self) -> bool:
        """Whether all have had their looks; the items of a job are asked for by its page, when that has time."""
        return all(
            count >= self._due(path) for path, count in self.looks.items() if not path.endswith("/items")
        )

    async def _ask(self, scope: Scope) -> Document:
        answer = await self._client.get(f"{scope['path']}?{scope['query_string'].decode()}")
        answer.raise_for_status()
        return answer.text if scope["path"] == "/metrics" else answer.json()


def _by_the_console(scope: Scope) -> bool:
    return scope["method"] == "GET" and any(
        name == b"traceparent" and value.startswith(b"00-" + QUIET.encode())
        for name, value in scope["headers"]
    )


def somebody_is_behind() -> bool:
    """Whether an open page has not taken what it was told."""
    return any(
        len(each.outbox.message_history) > AHEAD
        for each in Client.instances.values()
        if each.has_socket_connection
    )


async def _answer(send: Send, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def play_of(scope: Scope) -> Play | None:
    """How a document goes on; None: it stays as the service tells it."""
    path: str = scope["path"]
    if path in PLAYS and b"stream=" not in scope["query_string"]:
        return PLAYS[path]
    if path.startswith("/v1/jobs/"):
        return items if path.endswith("/items") else job if path.count("/") == 3 else None
    return None


def when(step: int) -> str:
    """The moment of the day."""
    return (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=EVERY_S * step)).isoformat()


def wave(step: int, phase: float = 0.0) -> float:
    """From 0 to 1 and back, never twice the same."""
    return 0.5 + 0.5 * math.sin(step / 7 + phase)


def metrics(text: str, step: int) -> bytes:
    """Every counter has gone on; a bucket of up to 50 ms stays as it was."""
    lines = []
    for line in text.splitlines():
        name, _, value = line.rpartition(" ")
        kind = name.partition("{")[0]
        if line.startswith("#"):
            pass
        elif kind.endswith("_bucket"):
            bound = BOUND.search(name)
            if bound is not None and float(bound[1]) > 0.05 + 0.2 * wave(step // 30):
                line = f"{name} {float(value) + step}"
        elif kind.endswith(("_total", "_count", "_sum")):
            line = f"{name} {float(value) + step}"
        elif kind in ("siseon_requests_in_flight", "siseon_stage_waiting_items"):
            line = f"{name} {round(5 * wave(step))}"
        elif kind == "process_resident_memory_bytes":
            line = f"{name} {float(value) + 1e6 * (step % 50)}"
        lines.append(line)
    return "\n".join(lines).encode()


def models(told: Document, step: int) -> Document:
    """Those in memory are called at every step."""
    for one in told:
        if one["loaded"]:
            one["stats"]["calls"] += 1
            one["stats"]["items"] += 3
            for name in ("mean_ms", "p50_ms", "p95_ms"):
                one["stats"][name] = round(20 + 30 * wave(step), 2)
            one["items_per_second"] = round(9 * wave(step), 2)
    return told


def traces(told: Document, step: int) -> Document:
    """A new one, and the oldest is forgotten."""
    new = {
        **told[-1],
        "trace_id": f"{step:032x}",
        "started": when(step),
        "elapsed_ms": round(100 * wave(step), 2),
        "waited_ms": round(10 * wave(step), 2),
    }
    told.insert(0, new)
    del told[100:]
    return told


def report(told: Document, step: int) -> Document:
    """The same stages with other times."""
    for one in told:
        one["p50_ms"] = round(40 * wave(step), 2)
        for number, stage in enumerate(one["stages"]):
            stage["compute_p50_ms"] = round(9 * wave(step, number), 2)
            stage["items"] += 1
    return told


def streams(told: Document, step: int) -> Document:
    """Needles move; now and then a camera is lost for a minute."""
    for number, one in enumerate(told):
        is_lost = (step + 100 * number) % 900 < 30
        one["state"] |= {"state": "lost" if is_lost else "live", "at": when(step - step % 900)}
        one["state"]["cause"] = "unreachable" if is_lost else None
        if one["figures"] is not None:
            one["figures"]["frames"] += 2
            one["figures"]["answered"] += 2
            one["figures"]["latency_ms"] = round(20 * wave(step), 1)
        one["values"] = {
            "at": when(step),
            "figures": [{"tag": "reading", "value": round(40 * wave(step, number), 2), "unit": "bar",
                         "quality": "good", "reason": None}],
        }  # fmt: skip
    return told


def alarms(told: Document, step: int) -> Document:
    """Raised, acknowledged, over, forgotten: every forty steps another state."""
    states = ("normal", "unacknowledged", "acknowledged", "returned_unacknowledged")
    for number, one in enumerate(told):
        state = states[(step // 40 + number) % len(states)]
        changed = when(step - step % 40)
        one |= {"state": state, "active": state in states[1:3], "value": 12.5, "changed_at": changed}
    return told


def alarm_events(told: Document, step: int) -> Document:
    """One in twenty steps."""
    if step % 20 == 0:
        told.append({**told[-1], "id": told[-1]["id"] + 1, "at": when(step), "value": float(step)})
        del told[:-100]
    return told


def jobs(told: Document, step: int) -> Document:
    """The newest goes on; when it is done another one is handed in."""
    if step % 250 == 1:
        told.insert(0, {**told[0], "id": f"{step:026d}", "created_at": when(step)})
        del told[20:]
    return [_at_work(one, step % 250 if number == 0 else 250, step) for number, one in enumerate(told)]


def job(told: Document, step: int) -> Document:
    """It is worked on; when it is done all is tried again."""
    return _at_work(told, step // 2 % 251, step)


def _at_work(one: Document, done: int, step: int) -> Document:
    ended = done >= 250
    return one | {
        "state": "done" if ended else "running",
        "workers": 0 if ended else 1,
        "total": 250,
        "done": done,
        "failed": 0,
        "rate_per_s": None if ended else round(1 + wave(step), 2),
        "left_s": None if ended else float(250 - done),
    }


def as_told(told: Document, _: int) -> Document:
    """Ready all day."""
    return told


def items(told: Document, step: int) -> Document:
    """Sixty, of which one more is done at every step."""
    done = step % 61
    return [
        told[number % len(told)]
        | {"number": number}
        | ({} if number < done else {"state": "queued", "result": None, "files": []})
        for number in range(60)
    ]


PLAYS: dict[str, Play] = {
    "/readyz": as_told,
    "/metrics": metrics,
    "/v1/models": models,
    "/v1/traces": traces,
    "/v1/traces/report": report,
    "/v1/streams": streams,
    "/v1/alarms": alarms,
    "/v1/alarms/events": alarm_events,
    "/v1/jobs": jobs,
}
