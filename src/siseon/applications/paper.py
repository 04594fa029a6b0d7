"""Reports as one HTML file that needs nothing else, to be read and printed: the one look of all applications."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

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
"""


def document(title: str, parts: Iterable[str], *, style: str = "") -> bytes:
    """HTML in UTF-8. ``parts`` are HTML, ``style`` is CSS beside that of all; the title is text."""
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}{style}</style>'
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{"".join(parts)}</body></html>'.encode()


def section(title: str, body: str) -> str:
    """``title`` and ``body`` are HTML; an empty body says so."""
    return f"<h2>{title}</h2>{body or '<p>None.</p>'}"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[int] = ()) -> str:
    """Cells are HTML. ``numbers``: columns that stand on the right. Without rows it is empty."""

    def line(tag: str, cells: Sequence[str]) -> str:
        classes = ["n" if at in numbers else "" for at in range(len(cells))]
        return "".join(
            f'<{tag} class="{one}">{cell}</{tag}>' for one, cell in zip(classes, cells, strict=True)
        )

    body = "".join(f"<tr>{line('td', row)}</tr>" for row in rows)
    return f"<table><tr>{line('th', heads)}</tr>{body}</table>" if body else ""


def swatch(colour: str, text: str) -> str:
    """A square of a CSS colour before a word, which is HTML."""
    return f'<span class="swatch" style="background:{colour}"></span>{text}'
