"""From a recording to what the simulation needs: the work of each request, and how fast the machine does it.

A batch's recorded seconds become *work*, seconds on a core of its own: batches of one request that ran beside
each other slowed each other down, and that is taken out again. What cores do together is found by simulating
the recording's own loaded run until it answers as many requests a second as were measured.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from siseon.planning.recording import RecordedCall, RecordedRequest, RecordedStage, Recording
from siseon.planning.simulate import Floats, Machine, Outcome, Server, Visit, Visits, simulate

HAND_OVER = "hand-over"
"""What lies between stages: waking threads, delivering results, the engine's bookkeeping."""

ADDED_RANGE = (0.2, 1.5)
"""Of ``Machine.added``. Above 1: one request at a time leaves caches cold and clocks low."""
ADDED_STEPS = 10
"""Halvings of the range: 0.001 is below what can be measured."""

CALIBRATION_REQUESTS = 600
LEAST_BATCHES = 3
"""Batches of a size from which its mean time is used."""


@dataclass(frozen=True, slots=True)
class Sizing:
    """What a plan decides for a stage."""

    replicas: int
    max_batch: int


Sizings = Mapping[str, Sizing]


class Workload:
    """A recording, ready to be simulated at any rate, with any settings, on any number of cores."""

    def __init__(self, recording: Recording) -> None:
        """Calibrates itself on the recording's loaded run: some tenths of a second."""
        self.recording = recording
        self.recorded: dict[str, Sizing] = {
            stage.name: Sizing(stage.replicas, stage.max_batch)
            for stage in recording.stages
            if stage.kind == "batch"
        }
        """The settings that were recorded, of the stages that have any."""
        self.stages = [*(stage.name for stage in recording.stages), HAND_OVER]
        self._fixed_share = {stage.name: fixed_share(recording, stage) for stage in recording.stages}
        self.added = 1.0 if recording.cores == 1 else self._calibrated()
        self._requests, self._fixed_s = self._work(self.machine(recording.cores))

    def machine(self, cores: int, pace: float = 1.0) -> Machine:
        """The recorded machine with another number of cores, all of them faster or slower than recorded."""
        return Machine(cores, self.added, pace)

    def largest_batch(self, stage: str) -> int:
        """The largest batch that a plan may set: what was seen, since beyond it a time would be guessed.

        Where the size does not tell the time, it is what was recorded: there is nothing to compare it with.
        """
        found = self.stage(stage)
        if found.sorted_items:
            return found.max_batch
        return max((batch.size for batch in found.loaded), default=1)

    def run(
        self, settings: Sizings, cores: int, drawn: Sequence[int], arrivals: Floats, pace: float = 1.0
    ) -> Outcome:
        """Simulate recorded requests, by their index, that come at given times (seconds, ascending)."""
        requests = [self._requests[index] for index in drawn]
        servers = self._servers(settings, self._fixed_s)
        return simulate(
            requests,
            servers,
            self.machine(cores, pace),
            stages=len(self.stages),
            arrivals=arrivals,
            at_work=self._at_work(cores),
        )

    def _at_work(self, cores: int) -> int | None:
        """Requests that compute at once on so many cores."""
        recorded = self.recording.at_work
        return None if recorded is None else max(1, recorded * cores // self.recording.cores)

    def least_work_s(self, settings: Sizings) -> Floats:
        """Mean work of a request by stage when all batches are full; seconds on a core of its own."""
        totals = np.zeros(len(self.stages))
        servers = self._servers(settings, self._fixed_s)
        for visits in self._requests:
            for visit in visits:
                server = servers[visit.server]
                totals[visit.stage] += sum(visit.work_s)
                totals[visit.stage] += len(visit.work_s) * server.fixed_s / server.max_batch
        return totals / len(self._requests)

    def loop_work_s(self, settings: Sizings) -> Floats:
        """The part of ``least_work_s`` that the one event loop does: steps and hand-overs."""
        on_loop = np.array([name not in self.recorded for name in self.stages])
        return np.where(on_loop, self.least_work_s(settings), 0.0)

    def bare(self, settings: Sizings, cores: int) -> Outcome:
        """Each recorded request once, alone on the machine."""
        servers = self._servers(settings, self._fixed_s)
        return simulate(self._requests, servers, self.machine(cores), stages=len(self.stages))

    def _calibrated(self) -> float:
        """``Machine.added`` with which the loaded run has its measured rate."""
        low, high = ADDED_RANGE
        for _ in range(ADDED_STEPS):
            middle = (low + high) / 2
            if self._loaded_rate(middle) < self.recording.loaded_per_s:
                low = middle
            else:
                high = middle
        return (low + high) / 2

    def _loaded_rate(self, added: float) -> float:
        machine = Machine(self.recording.cores, added)
        requests, fixed_s = self._work(machine)
        repeated = [requests[number % len(requests)] for number in range(CALIBRATION_REQUESTS)]
        servers = self._servers(self.recorded, fixed_s)
        in_flight = self.recording.loaded_in_flight
        return simulate(repeated, servers, machine, stages=len(self.stages), in_flight=in_flight).rate

    def _servers(self, settings: Sizings, fixed_s: Mapping[str, float]) -> list[Server]:
        """One a stage; the steps and the hand-over share the last one, the event loop."""
        servers = [
            Server(
                settings[name].replicas,
                1 if self.stage(name).sorted_items else settings[name].max_batch,
                fixed_s[name],
            )
            for name in self.recorded
        ]
        return [*servers, Server(replicas=1)]

    def stage(self, name: str) -> RecordedStage:
        """What was recorded of a stage or step."""
        return self.recording.stages[self.stages.index(name)]

    def _work(self, machine: Machine) -> tuple[list[Visits], dict[str, float]]:
        """Visits of each recorded request, and the fixed work of a batch by stage."""
        servers = {name: index for index, name in enumerate(self.recorded)}
        loop = len(servers)
        singles: dict[str, list[float]] = {stage.name: [] for stage in self.recording.stages}
        requests: list[Visits] = []
        for request in self.recording.requests:
            visits = []
            for call in request.calls:
                stage = self.stages.index(call.stage)
                share = self._fixed_share[call.stage]
                work_s: list[float] = []
                for size, seconds in _units(call, self.stage(call.stage)):
                    single = seconds * _speed_beside(call, machine) / (share + size * (1 - share))
                    singles[call.stage].append(single)
                    work_s += [single * (1 - share)] * size
                visits.append(Visit(stage, servers.get(call.stage, loop), tuple(work_s)))
            visits.append(Visit(len(self.stages) - 1, loop, (_between(request),)))
            requests.append(tuple(visits))
        fixed_s = {name: self._fixed_share[name] * float(np.mean(singles[name])) for name in self.recorded}
        return requests, fixed_s


def fixed_share(recording: Recording, stage: RecordedStage) -> float:
    """Part of a single item's time that a batch of many spends once, in [0, 1].

    A straight line through the batches' times by size: of bare requests if their batches had several sizes, else
    under load. 0 where one size only was seen, or where the size does not tell the time: then a batch of two
    costs twice as much.
    """
    if stage.sorted_items:
        return 0.0
    bare: dict[int, list[float]] = {}
    for request in recording.requests:
        for size, seconds in (b for call in request.calls if call.stage == stage.name for b in call.batches):
            bare.setdefault(size, []).append(seconds)
    seen = [(size, len(times), float(np.mean(times))) for size, times in bare.items()]
    loaded = [(batch.size, batch.count, batch.mean_s) for batch in stage.loaded]
    for batches in (seen, loaded):
        known = [batch for batch in batches if batch[1] >= LEAST_BATCHES]
        if len(known) > 1:
            sizes, counts, times = map(np.array, zip(*known, strict=True))
            slope, fixed = np.polyfit(sizes, times, 1, w=np.sqrt(counts))
            single = max(fixed, 0.0) + max(slope, 0.0)
            return float(max(fixed, 0.0) / single) if single else 0.0
    return 0.0


def _units(call: RecordedCall, stage: RecordedStage) -> Sequence[tuple[int, float]]:
    """Items and seconds of what is queued as a unit: alike items stay the batch that they were."""
    return [(1, seconds) for _, seconds in call.batches] if stage.sorted_items else call.batches


def _speed_beside(call: RecordedCall, machine: Machine) -> float:
    """Progress of the call's batches, in works a second, beside each other as they were recorded."""
    beside = max(1.0, call.seconds / call.active_s) if call.active_s else 1.0
    return (1 + (min(beside, machine.cores) - 1) * machine.added) / beside


def _between(request: RecordedRequest) -> float:
    """Seconds of a request in which no stage and no step ran."""
    return max(0.0, request.elapsed_s - sum(call.active_s for call in request.calls))
