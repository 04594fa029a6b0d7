"""The network of its owner that a service has beside those of its pipelines."""

from __future__ import annotations

from siseon.models import Model, ModelHold
from siseon.models.blank import blank_feeds


class OwnNetwork:
    """Loaded for as long as the host is: clients may ask it, and not unload it."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._hold = ModelHold(model.acquire)

    def load(self) -> None:
        """Load it, and run it as often as its owner says.

        Raises:
            ModelError: missing or damaged weights, or a network that cannot run; it is not kept then.
        """
        with self._hold.setting_up():
            self._model.warm_up([blank_feeds(self._model)] * self._model.warm_ups)

    def end(self) -> None:
        """Let it go."""
        self._hold.end()
