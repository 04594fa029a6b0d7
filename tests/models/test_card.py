"""Cards are read within bounds, whoever wrote them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from siseon.contracts import InputError
from siseon.models.card import parse_card

CARD = """
name = "x"
version = "1"
task = "tensors"
licence = "MIT"
description = "a.b.c of https://a.b.example.org/x.y.z, made by \\"A\\".\\"B\\""
[[files]]
name = "x.onnx"
[output]
decoder = "none"
"""
HOSTILE = {
    "deep arrays": "x=" + "[" * 100_000,
    "deep tables": "x=" + "{a=" * 100_000,
    "a number of many digits": "x=" + "1" * 5000,
    "a key of many parts": "a" + ".a" * 400_000 + "=1",
    "a key of many quoted parts": '"\\""' + '."\\""' * 100_000 + "=1",
    "a table of many parts": "[a" + " . 'b'" * 100_000 + "]",
}


def test_a_card_with_dots_in_its_texts_is_read():
    assert parse_card(CARD).description.startswith("a.b.c")


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_card_is_refused_at_once(text):
    # In a process of its own, which can be ended: these took hours and gigabytes.
    program = (
        "import sys\nfrom siseon.contracts import InputError\nfrom siseon.models.card import parse_card\n"
        "try:\n    parse_card(sys.stdin.read())\nexcept InputError:\n    print('refused')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], input=text, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.stdout == "refused\n", done.stderr


def test_the_reason_of_a_refusal_is_told():
    with pytest.raises(InputError, match="the limit is"):
        parse_card(HOSTILE["a key of many parts"])
