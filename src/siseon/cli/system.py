"""What of the system the applications use, beside libraries: a translator, language packs, fonts."""

from __future__ import annotations

from siseon.applications.text.tesseract import PACKS, data_folder, packs_in
from siseon.applications.translation.fonts import PACKAGES, face_for
from siseon.applications.translation.translators.apertium import RunApertium
from siseon.cli.terminal import out, safe
from siseon.contracts import SiseonError

SAMPLES = {
    "latin": ("en", "Ag"),
    "cyrillic": ("ru", "Жж"),
    "greek": ("el", "Ωω"),
    "hangul": ("ko", "한글"),
    "japanese": ("ja", "あ字"),
    "han": ("zh", "汉字"),
    "thai": ("th", "กข"),
    "devanagari": ("hi", "कख"),
    "arabic": ("ar", "اب"),
}
"""A language of each script that can be rendered, and letters that its font must have."""


def show_system() -> bool:
    """Print what is there, and how to get the rest; False where something is there and broken."""
    sound = _show_translator()
    _show_packs()
    _show_fonts()
    return sound


def _show_translator() -> bool:
    apertium = RunApertium()
    try:
        apertium.setup()
    except SiseonError as error:
        out.print(f"  [red]✗[/red] apertium: {safe(error.message)}")
        return False
    _show(bool(apertium.pairs), f"translating: {apertium.there()}")
    return True


def _show_packs() -> None:
    folder = data_folder()
    there = () if folder is None else packs_in(folder)
    if there:
        _show(True, f"language packs of Tesseract: {', '.join(there)}")
    absent = [pack for pack in PACKS if pack not in there]
    if absent:
        packages = " ".join(f"tesseract-ocr-{pack}" for pack in absent)
        _show(False, f"no language packs for {', '.join(absent)}: apt install {packages}")


def _show_fonts() -> None:
    there = [script for script, (language, letters) in SAMPLES.items() if face_for(letters, language)]
    if there:
        _show(True, f"fonts for translated pictures: {', '.join(there)}")
    absent = [script for script in PACKAGES if script not in there]
    if absent:
        packages = " ".join(dict.fromkeys(PACKAGES[script] for script in absent))
        _show(False, f"no font for {', '.join(absent)}: apt install {packages}")


def _show(there: bool, what: str) -> None:
    out.print(f"  {'[green]✓[/green]' if there else '[dim]–[/dim]'} {safe(what)}", soft_wrap=True)
