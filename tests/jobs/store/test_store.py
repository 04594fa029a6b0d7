"""What the store promises, on SQLite and PostgreSQL: a job's way from its acceptance to its end."""

from __future__ import annotations

import pytest

from siseon.contracts import CapacityError, Failure, FailureCode, InputError, JobError, StoreError
from siseon.jobs import store
from siseon.jobs.schema import SUSPECT
from siseon.jobs.store import Done, Failed, Finished, LeaseLost, NewJob, finishing
from siseon.jobs.store.giving_back import ALONE
from siseon.jobs.wire import EventKind, State

LEASE_S = 20.0
MAY_PASS = Failure(code=FailureCode.overloaded, message="not now", retryable=True)
FINAL = Failure(code=FailureCode.corrupt_image, message="cut off", retryable=False)


def submit(database, count=3, **options):
    inputs = [f"picture-{number}" for number in range(count)]
    return store.submit(database, NewJob("text", inputs, **options), queue_items=100_000)


def work(database, worker="w1"):
    store.register(database, worker, ["text"], LEASE_S)
    return worker


def done(claimed, result="{}", artifacts=()):
    return Finished(claimed.job, claimed.number, claimed.attempt, Done(result, artifacts))


def failed(claimed, failure):
    return Finished(claimed.job, claimed.number, claimed.attempt, Failed(failure))


def kinds(database, job):
    return [event.kind.value for event in store.events(database, job.id)]


def test_what_a_later_job_does_not_have_an_earlier_one_gives(database, clock):
    submit(database, 3)
    clock.time += 1
    submit(database, 1)
    assert len(store.claim(database, work(database), ["text"], 4)) == 4


def test_a_clock_that_is_set_back_by_a_day_makes_nothing_wait_for_a_day(database, clock):
    job = submit(database, 2)
    dead = work(database, "dead")
    held, waiting = store.claim(database, dead, ["text"], 2)
    store.finish(database, dead, [failed(waiting, MAY_PASS)])
    clock.time -= 86_400
    worker = work(database)
    assert len(store.reap(database)) == 1
    again = store.claim(database, worker, ["text"], 10)
    assert [item.number for item in again] == [held.number, waiting.number]
    store.finish(database, worker, [done(item) for item in again])
    assert store.job(database, job.id).done == 2


def test_a_job_goes_from_queued_to_done_and_tells_each_step(database, clock):
    job = submit(database, 2, options={"min_score": 0.5}, priority=3)
    assert (job.state, job.total, job.options) == (State.queued, 2, {"min_score": 0.5})
    worker = work(database)
    first, second = store.claim(database, worker, ["text"], 10)
    assert (first.number, first.input, first.attempt) == (0, "picture-0", 1)
    assert first.options == {"min_score": 0.5}
    assert store.job(database, job.id).state is State.running
    clock.time += 1
    assert len(store.finish(database, worker, [done(first, '{"lines": ["a"]}', ("a.png",))])) == 1
    clock.time += 1
    store.finish(database, worker, [failed(second, FINAL)])
    ended = store.job(database, job.id)
    assert (ended.state, ended.done, ended.failed) == (State.done, 1, 1)
    assert kinds(database, job) == [
        *("queued", "started", "item_done", "progress", "item_failed", "progress", "result")
    ]
    items = store.items(database, job.id)
    assert [item.state for item in items] == [State.done, State.failed]
    assert items[0].result == {"lines": ["a"]}
    assert items[0].artifacts == ("a.png",)
    assert items[1].failure == FINAL


def test_a_job_of_which_nothing_is_done_has_failed(database):
    job = submit(database, 1)
    worker = work(database)
    (item,) = store.claim(database, worker, ["text"], 1)
    store.finish(database, worker, [failed(item, FINAL)])
    assert store.job(database, job.id).state is State.failed
    assert kinds(database, job)[-1] == "failed"


def test_the_same_key_is_the_same_job_and_another_request_with_it_is_refused(database):
    first = submit(database, key="k")
    assert submit(database, key="k").id == first.id
    with pytest.raises(JobError) as refused:
        submit(database, count=4, key="k")
    assert refused.value.code is FailureCode.key_reused
    assert len(store.jobs(database)) == 1


def test_a_full_queue_refuses_and_takes_again_when_items_have_ended(database):
    new = NewJob("text", ["a", "b"])
    store.submit(database, new, queue_items=3)
    with pytest.raises(CapacityError) as refused:
        store.submit(database, new, queue_items=3)
    assert refused.value.code is FailureCode.queue_full
    worker = work(database)
    store.finish(database, worker, [done(item) for item in store.claim(database, worker, ["text"], 2)])
    store.submit(database, new, queue_items=3)


