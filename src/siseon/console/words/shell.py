"""Words of the frame around every page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ShellWords:
    """In one language."""

    skip: str
    pages: str
    menu: str
    language: str
    theme: str
    theme_auto: str
    theme_light: str
    theme_dark: str
    sign_out: str
    api: str
    connection_lost: str
    reconnecting: str
    too_long: str
    too_long_more: str
    not_found: str
    not_found_more: str
    page_failed: str
    page_failed_more: str
    home: str


EN = ShellWords(
    skip="Skip to the content",
    pages="Pages",
    menu="Menu",
    language="Language",
    theme="Theme",
    theme_auto="As the system",
    theme_light="Light",
    theme_dark="Dark",
    sign_out="Sign out",
    api="API reference",
    connection_lost="Connection lost.",
    reconnecting="Trying to reconnect …",
    too_long="Message too long",
    too_long_more="What was typed is too long to be sent at once.",
    not_found="There is no such page",
    not_found_more="The address may be mistyped, or of another version.",
    page_failed="This page could not be made",
    page_failed_more="The log of the service says why. Other pages are not affected.",
    home="To the overview",
)

KO = ShellWords(
    skip="본문으로 건너뛰기",
    pages="페이지",
    menu="메뉴",
    language="언어",
    theme="테마",
    theme_auto="시스템 설정",
    theme_light="밝게",
    theme_dark="어둡게",
    sign_out="로그아웃",
    api="API 문서",
    connection_lost="연결이 끊겼습니다.",
    reconnecting="다시 연결하는 중 …",
    too_long="내용이 너무 깁니다",
    too_long_more="입력한 내용이 너무 길어 한 번에 보낼 수 없습니다.",
    not_found="페이지를 찾을 수 없습니다",
    not_found_more="주소가 잘못되었거나 다른 버전의 주소일 수 있습니다.",
    page_failed="페이지를 표시하지 못했습니다",
    page_failed_more="서비스 로그에서 원인을 확인할 수 있습니다. 다른 페이지에는 영향이 없습니다.",
    home="개요로 이동",
)
