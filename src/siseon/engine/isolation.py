"""How one bad item of a batch fails alone, with as few further runs as can be.

``process`` may *return* a failure in an item's place; that costs nothing. If it *raises*, the traceback is asked
first: an item of the batch that is a local variable of the innermost frame that knows one is the suspect, and the
rest runs again without it. If the rest succeeds the suspect has failed; if not, the batch is halved until the bad
ones are found (binary splitting: Hwang, "A method for detecting all defective members in a population by group
testing", 1972). A stage that fails whatever it is given is not run item by item.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from types import TracebackType

from siseon.contracts import ContractViolation
from siseon.engine.call import MISSING
from siseon.engine.failures import checked, fresh, is_failure, late, log, named, results_of

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
        self.suspect = _suspect(error.__traceback__, items)
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
                returned = list(returned)
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
                # Without them it ran; that is not yet a proof: a batch may be too large, or fail once.
                yield from self.split([[suspect] for suspect in accused])
                return
            raised = again
        rest = sorted([*accused, *rest])
        if len(rest) == 1:
            self.fail(rest, raised)
            return
        yield from self.split(_halves(rest), whole=raised)

    def split(
        self, groups: Sequence[Sequence[int]], whole: Raised | None = None
    ) -> Generator[None, None, None]:
        """Run groups, halving those that raise. ``whole``: how all of them together failed."""
        todo = deque(groups)
        tried: list[Raised] = []
        while todo:
            yield
            group = self.still_wanted(todo.popleft())
            raised = self.attempt(group) if group else None
            if raised is None:
                whole = None
                continue
            if len(group) == 1:
                self.fail(group, raised)
            else:
                todo.extend(_halves(group))
            tried.append(raised)
            if whole is not None and len(tried) == len(groups):
                if all(one.likeness == whole.likeness for one in tried):
                    yield from self.probe([index for part in todo for index in part], whole, todo)
                whole = None

    def probe(
        self, indices: Sequence[int], whole: Raised, todo: deque[Sequence[int]]
    ) -> Generator[None, None, None]:
        """All halves failed equally: if single items do as well, so would the others."""
        step = max(1, len(indices) // PROBES)
        spread = indices[::step][:PROBES]
        equal = True
        for index in spread:
            yield
            if not self.still_wanted([index]):
                continue
            raised = self.attempt([index])
            if raised is not None:
                self.fail([index], raised)
            if raised is None or raised.likeness != whole.likeness:
                equal = False
                break
        left = [index for index in indices if self.outcomes[index] is MISSING]
        todo.clear()
        if equal:
            self.fail(left, whole)
        elif left:
            todo.extend(_halves(left) if len(left) > 1 else [left])

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


def _suspect(traceback: TracebackType | None, items: Sequence[object]) -> int | None:
    """Index of the one item that the innermost frame which knows any has in a local variable."""
    where = {id(item): index for index, item in enumerate(items)}
    frames = []
    while traceback is not None:
        frames.append(traceback.tb_frame)
        traceback = traceback.tb_next
    for frame in reversed(frames):
        known = {where[id(value)] for value in frame.f_locals.values() if id(value) in where}
        if len(known) == 1:
            return known.pop()
        if known:
            return None
    return None
