"""The recogniser as a stage."""

from __future__ import annotations

from collections.abc import Sequence

from siseon.applications.gauges.digital.decode import Seen
from siseon.applications.gauges.digital.recogniser import Display, Recogniser
from siseon.contracts import ModelRef
from siseon.engine import Stage
from siseon.engine.machine import cores
from siseon.models import Model


class ReadDigits(Stage[Display, Seen]):
    """What a display or a counter shows."""

    name = "read_digits"

    def __init__(self, model: Model) -> None:
        self.replicas = cores()
        self._recogniser = Recogniser(model)

    def setup(self) -> None:
        """Load, place, run once."""
        self._recogniser.set_up(self)

    def teardown(self) -> None:
        """Let go of the weights."""
        self._recogniser.tear_down()

    def models(self) -> Sequence[ModelRef]:
        """The recogniser."""
        return (self._recogniser.ref,)

    def process(self, batch: Sequence[Display]) -> Sequence[Seen]:
        """See ``Recogniser.seen``."""
        return self._recogniser.seen(batch)
