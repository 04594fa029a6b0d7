"""The names that variables of the environment have, and those among them that no field of the settings stands for."""

from __future__ import annotations

import os
from pathlib import Path

from siseon.contracts import InputError

CONFIG = "siseon.toml"
CONFIG_VARIABLE = "SISEON_CONFIG"
PREFIX = "SISEON_"
OF_TESTS = frozenset({"SISEON_TEST_DATA", "SISEON_GENERATED", "SISEON_CHAOS"})
"""Variables that the tests read."""

EARLIER = {"PORT": "port", "TRT_MODEL_PATH": "own_network"}
"""Variables of an earlier gauge service, and of platforms that say at which port to listen; ``SISEON_*`` wins."""
CUDA_STREAM = "USE_CUDA_STREAM"
SWITCH = {
    "1": True,
    "true": True,
    "yes": True,
    "on": True,
    "0": False,
    "false": False,
    "no": False,
    "off": False,
}


def config() -> Path:
    """The file of settings, be it there or not."""
    return Path(os.environ.get(CONFIG_VARIABLE, CONFIG))


def variable(name: str) -> str:
    """That of a setting."""
    return f"{PREFIX}{name.upper()}"


def earlier() -> dict[str, str]:
    """Settings that variables of other names state."""
    return {field: os.environ[name] for name, field in EARLIER.items() if os.environ.get(name)}


def wants_cuda_stream() -> bool | None:
    """What ``USE_CUDA_STREAM`` asks for; None where it is not set.

    Raises:
        InputError: it is neither true nor false.
    """
    value = os.environ.get(CUDA_STREAM, "").strip().lower()
    if not value:
        return None
    if value not in SWITCH:
        raise InputError(f"{CUDA_STREAM} is neither true nor false", hint=f"say {CUDA_STREAM}=1, or unset it")
    return SWITCH[value]
