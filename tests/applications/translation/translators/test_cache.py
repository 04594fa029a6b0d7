from siseon.applications.translation.translators.cache import Cache, Key


def _key(text, **changes):
    return Key(**{"translator": "t", "source": "en", "target": "es", "text": text, "terms": (), **changes})


def test_what_is_used_least_recently_goes_first():
    cache = Cache(2)
    cache.put(_key("a"), "A")
    cache.put(_key("b"), "B")
    assert cache.get(_key("a")) == "A"
    cache.put(_key("c"), "C")

    assert cache.get(_key("b")) is None
    assert cache.get(_key("a")) == "A"


def test_another_language_or_other_terms_are_another_translation():
    cache = Cache(9)
    cache.put(_key("a"), "A")

    assert cache.get(_key("a", target="ko")) is None
    assert cache.get(_key("a", terms=(("a", "x"),))) is None
