import pytest

from applications.translation.endpoint import KEY, Reply, serving
from siseon.applications.translation.translators.deepl import DeepL
from siseon.applications.translation.translators.translator import Piece, ReplyUnusable


def _upper(body, _):
    return Reply(
        {"translations": [{"text": text.upper(), "detected_source_language": "EN"} for text in body["text"]]}
    )


async def test_texts_go_by_source_language_and_come_back_in_order():
    with serving(_upper) as endpoint:
        pieces = [Piece("a", "en", 9), Piece("b", "ko", 9), Piece("c", "en", 9)]
        answers = await DeepL(endpoint.exchange(scheme="DeepL-Auth-Key")).translate(pieces, "es", {})

    assert answers == ["A", "B", "C"]
    assert [(body["source_lang"], body["text"]) for body in endpoint.asked] == [
        ("EN", ["a", "c"]),
        ("KO", ["b"]),
    ]
    assert {(body["target_lang"], body["context"]) for body in endpoint.asked} == {("ES", "a\nb\nc")}
    assert endpoint.authorization[0] == f"DeepL-Auth-Key {KEY}"


async def test_no_call_has_more_than_fifty_texts():
    with serving(_upper) as endpoint:
        pieces = [Piece(f"t{number}", "en", 9) for number in range(120)]
        answers = await DeepL(endpoint.exchange()).translate(pieces, "es", {})

    assert answers == [f"T{number}" for number in range(120)]
    assert [len(body["text"]) for body in endpoint.asked] == [50, 50, 20]


@pytest.mark.parametrize("reply", [{"translations": [{"text": "only one"}]}, {"translations": "x"}, []])
async def test_another_number_of_texts_or_another_shape_is_no_answer(reply):
    with serving(lambda *_: Reply(reply)) as endpoint, pytest.raises(ReplyUnusable):
        await DeepL(endpoint.exchange()).translate([Piece("a", "en", 9), Piece("b", "en", 9)], "es", {})
