"""Words of the pages on traces."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TracesWords:
    """In one language."""

    title: str
    recent: str
    slow: str
    failed: str
    choose: str
    nothing: str
    nothing_more: str
    none_of_kind: str
    trace: str
    when: str
    pipeline: str
    outcome: str
    good: str
    took: str
    waited: str
    slowest: str
    report: str
    report_note: str
    bottleneck: str
    """``{pipeline}`` ``{stage}`` ``{count}`` ``{p50}`` ``{p95}``"""
    no_bottleneck: str
    """``{pipeline}`` ``{count}``"""
    stage: str
    items: str
    batch: str
    of_batch: str
    """``{size}`` ``{most}``"""
    dropped: str
    share: str
    replicas: str
    wait: str
    work: str
    mates: str
    parts: str
    perfetto_all: str
    perfetto: str
    perfetto_note: str
    back: str
    waterfall: str
    spans: str
    more_spans: str
    """``{count}``"""
    gone: str


EN = TracesWords(
    title="Traces",
    recent="Newest",
    slow="Slowest of an hour",
    failed="Failed",
    choose="Which requests",
    nothing="No request has ended yet",
    nothing_more="Send one, on the page Try for example: what it waited for and what computed for it is kept here.",
    none_of_kind="None of this kind.",
    trace="Trace",
    when="Began",
    pipeline="Pipeline",
    outcome="Outcome",
    good="Answered",
    took="Took",
    waited="Wait for its turn",
    slowest="Longest in",
    report="Where the time goes",
    report_note="The newest requests of each pipeline, batch by batch.",
    bottleneck="{pipeline}: {stage} would be full first. {count} requests, p50 {p50}, p95 {p95}",
    no_bottleneck="{pipeline}: nothing was computed in {count} requests",
    stage="Stage",
    items="Items",
    batch="Batch",
    of_batch="{size} of {most}",
    dropped="dropped",
    share="Share",
    replicas="Replicas",
    wait="Wait",
    work="Work",
    mates="Shared with",
    parts="Parts",
    perfetto_all="All for Perfetto",
    perfetto="For Perfetto",
    perfetto_note="A file to open at ui.perfetto.dev or chrome://tracing.",
    back="All traces",
    waterfall="Waterfall",
    spans="Spans",
    more_spans="{count} more are in the table and in the file.",
    gone="This trace is not kept",
)


KO = TracesWords(
    title="추적",
    recent="최근",
    slow="1시간 동안 가장 느린 요청",
    failed="실패",
    choose="요청 종류",
    nothing="아직 끝난 요청이 없습니다",
    nothing_more="예를 들어 시험 페이지에서 하나 보내면, 무엇을 기다렸고 무엇이 계산했는지 여기에 남습니다.",
    none_of_kind="이런 요청은 없습니다.",
    trace="추적",
    when="시작",
    pipeline="파이프라인",
    outcome="결과",
    good="응답",
    took="걸린 시간",
    waited="차례 대기",
    slowest="가장 오래 걸린 단계",
    report="시간이 드는 곳",
    report_note="파이프라인마다 최근 요청을 배치별로 모았습니다.",
    bottleneck="{pipeline}: {stage} 단계가 가장 먼저 포화됩니다. 요청 {count}개, p50 {p50}, p95 {p95}",
    no_bottleneck="{pipeline}: 요청 {count}개에서 계산한 단계가 없습니다",
    stage="단계",
    items="항목",
    batch="배치",
    of_batch="{most} 중 {size}",
    dropped="버림",
    share="비율",
    replicas="복제본",
    wait="대기",
    work="작업",
    mates="같은 배치",
    parts="부분",
    perfetto_all="전체 내려받기 (Perfetto)",
    perfetto="내려받기 (Perfetto)",
    perfetto_note="ui.perfetto.dev 또는 chrome://tracing에서 여는 파일입니다.",
    back="모든 추적",
    waterfall="시간 흐름",
    spans="구간",
    more_spans="나머지 {count}개는 표와 파일에 있습니다.",
    gone="이 추적은 남아 있지 않습니다",
)
