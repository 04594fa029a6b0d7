"""What a worker must know of the program that started it, beside the recipe: its ``__main__`` and its log levels.

Classes that a script defines in its main file are pickled as ``__main__.Name``. A worker has another main module, so it
runs that file once, under another name, when something of it is asked for and not before: as with
``multiprocessing``, what must not run again stands behind ``if __name__ == "__main__"``.
"""

from __future__ import annotations

import logging
import sys
from dataclasses import dataclass, field
from multiprocessing import spawn
from pathlib import Path
from typing import Any


@dataclass(slots=True)
class Program:
    """The starting program, as it is sent."""

    main: dict[str, Any] = field(default_factory=dict)
    """What ``multiprocessing.spawn.prepare`` needs to find the main module."""
    arguments: tuple[str, ...] = ()
    log_level: int = logging.WARNING

    @classmethod
    def of_this_process(cls) -> Program:
        """Found in the way of ``multiprocessing``: by the module's name, or its file."""
        main = sys.modules["__main__"]
        name = getattr(getattr(main, "__spec__", None), "name", None)
        path = getattr(main, "__file__", None)
        found = {}
        if name is not None:
            found["init_main_from_name"] = name
        elif path is not None:
            found["init_main_from_path"] = str(Path(path).absolute())
        return cls(found, tuple(sys.argv), logging.getLogger().level)

    def load_main(self) -> None:
        """Make the classes of the main module known here; once."""
        main, self.main = self.main, {}
        if main:
            spawn.prepare(main)
