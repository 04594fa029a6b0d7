"""What may be stated of alarms, and what is refused with its reason."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from siseon.streams.kept_options import KeptOptions

HIGH: dict[str, Any] = {"tag": "pressure", "kind": "high", "limit": 8.0}


def stated(*rules: dict[str, Any]) -> KeptOptions:
    return KeptOptions.model_validate({"alarms": rules})


def test_all_kinds_are_kept_as_they_were_stated():
    options = stated(
        {**HIGH, "kind": "high_high", "limit": 9, "priority": "critical", "latch": True},
        {**HIGH, "deadband": 0.2, "on_delay_s": 5, "off_delay_s": 10, "re_alarm_s": 600},
        {**HIGH, "kind": "low", "limit": 2},
        {**HIGH, "kind": "low_low", "limit": 1},
        {"tag": "pressure", "kind": "deviation", "setpoint": 5, "limit": 0.5},
        {"tag": "pressure", "kind": "rate_of_change", "limit": 0.1, "window_s": 30},
        {"tag": "pressure", "kind": "stale", "after_s": 60},
    )
    assert KeptOptions.model_validate_json(options.model_dump_json()) == options


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ([HIGH, {**HIGH, "limit": 9}], "two rules high for pressure"),
        ([HIGH, {**HIGH, "kind": "low", "limit": 8}], "high is 8 and low 8"),
        ([{**HIGH, "kind": "high_high"}, {**HIGH, "kind": "low_low", "limit": 10}], "high_high is 8"),
        ([{**HIGH, "limit": float("nan")}], "finite"),
        ([{**HIGH, "limit": float("inf")}], "finite"),
        ([{**HIGH, "on_delay_s": -1}], "greater than or equal to 0"),
        ([{**HIGH, "on_delay_s": 1e6}], "less than or equal to 604800"),
        ([{**HIGH, "kind": "deviation", "setpoint": 1, "limit": 1, "deadband": 1}], "could never return"),
        ([{**HIGH, "kind": "rate_of_change", "limit": 0}], "greater than 0"),
        ([{**HIGH, "tag": "Pressure!"}], "pattern"),
        ([{**HIGH, "kind": "highest"}], "does not match any of the expected tags"),
        ([{**HIGH, "colour": "red"}], "Extra inputs"),
        ([{"tag": "pressure", "kind": "stale", "after_s": 5, "deadband": 1}], "Extra inputs"),
        ([{**HIGH, "tag": f"t{n}"} for n in range(101)], "at most 100"),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(rules, told):
    with pytest.raises(ValidationError, match=told):
        stated(*rules)


def test_limits_of_two_tags_have_no_order():
    stated(HIGH, {**HIGH, "tag": "level", "kind": "low", "limit": 20})
