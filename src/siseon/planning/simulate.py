"""A discrete-event simulation of the engine: requests, queues, replicas, batches, and cores that are shared.

It follows ``turns.py`` and ``queue.py``: so many requests are at work, the others wait in order; items wait by
request, a free replica takes what is there at once, up to ``max_batch`` and to its share when others are free too,
in turns of the requests (``lines.py``); a request enters its next stage when all its items have left the last. Flows,
buckets, costs, deadlines and queue limits are not simulated.

Cores are shared as an operating system shares them: all running batches progress at one speed, which is 1
while each has a core and falls as more of them run (processor sharing). Replicas are threads that the
scheduler interrupts every few milliseconds, and a batch takes ten or a hundred, so this is closer than
batches that wait for a core of their own; the benchmark ``benchmarks/plan.py`` checks it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

from siseon.engine.lines import TURN, TURN_S

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Server:
    """One queue and the replicas that empty it. A batch takes ``fixed_s`` and the work of its items."""

    replicas: int
    max_batch: int = 1
    fixed_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Visit:
    """What a request brings to a stage."""

    stage: int
    """Index of the stage that its time is counted for."""
    server: int
    """Index of the server that does it: several stages may share one (the event loop)."""
    work_s: tuple[float, ...]
    """Of each item, on a core of its own."""


Visits = tuple[Visit, ...]


@dataclass(frozen=True, slots=True)
class Machine:
    """Cores that all servers share."""

    cores: int
    added: float = 1.0
    """Work that each core after the first adds, in works of the first: below 1 where cores share caches."""
    pace: float = 1.0
    """Of all cores, in that of the machine that was recorded."""

    @property
    def capacity(self) -> float:
        """Seconds of work done per second when all cores are busy."""
        return self.pace * (1 + (self.cores - 1) * self.added)

    def speed(self, running: int) -> float:
        """Progress of each of ``running`` batches, in seconds of work per second."""
        return self.pace * (1 + (min(running, self.cores) - 1) * self.added) / running


@dataclass(frozen=True, slots=True)
class Outcome:
    """Requests in the order in which they came; seconds."""

    latency: Floats
    """(n,)"""
    stay: Floats
    """(n, stages) from entering the stage's queue to leaving it; the row's sum is the latency."""
    wait: Floats
    """(n, stages) part of ``stay`` before the first item began."""
    busy: Floats
    """(servers,) share of the replicas' time that they ran, in [0, 1]."""
    rate: float
    """Requests answered a second."""


def simulate(
    requests: Sequence[Visits],
    servers: Sequence[Server],
    machine: Machine,
    *,
    stages: int,
    arrivals: Floats | None = None,
    in_flight: int = 1,
    at_work: int | None = None,
) -> Outcome:
    """Run requests through servers.

    Args:
        requests: (n,) each with its visits in order; one without visits takes no time.
        servers: by the index that visits name.
        machine: what the servers run on.
        stages: number of stages that visits name.
        arrivals: (n,) seconds, ascending: an open loop. None: a closed loop of ``in_flight`` clients.
        in_flight: clients of the closed loop.
        at_work: requests that compute at once; None: all.
    """
    run = _Run(requests, servers, machine, stages, at_work or len(requests))
    if arrivals is None:
        run.closed(in_flight)
    else:
        run.open(arrivals.tolist())
    return run.outcome()


class _Waiting:
    """The items of one request that wait at one server."""

    __slots__ = ("next", "request", "served", "turn_began", "work_s")

    def __init__(self, request: int, work_s: tuple[float, ...]) -> None:
        self.request = request
        self.work_s = work_s
        self.next = 0
        self.served = 0
        """Items since its turn began."""
        self.turn_began = 0.0


