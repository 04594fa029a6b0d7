"""How well burned-in overlays are read: generated flights with known figures, degraded as recordings are.

    python benchmarks/oilspill/overlay.py --flights 15 --frames 20

A figure is exact (equal to what is written), refused, or wrong; a wrong position is counted from 50 m. First of each
frame on its own, then after the frames of a flight were settled together. Filled figures (``interpolated``) are counted
apart: they are no readings, and say so. Last, which fields were refused of each frame alone, and which signs of
theirs were read as which.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from siseon.applications.build import manager
from siseon.applications.oilspill.contracts import FactName, Metadata
from siseon.applications.oilspill.position.distance import metres_between
from siseon.applications.oilspill.position.generated import Flight, flight, frame, look
from siseon.applications.oilspill.position.generated.frame import template_of
from siseon.applications.oilspill.position.overlay.reading import ReadOverlay
from siseon.applications.oilspill.position.refusing import PAIRS
from siseon.applications.oilspill.position.series import settled
from siseon.models import ModelManager
from siseon.settings import read_settings

FAR_M = 50.0
AT_ONCE = 4


async def read(models: ModelManager, one: Flight, number: int) -> list[Metadata]:
    """The frames of a flight, each on its own."""
    seen = look(number)
    room = asyncio.Semaphore(AT_ONCE)
    async with ReadOverlay(models, [template_of(one, seen)], stated=True) as reader:

        async def single(index: int) -> Metadata:
            async with room:
                image, _ = await asyncio.to_thread(frame, one.shots[index], seen, 1000 * number + index)
                return (await reader(image)).data.metadata

        return list(await asyncio.gather(*(single(index) for index in range(len(one.shots)))))


def counted(one: Flight, frames: Sequence[Metadata], *, show: str = "") -> Counter[str]:
    """Figures by what became of them."""
    count: Counter[str] = Counter()
    for index, (shot, metadata) in enumerate(zip(one.shots, frames, strict=True)):
        for name, truth in shot.truth.items():
            fact = metadata.facts.get(name)
            if fact is None:
                count["refused"] += 1
            elif fact.source == "interpolated":
                count["filled"] += 1
            elif math.isclose(fact.value, truth, abs_tol=1e-7):
                count["exact"] += 1
            else:
                count["wrong"] += 1
                if show:
                    print(f"    {show} frame {index}: {name} {fact.text!r}, truth {truth}")
        for pair in PAIRS:
            count.update(_position(shot.truth, metadata, pair))
    return count


def _position(truth: dict[FactName, float], metadata: Metadata, pair: tuple[FactName, FactName]) -> list[str]:
    facts = [metadata.facts[name] for name in pair if name in metadata.facts]
    if len(facts) != 2:
        return ["positions refused"]
    away = math.hypot(*metres_between(truth[pair[0]], truth[pair[1]], facts[0].value, facts[1].value))
    if "interpolated" in (facts[0].source, facts[1].source):
        return ["positions filled", *(["filled > 50 m"] if away > FAR_M else [])]
    return ["positions read", *(["WRONG > 50 m"] if away > FAR_M else [])]


def refused_signs(one: Flight, frames: Sequence[Metadata]) -> tuple[Counter[str], Counter[str]]:
    """Of the figures that were refused: how often by field, and signs that were read as others (of texts as long)."""
    names, signs = Counter[str](), Counter[str]()
    for shot, metadata in zip(one.shots, frames, strict=True):
        fields = {fact: name for name, (fact, _) in one.forms.items() if fact != "time"}
        for refused in metadata.refused:
            if (name := fields.get(refused.name)) is None or refused.name in metadata.facts:
                continue
            names[name] += 1
            for read in set((refused.text or "").split(" | ")):
                if len(read) == len(shot.texts[name]):
                    pairs = zip(shot.texts[name], read, strict=True)
                    signs.update(f"{here} as {there}" for here, there in pairs if here != there)
    return names, signs


def _commonest(count: Counter[str], most: int = 12) -> str:
    return ", ".join(f"{name} ({times})" for name, times in count.most_common(most)) or "none"


async def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--flights", type=int, default=15)
    options.add_argument("--frames", type=int, default=20)
    options.add_argument("--first", type=int, default=0, help="number of the first flight")
    options.add_argument("--pictures", type=Path, help="folder for the first frame of each flight")
    chosen = options.parse_args()
    models = manager(read_settings())
    alone: Counter[str] = Counter()
    together: Counter[str] = Counter()
    fields, signs = Counter[str](), Counter[str]()
    started = time.perf_counter()
    for number in range(chosen.first, chosen.first + chosen.flights):
        one = flight(number, chosen.frames)
        frames = await read(models, one, number)
        here, after = counted(one, frames), counted(one, settled(frames), show=f"flight {number}")
        kind = one.forms["latitude"][1]
        print(
            f"{number:3} {kind.grammar} {kind.decimals}: alone {_row(here)}; settled {_row(after)}",
            flush=True,
        )
        lost, read_as = refused_signs(one, frames)
        fields.update(lost)
        signs.update(read_as)
        alone += here
        together += after
    took = time.perf_counter() - started
    frames_read = chosen.flights * chosen.frames
    print(
        f"\n{frames_read} frames of {chosen.flights} flights, {took / frames_read:.2f} s a frame with its making\n"
    )
    print("| | figures exact | refused | filled | wrong | positions read | filled | refused | wrong > 50 m |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, count in (("each frame alone", alone), ("after the vote", together)):
        print(_table(name, count))
    print(f"\nrefused alone, by field: {_commonest(fields)}")
    print(f"signs of these that were read as others: {_commonest(signs)}")


def _row(count: Counter[str]) -> str:
    figures = sum(count[key] for key in ("exact", "refused", "filled", "wrong"))
    return f"exact {count['exact'] / figures:.1%}, wrong {count['wrong']}, far {count['WRONG > 50 m']}"


def _table(name: str, count: Counter[str]) -> str:
    figures = sum(count[key] for key in ("exact", "refused", "filled", "wrong"))
    shares = " | ".join(f"{count[key] / figures:.2%}" for key in ("exact", "refused", "filled", "wrong"))
    keys = ("positions read", "positions filled", "positions refused", "WRONG > 50 m")
    return f"| {name} | {shares} | {' | '.join(str(count[key]) for key in keys)} |"


if __name__ == "__main__":
    asyncio.run(main())
