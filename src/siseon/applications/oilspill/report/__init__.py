"""The report of a flight, as HTML and as PDF of one content, with its map."""

from siseon.applications.oilspill.report.contents import Contents, contents
from siseon.applications.oilspill.report.html import html
from siseon.applications.oilspill.report.pdf import pdf

__all__ = ["Contents", "contents", "html", "pdf"]
