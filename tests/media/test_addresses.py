"""Which URLs are plain and which addresses are public, judged without a network."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siseon.contracts import FailureCode, InputError
from siseon.media.addresses import networks, parse_url, permitted

PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.1",
    "223.255.255.255",
    "2606:4700:4700::1111",
    "2a00:1450:4001:80b::200e",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
]
FORBIDDEN = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::8.8.8.8",
    "::ffff:127.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::808:808",
    "100::1",
    "2001::808:808",
    "2001:10::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:808:808::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_permitted(address: str) -> None:
    assert permitted(ip_address(address))


@pytest.mark.parametrize("address", FORBIDDEN)
def test_other_addresses_are_not(address: str) -> None:
    assert not permitted(ip_address(address))


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_what_is_permitted_is_public_to_python_too(address: IPv4Address | IPv6Address) -> None:
    inside = getattr(address, "ipv4_mapped", None) or address
    if permitted(address) and address not in ip_network("64:ff9b::/96"):
        assert inside.is_global
        assert not inside.is_multicast


def test_an_owner_opens_a_network_and_nothing_beside_it() -> None:
    allow = networks("192.168.1.0/24, fd00::/8")
    assert permitted(ip_address("192.168.1.77"), allow)
    assert permitted(ip_address("::ffff:192.168.1.77"), allow)
    assert permitted(ip_address("fd12::1"), allow)
    assert not permitted(ip_address("192.168.2.1"), allow)
    assert not permitted(ip_address("fc00::1"), allow)


def test_networks_are_read_from_text() -> None:
    assert networks("10.0.0.0/8, 192.168.1.5") == (ip_network("10.0.0.0/8"), ip_network("192.168.1.5/32"))
    assert networks(" ") == ()


@pytest.mark.parametrize("text", ["10.0.0.5/8", "camera", "10.0.0.0/33", "10.0.0.0/8;10.1.0.0/16"])
def test_what_is_no_network_is_named(text: str) -> None:
    with pytest.raises(InputError, match="is not a network") as caught:
        networks(text)
    assert caught.value.code is FailureCode.invalid_input
    assert "10.0.0.0/8" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("text", "host", "target"),
    [
        ("https://example.com", "example.com", "/"),
        ("HTTP://Example.COM:80/a/b.png?x=1#part", "example.com", "/a/b.png?x=1"),
        ("https://한글.kr/사진.jpg", "xn--bj0bj06e.kr", "/%EC%82%AC%EC%A7%84.jpg"),
        ("https://example.com/two words.png", "example.com", "/two%20words.png"),
        ("https://example.com/@someone/a.png", "example.com", "/@someone/a.png"),
        ("http://my_camera.example:8080/snap", "my_camera.example", "/snap"),
        ("http://8.8.8.8:443/", "8.8.8.8", "/"),
        ("http://[2606:4700::1]:8443/", "2606:4700::1", "/"),
        ("https://3.example.com/", "3.example.com", "/"),
    ],
)
def test_plain_urls_are_taken(text: str, host: str, target: str) -> None:
    url = parse_url(text)
    assert (url.raw_host.decode(), url.raw_path.decode()) == (host, target)


@pytest.mark.parametrize(
    "text",
    [
        "https://anna@example.com/",
        "https://anna:geheim@example.com/",
        "https://@example.com/",
        "https://example.com./",
        "https://exa%6Dple.com/",
        "https://example..com/",
        "https://example.com:/",
        "https://example.com:+443/",
        "https://example.com:4_43/",
        "https://example.com:４４３/",
        "https://example.com\\.org/",
        "https://[2606:4700::1%25eth0]/",
        "http://134744072/",
        "http://0x08080808/",
        "http://010.8.8.8/",
        "http://0x8.8.8.8/",
        "http://8.8.2056/",
        "http://8.8.8.0x8/",
        "http://８.8.8.8/",
    ],
)
def test_odd_forms_are_refused_wherever_they_lead(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_url(text)
    assert caught.value.code is FailureCode.url_blocked
    assert caught.value.hint


@pytest.mark.parametrize("port", [1, 21, 22, 25, 81, 445, 1023, 65536, 99999, 0])
def test_ports_of_other_services_are_refused(port: int) -> None:
    with pytest.raises(InputError, match=f"port {port} is not taken"):
        parse_url(f"http://example.com:{port}/")


def test_a_refusal_shows_nothing_of_a_url_with_a_password() -> None:
    with pytest.raises(InputError) as caught:
        parse_url("https://anna:geheim@example.com/?token=abc")
    told = str(caught.value.failure())
    assert not any(secret in told for secret in ("anna", "geheim", "abc"))


ODD = [
    "0",
    "1",
    "0x7f",
    "0x",
    "127",
    "0177",
    "256",
    "1.",
    "①",
    "１２７",
    "。",
    "%",
    ":",
    "[",
    "]",
    "@",
    "\\",
    "a",
]
HOSTS = st.one_of(
    st.text(max_size=20),
    st.lists(st.sampled_from(ODD), max_size=8).map(".".join),
    st.text(alphabet="0123456789abcdefx.:%[]@\\/①７。．\t ﹪", max_size=12),
)


@given(HOSTS)
def test_a_host_that_is_taken_is_no_address_in_disguise(host: str) -> None:
    try:
        taken = parse_url(f"http://{host}/").raw_host.decode()
        read_by_c = socket.inet_ntoa(socket.inet_aton(taken))
    except (InputError, OSError):  # refused, or a name to C as well
        return
    assert read_by_c == taken


@given(st.text(max_size=40))
def test_whatever_path_is_taken_can_be_sent(path: str) -> None:
    try:
        url = parse_url(f"http://example.com/{path}")
    except InputError:
        return
    h11.Request(method="GET", target=url.raw_path, headers=[("Host", url.netloc.decode())])
