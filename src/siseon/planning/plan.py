"""Whether a pipeline can answer in time at a rate, with what settings, and which stage stops it.

All figures come from simulating a recording (``workload.py``). The search starts from as many replicas as
cores and the largest batches that were seen, and takes away what the target does not need. When even that
misses, the plan says what misses first, why, and what rate or how many cores would do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from siseon.planning.bottleneck import Miss, Target, first_miss, p95, spent
from siseon.planning.recording import Recording
from siseon.planning.simulate import Floats, Outcome
from siseon.planning.workload import Sizing, Sizings, Workload

REQUESTS = 5_000
"""Simulated for each figure: 250 of them lie beyond the p95."""

SEED = 1
"""One for all simulations of a plan, so that settings differ by what they are and not by luck."""

RATE_STEPS = 8
"""Halvings when a rate is searched: to 0.4 % of what the cores could do at most."""

SLOWER_OR_FASTER = (0.85, 1.05)
"""Pace of the cores, in that recorded, between which the p95 of a served pipeline was found to lie."""

NEVER_IDLE = 0.98
"""Busy share of all replicas of a stage from which more comes than they can do."""

MOST_CORES = 128
"""Beyond it the advice is to change the pipeline, not the machine."""


@dataclass(frozen=True, slots=True)
class StagePlan:
    """One stage of a plan; a step of plain Python has no setting."""

    stage: str
    setting: Sizing | None
    work_s: float
    """Mean work of a request, on a core of its own."""
    budget_s: float
    """Its share of the target; the shares sum to it."""
    expected_s: float | None
    """Its share of the expected p95; the shares sum to it. None when there is no p95."""
    wait_s: float | None
    """Part of ``expected_s`` before its first item begins."""
    busy: float
    """Share of its replicas' time that it runs; of the event loop's time for a step."""


@dataclass(frozen=True, slots=True)
class Plan:
    """``meets`` tells whether the settings reach the target; the rest holds either way."""

    target: Target
    meets: bool
    p50_s: float | None
    p95_s: float | None
    """None when more comes than can be done: the queue then grows for as long as the load lasts."""
    p95_range_s: tuple[float | None, float | None]
    """With the cores as fast, and as slow, as they may turn out to be (``SLOWER_OR_FASTER``)."""
    cores_busy: float
    """Share of all cores' time that is worked; 1 and more: the queue grows for ever."""
    stages: list[StagePlan]
    first_miss: Miss
    """What misses at the target's rate, or, if that is met, when the rate grows."""
    highest_per_s: float
    """The rate that these cores could answer within the target; 0 when there is none."""
    cores_needed: int | None
    """The fewest cores that meet the target when these do not; None when more do not help."""


def make_plan(recording: Recording, target: Target) -> Plan:
    """The smallest settings that meet the target, or the reason why none do."""
    return _Search(Workload(recording), target).plan()


