"""A client of OPC UA sees alarms come, be acknowledged and return, and acknowledges where it may."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from asyncua import Client, Node, ua

from siseon.jobs.database import Database
from siseon.streams import kept
from siseon.streams.alarms import looking, store
from siseon.streams.alarms.condition import Memory
from siseon.streams.alarms.standing import State
from siseon.streams.alarms.store import Turn, Watched
from siseon.streams.outputs import opcua
from siseon.streams.outputs.alarm_book import AlarmBook
from streams.alarms.told import options
from streams.outputs.opcua_server import running, sink

HIGH = {"tag": "t", "kind": "high", "limit": 8.0, "priority": "critical"}
RATE = {"tag": "t", "kind": "rate_of_change", "limit": 2.0}
ID = "gate.t.high"
pytestmark = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


class Events:
    """A client's: all that came, in order, and what it waits for."""

    def __init__(self) -> None:
        self._came: asyncio.Queue[Any] = asyncio.Queue()

    def event_notification(self, event: Any) -> None:
        self._came.put_nowait(event)

    async def next(self, kind: int | None = None) -> Any:
        """The next one of an alarm, or of that type."""
        async with asyncio.timeout(30):
            while True:
                event = await self._came.get()
                if event.EventType == ua.NodeId(kind) if kind else hasattr(event, "ActiveState/Id"):
                    return event


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TURN_S", "LOOK_S", "ALARMS_S"):
        monkeypatch.setattr(opcua, name, 0.02)


@pytest.fixture
def gate(database: Database) -> Database:
    """A stream with two alarms, taken up."""
    how = options(HIGH, RATE)
    kept.add(database, "gate", "rtsp://camera/x", "gauges", how)
    store.watch(database, {"gate": Watched(how.alarms, None)}, 1000.0)
    return database


def turn(database: Database, number: int, alarm: str = ID, compared: float = 9.5) -> None:
    """Odd ones come, even ones go."""
    memory = Memory(at=1000.0 + number, good_at=1000.0, active=number % 2 == 1, turns=number)
    store.turn(database, [Turn(alarm, memory, 1_800_000_000.0 + number, 9.5, "bar", compared)], {})


def stands(event: Any) -> tuple[bool, bool, bool]:
    """Whether it is active, was acknowledged, and has somebody to hear of it."""
    return getattr(event, "ActiveState/Id"), getattr(event, "AckedState/Id"), event.Retain


async def following(client: Client, events: Events) -> Any:
    subscription = await client.create_subscription(20, events)
    types = (ua.ObjectIds.NonExclusiveLevelAlarmType, ua.ObjectIds.NonExclusiveRateOfChangeAlarmType)
    others = (ua.ObjectIds.RefreshStartEventType, ua.ObjectIds.RefreshEndEventType)
    await subscription.subscribe_alarms_and_conditions(evtypes=[ua.NodeId(each) for each in types + others])
    return subscription


async def acknowledge(client: Client, event: Any, comment: str = "") -> None:
    method = ua.NodeId(ua.ObjectIds.AcknowledgeableConditionType_Acknowledge)
    await client.get_node(event.NodeId).call_method(
        method, ua.Variant(event.EventId, ua.VariantType.ByteString), ua.LocalizedText(comment)
    )


async def refused(client: Client, event: Any, code: int, comment: str = "") -> None:
    with pytest.raises(ua.UaStatusCodeError) as caught:
        await acknowledge(client, event, comment)
    assert caught.value.code == code


