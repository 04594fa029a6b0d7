"""A stage as it goes to a worker: its recipe, and the plain values that were set on it since.

Parts of a recipe may want to hear of the copy that a worker makes of them (a model: is it loaded, what has it done);
they are ``Original``s, and their copies report with each answer, and are told when there is nothing to do.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from siseon.contracts import ContractViolation
from siseon.engine.mistakes import describe
from siseon.engine.placement.processes.parcel import PROTOCOL
from siseon.engine.placement.seam import Recipe

if TYPE_CHECKING:
    from siseon.engine.stage import Stage

PLAIN = (bool, int, float, str, type(None))

Plain = bool | int | float | str | None | list[Any] | tuple[Any, ...]
"""Values that cross whenever ``setup`` or the owner of a stage has set them, flat lists and tuples of them included:
its limits, what its buckets depend on, the classes that its network tells apart."""


@runtime_checkable
class Original(Protocol):
    """A part of a recipe that hears of its copies in workers."""

    def report(self) -> object:
        """Called in the worker: what has become of the copy since its last report, None for nothing."""

    def idle(self) -> None:
        """Called in the worker each minute without a batch: what the copy keeps for the next may go."""

    def hear(self, worker: str, report: object) -> None:
        """Called in the parent: what the copy of a worker reports; None when the worker has ended."""


class PackedRecipe:
    """What a worker needs to make the stage again."""

    def __init__(self, stage: Stage[Any, Any]) -> None:
        """Pack it.

        Raises:
            ContractViolation: it cannot leave this process, and why.
        """
        self.originals: list[Original] = []
        self.label = stage.label
        self.plain = plain_values(stage)
        _check_stateless(stage)
        file = io.BytesIO()
        packer = _Packer(file, self.originals)
        recipe = stage.recipe
        try:
            packer.dump((recipe.kind, recipe.args, dict(recipe.kwargs)))
        except Exception as error:  # noqa: BLE001 - whatever the parts of a user's stage do when they are packed
            raise ContractViolation(
                f"stage {stage.label!r} cannot leave its process: {_culprit(recipe)} cannot be sent to a worker "
                f"({describe(error)})",
                hint="give its constructor plain values and make the rest in setup(), or leave it in threads",
            ) from None
        self.stream = file.getvalue()


def unpack_recipe(
    stream: bytes, plain: Mapping[str, Plain], load_main: Callable[[], None]
) -> tuple[Stage[Any, Any], list[Original]]:
    """The stage, made again, and those of its parts that report.

    Raises:
        Exception: whatever the import of its module or its constructor raises.
    """
    unpacker = _Unpacker(io.BytesIO(stream), load_main)
    kind, args, kwargs = unpacker.load()
    stage: Stage[Any, Any] = Recipe(kind, args, kwargs).build()
    set_plain(stage, plain)
    return stage, [unpacker.copies[number] for number in sorted(unpacker.copies)]


def plain_values(stage: Stage[Any, Any]) -> dict[str, Plain]:
    """The plain values among a stage's own attributes."""
    plain = {name: value for name, value in vars(stage).items() if _is_plain(value)}
    return {name: list(value) if type(value) is list else value for name, value in plain.items()}


def set_plain(stage: Stage[Any, Any], values: Mapping[str, Plain]) -> None:
    """Set them where they differ."""
    own = vars(stage)
    for name, value in values.items():
        if name not in own or own[name] != value:
            object.__setattr__(stage, name, value)  # a frozen dataclass forbids it otherwise


def _is_plain(value: object) -> bool:
    if type(value) is list or type(value) is tuple:
        return all(type(one) in PLAIN for one in value)
    return type(value) in PLAIN


class _Packer(pickle.Pickler):
    def __init__(self, file: io.BytesIO, originals: list[Original]) -> None:
        super().__init__(file, PROTOCOL)
        self._originals = originals

    def persistent_id(self, obj: Any) -> object:
        if isinstance(obj, type) or not isinstance(obj, Original):
            return None
        for number, known in enumerate(self._originals):
            if known is obj:
                return number, None
        self._originals.append(obj)
        return len(self._originals) - 1, obj.__reduce_ex__(PROTOCOL)[:2]


class _Unpacker(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, load_main: Callable[[], None]) -> None:
        super().__init__(file)
        self.copies: dict[int, Original] = {}
        self._load_main = load_main

    def find_class(self, module: str, name: str) -> Any:
        if module == "__main__":
            self._load_main()
        return super().find_class(module, name)

    def persistent_load(self, pid: Any) -> Any:
        number, made = pid
        if made is not None:
            make, args = made
            self.copies[number] = make(*args)
        return self.copies[number]


def _check_stateless(stage: Stage[Any, Any]) -> None:
    """Items of one key may go to any worker, and what a worker knows dies with it."""
    from siseon.engine.stage import Stage

    if type(stage).serial is not Stage.serial or "serial" in vars(stage):
        raise ContractViolation(
            f"stage {stage.label!r} cannot leave its process: it keeps state between items (serial), and what a "
            "worker knows is lost when it dies",
            hint="leave this stage in threads",
        )


def _culprit(recipe: Recipe) -> str:
    """Which part of a recipe cannot be sent."""
    parts: list[tuple[str, object]] = [("its class", recipe.kind)]
    parts += [(f"argument {number} of its constructor", value) for number, value in enumerate(recipe.args, 1)]
    parts += [(f"its argument {name!r}", value) for name, value in recipe.kwargs.items()]
    for what, value in parts:
        try:
            _Packer(io.BytesIO(), []).dump(value)
        except Exception:  # noqa: BLE001 - as in PackedRecipe
            return what
    return "its recipe"
