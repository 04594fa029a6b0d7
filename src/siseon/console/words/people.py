"""Words of the people of a video."""

from __future__ import annotations

from dataclasses import dataclass

from siseon.console.words.told import EN as TOLD_EN
from siseon.console.words.told import KO as TOLD_KO
from siseon.console.words.told import ToldWords


@dataclass(frozen=True, slots=True)
class PeopleWords:
    """In one language."""

    title: str
    not_yet: str
    """``{done}`` ``{total}``"""
    no_timeline: str
    too_large: str
    """``{size}``"""
    unreadable: str
    nobody: str
    nobody_more: str
    parts_missing: str
    """``{count}``"""
    video: str
    no_video: str
    broken: str
    time: str
    time_of: str
    """``{at}`` ``{all}``"""
    person: str
    """``{number}``"""
    find: str
    shown: str
    """``{first}`` ``{last}`` ``{total}``"""
    none_found: str
    window: str
    whole: str
    shortened: str
    legend: str
    seen: str
    more: str
    """``{count}``"""
    with_somebody: str
    """``{name}``"""
    there: str
    """``{spans}``"""
    choose: str
    called: str
    role: str
    no_role: str
    child: str
    adult: str
    rename: str
    merge_with: str
    merge_note: str
    merge: str
    merge_unknown: str
    choose_other: str
    split: str
    """``{at}``"""
    split_note: str
    split_outside: str
    """``{name}`` ``{begin}`` ``{end}``"""
    corrections: str
    corrections_note: str
    none_yet: str
    told_split: str
    """``{who}`` ``{at}``"""
    told_merge: str
    """``{who}``"""
    told_rename: str
    """``{who}`` ``{name}``"""
    track: str
    """``{track}``"""
    track_of: str
    """``{track}`` ``{name}``"""
    holds: str
    not_applied: str
    refused: str
    take_back: str
    take_back_of: str
    """``{what}``"""
    render: str
    rendering: str
    forget: str
    nothing_changed: str
    not_rendered: str
    to_come: str
    """``{count}``"""
    to_go: str
    """``{count}``"""
    others_first: str
    other_run: str
    not_listed: str
    more_corrections: str
    """``{count}``"""
    step: str
    """``{step}`` ``{done}`` ``{total}``"""
    experts: str
    told: ToldWords


EN = PeopleWords(
    title="People",
    not_yet="The timeline is here when all parts of the video have been looked at: {done} of {total} so far.",
    no_timeline="There is no timeline: what was made of all parts is told below.",
    too_large="The timeline has {size}: too much for this page. It is among the files below.",
    unreadable="The timeline cannot be read: this console and the worker are of different versions. The file itself"
    " can be fetched below.",
    nobody="Nobody was found in this video",
    nobody_more="It may be too dark, or people too small. A larger detector sees more.",
    parts_missing="Parts of the video that could not be looked at: {count}. Nothing is said of these.",
    video="The video with what was found",
    no_video="No video was made of this job (video=none). The timeline works without one.",
    broken="The video cannot be played: it was deleted, or you are signed out. Load the page again.",
    time="Time in the video",
    time_of="{at} of {all}",
    person="Person {number}",
    find="Find by name or number",
    shown="{first}–{last} of {total} people",
    none_found="Nobody is called that.",
    window="Shown at once",
    whole="The whole video",
    shortened="More happens than can be drawn: each piece shows what lasts longest in it. Show less at once.",
    legend="What the colours mean",
    seen="in the picture",
    more="and {count} more",
    with_somebody="with {name}",
    there="in the picture {spans}",
    choose="Choose somebody in the timeline to name, merge or split them.",
    called="Name",
    role="Role",
    no_role="not said",
    child="child",
    adult="adult",
    rename="Name",
    merge_with="Is the same as",
    merge_note="number or name",
    merge="Merge",
    merge_unknown="Choose one other person.",
    choose_other="choose …",
    split="Split at {at}",
    split_note="From there on it is somebody else.",
    split_outside="{name} is there from {begin} to {end}: move the video to between these.",
    corrections="Corrections",
    corrections_note="They take effect when the video is rendered again. No picture is looked at again.",
    none_yet="No corrections.",
    told_split="{who}: somebody else from {at} on",
    told_merge="One person: {who}",
    told_rename="{who} is {name}",
    track="track {track}",
    track_of="{name} (track {track})",
    holds="Applied",
    not_applied="Not yet applied",
    refused="Refused",
    take_back="Take back",
    take_back_of="Take back: {what}",
    render="Render again",
    rendering="Rendering again",
    forget="Forget changes",
    nothing_changed="Nothing has changed since the video was made.",
    not_rendered="It could not be made again: the reason is below. What is shown is what was made last.",
    to_come="{count} to be added",
    to_go="{count} to be taken back",
    others_first=(
        "Somebody else has changed the corrections meanwhile. Theirs are in the list now, and yours are on"
        " top of them: look at both, then render again."
    ),
    other_run="The corrections are of another run of this video and were refused as a whole. New ones replace them.",
    not_listed="The corrections cannot be shown as a list. They can be downloaded and replaced below.",
    more_corrections="{count} more are not shown here; they are in the file below.",
    step="{step}: {done} of {total}",
    experts="For experts: as TOML",
    told=TOLD_EN,
)


