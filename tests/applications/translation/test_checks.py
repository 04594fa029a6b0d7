import pytest

from siseon.applications.translation.checks import LONGEST_ANSWER, clean, fault
from siseon.applications.translation.translators.translator import Piece


def _fault(original, answer, target, at_most=None):
    return fault(Piece(original, "en", at_most or 2 * len(original)), answer, target)


@pytest.mark.parametrize(
    ("original", "answer", "target", "why"),
    [
        ("Exit", "Salida", "es", None),
        ("Please ring twice", "두 번 눌러 주세요", "ko", None),
        ("Exit", "出口", "ja", None),
        ("Open the Vault of LG", "LG 금고를 여세요", "ko", None),
        ("Exit", None, "es", "missing"),
        ("Exit", "", "es", "missing"),
        ("Exit", "EXIT!", "es", "echo"),
        ("Exit", "Salida", "ko", "wrong_script"),
        ("Exit", "Выход", "es", "wrong_script"),
        ("Exit", "Salida " * 40, "es", "runaway"),
        ("No dogs may be brought into this park at night", "no no no no no no no no", "es", "runaway"),
        ("Exit", "<b>Salida</b>", "es", "markup"),
        ("12", "12", "es", "echo"),
    ],
)
def test_an_answer_is_drawn_only_if_it_can_be_a_translation(original, answer, target, why):
    assert _fault(original, answer, target) == why


def test_a_laugh_may_stay_as_long_as_it_is():
    assert _fault("ha ha ha ha ha ha", "ja ja ja ja ja ja", "es") is None


def test_an_answer_becomes_one_line_without_control_characters():
    assert clean(" Sal\u0000ida\r\n de\tN\u0303u ") == "Sal ida de Ñu"


def test_no_mark_turns_letters_around_and_a_flood_is_not_read_to_its_end():
    assert clean("Texto \u202enuferp\u202c \u2066hoy\u2069") == "Texto nuferp hoy"
    assert clean("\u0645\u06cc\u200c\u062e\u0648") == "\u0645\u06cc\u200c\u062e\u0648"
    assert fault(Piece("Way out", "en", 12), clean("palabra larga " * 70_000), "es") == "runaway"
    assert len(clean("x" * 1_000_000)) == LONGEST_ANSWER
