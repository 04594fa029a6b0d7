"""Words of streams everywhere: states and their causes, qualities, reasons of refusals, and the page of tiles."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LiveWords:
    """In one language."""

    title: str
    add: str
    none: str
    none_more: str
    count: str
    alarms_now: str
    no_value: str
    more_values: str
    picture_of: str
    no_picture: str
    waiting_picture: str
    spark: str
    elsewhere: str
    state_none: str
    state_connecting: str
    state_live: str
    state_stale: str
    state_lost: str
    state_stopped: str
    quality_good: str
    quality_uncertain: str
    quality_bad: str
    cause_unreachable: str
    cause_timed_out: str
    cause_silent: str
    cause_ended: str
    cause_broken: str
    cause_not_found: str
    cause_unauthorized: str
    cause_untrusted: str
    cause_not_video: str
    cause_no_video: str
    cause_too_large: str
    cause_undecodable: str
    cause_blocked: str
    cause_failed: str
    cause_finished: str
    cause_asked: str
    cause_not_served: str
    cause_unusable: str
    hint_unreachable: str
    hint_timed_out: str
    hint_silent: str
    hint_not_found: str
    hint_unauthorized: str
    hint_untrusted: str
    hint_not_video: str
    hint_no_video: str
    hint_too_large: str
    hint_undecodable: str
    hint_blocked: str
    hint_failed: str
    hint_unusable: str
    reason_no_dial: str
    reason_no_scale: str
    reason_glare: str
    reason_tilt_too_high: str
    reason_ambiguous_needle: str
    reason_blur: str
    reason_camera_moved: str
    reason_no_display: str
    reason_unclear: str
    reason_incomplete: str
    reason_between_digits: str
    reason_not_a_number: str
    reason_out_of_range: str
    reason_implausible: str


EN = LiveWords(
    title="Live",
    add="Add a camera",
    none="No camera yet",
    none_more=(
        "One field is enough to begin: the address of a camera (rtsp:// or http://), or the name of a "
        "video file."
    ),
    count="{live} of {count} live",
    alarms_now="{count} alarms to acknowledge",
    no_value="No value",
    more_values="and {count} more",
    picture_of="Live picture of {name}",
    no_picture="No picture",
    waiting_picture="Waiting for the picture …",
    spark="Last five minutes: from {low} to {high}",
    elsewhere="Run by another service",
    state_none="Not run yet",
    state_connecting="Connecting",
    state_live="Live",
    state_stale="No new pictures",
    state_lost="Lost",
    state_stopped="Stopped",
    quality_good="good",
    quality_uncertain="uncertain",
    quality_bad="refused",
    cause_unreachable="Nothing answers at its address.",
    cause_timed_out="It did not open in time.",
    cause_silent="It sends nothing any more.",
    cause_ended="The other side closed the connection.",
    cause_broken="The connection broke off.",
    cause_not_found="There is no such stream at this address.",
    cause_unauthorized="User or password were refused.",
    cause_untrusted="Its certificate could not be verified.",
    cause_not_video="What is there is not a video or a picture.",
    cause_no_video="It carries no video, only sound or data.",
    cause_too_large="Its pictures are larger than allowed.",
    cause_undecodable="Nothing of it can be decoded.",
    cause_blocked="Its network is not allowed.",
    cause_failed="siseon made a mistake with it.",
    cause_finished="The file has ended.",
    cause_asked="Somebody stopped it.",
    cause_not_served="Its application is not served here.",
    cause_unusable="It cannot be run as it is kept.",
    hint_unreachable="Check address, cable and firewall.",
    hint_timed_out="Check the network.",
    hint_silent="Check the camera.",
    hint_not_found="Check the path in the address.",
    hint_unauthorized="Write USER:PASSWORD@ before the host, with % codes for / ? # @ in them.",
    hint_untrusted="SISEON_STREAMS_CA names a file with the certificate of who signed it.",
    hint_not_video="Open the address in a player.",
    hint_no_video="Choose another stream of the camera.",
    hint_too_large="Choose the camera's sub-stream.",
    hint_undecodable="Set the camera to H.264 or MJPEG.",
    hint_blocked="Start the service with the cameras' networks: SISEON_STREAMS_ALLOW=192.168.1.0/24.",
    hint_failed="The log has the traceback.",
    hint_unusable="Change the stream, or mend what is named.",
    reason_no_dial="no dial was found",
    reason_no_scale="its scale is not understood",
    reason_glare="a reflection hides the needle",
    reason_tilt_too_high="seen at too flat an angle",
    reason_ambiguous_needle="no needle, or several that could be meant",
    reason_blur="out of focus",
    reason_camera_moved="the camera has moved",
    reason_no_display="no display was found",
    reason_unclear="digits are not sure",
    reason_incomplete="digits are missing",
    reason_between_digits="between two digits",
    reason_not_a_number="not a number",
    reason_out_of_range="beyond its bounds",
    reason_implausible="it cannot have changed so fast",
)

KO = LiveWords(
    title="실시간",
    add="카메라 추가",
    none="등록된 카메라가 없습니다",
    none_more="카메라 주소(rtsp:// 또는 http://)나 동영상 파일 이름 하나만 입력하면 시작할 수 있습니다.",
    count="스트림 {count}개, 실시간 {live}개",
    alarms_now="확인이 필요한 경보 {count}개",
    no_value="값 없음",
    more_values="외 {count}개",
    picture_of="{name}의 실시간 영상",
    no_picture="영상 없음",
    waiting_picture="영상을 기다리는 중 …",
    spark="최근 5분: {low} ~ {high}",
    elsewhere="다른 서비스에서 실행 중",
    state_none="아직 실행되지 않음",
    state_connecting="연결 중",
    state_live="실시간",
    state_stale="새 영상 없음",
    state_lost="연결 끊김",
    state_stopped="중지됨",
    quality_good="양호",
    quality_uncertain="불확실",
    quality_bad="판독 거부",
    cause_unreachable="주소에서 응답이 없습니다.",
    cause_timed_out="시간 안에 연결되지 않았습니다.",
    cause_silent="더 이상 데이터를 보내지 않습니다.",
    cause_ended="상대 쪽에서 연결을 종료했습니다.",
    cause_broken="연결이 도중에 끊어졌습니다.",
    cause_not_found="이 주소에 해당 스트림이 없습니다.",
    cause_unauthorized="사용자 이름 또는 비밀번호가 거부되었습니다.",
    cause_untrusted="인증서를 확인할 수 없습니다.",
    cause_not_video="동영상이나 사진이 아닙니다.",
    cause_no_video="영상 없이 소리나 데이터만 전송됩니다.",
    cause_too_large="영상 크기가 허용 범위를 넘습니다.",
    cause_undecodable="영상을 디코딩할 수 없습니다.",
    cause_blocked="허용되지 않은 네트워크입니다.",
    cause_failed="siseon 내부 오류가 발생했습니다.",
    cause_finished="파일 재생이 끝났습니다.",
    cause_asked="사용자가 중지했습니다.",
    cause_not_served="이 서비스에서 제공하지 않는 애플리케이션입니다.",
    cause_unusable="저장된 설정으로는 실행할 수 없습니다.",
    hint_unreachable="주소, 케이블, 방화벽을 확인하세요.",
    hint_timed_out="네트워크를 확인하세요.",
    hint_silent="카메라를 확인하세요.",
    hint_not_found="주소의 경로를 확인하세요.",
    hint_unauthorized="호스트 앞에 USER:PASSWORD@ 를 쓰고, / ? # @ 문자는 % 코드로 바꾸세요.",
    hint_untrusted="서명 기관의 인증서 파일을 SISEON_STREAMS_CA로 지정하세요.",
    hint_not_video="동영상 플레이어에서 주소를 열어 보세요.",
    hint_no_video="카메라의 다른 스트림을 선택하세요.",
    hint_too_large="카메라의 보조 스트림을 선택하세요.",
    hint_undecodable="카메라를 H.264 또는 MJPEG로 설정하세요.",
    hint_blocked="카메라 네트워크를 지정하여 서비스를 시작하세요: SISEON_STREAMS_ALLOW=192.168.1.0/24.",
    hint_failed="로그에 자세한 오류가 있습니다.",
    hint_unusable="스트림을 변경하거나 안내된 문제를 해결하세요.",
    reason_no_dial="계기판을 찾지 못함",
    reason_no_scale="눈금을 이해하지 못함",
    reason_glare="반사광이 바늘을 가림",
    reason_tilt_too_high="촬영 각도가 너무 기울어짐",
    reason_ambiguous_needle="바늘이 없거나 여러 개임",
    reason_blur="초점이 맞지 않음",
    reason_camera_moved="카메라가 움직임",
    reason_no_display="표시창을 찾지 못함",
    reason_unclear="숫자가 불분명함",
    reason_incomplete="일부 숫자가 없음",
    reason_between_digits="두 숫자 사이에 있음",
    reason_not_a_number="숫자가 아님",
    reason_out_of_range="범위를 벗어남",
    reason_implausible="변화가 지나치게 빠름",
)
