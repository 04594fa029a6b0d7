"""Photos of dials that do not exist, of which everything is known: for tests and measurements.

Families of needles, letters and colours are split: those of "evaluation" are for measurements. Which of them were
looked at is told beside the figures.
"""

from siseon.applications.gauges.generated.clicks import calibration_of
from siseon.applications.gauges.generated.crowd import FAMILIES, Family
from siseon.applications.gauges.generated.dial import Design, Split, design
from siseon.applications.gauges.generated.photo import Hardness, Photo, photo

__all__ = ["FAMILIES", "Design", "Family", "Hardness", "Photo", "Split", "calibration_of", "design", "photo"]
