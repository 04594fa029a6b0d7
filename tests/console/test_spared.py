"""What is spared to a service is not there while NiceGUI is imported, and is there as before afterwards."""

from __future__ import annotations

import importlib
import sys

import pytest

from siseon.console import spared as spared_module
from siseon.console.spared import spared


def test_what_is_spared_is_not_installed_meanwhile_unless_somebody_has_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(spared_module, "UNUSED", ("this", "json"))
    monkeypatch.delitem(sys.modules, "this", raising=False)
    with spared():
        with pytest.raises(ModuleNotFoundError):
            importlib.import_module("this")
        assert importlib.import_module("json").dumps
    assert importlib.import_module("this").d
