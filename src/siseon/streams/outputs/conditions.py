"""Alarms as conditions of OPC UA (Part 9): an event for each thing that happens to one, and ``Acknowledge``.

An alarm that is not normal is retained: ``ConditionRefresh`` tells a client that comes later of it, and it has a node,
``s=STREAM.TAG.KIND``, that ``Acknowledge`` is called on. Other fields of its state are in its events alone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import ValidationError

from siseon.contracts import SiseonError
from siseon.streams.alarms.rules import Kind, Priority, StaleRule
from siseon.streams.alarms.standing import EventKind, State
from siseon.streams.alarms.wire import AlarmEvent, AlarmTold, Deed

if TYPE_CHECKING:
    from asyncua import ua
    from asyncua.common.node import Node
    from asyncua.server.event_generator import EventGenerator
    from asyncua.server.server import Server

FOLDER = "/alarms"
BY = "OPC UA"
"""Who acknowledged, in the log: clients are anonymous."""
IDS = 16
"""Events of one alarm that may be acknowledged by their ids."""
SEVERITY: dict[Priority, int] = {"low": 200, "medium": 400, "high": 600, "critical": 800}
_TYPES: dict[Kind, str] = {
    "high_high": "NonExclusiveLevelAlarmType",
    "high": "NonExclusiveLevelAlarmType",
    "low": "NonExclusiveLevelAlarmType",
    "low_low": "NonExclusiveLevelAlarmType",
    "deviation": "NonExclusiveDeviationAlarmType",
    "rate_of_change": "NonExclusiveRateOfChangeAlarmType",
    "stale": "AlarmConditionType",
}
_ENDS: dict[Kind, str] = {"high_high": "HighHigh", "high": "High", "low": "Low", "low_low": "LowLow"}
"""What a limit is called."""
_ACTIVE = (State.unacknowledged, State.acknowledged)
_UNSEEN = (State.unacknowledged, State.returned_unacknowledged, State.latched_unacknowledged)

Acknowledge = Callable[[str, Deed], Awaitable[None]]
"""Of an alarm by its id. Raises ``SiseonError``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """What is told of an alarm."""

    alarm: str
    source: str
    """``STREAM.TAG``."""
    kind: Kind
    priority: Priority
    limit: float
    state: State
    active: bool
    acknowledged: bool
    compared: float | None
    what: str
    at: datetime
    by: str | None = None
    note: str | None = None
    removed: bool = False

    @property
    def retained(self) -> bool:
        """Whether somebody who comes later has to hear of it."""
        return not self.removed and self.state is not State.normal


@dataclass(slots=True)
class _Alarm:
    node: Node
    told: EventGenerator
    last: Happening
    ids: deque[bytes] = field(default_factory=lambda: deque(maxlen=IDS))
    """Of its events since it was last acknowledged."""


