"""From an answer of any pipeline to what is drawn over its picture. No application is known here: see ``build.py``."""

from siseon.console.scene.build import scene_of
from siseon.console.scene.shapes import Layer, Scene, Shape

__all__ = ["Layer", "Scene", "Shape", "scene_of"]
