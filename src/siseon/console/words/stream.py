"""Words of the page of one stream."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StreamWords:
    """In one language."""

    back: str
    unknown: str
    unknown_more: str
    edit: str
    calibrate: str
    calibrate_first: str
    remove: str
    remove_sure: str
    values: str
    tag: str
    value: str
    quality: str
    no_values: str
    no_values_lost: str
    no_values_more: str
    history: str
    history_none: str
    history_off: str
    history_cut: str
    span: str
    span_quarter: str
    span_hour: str
    span_day: str
    span_week: str
    span_month: str
    csv: str
    figures: str
    frames: str
    per_second: str
    answered: str
    failed: str
    skipped: str
    skipped_note: str
    superseded: str
    superseded_note: str
    losses: str
    plain: str
    latency: str
    since: str
    retry: str
    options: str
    address: str
    application: str
    calibrated: str
    yes: str
    no: str
    created: str
    rules: str
    rules_none: str
    rule_kind: str
    rule_limit: str
    rule_seconds: str
    rule_add: str
    rule_remove: str
    rule_number: str
    clips: str
    clips_none: str
    clips_none_more: str
    clip_take: str
    clip_reason: str
    clip_play: str
    clip_download: str
    clip_remove: str
    clip_taking: str
    clip_failed: str
    clip_seconds: str
    events: str


EN = StreamWords(
    back="All streams",
    unknown="There is no stream of that name",
    unknown_more="It may have been removed, or renamed.",
    edit="Change",
    calibrate="Calibrate",
    calibrate_first=(
        "This gauge is not calibrated: it is read by sight. Show where it is, and its readings are surer."
    ),
    remove="Remove",
    remove_sure="Remove {name}? Its history goes; its clips stay.",
    values="Values",
    tag="Tag",
    value="Value",
    quality="Quality",
    no_values="No values yet",
    no_values_lost="No values while it is not live",
    no_values_more="They come with the first result. Not every application measures something.",
    history="History",
    history_none="No history in this span",
    history_off="No history is kept of this stream.",
    history_cut="Only the first {count} rows of this span are drawn; the table has all.",
    span="Span",
    span_hour="1 h",
    span_quarter="15 min",
    span_day="24 h",
    span_week="7 d",
    span_month="30 d",
    csv="Download CSV",
    figures="Figures",
    frames="Frames",
    per_second="{rate} per s",
    answered="Answered",
    failed="failed {count}",
    skipped="Skipped",
    skipped_note="beyond the rate",
    superseded="Superseded",
    superseded_note="by newer ones",
    losses="Connections lost or refused",
    plain="Without results",
    latency="Latency",
    since="Since {at}",
    retry="Next try in {seconds} s",
    options="Options",
    address="Address",
    application="Application",
    calibrated="Calibrated",
    yes="yes",
    no="no",
    created="Added",
    rules="Alarm rules",
    rules_none="No rule yet: nothing raises an alarm.",
    rule_kind="Raise when",
    rule_limit="Limit",
    rule_seconds="Seconds",
    rule_add="Add the rule",
    rule_remove="Remove the rule {kind}",
    rule_number="A number is needed.",
    clips="Clips",
    clips_none="No clip yet",
    clips_none_more="Take one now, or let alarms take them: see Change.",
    clip_take="Take a clip now",
    clip_reason="Taken in the console",
    clip_play="Play the clip of {at}",
    clip_download="Download the clip of {at}",
    clip_remove="Remove the clip of {at}",
    clip_taking="being taken",
    clip_failed="failed",
    clip_seconds="{seconds} s",
    events="Events",
)

KO = StreamWords(
    back="전체 스트림",
    unknown="해당 이름의 스트림이 없습니다",
    unknown_more="삭제되었거나 이름이 바뀌었을 수 있습니다.",
    edit="변경",
    calibrate="보정",
    calibrate_first="이 계기는 보정되지 않아 자동 인식으로 판독합니다. 위치를 지정하면 더 정확해집니다.",
    remove="삭제",
    remove_sure="{name}을(를) 삭제할까요? 기록은 지워지고 클립은 남습니다.",
    values="측정값",
    tag="태그",
    value="값",
    quality="품질",
    no_values="아직 측정값이 없습니다",
    no_values_lost="실시간 상태가 아니어서 값이 없습니다",
    no_values_more="첫 결과와 함께 표시됩니다. 측정값이 없는 애플리케이션도 있습니다.",
    history="기록",
    history_none="이 기간의 기록이 없습니다",
    history_off="이 스트림의 기록은 보관되지 않습니다.",
    history_cut="이 기간의 처음 {count}행만 그렸습니다. 전체는 표로 받을 수 있습니다.",
    span="기간",
    span_hour="1시간",
    span_quarter="15분",
    span_day="24시간",
    span_week="7일",
    span_month="30일",
    csv="CSV 내려받기",
    figures="수치",
    frames="프레임",
    per_second="초당 {rate}",
    answered="응답",
    failed="실패 {count}",
    skipped="건너뜀",
    skipped_note="속도 초과분",
    superseded="대체",
    superseded_note="더 새로운 영상으로",
    losses="연결 끊김·거부 횟수",
    plain="결과 없이 보기",
    latency="지연 시간",
    since="{at}부터",
    retry="{seconds}초 뒤 다시 연결",
    options="옵션",
    address="주소",
    application="애플리케이션",
    calibrated="보정됨",
    yes="예",
    no="아니요",
    created="추가한 때",
    rules="경보 규칙",
    rules_none="규칙이 없어 경보가 발생하지 않습니다.",
    rule_kind="조건",
    rule_limit="한계값",
    rule_seconds="시간(초)",
    rule_add="규칙 추가",
    rule_remove="{kind} 규칙 삭제",
    rule_number="숫자를 입력하세요.",
    clips="클립",
    clips_none="클립이 없습니다",
    clips_none_more="지금 저장하거나, 변경에서 경보 발생 시 자동 저장을 켜세요.",
    clip_take="지금 클립 저장",
    clip_reason="콘솔에서 저장",
    clip_play="{at} 클립 재생",
    clip_download="{at} 클립 내려받기",
    clip_remove="{at} 클립 삭제",
    clip_taking="저장 중",
    clip_failed="실패",
    clip_seconds="{seconds}초",
    events="이벤트",
)