class _Search:
    """One target for one workload; every question is a simulation of the same requests, at the same odds."""

    def __init__(self, workload: Workload, target: Target) -> None:
        self.workload = workload
        self.target = target
        random = np.random.default_rng(SEED)
        self._drawn = random.integers(0, len(workload.recording.requests), REQUESTS).tolist()
        self._gaps = random.exponential(1.0, REQUESTS)
        self._outcomes: dict[tuple[object, ...], Outcome] = {}

    def plan(self) -> Plan:
        target = self.target
        most = self._most(target.cores)
        meets = self._meets(most)
        settings = self._smallest(most) if meets else most
        highest = self._highest_rate(most)
        breaking = self._highest_rate(settings, above=True) if meets else target.per_s
        budgets = self._budgets(settings, target.per_s if meets else highest)
        outcome = self._run(settings, target.per_s)
        broken = self._run(settings, breaking)
        lasting = self._lasting(settings, target.per_s, target.cores)
        return Plan(
            target=target,
            meets=meets,
            p50_s=float(np.median(outcome.latency)) if lasting else None,
            p95_s=p95(outcome) if lasting else None,
            p95_range_s=(self._p95(settings, SLOWER_OR_FASTER[1]), self._p95(settings, SLOWER_OR_FASTER[0])),
            cores_busy=self._cores_busy(settings, target.per_s, target.cores),
            stages=self._stages(settings, outcome, budgets, lasting=lasting),
            first_miss=first_miss(self.workload, settings, target, broken, breaking, budgets),
            highest_per_s=highest,
            cores_needed=None if meets else self._cores_needed(),
        )

    def _run(self, settings: Sizings, per_s: float, cores: int | None = None, pace: float = 1.0) -> Outcome:
        """The same question is asked more than once: its answer is kept."""
        cores = cores or self.target.cores
        key = (cores, per_s, pace, *settings.values())
        if key not in self._outcomes:
            arrivals = np.cumsum(self._gaps) / per_s
            self._outcomes[key] = self.workload.run(settings, cores, self._drawn, arrivals, pace)
        return self._outcomes[key]

    def _p95(self, settings: Sizings, pace: float) -> float | None:
        """At the target's rate, on cores of that pace; None when more comes than they can do."""
        target = self.target
        if self._cores_busy(settings, target.per_s, target.cores) >= pace:
            return None
        outcome = self._run(settings, target.per_s, pace=pace)
        return p95(outcome) if outcome.busy.max() < NEVER_IDLE else None

    def _meets(self, settings: Sizings, per_s: float | None = None, cores: int | None = None) -> bool:
        per_s, cores = per_s or self.target.per_s, cores or self.target.cores
        return (
            self._lasting(settings, per_s, cores)
            and p95(self._run(settings, per_s, cores)) <= self.target.p95_s
        )

    def _lasting(self, settings: Sizings, per_s: float, cores: int) -> bool:
        """Whether it can go on like that: where more comes than can be done, a queue grows without end."""
        if self._cores_busy(settings, per_s, cores) >= 1:
            return False
        return float(self._run(settings, per_s, cores).busy.max()) < NEVER_IDLE

    def _cores_busy(self, settings: Sizings, per_s: float, cores: int) -> float:
        work_s = float(self.workload.least_work_s(settings).sum())
        return per_s * work_s / self.workload.machine(cores).capacity

    def _most(self, cores: int) -> dict[str, Sizing]:
        """A replica a core, since more only take turns, and the largest batches that were seen."""
        return {name: Sizing(cores, self.workload.largest_batch(name)) for name in self.workload.recorded}

    def _smallest(self, most: Sizings) -> dict[str, Sizing]:
        """Stage by stage, least work first, what the target does not need is taken away."""
        settings = dict(most)
        work_s = dict(zip(self.workload.stages, self.workload.least_work_s(most).tolist(), strict=True))
        for name in sorted(settings, key=lambda name: work_s[name]):
            settings[name] = self._least_setting(name, settings)
        return settings

    def _least_setting(self, name: str, settings: Sizings) -> Sizing:
        """The fewest replicas, then the smallest batches of one stage with which the rest still meet it."""
        most = settings[name]

        def with_replicas(replicas: int) -> bool:
            return self._meets({**settings, name: Sizing(replicas, most.max_batch)})

        def with_batches(size: int) -> bool:
            return self._meets({**settings, name: Sizing(replicas, size)})

        replicas = _least(most.replicas, with_replicas)
        if self.workload.stage(name).sorted_items:
            return Sizing(replicas, most.max_batch)
        return Sizing(replicas, _least(most.max_batch, with_batches))

    def _highest_rate(self, settings: Sizings, *, above: bool = False) -> float:
        """Requests per second up to which the settings meet the target; or, ``above``, the next that misses it."""
        low, high = 0.0, 1 / self._cores_busy(settings, 1.0, self.target.cores)
        for _ in range(RATE_STEPS):
            middle = (low + high) / 2
            low, high = (middle, high) if self._meets(settings, middle) else (low, middle)
        return high if above else low

    def _cores_needed(self) -> int | None:
        def enough(cores: int) -> bool:
            return self._meets(self._most(cores), cores=cores)

        return _least(MOST_CORES, enough) if enough(MOST_CORES) else None

    def _budgets(self, settings: Sizings, per_s: float) -> Floats:
        """(stages,) the target, split as a p95 is spent at a rate that meets it; as it is bare if none does."""
        cores = self.target.cores
        stay, _ = spent(self._run(settings, per_s) if per_s else self.workload.bare(settings, cores))
        shares: Floats = stay / stay.sum()
        return shares * self.target.p95_s

    def _stages(
        self, settings: Sizings, outcome: Outcome, budgets: Floats, *, lasting: bool
    ) -> list[StagePlan]:
        expected, wait = spent(outcome)
        work = self.workload.least_work_s(settings)
        busy = dict(zip(settings, outcome.busy.tolist(), strict=False))  # the event loop comes last
        return [
            StagePlan(
                stage=name,
                setting=settings.get(name),
                work_s=float(work[index]),
                budget_s=float(budgets[index]),
                expected_s=float(expected[index]) if lasting else None,
                wait_s=float(wait[index]) if lasting else None,
                busy=busy.get(name, float(work[index]) * self.target.per_s),
            )
            for index, name in enumerate(self.workload.stages)
        ]


def _least(most: int, meets: Callable[[int], bool]) -> int:
    """The least number from 1 to ``most`` that meets; ``most`` is known to, and more never hurts."""
    low, high = 1, most
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if meets(middle) else (middle + 1, high)
    return low
