"""From the facts of a frame to its pose.

The view's direction is the first of: the point in the middle of the picture as
seen from the camera, the slant range (where it says more than the angles do), the angles. What says the same thing
twice must agree within three standard deviations of the sources, or there is no pose. Where the picture's corners on
the ground are known, they stand for all of that, or must agree with it.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from siseon.applications.oilspill.contracts import FactName, Metadata
from siseon.applications.oilspill.georeference import assumed
from siseon.applications.oilspill.georeference.attitude import Floats, angles_of, composed, turned_to
from siseon.applications.oilspill.georeference.cornered import AGREE, agreeing, corners_of, seen_by
from siseon.applications.oilspill.georeference.field_of_view import fitting, slant_m, views
from siseon.applications.oilspill.georeference.height import height_of
from siseon.applications.oilspill.georeference.known import Known, Missing, Unknown
from siseon.applications.oilspill.georeference.pose import Pose, Sigmas
from siseon.applications.oilspill.georeference.ray import AXIS_M, direction_to, ground, metres_from
from siseon.applications.oilspill.position.refusing import CORNER_FACTS

MOST_ABOVE_M = 150.0
"""Of a target: a platform at sea, or a turret that counts from the ellipsoid; more is land."""
HEIGHTS: tuple[FactName, ...] = ("height_m", "altitude_m", "ellipsoid_height_m")
"""Without one of these the height follows from angles."""
STEEP = 85.0
"""Degrees below level from which a point in the middle no longer says where the picture's top is."""


def pose_of(metadata: Metadata, width: int, height: int) -> Pose | str:
    """The pose of a frame of that many pixels, or why there is none, for a person.

    Args:
        metadata: what is known of the frame; units as of ``FactName``.
        width: pixels across.
        height: pixels down.

    Raises:
        DependencyMissing: only the height above the ellipsoid is known, and pyproj is not installed.
    """
    try:
        return _pose(Known(metadata), width, height)
    except Unknown as reason:
        return str(reason)


def is_over_land(metadata: Metadata) -> bool:
    """Whether what the camera looks at is told to lie so high that it is land, and nothing says how high it is above a
    lake there."""
    up = metadata.value("target_elevation_m")
    return up is not None and up > MOST_ABOVE_M and "height_m" not in metadata.facts


def _pose(known: Known, width: int, height: int) -> Pose:
    camera, corners = _place(known, "latitude", "longitude"), corners_of(known)
    if camera is None or corners is None:
        return _by_angles(known, camera, width, height)
    try:
        pose = _by_angles(known, camera, width, height)
    except Missing:
        if not any(known.has(name) for name in HEIGHTS):
            raise
        return _by_corners(known, _at(known, camera), corners, width, height)
    agreeing(pose, corners, _above_the_sea(known), width, height)
    return _by_corners(known, pose, corners, width, height)


def _by_corners(known: Known, pose: Pose, corners: Floats, width: int, height: int) -> Pose:
    """The pose with the view that has these corners; ``pose``: where the camera is."""
    up, sources = _above_the_sea(known), known.sources(*CORNER_FACTS)
    sigmas = replace(
        pose.sigmas,
        azimuth=assumed.heading(sources),
        tilt=assumed.tilt(sources),
        fov=assumed.fov(sources),
    )
    pose = seen_by(replace(pose, sigmas=sigmas), corners, up)
    fitting(pose.hfov, pose.vfov, width, height)
    if (target := _place(known, "target_latitude", "target_longitude")) is not None:
        _at_target(pose.axes(), pose, (*target, up), "", by_angles=True)
    return replace(pose, interpolated="interpolated" in known.used.values())


def _at(known: Known, camera: tuple[float, float]) -> Pose:
    """A camera there that looks straight down."""
    height_m, height_sigma = height_of(known, composed((0.0, 0.0, 0.0), (0.0, -90.0, 0.0)), camera)
    sources = known.sources("latitude", "longitude")
    sigmas = Sigmas(
        position_m=assumed.position_m(sources),
        height_m=math.hypot(height_sigma, assumed.TIDE_M),
        azimuth=0.0,
        tilt=0.0,
        roll=assumed.ROLL,
        fov=0.0,
    )
    return Pose(*camera, height_m, 0.0, 90.0, 0.0, 90.0, 90.0, sigmas)


