"""An alarm between its row and its values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import orjson
from pydantic import TypeAdapter, ValidationError

from siseon.contracts import StoreError
from siseon.streams.alarms.condition import Memory
from siseon.streams.alarms.rules import AlarmRule
from siseon.streams.alarms.standing import Standing
from siseon.streams.alarms.wire import AlarmTold

if TYPE_CHECKING:
    from sqlalchemy import RowMapping

RULE: TypeAdapter[AlarmRule] = TypeAdapter(AlarmRule)
MEMORY = TypeAdapter(Memory)


@dataclass(slots=True)
class AlarmRow:
    """What the database has of one. Times are seconds since 1970."""

    id: str
    stream: str
    rule: AlarmRule
    webhook: str | None
    memory: Memory
    changed_at: float
    standing: Standing = field(default_factory=Standing)
    value: float | None = None
    unit: str | None = None
    compared: float | None = None
    acknowledged_by: str | None = None
    acknowledged_at: float | None = None
    shelved_by: str | None = None

    @classmethod
    def of(cls, row: RowMapping) -> AlarmRow:
        """As it was read.

        Raises:
            StoreError: it is of another version.
        """
        try:
            rule, memory = RULE.validate_json(row["rule"]), MEMORY.validate_json(row["memory"])
        except ValidationError as error:
            raise StoreError(f"alarm {row['id']} cannot be read", hint="state its rule again") from error
        return cls(
            id=row["id"],
            stream=row["stream"],
            rule=rule,
            webhook=row["webhook"],
            memory=memory,
            changed_at=row["changed_at"],
            standing=Standing(
                active=bool(row["active"]),
                acknowledged=bool(row["acknowledged"]),
                latched=bool(row["latched"]),
                shelved_until=row["shelved_until"],
                realarm_at=row["realarm_at"],
            ),
            value=row["value"],
            unit=row["unit"],
            compared=row["compared"],
            acknowledged_by=row["acknowledged_by"],
            acknowledged_at=row["acknowledged_at"],
            shelved_by=row["shelved_by"],
        )

    def columns(self) -> dict[str, object]:
        """As it is written."""
        stands = self.standing
        return {
            "id": self.id,
            "stream": self.stream,
            "rule": self.rule.model_dump_json(),
            "webhook": self.webhook,
            "memory": memory_text(self.memory),
            "active": int(stands.active),
            "acknowledged": int(stands.acknowledged),
            "latched": int(stands.latched),
            "shelved_until": stands.shelved_until,
            "realarm_at": stands.realarm_at,
            "due_at": stands.due_at,
            "state": str(stands.state),
            "value": self.value,
            "unit": self.unit,
            "compared": self.compared,
            "changed_at": self.changed_at,
            "acknowledged_by": self.acknowledged_by,
            "acknowledged_at": self.acknowledged_at,
            "shelved_by": self.shelved_by,
        }

    def stand(self, standing: Standing) -> None:
        """How it stands from now on. Who had acknowledged it has not seen what is to be acknowledged again."""
        self.standing = standing
        if not standing.acknowledged:
            self.acknowledged_by = self.acknowledged_at = None

    def told(self) -> AlarmTold:
        """As it stands."""
        stands = self.standing
        return AlarmTold(
            id=self.id,
            stream=self.stream,
            state=stands.state,
            active=stands.active,
            rule=self.rule,
            value=self.value,
            unit=self.unit,
            compared=self.compared,
            changed_at=moment(self.changed_at),
            acknowledged_by=self.acknowledged_by,
            acknowledged_at=None if self.acknowledged_at is None else moment(self.acknowledged_at),
            shelved_until=None if stands.shelved_until is None else moment(stands.shelved_until),
            shelved_by=self.shelved_by,
        )


def memory_text(memory: Memory) -> str:
    """As a column holds it."""
    return orjson.dumps(memory).decode()


def moment(seconds: float) -> datetime:
    """Seconds since 1970 as what is told."""
    return datetime.fromtimestamp(seconds, UTC)
