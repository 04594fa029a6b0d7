"""The record of who has agreed to be looked at, to which ends, from when until when: a file that a person writes.

It says what somebody has on paper; it is no proof of it, and what the law asks for beside it is not known here. Of
somebody under 14 it says whose guardian agreed and how that was verified: the ways are those of Article 17-2 of the
Enforcement Decree of Korea's Personal Information Protection Act.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, Strict, StrictBool, model_validator

from siseon.applications.people.contracts import Name
from siseon.applications.people.reading import MOST_BYTES, read, written_as
from siseon.media.bounds import MediaBounds
from siseon.media.files import read_file

MOST = 200
"""Consents in a record."""

Day = Annotated[date, Strict()]
"""A date: not a number that might be one."""
Purpose = Literal["analysis", "expressions", "face"]
"""To be looked at at all; what one's face looks like; to be seen in the annotated video."""
Verified = Literal[
    "text_message", "payment_card", "mobile_identity", "signed_paper", "email", "telephone", "other"
]
"""How a guardian's consent was verified."""


class Guardian(BaseModel):
    """Who agreed on behalf of a child."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    relation: Name
    verified: Verified
    verified_on: Day
    detail: Annotated[str, Field(max_length=500)] = ""
    """Where it was verified otherwise, how."""

    @model_validator(mode="after")
    def _said_how(self) -> Self:
        if self.verified == "other" and not self.detail:
            raise ValueError(f"the consent of {self.name} was verified otherwise: say how, as detail")
        return self


class Consent(BaseModel):
    """Of one person."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    person: Name
    """As corrections call them."""
    purposes: Annotated[frozenset[Purpose], Field(min_length=1)]
    given: Day
    until: Day
    """The last day on which it holds."""
    withdrawn: Day | None = None
    """The day from which it does not hold any more."""
    under_14: StrictBool
    """Must be said of everybody."""
    guardian: Guardian | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.until < self.given:
            raise ValueError(f"the consent of {self.person} ends before it begins")
        if "analysis" not in self.purposes:
            raise ValueError(f"without analysis nothing can be done of {self.person}")
        if self.under_14 and self.guardian is None:
            raise ValueError(f"{self.person} is under 14: a guardian must agree, and be named")
        return self

    def lapse(self, on: date) -> str | None:
        """Why it does not hold on a day; None: it does."""
        if self.withdrawn is not None and self.withdrawn <= on:
            return f"{self.person} has withdrawn on {self.withdrawn}"
        if on < self.given:
            return f"the consent of {self.person} begins on {self.given}"
        if on > self.until:
            return f"the consent of {self.person} ended on {self.until}"
        if self.guardian is not None and self.guardian.verified_on > on:
            return f"the consent for {self.person} is not verified before {self.guardian.verified_on}"
        return None


class Consents(BaseModel):
    """A record, TOML or JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    everybody: StrictBool = False
    """Whether somebody vouches that all who can be seen are among these."""
    consent: Annotated[tuple[Consent, ...], Field(min_length=1, max_length=MOST)]

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        names = [one.person for one in self.consent]
        if again := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f"{again} is in the record more than once")
        return self

    def of(self, name: str | None) -> Consent | None:
        """That of the person whom corrections call so."""
        return next((one for one in self.consent if one.person == name), None)

    def lapses(self, on: date) -> Sequence[str]:
        """Why some of them do not hold on a day."""
        return [why for one in self.consent if (why := one.lapse(on)) is not None]

    def all_cover(self, purpose: Purpose) -> bool:
        """Whether everybody who can be seen has agreed to it."""
        return self.everybody and all(purpose in one.purposes for one in self.consent)


def read_consents(path: str) -> Consents:
    """The record. Blocks.

    Raises:
        InputError: ``file_unreadable``; it is larger than any, something else, or not whole.
    """
    file = read_file(Path(path), MediaBounds(max_bytes=MOST_BYTES))
    return read(Consents, file.data, written_as(path))
