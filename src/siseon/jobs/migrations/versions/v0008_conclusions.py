"""What is made of all results of a job together."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Their table, and which jobs have one."""
    op.add_column("jobs", sa.Column("concludes", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.create_table(
        "conclusions",
        sa.Column("job", sa.Text(), primary_key=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.Double()),
        sa.Column("worker", sa.Text()),
        sa.Column("files", sa.Text()),
        sa.Column("failure", sa.Text()),
        sa.Column("made_at", sa.Double()),
        sa.ForeignKeyConstraint(["job"], ["jobs.id"], ondelete="CASCADE"),
    )
    due = sa.text("due_at IS NOT NULL")
    op.create_index(
        "conclusions_due", "conclusions", ["due_at"], unique=False, sqlite_where=due, postgresql_where=due
    )
