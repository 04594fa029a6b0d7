from __future__ import annotations

import sys

import numpy as np
import pytest

from siseon.applications.oilspill.georeference import Pose, Sigmas, georeference
from siseon.applications.oilspill.slicks import outlined
from siseon.contracts import DependencyMissing


def test_a_library_that_is_not_installed_is_named_with_the_way_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyproj", None)
    monkeypatch.setitem(sys.modules, "shapely", None)
    pose = Pose(56.0, 10.5, 300.0, 30.0, 90.0, 0.0, 60.0, 36.0, Sigmas(4, 5, 0.5, 0.3, 0.5, 0.01))
    with pytest.raises(DependencyMissing, match="needs pyproj") as caught:
        georeference(pose, 1280, 720)
    assert caught.value.hint == "pip install 'siseon[oilspill]'"
    with pytest.raises(DependencyMissing, match="needs shapely"):
        outlined(np.ones((40, 40), np.uint8), np.ones((40, 40)))
