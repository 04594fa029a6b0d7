"""What the sea in a picture shows: water, oil by its appearance, ships, land, glint; or why nothing can be said."""

from siseon.applications.oilspill.sea.domain import colourless
from siseon.applications.oilspill.sea.hsl import by_thresholds
from siseon.applications.oilspill.sea.seen import Seen, Verdict
from siseon.applications.oilspill.sea.stage import MODEL, SeeTheSea

__all__ = ["MODEL", "SeeTheSea", "Seen", "Verdict", "by_thresholds", "colourless"]
