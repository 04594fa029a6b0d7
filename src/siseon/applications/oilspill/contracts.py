"""What oilspill answers, as it goes over the wire.

Pixels are of the original picture (upright, full size), x right and y down from its top left corner. Positions are
WGS 84 degrees; rings of GeoJSON are (longitude, latitude). Lengths are metres, areas square metres, volumes litres,
angles degrees, directions clockwise from true north.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveInt,
    PrivateAttr,
    model_validator,
)

from siseon.applications.oilspill.held import Held
from siseon.contracts.wire import MaskRle, Ring, Score

SeaClass = Literal[
    "sea", "sheen", "rainbow", "metallic", "discontinuous", "true_colour", "emulsion", "ship", "land", "glint"
]
"""What a pixel shows. ``sheen`` to ``true_colour`` are codes 1 to 5 of the Bonn Agreement Oil Appearance Code;
``emulsion`` (water in oil, orange to brown) has no code there. ``glint`` is where the sun hides what is there."""
SEA_CLASSES: tuple[SeaClass, ...] = (
    "sea", "sheen", "rainbow", "metallic", "discontinuous", "true_colour", "emulsion", "ship", "land", "glint",
)  # fmt: skip
"""In the order of their numbers in a mask."""
OIL_CLASSES: tuple[SeaClass, ...] = SEA_CLASSES[1:7]

Source = Literal["klv", "exif", "xmp", "sidecar", "overlay", "stated", "derived", "interpolated"]
"""Where a fact comes from: video's MISB ST 0601, a photo's EXIF or XMP, a CSV beside it, the text burned into the
picture, an option, other facts of the same frame, or frames before and after it."""
FactName = Literal[
    "time",
    "latitude",
    "longitude",
    "altitude_m",
    "height_m",
    "platform_heading",
    "platform_pitch",
    "platform_roll",
    "sensor_azimuth",
    "sensor_elevation",
    "sensor_roll",
    "hfov",
    "vfov",
    "slant_range_m",
    "target_latitude",
    "target_longitude",
    "target_elevation_m",
    "target_width_m",
    "sight_bearing",
    "ellipsoid_height_m",
    "corner_1_latitude",
    "corner_1_longitude",
    "corner_2_latitude",
    "corner_2_longitude",
    "corner_3_latitude",
    "corner_3_longitude",
    "corner_4_latitude",
    "corner_4_longitude",
]
"""What may be known of a frame.

``latitude``, ``longitude``: of the camera. ``altitude_m``: of the camera above mean sea level; ``ellipsoid_height_m``:
above the WGS 84 ellipsoid; ``height_m``: above the water below it, as a radar or a launch point at sea level says.
``platform_*``: heading clockwise from true north, pitch nose up, roll right wing down. ``sensor_*``: of the camera
relative to the platform (MISB ST 0601 tags 18 to 20): azimuth clockwise from the nose, elevation from level, negative
down, roll. ``hfov``, ``vfov``: whole angles. ``target_*``: the point in the middle of the picture, its elevation above
mean sea level; ``target_width_m``: what the picture's width spans there. ``sight_bearing``: of the line from the
camera to the target, clockwise from true north. ``corner_1_*`` to ``corner_4_*``: where the picture's corners lie on
the ground, from its top left, clockwise as seen (MISB ST 0601 tags 26 to 33 and 82 to 89)."""
FactReason = Literal["not_found", "unreadable", "out_of_range", "contradicted", "impossible_speed", "unsure"]
"""Why a fact is refused: its field is not in the picture, its text cannot be read by its grammar, no such value can be,
another fact says otherwise, the platform cannot have come there, or readers do not agree."""
VIEW = 0.01, 170.0
"""Least and most degrees of a whole angle of view."""
LEAST_HEIGHT_M, MOST_HEIGHT_M = 1.0, 20_000.0
"""Of a camera over the water: from lower no map can be made, and beyond the sea is too round for a picture of one
plane."""
Finite = Annotated[float, Field(allow_inf_nan=False)]


class Fact(BaseModel):
    """One figure that is known of a frame; of ``time`` seconds since 1970-01-01 UTC."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: Finite
    source: Source
    text: str | None = None
    """As it stood in the picture or file."""


class RefusedFact(BaseModel):
    """A figure that was there and cannot be trusted, or was looked for and not found."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: FactName
    reason: FactReason
    text: str | None = None
    source: Source
    detail: str = ""
    """For a person: what it was compared with."""
    candidates: tuple[Finite, ...] = ()
    """What it was taken for, where frames before and after may decide; of ``time`` also what a clock shows within half
    an hour, of an unknown day and zone, as less than 1,800 seconds."""
    shares: tuple[Score, ...] = ()
    """Of each candidate: how probable its readings make it, among all that the field may say. Empty: not known."""


class Metadata(BaseModel):
    """What is known of a frame beside its pixels."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    facts: dict[FactName, Fact] = {}
    refused: tuple[RefusedFact, ...] = ()
    template: str | None = None
    """The layout of the overlay that it was read by."""

    def value(self, name: FactName) -> float | None:
        """Of a fact that is known."""
        fact = self.facts.get(name)
        return None if fact is None else fact.value


