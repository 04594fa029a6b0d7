"""Figures of several processes as those of one: Prometheus text added up sample by sample.

On the standard library alone, for the parent. Source: "Text-based format", version 0.0.4, of the Prometheus project.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

EARLIEST = ("_created", "_start_time_seconds")
"""Moments: of several the earliest is told; everything else is added up."""


@dataclass(slots=True)
class Family:
    """All samples of one metric."""

    head: list[str] = field(default_factory=list)
    """Its comment lines."""
    kind: str = "untyped"
    samples: dict[str, float] = field(default_factory=dict)
    """By name and labels, as they are written."""


Figures = dict[str, Family]


def read(text: str) -> Figures:
    """The families of an exposition, in its order."""
    families: Figures = {}
    family = Family()
    for line in text.split("\n"):  # a label may hold what else ends lines elsewhere
        if line.startswith("# "):
            _, word, name, *rest = line.split(" ", 3)
            family = families.setdefault(name, Family())
            family.head.append(line)
            if word == "TYPE":
                family.kind = rest[0]
        elif line:
            key, _, value = line.rpartition(" ")
            family.samples[key] = float(value)
    return families


def add(all_figures: Iterable[Figures]) -> Figures:
    """The sum of several processes' figures."""
    total: Figures = {}
    for figures in all_figures:
        for name, family in figures.items():
            into = total.setdefault(name, Family(family.head, family.kind))
            earliest = name.endswith(EARLIEST)
            for key, value in family.samples.items():
                have = into.samples.get(key)
                if have is None:
                    into.samples[key] = value
                else:
                    into.samples[key] = min(have, value) if earliest else have + value
    return total


def lasting(figures: Figures) -> Figures:
    """What stays true of a process that has ended: its counts, not its gauges."""
    return {name: family for name, family in figures.items() if family.kind in ("counter", "histogram")}


def write(figures: Figures) -> str:
    """As text again."""
    lines: list[str] = []
    for family in figures.values():
        lines += family.head
        lines += [f"{key} {_number(value)}" for key, value in family.samples.items()]
    return "\n".join(lines) + "\n"


def figure(name: str, text: str, value: float, kind: str = "gauge") -> Figures:
    """One figure without labels."""
    return {name: Family([f"# HELP {name} {text}", f"# TYPE {name} {kind}"], kind, {name: value})}


def _number(value: float) -> str:
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return "NaN" if math.isnan(value) else repr(value)
