"""ELAN's annotation format, EAF 3.0: a tier per person and layer, times in milliseconds.

The order of elements and the attributes are those of http://www.mpi.nl/tools/elan/EAFv3.0.xsd.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import datetime

from siseon.applications.people.contracts import Timeline
from siseon.applications.people.timeline.layers import layers
from siseon.applications.people.timeline.names import called, phrase

SCHEMA = "http://www.mpi.nl/tools/elan/EAFv3.0.xsd"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
TYPE = "action"
CONSTRAINTS = {
    "Time_Subdivision": "Time subdivision of parent annotation's time interval, no time gaps allowed within this"
    " interval",
    "Symbolic_Subdivision": "Symbolic subdivision of a parent annotation. Annotations refering to the same parent are"
    " ordered",
    "Symbolic_Association": "1-1 association with a parent annotation",
    "Included_In": "Time alignable annotations within the parent annotation's time interval, gaps are allowed",
}  # fmt: skip
"""As ELAN writes them into each file, word for word."""


def eaf(timeline: Timeline, *, media: str, made: datetime) -> bytes:
    """XML in UTF-8. ``media``: name of the video's file, which lies beside; ``made``: with a time zone."""
    people = {person.id: person for person in timeline.people}
    root = ET.Element(
        "ANNOTATION_DOCUMENT",
        {
            "AUTHOR": "siseon",
            "DATE": made.isoformat(timespec="seconds"),
            "FORMAT": "3.0",
            "VERSION": "3.0",
            f"{{{XSI}}}noNamespaceSchemaLocation": SCHEMA,
        },
    )
    header = ET.SubElement(root, "HEADER", MEDIA_FILE="", TIME_UNITS="milliseconds")
    where = f"./{_text(media)}"
    ET.SubElement(
        header, "MEDIA_DESCRIPTOR", MEDIA_URL=where, MIME_TYPE="video/mp4", RELATIVE_MEDIA_URL=where
    )
    count = sum(len(layer.actions) for layer in layers(timeline))
    ET.SubElement(header, "PROPERTY", NAME="lastUsedAnnotationId").text = str(count)
    times = ET.SubElement(root, "TIME_ORDER")
    slots = sorted({t for one in timeline.actions for t in (one.from_ms, one.to_ms)})
    names = {t: f"ts{number}" for number, t in enumerate(slots, 1)}
    for t, name in names.items():
        ET.SubElement(times, "TIME_SLOT", TIME_SLOT_ID=name, TIME_VALUE=str(t))
    number = 0
    for layer in layers(timeline):
        tier = ET.SubElement(
            root,
            "TIER",
            LINGUISTIC_TYPE_REF=TYPE,
            PARTICIPANT=_text(called(layer.person)),
            TIER_ID=f"{layer.person.id} {layer.name}",
        )
        for one in layer.actions:
            number += 1
            annotation = ET.SubElement(ET.SubElement(tier, "ANNOTATION"), "ALIGNABLE_ANNOTATION",
                ANNOTATION_ID=f"a{number}", TIME_SLOT_REF1=names[one.from_ms], TIME_SLOT_REF2=names[one.to_ms],
            )  # fmt: skip
            ET.SubElement(annotation, "ANNOTATION_VALUE").text = _text(phrase(one, people))
    ET.SubElement(
        root, "LINGUISTIC_TYPE", GRAPHIC_REFERENCES="false", LINGUISTIC_TYPE_ID=TYPE, TIME_ALIGNABLE="true"
    )
    for name, description in CONSTRAINTS.items():
        ET.SubElement(root, "CONSTRAINT", DESCRIPTION=description, STEREOTYPE=name)
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="UTF-8", xml_declaration=True))


def _text(text: str) -> str:
    """Without what XML 1.0 cannot hold: control characters, surrogates, two that are no characters."""
    return "".join(
        one
        for one in text
        if one in "\t\n" or " " <= one < "\ud800" or (one >= "\ue000" and one not in "\ufffe\uffff")
    )
