"""A translation that a person has changed, made anew: neither read nor translated again, and no network is asked."""

from __future__ import annotations

from siseon.applications.translation.contracts import TextRegion, TranslationResult
from siseon.applications.translation.edits import check_edits, where_it_stood
from siseon.applications.translation.inpaint import erase
from siseon.applications.translation.mask import find_strokes
from siseon.applications.translation.options import TranslationOptions
from siseon.applications.translation.render import render
from siseon.applications.translation.write import Made, written
from siseon.contracts import Encoded, InputError
from siseon.media.bounds import MediaBounds
from siseon.media.decode import decode

BODY = "the edit"


def edited(
    original: Encoded,
    stands: TranslationResult,
    wanted: TranslationResult,
    options: TranslationOptions,
    bounds: MediaBounds,
) -> TranslationResult:
    """The page as a person wants it, with its picture. Every text stands in it, or nothing is made.

    Raises:
        InputError: it is an edit of another page; a region cannot stand where it is to, or its text does not fit there;
            the ground was painted by a network.
    """
    changed = {
        name for name in TranslationResult.model_fields if getattr(wanted, name) != getattr(stands, name)
    }
    if changed - {"regions"}:
        raise InputError(
            f"{BODY} says another {min(changed - {'regions'})} than the page",
            hint="take the data of this item's result, and change its regions alone",
        )
    if options.inpaint == "network":
        raise InputError(
            "a network painted the ground of this page, and none is asked here",
            hint="siseon run translation PICTURE --set inpaint=network --set edits=PAGE.json",
        )
    image = decode(original.data, bounds=bounds, source=stands.image_id)
    check_edits(wanted, image.width, image.height, BODY)
    numbers = [number for number, region in enumerate(wanted.regions) if region.translated]
    if not numbers:
        return wanted.with_picture(written(Made(original, image, None), bounds).picture)
    chosen = [wanted.regions[number] for number in numbers]
    strokes = find_strokes(image.pixels, [where_it_stood(region) for region in chosen])
    ground = erase(image.pixels, strokes, options.inpaint, denoising=options.denoise)
    made = render(image.pixels, ground, chosen, strokes, wanted.target)
    regions = list(wanted.regions)
    for number, region in zip(numbers, made.regions, strict=True):
        _check_set(number, region)
        regions[number] = region
    if made.left_out:
        raise InputError(f"no font here has these signs: {made.left_out[:40]!r}", hint="leave them out")
    picture = written(Made(original, image, made), bounds).picture
    return wanted.model_copy(update={"regions": tuple(regions)}).with_picture(picture)


def _check_set(number: int, region: TextRegion) -> None:
    if region.translated is not None:
        return
    hint = "make the region larger, or the text shorter" if region.why_not == "does_not_fit" else None
    raise InputError(f"regions.{number}: its text cannot be set: {region.why_not}", hint=hint)
