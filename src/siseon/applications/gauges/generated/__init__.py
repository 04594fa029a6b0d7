"""Photos of dials that do not exist, of which everything is known: for tests and measurements.

Families of needles, letters and colours are split: those of "evaluation" are not looked at in development.
"""

from siseon.applications.gauges.generated.clicks import calibration_of
from siseon.applications.gauges.generated.dial import Design, Split, design
from siseon.applications.gauges.generated.photo import Hardness, Photo, photo

__all__ = ["Design", "Hardness", "Photo", "Split", "calibration_of", "design", "photo"]
