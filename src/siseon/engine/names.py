"""Users' buckets and serial keys, each known by one object of ours.

A key's ``__eq__`` and ``__hash__`` are user code, which may raise, and must not run while the queue changes: they run
here, before anything has changed, or never.
"""

from __future__ import annotations

import contextlib
from collections.abc import Hashable, Iterable, Sequence

from siseon.contracts import ContractViolation
from siseon.engine.lines import Bucket, Key, Lines
from siseon.engine.mistakes import describe
from siseon.engine.ticket import Ticket


class Names:
    """The buckets and keys that some ticket of a queue names."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._plain = lines.bucket(None)
        self._buckets: dict[Hashable, Bucket] = {}
        self._keys: dict[Hashable, Key] = {}

    @property
    def has_keys(self) -> bool:
        """Whether some items run one at a time."""
        return bool(self._keys)

    def take_in(self, tickets: Sequence[Ticket]) -> None:
        """Put our own objects in the place of users' buckets and keys.

        Raises:
            ContractViolation: one of them cannot be compared; nothing has changed.
        """
        done = 0
        try:
            for ticket in tickets:
                bucket = self._plain if ticket.bucket is None else self._bucket(ticket.bucket)
                key = None if ticket.key is None else self._key(ticket.key)
                ticket.bucket = bucket
                bucket.refs += 1
                if key is not None:
                    ticket.key = key
                    key.refs += 1
                done += 1
        except Exception as error:  # noqa: BLE001 - a user's __eq__ or __hash__
            self.let_go(tickets[:done])
            raise ContractViolation(
                f"a bucket or serial key cannot be compared: {describe(error)}",
                hint="use plain values: numbers, texts, tuples of them",
            ) from None

    def let_go(self, tickets: Iterable[Ticket]) -> None:
        """These tickets name their bucket and their key no more."""
        for ticket in tickets:
            self.forget_bucket(ticket.bucket)
            if ticket.key is not None:
                self.forget_key(ticket.key)

    def forget_bucket(self, bucket: Bucket, count: int = 1) -> None:
        """So many tickets of it have gone."""
        bucket.refs -= count
        if not bucket.refs and bucket.key is not None:
            with contextlib.suppress(Exception):  # a user's __eq__: the empty entry stays, harmless
                del self._buckets[bucket.key]

    def forget_key(self, key: Key) -> None:
        """One ticket of it has gone."""
        key.refs -= 1
        if not key.refs:
            with contextlib.suppress(Exception):  # as above
                del self._keys[key.key]

    def clear(self) -> None:
        """Nothing waits any more."""
        for key in self._keys.values():
            key.parked.clear()
        self._buckets.clear()
        self._keys.clear()

    def _bucket(self, key: Hashable) -> Bucket:
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = self._lines.bucket(key)
        return bucket

    def _key(self, name: Hashable) -> Key:
        key = self._keys.get(name)
        if key is None:
            key = self._keys[name] = Key(name)
        return key
