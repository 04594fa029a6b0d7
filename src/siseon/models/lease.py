"""Who uses a model: a lease for each user, and the place in which a stage keeps its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Self


class ModelLease:
    """One user of a loaded model: while it is held, the weights stay. Made by ``Model.acquire``.

    Users are counted by these objects, not by a number: releasing twice is releasing once.
    """

    def __init__(self, release: Callable[[ModelLease], None]) -> None:
        self._release = release

    def release(self) -> None:
        """The user is done. The weights stay loaded, but may be unloaded now."""
        self._release(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


class ModelHold:
    """A place for one lease, empty or taken. A stage takes it in ``setup`` and ends it in ``teardown``::

    def __init__(self, model: Model) -> None:
        self._hold = ModelHold(model.acquire)

    def setup(self) -> None:
        with self._hold.setting_up():
            ...  # warm up

    def teardown(self) -> None:
        self._hold.end()
    """

    def __init__(self, acquire: Callable[[], ModelLease]) -> None:
        self._acquire = acquire
        self._lease: ModelLease | None = None

    def begin(self) -> None:
        """Take a lease, unless there is one already.

        Raises:
            SiseonError: see ``Model.acquire``.
        """
        if self._lease is None:
            self._lease = self._acquire()

    def end(self) -> None:
        """Release the lease, if there is one. Another may be taken later."""
        lease, self._lease = self._lease, None
        if lease is not None:
            lease.release()

    @contextmanager
    def setting_up(self) -> Iterator[None]:
        """``begin``, and ``end`` only if the block raises: a setup that failed keeps no weights in memory.

        Raises:
            SiseonError: see ``Model.acquire``.
        """
        self.begin()
        try:
            yield
        except BaseException:
            self.end()
            raise
