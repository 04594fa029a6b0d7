"""The one door for text of others: it becomes no code, no address of another site, no markup."""

from __future__ import annotations

import pytest

from siseon.console.parts.dom import set_attribute


class Recorder:
    def __init__(self) -> None:
        self.props: dict[str, object] = {}

    def update(self) -> None:
        pass


@pytest.mark.parametrize("name", [":title", "onclick", "onError", "a b", "innerHTML=", "", "1a"])
def test_a_name_that_would_be_code_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no attribute"):
        set_attribute(Recorder(), name, "alert(1)")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "https://elsewhere.example",
        "//elsewhere.example",
        "data:text/html,x",
        " javascript:x",
    ],
)
def test_an_address_of_another_site_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="no address of this site"):
        set_attribute(Recorder(), "href", address)  # type: ignore[arg-type]


def test_values_stay_values() -> None:
    made = Recorder()
    set_attribute(made, "aria_label", '"><img src=x onerror=alert(1)>')  # type: ignore[arg-type]
    set_attribute(made, "for_", "field")  # type: ignore[arg-type]
    set_attribute(made, "hidden", True)  # type: ignore[arg-type]
    assert made.props == {"aria-label": '"><img src=x onerror=alert(1)>', "for": "field", "hidden": ""}
    set_attribute(made, "hidden", None)  # type: ignore[arg-type]
    assert "hidden" not in made.props
