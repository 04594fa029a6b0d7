"""What an application makes of all pictures together: by the command line, resumed or not, and by a job."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydantic import BaseModel

from siseon.applications.application import Application
from siseon.applications.concluding import Answered, concluded, data_of
from siseon.applications.options import Choices
from siseon.applications.steps import Step
from siseon.contracts import ContractViolation, Encoded, MadeFile, SiseonError, StageFailed


class Size(BaseModel):
    bytes: int


def application(conclude) -> Application:
    return Application(
        kind=None,
        options=Choices,
        choices=Choices,
        result=Size,
        summary="",
        draw=None,
        text=None,
        count=None,
        conclude=conclude,
    )


def answered() -> Iterator[Answered[Size]]:
    yield Answered("a.png", Size(bytes=3), lambda: Encoded(b"abc", "a.png"))


def test_files_are_made_one_at_a_time_of_results_and_pictures() -> None:
    def conclude(options, pictures, unanswered):
        for picture in pictures:
            yield Encoded(picture.read().data * picture.data.bytes, picture.name)

    (file,) = concluded("size", application(conclude), Choices(), answered())
    assert file.data == b"abcabcabc"
    assert list(concluded("size", application(None), Choices(), answered())) == []


def test_what_is_longer_than_memory_is_made_on_the_disk(tmp_path) -> None:
    film = MadeFile(tmp_path / "film.mp4", "film.mp4")
    film.path.write_bytes(b"abc")

    (file,) = concluded("size", application(lambda *told: [film]), Choices(), answered())
    assert file is film
    assert file.nbytes == 3


def test_how_far_it_is_is_told_and_is_no_file() -> None:
    def conclude(options, pictures, unanswered):
        yield Step(name="drawing", done=1, total=2, unit="pictures")
        yield Encoded(b"1", "a.txt")

    told: list[Step] = []
    (file,) = concluded("size", application(conclude), Choices(), answered(), (), told.append)
    assert file.name == "a.txt"
    assert [(one.name, one.done, one.is_over) for one in told] == [("drawing", 1, False)]


def test_what_a_stranger_raises_or_makes_is_a_named_failure() -> None:
    def raising(options, pictures, unanswered):
        yield Encoded(b"1", "first.txt")
        raise ZeroDivisionError

    files = concluded("size", application(raising), Choices(), answered())
    assert next(files).name == "first.txt"
    with pytest.raises(StageFailed, match="conclude of 'size' raised"):
        next(files)
    with pytest.raises(ContractViolation, match="made a str"):
        list(concluded("size", application(lambda *told: ["x"]), Choices(), answered()))


@pytest.mark.parametrize("kept", [b"{", b"{}", b'{"data": {"bytes": "many"}}', b"[]"])
def test_a_kept_result_of_another_version_is_refused_by_name(kept) -> None:
    assert data_of(application(None), b'{"data": {"bytes": 3}}') == Size(bytes=3)
    with pytest.raises(SiseonError, match="cannot be read by this version"):
        data_of(application(None), kept)
