"""What a timeline of people says with words of its own, in ours."""

from __future__ import annotations

from dataclasses import dataclass

Pairs = tuple[tuple[str, str], ...]
"""Its word, and ours."""
NO_RECORD = "No record of consents was given: whether these people have agreed is not known here."
NOT_HIDDEN = (
    "Nobody's face is hidden in the annotated video, and not everybody is known to have agreed to that."
)


@dataclass(frozen=True, slots=True)
class ToldWords:
    """In one language; what is not there is said as it came."""

    reasons: Pairs
    steps: Pairs
    warnings: Pairs
    names: Pairs
    """Of actions and expressions."""


EN = ToldWords(
    reasons=(
        ("unknown_id", "there is no such track"),
        ("seen_together", "they are in the picture at the same time"),
        ("contradiction", "it contradicts another one, or nobody is there on one side"),
        ("unsure", "it is not clear who is meant"),
        ("other_run", "made for another run of this video"),
        ("no_consent", "there is no consent"),
    ),
    steps=(
        ("re-ID", "Joining tracks"),
        ("action prediction", "Telling actions"),
        ("visualiser", "Drawing the video"),
        ("found", "Found"),
    ),
    warnings=((NO_RECORD, NO_RECORD), (NOT_HIDDEN, NOT_HIDDEN)),
    names=(
        ("stand", "stand"),
        ("sit", "sit"),
        ("lie", "lie"),
        ("bend", "bend"),
        ("walk", "walk"),
        ("run", "run"),
        ("wave", "wave"),
        ("reach", "reach"),
        ("touch", "touch"),
        ("hug", "hug"),
        ("hand_over", "hand over"),
        ("watch", "watch"),
        ("approach", "approach"),
        ("angry", "looks angry"),
        ("disgust", "looks disgusted"),
        ("fear", "looks afraid"),
        ("happy", "looks happy"),
        ("sad", "looks sad"),
        ("surprise", "looks surprised"),
        ("neutral", "looks neutral"),
    ),
)

KO = ToldWords(
    reasons=(
        ("unknown_id", "그런 트랙이 없습니다"),
        ("seen_together", "같은 때에 함께 화면에 있습니다"),
        ("contradiction", "다른 것과 어긋나거나, 한쪽에 아무도 없습니다"),
        ("unsure", "누구인지 분명하지 않습니다"),
        ("other_run", "다른 분석에 대한 것입니다"),
        ("no_consent", "동의가 없습니다"),
    ),
    steps=(
        ("re-ID", "트랙 잇기"),
        ("action prediction", "행동 판단"),
        ("visualiser", "동영상 그리기"),
        ("found", "찾음"),
    ),
    warnings=(
        (NO_RECORD, "동의 기록이 없습니다. 이 사람들이 동의했는지 알 수 없습니다."),
        (
            NOT_HIDDEN,
            "결과 동영상에서 얼굴을 가리지 않았고, 모두가 이에 동의했는지는 알 수 없습니다.",
        ),
    ),
    names=(
        ("stand", "서 있음"),
        ("sit", "앉음"),
        ("lie", "누움"),
        ("bend", "굽힘"),
        ("walk", "걷기"),
        ("run", "달리기"),
        ("wave", "손 흔들기"),
        ("reach", "손 뻗기"),
        ("touch", "만지기"),
        ("hug", "안기"),
        ("hand_over", "건네기"),
        ("watch", "바라보기"),
        ("approach", "다가가기"),
        ("angry", "화난 표정"),
        ("disgust", "싫은 표정"),
        ("fear", "두려운 표정"),
        ("happy", "기쁜 표정"),
        ("sad", "슬픈 표정"),
        ("surprise", "놀란 표정"),
        ("neutral", "무표정"),
    ),
)
