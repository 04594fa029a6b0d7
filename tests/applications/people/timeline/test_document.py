from __future__ import annotations

import pytest

from people_told import told
from siseon.applications.people.expressions import Expressions
from siseon.applications.people.timeline import document as module
from siseon.applications.people.timeline.document import document

TIMELINE = told()
EMPTY = TIMELINE.model_copy(update={"people": (), "merged": {}, "actions": (), "expressions": Expressions()})


@pytest.mark.parametrize("timeline", [TIMELINE, EMPTY])
@pytest.mark.parametrize("at_once", [1, 7, 1_000])
def test_the_pieces_are_the_text_of_the_whole(timeline, at_once, monkeypatch) -> None:
    monkeypatch.setattr(module, "AT_ONCE", at_once)

    assert b"".join(document(timeline)).decode() == timeline.model_dump_json()
