"""What may be set of the translation of pictures."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import orjson
from pydantic import AfterValidator, BeforeValidator, Field, HttpUrl, SecretStr

from siseon.applications.options import OrNone, Words
from siseon.applications.text import TextChoices, TextOptions
from siseon.applications.translation.denoise import Denoising
from siseon.applications.translation.inpaint import Method
from siseon.applications.translation.languages import LANGUAGES
from siseon.applications.translation.translators.glossary import LONGEST, MOST_TERMS

MOST_GLOSSARY_BYTES = 4 << 20


def _known(code: str) -> str:
    if code not in LANGUAGES:
        raise ValueError(f"not a language that is known; there are: {', '.join(LANGUAGES)}")
    return code


def _from_file(value: object) -> object:
    """The terms in a JSON file, where a file is named."""
    if not isinstance(value, str | Path):
        return value
    if not str(value):
        return {}
    try:
        with Path(value).open("rb") as file:
            data = file.read(MOST_GLOSSARY_BYTES + 1)
        if len(data) > MOST_GLOSSARY_BYTES:
            raise ValueError(f"a glossary has at most {MOST_GLOSSARY_BYTES:,} bytes")
        return orjson.loads(data)
    except OSError as error:
        raise ValueError(f"the glossary cannot be read: {error.strerror}") from None
    except orjson.JSONDecodeError:
        raise ValueError('a glossary is a JSON object: {"original": "rendering"}') from None


def _pairs(words: tuple[str, ...]) -> tuple[str, ...]:
    for word in words:
        if not all(split_term(word)):
            raise ValueError(f"{word!r}: expected ORIGINAL=RENDERING")
    return words


def split_term(word: str) -> tuple[str, str]:
    """ORIGINAL=RENDERING as two."""
    term, _, rendering = word.partition("=")
    return term.strip(), rendering.strip()


Code = Annotated[str, AfterValidator(_known)]
Term = Annotated[str, Field(min_length=1, max_length=LONGEST)]
Glossed = Annotated[Mapping[Term, Term], BeforeValidator(_from_file), Field(max_length=MOST_TERMS)]


class TranslationChoices(TextChoices):
    """What one request may choose."""

    target: Code = "en"
    """Language to translate into, by its ISO 639-1 code."""
    source: Code = "en"
    """Language of the texts in its script; the letters of other scripts tell theirs (kana: Japanese)."""
    terms: Annotated[Words, AfterValidator(_pairs), Field(max_length=200)] = ()
    """Terms and their renderings, ORIGINAL=RENDERING, before those of the glossary."""
    right_to_left: Literal["auto", "yes", "no"] = "auto"
    """Whether panels and columns are read from the right; auto: where most text is vertical."""
    inpaint: Method = "telea"
    """How letters on photos and patterns are painted over; plain grounds are filled. A network needs an inpainter."""
    denoise: Denoising = "bilateral"
    """How noise is taken out of what is painted over from; non-local means is much slower."""


class TranslationOptions(TranslationChoices, TextOptions):
    """All that may be set."""

    translator: Literal["apertium", "argos", "chat", "deepl", "none"] = "apertium"
    """Who translates: Apertium, as far as it and the pair are installed; packages of Argos; a chat endpoint of OpenAI's
    form; an endpoint of DeepL's form; or the glossary alone."""
    argos_packages: Annotated[Path | None, OrNone] = None
    """Folder of unpacked .argosmodel files."""
    translator_url: Annotated[HttpUrl | None, OrNone] = None
    """Address of the endpoint: http://127.0.0.1:11434/v1/chat/completions, https://api-free.deepl.com/v2/translate."""
    translator_key: Annotated[SecretStr | None, OrNone] = None
    """Its key; better in siseon.toml or SISEON_PIPELINES than on a command line, which others can see."""
    translator_model: str = ""
    """Name of the chat endpoint's model."""
    translator_timeout_s: Annotated[float, Field(gt=0, le=600)] = 30.0
    """Seconds that one call of the endpoint may take."""
    translator_at_once: Annotated[int, Field(ge=1, le=64)] = 4
    """Calls of the endpoint at the same time."""
    translator_per_minute: Annotated[float | None, OrNone, Field(gt=0)] = None
    """Calls of the endpoint in a minute."""
    glossary: Glossed = Field(default={})
    """Texts and words with their renderings: a JSON file, or a table in siseon.toml."""
    inpainter: Annotated[str | None, OrNone] = None
    """Name of the card of a network that paints, LaMa say; it is loaded at the start."""
    edits: Annotated[Path | None, OrNone] = None
    """A JSON file that an earlier run wrote beside its picture, changed by hand, or a folder of such files: a picture
    that has one is rendered as it says, and neither read nor translated."""


DEFAULTS = TranslationOptions()
