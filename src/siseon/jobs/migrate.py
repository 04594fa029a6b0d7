"""Bring the tables up to date, once, however many processes start at the same time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from siseon.contracts import StoreError

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection, Engine

LOCK = 0x5153454F  # any number that nobody else takes in this database
MIGRATIONS = Path(__file__).with_name("migrations")


def migrate(engine: Engine) -> None:
    """Apply the migrations that are missing, in one transaction that no other process can be in.

    Raises:
        StoreError: a newer version of siseon has changed the tables since.
    """
    from sqlalchemy import text

    with engine.connect() as plain:
        connection = plain.execution_options(siseon_write=True)
        with connection.begin():
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            _upgrade(connection)


def config() -> Config:
    """Alembic's, without a file."""
    from alembic.config import Config

    found = Config()
    found.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    found.set_main_option("path_separator", "os")
    return found


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(config())
    current = MigrationContext.configure(connection).get_current_revision()
    if current == scripts.get_current_head():
        return
    if current is not None and current not in {each.revision for each in scripts.walk_revisions()}:
        raise StoreError(
            f"the tables of jobs are at version {current}, which this siseon does not know",
            hint="a newer siseon has used this database: use that one, or another database",
        )
    chosen = config()
    chosen.attributes["connection"] = connection
    command.upgrade(chosen, "head")
