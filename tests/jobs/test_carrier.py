"""What a carrier has is forgotten once nothing can come of it."""

from __future__ import annotations

from siseon.jobs import store
from siseon.jobs.carrier import Carried, InMemory
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
