"""Copies of stages and pipelines, and what pickle makes of them."""

from __future__ import annotations


def without(state: object, name: str) -> object:
    """What ``object.__getstate__`` gives (a dict, or a pair of it and the slots' values), less one attribute."""
    if isinstance(state, tuple):
        return tuple(without(part, name) for part in state)
    if isinstance(state, dict):
        return {key: value for key, value in state.items() if key != name}
    return state
