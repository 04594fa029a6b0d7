"""Faces of a video: where they are, whose, and, where somebody asks, what they look like."""

from siseon.applications.people.faces.express import Express, Expressed
from siseon.applications.people.faces.owners import owners

__all__ = ["Express", "Expressed", "owners"]