KO = PeopleWords(
    title="인물",
    not_yet="동영상의 모든 부분을 본 뒤에 타임라인이 나타납니다. 지금까지 {total} 중 {done}.",
    no_timeline="타임라인이 없습니다. 전체 결과로 만든 것은 아래에 나옵니다.",
    too_large="타임라인이 {size}여서 이 화면에 담을 수 없습니다. 아래 파일에서 받을 수 있습니다.",
    unreadable="타임라인을 읽을 수 없습니다. 콘솔과 작업자의 버전이 다릅니다. 파일은 아래에서 받을 수 있습니다.",
    nobody="이 동영상에서 아무도 찾지 못했습니다",
    nobody_more="너무 어둡거나 사람이 너무 작을 수 있습니다. 더 큰 검출기는 더 많이 찾습니다.",
    parts_missing="보지 못한 부분이 {count}개 있습니다. 이 부분은 아무것도 알 수 없습니다.",
    video="찾은 것을 그린 동영상",
    no_video="이 작업은 동영상을 만들지 않았습니다(video=none). 타임라인은 그대로 쓸 수 있습니다.",
    broken="동영상을 재생할 수 없습니다. 삭제되었거나 로그아웃되었습니다. 페이지를 다시 불러오세요.",
    time="동영상의 시각",
    time_of="{all} 중 {at}",
    person="인물 {number}",
    find="이름이나 번호로 찾기",
    shown="{total}명 중 {first}–{last}",
    none_found="그런 이름은 없습니다.",
    window="한 번에 보는 길이",
    whole="동영상 전체",
    shortened="그릴 수 있는 것보다 많은 일이 있습니다. 구간마다 가장 긴 것만 보입니다. 길이를 줄여 보세요.",
    legend="색의 뜻",
    seen="화면에 있음",
    more="외 {count}개",
    with_somebody="상대: {name}",
    there="화면에 있음 {spans}",
    choose="타임라인에서 인물을 고르면 이름을 붙이고, 합치고, 나눌 수 있습니다.",
    called="이름",
    role="역할",
    no_role="정하지 않음",
    child="아이",
    adult="어른",
    rename="이름 붙이기",
    merge_with="같은 사람",
    merge_note="번호나 이름",
    merge="합치기",
    merge_unknown="다른 사람 한 명을 고르세요.",
    choose_other="고르기 …",
    split="{at}에서 나누기",
    split_note="그때부터 다른 사람입니다.",
    split_outside="{name}은(는) {begin}부터 {end}까지 있습니다. 동영상을 그 사이로 옮기세요.",
    corrections="바로잡기",
    corrections_note="동영상을 다시 만들 때 적용됩니다. 화면을 다시 분석하지는 않습니다.",
    none_yet="바로잡은 것이 없습니다.",
    told_split="{who}: {at}부터 다른 사람",
    told_merge="한 사람: {who}",
    told_rename="{who}의 이름과 역할: {name}",
    track="트랙 {track}",
    track_of="{name} (트랙 {track})",
    holds="적용됨",
    not_applied="아직 적용 안 됨",
    refused="거절됨",
    take_back="되돌리기",
    take_back_of="되돌리기: {what}",
    render="다시 만들기",
    rendering="다시 만드는 중",
    forget="바꾼 것 버리기",
    nothing_changed="동영상을 만든 뒤 바뀐 것이 없습니다.",
    not_rendered="다시 만들지 못했습니다. 이유는 아래에 있습니다. 지금 보이는 것은 마지막으로 만든 것입니다.",
    to_come="{count}개 추가",
    to_go="{count}개 되돌림",
    others_first=(
        "그사이 다른 사람이 내용을 바꾸었습니다. 그 내용이 목록에 들어왔고 여기서 바꾼 것은 그 위에 있습니다. 확인한"
        " 뒤 다시 만드세요."
    ),
    other_run="같은 동영상의 다른 분석에 대한 내용이라 모두 거절되었습니다. 새로 바로잡으면 그것을 대신합니다.",
    not_listed="내용을 목록으로 보일 수 없습니다. 아래에서 받거나 바꿀 수 있습니다.",
    more_corrections="{count}개는 여기에 보이지 않습니다. 아래 파일에 있습니다.",
    step="{step}: {total} 중 {done}",
    experts="전문가용: TOML",
    told=TOLD_KO,
)
