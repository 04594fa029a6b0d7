"""EXIF and XMP of photos that other libraries have written, and of strangers."""

from __future__ import annotations

import io
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Picture
from PIL.TiffImagePlugin import IFDRational

from siseon.applications.oilspill.position.checks import checked
from siseon.applications.oilspill.position.photo.blocks import XMP_START, blocks_of
from siseon.applications.oilspill.position.photo.reading import read_photo
from siseon.applications.oilspill.position.photo.xmp import read_xmp

DJI = b"""<?xpacket?><x:xmpmeta><rdf:Description drone-dji:AltitudeType="RtkAlt"
 drone-dji:AbsoluteAltitude="+343.21" drone-dji:RelativeAltitude="+120.50" drone-dji:GpsLatitude="57.6921001"
 drone-dji:GpsLongtitude="-11.6402" drone-dji:GimbalYawDegree="-170.0" drone-dji:GimbalPitchDegree="-62.5"
 drone-dji:GimbalRollDegree="0.0" drone-dji:FlightYawDegree="10.0"/></x:xmpmeta>"""


def _degrees(value: float) -> tuple[IFDRational, IFDRational, IFDRational]:
    minutes = (value % 1) * 60
    seconds = round((minutes % 1) * 60 * 10_000)
    return IFDRational(int(value), 1), IFDRational(int(minutes), 1), IFDRational(seconds, 10_000)


def _photo(
    kind: str = "JPEG",
    *,
    version: bytes = b"0232",
    altitude_ref: bytes = b"\x00",
    zoom: float = 1,
    gps: dict[int, object] | None = None,
) -> bytes:
    exif = Picture.Exif()
    exif[0x010F] = "a maker"
    exif.get_ifd(0x8769).update({0x9000: version, 0xA405: 24, 0xA404: IFDRational(round(zoom * 10), 10)})
    exif.get_ifd(0x8825).update(
        {
            1: "S", 2: _degrees(33.8568), 3: "E", 4: _degrees(151.2153), 5: altitude_ref, 6: IFDRational(1234, 10),
            7: (IFDRational(1), IFDRational(2), IFDRational(35, 10)), 16: "T", 17: IFDRational(2715, 10),
            29: "2026:05:04",
        } | (gps or {})
    )  # fmt: skip
    out = io.BytesIO()
    Picture.new("RGB", (64, 48)).save(out, "JPEG" if kind == "TIFF" else kind, exif=exif)
    return blocks_of(out.getvalue()).exif if kind == "TIFF" else out.getvalue()  # a block of EXIF is a TIFF


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_exif_tells_position_time_direction_and_angles(kind: str) -> None:
    _, metadata = read_photo(_photo(kind), 4000, 3000)
    assert metadata.value("latitude") == pytest.approx(-33.8568, abs=1e-7)
    assert metadata.value("longitude") == pytest.approx(151.2153, abs=1e-7)
    assert metadata.value("altitude_m") == pytest.approx(123.4)
    assert metadata.value("time") == 1_777_856_523.5  # 2026-05-04T01:02:03.5Z
    assert metadata.value("sight_bearing") == 271.5
    half_diagonal = math.degrees(math.atan(math.hypot(36, 24) / 2 / 24))
    across, down = (math.tan(math.radians(metadata.facts[name].value / 2)) for name in ("hfov", "vfov"))
    assert math.degrees(math.atan(math.hypot(across, down))) == pytest.approx(half_diagonal)
    assert across / down == pytest.approx(4 / 3)


def test_the_camera_s_own_clock_counts_where_its_zone_is_written() -> None:
    def taken(zone: str | None) -> float | None:
        exif = Picture.Exif()
        exif.get_ifd(0x8769).update(
            {0x9003: "2026:05:04 10:02:03"} | ({} if zone is None else {0x9011: zone})
        )
        out = io.BytesIO()
        Picture.new("RGB", (64, 48)).save(out, "JPEG", exif=exif)
        return read_photo(out.getvalue(), 64, 48)[1].value("time")

    assert taken("+09:00") == 1_777_856_523  # 2026-05-04T01:02:03Z
    assert taken(None) is taken("noon") is None
    exposed = DJI.replace(
        b"<rdf:Description", b'<rdf:Description drone-dji:UTCAtExposure="2026-05-04T01:02:03.5"'
    )
    assert read_xmp(exposed).value("time") == 1_777_856_523.5
    assert read_xmp(DJI).value("time") is None


def test_minutes_beyond_60_are_no_coordinate() -> None:
    exif = Picture.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (10.0, 3000.0, 0.0), 3: "E", 4: (5.0, 0.0, 0.0)})
    out = io.BytesIO()
    Picture.new("RGB", (64, 48)).save(out, "JPEG", exif=exif)
    found = checked(read_photo(out.getvalue(), 64, 48)[1])
    assert "latitude" not in found.facts
    assert ("latitude", "out_of_range") in {(one.name, one.reason) for one in found.refused}


@pytest.mark.parametrize(
    ("gps", "why"),
    [
        ({9: "V"}, "its receiver had no satellites then: it is an older one"),
        ({18: "TOKYO"}, "it counts from the datum TOKYO, not from WGS 84"),
        ({27: b"ASCII\x00\x00\x00CELLID"}, "it is that of a mobile phone's network, not of satellites"),
        ({31: IFDRational(650, 10)}, "its receiver says that it may be 65 m off"),
    ],
)
def test_a_position_that_is_not_of_that_moment_and_place_is_refused(gps: dict[int, object], why: str) -> None:
    _, found = read_photo(_photo(gps=gps), 4000, 3000)
    assert [(one.name, one.reason, one.detail, one.candidates) for one in found.refused] == [
        ("latitude", "unsure", why, ()),
        ("longitude", "unsure", why, ()),
    ]
    assert found.value("latitude") is found.value("longitude") is None
    assert found.value("altitude_m") == pytest.approx(123.4)


