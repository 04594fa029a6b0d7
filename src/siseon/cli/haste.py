"""What a command does without that answers once and ends: until its first picture is read, Python is most of its work.

No plug-ins of pydantic are looked for (they are, where ``PYDANTIC_DISABLE_PLUGINS`` is set, be it to nothing), and no
garbage is collected among modules that stay. Together a twentieth of ``siseon run text PICTURE``
(``benchmarks/first_answer.py``).
"""

from __future__ import annotations

import gc
import os
import sys

from siseon.cli.program import is_the_program

ONCE = ("run", "demo")
PLUGINS = "PYDANTIC_DISABLE_PLUGINS"


def begin_in_haste() -> None:
    """Where the command line is one of those; before its modules are imported."""
    if is_the_program() and sys.argv[1:2] and sys.argv[1] in ONCE:
        os.environ.setdefault(PLUGINS, "__all__")
        gc.disable()


def collect_again() -> None:
    """From now on garbage is collected, of what was not there yet: the work begins."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
