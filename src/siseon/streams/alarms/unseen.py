"""Rules that watch for what does not come: a tag with a letter too few makes an alarm that is never raised."""

from __future__ import annotations

from collections.abc import Collection


def warning(tag: str, seen: Collection[str]) -> str | None:
    """What is to be said of a rule on this tag where figures with those tags were seen."""
    if not seen or tag in seen:
        return None
    return f"no figure of the tag {tag} has come yet; there is {', '.join(sorted(seen))}"
