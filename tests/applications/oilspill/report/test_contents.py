"""What a report says, whatever it is printed on."""

from __future__ import annotations

import re
from typing import get_args

from applications.oilspill.slicks.flight import frame
from siseon.applications.oilspill.report import contents
from siseon.applications.oilspill.report.contents import REFUSED
from siseon.applications.oilspill.sea.seen import Reason
from siseon.applications.oilspill.slicks import merged


def test_over_the_antimeridian_longitudes_are_those_of_a_map() -> None:
    frames = [
        frame("a.jpg", [(-30.0, 0.0, 20.0, "rainbow"), (60.0, 0.0, 20.0, "rainbow")], home=(180.0, -20.0))
    ]
    told = contents(frames, merged(frames), [])
    text = " ".join(cell.text for table in told.tables for row in table.rows for cell in row)
    longitudes = [float(one) for one in re.findall(r"-?\d{3}\.\d{5}", text)]
    assert min(longitudes) < 0 < max(longitudes)
    assert all(-180 <= one < 180 for one in longitudes)


def test_every_reason_to_refuse_a_frame_has_words() -> None:
    assert set(REFUSED) == set(get_args(Reason))


def test_oil_without_a_position_is_not_told_as_none() -> None:
    seen = frame("a.jpg", [(0.0, 0.0, 20.0, "rainbow")])
    assert "without the oil" not in contents([seen], merged([seen]), []).headline
    lost = seen.model_copy(update={"georeference": None, "no_position": "no position of the camera is known"})
    told = contents([lost], [], []).headline
    assert told.endswith("0 slicks, 0 m² in all, without the oil of 1 frame, which has no position.")
