"""What may be set of the search for people in video."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field

from siseon.applications.options import BroughtFile, Choices, OrNone, Words
from siseon.applications.people.track import TrackerName
from siseon.contracts import FailureCode, InputError

Rate = Annotated[float, Field(gt=0, le=30)]
Seconds = Annotated[float, Field(ge=2, le=60)]


class PeopleChoices(Choices):
    """What one job may choose, for all chunks alike; no choice may show more of people than the workers' options do,
    unless ``may_show`` says so."""

    rate: Rate = 5.0
    """Pictures a second that are looked at for people."""
    video: Literal["vp9", "h264", "none"] = "vp9"
    """The annotated video, an MP4: how it is coded, or none. The coder of h264 is under the GPL."""
    hide: bool = True
    """Whether heads are hidden in the annotated video."""
    show_id: bool = True
    """Whether people have their number beside their box in the annotated video."""


class PeopleOptions(PeopleChoices):
    """All that may be set."""

    most_rate: Rate = 10.0
    """What a job may choose as rate, at most, where rate itself is no higher: a chunk's pictures are in memory at
    once."""
    may_show: bool = False
    """Whether a job may show more of people than these options do: heads that are not hidden, a video where none is
    made, or one that is looked at less often."""
    chunk_s: Seconds = 10.0
    """Seconds of a chunk, which is done, kept and done again as a whole."""
    longest: Annotated[int, Field(ge=320, le=4096)] = 1280
    """Pixels of the longer side to which larger pictures are scaled down before anything looks at them."""
    detector: str = "yolox-nano"
    """Name of the card of the network that finds people: any with a class person."""
    least_score: Annotated[float, Field(gt=0, le=1)] = 0.4
    """Score of a box that may begin a track; fainter ones may go on with one."""
    tracker: TrackerName = "bytetrack"
    """bytetrack, botsort or ocsort, of the package trackers."""
    appearance: str = "colours"
    """How people are compared: colours (of clothes, without weights), or the name of the card of a network."""
    pose: Annotated[str | None, OrNone] = "movenet-lightning"
    """Name of the card of the network that finds joints, or none: then few actions can be told."""
    pose_rate: Rate = 1.0
    """Looks a second at a person's joints."""
    faces: Annotated[str | None, OrNone] = "ultraface-rfb-320"
    """Name of the card of the network that finds faces, or none: heads are then hidden by people's boxes alone."""
    expressions: Annotated[str | None, OrNone] = None
    """Name of the card of the network that says what faces look like: off unless somebody asks for it."""
    expression_rate: Rate = 2.0
    """Looks a second at a person's face."""

    reid: bool = True
    """Whether somebody who leaves and comes back is one person, by looks."""
    alike: Annotated[Annotated[float, Field(gt=0, le=2)] | None, OrNone] = None
    """Distance of looks within which two tracks may be one person; none: what suits how they are compared."""
    corrections: BroughtFile = None
    """Path of a file, JSON or TOML, of what a person corrects: who is split, merged, renamed."""
    indicators: BroughtFile = None
    """Path of a file, JSON or TOML, of indicators that the report tells, in place of the usual five."""
    coding: BroughtFile = None
    """Path of a CSV of what a person saw (person, action, from_ms, to_ms), to be compared with."""
    keep: Annotated[Words, Field(max_length=100)] = ()
    """People whose heads are not hidden, by the number or the name that they have in the timeline, separated by
    commas; only those who have agreed by the record of consents."""
    consent: BroughtFile = None
    """Path of a file, JSON or TOML: the record of who has agreed to what. Expressions and keep need one."""
    retention: Annotated[Annotated[int, Field(ge=1, le=3650)] | None, OrNone] = 7
    """Days after which siseon people purge deletes the results, or none: never."""

    def chosen(self, request: Choices | None) -> Self:
        """These options with what a job chooses in their place.

        Raises:
            InputError: ``forbidden``: it would show more of people than these do, or look more often than is allowed.
        """
        chosen = super().chosen(request)
        most = max(self.rate, self.most_rate)
        if chosen.rate > most:
            raise _forbidden(f"rate={chosen.rate:g}: a job may have {most:g} pictures a second", "most_rate")
        if not self.may_show and (more := _more_than(self, chosen)):
            raise _forbidden(more, "may_show")
        return chosen

    def with_files(self, paths: Mapping[str, str]) -> Self:
        """These options with the files that a job has brought.

        Raises:
            InputError: ``forbidden``: by them a job would say itself whose face the owner keeps visible.
        """
        naming = [name for name in ("corrections", "consent") if name in paths]
        if self.keep and self.hide and naming and not self.may_show:
            raise _forbidden(f"{naming[0]}: by it a job says who is meant by keep here", "may_show")
        return super().with_files(paths)


def _more_than(allowed: PeopleOptions, chosen: PeopleOptions) -> str:
    """What would be seen of people beyond what is allowed; empty: nothing."""
    if allowed.hide and not chosen.hide:
        return "hide=false: heads are hidden here"
    if allowed.video == "none" and chosen.video != "none":
        return f"video={chosen.video}: no video is made here"
    if allowed.hide and chosen.video != "none" and chosen.rate < allowed.rate:
        return (
            f"rate={chosen.rate:g}: between two looks a head may come and go, so that videos with hidden heads are"
            f" looked at {allowed.rate:g} times a second, or with video=none"
        )
    return ""


def _forbidden(message: str, option: str) -> InputError:
    return InputError(
        message,
        code=FailureCode.forbidden,
        hint=f"the owner of service and workers allows more with people.{option}",
    )


AFTERWARDS = frozenset(
    {
        "reid",
        "alike",
        "corrections",
        "indicators",
        "coding",
        "video",
        "hide",
        "keep",
        "consent",
        "retention",
        "show_id",
    }
)
"""Those that say nothing of how pictures are looked at."""
DEFAULTS = PeopleOptions()
