"""What a safety check answers, as it goes over the wire. It says where something is and of which kind, never what.

All coordinates are pixels of the original image (upright, full size).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

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

Pixel = Annotated[float, Field(allow_inf_nan=False)]
Score = Annotated[float, Field(ge=0.0, le=1.0)]


class Finding(BaseModel):
    """One thing that a policy is about."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    action: Action
    """What was done about it."""
    box: tuple[Pixel, Pixel, Pixel, Pixel]
    """Left, top, right, bottom; the whole image for ``nsfw``, the ring's bounds for text."""
    ring: tuple[tuple[Pixel, Pixel], ...] | None = None
    """Outline of the line of text, the first point again at the end."""
    score: Score
    """How sure the detector, or the reader of the line, is."""

    @model_validator(mode="after")
    def _edges_in_order(self) -> Self:
        x1, y1, x2, y2 = self.box
        if not (x2 > x1 and y2 > y1):
            raise ValueError(f"box {self.box} has x2 <= x1 or y2 <= y1")
        return self


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