def _by_angles(known: Known, camera: tuple[float, float] | None, width: int, height: int) -> Pose:
    target = _place(known, "target_latitude", "target_longitude")
    if (near := camera or target) is None:
        raise Unknown(f"no position of the camera is known{known.why('latitude', 'longitude')}")
    axes = _axes(known, seen=camera is not None and target is not None)
    steep = known.get("sensor_elevation") is not None
    height_m, height_sigma = height_of(known, axes, near)
    sources = known.sources("latitude", "longitude", "target_latitude", "target_longitude")
    sigmas = Sigmas(
        position_m=assumed.position_m(sources),
        height_m=math.hypot(height_sigma, assumed.TIDE_M),
        azimuth=assumed.heading(
            known.sources("platform_heading", "sensor_azimuth", "sight_bearing") or ("derived",)
        ),
        tilt=_tilt(known),
        roll=assumed.ROLL,
        fov=0.0,
    )
    pose = Pose(*near, height_m, 0.0, 90.0, 0.0, 90.0, 90.0, sigmas)
    bearing, up = known.get("sight_bearing"), _above_the_sea(known)
    turned = known.pair("platform_heading", "sensor_azimuth") is not None
    if turned and steep and bearing is not None:
        _agreeing(axes, bearing, sigmas)
    if camera is not None and target is not None:
        by_angles = steep and (turned or bearing is not None)
        axes = _at_target(axes, pose, (*target, up), known.why("platform_heading"), by_angles=by_angles)
    elif (slant := known.get("slant_range_m")) is not None:
        axes = _at_range(axes, pose, slant, up, by_angles=steep)
    pose = _turned(pose, axes)
    if camera is None:
        pose = _behind(pose, near)
    hfov, vfov = views(known, pose, width, height)
    sigmas = replace(sigmas, fov=assumed.fov(known.sources("hfov", "vfov", "target_width_m")))
    interpolated = "interpolated" in known.used.values()
    return replace(pose, hfov=hfov, vfov=vfov, sigmas=sigmas, interpolated=interpolated)


def _place(known: Known, latitude: FactName, longitude: FactName) -> tuple[float, float] | None:
    """(latitude, longitude), the latter from -180 on to 180."""
    if (pair := known.pair(latitude, longitude)) is None:
        return None
    if abs(pair[0]) > 90 or abs(pair[1]) > 360:
        raise Unknown(f"the {latitude} and {longitude} {pair[0]:g}, {pair[1]:g} are not on the earth")
    return pair[0], (pair[1] + 180) % 360 - 180


def _axes(known: Known, *, seen: bool) -> Floats:
    """By the angles; level where the elevation alone is missing, and due north where the target is ``seen`` instead."""
    heading, azimuth = known.get("platform_heading"), known.get("sensor_azimuth")
    bearing, elevation = known.get("sight_bearing"), known.get("sensor_elevation")
    if elevation is None and not seen and known.get("slant_range_m") is None:
        raise Missing(f"how far down the camera looks is not known{known.why('sensor_elevation')}")
    if heading is None or azimuth is None:
        if bearing is None and not seen:
            name: FactName = "platform_heading" if heading is None else "sensor_azimuth"
            words = "the platform's heading" if heading is None else "the camera's azimuth on its platform"
            raise Missing(
                f"{words} is not known{known.why(name, 'sight_bearing')}: state `heading`, where the camera looks"
            )
        return composed((bearing or 0.0, 0.0, 0.0), (0.0, elevation or 0.0, known.get("sensor_roll") or 0.0))
    if elevation is None:
        return composed((heading, 0.0, 0.0), (azimuth, 0.0, 0.0))
    pitch = bank = 0.0
    angles: tuple[FactName, ...] = ("platform_heading", "sensor_azimuth", "sensor_elevation")
    if not any(source in assumed.FROM_THE_HORIZON for source in known.sources(*angles)):
        pitch, bank = known.get("platform_pitch") or 0.0, known.get("platform_roll") or 0.0
    return composed((heading, pitch, bank), (azimuth, elevation, known.get("sensor_roll") or 0.0))


def _agreeing(axes: Floats, bearing: float, sigmas: Sigmas) -> None:
    """Check what the angles say against the bearing of the line of sight.

    Raises:
        Unknown: they differ by more than both may be off.
    """
    azimuth, depression, _ = angles_of(axes)
    if depression > STEEP:
        return
    off = abs((azimuth - bearing + 180) % 360 - 180)
    loose = math.hypot(sigmas.azimuth, sigmas.tilt / math.cos(math.radians(depression)))
    if off > AGREE * loose:
        raise Unknown(f"the bearing of {bearing:.0f}° lies {off:.1f}° off the direction that the angles give")


