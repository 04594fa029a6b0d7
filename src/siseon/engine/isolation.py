"""How one bad item of a batch fails alone, with as few further runs as can be.

``process`` may *return* a failure in an item's place; that costs nothing. If it *raises*, the traceback is asked
first: an item of the batch that is a local variable of the innermost frame that knows one is the suspect, and the
rest runs again without it. If the rest succeeds and the exception was raised while that item was at hand, the suspect
has failed. Where a traceback tells nothing, the bad ones are found by binary splitting: of a group that failed one
half runs; if it succeeds the bad one is in the other; what is left over runs as one group (Hwang, "A method for
detecting all defective members in a population by group testing", 1972). A stage that fails whatever it is given is not
run item by item.
"""

from __future__ import annotations

import dis
from collections.abc import Callable, Generator, Iterator, Sequence
from itertools import islice
from types import CodeType, TracebackType

from siseon.contracts import ContractViolation
from siseon.engine.call import MISSING
from siseon.engine.mistakes import checked, fresh, is_failure, late, log, named, results_of

SUSPECTS = 3
"""Times that a traceback is believed for one batch."""
PROBES = 8
"""Single items, spread over a batch of which both halves failed, that must fail equally for the stage to count as
failing whatever it is given."""

Run = Callable[[Sequence[object]], object]
Wanted = Callable[[int], bool]


class Raised:
    """A run that raised: the failure, and what tells equal ones."""

    def __init__(self, error: BaseException, items: Sequence[object]) -> None:
        self.failure = named(error, "process raised")
        self.suspect, self.sure = _suspect(error.__traceback__, items)
        self.likeness = type(error), self.failure.code, self.failure.message

    def log(self, stage: str, error: BaseException, size: int) -> None:
        """Put the traceback into the log, unless the failure has a name of its own."""
        if not is_failure(error):
            log.error(
                "stage %s raised %s on a batch of %d", stage, type(error).__name__, size, exc_info=error
            )


