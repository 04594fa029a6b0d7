"""Which texts are asked for, and what becomes of those that are not."""

import asyncio
from collections.abc import Sequence

from applications.translation.test_contracts import _region
from siseon.applications.translation.translate import prepared, translated
from siseon.applications.translation.translators.asking import Asking
from siseon.applications.translation.translators.glossary import Glossary
from siseon.applications.translation.translators.translator import Piece
from siseon.engine import Pipeline

NONE = Glossary({})


class Upper:
    """Knows English to Spanish, and says each text louder."""

    name, may_do_better, takes_terms = "upper", False, False

    def __init__(self, never: bool = False) -> None:
        self.never = never
        self.asked: list[Piece] = []

    def knows(self, source: str, target: str) -> bool:
        return (source, target) == ("en", "es")

    def there(self) -> str:
        return "upper has English to Spanish"

    async def translate(self, pieces: Sequence[Piece], target, terms):
        self.asked += pieces
        if self.never:
            await asyncio.Event().wait()
        return [f"¡{piece.text.upper()} AQUÍ!" for piece in pieces]


class Translating(Pipeline[list, list]):
    def __init__(self, translator, source="en", target="es", glossary=NONE):
        self.asking, self.source, self.target, self.glossary = Asking(translator), source, target, glossary

    async def run(self, item):
        regions = prepared(item, self.asking, self.source, self.target, self.glossary)
        return await translated(regions, self.asking, self.target, self.glossary)


async def _run(*regions, timeout=None, **options):
    translator = options.pop("translator", Upper())
    async with Translating(translator, **options) as pipeline:
        return await pipeline(list(regions), timeout=timeout), translator


def _states(result):
    return [(region.translated, region.why_not) for region in result.data]


async def test_only_what_can_be_translated_is_asked_for():
    result, translator = await _run(
        _region(text="Exit"),
        _region(text="100 %", script="other"),
        _region(text="www.library.example"),
        _region(text="ask@library.example"),
        _region(text="출구", script="hangul"),
        _region(text="Way out"),
    )

    assert [piece.text for piece in translator.asked] == ["Exit", "Way out"]
    assert _states(result) == [
        ("¡EXIT AQUÍ!", None),
        (None, "no_words"),
        (None, "no_words"),
        (None, "no_words"),
        (None, "untranslated"),
        ("¡WAY OUT AQUÍ!", None),
    ]
    assert result.warnings == ["nobody translates Korean to Spanish here: upper has English to Spanish"]


async def test_what_is_in_the_target_language_stays():
    result, translator = await _run(_region(text="Salida"), source="es")

    assert _states(result) == [(None, "same_language")]
    assert translator.asked == []


async def test_latin_letters_tell_no_language_where_another_script_was_stated():
    result, _ = await _run(_region(text="Exit"), source="ko")

    assert _states(result) == [(None, "untranslated")]


async def test_the_glossary_translates_every_language_without_a_translator():
    glossary = Glossary({"출구": "Salida", "→ 2": "→ dos"})
    result, _ = await _run(
        _region(text="출구", script="hangul"),
        _region(text="→ 2", script="other"),
        _region(text="Exit"),
        translator=None,
        glossary=glossary,
    )

    assert _states(result) == [("Salida", None), ("→ dos", None), (None, "untranslated")]


async def test_a_translator_that_is_late_costs_its_texts_and_not_the_answer():
    result, _ = await _run(_region(text="Exit"), translator=Upper(never=True), timeout=2.3)

    assert _states(result) == [(None, "untranslated")]
    assert result.degraded == ["translate: deadline_exceeded"]


async def test_a_short_text_has_room_and_a_dense_script_much():
    _, translator = await _run(_region(text="Exit"), _region(text="Thoroughly cook meat and eggs"))

    assert [piece.at_most for piece in translator.asked] == [12, 46]


async def test_what_may_be_misread_is_not_asked_for():
    result, translator = await _run(
        _region(text="Nod s s his in", score=0.65),
        _region(text="P", score=0.8),
        _region(text="Ausfahrt", score=0.65),
        glossary=Glossary({"Ausfahrt": "Salida"}),
    )

    assert translator.asked == []
    assert _states(result) == [(None, "unsure"), (None, "no_words"), ("Salida", None)]
