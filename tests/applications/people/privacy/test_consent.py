"""The record of consents: read strictly, and what it says on a day."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from siseon.applications import people
from siseon.applications.people.privacy.consent import Consents, read_consents
from siseon.applications.people.reading import MOST_BYTES, read
from siseon.contracts import InputError

MINA = """
[[consent]]
person = "Mina"
purposes = ["analysis", "face"]
given = 2026-01-01
until = 2026-12-31
under_14 = true
"""
GUARDIAN = """
[consent.guardian]
name = "Jiyeon Kim"
relation = "mother"
verified = "signed_paper"
verified_on = 2026-01-02
"""
ANA = """
[[consent]]
person = "Ana"
purposes = ["analysis", "expressions"]
given = 2026-01-01
until = 2026-06-30
under_14 = false
"""


def consents(text: str) -> Consents:
    return read(Consents, text.encode(), "toml")


def test_a_child_needs_a_guardian_whose_consent_was_verified() -> None:
    with pytest.raises(InputError, match="Mina is under 14: a guardian must agree"):
        consents(MINA)
    assert consents(MINA + GUARDIAN).consent[0].guardian is not None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (MINA.replace("under_14 = true\n", ""), "under_14"),
        (MINA + GUARDIAN.replace("signed_paper", "seen"), "verified"),
        (MINA + GUARDIAN.replace("signed_paper", "other"), "verified otherwise: say how"),
        (ANA.replace("2026-06-30", "2025-06-30"), "ends before it begins"),
        (ANA.replace('"analysis", ', ""), "without analysis nothing can be done"),
        (ANA.replace("expressions", "advertising"), "purposes"),
        (ANA + "phone = 1\n", "phone"),
        (ANA.replace("under_14 = false", 'under_14 = "no"'), "under_14"),
        (ANA.replace("given = 2026-01-01", "given = 0"), "given"),
        (ANA + ANA, "Ana is in the record more than once"),
        ("everybody = true\n", "consent"),
        ("", "consent"),
    ],
)
def test_what_is_not_whole_or_not_known_is_refused(text, told) -> None:
    with pytest.raises(InputError, match=told):
        consents(text)


def test_a_consent_holds_from_its_first_to_its_last_day_unless_it_was_withdrawn() -> None:
    (ana,) = consents(ANA).consent
    assert ana.lapse(date(2025, 12, 31)) == "the consent of Ana begins on 2026-01-01"
    assert ana.lapse(date(2026, 1, 1)) is None
    assert ana.lapse(date(2026, 6, 30)) is None
    assert ana.lapse(date(2026, 7, 1)) == "the consent of Ana ended on 2026-06-30"
    (withdrawn,) = consents(ANA + "withdrawn = 2026-03-01\n").consent
    assert withdrawn.lapse(date(2026, 2, 28)) is None
    assert withdrawn.lapse(date(2026, 3, 1)) == "Ana has withdrawn on 2026-03-01"


def test_what_is_not_verified_yet_does_not_hold() -> None:
    told = consents(MINA + GUARDIAN)
    assert told.lapses(date(2026, 1, 1)) == ["the consent for Mina is not verified before 2026-01-02"]
    assert not told.lapses(date(2026, 1, 2))


def test_all_have_agreed_only_where_somebody_vouches_that_these_are_all() -> None:
    both = MINA + GUARDIAN + ANA
    assert not consents(both).all_cover("analysis")
    assert consents(f"everybody = true\n{both}").all_cover("analysis")
    assert not consents(f"everybody = true\n{both}").all_cover("face")


def test_the_record_in_the_readme_is_one() -> None:
    text = (Path(people.__file__).parent / "README.md").read_text()
    (block,) = (one for one in re.findall(r"```toml\n(.*?)```", text, re.DOTALL) if "[[consent]]" in one)
    (mina,) = consents(block).consent
    assert (mina.person, mina.under_14, mina.purposes) == ("Mina", True, {"analysis", "face"})
    assert mina.lapse(date(2027, 11, 1)) is None


def test_a_record_is_read_from_json_too_and_is_bounded(tmp_path) -> None:
    (tmp_path / "a.json").write_text(consents(MINA + GUARDIAN).model_dump_json())
    assert read_consents(str(tmp_path / "a.json")) == consents(MINA + GUARDIAN)
    (tmp_path / "b.toml").write_bytes(b"#" * (MOST_BYTES + 1))
    with pytest.raises(InputError, match="the limit is"):
        read_consents(str(tmp_path / "b.toml"))
    with pytest.raises(InputError, match="cannot be read"):
        read_consents(str(tmp_path / "none.toml"))
