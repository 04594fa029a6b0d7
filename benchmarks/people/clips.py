"""Clips made longer or shorter: packets are copied, nothing is decoded or coded."""

from __future__ import annotations

from pathlib import Path

import av


def lasting(source: Path, target: Path, seconds: float) -> Path:
    """The pictures of ``source``, again and again, for so many seconds and no longer; without its sound."""
    return beginning(looped(source, target.with_name(f"long-{target.name}"), seconds), target, seconds)


def looped(source: Path, target: Path, seconds: float) -> Path:
    """The pictures of ``source``, again and again, for so many seconds at least; without its sound."""
    with av.open(str(source)) as film, av.open(str(target), "w") as made:
        stream = film.streams.video[0]
        packets = [packet for packet in film.demux(stream) if packet.dts is not None]
        times = [(packet.pts, packet.dts) for packet in packets]
        start, step = stream.start_time or 0, max(1, packets[1].dts - packets[0].dts)
        round_ = max(pts for pts, _ in times) + step - start
        copy = made.add_stream_from_template(stream)
        base, number = packets[0].time_base, 0
        while number * round_ * base < seconds:
            for packet, (pts, dts) in zip(packets, times, strict=True):
                packet.pts, packet.dts = pts + number * round_, dts + number * round_
                packet.stream = copy
                made.mux(packet)
                packet.time_base = base
            number += 1
    return target


def beginning(source: Path, target: Path, seconds: float) -> Path:
    """The pictures of ``source`` up to so many seconds; without its sound."""
    with av.open(str(source)) as film, av.open(str(target), "w") as made:
        stream = film.streams.video[0]
        copy = made.add_stream_from_template(stream)
        for packet in film.demux(stream):
            if packet.dts is not None and packet.dts * packet.time_base < seconds:
                packet.stream = copy
                made.mux(packet)
    return target
