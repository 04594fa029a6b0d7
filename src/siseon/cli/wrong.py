"""Which failures say that the command is wrong, and which that what it asked for could not be done: a script that
calls it looks at the exit code, 2 or 1."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from siseon.contracts import SiseonError

NOTE = "the command is wrong: nothing was done"
FAILED, WRONG = 1, 2
"""Exit codes; the second is also that of an option that Typer does not know."""


@contextmanager
def of_the_command() -> Iterator[None]:
    """What is refused or not found within it was wrong in the command, as a misspelt option is. Also a decorator."""
    from siseon.contracts import FailureCode, InputError, ModelError

    try:
        yield
    except (InputError, ModelError) as failure:
        # A model that is damaged, say, is nobody's slip of the pen.
        if isinstance(failure, InputError) or failure.code is FailureCode.model_not_found:
            failure.add_note(NOTE)
        raise


def exit_code(failure: SiseonError) -> int:
    """What a command ends with that failed so."""
    return WRONG if NOTE in getattr(failure, "__notes__", ()) else FAILED
