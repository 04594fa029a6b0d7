"""Every way to fail, by name. Exceptions inside, ``Failure`` values at the edges.

::

    SiseonError
    ├── InputError          what was sent cannot be used (media, parameters, files, URLs)
    ├── ContractViolation   a value broke the rules of its type at a joint between stages
    ├── ModelError          weights that are missing, wrong, damaged or cannot be pulled
    ├── CapacityError       more work than fits, or the service is going away
    ├── DeadlineExceeded    the answer would come too late
    ├── Cancelled           the caller has gone
    ├── Superseded          a newer item of the same flow took its place
    ├── JobError            a job that is not there, or not in a state for what is asked
    ├── StreamError         a stream or alarm that is not there, or cannot be what is asked
    ├── StoreError          the database of jobs, or what lies beside it, cannot be used
    ├── StageFailed         code of a stage raised something without a name
    ├── TranslatorFailed    a translator in the network or on this machine gave nothing that can be used
    └── DependencyMissing   an optional library is not installed
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict


class FailureCode(StrEnum):
    """The closed set of failure codes; see ``_RULES`` for what each means to a client."""

    unsupported_media = "unsupported_media"
    corrupt_image = "corrupt_image"
    image_too_large = "image_too_large"
    video_too_large = "video_too_large"
    empty_upload = "empty_upload"
    invalid_input = "invalid_input"
    file_unreadable = "file_unreadable"
    url_blocked = "url_blocked"
    url_refused = "url_refused"
    url_unreachable = "url_unreachable"
    safety_blocked = "safety_blocked"
    consent_missing = "consent_missing"
    contract_violation = "contract_violation"
    model_not_found = "model_not_found"
    model_load_failed = "model_load_failed"
    model_exists = "model_exists"
    network_failed = "network_failed"
    quantization_refused = "quantization_refused"
    weights_mismatch = "weights_mismatch"
    pull_failed = "pull_failed"
    storage_failed = "storage_failed"
    pipeline_not_found = "pipeline_not_found"
    not_found = "not_found"
    method_not_allowed = "method_not_allowed"
    not_acceptable = "not_acceptable"
    unauthorized = "unauthorized"
    forbidden = "forbidden"
    model_not_ready = "model_not_ready"
    model_in_use = "model_in_use"
    model_not_loaded = "model_not_loaded"
    deadline_exceeded = "deadline_exceeded"
    overloaded = "overloaded"
    shutting_down = "shutting_down"
    cancelled = "cancelled"
    superseded = "superseded"
    trace_not_found = "trace_not_found"
    job_not_found = "job_not_found"
    job_not_finished = "job_not_finished"
    job_item_failed = "job_item_failed"
    key_reused = "key_reused"
    queue_full = "queue_full"
    stream_not_found = "stream_not_found"
    stream_exists = "stream_exists"
    stream_not_live = "stream_not_live"
    streams_not_run = "streams_not_run"
    clip_not_ready = "clip_not_ready"
    alarm_not_found = "alarm_not_found"
    alarm_active = "alarm_active"
    store_unavailable = "store_unavailable"
    stage_failed = "stage_failed"
    translator_failed = "translator_failed"
    worker_died = "worker_died"
    worker_stuck = "worker_stuck"
    dependency_missing = "dependency_missing"

    @property
    def retryable(self) -> bool:
        """Whether the same request may succeed later without a change."""
        return _RULES[self][0]

    @property
    def http_status(self) -> int:
        """The HTTP status that a service answers with."""
        return _RULES[self][1]


_RULES: dict[FailureCode, tuple[bool, int]] = {
    FailureCode.unsupported_media: (False, 400),
    FailureCode.corrupt_image: (False, 400),
    FailureCode.image_too_large: (False, 413),
    FailureCode.video_too_large: (False, 413),
    FailureCode.empty_upload: (False, 400),
    FailureCode.invalid_input: (False, 400),
    FailureCode.file_unreadable: (False, 400),
    FailureCode.url_blocked: (False, 400),
    FailureCode.url_refused: (False, 400),
    FailureCode.url_unreachable: (True, 502),
    FailureCode.safety_blocked: (False, 422),
    FailureCode.consent_missing: (False, 403),
    FailureCode.contract_violation: (False, 500),
    FailureCode.model_not_found: (False, 404),
    FailureCode.model_load_failed: (False, 422),
    FailureCode.model_exists: (False, 409),
    FailureCode.network_failed: (False, 422),
    FailureCode.quantization_refused: (False, 422),
    FailureCode.weights_mismatch: (False, 422),
    FailureCode.pull_failed: (True, 502),
    FailureCode.storage_failed: (True, 507),
    FailureCode.pipeline_not_found: (False, 404),
    FailureCode.not_found: (False, 404),
    FailureCode.method_not_allowed: (False, 405),
    FailureCode.not_acceptable: (False, 406),
    FailureCode.unauthorized: (False, 401),
    FailureCode.forbidden: (False, 403),
    FailureCode.model_not_ready: (True, 503),
    FailureCode.model_in_use: (False, 409),
    FailureCode.model_not_loaded: (False, 409),
    FailureCode.deadline_exceeded: (True, 504),
    FailureCode.overloaded: (True, 503),
    FailureCode.shutting_down: (True, 503),
    FailureCode.cancelled: (True, 499),
    FailureCode.superseded: (False, 409),
    FailureCode.trace_not_found: (False, 404),
    FailureCode.job_not_found: (False, 404),
    FailureCode.job_not_finished: (False, 409),
    FailureCode.job_item_failed: (False, 409),
    FailureCode.key_reused: (False, 409),
    FailureCode.queue_full: (True, 503),
    FailureCode.stream_not_found: (False, 404),
    FailureCode.stream_exists: (False, 409),
    FailureCode.stream_not_live: (True, 409),
    FailureCode.streams_not_run: (False, 409),
    FailureCode.clip_not_ready: (True, 409),
    FailureCode.alarm_not_found: (False, 404),
    FailureCode.alarm_active: (False, 409),
    FailureCode.store_unavailable: (True, 503),
    FailureCode.stage_failed: (False, 500),
    FailureCode.translator_failed: (True, 502),
    FailureCode.worker_died: (True, 503),
    FailureCode.worker_stuck: (False, 500),
    FailureCode.dependency_missing: (False, 501),
}


class Failure(BaseModel):
    """A failure as it is told to a person or a client."""

    model_config = ConfigDict(frozen=True)

    code: FailureCode
    message: str
    hint: str | None = None
    """What to do about it."""
    retryable: bool
    stage: str | None = None
    """The stage it came from."""


class SiseonError(Exception):
    """The root of all named failures. ``message`` is the value, the rule it broke; ``hint`` the remedy."""

    default_code: ClassVar[FailureCode] = FailureCode.stage_failed

    def __init__(
        self,
        message: str,
        *,
        code: FailureCode | None = None,
        hint: str | None = None,
        stage: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.hint = hint
        self.stage = stage

    def failure(self) -> Failure:
        """The value to put into an answer."""
        return Failure(
            code=self.code,
            message=self.message,
            hint=self.hint,
            retryable=self.code.retryable,
            stage=self.stage,
        )

    def fresh(self) -> Self:
        """The same failure as an object of its own, without traceback and cause.

        One exception raised in two tasks mixes their frames, and a traceback keeps every local variable of its
        frames alive, pictures included.
        """
        new = type(self).__new__(type(self), *self.args)
        new.__dict__.update(self.__dict__)
        return new

    def at(self, stage: str) -> Self:
        """Fill in the stage unless an inner one has done so; returns the same exception."""
        if self.stage is None:
            self.stage = stage
        return self


class InputError(SiseonError):
    """What was sent cannot be used."""

    default_code = FailureCode.invalid_input


class ContractViolation(SiseonError):
    """A value broke the rules of its type."""

    default_code = FailureCode.contract_violation


class ModelError(SiseonError):
    """Weights are missing, wrong, damaged or cannot be pulled."""

    default_code = FailureCode.model_not_found


class CapacityError(SiseonError):
    """More work than fits now."""

    default_code = FailureCode.overloaded


class DeadlineExceeded(SiseonError):
    """The answer would come too late."""

    default_code = FailureCode.deadline_exceeded


class Cancelled(SiseonError):
    """The caller has gone."""

    default_code = FailureCode.cancelled


class Superseded(SiseonError):
    """A newer item of the same flow took its place."""

    default_code = FailureCode.superseded


class JobError(SiseonError):
    """A job is not there, or not in a state for what is asked."""

    default_code = FailureCode.job_not_found


class StreamError(SiseonError):
    """A stream or an alarm is not there, a name is taken, or it is not in a state for what is asked."""

    default_code = FailureCode.stream_not_found


class StoreError(SiseonError):
    """The database of jobs, or what lies beside it, cannot be used now."""

    default_code = FailureCode.store_unavailable


class StageFailed(SiseonError):
    """Code of a stage or pipeline raised something without a name."""

    default_code = FailureCode.stage_failed


class TranslatorFailed(SiseonError):
    """A translator cannot be reached, refuses, is not installed, or gave nothing that can be used."""

    default_code = FailureCode.translator_failed


class DependencyMissing(SiseonError):
    """An optional library is not installed; the hint names the command that gets it."""

    default_code = FailureCode.dependency_missing
