"""Many rows with one statement, past SQLAlchemy: it goes through all parameters of each row, which costs more than what
the database does with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from operator import itemgetter

from sqlalchemy import Connection, Dialect, Insert, Update


def write_rows(
    connection: Connection, statement: Insert | Update, rows: Sequence[Mapping[str, object]]
) -> None:
    """Execute it for each of these rows, at least one. All of them have values for the same names, two or more, which
    are all that the statement leaves open: it has no values of its own."""
    kind: Callable[[], Dialect] = type(connection.dialect)
    text, order = _compiled(statement, kind, tuple(rows[0]))
    connection.exec_driver_sql(text, list(rows if order is None else map(itemgetter(*order), rows)))


@cache
def _compiled(
    statement: Insert | Update, kind: Callable[[], Dialect], names: tuple[str, ...]
) -> tuple[str, tuple[str, ...] | None]:
    """The text for this kind of database, and the order of the values where it takes them by place."""
    compiled = statement.compile(dialect=kind(), column_keys=list(names))
    order = compiled.positiontup
    return str(compiled), None if order is None else tuple(order)
