"""Options that cannot work stop the start and are named; they never hang a caller or burn a core later."""

from __future__ import annotations

import math
from typing import Any

import pytest

from engine.probes import Held, Through, bounded
from siseon.contracts import ContractViolation

pytestmark = pytest.mark.usefixtures(bounded.__name__)

WRONG: list[tuple[str, Any]] = [
    ("replicas", 0),
    ("replicas", -1),
    ("max_batch", 0),
    ("max_batch", -3),
    ("linger_ms", -1.0),
    ("linger_ms", math.nan),
    ("max_queue", 0),
    ("max_queue", -1),
    ("max_cost", 0.0),
    ("max_cost", -1.0),
    ("max_cost", math.nan),
]


@pytest.mark.parametrize(("option", "value"), WRONG)
async def test_a_wrong_option_stops_the_start_by_name_and_can_be_mended(option, value):
    stage = Held(gate=True)
    right = getattr(stage, option)
    setattr(stage, option, value)
    with pytest.raises(ContractViolation, match=option) as refused:
        await stage.start()
    assert refused.value.stage == "Held"
    setattr(stage, option, right)
    async with stage:
        assert await stage(1) == 1


@pytest.mark.parametrize(("option", "value"), WRONG)
async def test_a_wrong_option_that_setup_chose_stops_the_start_by_name(option, value):
    class Chooses(Held):
        def setup(self) -> None:
            setattr(self, option, value)

    pipeline = Through(Chooses(gate=True))
    with pytest.raises(ContractViolation, match=option) as refused:
        await pipeline.start()
    assert refused.value.stage == "only"
