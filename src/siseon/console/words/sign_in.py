"""Words of the page that takes the token."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SignInWords:
    """In one language."""

    title: str
    token: str
    where: str
    go: str
    wrong: str
    too_many: str


EN = SignInWords(
    title="Sign in",
    token="Token",  # noqa: S106 - the label
    where="The one that the service was started with, as SISEON_TOKEN. It is not kept in this browser.",
    go="Sign in",
    wrong="That is not the token of this service.",
    too_many="There were too many wrong tokens. Wait a minute, then try again.",
)

KO = SignInWords(
    title="로그인",
    token="토큰",  # noqa: S106
    where="서비스를 시작할 때 SISEON_TOKEN으로 지정한 값입니다. 이 브라우저에 저장되지 않습니다.",
    go="로그인",
    wrong="이 서비스의 토큰이 아닙니다.",
    too_many="잘못된 토큰이 너무 많이 입력되었습니다. 1분 뒤 다시 시도하세요.",
)