class Trial:
    """The runs that one batch takes; afterwards ``outcomes`` has a value or a SiseonError of its own per item."""

    def __init__(self, stage: str, run: Run, items: Sequence[object]) -> None:
        """``stage``: for the log; ``run``: ``process``, which gets a list of its own each time."""
        self.stage = stage
        self.run = run
        self.items = items
        self.wanted: Wanted
        self.outcomes: list[object] = [MISSING] * len(items)
        self.logged = False

    def whole(self) -> Raised | None:
        """Run the batch; None when that gave the outcomes."""
        return self.attempt(range(len(self.items)))

    def attempt(self, indices: Sequence[int]) -> Raised | None:
        """Run some of the items; None when that gave their outcomes."""
        items = [self.items[index] for index in indices]
        try:
            returned = self.run(list(items))
            if isinstance(returned, Iterator):  # a generator computes only when it is read
                returned = list(islice(returned, len(items) + 1))
        except BaseException as error:  # noqa: BLE001 - whatever user code raises is these items' failure
            raised = Raised(error, items)
            if not self.logged:
                self.logged = True
                raised.log(self.stage, error, len(items))
            return raised
        try:
            results = results_of(returned, len(items))
        except ContractViolation as violation:  # running again would only repeat the stage's mistake
            results = [fresh(violation) for _ in items]
        if any(issubclass(type(result), BaseException) for result in results):
            results = [checked(result) for result in results]
        if len(results) == len(self.outcomes):
            self.outcomes = results
        else:
            for index, result in zip(indices, results, strict=True):
                self.outcomes[index] = result
        return None

    def fail(self, indices: Sequence[int], raised: Raised) -> None:
        """These items have failed; each gets an exception of its own."""
        for index in indices:
            self.outcomes[index] = fresh(raised.failure)

    def isolate(self, raised: Raised, wanted: Wanted) -> Generator[None, None, None]:
        """Find the bad ones of a batch that raised.

        Yields before each further run, so that whoever drives it may do something else between two.

        Args:
            raised: what ``whole`` gave.
            wanted: whether somebody still waits for the item of this index; what nobody waits for does not run
                again, and its outcome is ``deadline_exceeded``.
        """
        self.wanted = wanted
        if len(self.items) == 1:
            self.fail([0], raised)
            return
        rest: Sequence[int] = range(len(self.items))
        accused: list[int] = []
        for _ in range(SUSPECTS):
            if raised.suspect is None or len(rest) < 2:
                break
            suspect = rest[raised.suspect]
            accused.append(suspect)
            rest = [index for index in rest if index != suspect]
            yield
            rest = self.still_wanted(rest)
            again = self.attempt(rest) if rest else None
            if again is None:
                if raised.sure:
                    self.fail([accused.pop()], raised)
                # Without them it ran; that alone is not proof: a batch may be too large, or fail once.
                for index in accused:
                    yield from self.alone(index)
                return
            raised = again
        rest = sorted([*accused, *rest])
        if len(rest) == 1:
            self.fail(rest, raised)
            return
        yield from self.search(rest, raised)

    def search(self, group: Sequence[int], whole: Raised) -> Generator[None, None, None]:
        """Find the bad ones of a group that failed as ``whole``."""
        unlike = False
        """Something has succeeded or failed otherwise: the stage does not fail whatever it is given."""
        while group:
            later: list[int] = []
            while len(group) > 1:
                left, right = _halves(group)
                yield
                raised = self.attempt_wanted(left)
                if raised is None:
                    unlike, group = True, right
                    continue
                if len(left) == 1:
                    self.fail(left, raised)
                group = self.without_outcome(left)
                if unlike or raised.likeness != whole.likeness:
                    unlike = True
                    later += right
                    continue
                yield
                again = self.attempt_wanted(right)
                if again is not None and len(right) == 1:
                    self.fail(right, again)
                elif again is not None and again.likeness == whole.likeness:
                    if (yield from self.probe([*group, *right], whole)):
                        return
                    group = self.without_outcome(group)
                unlike = True
                later += self.without_outcome(right)
            if group:
                yield from self.alone(group[0])
            yield
            group = self.still_wanted(self.without_outcome(later))
            if not group or self.attempt(group) is None:
                return

    def probe(self, indices: Sequence[int], whole: Raised) -> Generator[None, None, bool]:
        """All halves failed equally: if single items do as well, so would the others; whether that was so."""
        for index in indices[:: max(1, len(indices) // PROBES)][:PROBES]:
            yield
            raised = self.attempt_wanted([index])
            if raised is not None:
                self.fail([index], raised)
            if raised is None or raised.likeness != whole.likeness:
                return False
        self.fail(self.without_outcome(indices), whole)
        return True

    def alone(self, index: int) -> Generator[None, None, None]:
        """Run one item by itself."""
        yield
        raised = self.attempt_wanted([index])
        if raised is not None:
            self.fail([index], raised)

    def attempt_wanted(self, indices: Sequence[int]) -> Raised | None:
        """``attempt`` for those of the items that somebody waits for."""
        wanted = self.still_wanted(indices)
        return self.attempt(wanted) if wanted else None

    def without_outcome(self, indices: Sequence[int]) -> list[int]:
        """Those of the items that have not run through and have not failed."""
        return [index for index in indices if self.outcomes[index] is MISSING]

    def still_wanted(self, indices: Sequence[int]) -> Sequence[int]:
        """Those that somebody waits for; the others get their outcome without a further run."""
        kept = [index for index in indices if self.wanted(index)]
        if len(kept) < len(indices):
            for index in set(indices) - set(kept):
                self.outcomes[index] = late()
        return kept


def _halves(indices: Sequence[int]) -> list[Sequence[int]]:
    middle = len(indices) // 2
    return [indices[:middle], indices[middle:]]


def _suspect(traceback: TracebackType | None, items: Sequence[object]) -> tuple[int | None, bool]:
    """Index of the one item that the innermost frame which knows any has in a local variable, and whether the
    exception was raised while that item was at hand: inside the loop over it, or in a function that was given it."""
    where = {id(item): index for index, item in enumerate(items)}
    entries = []
    while traceback is not None:
        entries.append(traceback)
        traceback = traceback.tb_next
    for entry in reversed(entries):
        known = {
            name: where[id(value)] for name, value in entry.tb_frame.f_locals.items() if id(value) in where
        }
        if len(set(known.values())) > 1:
            break
        for name, index in known.items():
            return index, _at_hand(entry.tb_frame.f_code, entry.tb_lasti, name)
    return None, False


def _at_hand(code: CodeType, position: int, name: str) -> bool:
    """Whether a variable is an argument, or set by a ``for`` loop that the position in the code is inside of."""
    if name in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]:
        return True
    instructions = list(dis.get_instructions(code))
    stores = [
        one.offset
        for one in instructions
        if one.opname.startswith("STORE_FAST")
        and (name in one.argval if isinstance(one.argval, tuple) else name == one.argval)
    ]
    return any(
        loop.offset < position < loop.argval and any(loop.offset < store < loop.argval for store in stores)
        for loop in instructions
        if loop.opname == "FOR_ITER"
    )
