"""Items carried by Redis Streams: a stream an application, one group of consumers, a consumer a worker.

An entry is delivered to one consumer and stays pending with it until it is acknowledged. A beat makes all that a worker
has young again; what grows older than a lease has an owner who is dead, and others claim it. Redis may lose everything:
the group is gone then, which whoever asks next finds out, and the carrier is filled again from the database.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from siseon.contracts import DependencyMissing, InputError, StoreError
from siseon.jobs.carrier import CarrierEmptied, Parcel, parcel_of
from siseon.jobs.store import Carried

if TYPE_CHECKING:
    from redis import Redis

GROUP = "siseon"
ANSWER_S = 5.0
FORGOTTEN_MS = 3_600_000
"""A consumer that has nothing and was silent for an hour is the trace of a worker that has ended."""

_DIGITS = re.compile("[0-9]{1,10}")

Entries = list[tuple[str, dict[str, str]]]
"""What Redis answers: (id, fields)."""


class RedisCarrier:
    """A carrier in a Redis.

    Args:
        url: ``redis://HOST:6379/0``.
        lease_s: seconds after its last beat that a worker is dead.

    Raises:
        InputError: ``url`` cannot be read.
        DependencyMissing: the library is not installed.
    """

    def __init__(self, url: str, *, lease_s: float) -> None:
        self._client = _client(url)
        self._old_ms = int(lease_s * 1000)

    def put(self, items: Sequence[Carried]) -> None:
        """Take these."""
        with _translated():
            pipeline = self._client.pipeline(transaction=False)
            for application, job, number in items:
                pipeline.xadd(_stream(application), {"job": job, "number": number})
            pipeline.execute()

    def waiting(self, application: str) -> int:
        """How many it has, those in workers' hands included."""
        with _translated():
            return self._client.xlen(_stream(application))

    def claim(self, worker: str, applications: Sequence[str], count: int) -> list[Parcel]:
        """Up to so many for this worker; first those of dead ones."""
        found: list[Parcel] = []
        for application in applications:
            for claim in (self._of_the_dead, self._new):
                if len(found) < count:
                    entries = claim(worker, application, count - len(found))
                    found += self._parcels(application, entries)
        return found

    def beat(self, worker: str) -> None:
        """This worker lives: what it has stays with it."""
        with _translated():
            streams = list(self._client.scan_iter(_stream("*")))
        for stream in streams:
            with _translated(self._client, stream):
                pending = self._client.xpending_range(stream, GROUP, "-", "+", 10_000, consumername=worker)
                tokens: list[int | bytes | str | memoryview[int]] = [each["message_id"] for each in pending]
                if tokens:
                    self._client.xclaim(stream, GROUP, worker, 0, tokens, justid=True)
                for each in self._client.xinfo_consumers(stream, GROUP):
                    if each["idle"] > FORGOTTEN_MS and not each["pending"]:
                        self._client.xgroup_delconsumer(stream, GROUP, each["name"])

    def done(self, parcels: Iterable[Parcel]) -> None:
        """Forget them."""
        by_stream: dict[str, list[str]] = {}
        for parcel in parcels:
            by_stream.setdefault(_stream(parcel.application), []).append(parcel.token)
        with _translated():
            pipeline = self._client.pipeline(transaction=False)
            for stream, tokens in by_stream.items():
                pipeline.xack(stream, GROUP, *tokens)
                pipeline.xdel(stream, *tokens)
            pipeline.execute()

    def close(self) -> None:
        """Close its connections."""
        self._client.close()

    def _of_the_dead(self, worker: str, application: str, count: int) -> Entries:
        stream = _stream(application)
        with _translated(self._client, stream):
            answer = self._client.xautoclaim(stream, GROUP, worker, self._old_ms, count=count)
        return cast("Entries", answer[1])

    def _parcels(self, application: str, entries: Entries) -> list[Parcel]:
        found = []
        for token, fields in entries:
            if not fields:  # it was deleted while it was pending
                continue
            number = fields.get("number", "")
            parcel = parcel_of(
                application, fields.get("job"), int(number) if _DIGITS.fullmatch(number) else None, token
            )
            if parcel is None:
                self.done([Parcel(application, "", 0, token)])
            else:
                found.append(parcel)
        return found

    def _new(self, worker: str, application: str, count: int) -> Entries:
        stream = _stream(application)
        with _translated(self._client, stream):
            answer = self._client.xreadgroup(GROUP, worker, {stream: ">"}, count=count)
        return cast("Entries", answer[0][1]) if answer else []  # type: ignore[index]


def _stream(application: str) -> str:
    return f"siseon:items:{application}"


def _client(url: str) -> Redis:
    try:
        from redis import Redis
    except ImportError:
        raise DependencyMissing(
            "jobs carried by Redis need its library", hint="pip install 'siseon[redis]'"
        ) from None
    try:
        return Redis.from_url(
            url, decode_responses=True, socket_timeout=ANSWER_S, socket_connect_timeout=ANSWER_S, protocol=2
        )
    except ValueError:
        raise InputError("the address of Redis cannot be read", hint="redis://HOST:6379/0") from None


@contextmanager
def _translated(client: Redis | None = None, stream: str = "") -> Iterator[None]:
    """Name what Redis raises. Where the group of ``stream`` is gone, make it: all that the stream has is new to it."""
    from redis.exceptions import RedisError, ResponseError

    try:
        yield
    except ResponseError as error:
        if not str(error).startswith("NOGROUP") or client is None:
            raise _unavailable(error) from error
        try:
            client.xgroup_create(stream, GROUP, id="0", mkstream=True)
        except ResponseError as exists:
            if not str(exists).startswith("BUSYGROUP"):
                raise _unavailable(exists) from exists
        except RedisError as gone:
            raise _unavailable(gone) from gone
        raise CarrierEmptied(stream) from error
    except RedisError as error:
        raise _unavailable(error) from error


def _unavailable(error: Exception) -> StoreError:
    return StoreError(f"Redis is not available: {error}", hint="check SISEON_JOBS_CARRIER")
