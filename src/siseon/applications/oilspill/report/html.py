"""The report as one HTML file that needs nothing else. Text of strangers (names of files) is escaped."""

from __future__ import annotations

from html import escape

from siseon.applications.oilspill.report.contents import DASHED, NO_MAP, TITLE, Contents
from siseon.applications.oilspill.report.svg import svg
from siseon.applications.paper.html import note, page, table

STYLE = """
.frame { fill: none; stroke: #5b7088; stroke-width: .7; opacity: .6 }
.frame.filled { stroke-dasharray: 5 4 } .slick.filled { stroke: #1a2430; stroke-width: 1; stroke-dasharray: 3 2 }
.bar { fill: none; stroke: #1a2430; stroke-width: 1.5 } .arrow { fill: #1a2430 }
"""


def html(contents: Contents) -> bytes:
    """In UTF-8."""
    drawn = f"<p>{NO_MAP}</p>" if contents.sheet is None else svg(contents.sheet)
    if contents.sheet is not None and contents.sheet.is_filled:
        drawn += note(DASHED)
    parts = [
        f"<h1>{TITLE}</h1><p>{escape(contents.headline)}</p>",
        *(note(f"Note: {one}.") for one in contents.notes),
        drawn,
        *(table(one) for one in contents.tables),
        note(contents.limits),
    ]
    return page(TITLE, parts, STYLE)
