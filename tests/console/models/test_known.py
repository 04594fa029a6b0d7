from __future__ import annotations

from siseon.console.history import EVERY_S, GAP, KEPT
from siseon.console.models.known import Model, Paces, Stats


def model(calls: int, mean_ms: float, *, loaded: bool = True) -> Model:
    return Model(
        name="m",
        version="1",
        task="detect",
        licence="MIT",
        loaded=loaded,
        workers=0,
        providers=(),
        pipelines=(),
        weights="here",
        pulled_from=None,
        sha256="",
        stats=Stats(
            calls=calls, items=calls, mean_ms=mean_ms, p50_ms=0, p95_ms=0, p99_ms=0, resident_bytes=0
        ),
        items_per_second=0,
    )


def test_a_pace_is_that_of_the_calls_between_two_looks() -> None:
    paces = Paces()
    paces.add(0, [model(10, 100)])
    known = paces.add(2, [model(14, 80)])  # 10 took 1,000 ms, 14 took 1,120
    assert known.paces["m"].per_second[-1] == 2
    assert known.paces["m"].mean_ms[-1] == 30
    assert paces.add(4, [model(14, 80)]).paces["m"].mean_ms[-1] is None


def test_what_is_loaded_anew_begins_anew_and_what_is_not_loaded_has_no_pace() -> None:
    paces = Paces()
    paces.add(0, [model(10, 100)])
    assert paces.add(2, [model(3, 5)]).paces["m"].mean_ms[-1] is None
    assert paces.add(4, [model(3, 5, loaded=False)]).paces == {}


def test_the_rings_are_bounded_and_a_gap_forgets_them() -> None:
    paces, at = Paces(), 0.0
    for calls in range(3 * KEPT):
        known = paces.add(at, [model(calls, 1)])
        at += EVERY_S
    assert len(known.paces["m"].per_second) == KEPT
    assert None not in known.paces["m"].per_second
    known = paces.add(at + GAP * EVERY_S, [model(calls, 1)])
    assert known.paces["m"].per_second[:-1] == (None,) * (KEPT - 1)
