"""What may be set of the search for people in video."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from siseon.applications.options import BroughtFile, Choices, OrNone, Words
from siseon.applications.people.track import TrackerName

Rate = Annotated[float, Field(gt=0, le=30)]
Seconds = Annotated[float, Field(ge=2, le=60)]


class PeopleChoices(Choices):
    """What one request may choose: nothing yet, since all chunks of a video must be looked at alike."""


class PeopleOptions(PeopleChoices):
    """All that may be set."""

    rate: Rate = 5.0
    """Pictures a second that are looked at for people."""
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
    video: Literal["vp9", "h264", "none"] = "vp9"
    """The annotated video, an MP4: how it is coded, or none. The coder of h264 is under the GPL."""
    hide: bool = True
    """Whether heads are hidden in it."""
    keep: Annotated[Words, Field(max_length=100)] = ()
    """People whose heads are not hidden, by the number or the name that they have in the timeline, separated by
    commas; only those who have agreed by the record of consents."""
    consent: BroughtFile = None
    """Path of a file, JSON or TOML: the record of who has agreed to what. Expressions and keep need one."""
    retention: Annotated[Annotated[int, Field(ge=1, le=3650)] | None, OrNone] = 7
    """Days after which siseon people purge deletes the results, or none: never."""
    show_id: bool = True
    """Whether people have their number beside their box in it."""


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
