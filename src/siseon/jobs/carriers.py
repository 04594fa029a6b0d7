"""Which carrier an address names."""

from __future__ import annotations

from siseon.contracts import InputError
from siseon.jobs.carrier import Carrier
from siseon.jobs.rabbit_carrier import RabbitCarrier
from siseon.jobs.redis_carrier import RedisCarrier


def carrier_at(url: str, *, lease_s: float) -> Carrier:
    """The carrier of ``redis://``, ``rediss://``, ``amqp://`` or ``amqps://``; it connects when it is first asked.

    Raises:
        InputError: no carrier is meant, or the address cannot be read.
        DependencyMissing: its library is not installed.
    """
    match url.partition("://")[0]:
        case "redis" | "rediss":
            return RedisCarrier(url, lease_s=lease_s)
        case "amqp" | "amqps":
            return RabbitCarrier(url, lease_s=lease_s)
    raise InputError(
        "SISEON_JOBS_CARRIER names no carrier", hint="redis://HOST:6379/0 or amqp://USER:PASSWORD@HOST:5672/"
    )
