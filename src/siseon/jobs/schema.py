"""The tables. ``migrations/`` makes them; a test holds the two equal.

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
    LargeBinary,
    MetaData,
    Table,
    Text,
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


def numbered(numbers: Collection[int]) -> ColumnElement[bool]:
    """Of rows of ``items``: they have one of these numbers, at least one.

    The bounds beside the list are for PostgreSQL: as long as its statistics are of smaller jobs it would compare every
    item of the job with every number.
    """
    return items.c.number.between(min(numbers), max(numbers)) & items.c.number.in_(list(numbers))


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

streams = Table(
    "streams",
    metadata,
    Column("name", Text, primary_key=True),
    Column("address", Text, nullable=False),  # with its user and password
    Column("application", Text, nullable=False),
    Column("options", Text, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("owner", Text),  # the service that runs it, as long as that lives
    Column(
        "trusted", Integer, nullable=False, server_default=text("1")
    ),  # its address came from the machine's owner
)
"""Of ``siseon.streams``, as all up to ``history``: they lie here since one database has one row of migrations."""

alarms = Table(
    "alarms",
    metadata,
    Column("id", Text, primary_key=True),
    Column("stream", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("webhook", Text),
    Column("memory", Text, nullable=False),  # of values: delays go on in who watches the stream next
    Column("active", Integer, nullable=False),
    Column("acknowledged", Integer, nullable=False),
    Column("latched", Integer, nullable=False),
    Column("shelved_until", Double),
    Column("realarm_at", Double),
    Column("due_at", Double),  # the one of these two that comes
    Column("state", Text, nullable=False),  # in words, to be asked for
    Column("value", Double),
    Column("unit", Text),
    Column("compared", Double),
    Column("changed_at", Double, nullable=False),
    Column("acknowledged_by", Text),
    Column("acknowledged_at", Double),
    Column("shelved_by", Text),
)
Index("alarms_stream", alarms.c.stream)
Index("alarms_due", alarms.c.due_at, sqlite_where=DUE, postgresql_where=DUE)

alarm_log = Table(
    "alarm_log",
    metadata,
    Column("one", Integer, primary_key=True),
    Column("last_event", Integer, nullable=False),
)
"""One row: whoever appends to ``alarm_events`` or changes an alarm holds it first, so ids have no gaps and are in the
order of commits."""

alarm_events = Table(
    "alarm_events",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("at", Double, nullable=False),
    Column("stream", Text, nullable=False),
    Column("data", Text, nullable=False),
)
Index("alarm_events_at", alarm_events.c.at)
Index("alarm_events_stream", alarm_events.c.stream, alarm_events.c.id)

alarm_outbox = Table(
    "alarm_outbox",
    metadata,
    Column("event", Integer, primary_key=True, autoincrement=False),
    Column("url", Text, nullable=False),
    Column("due_at", Double),  # None: nothing more is sent
    Column("tries", Integer, nullable=False),
    Column("failure", Text),
    ForeignKeyConstraint(["event"], ["alarm_events.id"], ondelete="CASCADE"),
)
"""Webhooks of alarms, as ``outbox`` has those of jobs; what was delivered goes."""
Index("alarm_outbox_due", alarm_outbox.c.due_at, sqlite_where=DUE, postgresql_where=DUE)

history = Table(
    "history",
    metadata,
    Column("stream", Text, primary_key=True),
    Column("at", Double, primary_key=True),
    Column("tag", Text, primary_key=True),
    Column("value", Double),
    Column("unit", Text),
    Column("quality", Text, nullable=False),
    Column("reason", Text),
    sqlite_with_rowid=False,
)

clips = Table(
    "clips",
    metadata,
    Column("id", Text, primary_key=True),
    Column("stream", Text, nullable=False),
    Column("at", Double, nullable=False),  # of the first event
    Column("begins_at", Double, nullable=False),
    Column("reasons", Text, nullable=False),
    Column("seconds", Double, nullable=False),
    Column("frames", Integer, nullable=False),
    Column("nbytes", Integer, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
)
"""Videos of events; they stay when their stream goes."""
Index("clips_stream", clips.c.stream, clips.c.id)

stream_services = Table(
    "stream_services",
    metadata,
    Column("id", Text, primary_key=True),
    Column("expires_at", Double, nullable=False),
    Column("states", Text, nullable=False),  # of the streams that it runs, for those who list them elsewhere
)
"""The leases of those who run streams."""

calibrations = Table(
    "calibrations",
    metadata,
    Column("stream", Text, primary_key=True),
    Column("revision", Text, nullable=False),  # never used again: who has it need not read the picture anew
    Column("document", Text, nullable=False),
    Column("picture", LargeBinary),  # that later ones are laid on
    Column("changed_at", Double, nullable=False),
)
"""Where the instrument of a stream is in its pictures; gone with the stream."""

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


def has_come(moment: Column[float], now: float) -> ColumnElement[bool]:
    """Of a column with a time: it has come, or would come never where the clock was set back by much."""
    return or_(moment <= now, moment > now + AHEAD_S)
