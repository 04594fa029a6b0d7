"""Alarms in a real database: each change once, whoever makes it, and in one order."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from siseon.contracts import FailureCode, StreamError
from siseon.jobs.database import Database
from siseon.streams import kept
from siseon.streams.alarms import looking, outbox, store
from siseon.streams.alarms.condition import Memory
from siseon.streams.alarms.rules import LONGEST_S, AlarmRule
from siseon.streams.alarms.store import Turn, Watched
from siseon.streams.kept_options import KeptOptions
from streams.alarms.told import HIGH, STALE, options

ID = "gate.t.high"
HOOK = "https://example.com/hook"
on_sqlite = pytest.mark.parametrize("url", ["sqlite"], indirect=True)
"""What asks nothing of a database that others do not."""


@pytest.fixture
def gate(database: Database) -> Database:
    """A stream with one alarm, taken up."""
    how = options(HIGH, webhook=HOOK)
    kept.add(database, "gate", "rtsp://camera/x", "gauges", how)
    store.watch(database, {"gate": watched(how)}, 1000.0)
    return database


def watched(how: KeptOptions) -> Watched:
    return Watched(how.alarms, how.webhook)


def turns(database: Database, number: int, *, missed: int = 0) -> set[str]:
    """The condition turns for the time of that number: odd ones come, even ones go."""
    memory = Memory(at=1000.0 + number, good_at=1000.0, active=number % 2 == 1, turns=number)
    turn = Turn(ID, memory, 1_800_000_000.0 + number, 9.5, "bar", 9.5, missed)
    return store.turn(database, [turn], {})


def kinds(database: Database) -> list[str]:
    return [str(event.kind) for event in looking.events(database)]


def test_an_alarm_goes_through_its_states_and_the_log_tells_who_did_what(gate):
    turns(gate, 1, missed=4)
    seen = store.acknowledge(gate, ID, "Eve", "on my way")
    assert (seen.state, seen.acknowledged_by) == ("acknowledged", "Eve")
    turns(gate, 2)
    (alarm,) = looking.listed(gate)
    assert (alarm.state, alarm.active, alarm.value) == ("normal", False, 9.5)
    raised, acknowledged, returned = looking.events(gate)
    assert [raised.id, acknowledged.id, returned.id] == [1, 2, 3]
    assert (raised.kind, raised.state, raised.limit, raised.missed) == ("raised", "unacknowledged", 8.0, 4)
    assert (acknowledged.by, acknowledged.note) == ("Eve", "on my way")
    assert looking.newest(gate, limit=1) == [returned]
    assert looking.events(gate, after=1, stream="gate") == [acknowledged, returned]
    assert looking.events(gate, stream="yard") == []
    assert looking.last_event(gate) == 3


@on_sqlite
def test_one_that_is_raised_anew_was_acknowledged_by_nobody(gate):
    turns(gate, 1)
    store.acknowledge(gate, ID, "Eve")
    turns(gate, 2)
    assert looking.listed(gate)[0].acknowledged_by == "Eve"
    turns(gate, 3)
    (alarm,) = looking.listed(gate)
    assert alarm.state == "unacknowledged"
    assert (alarm.acknowledged_by, alarm.acknowledged_at) == (None, None)


@on_sqlite
def test_each_event_of_an_alarm_tells_the_unit_of_its_value(gate):
    turns(gate, 1)
    store.acknowledge(gate, ID, "Eve")
    store.shelve(gate, ID, 60.0, "Eve")
    store.unshelve(gate, ID, "Eve")
    assert looking.listed(gate)[0].unit == "bar"
    assert [event.unit for event in looking.events(gate)] == ["bar"] * 4


@on_sqlite
def test_what_was_written_already_is_not_written_twice(gate):
    assert turns(gate, 1) == set()
    assert turns(gate, 2) == set()
    assert turns(gate, 1) == {"gate"}
    assert kinds(gate) == ["raised", "returned"]


def test_of_many_who_acknowledge_at_once_one_has_done_it(gate, url, clock):
    turns(gate, 1)

    def attempt(number: int) -> str | None:
        with Database(url, clock=clock) as other:
            return store.acknowledge(other, ID, f"operator {number}").acknowledged_by

    with ThreadPoolExecutor(6) as pool:
        told = set(pool.map(attempt, range(12)))
    assert len(told) == 1
    assert kinds(gate) == ["raised", "acknowledged"]


def test_ids_of_events_have_no_gaps_whoever_writes_them(gate, url, clock):
    def attempt(number: int) -> None:
        with Database(url, clock=clock) as other:
            store.shelve(other, ID, 60.0 + number, "Eve")
            store.unshelve(other, ID, "Eve")

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(attempt, range(12)))
    found = looking.events(gate)
    assert [event.id for event in found] == list(range(1, len(found) + 1))
    assert looking.listed(gate)[0].state == "normal"


@on_sqlite
def test_a_latch_holds_until_it_is_reset_and_not_while_values_are_beyond(database):
    store.watch(database, {"gate": watched(options({**HIGH, "latch": True}))}, 1000.0)
    turns(database, 1)
    with pytest.raises(StreamError) as caught:
        store.reset(database, ID, "Eve")
    assert caught.value.code is FailureCode.alarm_active
    turns(database, 2)
    assert looking.listed(database)[0].state == "latched_unacknowledged"
    store.acknowledge(database, ID, "Eve")
    assert store.reset(database, ID, "Eve").state == "normal"


def test_a_shelf_ends_by_itself_and_no_webhook_tells_of_what_lies_on_it(gate, clock):
    store.shelve(gate, ID, 100, "Eve")
    turns(gate, 1)
    store.pass_time(gate)
    assert looking.listed(gate)[0].state == "shelved"
    clock.time += 100
    store.pass_time(gate)
    assert looking.listed(gate)[0].state == "unacknowledged"
    assert kinds(gate) == ["shelved", "raised", "unshelved"]
    told = [hook.event.kind for hook in outbox.due(gate, hold_s=60)]
    assert told == ["shelved", "unshelved"]


@on_sqlite
def test_a_shelf_ends_where_the_clock_was_set_back_by_much(gate, clock):
    store.shelve(gate, ID, 100, "Eve")
    clock.time -= 2 * LONGEST_S
    store.pass_time(gate)
    assert looking.listed(gate)[0].state == "normal"


@on_sqlite
def test_what_was_acknowledged_and_stays_is_alarmed_again(database, clock):
    store.watch(database, {"gate": watched(options({**HIGH, "re_alarm_s": 600}))}, 1000.0)
    turns(database, 1)
    store.acknowledge(database, ID, "Eve")
    clock.time += 599
    store.pass_time(database)
    clock.time += 1
    store.pass_time(database)
    store.pass_time(database)
    assert kinds(database) == ["raised", "acknowledged", "realarmed"]


@on_sqlite
def test_a_rule_that_goes_takes_its_alarm_and_leaves_the_log(gate):
    turns(gate, 1)
    found = store.watch(gate, {"gate": watched(options(STALE))}, 2000.0)
    assert list(found) == ["gate.t.stale"]
    assert [alarm.id for alarm in looking.listed(gate)] == ["gate.t.stale"]
    assert kinds(gate) == ["raised", "removed"]
    with pytest.raises(StreamError) as caught:
        store.acknowledge(gate, ID, "Eve")
    assert caught.value.code is FailureCode.alarm_not_found
    assert turns(gate, 2) == set()


@on_sqlite
def test_a_rule_that_changes_keeps_the_state_of_its_alarm(gate):
    turns(gate, 1)
    changed: tuple[AlarmRule, ...] = options({**HIGH, "limit": 9.0}).alarms
    found = store.watch(gate, {"gate": Watched(changed, None)}, 2000.0)
    assert found[ID].active
    assert looking.listed(gate)[0].rule.limit == 9.0
    assert looking.listed(gate, states=["unacknowledged"]) == looking.listed(gate)  # type: ignore[list-item]


def test_a_stream_that_is_removed_takes_its_alarms(gate):
    turns(gate, 1)
    kept.remove(gate, "gate")
    assert looking.listed(gate) == []
    assert kinds(gate) == ["raised", "removed"]


@on_sqlite
def test_a_memory_of_a_process_that_was_behind_leaves_no_alarm_stuck(gate):
    """How the alarm stands says whether it is active, not what somebody has remembered."""
    turns(gate, 1)
    store.turn(gate, [], {ID: Memory(at=900.0, good_at=900.0)})
    found = store.watch(gate, {"gate": watched(options(HIGH))}, 2000.0)
    assert found[ID].active


def test_old_events_go_in_slices_and_with_them_webhooks_that_nobody_took(gate, clock, monkeypatch):
    monkeypatch.setattr(looking, "SLICE", 3)
    for number in range(1, 8):
        turns(gate, number)
    clock.time += looking.KEPT_S + 10
    store.shelve(gate, ID, 60, "Eve")
    slices = [looking.tidy(gate) for _ in range(4)]
    assert slices == [True, True, False, False]
    assert kinds(gate) == ["shelved"]
    assert [hook.event.kind for hook in outbox.due(gate, hold_s=60)] == ["shelved"]


def test_who_signs_nothing_hears_whose_webhooks_wait(gate, clock):
    turns(gate, 1)
    turns(gate, 2)
    assert outbox.overdue(gate, 30.0) == []
    clock.time += 31
    assert outbox.overdue(gate, 30.0) == ["gate"]
    for hook in outbox.due(gate, hold_s=60):
        outbox.delivered(gate, hook)
    assert outbox.overdue(gate, 30.0) == []


@on_sqlite
def test_webhooks_that_nobody_takes_are_bounded(gate, monkeypatch, caplog):
    monkeypatch.setattr("siseon.streams.alarms.log.MOST_WAITING", 5)
    for number in range(1, 9):
        turns(gate, number)
    assert len(outbox.due(gate, hold_s=60)) == 5
    assert len(looking.events(gate)) == 8
    assert "too many wait" in caplog.text
