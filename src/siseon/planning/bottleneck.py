"""How a simulated p95 is spent, and which stage makes it miss a target, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from siseon.planning.simulate import Floats, Outcome
from siseon.planning.workload import Sizings, Workload

AROUND_P95 = (93.0, 97.0)
"""Percentiles of latency between which requests are averaged to tell how the p95 is spent."""

FULL = 0.9
"""Share of its time from which a resource is called full: queues grow without bound soon after."""

Cause = Literal["service time", "cores", "replicas", "event loop", "waiting"]


@dataclass(frozen=True, slots=True)
class Target:
    """What is wanted, and the cores that there are for it."""

    p95_s: float
    per_s: float
    cores: int


@dataclass(frozen=True, slots=True)
class Miss:
    """What gives way first."""

    stage: str
    cause: Cause
    at_per_s: float
    """The rate that is too much."""
    why: str


def p95(outcome: Outcome) -> float:
    """Seconds."""
    return float(np.percentile(outcome.latency, 95))


def spent(outcome: Outcome) -> tuple[Floats, Floats]:
    """(stages,) twice: what each stage adds to the p95, which is their sum, and how much of that is waiting."""
    low = np.percentile(outcome.latency, AROUND_P95[0], method="lower")  # of a few requests at least one
    high = np.percentile(outcome.latency, AROUND_P95[1], method="higher")
    near = (outcome.latency >= low) & (outcome.latency <= high)
    stay, wait = outcome.stay[near].mean(axis=0), outcome.wait[near].mean(axis=0)
    scale = p95(outcome) / stay.sum() if stay.sum() else 1.0
    return stay * scale, wait * scale


def first_miss(
    workload: Workload, settings: Sizings, target: Target, outcome: Outcome, per_s: float, budgets: Floats
) -> Miss:
    """Why ``outcome``, of ``per_s`` requests a second, misses the target.

    Args:
        workload: what was simulated.
        settings: of its stages.
        target: what it misses.
        outcome: a simulation that does.
        per_s: its rate.
        budgets: (stages,) seconds, the target split by stage.
    """
    names = workload.stages
    work = workload.least_work_s(settings)
    bare = workload.bare(settings, target.cores)
    if p95(bare) > target.p95_s:
        stay, _ = spent(bare)
        stage = int(stay.argmax())
        why = (
            f"with the machine to itself a request takes {_ms(p95(bare))} at p95, {_ms(stay[stage])} of it in "
            f"{names[stage]}: only less work, or more cores for its items, shortens that"
        )
        return Miss(names[stage], "service time", per_s, why)

    on_loop = workload.loop_work_s(settings)
    if per_s * on_loop.sum() >= FULL:
        stage = int(on_loop.argmax())
        why = (
            f"steps and hand-overs share one event loop, which {per_s:.1f} requests/s keep "
            f"{per_s * on_loop.sum():.0%} busy, {per_s * on_loop[stage]:.0%} with {names[stage]}"
        )
        return Miss(names[stage], "event loop", per_s, why)

    capacity = workload.machine(target.cores).capacity
    if per_s * work.sum() >= FULL * capacity:
        stage = int(work.argmax())
        why = (
            f"{per_s:.1f} requests/s need {per_s * work.sum():.2f} cores of work and {target.cores} cores deliver "
            f"{capacity:.2f}; {names[stage]} is {work[stage] / work.sum():.0%} of it"
        )
        return Miss(names[stage], "cores", per_s, why)

    busy = dict(zip(settings, outcome.busy.tolist(), strict=False))  # the event loop comes last
    fullest = max(busy, key=lambda name: busy[name], default=None)  # a chain of steps has no replicas
    if fullest is not None and busy[fullest] >= FULL:
        replicas = settings[fullest].replicas
        who = "one replica is" if replicas == 1 else f"{replicas} replicas are"
        why = f"its {who} {busy[fullest]:.0%} busy at {per_s:.1f} requests/s"
        return Miss(fullest, "replicas", per_s, why)

    stay, wait = spent(outcome)
    stage = int((stay - budgets).argmax())
    alone, _ = spent(bare)
    why = (
        f"cores are only {per_s * work.sum() / capacity:.0%} busy, but requests come in bursts: at p95 one spends "
        f"{_ms(stay[stage])} in {names[stage]}, {_ms(wait[stage])} of it before its first item begins, and "
        f"would spend {_ms(alone[stage])} alone"
    )
    return Miss(names[stage], "waiting", per_s, why)


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.3g} ms" if seconds < 1 else f"{seconds:.1f} s"
