"""A file of COCO annotations, with every entry that is looked at of the kind that it must be."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import Any

import orjson

from siseon.applications.measuring import expect_once
from siseon.contracts import FailureCode, InputError
from siseon.media.files import expect_regular

MOST_BYTES = 1 << 29
"""Of a file of annotations; COCO's largest has 448 MB. In memory they take thirty times that at worst."""

NUMBER = (int, float)
NEEDED: dict[str, dict[str, type | tuple[type, ...]]] = {
    "images": {"id": int, "file_name": str},
    "annotations": {
        "id": int,
        "image_id": int,
        "category_id": int,
        "bbox": list,
        "area": NUMBER,
        "iscrowd": int,
    },
    "categories": {"id": int, "name": str},
}
"""Of COCO's entries, and what each is."""
EXACT = 1 << 53
"""Below it whole numbers are themselves among COCO's results, which are floats."""


def read_coco(instances: Path) -> dict[str, Any]:
    """A file of COCO annotations.

    Raises:
        InputError: it cannot be read, or is none; a photo or a category stands in it twice.
    """
    expect_regular(instances)
    try:
        size = instances.stat().st_size
        if size > MOST_BYTES:
            raise InputError(f"{instances} has {size >> 20} MiB, at most {MOST_BYTES >> 20} are read")
        truth = orjson.loads(instances.read_bytes())
    except OSError as error:
        raise InputError(f"{instances} cannot be read: {error}", code=FailureCode.file_unreadable) from error
    except orjson.JSONDecodeError as error:
        raise InputError(f"{instances} is no JSON: {error}") from error
    parts = truth if isinstance(truth, dict) else {}
    missing = [key for key in ("images", "annotations", "categories") if not isinstance(parts.get(key), list)]
    if missing:
        raise InputError(
            f"{instances} has no list of {missing[0]!r}",
            hint="COCO's instances_*.json has images, annotations, categories",
        )
    return _checked(parts)


def _checked(coco: dict[str, Any]) -> dict[str, Any]:
    """The same, if every entry has what is looked at."""
    for part, keys in NEEDED.items():
        for entry in coco[part]:
            missing = [key for key in keys if not isinstance(entry, dict) or key not in entry]
            if missing:
                raise InputError(
                    f"the labels have an entry of {part} without {missing[0]!r}: {str(entry)[:80]}"
                )
            wrong = [key for key, kind in keys.items() if not _is_a(entry[key], kind)]
            if wrong:
                raise InputError(
                    f"the labels have an entry of {part} with {wrong[0]!r} = {str(entry[wrong[0]])[:80]}"
                )
    for part, what in (("images", "photo"), ("categories", "category")):
        expect_once((entry["id"] for entry in coco[part]), f"the labels have a {what} of the id")
    expect_once((PurePath(entry["file_name"]) for entry in coco["images"]), "the labels name the photo")
    expect_once((entry["name"] for entry in coco["categories"]), "the labels name the category")
    return coco


def _is_a(value: object, kind: type | tuple[type, ...]) -> bool:
    if kind is list:
        return isinstance(value, list) and len(value) == 4 and all(_is_a(each, NUMBER) for each in value)
    return isinstance(value, kind) and (not isinstance(value, NUMBER) or abs(value) < EXACT)