async def test_a_client_sees_an_alarm_come_acknowledges_it_and_sees_it_return(
    gate: Database, monkeypatch: pytest.MonkeyPatch
):
    async with running(sink(gate, acknowledging=True)) as (_, client, index):
        events = Events()
        await following(client, events)
        turn(gate, 1)
        raised = await events.next()
        assert stands(raised) == (True, False, True)
        assert raised.EventType == ua.NodeId(ua.ObjectIds.NonExclusiveLevelAlarmType)
        assert (raised.NodeId, raised.SourceNode) == (ua.NodeId(ID, index), ua.NodeId("gate.t", index))
        assert (raised.SourceName, raised.ConditionName, raised.Severity) == ("gate.t", "high", 800)
        assert (raised.HighLimit, getattr(raised, "HighState/Id"), raised.LowLimit) == (8.0, True, None)
        assert raised.Message.Text == "gate.t high: raised, 9.5 with a limit of 8"
        assert raised.Time.timestamp() == 1_800_000_001.0

        await refused(client, raised, ua.StatusCodes.BadInvalidArgument, "two\nlines")
        await acknowledge(client, raised, "valve open")
        seen = await events.next()
        assert stands(seen) == (True, True, True)
        assert (seen.ClientUserId, seen.Comment.Text) == ("OPC UA", "valve open")
        assert seen.EventId != raised.EventId
        assert looking.listed(gate)[0].acknowledged_by == "OPC UA"
        await refused(client, raised, ua.StatusCodes.BadConditionBranchAlreadyAcked)

        turn(gate, 2)
        assert stands(await events.next()) == (False, True, False)
        with pytest.raises(ua.UaStatusCodeError):  # it is normal: nothing is there to be acknowledged
            await acknowledge(client, raised)

        turn(gate, 3)
        again = await events.next()
        await refused(client, raised, ua.StatusCodes.BadEventIdUnknown)
        turn(gate, 4)
        assert stands(await events.next()) == (False, False, True)
        await acknowledge(client, again)  # by the event that raised it, though others came since
        assert stands(await events.next()) == (False, True, False)

        turn(gate, 5)
        last = await events.next()
        looks = asyncio.Event()

        async def nothing(*_: object, **__: object) -> list[object]:
            looks.set()
            return []

        monkeypatch.setattr(AlarmBook, "events", nothing)
        await looks.wait()
        await acknowledge(client, last)
        turn(gate, 6)
        turn(gate, 7)  # it comes anew, which is not told here yet
        await refused(client, last, ua.StatusCodes.BadEventIdUnknown)
        assert looking.listed(gate)[0].state is State.unacknowledged


async def test_who_comes_later_hears_of_what_stands_by_a_refresh_and_may_not_acknowledge_unless_that_is_set(
    gate: Database,
):
    turn(gate, 1)
    turn(gate, 1, "gate.t.rate_of_change", -3.0)
    store.shelve(gate, ID, 3600, "Eve")
    async with running(sink(gate)) as (_, client, _):
        await until_there(client.nodes.objects, 2)
        events = Events()
        subscription = await following(client, events)
        refresh = ua.NodeId(ua.ObjectIds.ConditionType_ConditionRefresh)
        number = ua.Variant(subscription.subscription_id, ua.VariantType.UInt32)
        await client.get_node(ua.ObjectIds.ConditionType).call_method(refresh, number)
        await events.next(ua.ObjectIds.RefreshStartEventType)
        found = {event.ConditionName: event for event in (await events.next(), await events.next())}
        await events.next(ua.ObjectIds.RefreshEndEventType)
        assert stands(found["rate_of_change"]) == (True, False, True)
        assert getattr(found["rate_of_change"], "LowState/Id") is True
        assert found["rate_of_change"].LowLimit == -2.0
        assert (found["high"].SuppressedOrShelved, found["high"].Retain) == (True, True)
        await refused(client, found["rate_of_change"], ua.StatusCodes.BadUserAccessDenied)

        store.acknowledge(gate, "gate.t.rate_of_change", "Eve")  # by somebody else, elsewhere
        seen = await events.next()
        assert (stands(seen), seen.ClientUserId) == ((True, True, True), "Eve")
        store.unshelve(gate, ID, "Eve")
        assert stands(await events.next()) == (True, False, True)
        kept.remove(gate, "gate")
        store.forget(gate)
        gone = [await events.next(), await events.next()]
        assert [stands(event)[2] for event in gone] == [False, False]
        await until_there(client.nodes.objects, 0)


async def until_there(objects: Node, alarms: int) -> None:
    """Until so many have a node."""
    async with asyncio.timeout(30):
        while True:
            for node in await objects.get_children():
                if (await node.read_browse_name()).Name == "alarms" and len(
                    await node.get_children()
                ) == alarms:
                    return
            await asyncio.sleep(0.02)