@pytest.mark.parametrize(
    "gps",
    [{9: "A"}, {18: "WGS-84"}, {18: "WGS-84 "}, {18: "JGD2011"}, {27: b"ASCII\x00\x00\x00GPS"}, {31: 4.5}],
)
def test_a_position_of_satellites_stands(gps: dict[int, object]) -> None:
    _, found = read_photo(_photo(gps=gps), 4000, 3000)
    assert found.value("latitude") == pytest.approx(-33.8568, abs=1e-7)
    assert not found.refused


def test_since_version_3_the_altitude_says_what_it_counts_from() -> None:
    _, above_the_ellipsoid = read_photo(_photo(version=b"0300"), 4000, 3000)
    _, above_the_sea = read_photo(_photo(version=b"0300", altitude_ref=b"\x02"), 4000, 3000)
    assert "altitude_m" not in above_the_ellipsoid.facts
    assert above_the_ellipsoid.value("ellipsoid_height_m") == pytest.approx(123.4)
    assert above_the_sea.value("altitude_m") == pytest.approx(123.4)


def test_a_digital_zoom_leaves_the_angles_unknown() -> None:
    _, metadata = read_photo(_photo(zoom=2), 4000, 3000)
    assert "hfov" not in metadata.facts


@pytest.mark.parametrize("name", [b"GimbalYawDegree", b"FlightYawDegree"])
def test_a_direction_that_cannot_be_is_left_for_the_ranges_to_refuse(name: bytes) -> None:
    metadata = checked(read_xmp(DJI.replace(name + b'="', name + b'="' + b"9" * 20 + b'" was="')))
    assert "platform_heading" not in metadata.facts
    assert [(one.name, one.reason) for one in metadata.refused] == [("platform_heading", "out_of_range")]


def test_the_gimbal_of_a_drone_is_against_the_ground() -> None:
    metadata = read_xmp(DJI)
    assert metadata.value("platform_heading") == 10
    assert metadata.value("sensor_azimuth") == 180
    assert metadata.value("sensor_elevation") == -62.5
    assert metadata.value("latitude") == 57.6921001
    assert metadata.value("longitude") == -11.6402
    assert metadata.value("height_m") == 120.5
    assert metadata.value("ellipsoid_height_m") == 343.21
    assert "altitude_m" not in metadata.facts


def test_a_drone_without_satellites_has_no_position_and_a_laser_without_an_echo_no_target() -> None:
    lost = read_xmp(
        DJI.replace(b"drone-dji:GpsLatitude", b'drone-dji:GpsStatus="Invalid" drone-dji:GpsLatitude')
    )
    assert {one.name: one.reason for one in lost.refused} == dict.fromkeys(
        ("latitude", "longitude"), "unsure"
    )
    assert "latitude" not in lost.facts
    assert lost.value("height_m") == 120.5

    def aimed(status: bytes) -> float | None:
        laser = b'<rdf:Description drone-dji:LRFTargetLat="57.7" drone-dji:LRFStatus="' + status + b'"'
        return read_xmp(DJI.replace(b"<rdf:Description", laser)).value("target_latitude")

    assert aimed(b"Normal") == 57.7
    assert aimed(b"Too Far") is None


def test_elements_are_read_as_attributes_are_and_pix4d_counts_pitch_from_below() -> None:
    metadata = read_xmp(b"<Camera:Yaw>92.5</Camera:Yaw> <Camera:Pitch> 30.0 </Camera:Pitch>")
    assert metadata.value("platform_heading") == 92.5
    assert metadata.value("sensor_elevation") == -60


def test_a_jpeg_carries_both() -> None:
    plain = _photo()
    segment = XMP_START + DJI
    data = plain[:2] + b"\xff\xe1" + (len(segment) + 2).to_bytes(2, "big") + segment + plain[2:]
    xmp, exif = read_photo(data, 64, 48)
    assert xmp.value("latitude") == 57.6921001
    assert exif.value("latitude") == pytest.approx(-33.8568, abs=1e-7)


@pytest.mark.parametrize("text", ["&lol9;", "1e999", "nan", "--5", "5_0", "٣", "", "0x10", "1.2.3"])
def test_what_is_no_figure_is_passed_over(text: str) -> None:
    assert read_xmp(f'drone-dji:GpsLatitude="{text}"'.encode()).facts == {}


def test_xmp_full_of_names_is_read_once() -> None:
    assert read_xmp(b"drone-dji:GpsLatitude " * 40_000).facts == {}


@given(
    st.binary(max_size=200), st.sampled_from([b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"II*\x00", b"MM\x00*", b""])
)
def test_any_bytes_say_something_or_nothing(data: bytes, start: bytes) -> None:
    read_photo(start + data, 10, 10)


@given(st.integers(0, 300), st.binary(min_size=1, max_size=4))
def test_a_broken_exif_says_what_is_whole_or_nothing(at: int, junk: bytes) -> None:
    exif = bytearray(blocks_of(_SOUND).exif)
    exif[at : at + len(junk)] = junk
    segment = b"Exif\x00\x00" + bytes(exif)
    read_photo(b"\xff\xd8\xff\xe1" + (len(segment) + 2).to_bytes(2, "big") + segment, 10, 10)


_SOUND = _photo()
