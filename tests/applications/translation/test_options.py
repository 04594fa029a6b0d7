import json

import pytest

from siseon.applications.options import stated
from siseon.applications.translation.options import TranslationOptions
from siseon.contracts import InputError


def _options(**values):
    return stated(TranslationOptions, values)


def test_a_glossary_is_a_file_or_a_table(tmp_path):
    file = tmp_path / "terms.json"
    file.write_text(json.dumps({"Exit": "Salida"}))

    assert _options(glossary=str(file)).glossary == {"Exit": "Salida"}
    assert _options(glossary={"Exit": "Salida"}).glossary == {"Exit": "Salida"}
    assert _options().glossary == {}


@pytest.mark.parametrize("content", ["", "[1]", '{"Exit": 5}', '{"": "x"}', "<html>"])
def test_another_file_is_refused(tmp_path, content):
    file = tmp_path / "terms.json"
    file.write_text(content)
    with pytest.raises(InputError, match="glossary"):
        _options(glossary=str(file))


def test_a_glossary_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match="No such file"):
        _options(glossary=str(tmp_path / "none.json"))


def test_terms_are_pairs():
    assert _options(terms="Exit=Salida,Way out=Salida").terms == ("Exit=Salida", "Way out=Salida")
    with pytest.raises(InputError, match="expected ORIGINAL=RENDERING"):
        _options(terms="Exit")


def test_a_language_that_nobody_knows_is_refused_with_those_there_are():
    with pytest.raises(InputError, match="ar, bg, ca"):
        _options(target="tlh")


def test_the_key_is_not_told():
    options = _options(translator_key="sk-secret", translator_url="http://127.0.0.1:1/v1")

    assert "sk-secret" not in repr(options)
    assert "sk-secret" not in options.model_dump_json()