class Conditions:
    """All alarms of one server; of its loop alone."""

    def __init__(self, server: Server, namespace: int, acknowledge: Acknowledge | None) -> None:
        """``acknowledge``: None where clients may not."""
        self._server = server
        self._namespace = namespace
        self._do = acknowledge
        self._alarms: dict[str, _Alarm] = {}
        self._folder: Node

    async def open(self) -> None:
        """Have what alarms lie in, and what is called of them."""
        from asyncua import ua
        from asyncua.ua.object_ids import ObjectIds

        name = ua.QualifiedName("alarms", ua.UInt16(self._namespace))
        self._folder = await self._server.nodes.objects.add_folder(self._id(FOLDER), name)
        method = ua.NodeId(ua.Int32(ObjectIds.AcknowledgeableConditionType_Acknowledge))
        self._server.link_method(self._server.get_node(method), self._acknowledge)

    async def take(self, news: list[AlarmTold] | AlarmEvent) -> None:
        """Tell what happened; first, those that are not normal."""
        if isinstance(news, AlarmEvent):
            known = self._alarms.get(news.alarm)
            await self._tell(_happened(news, known.last if known is not None else None))
            return
        for one in news:
            await self._tell(_stands(one))

    async def _tell(self, happening: Happening) -> None:
        alarm = self._alarms.get(happening.alarm)
        if alarm is None:
            alarm = self._alarms[happening.alarm] = await self._made(happening)
        if happening.acknowledged:
            alarm.ids.clear()
        alarm.last = happening
        self._fill(alarm)
        await alarm.told.trigger(happening.at, f"{happening.source} {happening.what}")
        alarm.ids.append(alarm.told.event.EventId.Value)
        if not happening.retained:
            await self._drop(happening.alarm)

    async def _made(self, happening: Happening) -> _Alarm:
        from asyncua import ua
        from asyncua.ua.object_ids import ObjectIds

        kind = getattr(ObjectIds, _TYPES[happening.kind])
        told = await self._server.get_event_generator(kind)
        told.event.NodeId = self._id(happening.alarm)
        told.event.SourceNode = told.event.InputNode = self._id(happening.source)
        told.event.SourceName = happening.source
        told.event.ConditionName = happening.kind
        told.event.ConditionClassId = ua.NodeId(ua.Int32(ObjectIds.ProcessConditionClassType))
        told.event.ConditionClassName = ua.LocalizedText("ProcessConditionClassType")
        told.event.BranchId = ua.NodeId()
        told.event.EnabledState = ua.LocalizedText("Enabled")
        told.event.Quality = ua.StatusCode(ua.UInt32(0))
        setattr(told.event, "EnabledState/Id", True)
        name = ua.QualifiedName(happening.alarm, ua.UInt16(self._namespace))
        node = await self._folder.add_object(self._id(happening.alarm), name)
        return _Alarm(node, told, happening)

    def _fill(self, alarm: _Alarm) -> None:
        from asyncua import ua

        event, now = alarm.told.event, alarm.last
        event.Severity = event.LastSeverity = SEVERITY[now.priority]
        event.Retain = now.retained
        event.SuppressedOrShelved = now.state is State.shelved
        event.Comment = ua.LocalizedText(now.note or "")
        event.ClientUserId = now.by or ""
        fields: dict[str, object] = {
            "ActiveState": ua.LocalizedText("Active" if now.active else "Inactive"),
            "ActiveState/Id": now.active,
            "AckedState": ua.LocalizedText("Acknowledged" if now.acknowledged else "Unacknowledged"),
            "AckedState/Id": now.acknowledged,
            **_limits(now),
        }
        for name, value in fields.items():
            setattr(event, name, value)

    async def _drop(self, alarm: str) -> None:
        await self._server.delete_nodes([self._alarms.pop(alarm).node])

    async def _acknowledge(self, condition: ua.NodeId, *given: ua.Variant) -> ua.StatusCode:
        """The method: of the event's id, and a comment."""
        from asyncua import ua
        from asyncua.ua.status_codes import StatusCodes

        def answer(code: int) -> ua.StatusCode:
            return ua.StatusCode(ua.UInt32(code))

        alarm = self._alarms.get(str(condition.Identifier))
        if alarm is None or condition.NamespaceIndex != self._namespace:
            return answer(StatusCodes.BadNodeIdUnknown)
        if len(given) != 2:
            return answer(StatusCodes.BadArgumentsMissing)
        if self._do is None:
            return answer(StatusCodes.BadUserAccessDenied)
        if alarm.last.state is State.shelved:
            return answer(StatusCodes.BadInvalidState)
        if alarm.last.acknowledged:
            return answer(StatusCodes.BadConditionBranchAlreadyAcked)
        if given[0].Value not in alarm.ids:
            return answer(StatusCodes.BadEventIdUnknown)
        seen = {*alarm.ids}
        text = given[1].Value.Text if isinstance(given[1].Value, ua.LocalizedText) else None
        try:
            await self._do(alarm.last.alarm, Deed(by=BY, note=text or None))
        except ValidationError:
            return answer(StatusCodes.BadInvalidArgument)
        except SiseonError:
            return answer(StatusCodes.BadResourceUnavailable)
        # Until that is told here it may have come anew, which nobody has seen.
        alarm.ids = deque((one for one in alarm.ids if one not in seen), maxlen=IDS)
        return answer(StatusCodes.Good)

    def _id(self, name: str) -> ua.NodeId:
        from asyncua import ua

        return ua.NodeId(ua.String(name), ua.Int16(self._namespace))


def _limits(now: Happening) -> dict[str, object]:
    """Which limit it has, and whether the value is beyond it. A deviation or a rate has one on either side."""
    from asyncua import ua

    if now.kind == "stale":
        return {}
    if now.kind in _ENDS:
        ends = {_ENDS[now.kind]: (now.limit, now.active)}
    else:
        below = now.compared is not None and now.compared < 0
        ends = {"High": (now.limit, now.active and not below), "Low": (-now.limit, now.active and below)}
    fields: dict[str, object] = {}
    for name, (limit, beyond) in ends.items():
        fields[f"{name}Limit"] = limit
        fields[f"{name}State"] = ua.LocalizedText(f"{name} active" if beyond else f"{name} inactive")
        fields[f"{name}State/Id"] = beyond
    return fields


def _stands(one: AlarmTold) -> Happening:
    rule = one.rule
    return Happening(
        alarm=one.id,
        source=f"{one.stream}.{rule.tag}",
        kind=rule.kind,
        priority=rule.priority,
        limit=rule.after_s if isinstance(rule, StaleRule) else rule.limit,
        state=one.state,
        active=one.active,
        acknowledged=one.state not in _UNSEEN,
        compared=one.compared,
        what=f"{_words(rule.kind)}: {_words(one.state)}",
        at=one.changed_at,
        by=one.acknowledged_by,
    )


def _happened(event: AlarmEvent, before: Happening | None) -> Happening:
    """A shelved one does not say whether it is active and was seen: that is as it was, unless this changes it."""
    active, acknowledged = event.state in _ACTIVE, event.state not in _UNSEEN
    if event.state is State.shelved:
        came = event.kind is EventKind.raised
        if before is not None:
            active, acknowledged = before.active, before.acknowledged
        active = came or (active and event.kind is not EventKind.returned)
        acknowledged = acknowledged and not came
    compared = "" if event.compared is None else f", {event.compared:g} with a limit of {event.limit:g}"
    return Happening(
        alarm=event.alarm,
        source=f"{event.stream}.{event.tag}",
        kind=event.alarm_kind,
        priority=event.priority,
        limit=event.limit,
        state=event.state,
        active=active,
        acknowledged=acknowledged,
        compared=event.compared,
        what=f"{_words(event.alarm_kind)}: {_words(event.kind)}{compared}",
        at=event.at,
        by=event.by,
        note=event.note,
        removed=event.kind is EventKind.removed,
    )


def _words(name: str) -> str:
    return name.replace("_", " ")
