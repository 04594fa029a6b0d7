"""Words of the pages on models."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ModelsWords:
    """In one language."""

    title: str
    loaded: str
    not_loaded: str
    in_memory: str
    nothing_loaded: str
    catalogue: str
    catalogue_note: str
    nothing_found: str
    search: str
    name: str
    version: str
    task: str
    licence: str
    state: str
    weights: str
    weights_here: str
    weights_to_pull: str
    """``{host}``"""
    weights_to_bring: str
    where: str
    workers: str
    """``{count}``"""
    pipelines: str
    unused: str
    memory: str
    calls: str
    items: str
    """``{count}``"""
    mean: str
    latency: str
    latency_note: str
    pace: str
    pace_note: str
    throughput: str
    throughput_note: str
    back: str
    facts: str
    unknown: str
    versions: str
    versions_note: str
    load: str
    warm_up: str
    unload: str
    iterations: str
    working: str
    was_loaded: str
    """``{version}``"""
    was_warmed: str
    """``{version}`` ``{count}``"""
    was_unloaded: str
    """``{version}`` ``{size}``"""
    delete: str
    delete_sure: str
    """``{name}`` ``{version}``"""
    swap: str
    swap_note: str
    no_places: str
    place: str
    place_now: str
    """``{pipeline}`` ``{option}`` ``{model}``"""
    use: str
    was_swapped: str
    """``{pipeline}`` ``{option}`` ``{model}``"""
    register: str
    register_note: str
    choose: str
    drop: str
    sending: str
    unanswered: str
    submit: str


EN = ModelsWords(
    title="Models",
    loaded="Loaded",
    not_loaded="Not loaded",
    in_memory="In memory",
    nothing_loaded="No model is loaded.",
    catalogue="All models",
    catalogue_note="What this service knows. To pull: run “siseon models pull NAME” on this machine; to bring: put the"
    " file into a folder on SISEON_MODEL_PATH.",
    nothing_found="No model has this in its name or task.",
    search="Find by name or task",
    name="Model",
    version="Version",
    task="Task",
    licence="Licence",
    state="State",
    weights="Weights",
    weights_here="here",
    weights_to_pull="to pull from {host}",
    weights_to_bring="to bring",
    where="Runs on",
    workers="{count} worker processes",
    pipelines="Used by",
    unused="no pipeline",
    memory="Memory",
    calls="Calls",
    items="{count} items",
    mean="Mean",
    latency="Latency of a call",
    latency_note="mean of the calls in two seconds, last five minutes",
    pace="Calls a second",
    pace_note="last five minutes",
    throughput="Items a second",
    throughput_note="of one replica that is never idle",
    back="All models",
    facts="What it is",
    unknown="There is no model of this name",
    versions="Versions",
    versions_note="The name alone means the newest one that is loaded.",
    load="Load",
    warm_up="Warm up",
    unload="Unload",
    iterations="Runs",
    working="Working …",
    was_loaded="Version {version} is loaded.",
    was_warmed="Version {version} has run {count} times on zeros.",
    was_unloaded="Version {version} is unloaded; the process gave back {size}.",
    delete="Delete",
    delete_sure="Delete version {version} of {name} and its files? Only what was registered here can be deleted.",
    swap="Use it in a pipeline",
    swap_note="The new one loads and warms up while the old one answers; no request is lost."
    " An earlier version is the way back.",
    no_places="No pipeline that is served has a place for a model.",
    place="Place",
    place_now="{pipeline} · {option} (now {model})",
    use="Use this one",
    was_swapped="{pipeline} · {option} is now {model}.",
    register="Register a model, or a version of one",
    register_note="Its card (a .toml file that names the model and its version) and its network (.onnx)."
    " Nothing changes for pipelines until it is used in one.",
    choose="Choose files",
    drop="or drop them here",
    sending="Sending the files",
    unanswered="The service gave no answer that can be read.",
    submit="Register",
)


KO = ModelsWords(
    title="모델",
    loaded="불러옴",
    not_loaded="불러오지 않음",
    in_memory="메모리에 있는 모델",
    nothing_loaded="불러온 모델이 없습니다.",
    catalogue="모든 모델",
    catalogue_note="이 서비스가 아는 모델입니다. 받아야 하는 가중치는 이 장치에서 ‘siseon models pull 이름’을 실행해"
    " 받고, 직접 가져와야 하는 가중치는 SISEON_MODEL_PATH의 폴더에 넣습니다.",
    nothing_found="이름이나 작업에 이 글자가 든 모델이 없습니다.",
    search="이름이나 작업으로 찾기",
    name="모델",
    version="버전",
    task="작업",
    licence="라이선스",
    state="상태",
    weights="가중치",
    weights_here="이 장치에 있음",
    weights_to_pull="{host}에서 받아야 함",
    weights_to_bring="직접 가져와야 함",
    where="실행 위치",
    workers="작업 프로세스 {count}개",
    pipelines="사용하는 파이프라인",
    unused="없음",
    memory="메모리",
    calls="호출",
    items="항목 {count}개",
    mean="평균",
    latency="호출 지연 시간",
    latency_note="2초 동안의 호출 평균, 최근 5분",
    pace="초당 호출 수",
    pace_note="최근 5분",
    throughput="초당 항목 수",
    throughput_note="쉬지 않는 복제본 하나 기준",
    back="모든 모델",
    facts="모델 정보",
    unknown="이 이름의 모델이 없습니다",
    versions="버전",
    versions_note="이름만 쓰면 불러온 버전 가운데 가장 새것을 뜻합니다.",
    load="불러오기",
    warm_up="예열",
    unload="내리기",
    iterations="실행 횟수",
    working="진행 중 …",
    was_loaded="버전 {version}을(를) 불러왔습니다.",
    was_warmed="버전 {version}을(를) 0으로 채운 입력으로 {count}번 실행했습니다.",
    was_unloaded="버전 {version}을(를) 내렸습니다. 프로세스가 {size}을(를) 돌려주었습니다.",
    delete="삭제",
    delete_sure="{name}의 버전 {version}을(를) 삭제할까요? 파일도 지워집니다. 여기에 등록한 모델만 삭제할 수 있습니다.",
    swap="파이프라인에서 사용",
    swap_note="새 모델을 불러와 예열하는 동안 기존 모델이 응답하므로 요청을 잃지 않습니다. 이전 버전을 고르면"
    " 되돌립니다.",
    no_places="제공 중인 파이프라인에 모델을 바꿀 수 있는 자리가 없습니다.",
    place="자리",
    place_now="{pipeline} · {option} (현재 {model})",
    use="이 모델 사용",
    was_swapped="{pipeline} · {option}이(가) 이제 {model}입니다.",
    register="모델 또는 새 버전 등록",
    register_note="카드(모델 이름과 버전을 적은 .toml 파일)와 신경망(.onnx)입니다. 파이프라인에서 사용하기 전에는"
    " 아무것도 바뀌지 않습니다.",
    choose="파일 선택",
    drop="또는 여기에 끌어다 놓으세요",
    sending="파일을 보내는 중",
    unanswered="서비스의 응답을 읽을 수 없습니다.",
    submit="등록",
)
