"""A module a format: pure functions from bytes to a ``Header``. ``siseon.media.read`` is the only caller.

Each reader bounds what it visits by a constant of its module, so that no file makes it slow; it raises ``InputError``
and nothing else.
"""
