"""What may be set of the reading of instruments."""

from __future__ import annotations

from typing import Annotated

from siseon.applications.options import Choices, OrNone


class GaugesChoices(Choices):
    """What one request may choose: nothing."""


class GaugesOptions(GaugesChoices):
    """All that may be set."""

    calibration: Annotated[str | None, OrNone] = None
    """File that says where the instrument is in the pictures and what its scale means."""


DEFAULTS = GaugesOptions()
