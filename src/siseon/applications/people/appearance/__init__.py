"""How people look, as vectors whose distance tells who is who: by colours without any weights, or by a network."""

from siseon.applications.people.appearance.colours import LookAtColours
from siseon.applications.people.appearance.mean import Look, look_of
from siseon.applications.people.appearance.network import LookByNetwork

__all__ = ["Look", "LookAtColours", "LookByNetwork", "look_of"]
