"""What ``failures.py`` says, in Korean."""

from __future__ import annotations

from siseon.console.words.failures import Table, words_in
from siseon.contracts import FailureCode

_KOREAN: Table = {
    FailureCode.unsupported_media: (
        "읽을 수 없는 파일 형식입니다",
        "JPEG, PNG, WebP 같은 일반적인 사진을 보내세요.",
    ),
    FailureCode.corrupt_image: ("파일이 손상되었습니다", "다시 내보내거나 복사해서 보내세요."),
    FailureCode.image_too_large: ("파일이 너무 큽니다", "더 작은 파일을 보내거나 설정에서 한도를 높이세요."),
    FailureCode.video_too_large: ("동영상이 너무 길거나 큽니다", "나누어 보내거나 설정에서 한도를 높이세요."),
    FailureCode.empty_upload: ("빈 파일입니다", "다른 파일을 고르세요."),
    FailureCode.invalid_input: (
        "보낸 내용을 쓸 수 없습니다",
        "아래 메시지가 가리키는 부분을 고쳐 다시 보내세요.",
    ),
    FailureCode.file_unreadable: (
        "파일을 읽을 수 없습니다",
        "파일이 있는지, 서비스에 읽기 권한이 있는지 확인하세요.",
    ),
    FailureCode.url_blocked: (
        "허용되지 않은 주소입니다",
        "공개된 주소를 쓰거나, 서비스를 시작할 때 이 주소를 허용하세요.",
    ),
    FailureCode.url_refused: (
        "상대가 요청을 거절했습니다",
        "브라우저에서 열어 보세요. 없어졌거나 암호가 필요할 수 있습니다.",
    ),
    FailureCode.url_unreachable: (
        "주소에 연결할 수 없습니다",
        "상대가 켜져 있는지 확인하고 다시 시도하세요.",
    ),
    FailureCode.safety_blocked: (
        "안전 규칙에 따라 차단된 사진입니다",
        "다른 사진을 쓰세요. 규칙은 safety 설정에 있습니다.",
    ),
    FailureCode.consent_missing: ("동의가 없습니다", "먼저 당사자의 동의를 기록하세요."),
    FailureCode.contract_violation: (
        "내부에서 형식이 다른 값이 나왔습니다",
        "소프트웨어 오류입니다. 추적 ID와 함께 알려 주세요.",
    ),
    FailureCode.model_not_found: ("그런 모델이 없습니다", "모델 화면에서 어떤 모델이 있는지 확인하세요."),
    FailureCode.model_load_failed: ("모델을 불러올 수 없습니다", "카드와 파일이 서로 맞는지 확인하세요."),
    FailureCode.model_exists: ("같은 이름의 모델이 이미 있습니다", "다른 이름이나 버전을 쓰세요."),
    FailureCode.network_failed: (
        "신경망을 실행하지 못했습니다",
        "카드가 입력을 바르게 설명하는지 확인하세요.",
    ),
    FailureCode.quantization_refused: (
        "int8 신경망을 받아들이지 않았습니다",
        "정확도가 너무 떨어지거나 더 빠르지 않습니다. float 신경망을 그대로 씁니다.",
    ),
    FailureCode.weights_mismatch: ("카드에 적힌 파일이 아닙니다", "체크섬이 다릅니다. 파일을 다시 받으세요."),
    FailureCode.pull_failed: ("모델을 받지 못했습니다", "네트워크를 확인하고 다시 시도하세요."),
    FailureCode.storage_failed: (
        "저장하거나 읽지 못했습니다",
        "디스크에 빈 공간이 있는지 확인하고 다시 시도하세요.",
    ),
    FailureCode.pipeline_not_found: (
        "이 서비스에 없는 애플리케이션입니다",
        "그 애플리케이션을 넣어 서비스를 시작하세요.",
    ),
    FailureCode.not_found: ("여기에는 아무것도 없습니다", "삭제되었을 수 있습니다. 페이지를 새로 고치세요."),
    FailureCode.method_not_allowed: (
        "여기서는 할 수 없는 작업입니다",
        "토큰과 함께 서비스 API로 직접 보내세요.",
    ),
    FailureCode.not_acceptable: ("이 형식으로는 답할 수 없습니다", "JSON이나 그림을 요청하세요."),
    FailureCode.unauthorized: ("로그인하지 않았습니다", "로그인한 뒤 다시 시도하세요."),
    FailureCode.forbidden: ("허용되지 않은 작업입니다", "서비스 운영자에게 문의하세요."),
    FailureCode.model_not_ready: ("모델을 불러오는 중입니다", "잠시 뒤 다시 시도하세요."),
    FailureCode.model_in_use: ("사용 중인 모델입니다", "먼저 이 모델을 쓰는 것을 멈추거나 바꾸세요."),
    FailureCode.model_not_loaded: ("모델이 메모리에 없습니다", "먼저 모델을 불러오세요."),
    FailureCode.deadline_exceeded: (
        "시간이 너무 오래 걸렸습니다",
        "나중에 다시 하거나, 나누어 보내거나, 작업으로 맡기세요.",
    ),
    FailureCode.overloaded: ("지금은 처리할 일이 너무 많습니다", "잠시 뒤 다시 시도하세요."),
    FailureCode.shutting_down: ("서비스가 종료되는 중입니다", "다시 시작된 뒤에 시도하세요."),
    FailureCode.cancelled: ("취소되었습니다", "필요하면 다시 시작하세요."),
    FailureCode.superseded: (
        "그사이 새로운 내용으로 바뀌었습니다",
        "페이지를 새로 고치고 지금 내용을 고치세요.",
    ),
    FailureCode.trace_not_found: (
        "더는 보관하지 않는 추적입니다",
        "가장 최근, 가장 느린, 실패한 요청만 보관합니다.",
    ),
    FailureCode.job_not_found: (
        "그런 작업이 없습니다",
        "보관 기간이 지나 삭제되었을 수 있습니다. 작업 목록을 보세요.",
    ),
    FailureCode.job_not_finished: ("아직 끝나지 않은 작업입니다", "끝날 때까지 기다리세요."),
    FailureCode.job_item_failed: (
        "이 입력은 실패했습니다",
        "옆에 적힌 이유를 보세요. 다시 시도할 수 있습니다.",
    ),
    FailureCode.key_reused: ("다른 요청에 쓰인 키입니다", "새 키를 쓰세요."),
    FailureCode.queue_full: (
        "작업 대기열이 가득 찼습니다",
        "몇 개가 끝나기를 기다리거나 작업자를 더 시작하세요.",
    ),
    FailureCode.stream_not_found: ("그런 카메라가 없습니다", "삭제되었을 수 있습니다. 목록을 확인하세요."),
    FailureCode.stream_exists: ("같은 이름의 카메라가 이미 있습니다", "다른 이름을 쓰세요."),
    FailureCode.stream_not_live: (
        "지금 카메라 영상이 없습니다",
        "카메라가 켜져 있고 연결되는지 확인하고 다시 시도하세요.",
    ),
    FailureCode.streams_not_run: (
        "이 서비스는 카메라를 실행하지 않습니다",
        "카메라를 실행하도록 서비스를 시작하세요.",
    ),
    FailureCode.clip_not_ready: ("클립이 아직 완성되지 않았습니다", "잠시 뒤 다시 시도하세요."),
    FailureCode.alarm_not_found: (
        "그런 경보가 없습니다",
        "규칙이 삭제되었을 수 있습니다. 페이지를 새로 고치세요.",
    ),
    FailureCode.alarm_active: ("경보가 아직 해소되지 않았습니다", "먼저 원인을 없애거나 경보를 보류하세요."),
    FailureCode.store_unavailable: (
        "데이터베이스에 연결할 수 없습니다",
        "실행 중인지, 디스크에 빈 공간이 있는지 확인하세요.",
    ),
    FailureCode.stage_failed: (
        "내부 오류가 발생했습니다",
        "소프트웨어 오류입니다. 추적 ID와 함께 알려 주세요.",
    ),
    FailureCode.translator_failed: (
        "번역기에서 쓸 수 있는 답을 얻지 못했습니다",
        "번역기가 설치되었고 연결되는지 확인하고 다시 시도하세요.",
    ),
    FailureCode.worker_died: (
        "처리하던 프로세스가 종료되었습니다",
        "다시 시도하세요. 되풀이되면 알려 주세요.",
    ),
    FailureCode.worker_stuck: (
        "처리하던 프로세스가 멈추었습니다",
        "서비스를 다시 시작하고 추적 ID와 함께 알려 주세요.",
    ),
    FailureCode.dependency_missing: ("필요한 라이브러리가 없습니다", "아래 메시지에 적힌 것을 설치하세요."),
}

KO = words_in("ko", _KOREAN)
