"""What a command does without until it works: until then, to import modules is most of what it does.

No garbage is collected among modules that stay; a service collects again when it is ready. A command that answers once
and ends looks for no plug-ins of pydantic either (it does, where ``PYDANTIC_DISABLE_PLUGINS`` is set, be it to
nothing). Together a twentieth of ``siseon run text PICTURE`` (``benchmarks/first_answer.py``).
"""

from __future__ import annotations

import gc
import os
import sys

from siseon.cli.program import is_the_program

ONCE = ("run", "demo")
LASTING = ("serve",)
PLUGINS = "PYDANTIC_DISABLE_PLUGINS"


def begin_in_haste() -> None:
    """Where the command line is one of those; before its modules are imported."""
    command = sys.argv[1] if is_the_program() and sys.argv[1:2] else ""
    if command in ONCE:
        os.environ.setdefault(PLUGINS, "__all__")
    if command in (*ONCE, *LASTING):
        gc.disable()


def collect_again() -> None:
    """From now on garbage is collected, of what was not there yet: the work begins."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
