"""The nodes of OPC UA: a folder for each stream, in it its state and a variable for each tag.

Their ids do not move: ``s=STREAM`` of the folder, ``s=STREAM/state`` and ``s=STREAM.TAG`` of what is in it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING

from siseon.streams.life import State
from siseon.streams.outputs.present import Present, Seen
from siseon.streams.outputs.topics import shown_unit

if TYPE_CHECKING:
    from asyncua import ua
    from asyncua.common.node import Node
    from asyncua.server.server import Server


@dataclass(slots=True)
class _Tag:
    value: Node
    unit: Node
    reason: Node
    shown: tuple[int, bool] | None = None
    """Which figure, and whether it was stale."""
    unit_shown: str | None = None
    reason_shown: str | None = None


@dataclass(slots=True)
class _Stream:
    folder: Node
    state: Node
    tags: dict[str, _Tag] = field(default_factory=dict)
    shown: State | None = None


class Tree:
    """All nodes of one server; of its loop alone."""

    def __init__(self, server: Server, namespace: int, stale_s: float) -> None:
        self._server = server
        self._namespace = namespace
        self._stale_s = stale_s
        self._streams: dict[str, _Stream] = {}

    async def show(self, kept: set[str], present: Present) -> None:
        """Bring nodes and values up to date."""
        for name in self._streams.keys() - kept:
            await self._server.delete_nodes([self._streams.pop(name).folder], recursive=True)
        for name in sorted(kept):
            stream = self._streams.get(name)
            if stream is None:
                stream = self._streams[name] = await self._stream(name)
            state = present.state(name)
            if state is not stream.shown and state is not None:
                stream.shown = state
                await stream.state.write_value(state.value)
            for tag, seen in present.tags(name).items():
                if tag not in stream.tags:
                    stream.tags[tag] = await self._tag(stream.folder, name, tag)
                await self._update(stream.tags[tag], seen)

    async def _update(self, tag: _Tag, seen: Seen) -> None:
        stale = seen.age_s > self._stale_s
        if tag.shown == (seen.number, stale):
            return
        tag.shown = seen.number, stale
        unit = shown_unit(seen.measurement.unit)
        if unit != tag.unit_shown:  # before the first value that has it
            tag.unit_shown = unit
            await tag.unit.write_value(_unit(unit))
        if seen.measurement.reason != tag.reason_shown:
            tag.reason_shown = seen.measurement.reason
            await tag.reason.write_value(seen.measurement.reason or "")
        await self._server.write_attribute_value(tag.value.nodeid, _value(seen, stale=stale))

    async def _stream(self, name: str) -> _Stream:
        from asyncua import ua

        folder = await self._server.nodes.objects.add_folder(self._id(name), self._name(name))
        state = await folder.add_variable(
            self._id(f"{name}/state"), self._name("state"), "", ua.VariantType.String
        )
        return _Stream(folder, state)

    async def _tag(self, folder: Node, stream: str, tag: str) -> _Tag:
        from asyncua import ua
        from asyncua.ua.status_codes import StatusCodes

        place = f"{stream}.{tag}"
        value = await folder.add_variable(self._id(place), self._name(tag), 0.0, ua.VariantType.Double)
        waiting = ua.DataValue(StatusCode=ua.StatusCode(ua.UInt32(StatusCodes.BadWaitingForInitialData)))
        await self._server.write_attribute_value(value.nodeid, waiting)
        unit = await value.add_property(self._id(f"{place}.unit"), "0:EngineeringUnits", _unit(None))
        reason = await value.add_property(self._id(f"{place}.reason"), self._name("reason"), "")
        return _Tag(value, unit, reason)

    def _id(self, name: str) -> ua.NodeId:
        from asyncua import ua

        return ua.NodeId(ua.String(name), ua.Int16(self._namespace))

    def _name(self, name: str) -> ua.QualifiedName:
        from asyncua import ua

        return ua.QualifiedName(name, ua.UInt16(self._namespace))


def _value(seen: Seen, *, stale: bool) -> ua.DataValue:
    """A figure with the time of its frame; one that may not be used has no value."""
    from asyncua import ua
    from asyncua.ua.status_codes import StatusCodes

    status = {
        "good": StatusCodes.Good,
        "uncertain": StatusCodes.UncertainSensorNotAccurate,
        "bad": StatusCodes.Bad,
    }
    code = StatusCodes.BadNoCommunication if stale else status[seen.measurement.quality]
    value = None if stale else seen.measurement.value
    return ua.DataValue(
        Value=None if value is None else ua.Variant(value, ua.VariantType.Double),
        StatusCode=ua.StatusCode(ua.UInt32(code)),
        SourceTimestamp=ua.DateTime.fromtimestamp(seen.at, UTC),
    )


def _unit(unit: str | None) -> ua.EUInformation:
    """By its name alone: -1 says that there is no number of it."""
    from asyncua import ua

    return ua.EUInformation(UnitId=ua.Int32(-1), DisplayName=ua.LocalizedText(unit))
