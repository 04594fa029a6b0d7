"""A carrier brings items faster, and is never what they wait for: forgotten when they are done, passed by when away."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator

import pytest

from siseon.contracts import StoreError
from siseon.jobs import store
from siseon.jobs.carrier import Carried, InMemory, parcel_of
from siseon.jobs.carriers import carrier_at
from siseon.jobs.database import Database


def test_an_item_that_comes_twice_to_one_worker_leaves_nothing_with_the_carrier(database: Database) -> None:
    carrier = InMemory()
    supply = Carried(database, carrier, ["text"])
    store.register(database, "w", ["text"], 20.0)
    job = store.submit(database, store.NewJob("text", ["url:http://example.com/"]), queue_items=10).id
    for _ in range(2):
        (item,) = supply.claim("w", 1)
        store.cancel(database, job)
        store.retry(database, job)
    assert [each.attempt for each in supply.claim("w", 1)] == [item.attempt + 1]
    supply.done([(job, 0)])
    supply.claim("w", 1)
    assert carrier.waiting("text") == 0


class Refusing(InMemory):
    """Does not answer while ``away``."""

    away = False

    def claim(self, worker, applications, count):
        if self.away:
            raise StoreError("nobody there")
        return super().claim(worker, applications, count)

    def beat(self, worker) -> None:
        if self.away:
            raise StoreError("nobody there")

    def done(self, parcels) -> None:
        self.claim("", (), 0)
        super().done(parcels)


def test_while_the_carrier_is_away_the_database_brings_the_items(database: Database, caplog) -> None:
    caplog.set_level(logging.INFO, "siseon.jobs")
    carrier = Refusing()
    supply = Carried(database, carrier, ["text"], again_s=0)
    store.register(database, "w", ["text"], 20.0)
    inputs = [f"url:http://example.com/{number}" for number in range(6)]
    job = store.submit(database, store.NewJob("text", inputs), queue_items=10).id
    found = supply.claim("w", 2)  # all six are in the carrier, two of them in this worker's hands
    carrier.away = True
    found += supply.claim("w", 2)
    supply.beat("w")
    supply.done([(job, 0)])
    found += supply.claim("w", 1)
    carrier.away = False
    found += supply.claim("w", 6)  # what was run meanwhile is refused by its row
    assert [item.number for item in found] == list(range(6))
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    supply.done([(job, number) for number in range(6)])
    assert carrier.waiting("text") == 0


@pytest.fixture
def silent() -> Iterator[str]:
    """HOST:PORT of a server that accepts and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize("scheme", ["redis", "amqp"])
@pytest.mark.parametrize("place", ["silent", "nohost.invalid", "127.0.0.1:9"])
def test_whatever_keeps_a_carrier_away_is_named(request, monkeypatch, scheme, place) -> None:
    for carrier in ("redis", "rabbit"):
        monkeypatch.setattr(f"siseon.jobs.{carrier}_carrier.ANSWER_S", 0.5)
    at = request.getfixturevalue("silent") if place == "silent" else place
    carrier = carrier_at(f"{scheme}://{at}/", lease_s=20)
    with pytest.raises(StoreError, match=r"is not available: [^ ]"):
        carrier.claim("w", ["text"], 1)


def test_applications_take_turns_however_much_one_of_them_has(database: Database) -> None:
    supply = Carried(database, InMemory(), ["gauges", "text"])
    store.register(database, "w", ["gauges", "text"], 20.0)
    for application in ("gauges", "text"):
        inputs = [f"url:http://example.com/{number}" for number in range(50)]
        store.submit(database, store.NewJob(application, inputs), queue_items=100)
    supply.claim("w", 1)
    assert {item.application for _ in range(2) for item in supply.claim("w", 4)} == {"gauges", "text"}


@pytest.mark.parametrize("number", [-1, 2**31, True, 1.0, "1", None])
def test_what_is_no_item_is_not_asked_for(number: object) -> None:
    assert parcel_of("text", "01j", number, "1") is None
    assert parcel_of("text", "job\0", 1, "1") is None
    assert parcel_of("text", "01j", 1, "1") is not None
