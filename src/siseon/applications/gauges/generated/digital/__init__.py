"""Generated displays and counters: what their recogniser is trained with, and what it is judged by.

Families (shapes of segments, letters, colours) are split: nothing is trained with those of ``evaluation``.
"""

from siseon.applications.gauges.generated.digital.camera import taken
from siseon.applications.gauges.generated.digital.face import Face, Style, face
from siseon.applications.gauges.generated.digital.glyphs import GLYPHS, Glyphs
from siseon.applications.gauges.generated.digital.photo import DisplayPhoto, display_photo

__all__ = ["GLYPHS", "DisplayPhoto", "Face", "Glyphs", "Style", "display_photo", "face", "taken"]
