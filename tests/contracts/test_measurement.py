from __future__ import annotations

import pytest
from pydantic import ValidationError

from siseon.contracts import Measurement


@pytest.mark.parametrize(
    ("value", "quality"), [(None, "good"), (None, "uncertain"), (1.0, "bad"), (float("nan"), "good")]
)
def test_a_figure_has_a_value_unless_it_is_bad(value: float | None, quality: str) -> None:
    with pytest.raises(ValidationError):
        Measurement.model_validate({"tag": "level", "value": value, "quality": quality})
    assert Measurement(tag="level", value=None, quality="bad", reason="glare").value is None
