"""What chunks of a video say about people, and what all chunks together say: the wire types of ``people``.

A ``ChunkSeen`` is what looking at ten seconds of video leaves: no pixels. A ``Timeline`` is what is made of all of
them. Times are integer milliseconds from the start of the video, boxes and points pixels of the upright picture. Every
list over time is in order of (time, id), and every list has a bound, so that a stranger's result cannot fill memory.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, PositiveInt, model_validator

from siseon.applications.people.expressions import ExpressionName, Expressions
from siseon.applications.people.positions import MOST_MS, Positions
from siseon.applications.people.vectors import UnitVector
from siseon.contracts.wire import Pixel, Score, SoundBox

MOST_CHUNKS = 10_000
IDS_A_CHUNK = 1_000
"""Tracklet 7 of chunk 12 is 12007; the number in a chunk counts from 1."""
MOST_MOMENTS = 4_000
"""Of a chunk: a minute at 60 pictures a second has 3,601."""
MOST_BOXES = 200
"""Of a moment."""
MOST_SPANS = 100_000
"""Of a video: presences of one person, actions, expressions."""
MOST_PEOPLE = 2_000
MOST_REFUSALS = 5_000
KEY_POINTS = 17

Milliseconds = Annotated[int, Field(ge=0, le=MOST_MS)]
TrackletId = Annotated[int, Field(ge=1, lt=MOST_CHUNKS * IDS_A_CHUNK)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Name = Annotated[str, Field(min_length=1, max_length=100)]

ActionName = Literal[
    "stand", "sit", "lie", "bend", "walk", "run",
    "wave", "reach", "touch", "hug", "hand_over", "watch", "approach",
]  # fmt: skip
POSTURES: tuple[ActionName, ...] = ("stand", "sit", "lie", "bend", "walk", "run")
"""Of these a person does one at a time; the others may be done beside them."""
WITH_ANOTHER: tuple[ActionName, ...] = ("touch", "hug", "hand_over", "watch", "approach")
"""These have a partner."""
Role = Literal["child", "adult"]


class Similarity(NamedTuple):
    """Pixels (x, y) of one picture in another: (a x - b y + tx, b x + a y + ty); an array of four numbers in JSON."""

    a: Finite
    b: Finite
    tx: Finite
    ty: Finite


class KeyPoint(NamedTuple):
    """A joint in pixels; a score of 0: not found."""

    x: Pixel
    y: Pixel
    score: Score


class Pose(BaseModel):
    """A tracklet's joints at one moment."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    t_ms: Milliseconds
    points: Annotated[tuple[KeyPoint, ...], Field(min_length=KEY_POINTS, max_length=KEY_POINTS)]
    """In the order of COCO: nose, eyes, ears, shoulders, elbows, wrists, hips, knees, ankles, left before right."""


class Appearance(BaseModel):
    """How a tracklet looks."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    vector: UnitVector
    """Robust mean of its crops."""
    crops: PositiveInt
    quality: Score
    """How far the crops can be trusted: sharp, large, whole."""


class Tracklet(BaseModel):
    """One person within one chunk, as its tracker held it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: TrackletId
    appearance: Appearance | None = None
    """None: no crop was good enough."""
    poses: Annotated[tuple[Pose, ...], Field(max_length=MOST_MOMENTS)] = ()


class SeenBox(BaseModel):
    """Where a tracklet was at one moment."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: TrackletId
    box: SoundBox
    score: Score


class Face(BaseModel):
    """A face at one moment: hidden in the video. What it looks like is asked for only."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    box: SoundBox
    score: Score
    id: TrackletId | None = None
    """The tracklet whose face it is; None: of none, or it cannot be told."""
    expression: dict[ExpressionName, Score] | None = None
    """Probability of each; None: not asked for, or refused."""
    refused: Literal["small", "profile", "blurred"] | None = None
    """Why no expression is told."""


