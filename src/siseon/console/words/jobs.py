"""Words of the pages on jobs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class JobsWords:
    """In one language."""

    title: str
    new: str
    new_note: str
    options: str
    wrong_options: str
    choose: str
    folder: str
    addresses: str
    drop: str
    sending: str
    unanswered: str
    submit: str
    all: str
    nothing: str
    nothing_more: str
    job: str
    state: str
    application: str
    progress: str
    left: str
    created: str
    of: str
    """``{done}`` ``{total}``"""
    failed_of: str
    """``{count}``"""
    queued: str
    running: str
    done: str
    done_in_part: str
    failed: str
    cancelled: str
    no_worker: str
    waiting_for_worker: str
    back: str
    rate: str
    per_second: str
    per_minute: str
    archive: str
    retry: str
    cancel: str
    conclusion: str
    conclusion_pending: str
    conclusion_waiting: str
    conclusion_running: str
    conclusion_failed: str
    conclusion_done: str
    correct_note: str
    corrections: str
    corrections_now: str
    apply: str
    uncorrect: str
    items: str
    which: str
    every: str
    before: str
    after: str
    no_items: str
    drawn: str
    """``{name}``"""
    result: str


EN = JobsWords(
    title="Jobs",
    new="New job",
    new_note="Pictures and videos, accepted once and run by workers; a job survives crashes and restarts.",
    options="Options as JSON (may be empty)",
    wrong_options='The options are no JSON: {"short_side": 480}, for example',
    choose="Choose files",
    folder="Choose a folder",
    addresses="Or addresses of pictures, one a line",
    drop="or drop them here",
    sending="Sending",
    unanswered="The service gave no answer.",
    submit="Submit",
    all="All jobs",
    nothing="No job yet",
    nothing_more=(
        "A job is many pictures or a video. It is done by a worker: siseon worker --applications text"
    ),
    job="Job",
    state="State",
    application="Application",
    progress="Progress",
    left="Time left",
    created="Created",
    of="{done} of {total}",
    failed_of="{count} failed",
    queued="Waiting",
    running="Running",
    done="Done",
    done_in_part="Done, some failed",
    failed="Failed",
    cancelled="Cancelled",
    no_worker="No worker",
    waiting_for_worker="siseon worker --applications …",
    back="All jobs",
    rate="Rate",
    per_second="per s",
    per_minute="per min",
    archive="All results",
    retry="Try failed ones again",
    cancel="Cancel the job",
    conclusion="Made of all results",
    conclusion_pending="It is made when the last result is there.",
    conclusion_waiting="Waiting for a worker",
    conclusion_running="Being made",
    conclusion_failed="It could not be made",
    conclusion_done="Made",
    correct_note=(
        "TOML with [[split]], [[merge]] and [[rename]], as the README of people shows; all"
        " is made again, no picture is looked at again."
    ),
    corrections="Corrections",
    corrections_now="Those that hold now",
    apply="Apply and render again",
    uncorrect="Take them back",
    items="Inputs and results",
    which="Which ones",
    every="All",
    before="Before",
    after="Next",
    no_items="Nothing here.",
    drawn="{name} with what was found",
    result="Result as JSON",
)


KO = JobsWords(
    title="작업",
    new="새 작업",
    new_note="사진과 동영상을 한 번 접수하면 작업자가 처리합니다. 중간에 무엇이 멈추어도 사라지지 않습니다.",
    options="옵션 (JSON, 비워도 됨)",
    wrong_options='옵션이 JSON이 아닙니다. 예: {"short_side": 480}',
    choose="파일 선택",
    folder="폴더 선택",
    addresses="또는 사진 주소, 한 줄에 하나",
    drop="또는 여기에 끌어다 놓으세요",
    sending="보내는 중",
    unanswered="서비스가 응답하지 않았습니다.",
    submit="접수",
    all="모든 작업",
    nothing="아직 작업이 없습니다",
    nothing_more="작업은 여러 사진이나 동영상입니다. 작업자가 처리합니다: siseon worker --applications text",
    job="작업",
    state="상태",
    application="애플리케이션",
    progress="진행",
    left="남은 시간",
    created="접수 시각",
    of="{total} 중 {done}",
    failed_of="실패 {count}",
    queued="대기",
    running="처리 중",
    done="완료",
    done_in_part="완료, 일부 실패",
    failed="실패",
    cancelled="취소됨",
    no_worker="작업자 없음",
    waiting_for_worker="siseon worker --applications …",
    back="모든 작업",
    rate="속도",
    per_second="초당",
    per_minute="분당",
    archive="모든 결과",
    retry="실패한 항목 다시 시도",
    cancel="작업 취소",
    conclusion="전체 결과로 만든 것",
    conclusion_pending="마지막 결과가 나오면 만듭니다.",
    conclusion_waiting="작업자를 기다리는 중",
    conclusion_running="만드는 중",
    conclusion_failed="만들지 못했습니다",
    conclusion_done="완료",
    correct_note=(
        "people의 README에 나오는 [[split]], [[merge]], [[rename]] 형식의 TOML입니다. 화면을 다시 보지 않고 결과만"
        " 다시 만듭니다."
    ),
    corrections="바로잡을 내용",
    corrections_now="현재 적용된 내용",
    apply="적용하고 다시 만들기",
    uncorrect="되돌리기",
    items="입력과 결과",
    which="표시할 항목",
    every="전체",
    before="이전",
    after="다음",
    no_items="여기에는 없습니다.",
    drawn="찾은 것을 그린 {name}",
    result="결과 (JSON)",
)
