"""What may be done of whom: nothing beyond what is on record, and everything that is not done is told."""

from __future__ import annotations

from datetime import date

import pytest

from people_told import NAME, told
from siseon.applications.people.contracts import Timeline
from siseon.applications.people.options import PeopleOptions
from siseon.applications.people.privacy.allowed import NO_RECORD, NOT_HIDDEN, check
from siseon.applications.people.privacy.allowed import told as allowed
from siseon.applications.people.privacy.consent import Consent, Consents, Guardian
from siseon.contracts import FailureCode, InputError

TODAY = date(2026, 5, 1)
NOTHING = PeopleOptions()
ALL = frozenset({"analysis", "expressions", "face"})
MOTHER = Guardian(name="Jiyeon Kim", relation="mother", verified="email", verified_on=TODAY)


def consent(person: str, purposes: frozenset[str] = ALL, **more: object) -> Consent:
    fields = {"given": TODAY, "until": TODAY, "under_14": False, **more}
    return Consent.model_validate({"person": person, "purposes": purposes, **fields})


def record(*consents: Consent, everybody: bool = False) -> Consents:
    return Consents(consent=consents, everybody=everybody)


def child_named_too() -> Timeline:
    """The timeline of ``people_told``, its second person called Ana."""
    whole = told()
    first, second = whole.people
    return whole.model_copy(update={"people": (first, second.model_copy(update={"name": "Ana"}))})


@pytest.mark.parametrize("asked", [{"expressions": "mini-xception"}, {"keep": ("Ana",)}])
def test_what_tells_more_of_somebody_is_refused_without_a_record(asked) -> None:
    with pytest.raises(InputError, match="only of people who have agreed") as failed:
        check(PeopleOptions(**asked), None, TODAY)
    assert failed.value.code is FailureCode.consent_missing
    check(NOTHING, None, TODAY)


def test_expressions_need_that_everybody_has_agreed_to_them() -> None:
    asked = PeopleOptions(expressions="mini-xception")
    check(asked, record(consent("Ana"), everybody=True), TODAY)
    some = record(consent("Ana"), consent("Bo", ALL - {"expressions"}), everybody=True)
    for refused in (record(consent("Ana")), some):
        with pytest.raises(InputError, match="everybody in the video must have agreed"):
            check(asked, refused, TODAY)


def test_a_record_with_a_consent_that_has_ended_allows_no_video() -> None:
    with pytest.raises(InputError, match="the consent of Ana ended on 2026-05-01"):
        check(NOTHING, record(consent("Ana")), date(2026, 5, 2))


def test_without_a_record_the_timeline_says_so() -> None:
    timeline, visible = allowed(NOTHING, None, told())
    assert (timeline.privacy.consent, timeline.privacy.warnings) == ("none", (NO_RECORD,))
    assert not visible
    assert not timeline.expressions


def test_people_of_whom_nothing_is_on_record_are_named_in_a_warning() -> None:
    timeline, _ = allowed(NOTHING, record(consent(NAME)), child_named_too())
    assert timeline.privacy.consent == "in_part"
    assert "Ana" in timeline.privacy.warnings[0]
    assert NAME not in timeline.privacy.warnings[0]
    timeline, _ = allowed(NOTHING, record(consent(NAME), consent("Ana")), child_named_too())
    assert (timeline.privacy.consent, timeline.privacy.warnings) == ("given", ())


def test_expressions_of_somebody_who_is_not_in_the_record_are_withheld_and_that_is_told() -> None:
    asked = PeopleOptions(expressions="mini-xception")
    timeline, _ = allowed(asked, record(consent("Somebody else"), everybody=True), told())
    assert not timeline.expressions
    assert timeline.coverage.expressions == 0
    assert (timeline.refused[0].what, timeline.refused[0].reason) == ("expression", "no_consent")
    timeline, _ = allowed(asked, record(consent(NAME), everybody=True), told())
    assert timeline.expressions == told().expressions


@pytest.mark.parametrize("word", [NAME, "1"])
def test_a_chosen_person_stays_visible_by_name_or_number(word) -> None:
    timeline, visible = allowed(PeopleOptions(keep=(word,)), record(consent(NAME)), told())
    assert [one.id for one in visible] == [1]
    assert timeline.privacy.visible == (1,)


@pytest.mark.parametrize(
    ("word", "consents", "why"),
    [
        (NAME, record(consent(NAME, ALL - {"face"})), "does not say that this person's face"),
        ("2", record(consent(NAME)), "does not say that this person's face"),
        ("2", record(consent(NAME, ALL - {"face"}), consent("Bo"), everybody=True), "does not say"),
        ("3", record(consent(NAME), everybody=True), "nobody is called so"),
        ("Mina", record(consent("Mina")), "nobody is called so"),
    ],
)
def test_who_is_not_known_or_has_not_agreed_stays_hidden_and_that_is_told(word, consents, why) -> None:
    timeline, visible = allowed(PeopleOptions(keep=(word,)), consents, told())
    assert not visible
    assert any(f"keep={word}" in one and why in one for one in timeline.privacy.warnings)


def test_somebody_without_a_name_may_be_kept_where_all_have_agreed() -> None:
    _, visible = allowed(PeopleOptions(keep=("2",)), record(consent(NAME), everybody=True), told())
    assert [one.id for one in visible] == [2]


def test_a_number_keeps_nobody_where_it_means_somebody_else_in_each_video() -> None:
    options, consents = PeopleOptions(keep=("1",)), record(consent(NAME))
    timeline, visible = allowed(options, consents, told(), is_only=False)
    assert not visible
    assert "somebody else" in timeline.privacy.warnings[-1]


def test_a_record_of_a_child_is_not_that_of_somebody_who_is_called_an_adult() -> None:
    child = consent("Ana", under_14=True, guardian=MOTHER)
    timeline, _ = allowed(NOTHING, record(consent(NAME), child), child_named_too())
    assert "Ana" in timeline.privacy.warnings[0]


def test_a_video_in_which_nobody_is_hidden_warns_unless_all_have_agreed_to_that() -> None:
    shown = PeopleOptions(hide=False)
    timeline, _ = allowed(shown, None, told())
    assert timeline.privacy.warnings == (NO_RECORD, NOT_HIDDEN)
    assert not timeline.privacy.hidden
    timeline, _ = allowed(shown, record(consent(NAME), everybody=True), told())
    assert NOT_HIDDEN not in timeline.privacy.warnings
