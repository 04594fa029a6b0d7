"""Templates of strangers: what no template needs is refused before it is parsed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from siseon.applications.oilspill.position.overlay.template import MAX_BYTES, parse_template, read_template
from siseon.contracts import InputError

DOTS = ".".join("a" * 202)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("#" * (MAX_BYTES + 1), "65,537 bytes, more than 65,536"),
        (f"{DOTS} = 1", "line 1 has more than 200 dots"),
        (f'x = """\n"{DOTS}\n""""\n{DOTS} = 1', "line 4 has more than 200 dots"),
        (f"x = '''{DOTS}''''\n[{DOTS}]", "line 2 has more than 200 dots"),
        (f'x = {{a = """b"""", {DOTS} = 1}}', "line 1 has more than 200 dots"),
        (f'x = "\\""\n"#".{DOTS} = 1', "line 2 has more than 200 dots"),
        ("x = " + "[\n" * 17, "line 17 has more than 16 brackets"),
        ("x = " + "{a = " * 17, "line 1 has more than 16 brackets"),
        ("x = " + "9" * 5000, "is not TOML"),
        ("x = ", "is not TOML"),
    ],
)
def test_what_no_template_needs_is_refused(text: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        parse_template(text, "mine")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "mine.toml")
    with pytest.raises(InputError, match=r"mine\.toml cannot be read: it is not a file"):
        read_template(str(tmp_path / "mine.toml"))


def test_dots_and_brackets_in_strings_and_comments_are_text() -> None:
    about = "." * 300 + "[" * 30
    text = f"""
        name = "mine" # {about}
        about = '''{about}'
{about}'''
        aspect = 1.5
        fields = [{{name = "a", region = [0, 0, 0.5, 1], grammar = "words", words = ['north']}}]
    """
    assert parse_template(text, "mine").about == f"{about}'\n{about}"
