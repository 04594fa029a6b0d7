"""Requests for pipelines that were refused before a pipeline heard of them, so that the figures of a pipeline say how
many could not be taken, and not only how many found no room.

A token that is missing, an upload beyond the limits, no picture, a parameter that there is not, a service that starts
or drains: the pipeline has no trace of them.
"""

from __future__ import annotations

from collections.abc import Mapping

from siseon.hosting.served import Served
from siseon.service.compat.predict import GAUGES
from siseon.service.compat.predict import PATHS as PREDICT
from siseon.service.detect import PATHS as DETECT
from siseon.service.detect import PIPELINE as INSPECTION
from siseon.service.pipelines import path_of


class Refusals:
    """Counts them, each with the pipeline that it was for."""

    def __init__(self, served: Mapping[str, Served]) -> None:
        self._served: dict[str, Served] = {}
        for name, each in served.items():
            paths = [path_of(name), f"{path_of(name)}/batch"]
            paths += DETECT if name == INSPECTION else PREDICT if name == GAUGES else ()
            self._served.update(dict.fromkeys(paths, each))

    def count(self, method: str, path: str) -> None:
        """One more; of what is no request for a picture, nothing."""
        served = self._served.get(path) if method == "POST" else None
        if served is not None:
            served.turned_away += 1
