"""What actions are called elsewhere, and people in files."""

from __future__ import annotations

from siseon.applications.people.contracts import Action, ActionName, Person

AVA: dict[ActionName, str] = {
    "stand": "stand",
    "sit": "sit",
    "lie": "lie/sleep",
    "bend": "bend/bow (at the waist)",
    "walk": "walk",
    "run": "run/jog",
    "wave": "hand wave",
    "hug": "hug (a person)",
    "hand_over": "give/serve (an object) to (a person)",
    "watch": "watch (a person)",
}
"""Labels of AVA (Gu et al. 2018); reaching, approaching and touching somebody have none there."""


def ava(action: ActionName) -> str:
    """The label of AVA, or our own word where it has none."""
    return AVA.get(action, action)


def called(person: Person) -> str:
    """The name that a correction gave, else the number."""
    return person.name if person.name is not None else f"person {person.id}"


def phrase(action: Action, people: dict[int, Person]) -> str:
    """``hug person 2``, say."""
    word = action.action.replace("_", " ")
    return word if action.partner is None else f"{word} {called(people[action.partner])}"
