import json

import pytest

from applications.translation.endpoint import Reply, completion, serving, texts_of
from siseon.applications.translation.translators.chat import Chat
from siseon.applications.translation.translators.translator import Piece, ReplyUnusable

PAGE = [Piece("Way out", "en", 14), Piece("출구", "ko", 8)]


async def _ask(reply):
    with serving(lambda *_: reply) as endpoint:
        return await Chat(endpoint.exchange(), "small").translate(PAGE, "es", {"Way out": "Salida"}), endpoint


async def test_a_page_is_one_call_by_schema_with_context_terms_and_room():
    answers, endpoint = await _ask(Reply(completion({0: "Salida", 1: "Salida"})))

    assert answers == ["Salida", "Salida"]
    (body,) = endpoint.asked
    assert body["model"] == "small"
    assert body["response_format"]["type"] == "json_schema"
    assert "Spanish" in body["messages"][0]["content"]
    assert json.loads(body["messages"][1]["content"])["glossary"] == {"Way out": "Salida"}
    assert texts_of(body) == [
        {"id": 0, "text": "Way out", "language": "English", "characters": 7, "at_most": 14},
        {"id": 1, "text": "출구", "language": "Korean", "characters": 2, "at_most": 8},
    ]


async def test_half_an_answer_is_half_an_answer_and_strange_ids_are_nobodys():
    answers, _ = await _ask(Reply(completion({1: "Salida", 7: "?", -1: "!"})))

    assert answers == [None, "Salida"]


async def test_two_answers_for_one_text_are_nobodys():
    said = {
        "translations": [{"id": 0, "text": "Salida"}, {"id": 0, "text": "Entrada"}, {"id": 1, "text": "Sol"}]
    }
    answers, _ = await _ask(Reply({"choices": [{"message": {"content": json.dumps(said)}}]}))

    assert answers == [None, "Sol"]


async def test_a_model_that_counts_from_one_gives_no_text_to_its_neighbour():
    with pytest.raises(ReplyUnusable, match="counted the texts from 1"):
        await _ask(Reply(completion({1: "Salida", 2: "Sol"})))


async def test_json_between_backticks_is_json():
    reply = completion({0: "Salida"})
    reply["choices"][0]["message"]["content"] = f"```json\n{reply['choices'][0]['message']['content']}\n```"

    assert (await _ask(Reply(reply)))[0] == ["Salida", None]


@pytest.mark.parametrize(
    "reply",
    [
        {},
        {"choices": []},
        {"choices": [{"message": {"content": None}}]},
        {"choices": [{"message": {"content": "Sure! Here is your translation"}}]},
        {"choices": [{"message": {"content": '{"translations": [{"id": "0", "text": 5}]}'}}]},
        {"choices": [{"message": {"content": '{"translations": "Salida"}'}}]},
        {"error": {"message": "no"}},
        [],
        None,
    ],
)
async def test_another_shape_is_no_answer(reply):
    with pytest.raises(ReplyUnusable):
        await _ask(Reply(reply))
