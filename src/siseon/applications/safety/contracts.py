"""What a safety check answers, as it goes over the wire. It says where something is and of which kind, never what.

All coordinates are pixels of the original image (upright, full size).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

from siseon.contracts.wire import Ring, Score, SoundBox

Action = Literal["none", "flag", "blur", "block"]
"""What is done about a finding: nothing is looked for, it is reported, hidden in pictures, or the answer refused."""

ACTIONS: tuple[Action, ...] = ("none", "flag", "blur", "block")
"""From the weakest to the strongest."""

Kind = Literal[
    "nsfw",
    "face",
    "phone",
    "email",
    "payment_card",
    "resident_number",
    "social_security_number",
    "iban",
    "passport",
    "licence_plate",
    "unread_text",
]
"""``unread_text``: writing that could not be read, so that nobody knows what it says."""


class Finding(BaseModel):
    """One thing that a policy is about."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    action: Action
    """What was done about it."""
    box: SoundBox
    """Left, top, right, bottom; the whole image for ``nsfw``, the ring's bounds for text."""
    ring: Ring | None = None
    """Outline of the line of text, the first point again at the end."""
    score: Score
    """How sure the detector, or the reader of the line, is."""


class SafetyReport(BaseModel):
    """What was found in one image and done about it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    nsfw_score: Score | None
    """Of the whole image or of the person in it that scores highest; None when it was not looked at."""
    findings: tuple[Finding, ...]
    action: Action
    """The strongest of the findings' actions; ``none`` without a finding."""

    @model_validator(mode="after")
    def _action_is_the_strongest(self) -> Self:
        if self.action != strongest(finding.action for finding in self.findings):
            raise ValueError(f"action {self.action!r} is not the strongest of the findings'")
        return self


def strongest(actions: Iterable[Action]) -> Action:
    """The last of ``ACTIONS`` among these; ``none`` of nothing."""
    return max(actions, key=ACTIONS.index, default="none")
