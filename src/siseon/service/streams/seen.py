"""All that is to be seen of streams, put together: video, snapshots, tiles, clips."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

from fastapi import APIRouter

from siseon.applications.build import bounds
from siseon.service.streams.clips import add_clip_routes
from siseon.service.streams.tiles import add_tile_routes
from siseon.service.streams.video import add_video_routes
from siseon.streams.alarms.sink import Alarms
from siseon.streams.center import Center
from siseon.streams.clips.archive import Archive
from siseon.streams.clips.clips import Clips
from siseon.streams.clips.writer import Writer
from siseon.streams.pictures.maker import Maker
from siseon.streams.pictures.screens import Screens


def add_seen_routes(
    router: APIRouter, center: Center, alarms: Alarms
) -> tuple[AbstractAsyncContextManager[object], ...]:
    """The operations, and what they need, each within those before it. ``alarms`` have clips taken."""
    host = center.host
    maker = Maker(lambda application: host[application].application.draw, bounds(host.settings))
    screens = Screens(maker, most=host.settings.stream_viewers)
    archive = Archive(center)
    writer = Writer(archive)
    clips = Clips(center, screens, archive, writer)
    alarms.on_coming.append(clips.alarm)
    add_video_routes(router, center, screens)
    add_tile_routes(router, center, screens)
    add_clip_routes(router, center, clips, archive)
    return maker, screens, archive, writer, clips
