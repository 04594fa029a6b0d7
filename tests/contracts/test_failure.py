"""The table of failures is complete."""

from __future__ import annotations

import pytest

from siseon.contracts import DeadlineExceeded, Failure, FailureCode, SiseonError, StageFailed


@pytest.mark.parametrize("code", FailureCode)
def test_every_code_has_a_status_and_says_whether_to_retry(code) -> None:
    assert 400 <= code.http_status < 600
    assert isinstance(code.retryable, bool)


def test_only_faults_of_the_service_are_5xx_without_retry() -> None:
    lasting = {code.value for code in FailureCode if code.http_status >= 500 and not code.retryable}
    assert lasting == {
        "contract_violation",
        "stage_failed",
        "worker_stuck",
        "dependency_missing",
    }


def test_a_failure_keeps_the_innermost_stage() -> None:
    error = DeadlineExceeded("late").at("inner").at("outer")
    assert error.failure() == Failure(
        code=FailureCode.deadline_exceeded, message="late", retryable=True, stage="inner"
    )


def test_every_family_is_a_siseon_error_and_reads_as_its_message() -> None:
    assert str(StageFailed("broken")) == "broken"
    assert issubclass(StageFailed, SiseonError)
