from siseon.applications.translation.translators import glossary
from siseon.applications.translation.translators.glossary import Glossary


def test_a_text_that_is_a_term_is_found_without_regard_to_case_width_and_spacing():
    glossary = Glossary({"Way out": "Salida"})

    assert glossary.whole("WAY  OUT") == "Salida"
    assert glossary.whole("ｗａｙ ｏｕｔ") == "Salida"
    assert glossary.whole("way") is None


def test_signs_that_open_a_sentence_may_be_missing():
    assert Glossary({"¡Mira el cielo!": "Look at the sky!"}).whole("Mira el cielo!") == "Look at the sky!"


def test_terms_are_replaced_as_words_longer_ones_first():
    glossary = Glossary({"Vault": "Bóveda", "Old Vault": "Bóveda Vieja"})

    assert glossary.put_into("the old vault, the vault, the vaulted hall") == (
        "the Bóveda Vieja, the Bóveda, the vaulted hall"
    )


def test_a_term_in_the_rendering_of_another_one_is_not_replaced_again():
    glossary = Glossary({"New York": "York City", "York": "Jork"})
    assert glossary.put_into("New York and York") == "York City and Jork"


def test_a_term_without_a_letter_is_no_rendering_of_nothing():
    assert Glossary({"¡": "hello", " ": "x"}).whole("¿") is None


def test_terms_of_scripts_without_spaces_are_found_within_a_text():
    assert Glossary({"東京": "도쿄"}).put_into("次は東京駅です") == "次は도쿄駅です"


def test_a_rendering_is_no_pattern():
    assert Glossary({"a.b": r"\1"}).put_into("a.b axb") == r"\1 axb"


def test_terms_that_do_not_stand_in_a_text_cost_no_pattern(monkeypatch):
    made = []
    place = glossary._place
    monkeypatch.setattr(glossary, "_place", lambda term: made.append(term) or place(term))
    terms = {f"word {number} (.*\\": "x" for number in range(2_000)} | {"STRASSE": r"ca\1le"}

    assert Glossary(terms).put_into("Die Strasse hier") == r"Die ca\1le hier"
    assert set(made) == {"STRASSE"}
