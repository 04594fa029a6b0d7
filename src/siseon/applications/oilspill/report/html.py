"""The report as one HTML file that needs nothing else. Text of strangers (names of files) is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from siseon.applications.oilspill.report.contents import DASHED, NO_MAP, OPEN, TITLE, Cell, Contents, Table
from siseon.applications.oilspill.report.svg import svg

STYLE = """
:root { color-scheme: light; font: 15px/1.5 system-ui, sans-serif; color: #1a2430; background: #fff }
body { max-width: 62rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.6rem; margin: 0 } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; break-after: avoid }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid #d8dee6; vertical-align: top }
th { font-weight: 600; color: #4a5a6c } td.n, th.n { text-align: right }
svg { width: 100%; height: auto; border: 1px solid #d8dee6; background: #eef4fa; font-size: 13px }
.frame { fill: none; stroke: #5b7088; stroke-width: .7; opacity: .6 }
.frame.filled { stroke-dasharray: 5 4 } .slick.filled { stroke: #1a2430; stroke-width: 1; stroke-dasharray: 3 2 }
.bar { fill: none; stroke: #1a2430; stroke-width: 1.5 } .arrow { fill: #1a2430 }
.swatch { display: inline-block; width: .8em; height: .8em; margin-right: .4em; border: 1px solid #0003 }
.open { color: #8493a4 } p.note { color: #4a5a6c; max-width: 48rem } tr { break-inside: avoid }
"""


def html(contents: Contents) -> bytes:
    """In UTF-8."""
    drawn = f"<p>{NO_MAP}</p>" if contents.sheet is None else svg(contents.sheet)
    if contents.sheet is not None and contents.sheet.is_filled:
        drawn += _note(DASHED)
    parts = [
        f"<h1>{TITLE}</h1><p>{escape(contents.headline)}</p>",
        *(_note(f"Note: {note}.") for note in contents.notes),
        drawn,
        *(f"<h2>{escape(table.title)}</h2>{_table(table)}" for table in contents.tables),
        _note(contents.limits),
    ]
    head = f'<meta charset="utf-8"><title>{TITLE}</title><style>{STYLE}</style>'
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{"".join(parts)}</body></html>'.encode()


def _note(text: str) -> str:
    return f"<p class='note'>{escape(text)}</p>"


def _table(table: Table) -> str:
    if not table.rows:
        return "<p>None.</p>"

    def line(tag: str, cells: Sequence[str]) -> str:
        classes = ["n" if at in table.numbers else "" for at in range(len(cells))]
        pairs = zip(classes, cells, strict=True)
        return "<tr>" + "".join(f'<{tag} class="{one}">{cell}</{tag}>' for one, cell in pairs) + "</tr>"

    body = "".join(line("td", [_cell(cell) for cell in row]) for row in table.rows)
    head = line("th", [escape(head) for head in table.heads])
    return f"<table>{head}{body}</table>{''.join(map(_note, table.notes))}"


def _cell(cell: Cell) -> str:
    if cell.is_open:
        return f'<span class="open">{OPEN}</span>'
    swatch = (
        "" if cell.colour is None else f'<span class="swatch" style="background:rgb{cell.colour}"></span>'
    )
    return swatch + escape(cell.text)
