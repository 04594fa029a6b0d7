import pytest

from siseon.applications.translation.options import TranslationOptions
from siseon.applications.translation.translators.choose import chosen_translator
from siseon.contracts import InputError

URL = "http://127.0.0.1:1/v1/chat/completions"


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({}, "apertium"),
        ({"translator": "argos", "argos_packages": "packages"}, "argos"),
        ({"translator": "chat", "translator_url": URL, "translator_model": "small"}, "chat: small"),
        ({"translator": "deepl", "translator_url": URL}, "deepl"),
    ],
)
def test_the_translator_is_the_one_that_is_named(options, name):
    translator = chosen_translator(TranslationOptions(**options))

    assert translator is not None
    assert translator.name == name


def test_the_glossary_alone_is_no_translator():
    assert chosen_translator(TranslationOptions(translator="none")) is None


@pytest.mark.parametrize(
    "options",
    [
        {"translator": "argos"},
        {"translator": "chat"},
        {"translator": "deepl"},
        {"translator": "chat", "translator_url": URL},
    ],
)
def test_an_endpoint_needs_an_address_and_a_chat_a_model(options):
    with pytest.raises(InputError, match="needs"):
        chosen_translator(TranslationOptions(**options))


def test_a_key_that_no_header_can_carry_is_refused_before_a_picture_is_read():
    options = TranslationOptions(translator="deepl", translator_url=URL, translator_key="ключ")
    with pytest.raises(InputError, match="translator_key"):
        chosen_translator(options)
