"""The colours of actions and expressions in charts, as CSS: one table for all."""

from __future__ import annotations

from siseon.applications.people.contracts import ActionName, ExpressionName

ACTIONS: dict[ActionName, str] = {
    "stand": "#9db4cc",
    "sit": "#6f8f7a",
    "lie": "#5d5470",
    "bend": "#c9a46a",
    "walk": "#4c86c6",
    "run": "#1f4fa3",
    "wave": "#d95f8d",
    "reach": "#b08a2e",
    "touch": "#c2553f",
    "hug": "#a01f4e",
    "hand_over": "#7a4fb0",
    "watch": "#2f8f8f",
    "approach": "#3b6e2f",
}
EXPRESSIONS: dict[ExpressionName, str] = {
    "angry": "#b5382c",
    "disgust": "#6a7d2f",
    "fear": "#5d5470",
    "happy": "#e0a92e",
    "sad": "#3f6fae",
    "surprise": "#c6629f",
    "neutral": "#b7c0ca",
}
PRESENT = "#dfe5ec"
"""Where somebody is seen and no posture is told."""
