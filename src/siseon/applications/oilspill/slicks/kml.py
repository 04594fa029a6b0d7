"""Slicks for a globe: KML 2.3 (OGC 12-007r2), each in its class's colour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, tostring

from siseon.applications.oilspill.contracts import OIL_CLASSES, MappedSlick
from siseon.applications.oilspill.palette import COLOURS
from siseon.applications.oilspill.slicks.table import columns, pieces

if TYPE_CHECKING:
    from shapely import LinearRing, Polygon

SPACE = "http://www.opengis.net/kml/2.2"
"""The namespace of KML 2.2 and 2.3 alike."""
OPACITY = 0xB0


def kml(slicks: Sequence[MappedSlick]) -> bytes:
    """A whole document, UTF-8; longitude before latitude.

    Raises:
        DependencyMissing: shapely is not installed.
    """
    root = Element("kml", xmlns=SPACE)
    document = SubElement(root, "Document")
    for name in OIL_CLASSES:
        style = SubElement(document, "Style", id=name)
        red, green, blue = COLOURS[name]
        for part, opacity in (("LineStyle", 0xFF), ("PolyStyle", OPACITY)):
            SubElement(SubElement(style, part), "color").text = f"{opacity:02x}{blue:02x}{green:02x}{red:02x}"
    figures = columns(slicks)
    for number, slick in enumerate(slicks):
        mark = SubElement(document, "Placemark")
        SubElement(mark, "name").text = f"{number + 1}: {slick.sea_class}"
        SubElement(mark, "styleUrl").text = f"#{slick.sea_class}"
        data = SubElement(mark, "ExtendedData")
        for figure in figures:
            if (value := figure.values[number]) is not None:
                SubElement(SubElement(data, "Data", name=figure.name), "value").text = _plain(str(value))
        shape = SubElement(mark, "MultiGeometry")
        for piece in pieces(slick.rings):
            _polygon(shape, piece)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode").encode()


def _polygon(parent: Element, piece: Polygon) -> None:
    polygon = SubElement(parent, "Polygon")
    _ring(SubElement(polygon, "outerBoundaryIs"), piece.exterior)
    for hole in piece.interiors:
        _ring(SubElement(polygon, "innerBoundaryIs"), hole)


def _ring(parent: Element, ring: LinearRing) -> None:
    corners = " ".join(f"{x:.9f},{y:.9f}" for x, y in ring.coords)
    SubElement(SubElement(parent, "LinearRing"), "coordinates").text = corners


def _plain(text: str) -> str:
    """Without what XML 1.0 cannot hold, such as control characters in a file's name."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
