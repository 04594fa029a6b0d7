"""Glossary, cache, halves and checks around a chat endpoint that does not do what it should."""

from applications.translation.endpoint import Reply, completion, serving, texts_of
from siseon.applications.translation.translators.asking import MOST_CALLS, Asking
from siseon.applications.translation.translators.chat import Chat
from siseon.applications.translation.translators.glossary import Glossary
from siseon.applications.translation.translators.translator import Piece

NONE = Glossary({})
WORDS = {
    "Way out": "Salida",
    "Open": "Abierto",
    "Closed": "Cerrado",
    "Push": "Empujar",
    "Fire exit": "Emergencia",
}
PAGE = [Piece(text, "en", 20) for text in WORDS]


def _right(body, _=None):
    return Reply(completion({text["id"]: WORDS[text["text"]] for text in texts_of(body)}))


async def _ask(answer, pieces=PAGE, glossary=NONE, times=1):
    with serving(answer) as endpoint:
        asking = Asking(Chat(endpoint.exchange(timeout_s=5), "small"))
        for _ in range(times):
            answers = await asking.translate(pieces, "es", glossary)
    return answers, endpoint


def _texts(answers):
    return [answer.text for answer in answers]


async def test_the_same_text_is_not_asked_for_twice():
    answers, endpoint = await _ask(_right, times=3)

    assert _texts(answers) == list(WORDS.values())
    assert len(endpoint.asked) == 1


async def test_without_a_translator_only_the_glossary_translates_and_nothing_is_invented():
    answers = await Asking(None).translate(PAGE, "es", Glossary({"open": "Abierto"}))

    assert _texts(answers) == [None, "Abierto", None, None, None]
    assert {answer.why_not for answer in answers if answer.text is None} == {"untranslated"}


async def test_whole_terms_never_reach_the_translator():
    answers, endpoint = await _ask(_right, glossary=Glossary({"Open": "¡Pase!"}))

    assert _texts(answers)[1] == "¡Pase!"
    assert "Open" not in [text["text"] for text in texts_of(endpoint.asked[0])]


async def test_an_answer_that_is_no_json_is_asked_for_by_halves():
    def answer(body, _):
        return Reply(b"<html>") if len(texts_of(body)) > 2 else _right(body)

    answers, endpoint = await _ask(answer)

    assert _texts(answers) == list(WORDS.values())
    assert [len(texts_of(body)) for body in endpoint.asked] == [5, 3, 2, 2, 1]


async def test_only_what_is_missing_or_unsound_is_asked_for_again():
    def answer(body, endpoint):
        if len(endpoint.asked) > 1:
            return _right(body)
        return Reply(completion({0: "Salida", 1: "Open", 2: "Закрыто", 4: "Emergencia"}))

    answers, endpoint = await _ask(answer)

    assert _texts(answers) == list(WORDS.values())
    assert [text["text"] for body in endpoint.asked[1:] for text in texts_of(body)] == [
        "Open",
        "Closed",
        "Push",
    ]


async def test_one_that_lies_for_ever_is_asked_a_bounded_number_of_times_and_never_believed():
    answers, endpoint = await _ask(
        lambda body, _: Reply(completion({0: "Выход", 1: "<b>no</b>", 2: "x " * 300}))
    )

    assert len(endpoint.asked) == MOST_CALLS
    assert _texts(answers) == [None] * 5
    assert {answer.why_not for answer in answers} <= {"wrong_script", "markup", "runaway", "missing"}


async def test_one_that_refuses_is_asked_once_and_everything_stays_untranslated():
    answers, endpoint = await _ask(lambda *_: Reply({}, status=401))

    assert len(endpoint.asked) == 1
    assert {(answer.text, answer.why_not) for answer in answers} == {(None, "untranslated")}


async def test_an_unsound_answer_is_not_remembered():
    def answer(body, endpoint):
        return _right(body) if len(endpoint.asked) > MOST_CALLS else Reply(completion({0: "Выход"}))

    answers, _ = await _ask(answer, times=2)

    assert _texts(answers) == list(WORDS.values())
