import pytest
from pydantic import SecretStr

from applications.translation.endpoint import KEY, Reply, serving
from siseon.applications.translation.translators.exchange import MOST_BYTES, Exchange
from siseon.applications.translation.translators.limit import Limit
from siseon.applications.translation.translators.translator import ReplyUnusable
from siseon.contracts import TranslatorFailed


async def test_the_key_goes_in_the_header_and_the_json_answer_comes_back():
    with serving(lambda body, _: Reply({"got": body})) as endpoint:
        assert await endpoint.exchange().ask({"a": 1}) == {"got": {"a": 1}}

    assert endpoint.authorization == [f"Bearer {KEY}"]


async def test_one_that_is_busy_is_asked_again():
    def answer(_, endpoint):
        return Reply({}, status=429, headers={"retry-after": "0"}) if len(endpoint.asked) < 3 else Reply([1])

    with serving(answer) as endpoint:
        assert await endpoint.exchange().ask({}) == [1]
    assert len(endpoint.asked) == 3


async def test_one_that_stays_busy_or_asks_for_too_much_patience_has_failed():
    with (
        serving(lambda *_: Reply({}, status=503)) as endpoint,
        pytest.raises(TranslatorFailed, match="is busy"),
    ):
        await endpoint.exchange().ask({})
    assert len(endpoint.asked) == 3
    with serving(lambda *_: Reply({}, status=429, headers={"retry-after": "3600"})) as endpoint:
        failing = endpoint.exchange()
        with pytest.raises(TranslatorFailed, match="is busy"):
            await failing.ask({})
    assert len(endpoint.asked) == 1


@pytest.mark.parametrize("status", [301, 400, 401, 404, 500])
async def test_a_refusal_is_not_asked_twice_and_tells_no_secret(status):
    reply = Reply(b"your key is " + KEY.encode(), status=status, headers={"location": "http://127.0.0.1:1/"})
    with serving(lambda *_: reply) as endpoint, pytest.raises(TranslatorFailed) as refused:
        await endpoint.exchange().ask({})
    assert str(status) in refused.value.message
    assert KEY not in refused.value.message
    assert KEY not in repr(endpoint.exchange())
    assert len(endpoint.asked) == 1


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b"<html>maintenance</html>", headers={"content-type": "text/html"}),
        Reply(b"x" * (MOST_BYTES + 1)),
        Reply(b"\x1f\x8b\x08", headers={"content-encoding": "gzip"}),
        Reply(b"[" * 100_000),
    ],
    ids=["html", "too long", "compressed", "nested without end"],
)
async def test_an_answer_that_cannot_be_used_is_named(reply):
    with serving(lambda *_: reply) as endpoint, pytest.raises(ReplyUnusable):
        await endpoint.exchange().ask({})


async def test_one_that_never_answers_is_left():
    def answer(_, endpoint):
        endpoint.released.wait(60)
        return Reply({})

    with serving(answer) as endpoint:
        with pytest.raises(TranslatorFailed, match="did not answer in time"):
            await endpoint.exchange(timeout_s=0.3).ask({})
        endpoint.released.set()


async def test_one_that_is_not_there_is_named():
    nobody = Exchange("http://127.0.0.1:9/", {}, SecretStr(KEY), "Bearer", 5.0, Limit(1, None), pause_s=0.0)
    with pytest.raises(TranslatorFailed, match="cannot be reached"):
        await nobody.ask({})
