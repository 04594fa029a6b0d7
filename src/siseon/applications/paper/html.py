"""Reports as one HTML file that needs nothing else, to be read and printed. All text is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from siseon.applications.paper.contents import OPEN, Cell, Legend, Paper, Part, Table, Words
from siseon.applications.paper.drawing import svg

STYLE = """
:root { color-scheme: light; font: 15px/1.5 system-ui, sans-serif; color: #1a2430; background: #fff }
body { max-width: 62rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.6rem; margin: 0 } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; break-after: avoid }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid #d8dee6; vertical-align: top }
th { font-weight: 600; color: #4a5a6c } td.n, th.n { text-align: right }
svg { width: 100%; height: auto; border: 1px solid #d8dee6; background: #eef4fa; font-size: 13px }
.swatch { display: inline-block; width: .8em; height: .8em; margin-right: .4em; border: 1px solid #0003 }
.open { color: #8493a4 } p.note { color: #4a5a6c; max-width: 48rem } tr { break-inside: avoid }
.legend span.entry { margin-right: 1rem; white-space: nowrap }
"""


def html(paper: Paper) -> bytes:
    """In UTF-8."""
    return page(paper.title, [f"<h1>{escape(paper.title)}</h1>", *(_part(one) for one in paper.parts)])


def page(title: str, parts: Iterable[str], style: str = "") -> bytes:
    """In UTF-8; ``parts`` are HTML, ``style`` is CSS beside that of all reports."""
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}{style}</style>'
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{"".join(parts)}</body></html>'.encode()


def note(text: str) -> str:
    """A paragraph that is less than the rest."""
    return f"<p class='note'>{escape(text)}</p>"


def table(made: Table) -> str:
    """Under its title."""
    title = f"<h2>{escape(made.title)}</h2>"
    notes = "".join(map(note, made.notes))
    if not made.rows:
        return f"{title}<p>None.</p>{notes}"

    def line(tag: str, row: Sequence[str]) -> str:
        classes = ["n" if at in made.numbers else "" for at in range(len(row))]
        pairs = zip(classes, row, strict=True)
        return "<tr>" + "".join(f'<{tag} class="{one}">{cell}</{tag}>' for one, cell in pairs) + "</tr>"

    body = "".join(line("td", [_cell(cell) for cell in row]) for row in made.rows)
    head = line("th", [escape(head) for head in made.heads])
    return f"{title}<table>{head}{body}</table>{notes}"


def _part(one: Part) -> str:
    if isinstance(one, Words):
        return note(one.text) if one.is_note else f"<p>{escape(one.text)}</p>"
    if isinstance(one, Table):
        return table(one)
    if isinstance(one, Legend):
        entries = "".join(f'<span class="entry">{_cell(cell)}</span>' for cell in one.entries)
        return f'<p class="legend">{entries}</p>'
    return svg(one)


def _cell(cell: Cell) -> str:
    if cell.is_open:
        return f'<span class="open">{OPEN}</span>'
    swatch = (
        "" if cell.colour is None else f'<span class="swatch" style="background:rgb{cell.colour}"></span>'
    )
    return swatch + escape(cell.text)
