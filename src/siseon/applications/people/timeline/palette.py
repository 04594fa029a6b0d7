"""The colours of actions and expressions in charts: one table for all."""

from __future__ import annotations

from siseon.applications.paper.drawing import Colour
from siseon.applications.people.contracts import ActionName
from siseon.applications.people.expressions import ExpressionName

ACTIONS: dict[ActionName, Colour] = {
    "stand": (157, 180, 204),
    "sit": (111, 143, 122),
    "lie": (93, 84, 112),
    "bend": (201, 164, 106),
    "walk": (76, 134, 198),
    "run": (31, 79, 163),
    "wave": (217, 95, 141),
    "reach": (176, 138, 46),
    "touch": (194, 85, 63),
    "hug": (160, 31, 78),
    "hand_over": (122, 79, 176),
    "watch": (47, 143, 143),
    "approach": (59, 110, 47),
}
EXPRESSIONS: dict[ExpressionName, Colour] = {
    "angry": (181, 56, 44),
    "disgust": (106, 125, 47),
    "fear": (93, 84, 112),
    "happy": (224, 169, 46),
    "sad": (63, 111, 174),
    "surprise": (198, 98, 159),
    "neutral": (183, 192, 202),
}
PRESENT = (223, 229, 236)
"""Where somebody is seen and no posture is told."""
