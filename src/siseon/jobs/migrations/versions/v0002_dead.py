"""Jobs with dead letters are counted without a look at those that have none."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """An index over the few."""
    some = sa.text("failed > 0 AND removed_at IS NULL")
    op.create_index(
        "jobs_with_dead", "jobs", ["application"], unique=False, sqlite_where=some, postgresql_where=some
    )
