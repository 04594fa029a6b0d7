"""What a stage looks at is known by its life and found by its address."""

from __future__ import annotations

import numpy as np

from siseon.engine.placement.processes.arena import Ref
from siseon.engine.placement.processes.segment import address
from siseon.engine.placement.processes.shown import Shown

REF = Ref(1, 0, 5, 100, 0, 100)


def test_a_slot_is_kept_while_an_array_over_it_lives():
    shown, whole = Shown(), np.zeros(100, np.uint8)
    shown.add(REF, whole)
    view = np.frombuffer(whole.data, np.uint8)[10:20]
    assert shown.find(REF) is whole
    del whole
    assert shown.kept() == [REF]
    assert shown.around(address(view), 10) == REF._replace(start=10, length=10)
    assert shown.around(address(view), 91) is None
    assert shown.around(address(view) - 11, 5) is None
    del view
    assert shown.find(REF) is None
    assert shown.kept() == []


def test_another_generation_is_another_slot():
    shown, whole = Shown(), np.zeros(100, np.uint8)
    shown.add(REF, whole)
    assert shown.find(REF._replace(generation=6)) is None