def test_a_failure_that_may_pass_is_tried_three_times_with_growing_pauses(database, clock):
    job = submit(database, 1)
    worker = work(database)
    for pause in (1.0, 4.0):
        (item,) = store.claim(database, worker, ["text"], 1)
        store.finish(database, worker, [failed(item, MAY_PASS)])
        clock.time += pause - 0.01
        assert store.claim(database, worker, ["text"], 1) == []
        clock.time += 0.01
    (item,) = store.claim(database, worker, ["text"], 1)
    store.finish(database, worker, [failed(item, MAY_PASS)])
    assert store.item(database, job.id, 0).failures == 3
    assert store.job(database, job.id).state is State.failed
    assert kinds(database, job).count("item_retried") == 2


def test_an_item_whose_files_find_no_room_is_tried_for_a_quarter_of_an_hour(database, clock):
    job = submit(database, 1)
    worker = work(database)
    full = Failure(code=FailureCode.storage_failed, message="the disk is full", retryable=True)
    began = clock.time
    for pause in finishing.PLACE_PAUSES_S:
        (item,) = store.claim(database, worker, ["text"], 1)
        store.finish(database, worker, [failed(item, full)])
        assert store.claim(database, worker, ["text"], 1) == []
        clock.time += pause
        store.beat(database, worker, LEASE_S)
    assert clock.time - began > 15 * 60
    (item,) = store.claim(database, worker, ["text"], 1)
    store.finish(database, worker, [done(item)])
    assert store.job(database, job.id).state is State.done


def test_what_a_dead_worker_held_goes_to_another_and_its_late_result_does_not_count(database, clock):
    job = submit(database, 1)
    dead, heir = work(database, "dead"), work(database, "heir")
    (held,) = store.claim(database, dead, ["text"], 1)
    clock.time += LEASE_S - 1
    assert store.beat(database, heir, LEASE_S)
    assert len(store.reap(database)) == 0
    clock.time += 2
    assert len(store.reap(database)) == 1
    assert not store.beat(database, dead, LEASE_S)
    with pytest.raises(LeaseLost):
        store.claim(database, dead, ["text"], 1)
    (again,) = store.claim(database, heir, ["text"], 1)
    assert store.finish(database, dead, [done(held, '"late"')]) == set()
    assert store.finish(database, heir, [done(again, '"mine"')])
    assert store.finish(database, dead, [done(held, '"late"')]) == set()
    assert store.item(database, job.id, 0).result == "mine"


def test_a_result_sent_again_because_its_answer_was_lost_still_counts_and_is_written_once(database):
    job = submit(database, 1)
    worker = work(database)
    (item,) = store.claim(database, worker, ["text"], 1)
    first = store.finish(database, worker, [done(item)])
    assert store.finish(database, worker, [done(item)]) == first != set()
    assert kinds(database, job).count("item_done") == 1


def test_an_item_with_which_workers_die_runs_alone_and_is_then_a_dead_letter(database, clock):
    job = submit(database, 2)
    first = work(database, "first")
    poison, other = store.claim(database, first, ["text"], 2)
    store.finish(database, first, [done(other)])
    for delivery in range(1, SUSPECT + ALONE):
        clock.time += LEASE_S + 1
        assert len(store.reap(database)) == 1
        worker = work(database, f"w{delivery}")
        (poison,) = store.claim(database, worker, ["text"], 5)
        assert poison.alone == (delivery >= SUSPECT)
    clock.time += LEASE_S + 1
    store.reap(database)
    (letter,) = store.dead(database)
    assert letter.failure is not None
    assert letter.failure.code is FailureCode.worker_died
    assert (letter.number, letter.deliveries) == (poison.number, SUSPECT + ALONE)
    assert store.job(database, job.id).state is State.done


def test_what_must_run_alone_is_not_given_to_a_busy_worker_which_then_gets_nothing_new(database, clock):
    submit(database, 1)
    for death in range(SUSPECT):
        store.claim(database, work(database, f"w{death}"), ["text"], 1)
        clock.time += LEASE_S + 1
        store.reap(database)
    submit(database, 5, priority=1)
    busy = work(database, "busy")
    (alone,) = store.claim(database, busy, ["text"], 1)
    assert alone.alone
    store.release(database, busy, [(alone.job, alone.number)])
    other = store.claim(database, busy, ["text"], 1)
    assert other[0].alone  # still idle: it gets it again
    store.release(database, busy, [(other[0].job, other[0].number)])
    clock.time -= 1  # not ready for a moment: others may go
    (normal,) = store.claim(database, busy, ["text"], 1)
    assert not normal.alone
    clock.time += 1
    assert [item.alone for item in store.claim(database, busy, ["text"], 1)] == [False]
    clock.time += 6
    assert store.claim(database, busy, ["text"], 1) == []


