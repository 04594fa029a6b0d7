"""The door to the database: what it takes, and what it calls the failures that libraries raise."""

from __future__ import annotations

import pytest
from sqlalchemy import exc, text

from siseon.contracts import FailureCode, InputError, StoreError
from siseon.jobs import store
from siseon.jobs.database import Database, translated


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


def test_a_file_that_is_no_database_is_named(tmp_path):
    (tmp_path / "jobs.db").write_bytes(b"hello, this is a letter " * 500)
    with pytest.raises(StoreError, match="damaged") as failure, Database(f"sqlite:///{tmp_path / 'jobs.db'}"):
        pass
    assert failure.value.code is FailureCode.storage_failed


def test_a_file_that_was_removed_is_named(tmp_path):
    with Database(f"sqlite:///{tmp_path / 'jobs.db'}") as database:
        for path in tmp_path.iterdir():
            path.unlink()
        with pytest.raises(StoreError, match="lost its tables"), database.beside() as other:
            store.jobs(other)


@pytest.mark.parametrize("name", ["\udcff", "a\udcff"])
def test_what_has_no_form_in_the_database_is_the_fault_of_who_names_it(database, name):
    with pytest.raises(InputError):
        store.jobs(database, application=name)
    with pytest.raises(InputError):
        store.events(database, "0" * 26, after=10**30)
