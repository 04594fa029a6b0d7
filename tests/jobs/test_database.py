"""The door to the database: what it takes, and what it calls the failures that libraries raise."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import event, exc, text

from siseon.contracts import FailureCode, InputError, StoreError
from siseon.jobs import store
from siseon.jobs.database import Database, DatabaseLost, translated


@pytest.mark.parametrize("wrong", ["", "nothing", "mysql://host/name", "sqlite://", "sqlite:///:memory:"])
def test_only_a_file_or_a_postgresql_is_taken(wrong):
    with pytest.raises(InputError):
        Database(wrong)


def test_a_password_is_in_no_message():
    wrong = Database("postgresql://user:sesame@127.0.0.1:9/name")
    with pytest.raises(StoreError) as refused, wrong:
        pass
    assert refused.value.code is FailureCode.store_unavailable
    assert "sesame" not in f"{refused.value.message} {refused.value.hint}"


def test_where_it_is_is_told_without_what_is_secret(tmp_path):
    assert Database(f"sqlite:///{tmp_path / 'jobs.db'}").place == str(tmp_path / "jobs.db")
    place = Database("postgresql://user:sesame@db:5433/jobs?sslpassword=sesame").place
    assert place == "postgresql://db:5433/jobs"


def test_an_option_that_postgresql_does_not_know_is_named():
    with pytest.raises(InputError, match='invalid connection option "foo"'):
        Database("postgresql://user@127.0.0.1:9/name?foo=bar").__enter__()


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError) as refused, Database(f"sqlite:///{tmp_path / 'file' / 'jobs.db'}"):
        pass
    assert refused.value.code is FailureCode.storage_failed


def test_a_transaction_that_fails_leaves_nothing(database):
    def fail() -> None:
        with database.write() as connection:
            connection.execute(text("DELETE FROM alembic_version"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar_one() == 1


@pytest.mark.parametrize("kind", ["read", "write"])
def test_a_transaction_that_ends_after_its_database_was_closed_leaves_no_connection_open(kind, url):
    """As that of a thread whose caller was cancelled."""
    database = Database(url)
    opened, closed = [], []
    with ExitStack() as thread:
        with database:
            event.listen(database.engine, "connect", lambda connection, entry: opened.append(connection))
            event.listen(database.engine, "close", lambda connection, entry: closed.append(connection))
            lent = [thread.enter_context(getattr(database, kind)())]
            if kind == "read":
                lent.append(thread.enter_context(database.read()))
        for connection in lent:
            assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar_one() == 1
    assert len(opened) == len(lent) - 1  # that of the migration was there
    assert len(closed) == len(lent)
    assert set(opened) <= set(closed)


@pytest.mark.parametrize(
    ("raised", "code"),
    [
        (exc.OperationalError("", {}, Exception("database is locked")), FailureCode.store_unavailable),
        (exc.OperationalError("", {}, Exception("database or disk is full")), FailureCode.storage_failed),
        (exc.OperationalError("", {}, Exception("disk I/O error")), FailureCode.storage_failed),
        (exc.InterfaceError("", {}, Exception("gone")), FailureCode.store_unavailable),
        (exc.InternalError("", {}, Exception("recovering")), FailureCode.store_unavailable),
        (exc.TimeoutError("pool"), FailureCode.store_unavailable),
        (
            exc.DBAPIError("", {}, Exception("cut"), connection_invalidated=True),
            FailureCode.store_unavailable,
        ),
    ],
)
def test_what_the_database_raises_is_named(raised, code):
    with pytest.raises(StoreError) as named, translated():
        raise raised
    assert named.value.code is code


def test_our_own_mistakes_stay_what_they_are(database):
    with pytest.raises(exc.SQLAlchemyError), database.read() as connection:
        connection.execute(text("SELECT nothing FROM jobs"))


def test_tables_that_were_dropped_are_named(database):
    """What waits for a failure of a name of ours, watchers and workers, would end or hang otherwise."""
    with database.write() as connection:
        connection.execute(text("DROP TABLE items"))
    with pytest.raises(StoreError, match="lost its tables"):
        store.dead(database)


def test_a_file_that_is_no_database_is_named(tmp_path):
    (tmp_path / "jobs.db").write_bytes(b"hello, this is a letter " * 500)
    with pytest.raises(StoreError, match="damaged") as failure, Database(f"sqlite:///{tmp_path / 'jobs.db'}"):
        pass
    assert failure.value.code is FailureCode.storage_failed


def test_a_place_that_cannot_be_opened_or_written_to_is_named(tmp_path, file, in_file):
    (tmp_path / "folder").mkdir()
    with (
        pytest.raises(StoreError, match="cannot be opened") as refused,
        Database(f"sqlite:///{tmp_path / 'folder'}"),
    ):
        pass
    assert refused.value.code is FailureCode.storage_failed

    @event.listens_for(in_file.engine, "checkout")
    def _read_only(connection, entry, proxy) -> None:  # as a file system that was mounted so
        connection.execute("PRAGMA query_only = 1").close()

    assert store.jobs(in_file) == []
    with pytest.raises(StoreError, match="readonly") as refused:
        store.submit(in_file, store.NewJob("text", ["a"]), queue_items=10)
    assert refused.value.code is FailureCode.storage_failed


@pytest.fixture
def file(tmp_path) -> Path:
    return tmp_path / "jobs.db"


@pytest.fixture
def in_file(file) -> Iterator[Database]:
    with Database(f"sqlite:///{file}") as database:
        yield database


def removed(file: Path) -> None:
    for path in file.parent.iterdir():
        path.unlink()


def replaced(file: Path) -> None:
    removed(file)
    with Database(f"sqlite:///{file}"):
        pass


@pytest.mark.parametrize("lose", [removed, replaced])
def test_nothing_is_accepted_into_a_file_that_was_removed_or_replaced(file, in_file, lose):
    store.register(in_file, "w", ["text"], 60.0)
    lose(file)
    calls = [
        lambda database: store.submit(database, store.NewJob("text", ["a"]), queue_items=10),
        lambda database: store.claim(database, "w", ["text"], 1),
        lambda database: store.beat(database, "w", 60.0),
        store.jobs,
    ]
    for call in calls:
        for connected in (in_file, in_file.beside().__enter__()):
            with pytest.raises(DatabaseLost, match="removed or replaced") as failure:
                call(connected)
            assert failure.value.code is FailureCode.storage_failed
    assert file.exists() is (lose is replaced)  # nor is another one made in its place


def test_a_file_that_is_put_back_is_used_again(file, in_file, tmp_path):
    aside = file.rename(tmp_path / "aside")
    with pytest.raises(DatabaseLost):
        store.jobs(in_file)
    aside.rename(file)
    assert store.jobs(in_file) == []


@pytest.mark.parametrize("name", ["\udcff", "a\udcff"])
def test_what_has_no_form_in_the_database_is_the_fault_of_who_names_it(database, name):
    with pytest.raises(InputError):
        store.jobs(database, application=name)
    with pytest.raises(InputError):
        store.events(database, "0" * 26, after=10**30)
