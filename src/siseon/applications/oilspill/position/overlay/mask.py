"""Which pixels the overlay hides: never sea, never oil."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from siseon.applications.oilspill.position.overlay.template import Template


def overlay_mask(template: Template, width: int, height: int) -> NDArray[np.bool_]:
    """(height, width), True in the regions of all fields and of what else is hidden, to the next whole pixel."""
    mask = np.zeros((height, width), np.bool_)
    for left, top, right, bottom in (*(field.region for field in template.fields), *template.hidden):
        rows = slice(int(top * height), int(np.ceil(bottom * height)))
        mask[rows, int(left * width) : int(np.ceil(right * width))] = True
    return mask