def test_what_is_handed_back_is_not_counted_as_a_delivery(database):
    job = submit(database, 3)
    worker = work(database)
    items = store.claim(database, worker, ["text"], 3)
    assert store.release(database, worker, [(item.job, item.number) for item in items[1:]]) == 2
    assert store.item(database, job.id, 1).deliveries == 0
    assert store.leave(database, worker) == 1
    assert [item.deliveries for item in store.items(database, job.id)] == [0, 0, 0]
    assert len(store.claim(database, work(database, "next"), ["text"], 9)) == 3


def test_a_cancelled_job_counts_what_was_done_and_nothing_that_comes_later(database):
    job = submit(database, 1200)
    worker = work(database)
    first, second = store.claim(database, worker, ["text"], 2)
    store.finish(database, worker, [done(first)])
    cancelled = store.cancel(database, job.id)
    assert (cancelled.state, cancelled.done, cancelled.cancelled) == (State.cancelled, 1, 1199)
    assert store.held(database, worker) == set()
    assert store.finish(database, worker, [done(second)]) == set()
    assert store.claim(database, worker, ["text"], 5) == []
    assert {item.state for item in store.items(database, job.id, after=0, limit=2000)} == {State.cancelled}
    assert kinds(database, job)[-1] == "cancelled"
    assert store.cancel(database, job.id) == cancelled


def test_a_cancelled_job_goes_on_when_retried(database):
    job = submit(database, 700)
    worker = work(database)
    store.claim(database, worker, ["text"], 2)
    store.cancel(database, job.id)
    again = store.retry(database, job.id)
    assert (again.state, again.cancelled, again.failed) == (State.queued, 0, 0)
    items = store.claim(database, worker, ["text"], 700)
    assert len(items) == 700
    store.finish(database, worker, [done(item) for item in items])
    assert store.job(database, job.id).state is State.done


def test_failed_items_are_queued_again_by_number(database):
    job = submit(database, 3)
    worker = work(database)
    store.finish(
        database, worker, [failed(item, FINAL) for item in store.claim(database, worker, ["text"], 3)]
    )
    with pytest.raises(InputError):
        store.retry(database, job.id, [7])
    again = store.retry(database, job.id, [1])
    assert (again.state, again.failed) == (State.queued, 2)
    (item,) = store.claim(database, worker, ["text"], 3)
    assert (item.number, item.attempt, item.failures) == (1, 2, 0)
    store.finish(database, worker, [done(item)])
    assert store.job(database, job.id).state is State.done
    assert [letter.number for letter in store.dead(database)] == [0, 2]


def test_more_numbers_than_a_statement_takes_are_queued_again(database):
    job = submit(database, 2)
    worker = work(database)
    store.finish(
        database, worker, [failed(item, FINAL) for item in store.claim(database, worker, ["text"], 2)]
    )
    # SQLite takes 32,766 or 250,000 values, as it was built, PostgreSQL 65,535
    again = store.retry(database, job.id, range(1, 250_001 if database.sqlite else 65_537))
    assert (again.state, again.failed) == (State.queued, 1)


def test_higher_priorities_go_first_and_equal_ones_in_turn(database, clock):
    low, high = submit(database, 4), submit(database, 2, priority=1)
    worker = work(database)
    assert {item.job for item in store.claim(database, worker, ["text"], 2)} == {high.id}
    clock.time += 1
    late = submit(database, 4)
    given = store.claim(database, worker, ["text"], 2)
    assert sorted(item.job for item in given) == sorted([low.id, late.id])
    assert len(store.claim(database, worker, ["text"], 100)) == 6


def test_events_are_numbered_without_gaps_and_resume_after_any(database):
    job = submit(database, 5)
    worker = work(database)
    for item in store.claim(database, worker, ["text"], 5):
        store.finish(database, worker, [done(item)])
    events = store.events(database, job.id)
    assert [event.id for event in events] == list(range(1, len(events) + 1))
    assert store.events(database, job.id, after=3) == events[3:]
    assert store.last_events(database, [job.id, "unknown"]) == {job.id: len(events)}
    assert events[-1].kind is EventKind.result


def test_a_large_job_is_seen_whole_before_its_items_have_rows(database):
    job = submit(database, 1234)
    assert [item.number for item in store.items(database, job.id, after=1229)] == [1230, 1231, 1232, 1233]
    store.claim(database, work(database), ["text"], 3)
    seen = store.items(database, job.id, after=497, limit=6)
    assert [item.number for item in seen] == [498, 499, 500, 501, 502, 503]
    assert seen[-1].input == "picture-503"
    assert [item.number for item in store.items(database, job.id, state=State.running)] == [0, 1, 2]


