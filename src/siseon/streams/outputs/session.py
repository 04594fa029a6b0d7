"""One connection with an MQTT broker, by paho-mqtt, without its own loop: that one waits by ``select``, which fails in
a process with more than 1,024 open files, and sends what it still holds again after a reconnect, however old it is.
"""

from __future__ import annotations

import importlib.util
import selectors
import socket
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from siseon.contracts import DependencyMissing
from siseon.streams.outputs.broker import Broker
from siseon.streams.outputs.topics import OFFLINE

if TYPE_CHECKING:
    from paho.mqtt.client import Client, ConnectFlags
    from paho.mqtt.properties import Properties
    from paho.mqtt.reasoncodes import ReasonCode

ANSWER_S = 5.0
"""For the broker to accept a connection, to be verified, and to answer what was sent to it."""
KEEPALIVE_S = 20
"""A broker that is silent for so long is asked, and given up when it does not answer for as long again."""
IN_FLIGHT = 50
"""Messages that the broker has not confirmed: so many may come twice after a loss."""
_REFUSED = {134: "user or password were refused", 135: "user or password were refused"}
"""Codes of MQTT 5, to which paho translates those of 3.1.1."""


class SessionLost(Exception):
    """There is no connection, or no more; ``refused`` where somebody has to mend something."""

    def __init__(self, reason: str, *, refused: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.refused = refused


@dataclass(frozen=True, slots=True)
class _Sent:
    at: float
    token: object


class Session:
    """An open connection; all methods are for the thread that opened it.

    Args:
        broker: where it is.
        name: of this client. A broker that finds an older connection of the same name ends that one first, its will
            included, so that it does not come after what this one says.
        alive: the topic whose value becomes ``offline`` when the connection ends without a goodbye.

    Raises:
        SessionLost: from each method.
    """

    def __init__(self, broker: Broker, name: str, alive: str) -> None:
        self._broker = broker
        self._client = _client(name)
        self._client.connect_timeout = ANSWER_S
        self._client.max_inflight_messages_set(IN_FLIGHT)
        self._client.will_set(alive, OFFLINE, qos=1, retain=True)
        self._client.on_connect = self._on_connect
        self._client.on_publish = self._on_publish
        if broker.tls is not None:
            self._client.tls_set_context(broker.tls)
        if broker.user is not None:
            self._client.username_pw_set(broker.user, broker.password)
        self._selector = selectors.DefaultSelector()
        self._socket: socket.socket | None = None
        self._answer: ReasonCode | None = None
        self._sent: dict[int, _Sent] = {}
        self._confirmed: list[object] = []

    @property
    def room(self) -> int:
        """Messages that may be sent now."""
        return max(0, IN_FLIGHT - len(self._sent))

    @property
    def settled(self) -> bool:
        """Whether the broker has all that was sent to it."""
        return not self._sent

    def open(self) -> None:
        """Connect, within ``ANSWER_S`` for each of its steps."""
        try:
            self._client.connect(self._broker.host, self._broker.port, keepalive=KEEPALIVE_S)
        except (OSError, ValueError) as error:  # of the resolver, the network and TLS
            raise SessionLost(f"{type(error).__name__}: {error}") from None
        # Of the library's many kinds one of a plain or encrypted connection; none where it ended while we said hello.
        found: Any = self._client.socket()
        if found is None:
            raise SessionLost(self._instead_of_an_answer)
        self._socket = found
        self._selector.register(found, selectors.EVENT_READ)
        end = time.monotonic() + ANSWER_S
        while self._answer is None:
            if time.monotonic() > end:
                raise SessionLost("it accepts the connection and does not answer")
            self.wait(0.1)
        if self._answer.is_failure:
            reason = _REFUSED.get(self._answer.value, str(self._answer))
            raise SessionLost(reason, refused=True)

    def publish(self, topic: str, payload: bytes, *, retain: bool = False, token: object = None) -> None:
        """Send it, at least once; ``token`` comes back when the broker has it, None does not."""
        sent = self._client.publish(topic, payload, qos=1, retain=retain)
        self._sent[sent.mid] = _Sent(time.monotonic(), token)

    def wait(self, timeout: float, wake: socket.socket | None = None) -> None:
        """Read and write what can be, or until ``wake`` is readable."""
        if self._socket is None or self._client.socket() is None:
            raise SessionLost("the broker closed the connection")
        writing = selectors.EVENT_WRITE if self._client.want_write() else 0
        self._selector.modify(self._socket, selectors.EVENT_READ | writing)
        if wake is not None and wake not in self._selector.get_map():
            self._selector.register(wake, selectors.EVENT_READ)
        for key, events in self._selector.select(timeout):
            if key.fileobj is self._socket:
                self._work(events)
        self._check(self._client.loop_misc())
        oldest = next(iter(self._sent.values()), None)
        if oldest is not None and time.monotonic() - oldest.at > ANSWER_S + KEEPALIVE_S:
            raise SessionLost("it does not confirm what it was sent")

    def confirmed(self) -> list[object]:
        """Tokens of messages that the broker has, each once."""
        found, self._confirmed = self._confirmed, []
        return found

    def close(self) -> None:
        """Say goodbye where that can be done at once: the will is not carried out then."""
        self._client.disconnect()
        self._selector.close()
        if self._socket is not None:
            self._socket.close()

    def _work(self, events: int) -> None:
        if events & selectors.EVENT_READ:
            self._check(self._client.loop_read())
            while getattr(self._client.socket(), "pending", int)():  # decrypted already: no selector sees it
                self._check(self._client.loop_read())
        if events & selectors.EVENT_WRITE and self._client.want_write():
            self._check(self._client.loop_write())

    def _check(self, code: int) -> None:
        if code and self._answer is None:
            raise SessionLost(self._instead_of_an_answer)
        if code and not self._answered_no():
            raise SessionLost("the connection broke off")

    @property
    def _instead_of_an_answer(self) -> str:
        wants = " (it may want another certificate)" if self._broker.tls is not None else ""
        return f"it closed the connection instead of an answer{wants}"

    def _answered_no(self) -> bool:
        """A refusal is followed by an end, which is not the reason."""
        return self._answer is not None and self._answer.is_failure

    def _on_connect(
        self, _: Client, __: object, ___: ConnectFlags, code: ReasonCode, ____: Properties | None
    ) -> None:
        self._answer = code

    def _on_publish(
        self, _: Client, __: object, number: int, ___: ReasonCode, ____: Properties | None
    ) -> None:
        sent = self._sent.pop(number, None)
        if sent is not None and sent.token is not None:
            self._confirmed.append(sent.token)


def _client(name: str) -> Client:
    from paho.mqtt.client import Client
    from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

    return Client(
        CallbackAPIVersion.VERSION2,
        client_id=name,
        protocol=MQTTProtocolVersion.MQTTv311,
        reconnect_on_failure=False,
    )


def missing() -> DependencyMissing | None:
    """The failure of figures for MQTT, where the library is not installed."""
    if importlib.util.find_spec("paho") is not None:
        return None
    return DependencyMissing(
        "MQTT needs paho-mqtt, which is not installed", hint="pip install 'siseon[mqtt]'"
    )
