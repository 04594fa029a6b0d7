"""What a person changes of a page, without a page."""

from __future__ import annotations

import math

import pytest

from siseon.console.translations.draft import Draft, Placed
from siseon.console.translations.known import TranslatedPage

REGION = {
    "polygon": [[10, 20], [110, 20], [110, 60], [10, 60], [10, 20]],
    "lines": [{"text": "Way out"}],
    "text": "Way out",
    "script": "latin",
    "score": 0.9,
    "translated": "Salida",
    "why_not": None,
    "style": {"ink": [0, 0, 0], "size": 20.0},
}
PAGE = {
    "image_id": "a.png",
    "width": 400,
    "height": 200,
    "target": "es",
    "unread": [],
    "regions": [REGION, REGION],
}


@pytest.fixture
def draft() -> Draft:
    return Draft(TranslatedPage.model_validate(PAGE))


def test_what_is_not_changed_goes_back_as_it_came(draft):
    assert draft.body(draft.regions) == PAGE
    assert draft.changes == 0


def test_a_new_text_finds_its_own_size_and_the_old_one_is_no_change(draft):
    draft.say(0, "Salida de emergencia")
    assert draft.regions[0].style == {"ink": [0, 0, 0], "size": None}
    assert draft.changes == 1
    assert draft.is_changed(0)
    draft.say(0, "Salida")
    assert draft.changes == 0
    draft.size(0, 12)
    draft.say(0, "Salida aquí")
    assert draft.regions[0].style["size"] == 12


def test_without_letters_the_original_stays(draft):
    draft.say(1, "  ")
    assert draft.regions[1].translated is None
    assert draft.regions[1].why_not is None


def test_a_turned_region_stays_turned_where_it_is_placed(draft):
    turned = Placed(50, 50, 100, 30, math.radians(30))
    draft.place(0, turned)
    again = Placed.of(draft.regions[0])
    for name in ("x", "y", "width", "height", "angle"):
        assert getattr(again, name) == pytest.approx(getattr(turned, name), abs=0.02)
    draft.place(0, Placed(0, 0, -5, 0))
    assert Placed.of(draft.regions[0]).width >= 4


def test_what_was_changed_meanwhile_stays_on_top_of_the_page_as_it_stands_now(draft):
    draft.say(0, "Sent")
    sent = tuple(draft.regions)
    draft.say(1, "Typed while it was rendered")
    draft.say(draft.add(), "Added meanwhile")
    rendered = {**REGION, "translated": "Sent", "style": {"size": 12.0}}
    theirs = {**REGION, "text": "Another text"}
    after = draft.onto(TranslatedPage.model_validate({**PAGE, "regions": [rendered, REGION]}), sent)
    assert [region.translated for region in after.regions] == [
        "Sent",
        *(one.translated for one in draft.regions[1:]),
    ]
    assert (after.changes, after.is_changed(0)) == (2, False)
    other = draft.onto(TranslatedPage.model_validate({**PAGE, "regions": [REGION, theirs]}), sent)
    assert other.regions[1].text == "Another text", "a region that is another one by now is left as it is"
    fewer = draft.onto(TranslatedPage.model_validate({**PAGE, "regions": [REGION]}), sent)
    assert [region.translated for region in fewer.regions] == ["Salida", "Added meanwhile"]


def test_a_region_is_added_in_the_middle_and_only_such_a_one_is_removed(draft):
    number = draft.add()
    (x1, y1), _, (x2, y2), *_ = draft.regions[number].polygon
    assert ((x1 + x2) / 2, (y1 + y2) / 2) == (200, 100)
    assert draft.is_changed(number)
    draft.remove(0)
    assert len(draft.regions) == 3
    draft.remove(number)
    assert draft.changes == 0
