"""What is taken as an address, and what is shown of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siseon.contracts import FailureCode, InputError
from siseon.media.addresses import networks
from siseon.streams.address import EVERYWHERE, Address
from siseon.streams.causes import Cause, Lost

SECRETS = st.text("abcXYZ019!$&'()*+,;=:%._~-", min_size=4, max_size=12).map(lambda text: f"Q{text}Q")


@given(user=SECRETS, password=SECRETS, key=SECRETS)
def test_no_secret_is_ever_shown(user, password, key):
    address = Address.parse(
        f"rtsp://{user}:{password}@10.0.0.7:8554/live/user=x&password={key}?token={key}&channel=3"
    )
    for shown in (str(address), repr(address)):
        assert not any(secret in shown for secret in (user, password, key))
    assert str(address).startswith("rtsp://***@10.0.0.7:8554/live/***?***")
    assert str(address).endswith("&channel=3")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("rtsp://camera/stream1", "rtsp://camera/stream1"),
        ("RTSP://camera:554/", "rtsp://camera/"),
        ("rtsp://camera:80/x", "rtsp://camera:80/x"),
        ("rtsp://[fd00::7]:8554/x", "rtsp://[fd00::7]:8554/x"),
        ("http://u@camera:8080/video.mjpg?pwd=1#part", "http://***@camera:8080/video.mjpg?***"),
        ("https://camera", "https://camera/"),
    ],
)
def test_an_address_is_shown_as_it_was_written_but_for_secrets(text, shown):
    assert str(Address.parse(text)) == shown


def test_user_and_password_are_decoded_for_http_and_kept_as_written_for_ffmpeg():
    address = Address.parse("rtsp://u%40x:p%2Fw@127.0.0.1:8554/a?b=c")
    assert (address.user, address.password) == ("u@x", "p/w")
    assert address.rtsp_url(EVERYWHERE) == "rtsp://u%40x:p%2Fw@127.0.0.1:8554/a?b=c"
    assert Address.parse("https://u:p@camera/a?b=c").plain_url == "https://camera/a?b=c"


@pytest.mark.parametrize(
    "text",
    [
        "ftp://camera/x",
        "rtsp://u:p/w@camera/x",
        "rtsp://camera:22/x",
        "rtsp://camera:99999/x",
        "rtsp://0177.0.0.1/x",
        "rtsp://2130706433/x",
        "rtsp://camera/a b",
        "rtsp://camera/a\nb",
        "rtsp://caméra /x",
        "rtsp:///x",
        "rtsp://camera/" + "x" * 3000,
    ],
)
def test_an_address_that_is_not_in_its_plain_form_is_refused_without_being_told(text):
    with pytest.raises(InputError) as caught:
        Address.parse(text)
    assert caught.value.code is FailureCode.url_blocked
    assert "p/w" not in caught.value.message


def test_a_file_has_to_be_there(tmp_path):
    with pytest.raises(InputError) as caught:
        Address.parse(str(tmp_path / "none.mp4"))
    assert caught.value.code is FailureCode.file_unreadable
    assert "none.mp4" in caught.value.message
    with pytest.raises(InputError) as caught:  # an address without its scheme: no password is told
        Address.parse("admin:secret@camera/live")
    assert "secret" not in caught.value.message


def test_a_port_that_is_not_taken_is_not_told_as_a_password():
    with pytest.raises(InputError, match="port 9 ") as caught:
        Address.parse("rtsp://127.0.0.1:9/x")
    assert "PASSWORD" not in caught.value.hint
    assert "554" in caught.value.hint


def test_a_private_address_is_blocked_unless_its_network_is_allowed():
    camera = Address.parse("rtsp://127.0.0.1:8554/x")
    with pytest.raises(Lost) as caught:
        camera.rtsp_url(())
    assert caught.value.cause is Cause.blocked
    assert camera.rtsp_url(networks("127.0.0.0/8")) == "rtsp://127.0.0.1:8554/x"


def test_a_name_is_replaced_by_the_address_that_was_checked():
    assert Address.parse("rtsp://localhost:8554/x").rtsp_url(EVERYWHERE) == "rtsp://127.0.0.1:8554/x"
    with pytest.raises(Lost) as caught:
        Address.parse("rtsp://no-such-host.invalid/x").rtsp_url(EVERYWHERE)
    assert caught.value.cause is Cause.unreachable


def test_an_encrypted_camera_has_a_port_of_its_own_and_its_secrets_stay_too():
    address = Address.parse("rtsps://eve:geheim@camera.example/sub?token=geheim&channel=1")
    assert (address.scheme, address.port, address.password) == ("rtsps", 322, "geheim")
    assert str(address) == "rtsps://***@camera.example/sub?***&channel=1"
    assert address.is_rtsp
    assert Address.parse("rtsps://camera.example:554/").port == 554
    everywhere = networks("0.0.0.0/0")
    assert (
        Address.parse("rtsps://eve:a@127.0.0.1:8322/x").rtsp_url(everywhere)
        == "rtsps://eve:a@127.0.0.1:8322/x"
    )


@pytest.mark.parametrize("text", ["/dev/video7", "/dev/v4l/by-id/usb-x-video-index0", "V4L2:///dev/video7"])
def test_a_camera_of_the_machine_itself_is_told_from_a_file(text: str) -> None:
    address = Address.written(text)
    assert (address.scheme, str(address)) == ("v4l2", f"v4l2://{address.target}")
    assert Address.written(str(address)) == address
    assert Address.written("/dev/shm/film.mp4").scheme == "file"


@pytest.mark.parametrize("text", ["/dev/video99", "v4l2:///dev/null", "v4l2://", "v4l2:///a\0b"])
def test_what_is_no_camera_is_refused_by_name(text: str) -> None:
    with pytest.raises(InputError, match="no such camera") as failure:
        Address.parse(text)
    assert failure.value.code == "file_unreadable"
    assert "/dev/video" in failure.value.hint
