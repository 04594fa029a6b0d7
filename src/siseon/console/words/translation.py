"""Words of the page on a translated picture."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TranslationWords:
    """In one language."""

    back: str
    """``{job}``"""
    edited: str
    as_translated: str
    download: str
    edit_file: str
    first_made: str
    came: str
    picture: str
    """``{name}``"""
    before: str
    after: str
    slider: str
    unseen: str
    regions: str
    regions_note: str
    no_regions: str
    no_regions_more: str
    show: str
    every: str
    not_translated: str
    doubtful: str
    none_such: str
    original: str
    nothing_read: str
    translation: str
    confidence: str
    """``{percent}``"""
    left_out: str
    original_stays: str
    changed: str
    left: str
    top: str
    width: str
    height: str
    size: str
    size_note: str
    leave_out: str
    put_back: str
    remove: str
    reset: str
    add: str
    render: str
    rendering: str
    rendered: str
    discard: str
    unsaved: str
    """``{count}``"""
    saved: str
    take_back: str
    take_back_sure: str
    load_again: str
    no_result: str
    no_result_more: str
    not_kept: str
    region: str
    """``{number}``"""
    no_number: str
    no_size: str
    no_text: str
    compare: str
    untranslated: str
    same_language: str
    missing: str
    echo: str
    wrong_script: str
    runaway: str
    markup: str
    no_words: str
    unsure: str
    no_font: str
    does_not_fit: str
    failed: str


EN = TranslationWords(
    back="Job {job}",
    edited="Edited by hand",
    as_translated="As translated",
    download="Picture",
    edit_file="Edit file",
    first_made="Picture as the machine made it",
    came="Picture as it came",
    picture="{name}, translated",
    before="Before",
    after="After",
    slider="How much of the picture before is shown",
    unseen="This browser cannot show pictures of this kind.",
    regions="Regions",
    regions_note="Choose one in the picture or in the list. Drag it, or a corner of it, to where its text is to stand.",
    no_regions="No text was found",
    no_regions_more="Add a region to set a text of your own.",
    show="Which ones",
    every="All",
    not_translated="Not translated",
    doubtful="Confidence below 80 %",
    none_such="There are none of these.",
    original="Original",
    nothing_read="Added by hand",
    translation="Translation",
    confidence="{percent} % sure",
    left_out="Left out",
    original_stays="The original stays",
    changed="Changed",
    left="Left",
    top="Top",
    width="Width",
    height="Height",
    size="Letters, pixels",
    size_note="Empty: by itself",
    leave_out="Leave out",
    put_back="Put back",
    remove="Remove",
    reset="As it was",
    add="Add a region",
    render="Render again",
    rendering="Rendering …",
    rendered="Rendered and kept.",
    discard="Discard changes",
    unsaved="{count} changed, not rendered yet",
    saved="Everything is in the picture.",
    take_back="Back to the machine's translation",
    take_back_sure="Really drop all edits?",
    load_again="Show what stands now",
    no_result="There is no result yet",
    no_result_more="The page of the job tells how far it is.",
    not_kept="The picture as it came was not kept with this job (it came by its address): it cannot be rendered again.",
    region="Region {number}",
    no_number="A number is missing, or is far outside of the picture.",
    no_size="From 1 to 2000, or empty.",
    no_text="A region that you added has no text: write one, or remove the region.",
    compare="Compare and edit",
    untranslated="Nobody translates this language here",
    same_language="It is in the target language already",
    missing="The translator left it out",
    echo="The translator gave the same text back",
    wrong_script="The translator answered in another script",
    runaway="The translator's answer was far too long",
    markup="The translator's answer had tags in it",
    no_words="It has no words",
    unsure="It may have been misread",
    no_font="No font has its letters",
    does_not_fit="The translation does not fit",
    failed="It could not be set",
)

KO = TranslationWords(
    back="작업 {job}",
    edited="직접 수정함",
    as_translated="번역된 그대로",
    download="이미지",
    edit_file="편집 파일",
    first_made="기계가 만든 이미지",
    came="원본 이미지",
    picture="번역된 {name}",
    before="이전",
    after="이후",
    slider="이전 이미지를 보이는 정도",
    unseen="이 브라우저가 표시하지 못하는 형식입니다.",
    regions="영역",
    regions_note="이미지나 목록에서 영역을 고르세요. 영역이나 모서리를 끌어 글자가 놓일 자리를 정합니다.",
    no_regions="찾은 글자가 없습니다",
    no_regions_more="영역을 추가해 원하는 글을 넣을 수 있습니다.",
    show="표시할 영역",
    every="전체",
    not_translated="번역되지 않음",
    doubtful="신뢰도 80 % 미만",
    none_such="해당하는 영역이 없습니다.",
    original="원문",
    nothing_read="직접 추가한 영역",
    translation="번역문",
    confidence="신뢰도 {percent} %",
    left_out="제외함",
    original_stays="원문을 그대로 둡니다",
    changed="변경됨",
    left="왼쪽",
    top="위",
    width="너비",
    height="높이",
    size="글자 크기(픽셀)",
    size_note="비우면 자동",
    leave_out="제외",
    put_back="다시 넣기",
    remove="삭제",
    reset="원래대로",
    add="영역 추가",
    render="다시 그리기",
    rendering="그리는 중 …",
    rendered="다시 그려 저장했습니다.",
    discard="변경 취소",
    unsaved="변경 {count}개, 아직 그리지 않음",
    saved="모두 이미지에 반영되었습니다.",
    take_back="기계 번역으로 되돌리기",
    take_back_sure="수정한 내용을 모두 버릴까요?",
    load_again="현재 내용 보기",
    no_result="아직 결과가 없습니다",
    no_result_more="작업 페이지에서 진행 상황을 볼 수 있습니다.",
    not_kept="원본 이미지가 작업과 함께 보관되지 않아(주소로 받은 이미지) 다시 그릴 수 없습니다.",
    region="영역 {number}",
    no_number="숫자가 빠졌거나 이미지에서 너무 멀리 벗어났습니다.",
    no_size="1부터 2000까지 쓰거나 비워 두세요.",
    no_text="추가한 영역에 글이 없습니다. 글을 쓰거나 영역을 삭제하세요.",
    compare="비교하고 편집",
    untranslated="이 언어를 번역할 수 없습니다",
    same_language="이미 목표 언어입니다",
    missing="번역기가 빠뜨렸습니다",
    echo="번역기가 원문을 그대로 돌려주었습니다",
    wrong_script="번역기가 다른 문자로 답했습니다",
    runaway="번역기의 답이 지나치게 깁니다",
    markup="번역기의 답에 태그가 있습니다",
    no_words="단어가 없습니다",
    unsure="잘못 읽었을 수 있습니다",
    no_font="글자를 가진 글꼴이 없습니다",
    does_not_fit="번역문이 들어가지 않습니다",
    failed="넣지 못했습니다",
)