class Moment(BaseModel):
    """One sampled picture."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    t_ms: Milliseconds
    camera: Similarity | None = Similarity(1.0, 0.0, 0.0, 0.0)
    """From this picture to the chunk's first; None: the camera's motion could not be told."""
    boxes: Annotated[tuple[SeenBox, ...], Field(max_length=MOST_BOXES)] = ()
    faces: Annotated[tuple[Face, ...], Field(max_length=MOST_BOXES)] = ()
    others: Annotated[tuple[SoundBox, ...], Field(max_length=MOST_BOXES)] = ()
    """People, or what may be people, of no tracklet: nothing is said of them, but they are hidden in the video."""

    @model_validator(mode="after")
    def _each_tracklet_once(self) -> Self:
        ids = [box.id for box in self.boxes]
        if any(one >= other for one, other in pairwise(ids)):
            raise ValueError(f"the boxes at {self.t_ms} ms are not in order of their ids, each once")
        return self


class Refusal(BaseModel):
    """Something that was not done, or is not known, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    what: Literal[
        "chunk", "camera", "tracklet", "appearance", "pose", "face", "expression", "merge", "correction"
    ]  # fmt: skip
    reason: Literal[
        "failed", "too_many", "too_short", "poor_picture", "unsure", "seen_together", "too_fast", "other_size",
        "unknown_id", "other_run", "contradiction", "no_consent",
    ]  # fmt: skip
    ids: Annotated[tuple[TrackletId, ...], Field(max_length=100)] = ()
    chunk: Annotated[int, Field(ge=0, lt=MOST_CHUNKS)] | None = None
    detail: Annotated[str, Field(max_length=500)] = ""
    """For a person."""


class Span(NamedTuple):
    """From the first moment to the last, both included; an array of two numbers in JSON."""

    from_ms: Milliseconds
    to_ms: Milliseconds


