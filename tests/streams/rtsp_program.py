"""An RTSP server on loopback, run by the system's Python, for which Debian has GStreamer's bindings.

``python3 rtsp_program.py PORT MOUNTS``: MOUNTS is JSON, by path ``launch`` (a GStreamer pipeline with payloader
``pay0``) and, where its ``appsrc name=clip`` is to be fed, ``file``: access units, each behind its length in four
bytes, which are pushed over and over, or ``once``, at ``fps``. With ``user`` and ``password`` a mount asks for them;
with ``certificate``, a file of one and its key, the server speaks TLS. Says ``ready``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gio, GLib, Gst, GstRtspServer  # noqa: E402
from units import read_units  # noqa: E402

ROLE = "viewer"


class Pushing:
    """Feeds the ``appsrc`` of one medium for as long as somebody looks."""

    def __init__(self, units: list[bytes], fps: float, *, once: bool) -> None:
        self.units = units
        self.once = once
        self.duration = int(Gst.SECOND / fps)
        self.pushed = 0

    def configure(self, _factory: object, media: GstRtspServer.RTSPMedia) -> None:
        self.pushed = 0
        media.get_element().get_by_name("clip").connect("need-data", self.push)

    def push(self, source: Gst.Element, _length: int) -> None:
        if self.once and self.pushed >= len(self.units):
            return
        unit = Gst.Buffer.new_wrapped(self.units[self.pushed % len(self.units)])
        unit.pts = unit.dts = self.pushed * self.duration
        unit.duration = self.duration
        self.pushed += 1
        source.emit("push-buffer", unit)


def main(port: str, mounts: dict[str, dict[str, str]]) -> None:
    Gst.init(None)
    server = GstRtspServer.RTSPServer.new()
    server.set_address("127.0.0.1")
    server.set_service(port)
    pushing = []
    for path, mount in mounts.items():
        factory = GstRtspServer.RTSPMediaFactory.new()
        factory.set_launch(f"( {mount['launch']} )")
        factory.set_shared(True)
        if "file" in mount:
            push = Pushing(read_units(Path(mount["file"])), float(mount["fps"]), once="once" in mount)
            factory.connect("media-configure", push.configure)
            pushing.append(push)
        permissions = GstRtspServer.RTSPPermissions.new()
        permissions.add_permission_for_role(ROLE, "media.factory.access", True)
        permissions.add_permission_for_role(ROLE, "media.factory.construct", True)
        # What may be seen but not made is answered with 401, what may not even be seen with 404.
        permissions.add_permission_for_role("anonymous", "media.factory.access", True)
        permissions.add_permission_for_role("anonymous", "media.factory.construct", "user" not in mount)
        factory.set_permissions(permissions)
        server.get_mount_points().add_factory(path, factory)
    server.set_auth(auth_of(mounts))
    if not server.attach(None):
        sys.exit(f"port {port} cannot be taken")
    print("ready", flush=True)
    GLib.MainLoop().run()


def auth_of(mounts: dict[str, dict[str, str]]) -> GstRtspServer.RTSPAuth:
    auth = GstRtspServer.RTSPAuth.new()
    anonymous = GstRtspServer.RTSPToken.new()
    anonymous.set_string("media.factory.role", "anonymous")
    auth.set_default_token(anonymous)
    for mount in mounts.values():
        if "certificate" in mount:
            auth.set_tls_certificate(Gio.TlsCertificate.new_from_file(mount["certificate"]))
        if "user" in mount:
            token = GstRtspServer.RTSPToken.new()
            token.set_string("media.factory.role", ROLE)
            basic = GstRtspServer.RTSPAuth.make_basic(mount["user"], mount["password"])
            auth.add_basic(basic, token)
    return auth


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
