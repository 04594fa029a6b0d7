"""What follows where people lie on their side or stand on their heads, as a turned camera films them: most of them are
not found, so all of the picture is hidden."""

from __future__ import annotations

from collections.abc import Iterable

from siseon.applications.people.contracts import ChunkSeen, Refusal


def refusal(chunk: int) -> Refusal:
    """By which a chunk says so."""
    return Refusal(
        what="face",
        reason="unsure",
        chunk=chunk,
        detail="people lie on their side or upside down, and most are not found: turn the video and run it again;"
        " until then all of the picture is hidden",
    )


def is_lying(chunk: ChunkSeen) -> bool:
    """Whether a chunk says so."""
    return any((one.what, one.reason) == ("face", "unsure") for one in chunk.refused)


def all_hidden(chunks: Iterable[ChunkSeen]) -> frozenset[int]:
    """The numbers of those of which all is hidden: those that say so, and where they are as many as those with people
    who stand, or more, all others too: nobody turns a camera for ten seconds."""
    told = [(one.chunk, is_lying(one), bool(one.tracklets)) for one in chunks]
    lying = frozenset(number for number, lies, _ in told if lies)
    standing = sum(1 for number, _, anybody in told if anybody and number not in lying)
    return frozenset(number for number, _, _ in told) if lying and len(lying) >= standing else lying
