"""A translated page as the service tells it."""

from __future__ import annotations

import json

import pytest

from siseon.console.api import ApiFailure
from siseon.console.translations.draft import Draft
from siseon.console.translations.known import read_page

RING = [[1.0, 1.0], [9.0, 1.0], [9.0, 4.0], [1.0, 4.0], [1.0, 1.0]]
REGION = {
    "polygon": RING, "text": "ring twice", "score": 0.9, "translated": "llame", "why_not": None,
    "style": {"size": 12.0}, "lines": [{"text": "ring", "words": [1, 2]}],
}  # fmt: skip
PAGE = {"width": 20, "height": 10, "target": "es", "regions": [REGION] * 3, "of_a_later_version": {"a": [1]}}


def document(**changed: object) -> bytes:
    return json.dumps({"data": {**PAGE, **changed}, "models": []}).encode()


def test_a_page_goes_back_as_it_came() -> None:
    page = read_page(document(), "/result")
    assert [region.text for region in page.regions] == ["ring twice"] * 3
    assert Draft(page).body(page.regions) == PAGE


@pytest.mark.parametrize(
    "changed",
    [{"regions": None}, {"regions": "many"}, {"regions": [3]}, {"regions": [{**REGION, "polygon": RING[:4]}]},
     {"regions": [{**REGION, "text": None}]}, {"width": "wide"}],
)  # fmt: skip
def test_what_is_of_another_form_is_refused_by_name(changed: dict[str, object]) -> None:
    with pytest.raises(ApiFailure) as refused:
        read_page(document(**changed), "/result")
    assert refused.value.problem.code == "contract_violation"
    assert "/result" in refused.value.problem.detail


def test_what_is_not_json_is_refused_by_name() -> None:
    with pytest.raises(ApiFailure, match="not JSON"):
        read_page(b'{"data": ', "/result")
