"""What a carrier has is forgotten once nothing can come of it."""

from __future__ import annotations

import pytest

from siseon.jobs import store
from siseon.jobs.carrier import Carried, InMemory, parcel_of
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
