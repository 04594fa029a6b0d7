"""Which objects are named, and when a name is a fact: the rules between the classifier's scores and the answer.

A classifier always has a best class, also for what it has never seen. A name is given from a score on; below, the
answer says that it is not known.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from siseon.applications.inspection.options import InspectionOptions
from siseon.contracts import Crop, Detections, Image, InputError, Label, LabelMap, Ranked

UNCERTAIN = "uncertain"
"""In place of a name: no class is likely enough, or two products look alike."""

NONE_OF_THESE = "none of these"
"""In place of a name: no product of the gallery looks like it."""


def crops_to_name(image: Image, objects: Detections, wanted: InspectionOptions) -> list[Crop]:
    """The crops that the classifier is asked about: large enough, and of classes that it may know.

    Raises:
        InputError: a class that was named is none of the detector's.
    """
    if not wanted.classify:
        return []
    if "unclassified" in wanted.model_fields_set:
        class_numbers(wanted.unclassified, objects.labels)  # the default's class not all detectors have
    if not len(objects):
        return []
    names = objects.labels.names
    skipped = {names.index(name) for name in wanted.unclassified if name in names}
    return objects.crops(image, min_side=wanted.min_side, without=skipped)


def classification(index: int, label: Ranked, wanted: InspectionOptions) -> dict[str, Any]:
    """Plain values of a ``Classification``."""
    word = _instead_of_a_name(label, wanted)
    best: list[Label | Ranked] = [label, *label.others] if wanted.top_k > 1 else []
    return {
        "detection_index": index,
        "class_id": label.class_id if word is None else None,
        "class_name": word or label.class_name,
        "score": label.score,
        "top": [
            {"class_id": c.class_id, "class_name": c.class_name, "score": c.score}
            for c in best[: wanted.top_k]
        ],
    }


def class_numbers(names: Sequence[str], labels: LabelMap) -> NDArray[np.int64]:
    """The ids of the detector's classes of these names.

    Raises:
        InputError: a name that is none of them, with those close to it.
    """
    unknown = next((name for name in names if name not in labels.names), None)
    if unknown is not None:
        near = difflib.get_close_matches(unknown, labels.names, n=3) or labels.names[:3]
        raise InputError(
            f"the detector has no class {unknown!r}", hint=f"close to it: {', '.join(near)}", stage="detect"
        )
    return np.array([labels.names.index(name) for name in names], np.int64)


def _instead_of_a_name(label: Ranked, wanted: InspectionOptions) -> str | None:
    if wanted.gallery is None:
        return UNCERTAIN if label.score < wanted.classify_min_score else None
    if label.score < wanted.gallery_min_score:
        return NONE_OF_THESE
    lead = label.score - label.others[0].score if label.others else 1.0
    return UNCERTAIN if lead < wanted.gallery_margin else None
