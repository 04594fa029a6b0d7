"""A broker that is not there, says nothing, or holds what others have put there is a named failure, or none at all."""

from __future__ import annotations

import socket

import pytest

from jobs.servers import RabbitMQ
from siseon.contracts import InputError, StoreError
from siseon.jobs import rabbit_carrier
from siseon.jobs.carrier import CarrierEmptied
from siseon.jobs.rabbit_carrier import RabbitCarrier
from siseon.jobs.store import Carried


def test_a_broker_that_takes_connections_and_says_nothing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rabbit_carrier, "ANSWER_S", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:
        carrier = RabbitCarrier(f"amqp://127.0.0.1:{server.getsockname()[1]}/", lease_s=20.0)
        with pytest.raises(StoreError):
            carrier.claim("w", ["text"], 1)


def test_a_host_without_an_address_is_named() -> None:
    with pytest.raises(StoreError):
        RabbitCarrier("amqp://nobody.invalid/", lease_s=20.0).claim("w", ["text"], 1)


@pytest.mark.parametrize("url", ["amqp://h:port/", "amqp://h/?ssl_options=(", "amqp://h/?heartbeat=x"])
def test_an_address_that_cannot_be_read_is_refused(url: str) -> None:
    with pytest.raises(InputError):
        RabbitCarrier(url, lease_s=20.0)


def test_what_others_have_put_into_the_queue_is_removed(rabbitmq_server: RabbitMQ) -> None:
    carrier = RabbitCarrier(rabbitmq_server.url, lease_s=20.0)
    with pytest.raises(CarrierEmptied):  # makes the queue
        carrier.claim("w", ["poisoned"], 1)
    with carrier._open() as channel:
        for body in (b"hello", b"", b"null", b"[1, 2, 3]", b"[" * 100_000, b'["j", 1e400]', b'["j", -1]'):
            channel.basic_publish("", "siseon.items.poisoned", body)
    carrier.put([Carried("poisoned", "01j", 7)])
    (parcel,) = carrier.claim("w", ["poisoned"], 10)
    assert parcel[1:3] == ("01j", 7)
    carrier.done([parcel])
    assert carrier.waiting("poisoned") == 0
    carrier.close()
