"""Which service runs which stream: once, given back at the end, taken over when a lease is over."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from siseon.jobs.database import Database
from siseon.streams import kept, ownership
from siseon.streams.kept_options import KeptOptions
from siseon.streams.life import State
from siseon.streams.ownership import LEASE_S
from siseon.streams.wire import StateTold

NAMES = ("a", "b", "c")


@pytest.fixture
def filled(database: Database) -> Database:
    for name in NAMES:
        kept.add(database, name, "rtsp://eve:geheim@camera/x", "inspection", KeptOptions())
    return database


def owners(database: Database) -> dict[str, str | None]:
    return {one.kept.name: one.owner for one in ownership.standings(database)}


def told(name: str, clock) -> StateTold:
    return StateTold.model_validate(
        {
            "stream": name,
            "at": clock(),
            "state": State.live,
            "cause": None,
            "message": "",
            "hint": "",
            "retry_s": None,
        }
    )


def test_a_stream_belongs_to_the_first_until_its_lease_is_over(filled, clock):
    ownership.beat(filled, "one", {})
    ownership.claim(filled, "one", ["a", "b"])
    ownership.beat(filled, "two", {})
    ownership.claim(filled, "two", NAMES)
    assert owners(filled) == {"a": "one", "b": "one", "c": "two"}
    clock.time += LEASE_S - 1
    ownership.beat(filled, "two", {})
    ownership.claim(filled, "two", NAMES)
    assert owners(filled)["a"] == "one"
    clock.time += 2
    ownership.claim(filled, "two", NAMES)
    assert owners(filled) == dict.fromkeys(NAMES, "two")
    ownership.beat(filled, "one", {})  # it was stopped, and goes on: what it had is another's
    assert owners(filled) == dict.fromkeys(NAMES, "two")


def test_what_is_given_back_is_free_at_once(filled):
    ownership.beat(filled, "one", {})
    ownership.claim(filled, "one", NAMES)
    ownership.give_back(filled, "one")
    assert owners(filled) == dict.fromkeys(NAMES)


def test_many_that_claim_at_once_have_each_stream_once(filled):
    services = [f"service-{number}" for number in range(6)]

    def attempt(service: str) -> None:
        ownership.beat(filled, service, {})
        ownership.claim(filled, service, NAMES)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(attempt, services))
    found = owners(filled)
    assert all(owner in services for owner in found.values())
    ownership.claim(filled, "service-0", NAMES)
    assert owners(filled) == found


def test_states_are_told_to_others_as_long_as_the_service_lives(filled, clock):
    ownership.beat(filled, "one", {"a": ownership.Running(state=told("a", clock))})
    ownership.beat(filled, "two", {"b": ownership.Running(state=told("b", clock))})
    assert ownership.told_states(filled).keys() == {"a", "b"}
    clock.time += LEASE_S
    ownership.beat(filled, "two", {"b": ownership.Running(state=told("b", clock))})
    assert ownership.told_states(filled).keys() == {"b"}


@pytest.mark.parametrize("back_s", [60, 1800, 7 * 24 * 3600])
def test_a_clock_that_was_set_back_does_not_keep_a_dead_service_alive(filled, clock, back_s):
    ownership.beat(filled, "one", {})
    ownership.claim(filled, "one", NAMES)
    clock.time -= back_s
    assert owners(filled) == dict.fromkeys(NAMES)


def test_a_stream_of_another_version_is_left_out_and_the_others_are_there(filled, caplog):
    from sqlalchemy import update

    from siseon.jobs.stream_tables import streams

    with filled.write() as connection:
        connection.execute(update(streams).where(streams.c.name == "b").values(options='{"newer": 1}'))
    assert owners(filled).keys() == {"a", "c"}
    assert "stream b is left out" in caplog.text
    assert "geheim" not in caplog.text
