"""Leases: who was stopped together with all others takes none of them for dead."""

from __future__ import annotations

import threading

from siseon.jobs.carrier import Polled
from siseon.jobs.lease import Lease
from siseon.jobs.store import Fence

LEASE_S = 2.5


class Sleeper:
    """A worker whose lease's thread stands still, as all of a process does after SIGSTOP, until it is woken."""

    def __init__(self) -> None:
        self.sleeps, self.wake, self.beats = threading.Event(), threading.Event(), threading.Semaphore(0)
        self.was_lost = False

    def alive(self) -> bool:
        self.beats.release()
        return True

    def known(self) -> set[Fence]:
        self.sleeps.set()
        assert self.wake.wait(60)
        return set()

    def gone(self, fences: set[Fence]) -> None:
        pass

    def lost(self) -> None:
        self.was_lost = True


def test_workers_that_were_all_stopped_beyond_their_leases_go_on(database, clock):
    holders = [Sleeper(), Sleeper()]
    supply = Polled(database, ["text"])
    leases = [Lease(database, supply, ["text"], each, lease_s=LEASE_S) for each in holders]
    with leases[0], leases[1]:
        for holder in holders:
            assert holder.sleeps.wait(60)
        threading.Event().wait(LEASE_S)  # while they sleep
        clock.time += 2 * LEASE_S  # and by the clock of the database both are late
        for holder in holders:
            while holder.beats.acquire(blocking=False):
                pass
            holder.wake.set()
        for holder in holders:  # the second beat comes after the first look at who is dead
            for _ in range(2):
                assert holder.beats.acquire(timeout=60)
    assert [holder.was_lost for holder in holders] == [False, False]
