"""The unit of an alarm's value: each of its events tells it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Its column."""
    op.add_column("alarms", sa.Column("unit", sa.Text()))
