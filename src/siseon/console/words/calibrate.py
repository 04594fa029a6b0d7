"""Words of the page that calibrates a gauge."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CalibrateWords:
    """In one language."""

    title: str
    back: str
    kind: str
    kind_dial: str
    kind_digital: str
    kind_counter: str
    step_centre: str
    step_rim: str
    step_scale: str
    step_corners: str
    step_done: str
    picture: str
    point_centre: str
    point_rim: str
    radius: str
    point_mark: str
    point_corner: str
    points: str
    value: str
    value_of: str
    across: str
    down: str
    add_point: str
    remove_point: str
    unit: str
    low: str
    high: str
    raise_alarms: str
    digits: str
    decimals: str
    turn: str
    more: str
    preview: str
    preview_missing: str
    missing_centre: str
    missing_rim: str
    missing_scale: str
    missing_corners: str
    propose: str
    proposing: str
    proposed: str
    proposed_none: str
    doubts: str
    refresh: str
    clear: str
    larger: str
    save: str
    forget: str
    still: str
    no_picture: str
    no_picture_more: str
    not_a_gauge: str
    not_a_gauge_more: str


EN = CalibrateWords(
    title="Calibrate {name}",
    back="Back to {name}",
    kind="Instrument",
    kind_dial="Dial with a needle",
    kind_digital="Digital display",
    kind_counter="Counter with drums",
    step_centre="1. Click on the middle of the dial: what the needle turns around.",
    step_rim="2. Click on the edge of the dial.",
    step_scale="3. Click on marks of the scale, and give their values. Drag points to correct them.",
    step_corners="Click on the corners of the digits: top left, top right, bottom right, bottom left.",
    step_done="Complete. Points can be dragged, or moved by arrow keys.",
    picture="Picture of {name}. Click to place points.",
    point_centre="Centre",
    point_rim="Edge {number}",
    radius="Edge: pixels from the centre",
    point_mark="Mark {number}",
    point_corner="Corner {number}",
    points="Points",
    value="Value",
    value_of="Value of mark {number}",
    across="{name}, x",
    down="{name}, y",
    add_point="Add a point",
    remove_point="Remove {name}",
    unit="Unit",
    low="Lower limit",
    high="Upper limit",
    raise_alarms="Raise an alarm beyond the limits",
    digits="Digits",
    decimals="Decimals",
    turn="One turn counts (dials without ends)",
    more="More options",
    preview="It would read",
    preview_missing="Missing: {what}",
    missing_centre="the centre",
    missing_rim="the edge",
    missing_scale="two marks with values",
    missing_corners="four corners",
    propose="Propose",
    proposing="Looking for the dial …",
    proposed="Proposed by sight. Look closely, then save.",
    proposed_none="Nothing could be proposed: {why}. Click on the picture.",
    doubts="Look closely: {doubt}",
    refresh="New picture",
    clear="Start over",
    larger="Larger",
    save="Save",
    forget="Forget the calibration",
    still="The camera is fixed: do not check whether it has moved",
    no_picture="There is no picture to calibrate on",
    no_picture_more="The stream must be live. It is tried again by itself.",
    not_a_gauge="This stream is not of gauges",
    not_a_gauge_more="Only streams of the application gauges are calibrated.",
)

KO = CalibrateWords(
    title="{name} 보정",
    back="{name}(으)로 돌아가기",
    kind="계기 종류",
    kind_dial="바늘 계기",
    kind_digital="디지털 표시창",
    kind_counter="숫자 드럼 계량기",
    step_centre="1. 바늘이 도는 중심을 클릭하세요.",
    step_rim="2. 계기판 가장자리를 클릭하세요.",
    step_scale="3. 눈금을 클릭하고 값을 입력하세요. 점을 끌어 위치를 고칠 수 있습니다.",
    step_corners="숫자 영역의 모서리를 왼쪽 위, 오른쪽 위, 오른쪽 아래, 왼쪽 아래 순서로 클릭하세요.",
    step_done="입력이 끝났습니다. 점을 끌거나 화살표 키로 옮길 수 있습니다.",
    picture="{name} 영상. 클릭하여 점을 찍으세요.",
    point_centre="중심",
    point_rim="가장자리 {number}",
    radius="가장자리: 중심에서의 거리(픽셀)",
    point_mark="눈금 {number}",
    point_corner="모서리 {number}",
    points="점",
    value="값",
    value_of="눈금 {number}의 값",
    across="{name} 가로",
    down="{name} 세로",
    add_point="점 추가",
    remove_point="{name} 삭제",
    unit="단위",
    low="하한",
    high="상한",
    raise_alarms="한계를 벗어나면 경보 발생",
    digits="자릿수",
    decimals="소수 자릿수",
    turn="한 바퀴의 값(끝이 없는 계기)",
    more="추가 옵션",
    preview="판독 미리보기",
    preview_missing="필요한 항목: {what}",
    missing_centre="중심",
    missing_rim="가장자리",
    missing_scale="값이 있는 눈금 2개",
    missing_corners="모서리 4개",
    propose="자동 제안",
    proposing="계기판을 찾는 중 …",
    proposed="자동으로 제안한 결과입니다. 확인한 뒤 저장하세요.",
    proposed_none="자동으로 제안하지 못했습니다: {why}. 영상을 직접 클릭하세요.",
    doubts="확인이 필요합니다: {doubt}",
    refresh="새 영상",
    clear="처음부터",
    larger="확대",
    save="저장",
    forget="보정 삭제",
    still="카메라가 고정되어 있음: 움직임을 확인하지 않음",
    no_picture="보정에 사용할 영상이 없습니다",
    no_picture_more="스트림이 실시간 상태여야 합니다. 자동으로 다시 시도합니다.",
    not_a_gauge="계기 판독 스트림이 아닙니다",
    not_a_gauge_more="gauges 애플리케이션의 스트림만 보정할 수 있습니다.",
)
