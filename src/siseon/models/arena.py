"""What networks of strangers may take of the memory: one arena for all of them, with an end.

A network of a kilobyte can ask for any number of bytes, in the middle or as its answer (Expand, Tile, ConstantOfShape).
ONNX Runtime bounds what sessions share with each other, not a session of its own: so those of registered networks
share one arena. What it does not count: weights (as long as their file), texts inside tensors of strings, and what an
accelerator or OpenVINO allocates. The networks of the catalogue and of the search path are the operator's; they have
arenas of their own, without an end, which cost a twentieth less.
"""

from __future__ import annotations

from contextlib import suppress
from functools import cache

import onnxruntime as ort

MAX_BYTES = 2 << 30
"""Of all runs of registered networks together, where nobody says otherwise."""
FOLDED_BYTES = 64 << 20
"""What the runtime may compute while it loads one network, from constants alone."""
SHRINK = "memory.enable_memory_arena_shrinkage", "cpu:0"
FOLDING_LIMIT = "optimization.constant_folding_max_output_size_in_bytes"
FOLDING_LIMIT_SINCE = (1, 28)
REFUSED = "Available memory of"
"""What the runtime says where the arena has come to its end."""


def share(options: ort.SessionOptions, max_bytes: int, nodes: int) -> list[str]:
    """Let a session use the arena; the names of optimizers that it must do without.

    Args:
        options: of a session to be made.
        max_bytes: of the arena; a process says one number.
        nodes: of the network, each of which may be computed while it loads.
    """
    _arena(max_bytes)
    options.add_session_config_entry("session.use_env_allocators", "1")
    # A run would begin with what the first one of its inputs' shapes took: lost where their values tell how much.
    options.enable_mem_pattern = False
    # Weights outside: they go with their session, not when the arena shrinks.
    options.add_session_config_entry("session.use_device_allocator_for_initializers", "1")
    if _version() < FOLDING_LIMIT_SINCE:
        return ["ConstantFolding"]
    options.add_session_config_entry(FOLDING_LIMIT, str(FOLDED_BYTES // max(nodes, 1)))
    return []


def share_without_end(options: ort.SessionOptions) -> None:
    """Let a session use one arena of all networks of this process, which takes what they want.

    Of networks that run in turn each would keep for itself what only one of them needs at a time: those of
    ``inspection`` take 30 MB less so. A process has one such arena: not where networks of strangers may come, whose own
    has an end.
    """
    _arena(0)
    options.add_session_config_entry("session.use_env_allocators", "1")


def give_back_after(options: ort.RunOptions) -> None:
    """Let a run end with an arena that keeps nothing for the next: another network could not use it."""
    options.add_run_config_entry(*SHRINK)


@cache
def _arena(max_bytes: int) -> None:
    kind, memory = ort.OrtAllocatorType.ORT_ARENA_ALLOCATOR, ort.OrtMemType.DEFAULT
    with suppress(RuntimeError):  # a process that says two numbers: earlier versions keep to the first
        ort.create_and_register_allocator(
            ort.OrtMemoryInfo("Cpu", kind, 0, memory),
            # Without an end it grows by powers of two: to ask the system for each tensor anew takes 3 % longer.
            ort.OrtArenaCfg({"max_mem": max_bytes, "arena_extend_strategy": 1 if max_bytes else 0}),
        )


def _version() -> tuple[int, ...]:
    return tuple(int(part) for part in ort.__version__.split(".")[:2])
