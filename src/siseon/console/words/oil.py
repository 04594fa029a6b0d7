"""Words of the map of a flight over oil, and of its tables."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OilWords:
    """In one language."""

    map: str
    map_name: str
    """``{slicks}`` ``{frames}``"""
    hint: str
    hint_phone: str
    closer: str
    farther: str
    whole: str
    north: str
    layers: str
    footprints: str
    cameras: str
    grid: str
    later: str
    """``{done}`` ``{total}``"""
    making: str
    not_made: str
    unanswered: str
    no_files: str
    no_positions: str
    no_positions_more: str
    none_found: str
    no_frames_file: str
    reading: str
    left_out_slicks: str
    """``{drawn}`` ``{total}``"""
    left_out_frames: str
    """``{drawn}`` ``{total}``"""
    dashed: str
    failed: str
    """``{count}``"""
    failed_more: str
    """``{count}``"""
    area: str
    area_of: str
    without_code: str
    """``{area}``"""
    volume: str
    volume_note: str
    slicks: str
    frames_placed: str
    frames: str
    twice_note: str
    """``{area}``"""
    by_class: str
    look: str
    code: str
    count: str
    least: str
    most: str
    no_bound: str
    at_least: str
    """``{least}``"""
    between: str
    """``{least}`` ``{most}``"""
    all_of_it: str
    number: str
    seen: str
    ce90: str
    score: str
    position_from: str
    of_frames: str
    more_frames: str
    """``{names}`` ``{count}``"""
    filled: str
    twice: str
    note: str
    frame: str
    time: str
    says: str
    place: str
    on_map: str
    oil: str
    unsure: str
    no_oil: str
    not_the_sea: str
    not_optical: str
    sheen: str
    rainbow: str
    metallic: str
    discontinuous: str
    true_colour: str
    emulsion: str
    other: str
    previous: str
    next: str
    shown: str
    """``{first}`` ``{last}`` ``{total}``"""
    no_slicks: str
    no_frames: str
    show_on_map: str
    """``{number}``"""
    open_frame: str
    """``{name}``"""
    picture: str
    """``{name}``"""
    result: str
    no_item: str
    report_html: str
    report_pdf: str
    limits: str


EN = OilWords(
    map="Map of the flight",
    map_name="Map of the flight: {slicks} slicks, {frames} frames",
    hint=(
        "Drag or use the arrow keys to move, + and − to zoom, 0 for all of it, N and P to go from "
        "one to the next, Enter to open it. Ctrl and the wheel zoom too."
    ),
    hint_phone="Pinch to zoom, then drag to move.",
    closer="Zoom in",
    farther="Zoom out",
    whole="Show all of it",
    north="N",
    layers="Shown on the map",
    footprints="Footprints of frames",
    cameras="Camera and its course",
    grid="Longitude and latitude",
    later="The map is drawn when the last frame is answered: {done} of {total} are.",
    making="All frames are answered; the map is being made.",
    not_made="There is no map: what is made of all results could not be made.",
    unanswered="There is no map: the job was cancelled, or no frame was answered.",
    no_files="This job has no map.",
    no_positions="No frame has a position, so there is no map.",
    no_positions_more="Frames below say what is missing.",
    none_found="No oil was found in the frames that have a position.",
    no_frames_file=("The frames of this job are not on the map: it was made by an earlier version."),
    reading="Drawing the map",
    left_out_slicks=("The {drawn} largest of {total} slicks are drawn. The tables and files have all."),
    left_out_frames=("{drawn} of {total} frames with a position are drawn. The table and files have all."),
    dashed="Dashed: the position was filled in from other frames.",
    failed="Frames that failed and are not on the map: {count}",
    failed_more="and {count} more, in the inputs below",
    area="Oil on the map",
    area_of="Area",
    without_code="without {area} of looks that have no code",
    volume="Volume",
    volume_note="Bonn code, least to most",
    slicks="Slicks",
    frames_placed="Frames on the map",
    frames="Frames",
    twice_note="{area} may be counted twice",
    by_class="Area and volume by appearance",
    look="Appearance",
    code="Bonn code",
    count="Slicks",
    least="Least",
    most="Most",
    no_bound="no upper bound",
    at_least="at least {least}",
    between="{least} to {most}",
    all_of_it="All",
    number="No.",
    seen="Seen (UTC)",
    ce90="Position error (CE90)",
    score="Score",
    position_from="Position from",
    of_frames="In frames",
    more_frames="{names} and {count} more",
    filled="filled in from other frames",
    twice="may be counted twice",
    note="Note",
    frame="Frame",
    time="Time (UTC)",
    says="Found",
    place="Place",
    on_map="on the map",
    oil="oil",
    unsure="unsure",
    no_oil="no oil",
    not_the_sea="not the sea",
    not_optical="not optical",
    sheen="Sheen",
    rainbow="Rainbow",
    metallic="Metallic",
    discontinuous="Discontinuous true colour",
    true_colour="Continuous true colour",
    emulsion="Emulsion",
    other="Other",
    previous="Earlier ones",
    next="Further ones",
    shown="{first} to {last} of {total}",
    no_slicks="No slick was found.",
    no_frames="No frame was answered.",
    show_on_map="Show slick {number} on the map",
    open_frame="Open the result of {name}",
    picture="{name} with what was found",
    result="Result as JSON",
    no_item="The result of this frame could not be found among the job's inputs.",
    report_html="Report (HTML)",
    report_pdf="Report (PDF)",
    limits=(
        "Volumes follow from area and appearance by the Bonn Agreement Oil Appearance Code. "
        "Appearance is told by a network that was trained on drawn pictures: a person must look at "
        "the frames before anything rests on this."
    ),
)


KO = OilWords(
    map="비행 지도",
    map_name="비행 지도: 기름띠 {slicks}개, 사진 {frames}장",
    hint=(
        "끌거나 화살표 키로 이동하고 +와 −로 확대·축소합니다. 0은 전체 보기, N과 P는 다음과 이전 "
        "대상, Enter는 열기입니다. Ctrl과 휠로도 확대·축소할 "
        "수 있습니다."
    ),
    hint_phone="두 손가락으로 확대한 뒤 끌어서 이동하세요.",
    closer="확대",
    farther="축소",
    whole="전체 보기",
    north="북",
    layers="지도에 표시",
    footprints="사진 촬영 범위",
    cameras="카메라와 이동 경로",
    grid="경위도선",
    later="마지막 사진까지 처리되면 지도를 그립니다: {total}장 중 {done}장 완료.",
    making="사진 처리가 모두 끝나 지도를 만드는 중입니다.",
    not_made="전체 결과를 만들지 못해 지도가 없습니다.",
    unanswered="작업이 취소되었거나 처리된 사진이 없어 지도가 없습니다.",
    no_files="이 작업에는 지도가 없습니다.",
    no_positions="위치를 아는 사진이 없어 지도를 그릴 수 없습니다.",
    no_positions_more="무엇이 빠졌는지는 아래 사진 표에 있습니다.",
    none_found="위치를 아는 사진에서 기름이 발견되지 않았습니다.",
    no_frames_file="이전 버전에서 만든 작업이라 사진은 지도에 없습니다.",
    reading="지도를 그리는 중",
    left_out_slicks="기름띠 {total}개 중 큰 것부터 {drawn}개만 그렸습니다. 표와 파일에는 모두 있습니다.",
    left_out_frames="위치를 아는 사진 {total}장 중 {drawn}장만 그렸습니다. 표와 파일에는 모두 있습니다.",
    dashed="점선: 위치를 앞뒤 사진에서 채웠습니다.",
    failed="사진 {count}장은 처리에 실패해 지도에 없습니다",
    failed_more="그 밖에 {count}장은 아래 입력 목록에 있습니다",
    area="지도의 기름 면적",
    area_of="면적",
    without_code="코드가 없는 외관 {area} 제외",
    volume="부피",
    volume_note="본 협약 코드, 최소~최대",
    slicks="기름띠",
    frames_placed="지도에 있는 사진",
    frames="사진",
    twice_note="{area}는 중복 집계일 수 있음",
    by_class="외관별 면적과 부피",
    look="외관",
    code="본 협약 코드",
    count="기름띠 수",
    least="최소",
    most="최대",
    no_bound="상한 없음",
    at_least="최소 {least}",
    between="{least}~{most}",
    all_of_it="합계",
    number="번호",
    seen="관측 시각(UTC)",
    ce90="위치 오차(CE90)",
    score="점수",
    position_from="위치 출처",
    of_frames="담긴 사진",
    more_frames="{names} 외 {count}장",
    filled="앞뒤 사진에서 채움",
    twice="중복 집계일 수 있음",
    note="비고",
    frame="사진",
    time="시각(UTC)",
    says="결과",
    place="위치",
    on_map="지도에 있음",
    oil="기름 있음",
    unsure="불확실",
    no_oil="기름 없음",
    not_the_sea="바다가 아님",
    not_optical="광학 사진이 아님",
    sheen="은빛 유막",
    rainbow="무지개빛 유막",
    metallic="금속빛 유막",
    discontinuous="불연속 진색 유막",
    true_colour="연속 진색 유막",
    emulsion="유화유",
    other="기타",
    previous="이전",
    next="다음",
    shown="{total}개 중 {first}~{last}",
    no_slicks="발견된 기름띠가 없습니다.",
    no_frames="처리된 사진이 없습니다.",
    show_on_map="지도에서 보기: 기름띠 {number}",
    open_frame="결과 열기: {name}",
    picture="{name}에서 찾은 것",
    result="결과(JSON)",
    no_item="이 사진의 결과를 작업의 입력에서 찾지 못했습니다.",
    report_html="보고서(HTML)",
    report_pdf="보고서(PDF)",
    limits=(
        "부피는 본 협약 유막 외관 코드에 따라 면적과 외관에서 계산합니다. 외관은 그린 그림으로 "
        "학습한 신경망이 판정하므로, 근거로 삼기 전에 사람이 사진을 확인해야 "
        "합니다."
    ),
)
