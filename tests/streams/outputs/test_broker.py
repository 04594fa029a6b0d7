from __future__ import annotations

import ssl
from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives import serialization
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
        "mqtt://bro\nker",
        "mqtt://broker\r\n",
        "mqtts://geheim:\t@broker",
        "mqtt://g\u00e9heim@broker",
        "mqtt://gehe\x00im@broker",
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


def issued(folder: Path) -> tuple[Path, Path]:
    """A certificate of a client with its key."""
    made = trustme.CA().issue_cert("plant", common_name="plant")
    made.cert_chain_pems[0].write_to_path(folder / "certificate")
    made.private_key_pem.write_to_path(folder / "key")
    return folder / "certificate", folder / "key"


def test_a_certificate_and_its_key_are_set_together_and_belong_together(tmp_path: Path):
    certificate, key = issued(tmp_path)
    with pytest.raises(InputError, match="MQTT_CERTIFICATE is set without SISEON_MQTT_KEY"):
        Broker.parse("mqtts://broker", certificate=certificate)
    with pytest.raises(InputError, match="MQTT_KEY is set without SISEON_MQTT_CERTIFICATE"):
        Broker.parse("mqtts://broker", key=key)
    with pytest.raises(InputError, match=r"SISEON_MQTT_KEY: .*No such file"):
        Broker.parse("mqtts://broker", certificate=certificate, key=tmp_path / "missing")
    with pytest.raises(InputError, match="SISEON_MQTT_CERTIFICATE with SISEON_MQTT_KEY"):
        Broker.parse("mqtts://broker", certificate=key, key=key)
    with pytest.raises(InputError, match="are for mqtts://"):
        Broker.parse("mqtt://broker", certificate=certificate, key=key)
    other = tmp_path / "other"
    other.mkdir()
    with pytest.raises(InputError, match="mismatch"):
        Broker.parse("mqtts://broker", certificate=certificate, key=issued(other)[1])


def test_a_key_with_a_password_is_refused_and_nobody_is_asked_for_it(tmp_path: Path):
    certificate, key = issued(tmp_path)
    private = serialization.load_pem_private_key(key.read_bytes(), None)
    coded = serialization.BestAvailableEncryption(b"secret")
    forms = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    key.write_bytes(private.private_bytes(*forms, coded))
    with pytest.raises(InputError, match="SISEON_MQTT_KEY has a password"):
        Broker.parse("mqtts://broker", certificate=certificate, key=key)


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