class ChunkSeen(BaseModel):
    """What was seen in one chunk. Two chunks in a row share their border picture: the last of one, the first of the
    next; at it each tracklet has a box wherever the detector found one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    chunk: Annotated[int, Field(ge=0, lt=MOST_CHUNKS)]
    start_ms: Milliseconds
    end_ms: Milliseconds
    width: PositiveInt
    height: PositiveInt
    file: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")] | None = None
    """Fingerprint of the video's file: what was seen in one hides nobody in another. None: it was not told."""
    descriptor: Name | None = None
    """What made the appearances; those of different ones are never compared."""
    moments: Annotated[tuple[Moment, ...], Field(max_length=MOST_MOMENTS)] = ()
    tracklets: Annotated[tuple[Tracklet, ...], Field(max_length=IDS_A_CHUNK - 1)] = ()
    unseen: Annotated[tuple[Span, ...], Field(max_length=MOST_MOMENTS)] = ()
    """Pictures between two moments that are like neither: the light went on and off, or the film was cut twice."""
    between: Annotated[tuple[Moment, ...], Field(max_length=MOST_MOMENTS)] = ()
    """Looks at pictures between two moments in which something comes and goes: of nobody it is told who that is, but
    all are hidden in the video."""
    refused: Annotated[tuple[Refusal, ...], Field(max_length=MOST_REFUSALS)] = ()

    @model_validator(mode="after")
    def _in_order_and_of_this_chunk(self) -> Self:
        times = [moment.t_ms for moment in self.moments]
        if any(one >= other for one, other in pairwise([self.start_ms - 1, *times, self.end_ms + 1])):
            raise ValueError(f"the moments of chunk {self.chunk} are not in order from its start to its end")
        beside = [moment.t_ms for moment in self.between]
        if any(one >= other for one, other in pairwise([self.start_ms - 1, *beside, self.end_ms + 1])):
            raise ValueError(
                f"the looks between of chunk {self.chunk} are not in order from its start to its end"
            )
        if any(moment.boxes for moment in self.between):
            raise ValueError(f"a look between two moments of chunk {self.chunk} tells who is who")
        ids = [tracklet.id for tracklet in self.tracklets]
        if any(one >= other for one, other in pairwise(ids)):
            raise ValueError(f"the tracklets of chunk {self.chunk} are not in order of their ids, each once")
        if strange := [one for one in ids if one // IDS_A_CHUNK != self.chunk or one % IDS_A_CHUNK == 0]:
            raise ValueError(f"tracklet {strange[0]} is not of chunk {self.chunk}")
        seen = {(box.id, moment.t_ms) for moment in self.moments for box in moment.boxes}
        if {one for one, _ in seen} != set(ids):
            raise ValueError(f"the boxes and the tracklets of chunk {self.chunk} have different ids")
        sizes = {len(one.appearance.vector) for one in self.tracklets if one.appearance}
        if len(sizes) > 1 or (sizes and self.descriptor is None):
            raise ValueError(f"the appearances of chunk {self.chunk} are not of one named descriptor")
        for tracklet in self.tracklets:
            posed = [pose.t_ms for pose in tracklet.poses]
            if any(one >= other for one, other in pairwise(posed)):
                raise ValueError(f"the poses of tracklet {tracklet.id} are not in order of time")
            if any((tracklet.id, t_ms) not in seen for t_ms in posed):
                raise ValueError(f"tracklet {tracklet.id} has a pose at a moment at which it has no box")
        return self


class Person(BaseModel):
    """One person of a video, under a number that says only: first seen before the next."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: PositiveInt
    sub_ids: Annotated[tuple[TrackletId, ...], Field(min_length=1, max_length=MOST_SPANS)]
    """Tracklets, in order of time. One that a correction split is of two people."""
    name: Name | None = None
    """As a correction says."""
    role: Role | None = None
    """As a correction says; never guessed."""
    appearances: Annotated[tuple[Span, ...], Field(min_length=1, max_length=MOST_SPANS)]
    positions: Positions


class Action(BaseModel):
    """What a person does, second by second, joined."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    person: PositiveInt
    from_ms: Milliseconds
    to_ms: Milliseconds
    """Of the end of its last second, or of the video."""
    action: ActionName
    confidence: Score
    """Mean over its seconds: of the rule, not a probability."""
    partner: PositiveInt | None = None
    """Whom it is done with, or to."""

    @model_validator(mode="after")
    def _someone_else(self) -> Self:
        if (self.partner is not None) != (self.action in WITH_ANOTHER) or self.partner == self.person:
            raise ValueError(f"{self.action} of person {self.person} with {self.partner}")
        return self


class Coverage(BaseModel):
    """How much of the video stands behind what is said."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    chunks: NonNegativeInt
    chunks_missing: NonNegativeInt
    moments: NonNegativeInt
    person_seconds: NonNegativeInt
    """Seconds in which a person is seen, over all people."""
    posture_seconds: NonNegativeInt
    """Of these, with a posture that could be told."""
    expressions: NonNegativeInt | None = None
    """Faces with an expression that could be told; None: nobody asked."""
    faces: NonNegativeInt | None = None
    """Of which one was to be told; None as before."""


class Privacy(BaseModel):
    """What is known of the people's consent, and what follows from it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    consent: Literal["none", "in_part", "given"] = "none"
    """By the record: of nobody, of some of the people, of all of them."""
    warnings: Annotated[
        tuple[Annotated[str, Field(max_length=500)], ...], Field(max_length=MOST_REFUSALS)
    ] = ()
    """For a person: first what everybody must know who reads on."""
    hidden: bool = True
    """Whether heads are hidden in the annotated video."""
    visible: Annotated[tuple[PositiveInt, ...], Field(max_length=MOST_PEOPLE)] = ()
    """People who were chosen to be seen all the same, and have agreed."""
    retention_days: PositiveInt | None = None
    """How long the results may be kept; None: nobody has said it."""


class Timeline(BaseModel):
    """Who was there, when, doing what."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    width: PositiveInt
    height: PositiveInt
    duration_ms: Milliseconds
    seen: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
    """Of the chunks it is made of: corrections that name another are of another run, whose ids mean others."""
    people: Annotated[tuple[Person, ...], Field(max_length=MOST_PEOPLE)] = ()
    merged: dict[PositiveInt, tuple[TrackletId, ...]] = {}
    """Each person's ``sub_ids``: {1: [1, 20, 107], 2: [...]}."""
    actions: Annotated[tuple[Action, ...], Field(max_length=MOST_SPANS)] = ()
    expressions: Expressions = Expressions()
    coverage: Coverage
    privacy: Privacy = Privacy()
    refused: Annotated[tuple[Refusal, ...], Field(max_length=MOST_REFUSALS)] = ()

    @model_validator(mode="after")
    def _of_the_same_people(self) -> Self:
        if self.merged != {person.id: person.sub_ids for person in self.people}:
            raise ValueError("the map of merged ids is not that of the people")
        if [person.id for person in self.people] != list(range(1, len(self.people) + 1)):
            raise ValueError("people are numbered from 1 in order")
        return self
