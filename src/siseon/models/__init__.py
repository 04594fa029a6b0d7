"""Weights and the runtimes that run them. Names load on first use, so that a card can be read without a runtime."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING

# Read where ONNX Runtime is imported, which sets its telemetry up: it reports to nobody, and keeps no identifier.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

if TYPE_CHECKING:
    from siseon.models.card import InputSpec, ModelCard, OutputSpec, WeightFile, WeightSource, load_card
    from siseon.models.catalogue import built_in_cards
    from siseon.models.lease import ModelHold, ModelLease
    from siseon.models.manager import ModelManager
    from siseon.models.model import Model
    from siseon.models.providers import choose_providers
    from siseon.models.runtime import OnnxSession
    from siseon.models.stats import ModelStats

_HOME = {
    "InputSpec": "card",
    "Model": "model",
    "ModelCard": "card",
    "ModelHold": "lease",
    "ModelLease": "lease",
    "ModelManager": "manager",
    "ModelStats": "stats",
    "OnnxSession": "runtime",
    "OutputSpec": "card",
    "WeightSource": "card",
    "WeightFile": "card",
    "built_in_cards": "catalogue",
    "choose_providers": "providers",
    "load_card": "card",
}

__all__ = [
    "InputSpec",
    "Model",
    "ModelCard",
    "ModelHold",
    "ModelLease",
    "ModelManager",
    "ModelStats",
    "OnnxSession",
    "OutputSpec",
    "WeightFile",
    "WeightSource",
    "built_in_cards",
    "choose_providers",
    "load_card",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'siseon.models' has no attribute {name!r}")
    return getattr(import_module(f"siseon.models.{_HOME[name]}"), name)
