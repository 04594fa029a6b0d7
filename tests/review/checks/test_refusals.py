"""What a service answers to broken uploads: each way to get it wrong is found."""

from __future__ import annotations

import io
import traceback
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image as Pillow
from PIL import ImageFile
from starlette.responses import JSONResponse, PlainTextResponse, Response

from siseon.contracts import Image, SiseonError
from siseon.media.decode import decode
from siseon.review import Report, Severity
from siseon.review.exchange import Group

Review = Callable[..., Report]
BROKEN = (Group.plain, Group.hostile, Group.malformed)


def found(report: Report) -> list[str]:
    return [violation.check for violation in report.violations]


def with_traceback(error: SiseonError) -> Response:
    text = "".join(traceback.format_exception(error))
    return JSONResponse({"code": error.code, "detail": text, "retryable": False}, error.code.http_status)


@pytest.mark.parametrize(
    ("check", "refuse"),
    [
        ("error-body", lambda error: PlainTextResponse("bad image", 400)),
        ("error-body", lambda error: JSONResponse({"code": "bad", "retryable": False}, 400)),
        ("leak", with_traceback),
        ("error-code", lambda error: JSONResponse({"detail": "bad", "retryable": False}, 400)),
        ("error-retryable", lambda error: JSONResponse({"detail": "bad", "code": "x"}, 400)),
        ("retry-after", lambda error: JSONResponse({"detail": "x", "code": "x", "retryable": True}, 429)),
    ],
)
def test_a_refusal_without_what_clients_need_is_found(
    reviewed: Review, check: str, refuse: Callable[[SiseonError], Response]
) -> None:
    report = reviewed(groups=BROKEN, refuse=refuse)
    assert found(report) == [check]


def test_a_decoder_whose_exceptions_nobody_catches_is_found_with_all_its_cases(reviewed: Review) -> None:
    def bare(data: bytes) -> Image:
        try:
            return decode(data)
        except SiseonError as error:
            raise OSError("cannot identify image file") from error

    report = reviewed(groups=BROKEN, decode=bare)
    first = report.first_breaking
    assert first.check == "hostile-upload"
    assert {"zero bytes", "JPEG cut at 60 %", "text named .jpg", "PNG header of 60000x60000"} <= set(
        first.cases
    )
    assert [
        violation.check for violation in report.violations if violation.severity is Severity.breaking
    ] == [first.check]


def test_a_decoder_that_makes_up_missing_pixels_is_found(
    reviewed: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)

    def lenient(data: bytes) -> Image:
        try:
            return decode(data)
        except SiseonError as error:
            try:
                with Pillow.open(io.BytesIO(data)) as picture:
                    return Image.from_array(np.array(picture.convert("RGB")))
            except (OSError, Pillow.DecompressionBombError):
                raise error from None

    report = reviewed(groups=BROKEN, decode=lenient)
    assert found(report) == ["garbage-accepted"]
    assert "JPEG cut at 60 %" in report.violations[0].cases


def test_a_service_without_a_limit_on_uploads_is_found(reviewed: Review) -> None:
    report = reviewed(groups=(Group.plain,), load=True, limit=1 << 40)
    assert found(report) == ["upload-limit"]
    assert not report.failed
