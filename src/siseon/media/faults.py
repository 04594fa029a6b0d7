"""How failures of media are worded: the value, the rule it broke, the remedy."""

from __future__ import annotations

from siseon.contracts import FailureCode, InputError


def damaged(kind: str, why: str) -> InputError:
    """The failure for a picture that cannot be decoded."""
    return InputError(
        f"the {kind} picture is damaged: {why or 'no reason given by the decoder'}",
        code=FailureCode.corrupt_image,
        hint="send the picture again; if it opens elsewhere, re-save it as PNG or JPEG",
    )


def too_large(what: str, limit: str, setting: str = "") -> InputError:
    """The failure for a picture beyond a bound; ``setting``: what raises it outside Python."""
    return InputError(
        f"the picture has {what}, the limit is {limit}",
        code=FailureCode.image_too_large,
        hint=f"send a smaller picture, or raise the limit: {f'{setting}, or ' if setting else ''}MediaBounds in Python",
    )


def too_costly(what: str, remedy: str) -> InputError:
    """The failure for a picture of a fair size that would take too long to decode."""
    return InputError(what, code=FailureCode.image_too_large, hint=remedy)


def unsupported(what: str, hint: str = "convert it to JPEG or PNG") -> InputError:
    """The failure for a file that is not a picture of a kind that is taken."""
    return InputError(what, code=FailureCode.unsupported_media, hint=hint)


def empty() -> InputError:
    """The failure for an upload without bytes."""
    return InputError("the file is empty", code=FailureCode.empty_upload, hint="send the bytes of a picture")
