"""What may be set of the search for oil on water."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from siseon.applications.oilspill.contracts import (
    LEAST_HEIGHT_M,
    MOST_HEIGHT_M,
    VIEW,
    Fact,
    FactName,
    Metadata,
)
from siseon.applications.options import Choices, OrNone, Words

Degrees = Annotated[float, Field(ge=0, le=360)]


class OilSpillChoices(Choices):
    """What one request may choose: facts of its picture, for those that neither file nor overlay tells."""

    latitude: Annotated[Annotated[float, Field(ge=-90, le=90)] | None, OrNone] = None
    """Degrees north of the camera."""
    longitude: Annotated[Annotated[float, Field(ge=-180, le=180)] | None, OrNone] = None
    """Degrees east of the camera."""
    height_m: Annotated[Annotated[float, Field(ge=LEAST_HEIGHT_M, le=MOST_HEIGHT_M)] | None, OrNone] = None
    """Metres of the camera above the water."""
    heading: Annotated[Degrees | None, OrNone] = None
    """Degrees clockwise from true north: where the camera looks; of one that looks straight down, its top."""
    depression: Annotated[Annotated[float, Field(ge=-90, le=90)] | None, OrNone] = None
    """Degrees below level that the camera looks; 90 is straight down."""
    hfov: Annotated[Annotated[float, Field(ge=VIEW[0], le=VIEW[1])] | None, OrNone] = None
    """Degrees of the camera's whole horizontal angle of view."""

    def stated(self) -> Metadata:
        """These facts."""
        told: dict[FactName, float | None] = {
            "latitude": self.latitude,
            "longitude": self.longitude,
            "height_m": self.height_m,
            "platform_heading": self.heading,
            "sensor_azimuth": None if self.heading is None else 0.0,
            "sensor_elevation": None if self.depression is None else -self.depression,
            "hfov": self.hfov,
        }
        facts = {
            name: Fact(value=value, source="stated") for name, value in told.items() if value is not None
        }
        return Metadata(facts=facts)


class OilSpillOptions(OilSpillChoices):
    """All that may be set."""

    network: str = "sea-surface"
    """Name of the card of the network that tells water, oil, ships, land and glint apart, with those for labels."""
    templates: Words = ("all",)
    """Layouts of text burned into the pictures: names of those that are shipped, paths of TOML files, all, or none."""
    sidecar: Annotated[str | None, OrNone] = None
    """CSV file with facts of the pictures: a column file (paths below the folder that is run), and columns named as the
    facts."""
    cloud_optimised: bool = False
    """Write pictures on the map as cloud-optimised GeoTIFF, for who opens them over HTTP: it takes twice as long."""
    quicklook: bool = False
    """Write pictures on the map as a small PNG too, with oil in its colours."""


DEFAULTS = OilSpillOptions()
