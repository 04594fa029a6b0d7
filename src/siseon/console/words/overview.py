"""Words of the overview."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OverviewWords:
    """In one language."""

    title: str
    try_picture: str
    ready: str
    starting: str
    draining: str
    unreachable: str
    started: str
    throughput: str
    throughput_note: str
    answered: str
    failed: str
    refused: str
    latency: str
    latency_note: str
    queue: str
    in_flight: str
    waiting: str
    memory: str
    weights: str
    cpu: str
    of_a_core: str
    pipelines: str
    pipeline: str
    per_second: str
    stages: str
    stages_note: str
    stages_none: str
    stage: str
    queue_time: str
    work_time: str
    batch: str
    lost: str
    lost_note: str
    lost_none: str
    cause: str
    items: str
    models: str
    model: str
    version: str
    calls: str
    no_models: str
    no_pipelines: str
    no_pipelines_more: str


EN = OverviewWords(
    title="Overview",
    try_picture="Try a picture",
    ready="Ready",
    starting="Loading models",
    draining="Shutting down",
    unreachable="No answer",
    started="Started",
    throughput="Throughput",
    throughput_note="requests a second, last five minutes",
    answered="Answered",
    failed="Failed",
    refused="Refused",
    latency="Latency",
    latency_note="of answers, over half a minute, estimated from a histogram",
    queue="Queue and admission",
    in_flight="In flight",
    waiting="Waiting items",
    memory="Memory",
    weights="weights {size}",
    cpu="CPU",
    of_a_core="of one core",
    pipelines="Pipelines",
    pipeline="Pipeline",
    per_second="per s",
    stages="Stages",
    stages_note="Means since the start.",
    stages_none="Nothing has run yet.",
    stage="Stage",
    queue_time="Queue",
    work_time="Work",
    batch="Batch",
    lost="Degradations by cause",
    lost_note="Items that a stage did not finish, since the start. Answers that had to do without say so.",
    lost_none="Every item has been finished.",
    cause="Cause",
    items="Items",
    models="Models in memory",
    model="Model",
    version="Version",
    calls="Calls",
    no_models="No model is loaded.",
    no_pipelines="No pipeline is served",
    no_pipelines_more="This service takes jobs alone. Start it with the name of an application to use one here.",
)

KO = OverviewWords(
    title="개요",
    try_picture="사진으로 시험",
    ready="정상",
    starting="모델 불러오는 중",
    draining="종료 중",
    unreachable="응답 없음",
    started="시작 시각",
    throughput="처리량",
    throughput_note="초당 요청 수, 최근 5분",
    answered="응답",
    failed="실패",
    refused="거절",
    latency="지연 시간",
    latency_note="최근 30초 응답 기준, 히스토그램 추정값",
    queue="대기열과 수용",
    in_flight="처리 중",
    waiting="대기 항목",
    memory="메모리",
    weights="가중치 {size}",
    cpu="CPU",
    of_a_core="코어 1개 기준",
    pipelines="파이프라인",
    pipeline="파이프라인",
    per_second="초당",
    stages="단계",
    stages_note="시작 이후 평균입니다.",
    stages_none="아직 실행된 작업이 없습니다.",
    stage="단계",
    queue_time="대기",
    work_time="작업",
    batch="배치",
    lost="원인별 품질 저하",
    lost_note="시작 이후 단계가 끝내지 못한 항목입니다. 해당 결과 없이 나간 응답에는 그 사실이 표시됩니다.",
    lost_none="모든 항목이 처리되었습니다.",
    cause="원인",
    items="항목",
    models="메모리에 있는 모델",
    model="모델",
    version="버전",
    calls="호출",
    no_models="불러온 모델이 없습니다.",
    no_pipelines="제공 중인 파이프라인이 없습니다",
    no_pipelines_more="이 서비스는 작업만 받습니다. 애플리케이션 이름을 지정해 시작하면 여기에서 사용할 수 있습니다.",
)
