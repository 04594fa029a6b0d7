"""Words of the forms that add and change a stream."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CameraWords:
    """In one language."""

    title: str
    edit_title: str
    source: str
    source_hint: str
    source_kept: str
    name: str
    name_hint: str
    application: str
    fps: str
    fps_hint: str
    transport: str
    more: str
    test: str
    testing: str
    works: str
    fails: str
    add: str
    save: str
    adding: str
    needed: str
    nothing_served: str
    nothing_served_more: str
    clip_before: str
    clip_after: str
    clip_on_alarm: str
    picture: str


EN = CameraWords(
    title="Add a camera",
    edit_title="Change {name}",
    source="Address of the camera, or a video file",
    source_hint=(
        "For example rtsp://USER:PASSWORD@192.168.1.20/sub. User and password are kept by the service "
        "and never shown again."
    ),
    source_kept="Leave it empty to keep the address that there is: {address}",
    name="Name",
    name_hint="Letters, digits, - and _. Empty: it is made of the address.",
    application="What it is for",
    fps="Pictures a second, at most",
    fps_hint="Empty: all that come.",
    transport="Transport of RTSP",
    more="More options",
    test="Test the source",
    testing="Connecting to the source …",
    works="It works: {width} × {height} pixels after {seconds} s",
    fails="No picture came",
    add="Add",
    save="Save",
    adding="Adding …",
    needed="The address is needed.",
    nothing_served="No application is served here",
    nothing_served_more="Start the service with one, for example: siseon serve gauges",
    clip_before="Seconds of video before an event",
    clip_after="Seconds after it",
    clip_on_alarm="Take a clip when an alarm is raised",
    picture="First picture of the source",
)

KO = CameraWords(
    title="카메라 추가",
    edit_title="{name} 변경",
    source="카메라 주소 또는 동영상 파일",
    source_hint="예: rtsp://USER:PASSWORD@192.168.1.20/sub. 사용자 이름과 비밀번호는 다시 표시되지 않습니다.",
    source_kept="비워 두면 지금 주소를 유지합니다: {address}",
    name="이름",
    name_hint="영문자, 숫자, -, _. 비워 두면 주소로 만듭니다.",
    application="용도",
    fps="초당 최대 영상 수",
    fps_hint="비워 두면 모두 처리합니다.",
    transport="RTSP 전송 방식",
    more="추가 옵션",
    test="소스 테스트",
    testing="소스에 연결하는 중 …",
    works="정상입니다: {width} × {height} 픽셀, {seconds}초 소요",
    fails="영상을 받지 못했습니다",
    add="추가",
    save="저장",
    adding="추가하는 중 …",
    needed="주소를 입력하세요.",
    nothing_served="제공 중인 애플리케이션이 없습니다",
    nothing_served_more="애플리케이션을 지정해 서비스를 시작하세요. 예: siseon serve gauges",
    clip_before="이벤트 이전 영상(초)",
    clip_after="이벤트 이후 영상(초)",
    clip_on_alarm="경보 발생 시 클립 저장",
    picture="소스의 첫 영상",
)
