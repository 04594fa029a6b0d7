"""What may be done with a video, by the record of consents and the options: asked before anybody looks at it, and once
more before anything is told of it.

Without a record people are looked at all the same, as a demonstration must be able to; the timeline and the report
then say so. What says more of somebody than where they are needs one: expressions, and a face that is not hidden.
"""

from __future__ import annotations

from datetime import date

from siseon.applications.people.contracts import MOST_REFUSALS, Person, Privacy, Refusal, Timeline
from siseon.applications.people.options import PeopleOptions
from siseon.applications.people.privacy.consent import Consents, Purpose, read_consents
from siseon.contracts import FailureCode, InputError

NO_RECORD = "No record of consents was given: whether these people have agreed is not known here."
NOT_HIDDEN = (
    "Nobody's face is hidden in the annotated video, and not everybody is known to have agreed to that."
)
HINT = "see Privacy in the README of people for the form of a record"


def record(options: PeopleOptions) -> Consents | None:
    """The record that the options name. Blocks.

    Raises:
        InputError: it cannot be read, or is something else.
    """
    return None if options.consent is None else read_consents(options.consent)


def check(options: PeopleOptions, consents: Consents | None, on: date) -> None:
    """Refuse what the record does not allow on a day.

    Raises:
        InputError: ``consent_missing``.
    """
    if consents is None:
        if options.expressions is not None:
            raise _missing("expressions are told only of people who have agreed: name a record with consent=")
        if options.keep:
            raise _missing("keep shows faces only of people who have agreed: name a record with consent=")
        return
    if lapsed := consents.lapses(on):
        more = f", and {len(lapsed) - 1} more do not hold" if len(lapsed) > 1 else ""
        raise _missing(f"{lapsed[0]}{more}: a video in which they may be seen is not looked at")
    if options.expressions is not None and not consents.all_cover("expressions"):
        raise _missing(
            "expressions are looked at before it is known who is who, so everybody in the video must have agreed:"
            " the record must say everybody = true, and expressions of each"
        )


def agreed(consents: Consents | None, person: Person, purpose: Purpose) -> bool:
    """Whether a person is known to have agreed: by the name that a correction gave, or, of somebody without one, since
    everybody has."""
    if consents is None:
        return False
    if person.name is None:
        return consents.all_cover(purpose)
    one = consents.of(person.name)
    mistaken = one is not None and one.under_14 and person.role == "adult"
    return one is not None and purpose in one.purposes and not mistaken


def kept(
    options: PeopleOptions, consents: Consents | None, timeline: Timeline, *, is_only: bool
) -> tuple[list[Person], list[str]]:
    """People whose faces stay visible, and why others who were chosen do not. A number means somebody else in each
    video of several."""
    people, refused = [], []
    for word in options.keep:
        if word.isdigit() and not is_only:
            refused.append(
                f"keep={word}: in each of several videos that is somebody else: name people by corrections"
            )
            continue
        found = [one for one in timeline.people if word in (one.name, str(one.id))]
        if len(found) != 1:
            refused.append(f"keep={word}: {'nobody' if not found else 'more than one'} is called so")
        elif not agreed(consents, found[0], "face"):
            refused.append(f"keep={word}: the record does not say that this person's face may be seen")
        else:
            people.append(found[0])
    return people, refused


def told(
    options: PeopleOptions, consents: Consents | None, timeline: Timeline, *, is_only: bool = True
) -> tuple[Timeline, list[Person]]:
    """The timeline with what may be told of it, and the people whose faces stay visible.

    ``is_only``: whether the run is of this one video.
    """
    silent = [one for one in timeline.people if not agreed(consents, one, "expressions")]
    ids = {one.id for one in silent}
    expressions = timeline.expressions.of(one.id for one in timeline.people if one.id not in ids)
    withheld = set(timeline.expressions.person) & ids
    unknown = [one for one in timeline.people if not agreed(consents, one, "analysis")]
    visible, warnings = kept(options, consents, timeline, is_only=is_only)
    if consents is None:
        warnings.insert(0, NO_RECORD)
    elif unknown:
        names = ", ".join(one.name or str(one.id) for one in unknown[:20])
        warnings.insert(0, f"Of these people it is not known that they have agreed: {names}.")
    if not options.hide and not (consents and consents.all_cover("face")):
        warnings.append(NOT_HIDDEN)
    privacy = Privacy(
        consent="none" if consents is None else "in_part" if unknown else "given",
        warnings=tuple(one[:500] for one in warnings),
        hidden=options.hide,
        visible=tuple(one.id for one in visible),
        retention_days=options.retention,
    )
    refused = [_withheld(one) for one in silent if one.id in withheld]
    coverage = timeline.coverage
    if coverage.expressions is not None:
        coverage = coverage.model_copy(update={"expressions": len(expressions)})
    changed = {
        "privacy": privacy,
        "expressions": expressions,
        "coverage": coverage,
        "refused": (*refused, *timeline.refused)[:MOST_REFUSALS],
    }
    return timeline.model_copy(update=changed), visible


def _withheld(person: Person) -> Refusal:
    return Refusal(what="expression", reason="no_consent", ids=person.sub_ids[:100])


def _missing(message: str) -> InputError:
    return InputError(message, code=FailureCode.consent_missing, hint=HINT)
