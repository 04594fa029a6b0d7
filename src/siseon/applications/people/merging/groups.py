"""Groups of tracks that cannot hold two which must stay apart: the one way to unite checks it, transitively."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class Groups:
    """Union-find over ``range(n)``; the least member is the root of a group, and knows who is apart from it."""

    def __init__(self, apart: NDArray[np.bool_]) -> None:
        """``apart``: (n, n) bool, symmetric; not changed.

        Raises:
            ValueError: it is not symmetric, or someone is apart from themselves.
        """
        if apart.shape != apart.T.shape or (apart != apart.T).any() or apart.diagonal().any():
            raise ValueError("who is apart from whom is not symmetric")
        self._apart = apart.copy()
        self._root = list(range(len(apart)))

    def root(self, one: int) -> int:
        """Of its group."""
        while self._root[one] != one:
            self._root[one] = self._root[self._root[one]]
            one = self._root[one]
        return one

    def apart(self, one: int, other: int) -> bool:
        """Whether any member of the one's group is apart from any of the other's."""
        return bool(self._apart[self.root(one), self.root(other)])

    @property
    def roots_apart(self) -> NDArray[np.bool_]:
        """(n, n) bool; valid in rows and columns of roots. Not to be changed."""
        return self._apart

    def unite(self, one: int, other: int) -> int:
        """The root of both.

        Raises:
            ValueError: they must stay apart.
        """
        low, high = sorted((self.root(one), self.root(other)))
        if self._apart[low, high]:
            raise ValueError(f"{one} and {other} must stay apart")
        if low != high:
            self._root[high] = low
            self._apart[low] |= self._apart[high]
            self._apart[:, low] |= self._apart[:, high]
        return low

    def members(self) -> tuple[tuple[int, ...], ...]:
        """Each group, in order of their roots."""
        found: dict[int, list[int]] = {}
        for one in range(len(self._root)):
            found.setdefault(self.root(one), []).append(one)
        return tuple(tuple(group) for group in found.values())