class Georeference(BaseModel):
    """How the picture lies on the sea."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Literal["nadir", "oblique"]
    crs: str
    """Of ``matrix``: ``EPSG:32633``, say, the UTM zone of the middle."""
    matrix: tuple[tuple[Finite, Finite, Finite], tuple[Finite, Finite, Finite], tuple[Finite, Finite, Finite]]
    """Homography from pixels (x, y, 1) to metres (easting, northing, 1) of ``crs``; of ``nadir`` its last row is
    0, 0, 1."""
    corners: Ring
    """Longitude and latitude of the used part of the picture, closed, from its top left, clockwise as seen."""
    horizon_y: float | None = None
    """Of an oblique view, where the guard cuts: pixels above this row are not used."""
    gsd_m: Annotated[float, Field(gt=0)]
    """Metres of a pixel in the middle of the used part."""
    ce90_m: NonNegativeFloat
    """Of a position in the middle: 90 of 100 are not farther off."""
    interpolated: bool
    """Whether a fact it rests on comes from other frames."""


VolumeRange = tuple[NonNegativeFloat, NonNegativeFloat | None]
"""Least and most litres, after the thickness of a class in the Bonn code. The most is None for ``true_colour``, which
has no upper bound there; a range itself is None without area, or for what has no code."""


class Slick(BaseModel):
    """One connected piece of one class."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sea_class: SeaClass
    score: Score
    """Mean of the network's probability over its pixels."""
    pixels: NonNegativeInt
    outline: Ring
    """Pixels; its outer ring."""
    holes: tuple[Ring, ...] = ()
    rings: tuple[Ring, ...] | None = None
    """Longitude and latitude, the outer one first, counter-clockwise, holes clockwise, after RFC 7946; None: the
    picture has no position, or the piece lies above the horizon guard. Over the antimeridian the longitudes go on
    beyond 180 degrees, so that a ring is one piece; the exports cut it there."""
    area_m2: NonNegativeFloat | None = None
    """Geodesic."""
    volume_l: VolumeRange | None = None


class OilSpillResult(BaseModel):
    """One picture."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    image_id: str
    width: PositiveInt
    height: PositiveInt
    refused: Literal["not_the_sea", "not_optical"] | None = None
    """Why nothing was segmented: an indoor picture or land alone, say; radar or thermal pictures."""
    verdict: Literal["oil", "unsure", "no_oil"]
    """``unsure``: what looks like oil is too little or too faint to say so, or nothing was segmented."""
    mask: MaskRle | None = None
    """Where oil of any class is."""
    cover: dict[SeaClass, Score] = {}
    """Share of the picture's pixels of each class; what the overlay hides is of none."""
    slicks: tuple[Slick, ...] = ()
    metadata: Metadata = Metadata()
    time: datetime | None = None
    georeference: Georeference | None = None
    no_position: str | None = None
    """Why there is no georeference, for a person."""

    _held: Held | None = PrivateAttr(default=None)

    @property
    def held(self) -> Held | None:
        """What does not go over the wire; None: it came from there."""
        return self._held

    def holding(self, held: Held) -> OilSpillResult:
        """The same with this."""
        made = self.model_copy()
        made._held = held
        return made

    @model_validator(mode="after")
    def _a_reason_without_a_position(self) -> Self:
        if (self.georeference is None) == (self.no_position is None):
            raise ValueError("a result has either a georeference or the reason why it has none")
        return self


class MappedSlick(BaseModel):
    """One connected piece of one class on the map of a flight, made of all its frames, each place counted once."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sea_class: SeaClass
    score: Score
    """Mean of its parts, by area."""
    rings: Annotated[tuple[Ring, ...], Field(min_length=1)]
    """As of a ``Slick``."""
    area_m2: NonNegativeFloat
    """Geodesic."""
    volume_l: VolumeRange | None
    frames: Annotated[tuple[str, ...], Field(min_length=1)]
    """``image_id`` of each frame that a part of it is taken from, in order of time."""
    position_from: tuple[Source, ...]
    """Where the positions of those frames come from."""
    first_seen: datetime | None
    last_seen: datetime | None
    gsd_m: Annotated[float, Field(gt=0)]
    """Of its coarsest frame."""
    ce90_m: NonNegativeFloat
    """Of its least certain frame."""
    interpolated: bool
    """Whether the place of one of its frames rests on a fact from other frames."""
    may_be_counted_twice: bool = False
    """Whether oil that a later pass saw, and that is on the map too, can have drifted from it; no frame looked."""


class Sighting(BaseModel):
    """Where a slick was in one frame that shows all of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    image_id: str
    time: datetime
    longitude: Finite
    latitude: Finite
    """Of the middle of its area, all classes of oil together."""
    area_m2: NonNegativeFloat
    ce90_m: NonNegativeFloat
    interpolated: bool


class Drift(BaseModel):
    """How one slick went from frame to frame."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sightings: Annotated[tuple[Sighting, ...], Field(min_length=2)]
    """In order of time."""
    speed_ms: NonNegativeFloat
    """Metres per second."""
    speed_sigma_ms: NonNegativeFloat
    """One standard deviation, from the error radii of the sightings."""
    direction: Annotated[float, Field(ge=0, lt=360)] | None
    """Where it goes to; None: it cannot be told from one that lies still."""
