"""The translator that the options name."""

from __future__ import annotations

from siseon.applications.translation.options import TranslationOptions
from siseon.applications.translation.translators.apertium import RunApertium
from siseon.applications.translation.translators.argos import RunArgos
from siseon.applications.translation.translators.chat import Chat
from siseon.applications.translation.translators.deepl import DeepL
from siseon.applications.translation.translators.exchange import Exchange
from siseon.applications.translation.translators.limit import Limit
from siseon.applications.translation.translators.local import Local
from siseon.applications.translation.translators.translator import Translator
from siseon.contracts import InputError


def chosen_translator(options: TranslationOptions) -> Translator | None:
    """None: the glossary alone.

    Raises:
        InputError: an endpoint without an address, a chat without a model, or a key that cannot be sent.
    """
    if options.translator == "none":
        return None
    if options.translator == "apertium":
        return Local(RunApertium())
    if options.translator == "argos":
        if options.argos_packages is None:
            raise InputError("translator=argos needs packages", hint="set argos_packages to their folder")
        return Local(RunArgos(options.argos_packages))
    if options.translator_url is None:
        raise InputError(
            f"translator={options.translator} needs an address", hint="set translator_url, see its help"
        )
    if options.translator == "deepl":
        return DeepL(_exchange(options, "DeepL-Auth-Key"))
    if not options.translator_model:
        raise InputError(
            "translator=chat needs a model", hint="set translator_model to one that the endpoint has"
        )
    return Chat(_exchange(options, "Bearer"), options.translator_model)


def _exchange(options: TranslationOptions, scheme: str) -> Exchange:
    key = options.translator_key
    if key is not None and not (key.get_secret_value().isascii() and key.get_secret_value().isprintable()):
        raise InputError("translator_key has letters that no header can carry", hint="copy the key again")
    limit = Limit(options.translator_at_once, options.translator_per_minute)
    url = str(options.translator_url)
    return Exchange(url, {}, key, scheme, options.translator_timeout_s, limit)
