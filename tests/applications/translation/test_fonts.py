import pytest

from siseon.applications.translation.fonts import face_for, package_for, writable

TEXTS = [
    ("¡Hola, señor!", "es"),
    ("Привет", "ru"),
    ("Γεια σου", "el"),
    ("안녕 TARTAN 3", "ko"),
    ("漢字とかな", "ja"),
    ("汉字", "zh"),
]


@pytest.mark.parametrize(("text", "language"), TEXTS)
def test_a_font_has_every_letter(text, language):
    face = face_for(text, language)
    missing = bytes(face.sized(20).getmask("\U0010fffd"))

    assert all(bytes(face.sized(20).getmask(letter)) != missing for letter in text)


def test_bold_is_another_font():
    assert face_for("Hola", "es", bold=True).path.endswith("Bold.ttf")


def test_han_letters_are_drawn_as_the_language_draws_them():
    faces = {language: face_for("直", language) for language in ("ja", "zh")}

    drawn = {language: bytes(face.sized(40).getmask("直")) for language, face in faces.items()}
    assert drawn["ja"] != drawn["zh"]


def test_letters_without_a_font_name_the_package():
    assert face_for("𓀀", "en") is None
    assert package_for("สวัสดี", "th") == "fonts-noto-core"
    assert package_for("漢字", "ja") == "fonts-noto-cjk"
    assert package_for("안녕", "ko") == "fonts-nanum"


def test_pictures_that_no_font_has_are_left_out_and_letters_are_not():
    face, text = writable("Salida 🛝, de 🧼👍🏽 emergencia ↑", "es")

    assert text == "Salida, de emergencia ↑"
    assert face == face_for("Salida, de emergencia ↑", "es")
    assert writable("Salida", "es") == (face_for("Salida", "es"), "Salida")
    assert writable("🛝", "es") is None
    assert writable("𓀀 Salida", "es") is None