def _tilt(known: Known) -> float:
    """Degrees; more where the camera's elevation counts from a platform that is only taken to be level."""
    source = known.used.get("sensor_elevation")
    if source is None:
        return assumed.tilt(("derived",))
    tilt = assumed.tilt(known.sources("sensor_elevation", "platform_pitch", "platform_roll"))
    level = "platform_pitch" in known.used and "platform_roll" in known.used
    return tilt if level or source in assumed.FROM_THE_HORIZON else max(tilt, assumed.NOT_LEVEL)


def _above_the_sea(known: Known) -> float:
    """Metres of the target above the water; where the height counts from the water itself, it lies on it."""
    up = known.get("target_elevation_m")
    if up is None or "height_m" in known.used:
        return 0.0
    if abs(up) > MOST_ABOVE_M:
        raise Unknown(
            f"the target lies {up:.0f} m above the sea: this is land, or a lake without a height above it"
        )
    return up


def _turned(pose: Pose, axes: Floats) -> Pose:
    azimuth, depression, roll = angles_of(axes)
    return replace(pose, azimuth=azimuth, depression=depression, roll=roll)


def _at_target(
    axes: Floats, pose: Pose, target: tuple[float, float, float], why: str, *, by_angles: bool
) -> Floats:
    """The axes, turned to a (latitude, longitude, metres above the sea).

    ``pose``: where the camera is and how sure that is.
    """
    forward = direction_to(pose, (target[1], target[0]), target[2])
    azimuth, depression, _ = angles_of(np.stack([*axes[:2], forward]))
    if not by_angles:
        if depression > STEEP:
            raise Missing(f"which way is up in the picture is not known{why}")
        return composed((azimuth, 0.0, 0.0), (0.0, -depression, 0.0))
    sigmas = pose.sigmas
    # The camera's own place moves the direction to the target the more, the nearer that is.
    loose = math.degrees(math.hypot(sigmas.position_m, sigmas.height_m) / slant_m(pose.height_m, depression))
    off = math.degrees(2 * math.asin(min(1.0, float(np.linalg.norm(axes[2] - forward)) / 2)))
    if off > AGREE * math.hypot(sigmas.azimuth, sigmas.tilt, loose):
        raise Unknown(f"the target lies {off:.1f}° off the direction in which the camera looks")
    return turned_to(axes, forward)


def _at_range(axes: Floats, pose: Pose, slant: float, up: float, *, by_angles: bool) -> Floats:
    """The axes with the depression at which what lies ``up`` metres above the sea is that far away.

    The angles stay where they say more than this does.
    """
    height, tilt = pose.height_m, pose.sigmas.tilt
    loose = math.hypot(pose.sigmas.height_m, assumed.SLANT_SHARE * slant)
    if slant < abs(height - up) - AGREE * loose:
        above = f"height of {height - up:g} m above" if height > up else f"depth of {up - height:g} m below"
        raise Unknown(f"the slant range of {slant:g} m is less than the {above} what the camera looks at")
    # By the law of cosines in the triangle of the camera, the place and the earth's middle.
    sine = ((height - up) * (2 * AXIS_M + height + up) + slant**2) / (2 * slant * (AXIS_M + height))
    depression = math.degrees(math.asin(max(-1.0, min(1.0, sine))))
    azimuth, angle, roll = angles_of(axes)
    sigma = math.degrees(loose / slant) / max(math.cos(math.radians(depression)), 1e-3)
    if by_angles and abs(angle - depression) > AGREE * math.hypot(sigma, tilt):
        raise Unknown(
            f"slant range and height give {depression:.1f}° below level, the camera's angles {angle:.1f}°"
        )
    if by_angles and sigma > tilt:
        return axes
    return composed((azimuth, 0.0, 0.0), (0.0, -depression, roll))


def _behind(pose: Pose, target: tuple[float, float]) -> Pose:
    """The pose moved back to where its axis meets the sea at ``target``, (latitude, longitude)."""
    place = np.array([[target[1], target[0]]])
    for _ in range(4):  # each step is off by the earth's curve over the last one
        shown = ground(pose, 2, 2, np.array([[1.0, 1.0]]))[0]
        if np.isnan(shown).any():
            raise Unknown("the camera looks above the horizon: its place does not follow from its target")
        east, north = metres_from((float(shown[0]), float(shown[1])), place)[0]
        latitude = pose.latitude + math.degrees(north / AXIS_M)
        longitude = pose.longitude + math.degrees(east / AXIS_M / max(math.cos(math.radians(latitude)), 1e-6))
        pose = replace(pose, latitude=min(max(latitude, -90.0), 90.0), longitude=longitude)
    return pose
