"""Items carried by RabbitMQ: a durable queue an application; what a worker holds is not acknowledged.

A broker that hears nothing of a connection, neither calls nor heartbeats, gives all that it held to others. A queue
that is gone has lost what it had: whoever asks next makes it anew, and the carrier is filled again from the database.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import orjson

from siseon.contracts import DependencyMissing, InputError, StoreError
from siseon.jobs.carrier import CarrierEmptied, Parcel, parcel_of
from siseon.jobs.store import Carried

if TYPE_CHECKING:
    from pika import BlockingConnection, URLParameters
    from pika.adapters.blocking_connection import BlockingChannel

ANSWER_S = 5.0
NOT_FOUND = 404
PERSISTENT = 2
"""Kept on the broker's disk, so that it has them when it was started again."""
BEATS = 2
"""Heartbeats in a lease: a broker that has fallen silent is noticed before a lease has ended."""


class RabbitCarrier:
    """A carrier in a RabbitMQ.

    Args:
        url: ``amqp://USER:PASSWORD@HOST:5672/VHOST``.
        lease_s: seconds after its last beat that a worker is dead.

    Raises:
        InputError: ``url`` cannot be read.
        DependencyMissing: the library is not installed.
    """

    def __init__(self, url: str, *, lease_s: float) -> None:
        self._parameters = _parameters(url, lease_s)
        self._connection: BlockingConnection | None = None
        self._channel: BlockingChannel | None = None
        self._opened = 0
        """How often: the broker knows what it has delivered by numbers that hold for one channel."""
        self._held: dict[str, set[str]] = {}
        self._lock = threading.RLock()

    def put(self, items: Sequence[Carried]) -> None:
        """Take these: the broker has them when this returns, on its disk a little later."""
        from pika import BasicProperties

        kept = BasicProperties(delivery_mode=PERSISTENT)
        with self._open() as channel:
            for application, job, number in items:
                channel.basic_publish("", _queue(application), orjson.dumps([job, number]), kept)
            # An answer comes after all that was sent before it.
            for application in {each.application for each in items}:
                channel.queue_declare(_queue(application), passive=True)

    def waiting(self, application: str) -> int:
        """How many it has; of those in workers' hands, as the broker does not tell, this worker's own."""
        with self._open(application) as channel:
            declared = channel.queue_declare(_queue(application), passive=True)
            return int(declared.method.message_count) + len(self._held.get(application, ()))

    def claim(self, worker: str, applications: Sequence[str], count: int) -> list[Parcel]:
        """Up to so many for this worker."""
        found: list[Parcel] = []
        for application in applications:
            with self._open(application) as channel:
                while len(found) < count:
                    got, _, body = channel.basic_get(_queue(application))
                    if got is None or body is None:
                        break
                    token = f"{self._opened}/{got.delivery_tag}"
                    parcel = _parcel(application, body, token)
                    if parcel is None:
                        channel.basic_ack(got.delivery_tag)
                        continue
                    self._held.setdefault(application, set()).add(token)
                    found.append(parcel)
        return found

    def beat(self, worker: str) -> None:
        """This worker lives: what it has stays with it."""
        if not self._lock.acquire(blocking=False):
            return  # who has it waits for an answer, and sends heartbeats meanwhile
        try:
            if self._connection is not None:
                with self._open():
                    self._connection.process_data_events(0)  # it sends its heartbeat when it is asked to
        finally:
            self._lock.release()

    def done(self, parcels: Iterable[Parcel]) -> None:
        """Forget them. What a connection held that was lost is with others already."""
        with self._open() as channel:
            for parcel in parcels:
                self._held.get(parcel.application, set()).discard(parcel.token)
                opened, tag = parcel.token.split("/")
                if int(opened) == self._opened:
                    channel.basic_ack(int(tag))

    def close(self) -> None:
        """Close its connection: what it holds goes to others."""
        with self._lock:
            self._drop()

    @contextmanager
    def _open(self, application: str | None = None) -> Iterator[BlockingChannel]:
        """The channel, one caller at a time; names what it raises. A queue of ``application`` that is gone is made."""
        from pika.exceptions import ChannelClosedByBroker

        with self._lock:
            try:
                yield self._reach()
            except ChannelClosedByBroker as error:
                self._channel = None
                if error.reply_code != NOT_FOUND or application is None:
                    raise _unavailable(error) from error
                self._make(application)
                raise CarrierEmptied(application) from error
            except _failures() as error:
                self._drop()
                raise _unavailable(error) from error

    def _reach(self) -> BlockingChannel:
        from pika import BlockingConnection

        if self._connection is None or not self._connection.is_open:
            self._connection = BlockingConnection(self._parameters)
            self._channel = None
        if self._channel is None or not self._channel.is_open:
            self._channel = self._connection.channel()
            self._opened += 1
            self._held.clear()
        return self._channel

    def _make(self, application: str) -> None:
        try:
            self._reach().queue_declare(_queue(application), durable=True)
        except _failures() as error:
            self._drop()
            raise _unavailable(error) from error

    def _drop(self) -> None:
        connection, self._connection, self._channel = self._connection, None, None
        if connection is not None:
            with suppress(*_failures()):
                connection.close()


def _queue(application: str) -> str:
    return f"siseon.items.{application}"


def _parcel(application: str, body: bytes, token: str) -> Parcel | None:
    try:
        job, number = orjson.loads(body)
    except (ValueError, TypeError):
        job = number = None
    return parcel_of(application, job, number, token)


def _failures() -> tuple[type[Exception], ...]:
    """All that the library raises where a broker cannot be reached, falls silent, or says what it should not."""
    from pika.adapters.utils.connection_workflow import AMQPConnectorException
    from pika.exceptions import AMQPError

    return AMQPError, AMQPConnectorException, OSError


def _parameters(url: str, lease_s: float) -> URLParameters:
    try:
        from pika import URLParameters
    except ImportError:
        raise DependencyMissing(
            "jobs carried by RabbitMQ need its library", hint="pip install 'siseon[rabbitmq]'"
        ) from None
    try:
        parameters = URLParameters(url)
    except (ValueError, TypeError, AttributeError, SyntaxError):
        raise InputError(
            "the address of RabbitMQ cannot be read", hint="amqp://USER:PASSWORD@HOST:5672/VHOST"
        ) from None
    parameters.heartbeat = max(2, round(lease_s / BEATS))
    parameters.socket_timeout = parameters.stack_timeout = ANSWER_S
    parameters.blocked_connection_timeout = (
        ANSWER_S  # a broker without memory or disk takes nothing, and says so
    )
    return parameters


def _unavailable(error: Exception) -> StoreError:
    return StoreError(
        f"RabbitMQ is not available: {str(error) or type(error).__name__}", hint="check SISEON_JOBS_CARRIER"
    )
