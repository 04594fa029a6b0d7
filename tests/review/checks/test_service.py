"""An answer in bounded time: what is late, and what only waits its turn on a slow machine."""

from __future__ import annotations

import pytest

from siseon.review.checks.service import CHECKS
from siseon.review.exchange import Case, Evidence, Exchange, Expect, Group, Upload
from siseon.review.operation import Operation


def late(alone_s: float, crowd_s: list[float]) -> list[str]:
    plain = Exchange(Case("plain photo", Group.plain, Expect.accept, Upload(b"")), 200, alone_s)
    crowd = [
        Exchange(Case(f"{n}", Group.many, Expect.accept, Upload(b""), among=len(crowd_s)), 200, elapsed_s)
        for n, elapsed_s in enumerate(crowd_s)
    ]
    (check,) = (check for check in CHECKS if check.id == "bounded-time")
    return [fault.case for fault in check.judge(Evidence(Operation("/detect"), [plain, *crowd]))]


@pytest.mark.parametrize("alone_s", [0.01, 1.1, 4.0])
def test_a_service_that_takes_many_in_turn_is_right_however_slow_its_machine_is(alone_s: float) -> None:
    assert late(alone_s, [alone_s * place for place in range(1, 17)]) == []


def test_a_service_that_many_slow_down_beyond_their_turns_is_late() -> None:
    assert late(1.0, [2.0, 9.0, 16.0, 40.0]) == ["2", "3"]


def test_a_request_that_has_the_service_to_itself_is_late_after_ten_seconds() -> None:
    assert late(9.9, []) == []
    assert late(10.1, []) == ["plain photo"]