class _Run:
    """The state of one simulation.

    All running batches have the same speed, so they end in the order of ``progress`` at their start plus
    their work: one heap, and no update of every batch when one comes or goes.
    """

    def __init__(
        self,
        requests: Sequence[Visits],
        servers: Sequence[Server],
        machine: Machine,
        stages: int,
        at_work: int,
    ) -> None:
        self.requests = requests
        self.servers = servers
        count = len(requests)
        self.clock = 0.0
        self.progress = 0.0
        self.ends: list[tuple[float, int, int, float, list[int]]] = []
        """Heap of (progress at the end, sequence number, server, start, owners of its items)."""
        self.sequence = 0
        self.speeds = [0.0, *(machine.speed(n) for n in range(1, sum(s.replicas for s in servers) + 1))]
        self.queues: list[deque[_Waiting]] = [deque() for _ in servers]
        self.waiting = [0] * len(servers)
        """Items in each queue."""
        self.turns = at_work
        self.door: deque[int] = deque()
        """Requests that wait for their turn."""
        self.free = [server.replicas for server in servers]
        self.busy_s = [0.0] * len(servers)
        self.step = [-1] * count
        self.left = [0] * count
        self.entered = [0.0] * count
        self.started = [-1.0] * count
        self.began = [0.0] * count
        self.ended = [0.0] * count
        self.stages = stages
        # Lists, since one number of an array takes longer to change.
        self.stay = [[0.0] * stages for _ in range(count)]
        self.wait = [[0.0] * stages for _ in range(count)]

    def open(self, arrivals: list[float]) -> None:
        for request, arrival in enumerate(arrivals):
            while self.ends and (end := self._next_end()) <= arrival:
                self._finish(end)
            self._advance(arrival)
            self._begin(request)
        while self.ends:
            self._finish(self._next_end())

    def closed(self, in_flight: int) -> None:
        at_work = 0
        for request in range(len(self.requests)):
            self._begin(request)
            at_work += not self.ended_at(request)
            while at_work >= in_flight:
                at_work -= self._finish(self._next_end())
        while self.ends:
            self._finish(self._next_end())

    def ended_at(self, request: int) -> bool:
        return self.step[request] >= len(self.requests[request])

    def outcome(self) -> Outcome:
        span = max(self.ended, default=0.0) - (self.began[0] if self.began else 0.0) or 1.0
        replicas = np.array([server.replicas for server in self.servers])
        return Outcome(
            latency=np.array(self.ended) - np.array(self.began),
            stay=np.array(self.stay).reshape(len(self.requests), self.stages),
            wait=np.array(self.wait).reshape(len(self.requests), self.stages),
            busy=np.array(self.busy_s) / (replicas * span),
            rate=len(self.requests) / span,
        )

    def _next_end(self) -> float:
        return self.clock + (self.ends[0][0] - self.progress) / self.speeds[len(self.ends)]

    def _advance(self, clock: float) -> None:
        self.progress += (clock - self.clock) * self.speeds[len(self.ends)]
        self.clock = clock

    def _begin(self, request: int) -> None:
        self.began[request] = self.clock
        if not self.turns:
            self.door.append(request)
            return
        self.turns -= 1
        self._enter_next(request)

    def _enter_next(self, request: int) -> bool:
        """Queue the request at its next server, or end it when there is none left; whether it has ended."""
        self.step[request] += 1
        step = self.step[request]
        visits = self.requests[request]
        if step == len(visits):
            self.ended[request] = self.clock
            self.turns += 1
            if self.door:
                self.turns -= 1
                self._enter_next(self.door.popleft())
            return True
        visit = visits[step]
        self.left[request] = len(visit.work_s)
        self.entered[request] = self.clock
        self.started[request] = -1.0
        self.queues[visit.server].append(_Waiting(request, visit.work_s))
        self.waiting[visit.server] += len(visit.work_s)
        self._dispatch(visit.server)
        return False

    def _dispatch(self, server: int) -> None:
        """Every free replica takes a batch, in turns of the requests that wait."""
        queue = self.queues[server]
        rules = self.servers[server]
        while queue and self.free[server]:
            share = min(rules.max_batch, -(-self.waiting[server] // self.free[server]))
            self.free[server] -= 1
            owners: list[int] = []
            work = rules.fixed_s
            while queue and len(owners) < share:
                line = queue[0]
                work += line.work_s[line.next]
                owners.append(line.request)
                if self.started[line.request] < 0:
                    self.started[line.request] = self.clock
                if not line.served:
                    line.turn_began = self.clock
                line.next += 1
                line.served += 1
                if line.next == len(line.work_s):
                    queue.popleft()
                elif line.served >= TURN or self.clock - line.turn_began >= TURN_S:
                    line.served = 0
                    queue.rotate(-1)
            self.waiting[server] -= len(owners)
            self.sequence += 1
            heappush(self.ends, (self.progress + work, self.sequence, server, self.clock, owners))

    def _finish(self, clock: float) -> int:
        """Let the batch that ends next, at ``clock``, end; returns how many requests ended with it."""
        end, _, server, start, owners = heappop(self.ends)
        self.progress, self.clock = end, clock
        self.free[server] += 1
        self.busy_s[server] += clock - start
        self._dispatch(server)  # a replica takes its next batch before the event loop hears of the last
        through = 0
        for request in owners:
            self.left[request] -= 1
            if not self.left[request]:
                visit = self.requests[request][self.step[request]]
                entered = self.entered[request]
                self.stay[request][visit.stage] += clock - entered
                self.wait[request][visit.stage] += self.started[request] - entered
                through += self._enter_next(request)
        return through
