"""From classes of pixels to slicks: outlines, areas, volumes, a flight's map, drift, and files of them."""

from siseon.applications.oilspill.slicks.drift import drifts
from siseon.applications.oilspill.slicks.merge import merged
from siseon.applications.oilspill.slicks.polygons import outlined, placed

__all__ = ["drifts", "merged", "outlined", "placed"]
