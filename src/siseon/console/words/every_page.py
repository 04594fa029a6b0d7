"""Words that all pages use: states, failures, buttons."""

from __future__ import annotations

from dataclasses import dataclass

from siseon.console.words.failures import EN as FAILURES_EN
from siseon.console.words.failures import FailureWords
from siseon.console.words.failures_korean import KO as FAILURES_KO


@dataclass(frozen=True, slots=True)
class EveryPageWords:
    """In one language."""

    loading: str
    failed: str
    """Heads a failure whose code has no title of its own."""
    hint: str
    """Heads the remedy."""
    said: str
    """Heads the service's own message, which is English."""
    trace: str
    try_again: str
    no_files: str
    retryable: str
    """Of a failure that may pass by itself."""
    copy: str
    copied: str
    close: str
    cancel: str
    not_shown_here: str
    """Of a picture that the browser cannot decode."""
    no_chart_yet: str
    """In place of a chart without a point."""
    seconds_ago: str
    """``{seconds}``"""
    minutes: str
    """On an axis: ``{minutes}``"""
    span_days: str
    """``{days}`` ``{hours}``"""
    span_hours: str
    """``{hours}`` ``{minutes}``"""
    span_minutes: str
    """``{minutes}``"""
    span_seconds: str
    """``{seconds}``"""
    failures: FailureWords


EN = EveryPageWords(
    loading="Loading …",
    failed="This did not work",
    hint="What to do",
    said="What the service says",
    trace="Trace",
    try_again="Try again",
    no_files="Choose a file first.",
    retryable="The same request may succeed later.",
    copy="Copy",
    copied="Copied",
    close="Close",
    cancel="Cancel",
    not_shown_here="This browser cannot show pictures of this kind; what was found is drawn without it.",
    no_chart_yet="Nothing has happened yet",
    seconds_ago="{seconds} s ago",
    minutes="{minutes} min",
    span_days="{days} d {hours} h",
    span_hours="{hours} h {minutes} min",
    span_minutes="{minutes} min",
    span_seconds="{seconds} s",
    failures=FAILURES_EN,
)

KO = EveryPageWords(
    loading="불러오는 중 …",
    failed="실패했습니다",
    hint="해결 방법",
    said="서비스 메시지(영어)",
    trace="추적 ID",
    try_again="다시 시도",
    no_files="먼저 파일을 고르세요.",
    retryable="잠시 뒤 같은 요청이 성공할 수 있습니다.",
    copy="복사",
    copied="복사됨",
    close="닫기",
    cancel="취소",
    not_shown_here="이 브라우저가 표시하지 못하는 형식입니다. 찾은 내용만 그립니다.",
    no_chart_yet="아직 기록이 없습니다",
    seconds_ago="{seconds}초 전",
    minutes="{minutes}분",
    span_days="{days}일 {hours}시간",
    span_hours="{hours}시간 {minutes}분",
    span_minutes="{minutes}분",
    span_seconds="{seconds}초",
    failures=FAILURES_KO,
)
