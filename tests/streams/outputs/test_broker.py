from __future__ import annotations

import ssl
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from siseon.contracts import InputError, Measurement
from siseon.settings import read_settings
from siseon.streams.kept import check_name
from siseon.streams.outputs.broker import Broker


def test_a_url_is_taken_apart_and_its_secrets_stay():
    broker = Broker.parse("mqtts://plant:p%40ss%2Fw%C3%B6rd@[fd00::1]:8884")
    assert (broker.host, broker.port, broker.user, broker.password) == ("fd00::1", 8884, "plant", "p@ss/wörd")
    assert broker.tls is not None
    assert broker.tls.verify_mode is ssl.CERT_REQUIRED
    assert broker.tls.check_hostname
    assert str(broker) == "mqtts://***@[fd00::1]:8884"
    assert "plant" not in repr(broker)
    plain = Broker.parse("mqtt://broker.local/")
    assert (plain.host, plain.port, plain.tls, plain.user) == ("broker.local", 1883, None, None)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "broker:1883",
        "http://broker",
        "mqtt://",
        "mqtt://broker:0",
        "mqtt://broker:99999",
        "mqtt://broker:x",
        "mqtt://bro ker",
        "mqtt://[::1",
        "mqtt://geheim@broker/topic",
        "mqtt://geheim@broker?x=1",
        "mqtt://" + "a" * 3000,
    ],
)
def test_what_is_not_a_broker_is_refused_without_repeating_it(url):
    with pytest.raises(InputError) as caught:
        Broker.parse(url)
    assert "geheim" not in caught.value.message
    assert "SISEON_MQTT_URL" in caught.value.message


def test_certificates_that_cannot_be_read_are_named(tmp_path: Path):
    (tmp_path / "empty.pem").write_text("none")
    for path in (tmp_path / "missing.pem", tmp_path / "empty.pem"):
        with pytest.raises(InputError, match="SISEON_MQTT_CA"):
            Broker.parse("mqtts://broker", path)


@given(st.text(alphabet="#+/$ab\0\n ", min_size=1, max_size=5))
def test_nothing_that_means_something_in_a_topic_is_in_a_name_or_a_tag(text):
    if set(text) - {"a", "b"}:
        with pytest.raises(InputError):
            check_name(text)
        with pytest.raises(ValidationError):
            Measurement(tag=text, value=1.0)


@pytest.mark.parametrize("topic", ["", "#", "a/#", "a//b", "/a", "a/", "a b", "+", "$SYS", "a\n"])
def test_a_root_of_topics_is_plain(topic):
    with pytest.raises(InputError, match="mqtt-topic"):
        read_settings(mqtt_topic=topic)
    assert read_settings(mqtt_topic="plant-1/hall_2/siseon", mqtt_discovery="")
