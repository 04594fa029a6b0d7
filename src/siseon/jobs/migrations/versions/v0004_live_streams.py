"""Who runs which stream, whom its address comes from, and its calibration."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Columns of ``streams``, and the tables beside it."""
    op.add_column("streams", sa.Column("owner", sa.Text()))
    op.add_column("streams", sa.Column("trusted", sa.Integer(), nullable=False, server_default=sa.text("1")))
    op.create_table(
        "stream_services",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.Column("states", sa.Text(), nullable=False),
    )
    op.create_table(
        "calibrations",
        sa.Column("stream", sa.Text(), primary_key=True),
        sa.Column("revision", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("picture", sa.LargeBinary()),
        sa.Column("changed_at", sa.Double(), nullable=False),
    )
