"""Which stages a pipeline holds, and what it calls them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Set
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from siseon.contracts import ContractViolation
from siseon.engine.stage import AnyStage, Stage
from siseon.engine.user_values import text_of

if TYPE_CHECKING:
    from siseon.engine.pipeline import Pipeline

DEPTH = 16
"""Containers within containers that are looked into."""
PLAIN = frozenset((str, bytes, int, float, bool, type(None)))
"""What holds nothing, told by its type: a list of labels or a vocabulary has very many of them."""


def stages_of(owner: Pipeline[Any, Any], pipeline_kind: type) -> dict[str, AnyStage]:
    """The stages in the attributes of a pipeline, also those in lists, tuples, dicts, sets, dataclasses, plain
    objects' own attributes, and nested pipelines there; nothing is changed.

    A stage without a name of its own is called like the attribute that holds it; one of a nested pipeline has the
    name of that pipeline's attribute before its own. A stage that is held twice has its first name.

    Raises:
        ContractViolation: two stages have one name, so their figures could not be told apart.
    """
    search = _Search(pipeline_kind)
    search.attributes(owner, "", 0)
    return search.found


class _Search:
    def __init__(self, pipeline_kind: type) -> None:
        self.found: dict[str, AnyStage] = {}
        self._pipeline_kind = pipeline_kind
        self._seen: set[int] = set()

    def attributes(self, owner: object, prefix: str, depth: int) -> None:
        """All that the attributes of a pipeline hold, those of its class included."""
        self._seen.add(id(owner))
        for kind in reversed(type(owner).__mro__):
            for name, value in vars(kind).items():
                if isinstance(value, Stage | self._pipeline_kind):
                    self.place(name, value, prefix, depth)
                elif type(value).__name__ == "member_descriptor" and hasattr(owner, name):  # a slot
                    self.place(name, getattr(owner, name), prefix, depth)
        for name, value in getattr(owner, "__dict__", {}).items():
            if not name.startswith("_Pipeline__"):  # the engine's own
                self.place(name, value, prefix, depth)

    def place(self, name: str, value: object, prefix: str, depth: int) -> None:
        """What one attribute or entry holds."""
        if type(value) in PLAIN:
            return
        if isinstance(value, Stage):
            self._stage(name, value, prefix)
            return
        entries = self._entries(value, depth)
        if not entries or id(value) in self._seen:
            return
        self._seen.add(id(value))
        if isinstance(value, self._pipeline_kind):
            self.attributes(value, f"{prefix}{name}.", depth + 1)
            return
        for key, entry in entries.items():
            self.place(f"{name}.{key}", entry, prefix, depth + 1)

    def _stage(self, name: str, stage: AnyStage, prefix: str) -> None:
        if id(stage) in self._seen:
            return
        self._seen.add(id(stage))
        called = prefix + (text_of(lambda: stage.name, f"the name of stage {name!r}") or name)
        if self.found.setdefault(called, stage) is not stage:
            raise ContractViolation(f"two stages are called {called!r}", hint="set `name` on one of them")

    def _entries(self, value: object, depth: int) -> Mapping[Any, object]:
        """What a container holds; nothing for all that is not one."""
        if depth > DEPTH or isinstance(value, type):
            return {}
        if isinstance(value, self._pipeline_kind):
            return {"": value}
        if isinstance(value, Mapping):
            return value
        if isinstance(value, list | tuple):
            if hasattr(value, "_fields"):
                return dict(zip(value._fields, value, strict=False))
            return dict(enumerate(value))
        if isinstance(value, Set):
            return dict(enumerate(value))
        if dataclasses.is_dataclass(value):
            return {field.name: getattr(value, field.name, None) for field in dataclasses.fields(value)}
        if isinstance(value, SimpleNamespace):
            return vars(value)
        own = getattr(value, "__dict__", None)
        if isinstance(own, dict):  # an object of the user's: its own attributes, no further
            kinds = (Stage, self._pipeline_kind)
            return {key: entry for key, entry in own.items() if isinstance(entry, kinds)}
        return {}
