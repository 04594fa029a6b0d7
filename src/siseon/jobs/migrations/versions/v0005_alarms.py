"""Alarms of streams, what happened to them, and a history of figures."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Their tables."""
    due = sa.text("due_at IS NOT NULL")
    op.create_table(
        "alarms",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("webhook", sa.Text()),
        sa.Column("memory", sa.Text(), nullable=False),
        sa.Column("active", sa.Integer(), nullable=False),
        sa.Column("acknowledged", sa.Integer(), nullable=False),
        sa.Column("latched", sa.Integer(), nullable=False),
        sa.Column("shelved_until", sa.Double()),
        sa.Column("realarm_at", sa.Double()),
        sa.Column("due_at", sa.Double()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("value", sa.Double()),
        sa.Column("compared", sa.Double()),
        sa.Column("changed_at", sa.Double(), nullable=False),
        sa.Column("acknowledged_by", sa.Text()),
        sa.Column("acknowledged_at", sa.Double()),
        sa.Column("shelved_by", sa.Text()),
    )
    op.create_index("alarms_stream", "alarms", ["stream"])
    op.create_index("alarms_due", "alarms", ["due_at"], sqlite_where=due, postgresql_where=due)
    log = op.create_table(
        "alarm_log",
        sa.Column("one", sa.Integer(), primary_key=True),
        sa.Column("last_event", sa.Integer(), nullable=False),
    )
    op.bulk_insert(log, [{"one": 1, "last_event": 0}])
    op.create_table(
        "alarm_events",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
    )
    op.create_index("alarm_events_at", "alarm_events", ["at"])
    op.create_index("alarm_events_stream", "alarm_events", ["stream", "id"])
    op.create_table(
        "alarm_outbox",
        sa.Column("event", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("due_at", sa.Double()),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("failure", sa.Text()),
        sa.ForeignKeyConstraint(["event"], ["alarm_events.id"], ondelete="CASCADE"),
    )
    op.create_index("alarm_outbox_due", "alarm_outbox", ["due_at"], sqlite_where=due, postgresql_where=due)
    op.create_table(
        "history",
        sa.Column("stream", sa.Text(), primary_key=True),
        sa.Column("at", sa.Double(), primary_key=True),
        sa.Column("tag", sa.Text(), primary_key=True),
        sa.Column("value", sa.Double()),
        sa.Column("unit", sa.Text()),
        sa.Column("quality", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sqlite_with_rowid=False,
    )
