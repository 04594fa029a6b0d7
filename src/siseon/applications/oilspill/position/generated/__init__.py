"""Frames with overlays that no turret has made, of which every figure is known: for tests and measurements."""

from siseon.applications.oilspill.position.generated.flight import Flight, Shot, flight
from siseon.applications.oilspill.position.generated.frame import Hardness, Look, frame, look

__all__ = ["Flight", "Hardness", "Look", "Shot", "flight", "frame", "look"]
