"""The tables of ``siseon.streams``: they are in the database of jobs, since one database has one row of migrations."""

from __future__ import annotations

from sqlalchemy import Column, Double, ForeignKeyConstraint, Index, Integer, LargeBinary, Table, Text, text

from siseon.jobs.schema import DUE, metadata

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
