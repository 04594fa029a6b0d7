"""Stages in worker processes of this machine; arrays cross by reference through shared memory without a name.

Parent: ``placement.py`` → ``replica.py`` (a batch's way, its second try) → ``crew.py`` (who is alive) → ``child.py``
(one worker; ``interpreter.py`` starts it), ``loans.py`` (the slots of one call), ``memory.py`` (all arenas),
``recipe.py`` and ``program.py`` (what a worker needs). Worker: ``worker.py`` (its life), ``batch.py`` (its answers),
``shown.py`` (what its stage looks at). Between them: ``channel.py`` (messages), ``parcel.py`` (objects), ``arena.py``
on ``slots.py`` and ``segment.py`` (memory), ``words.py`` (logs).
"""

from siseon.engine.placement.processes.placement import ARENA_BYTES, Processes

__all__ = ["ARENA_BYTES", "Processes"]