def test_jobs_are_listed_newest_first_by_application_and_state(database, clock):
    ids = []
    for _ in range(3):
        clock.time += 1
        ids.append(submit(database, 1).id)
    assert [job.id for job in store.jobs(database)] == ids[::-1]
    assert [job.id for job in store.jobs(database, before=ids[1])] == ids[:1]
    store.cancel(database, ids[0])
    assert [job.id for job in store.jobs(database, state=State.cancelled)] == ids[:1]
    assert store.jobs(database, application="inspection") == []


def test_ended_jobs_are_removed_after_their_time_and_no_others(database, clock):
    job, open_one = submit(database, 1, key="k"), submit(database, 1)
    store.cancel(database, job.id)
    clock.time += 100
    assert store.expired(database, 101) == []
    assert store.expired(database, 99) == [job.id]
    with pytest.raises(JobError):
        store.remove(database, open_one.id)
    store.remove(database, job.id)
    store.remove(database, job.id)
    with pytest.raises(JobError) as unknown:
        store.job(database, job.id)
    assert unknown.value.code is FailureCode.job_not_found
    assert submit(database, 2, key="k").total == 2


def test_a_job_that_is_being_removed_is_seen_by_nobody_and_keeps_its_key(database):
    job = submit(database, 1, key="k", webhook="https://example.com/")
    store.cancel(database, job.id)
    assert store.hide(database, job.id) == {}
    for look in (store.job, store.retry, store.cancel):
        with pytest.raises(JobError):
            look(database, job.id)
    assert store.due(database, hold_s=60.0) == []
    with pytest.raises(StoreError):  # what is sent with it would be removed too
        submit(database, 1, key="k", webhook="https://example.com/")
    store.remove(database, job.id)
    assert submit(database, 1, key="k").id != job.id


@pytest.mark.parametrize("call", [store.job, store.items, store.events, store.cancel, store.retry])
def test_an_unknown_job_is_named_so(database, call):
    with pytest.raises(JobError) as unknown:
        call(database, "0" * 26)
    assert unknown.value.code is FailureCode.job_not_found


@pytest.mark.parametrize(
    "wrong",
    [
        {"inputs": []},
        {"inputs": ["x" * 9000]},
        {"priority": 101},
        {"key": ""},
        {"application": "a\nb"},
        {"webhook": "\0"},
    ],
)
def test_what_is_out_of_bounds_is_refused(wrong):
    with pytest.raises(InputError):
        NewJob(**{"application": "text", "inputs": ["a"], **wrong})


def test_a_text_that_no_database_keeps_is_refused_and_odd_ones_survive(database):
    for odd in ("\ud800", "a\0b"):
        with pytest.raises(InputError):
            store.submit(database, NewJob("text", [odd]), queue_items=10)
    job = store.submit(database, NewJob("text", ["\\u0000", "시선 'x' \"y\" %s :a"]), queue_items=10)
    assert store.items(database, job.id)[1].input == "시선 'x' \"y\" %s :a"
    assert store.claim(database, work(database), ["text"], 2)[0].input == "\\u0000"


def test_a_webhook_is_due_when_its_job_has_ended_and_goes_to_one_sender_at_a_time(database, clock):
    job = submit(database, 1, webhook="https://example.org/hook")
    assert store.due(database, hold_s=30) == []
    store.cancel(database, job.id)
    (hook,) = store.due(database, hold_s=30)
    assert (hook.url, hook.tries, hook.event.kind) == ("https://example.org/hook", 1, EventKind.cancelled)
    assert store.due(database, hold_s=30) == []
    clock.time += 31
    (again,) = store.due(database, hold_s=30)
    assert again.tries == 2
    store.undelivered(database, again, "503", again_s=5)
    clock.time += 6
    (again,) = store.due(database, hold_s=30)
    store.delivered(database, again)
    clock.time += 1000
    assert store.due(database, hold_s=30) == []


def test_a_failure_of_odd_characters_is_kept_as_far_as_it_can_be(database):
    job = submit(database, 1)
    worker = work(database)
    (item,) = store.claim(database, worker, ["text"], 1)
    odd = Failure(code=FailureCode.corrupt_image, message="a\udc80b\0c", retryable=False)
    store.finish(database, worker, [failed(item, odd)])
    kept = store.item(database, job.id, 0).failure
    assert kept is not None
    assert kept.message == "a?b?c"


def test_what_an_application_tells_of_its_steps_is_in_the_event_of_the_item(database):
    job = submit(database, 2)
    worker = work(database)
    first, second = store.claim(database, worker, ["text"], 2)
    steps = ({"name": "tracker", "done": 51, "total": 51, "unit": "pictures", "seconds": 3.2},)
    told = Finished(first.job, first.number, first.attempt, Done("{}", (), steps))
    store.finish(database, worker, [told, done(second)])
    data = [event.data for event in store.events(database, job.id) if event.kind.value == EventKind.item_done]
    assert data == [{"artifacts": [], "steps": list(steps)}, {"artifacts": [], "steps": []}]
