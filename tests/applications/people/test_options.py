"""What a job may choose: of what people show, never more than the owner of service and workers does."""

from __future__ import annotations

from typing import Any

import pytest

from siseon.applications.options import stated
from siseon.applications.people.options import PeopleChoices, PeopleOptions
from siseon.contracts import FailureCode, InputError


def chosen(job: dict[str, Any], **owner: Any) -> PeopleOptions:
    return PeopleOptions(**owner).chosen(stated(PeopleChoices, job))


@pytest.mark.parametrize(
    ("owner", "job"),
    [
        ({}, {"rate": 10, "show_id": False}),
        ({}, {"video": "none", "rate": 0.5}),
        ({}, {"video": "h264"}),
        ({"hide": False}, {"hide": True}),
        ({"hide": False}, {"rate": 1}),
        ({"rate": 20}, {"rate": "20"}),
        ({"may_show": True}, {"hide": False, "rate": 1}),
        ({"may_show": True, "video": "none"}, {"video": "vp9"}),
        ({}, {}),
    ],
)
def test_what_shows_no_more_than_the_owner_does_may_be_chosen(owner, job) -> None:
    found = chosen(job, **owner)

    assert found == PeopleOptions(**{**owner, **job})


@pytest.mark.parametrize(
    ("owner", "job", "allows"),
    [
        ({}, {"hide": False}, "may_show"),
        ({"video": "none"}, {"video": "vp9"}, "may_show"),
        ({"video": "none"}, {"video": "vp9", "hide": False}, "may_show"),
        ({}, {"hide": False, "video": "none"}, "may_show"),
        ({}, {"rate": 4.9}, "may_show"),
        ({}, {"rate": 10.1}, "most_rate"),
        ({"may_show": True}, {"rate": 30}, "most_rate"),
    ],
)
def test_what_would_show_more_is_refused_and_who_may_allow_it_is_named(owner, job, allows) -> None:
    with pytest.raises(InputError) as refused:
        chosen(job, **owner)

    assert refused.value.code is FailureCode.forbidden
    assert allows in refused.value.hint


@pytest.mark.parametrize("name", ["corrections", "consent"])
def test_a_job_does_not_say_by_its_files_whose_face_the_owner_keeps_visible(name: str) -> None:
    with pytest.raises(InputError, match="keep") as refused:
        PeopleOptions(keep=("Mina",)).with_files({name: "x.toml"})
    assert refused.value.code is FailureCode.forbidden
    for owner in ({"keep": ("Mina",), "may_show": True}, {"keep": ("Mina",), "hide": False}, {}):
        assert getattr(PeopleOptions(**owner).with_files({name: "x.toml"}), name) == "x.toml"
    assert PeopleOptions(keep=("Mina",)).with_files({"coding": "x.csv"}).coding == "x.csv"


@pytest.mark.parametrize("job", [{"may_show": True}, {"most_rate": 30}, {"keep": "1"}, {"rate": 0}])
def test_a_job_cannot_allow_itself_anything(job) -> None:
    with pytest.raises(InputError):
        stated(PeopleChoices, job)
