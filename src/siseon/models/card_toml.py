"""A card as the TOML text that ``siseon.models.card`` reads: for cards that siseon makes itself."""

from __future__ import annotations

import json
from typing import Any

from siseon.models.card import ModelCard


def card_toml(card: ModelCard) -> str:
    """A card as TOML; what has its default value is left out."""
    values = card.model_dump(mode="json", exclude_defaults=True)
    files, tables = values.pop("files"), {}
    for key in ("input", "output"):
        tables[key] = values.pop(key, {})
    lines = _pairs(values)
    for file in files:
        lines += ["", "[[files]]", *_pairs(file)]
    for key, table in tables.items():
        lines += ["", f"[{key}]", *_pairs(table)]
    return "\n".join(lines) + "\n"


def _pairs(values: dict[str, Any]) -> list[str]:
    return [f"{key} = {_toml(value)}" for key, value in values.items()]


def _toml(value: object) -> str:
    """JSON's strings, numbers and booleans are TOML's as well, but for DEL; arrays and inline tables differ little."""
    if isinstance(value, dict):
        return "{ " + ", ".join(_pairs(value)) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
