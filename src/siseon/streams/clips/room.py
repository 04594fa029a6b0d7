"""What the pictures of all clips may take in memory together, from the first one that is taken to the video."""

from __future__ import annotations

from siseon.contracts import CapacityError, FailureCode

CLIPS_BYTES = 512 << 20
"""Of all clips that are taken, or over and not coded yet: a coder that is slower than events come must not fill the
memory of the service."""


class Room:
    """Of a service; used from the event loop's thread alone."""

    def __init__(self, most: int = CLIPS_BYTES) -> None:
        self.taken = 0
        self._most = most
        self._full = False
        """A picture had no room, and none was given back since."""

    def check(self) -> None:
        """Whether another clip may begin.

        Raises:
            CapacityError: ``overloaded``.
        """
        if self.taken and self._full:
            raise self.refusal()

    def refusal(self) -> CapacityError:
        """Why there is no clip."""
        return CapacityError(
            f"clips that are not written yet have {self._most >> 20} MiB of pictures, the limit",
            code=FailureCode.overloaded,
            hint="try again when some of them are written",
        )

    def take(self, nbytes: int) -> bool:
        """Have so much of it, if there is."""
        if self.taken + nbytes > self._most:
            self._full = True
            return False
        self.taken += nbytes
        return True

    def give_back(self, nbytes: int) -> None:
        """Have it no longer."""
        self.taken -= nbytes
        self._full &= not nbytes
