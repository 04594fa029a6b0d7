"""Words of alarms: kinds, states, events and what is done about them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AlarmsWords:
    """In one language."""

    title: str
    all_well: str
    all_well_more: str
    none: str
    none_more: str
    filter: str
    filter_attention: str
    filter_active: str
    filter_shelved: str
    filter_all: str
    by: str
    by_hint: str
    by_needed: str
    alarm: str
    stream: str
    state: str
    priority: str
    value: str
    since: str
    acknowledge: str
    acknowledge_of: str
    acknowledge_all: str
    shelve: str
    shelve_of: str
    shelve_for: str
    unshelve: str
    unshelve_of: str
    reset: str
    reset_of: str
    until: str
    done_by: str
    minutes_15: str
    hour_1: str
    hours_8: str
    day_1: str
    events: str
    events_none: str
    at: str
    what: str
    who: str
    limit: str
    seconds: str
    kind_high_high: str
    kind_high: str
    kind_low: str
    kind_low_low: str
    kind_deviation: str
    kind_rate_of_change: str
    kind_stale: str
    state_normal: str
    state_unacknowledged: str
    state_acknowledged: str
    state_returned_unacknowledged: str
    state_latched_unacknowledged: str
    state_latched_acknowledged: str
    state_shelved: str
    priority_low: str
    priority_medium: str
    priority_high: str
    priority_critical: str
    event_raised: str
    event_returned: str
    event_acknowledged: str
    event_realarmed: str
    event_shelved: str
    event_unshelved: str
    event_reset: str
    event_removed: str


EN = AlarmsWords(
    title="Alarms",
    all_well="No alarm needs you",
    all_well_more="Alarms that are raised appear here, whichever page of theirs is open.",
    none="No alarm rule yet",
    none_more="Give a stream limits: when you calibrate it, or on its page under alarm rules.",
    filter="Show",
    filter_attention="To acknowledge",
    filter_active="Active",
    filter_shelved="Shelved",
    filter_all="All",
    by="Your name",
    by_hint="It is written into the log with what you do.",
    by_needed="Say who you are first.",
    alarm="Alarm",
    stream="Stream",
    state="State",
    priority="Priority",
    value="Value",
    since="Since",
    acknowledge="Acknowledge",
    acknowledge_of="Acknowledge {alarm}",
    acknowledge_all="Acknowledge all",
    shelve="Shelve",
    shelve_of="Shelve {alarm}",
    shelve_for="Shelve for",
    unshelve="Unshelve",
    unshelve_of="Unshelve {alarm}",
    reset="Reset",
    reset_of="Reset {alarm}",
    until="until {at}",
    done_by="by {by}",
    minutes_15="15 min",
    hour_1="1 h",
    hours_8="8 h",
    day_1="24 h",
    events="Event log",
    events_none="Nothing has happened yet.",
    at="Time",
    what="What",
    who="Who",
    limit="limit {limit}",
    seconds="after {seconds} s",
    kind_high_high="far too high",
    kind_high="too high",
    kind_low="too low",
    kind_low_low="far too low",
    kind_deviation="off its setpoint",
    kind_rate_of_change="changes too fast",
    kind_stale="no good value",
    state_normal="normal",
    state_unacknowledged="active, not acknowledged",
    state_acknowledged="active, acknowledged",
    state_returned_unacknowledged="back to normal, not acknowledged",
    state_latched_unacknowledged="latched, not acknowledged",
    state_latched_acknowledged="latched, acknowledged",
    state_shelved="shelved",
    priority_low="low",
    priority_medium="medium",
    priority_high="high",
    priority_critical="critical",
    event_raised="raised",
    event_returned="back to normal",
    event_acknowledged="acknowledged",
    event_realarmed="raised again",
    event_shelved="shelved",
    event_unshelved="unshelved",
    event_reset="reset",
    event_removed="rule removed",
)

KO = AlarmsWords(
    title="경보",
    all_well="확인할 경보가 없습니다",
    all_well_more="경보가 발생하면 여기에 표시됩니다.",
    none="경보 규칙이 없습니다",
    none_more="스트림을 보정할 때 또는 스트림 페이지의 경보 규칙에서 한계값을 지정하세요.",
    filter="표시",
    filter_attention="확인 필요",
    filter_active="활성",
    filter_shelved="보류",
    filter_all="전체",
    by="이름",
    by_hint="수행한 작업과 함께 기록에 남습니다.",
    by_needed="먼저 이름을 입력하세요.",
    alarm="경보",
    stream="스트림",
    state="상태",
    priority="우선순위",
    value="값",
    since="발생 시각",
    acknowledge="확인",
    acknowledge_of="{alarm} 확인",
    acknowledge_all="모두 확인",
    shelve="보류",
    shelve_of="{alarm} 보류",
    shelve_for="보류 시간",
    unshelve="보류 해제",
    unshelve_of="{alarm} 보류 해제",
    reset="초기화",
    reset_of="{alarm} 초기화",
    until="{at}까지",
    done_by="작업자 {by}",
    minutes_15="15분",
    hour_1="1시간",
    hours_8="8시간",
    day_1="24시간",
    events="이벤트 기록",
    events_none="아직 이벤트가 없습니다.",
    at="시각",
    what="내용",
    who="작업자",
    limit="한계값 {limit}",
    seconds="{seconds}초 후",
    kind_high_high="매우 높음",
    kind_high="높음",
    kind_low="낮음",
    kind_low_low="매우 낮음",
    kind_deviation="설정값 이탈",
    kind_rate_of_change="변화 속도 초과",
    kind_stale="유효한 값 없음",
    state_normal="정상",
    state_unacknowledged="활성, 미확인",
    state_acknowledged="활성, 확인됨",
    state_returned_unacknowledged="복귀, 미확인",
    state_latched_unacknowledged="래치, 미확인",
    state_latched_acknowledged="래치, 확인됨",
    state_shelved="보류됨",
    priority_low="낮음",
    priority_medium="보통",
    priority_high="높음",
    priority_critical="긴급",
    event_raised="발생",
    event_returned="정상 복귀",
    event_acknowledged="확인됨",
    event_realarmed="다시 발생",
    event_shelved="보류됨",
    event_unshelved="보류 해제됨",
    event_reset="초기화됨",
    event_removed="규칙 삭제됨",
)
