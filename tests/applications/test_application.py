"""A registration that cannot work is refused where it is made."""

from __future__ import annotations

from dataclasses import replace

import pytest

from siseon.applications.options import Choices
from siseon.applications.text import APPLICATION, TextChoices
from siseon.contracts import ContractViolation


class Others(Choices):
    loud: bool = False


class Needy(TextChoices):
    model: str


def test_what_a_request_may_choose_is_part_of_the_options() -> None:
    with pytest.raises(ContractViolation, match="TextOptions does not extend Others"):
        replace(APPLICATION, choices=Others)


def test_every_option_has_a_default() -> None:
    with pytest.raises(ContractViolation, match=r"Needy\.model has no default"):
        replace(APPLICATION, options=Needy)


def test_options_of_the_conclusion_are_options() -> None:
    with pytest.raises(ContractViolation, match="TextOptions has no volume"):
        replace(APPLICATION, afterwards=frozenset({"volume"}))
