"""The tables of jobs; ``stream_tables.py`` has those of streams. ``migrations/`` makes them; a test holds them equal.

The row of a job is also its lock: whoever changes its items or appends to its events holds the row first, in the order
of ids. So a job's events have numbers without gaps, in the order of their commits: a watcher that asks for those after
the last one it saw misses none. And no two transactions can wait for each other.

Rows of chunks, items and events are written by those who hold their job's row and go before it, so no foreign key has
to look for it again at each of them.

Times are seconds since 1970 (UTC) by the clock of the database; JSON is text, read and written by ``json_text.py``.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import (
    Column,
    ColumnElement,
    Double,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    bindparam,
    literal_column,
    or_,
    text,
)

metadata = MetaData()
DUE = text("due_at IS NOT NULL")

jobs = Table(
    "jobs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("application", Text, nullable=False),
    Column("options", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("key", Text, unique=True),
    Column("digest", Text, nullable=False),  # of the request, to know it again
    Column("webhook", Text),
    Column("state", Text, nullable=False),
    Column("total", Integer, nullable=False),
    Column("unfolded", Integer, nullable=False),  # inputs that have a row in items
    Column("done", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("cancelled", Integer, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("started_at", Double),
    Column("finished_at", Double),
    Column("removed_at", Double),  # its rows are going; nobody sees it any more
    Column(
        "served_at", Double, nullable=False
    ),  # when items of it were last given out: the longest ago comes first
    Column("last_event", Integer, nullable=False),
    Column("progress_at", Double),
    Column("progress_ended", Integer, nullable=False),  # items that had ended then
    Column("rate", Double),
    Column(
        "concludes", Integer, nullable=False, server_default=text("0")
    ),  # something is made of all its results
)
ACTIVE = text("state IN ('queued', 'running')")
Index(
    "jobs_active",
    jobs.c.application,
    jobs.c.priority,  # not served_at: what no index holds, PostgreSQL changes in place
    sqlite_where=ACTIVE,
    postgresql_where=ACTIVE,
)
Index("jobs_finished", jobs.c.finished_at)
Index("jobs_by_state", jobs.c.state, jobs.c.id)
Index("jobs_by_application", jobs.c.application, jobs.c.id)
HAS_DEAD = text("failed > 0 AND removed_at IS NULL")
Index("jobs_with_dead", jobs.c.application, sqlite_where=HAS_DEAD, postgresql_where=HAS_DEAD)

chunks = Table(
    "chunks",
    metadata,
    Column("job", Text, primary_key=True),
    Column("first", Integer, primary_key=True),
    Column("inputs", Text, nullable=False),
)
"""Inputs that have no row of their own yet: a job of 100,000 is accepted in a few hundred rows."""

items = Table(
    "items",
    metadata,
    Column("job", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("input", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("deliveries", Integer, nullable=False),
    Column("ready_at", Double, nullable=False),
    Column("carried_at", Double),  # when a carrier got it, where there is one
    Column("worker", Text),
    Column("result", Text),
    Column("artifacts", Text),
    Column("failure", Text),
    Column("started_at", Double),
    Column("finished_at", Double),
    sqlite_with_rowid=False,
)
IS_QUEUED = items.c.state == literal_column("'queued'")
IS_RUNNING = items.c.state == literal_column("'running'")
IS_FAILED = items.c.state == literal_column("'failed'")
"""As literals: an index over some rows is used when the statement itself says that it asks for those."""
SUSPECT = 10
"""Deliveries without an outcome after which an item runs alone."""
IS_SUSPECT = items.c.deliveries >= literal_column(str(SUSPECT))
QUEUED = text("state = 'queued'")
RUNNING = text("state = 'running'")
FAILED = text("state = 'failed'")
SUSPECTED = text(f"state = 'queued' AND deliveries >= {SUSPECT}")
Index("items_queued", items.c.job, items.c.number, sqlite_where=QUEUED, postgresql_where=QUEUED)
Index("items_suspect", items.c.ready_at, sqlite_where=SUSPECTED, postgresql_where=SUSPECTED)
Index("items_running", items.c.worker, sqlite_where=RUNNING, postgresql_where=RUNNING)
Index("items_failed", items.c.job, items.c.number, sqlite_where=FAILED, postgresql_where=FAILED)


IS_NUMBERED = items.c.number.between(bindparam("lowest"), bindparam("highest")) & items.c.number.in_(
    bindparam("numbers", expanding=True)
)
"""It has one of the numbers that ``numbered`` binds.

The bounds beside the list are for PostgreSQL: as long as its statistics are of smaller jobs it would compare every item
of the job with every number.
"""


def numbered(numbers: Collection[int]) -> dict[str, object]:
    """The numbers of ``IS_NUMBERED``, at least one."""
    return {"lowest": min(numbers), "highest": max(numbers), "numbers": list(numbers)}


events = Table(
    "events",
    metadata,
    Column("job", Text, primary_key=True),
    Column("id", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("at", Double, nullable=False),
    Column("number", Integer),
    Column("data", Text, nullable=False),
    sqlite_with_rowid=False,
)

workers = Table(
    "workers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("applications", Text, nullable=False),
    Column("started_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False),
)
"""The leases: one row a worker, whatever it holds."""

outbox = Table(
    "outbox",
    metadata,
    Column("job", Text, primary_key=True),
    Column("event", Integer, primary_key=True),
    Column("url", Text, nullable=False),
    Column("due_at", Double),  # None: nothing more is sent
    Column("tries", Integer, nullable=False),
    Column("delivered_at", Double),
    Column("failure", Text),
    ForeignKeyConstraint(["job"], ["jobs.id"], ondelete="CASCADE"),
)
"""Webhooks to send: written in the transaction of the event that they tell."""
Index("outbox_due", outbox.c.due_at, sqlite_where=DUE, postgresql_where=DUE)

conclusions = Table(
    "conclusions",
    metadata,
    Column("job", Text, primary_key=True),
    Column("revision", Integer, nullable=False),  # counts what asks for it: the last item, a correction
    Column("tries", Integer, nullable=False),  # of all revisions: no two write to one folder
    Column("failures", Integer, nullable=False),  # of this revision, workers that died with it among them
    Column("due_at", Double),  # None: there is nothing to do
    Column("worker", Text),  # that makes it now, until then
    Column("files", Text),  # of the last revision that was made
    Column("failure", Text),
    Column("made_at", Double),
    ForeignKeyConstraint(["job"], ["jobs.id"], ondelete="CASCADE"),
)
"""What is made of all results of a job together, once its last item has ended; the job ends with it."""
Index("conclusions_due", conclusions.c.due_at, sqlite_where=DUE, postgresql_where=DUE)

AHEAD_S = 3600.0
"""No pause and no lease is as long: a moment farther off was written before the clock was set back."""


NOW = bindparam("now", type_=Double)
"""The current time in a statement that is built once: whoever executes it says what it is."""


def has_come(moment: Column[float], now: ColumnElement[float] = NOW) -> ColumnElement[bool]:
    """Of a column with a time: it has come, or would come never where the clock was set back by much."""
    return or_(moment <= now, moment > now + AHEAD_S)
