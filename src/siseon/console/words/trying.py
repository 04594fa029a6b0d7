"""Words of the page where a picture is tried."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TryingWords:
    """In one language."""

    title: str
    picture: str
    drop: str
    paste: str
    choose: str
    photo: str
    examples: str
    example_sign: str
    example_dials: str
    example_cup: str
    example_sea: str
    application: str
    options: str
    no_options: str
    several: str
    default: str
    """``{value}``"""
    run: str
    running: str
    result: str
    before: str
    before_more: str
    found: str
    found_count: str
    """``{count}``"""
    nothing_found: str
    left_out: str
    """``{count}``"""
    layers: str
    labels: str
    lists: tuple[tuple[str, str], ...]
    """Names of lists in answers, and how they are called."""
    box: str
    outline: str
    mask: str
    line: str
    took: str
    """``{time}``"""
    trace: str
    whole: str
    degraded: str
    warnings: str
    times: str
    times_note: str
    queue: str
    compute: str
    items: str
    batch: str
    models: str
    model: str
    version: str
    fingerprint: str
    json: str
    programs: str
    as_curl: str
    as_python: str
    token_note: str
    wrong_option: str
    """``{name}``"""
    nothing_served: str
    nothing_served_more: str


EN = TryingWords(
    title="Try",
    picture="Picture",
    drop="Drop a picture here",
    paste="or paste one from the clipboard",
    choose="Choose a file",
    photo="Take a photo",
    examples="Or one of these",
    example_sign="A sign",
    example_dials="Two dials",
    example_cup="A cup of coffee",
    example_sea="The sea from above",
    application="Application",
    options="Options",
    no_options="It has no options for a single request.",
    several="several, separated by commas",
    default="default {value}",
    run="Run",
    running="Running …",
    result="Result",
    before="What is found appears here",
    before_more="Give a picture on the left. It is sent to this service only and is not kept.",
    found="Found",
    found_count="{count} found",
    nothing_found="Nothing was found in this picture.",
    left_out="and {count} more, in the JSON",
    layers="Layers",
    labels="Labels",
    lists=(
        ("lines", "Lines"),
        ("unread", "Not read"),
        ("detections", "Objects"),
        ("readings", "Instruments"),
        ("regions", "Texts"),
        ("slicks", "Slicks"),
        ("findings", "Safety"),
        ("refused", "Refused"),
    ),
    box="boxes",
    outline="outlines",
    mask="masks",
    line="needles",
    took="answered in {time}",
    trace="trace",
    whole="Complete",
    degraded="Partial",
    warnings="Warnings",
    times="Where the time went",
    times_note="Waiting in a queue, then work. Stages may overlap.",
    queue="Queue",
    compute="Work",
    items="Items",
    batch="Batch",
    models="Models used",
    model="Model",
    version="Version",
    fingerprint="SHA-256",
    json="JSON",
    programs="The same call as a program",
    as_curl="curl",
    as_python="Python",
    token_note="It takes the token from the variable SISEON_TOKEN.",  # noqa: S106 - no secret
    wrong_option="{name} is not a number",
    nothing_served="No pipeline is served",
    nothing_served_more="Start the service with the name of an application: siseon serve text gauges.",
)

KO = TryingWords(
    title="시험",
    picture="사진",
    drop="사진을 여기에 놓으세요",
    paste="또는 클립보드에서 붙여넣으세요",
    choose="파일 선택",
    photo="사진 찍기",
    examples="예제 사진",
    example_sign="표지판",
    example_dials="계기 두 개",
    example_cup="커피 한 잔",
    example_sea="위에서 본 바다",
    application="애플리케이션",
    options="옵션",
    no_options="요청별로 고를 수 있는 옵션이 없습니다.",
    several="여러 개는 쉼표로 구분",
    default="기본값 {value}",
    run="실행",
    running="실행 중 …",
    result="결과",
    before="찾은 내용이 여기에 표시됩니다",
    before_more="사진을 선택하세요. 사진은 이 서비스로만 전송되고 저장되지 않습니다.",
    found="찾은 내용",
    found_count="{count}개 찾음",
    nothing_found="이 사진에서 찾은 것이 없습니다.",
    left_out="그 밖의 {count}개는 JSON에 있습니다",
    layers="레이어",
    labels="이름표",
    lists=(
        ("lines", "글줄"),
        ("unread", "읽지 못함"),
        ("detections", "물체"),
        ("readings", "계기"),
        ("regions", "글"),
        ("slicks", "기름띠"),
        ("findings", "안전"),
        ("refused", "거부"),
    ),
    box="상자",
    outline="윤곽",
    mask="마스크",
    line="바늘",
    took="{time} 만에 응답",
    trace="추적",
    whole="완전함",
    degraded="일부만",
    warnings="경고",
    times="시간 사용",
    times_note="대기열에서 기다린 시간과 작업 시간입니다. 단계는 겹칠 수 있습니다.",
    queue="대기",
    compute="작업",
    items="항목",
    batch="배치",
    models="사용한 모델",
    model="모델",
    version="버전",
    fingerprint="SHA-256",
    json="JSON",
    programs="같은 호출을 프로그램으로",
    as_curl="curl",
    as_python="Python",
    token_note="토큰은 환경 변수 SISEON_TOKEN에서 읽습니다.",  # noqa: S106
    wrong_option="{name}: 숫자가 아닙니다",
    nothing_served="제공 중인 파이프라인이 없습니다",
    nothing_served_more="애플리케이션 이름을 지정해 서비스를 시작하세요: siseon serve text gauges",
)
