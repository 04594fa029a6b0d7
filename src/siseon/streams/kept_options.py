"""How a kept stream is read, and what is made of its figures: the options that lie in the database with its name."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from siseon.streams.address import MASK
from siseon.streams.alarms.rules import MOST as MOST_RULES
from siseon.streams.alarms.rules import AlarmRule, check_rules
from siseon.streams.clips.options import ClipOptions
from siseon.streams.history.options import HistoryOptions
from siseon.streams.options import Transport
from siseon.streams.outputs import registers

MAX_URL = 4096
MAX_VALUE = 4096
"""Characters of an application's option."""


class KeptOptions(BaseModel):
    """How a kept stream is read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fps: float | None = Field(default=None, ge=0.001, le=1000)
    """Frames taken in a second at most."""
    transport: Transport = "tcp"
    """How RTSP carries the pictures."""
    timeout_s: float = Field(default=5.0, ge=0.01, le=3600)
    """Seconds that a frame's result is worth waiting for."""
    set: dict[str, Annotated[str, Field(max_length=MAX_VALUE)]] = Field(default_factory=dict, max_length=100)
    """Options of the application, as they are stated on the command line."""
    alarms: Annotated[tuple[AlarmRule, ...], Field(max_length=MOST_RULES), AfterValidator(check_rules)] = ()
    """When its figures raise alarms."""
    webhook: str | None = Field(default=None, max_length=MAX_URL)
    """URL that is told what happens to its alarms."""
    history: HistoryOptions | None = HistoryOptions()
    """How much of its figures is kept; nothing when None."""
    clips: ClipOptions = ClipOptions()
    """How videos of events are taken of it."""
    modbus: dict[registers.Tag, registers.Address] = Field(default_factory=dict, max_length=64)
    """First register of each tag that Modbus TCP shows; each has six, which no other may have."""

    @property
    def shown(self) -> KeptOptions:
        """As they may be seen: of a webhook not what is behind its host, which may be a secret."""
        if self.webhook is None:
            return self
        scheme, _, rest = self.webhook.partition("://")
        host = rest.partition("/")[0].partition("?")[0].rpartition("@")[2]
        return self.model_copy(update={"webhook": f"{scheme}://{host}/{MASK}"})
