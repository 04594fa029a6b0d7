"""The trackers of the package ``trackers`` (Roboflow, Apache-2.0), which takes seconds to import."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from siseon.applications.people.libraries import needed

if TYPE_CHECKING:
    from trackers.core.base import BaseTracker

LibraryTracker = Literal["bytetrack", "botsort", "ocsort"]
BUFFER_FPS = 30.0
"""Pictures a second in which it counts its waiting time."""


class OfLibrary:
    """Follows boxes from picture to picture."""

    def __init__(
        self,
        name: LibraryTracker,
        *,
        rate: float,
        lost_s: float,
        begins: float,
        sure: float,
        overlap: float,
    ) -> None:
        """The same as ``ByteTrack``'s.

        Raises:
            DependencyMissing: the package, or what it needs, is not installed.
        """
        with needed(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the libraries' own imports
            import supervision
            from trackers import BoTSORTTracker, ByteTrackTracker, OCSORTTracker
        self._boxes = supervision.Detections
        self._tracker: BaseTracker
        waiting = round(lost_s * BUFFER_FPS)
        match name:
            case "bytetrack":
                self._tracker = ByteTrackTracker(
                    lost_track_buffer=waiting,
                    frame_rate=rate,
                    track_activation_threshold=begins,
                    high_conf_det_threshold=sure,
                    minimum_iou_threshold=overlap,
                )
            case "botsort":
                self._tracker = BoTSORTTracker(
                    lost_track_buffer=waiting,
                    frame_rate=rate,
                    track_activation_threshold=begins,
                    high_conf_det_threshold=sure,
                    minimum_iou_threshold_first_assoc=overlap,
                    minimum_iou_threshold_second_assoc=overlap,
                    minimum_iou_threshold_unconfirmed_assoc=overlap,
                    enable_cmc=False,  # the boxes come where the camera's motion is taken off already
                )
            case "ocsort":
                self._tracker = OCSORTTracker(
                    lost_track_buffer=waiting,
                    frame_rate=rate,
                    high_conf_det_threshold=sure,
                    minimum_iou_threshold=overlap,
                )

    def update(
        self, xyxy: NDArray[np.float32], scores: NDArray[np.float32], at_s: float
    ) -> NDArray[np.int64]:
        """(N,) int64 the numbers of the tracks, from 0, of (N, 4) boxes in their order; -1: none, or not yet."""
        given = self._boxes(xyxy=xyxy, confidence=scores, data={"row": np.arange(len(xyxy))})
        told = self._tracker.update(given, timestamp=at_s)  # in an order of its own
        ids = np.full(len(xyxy), -1, np.int64)
        if told.tracker_id is not None and len(told):
            ids[np.asarray(told.data["row"], np.int64)] = told.tracker_id.astype(np.int64)
        return ids
