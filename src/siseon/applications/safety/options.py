"""What may be set of the safety checks; applications that have them extend their own options by these."""

from __future__ import annotations

from siseon.applications.options import Choices, Share
from siseon.applications.safety.contracts import Action


class SafetyOptions(Choices):
    """A policy for each kind; the models of one that is `none` are not even loaded."""

    nsfw: Action = "none"
    """What to do about a picture that is not safe for work."""
    faces: Action = "none"
    """What to do about faces."""
    pii_text: Action = "none"
    """What to do about lines with a telephone number, an e-mail address, a payment card, the number of an account or
    a document, or a licence plate."""
    nsfw_threshold: Share = 0.8
    """Least score of a picture that is not safe for work; the default is what the authors of open_nsfw call a high
    probability."""


DEFAULTS = SafetyOptions()
