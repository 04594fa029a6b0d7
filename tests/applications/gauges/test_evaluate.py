from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from siseon.applications.gauges import GaugesOptions, Reading, Scale
from siseon.applications.gauges.evaluate import GaugesTruth, evaluate
from siseon.applications.gauges.generated import calibration_of, photo
from siseon.applications.gauges.scores import judged, scores
from siseon.contracts import InputError
from siseon.media.bounds import DEFAULT_BOUNDS
from siseon.media.decode import decode
from siseon.media.encode import encode
from siseon.models import ModelManager

HEAD = "file,unit,value,tolerance,scale_min,scale_max\n"


def a_reading(value: float, uncertainty: float = 1.0, unit: str = "bar") -> Reading:
    return Reading(
        quality="good", value=value, uncertainty=uncertainty, unit=unit, scale=Scale(minimum=0, maximum=100)
    )


def test_of_two_scales_the_one_of_the_unit_is_judged() -> None:
    both = [a_reading(10, unit="psi"), a_reading(70, unit="bar")]
    assert judged("a", both, 71, 2, (0, 100), "bar").error == pytest.approx(1)
    assert judged("a", both, 71, 2, (0, 100), "PSI").wrong


def test_wrong_readings_are_counted_at_each_coverage_the_surest_first() -> None:
    found = [judged(str(n), [a_reading(50 + 10 * (n > 5), n)], 50, 5, (0, 100), "bar") for n in range(10)]
    refusal = Reading(quality="refused", reason="blur")
    found.append(judged("refused", [refusal], 50, 5, (0, 100), "bar"))
    total = scores(found)
    assert (total.instruments, total.read, total.wrong, total.refused) == (11, 10, 4, {"blur": 1})
    assert total.risk == ((0.5, 5, 0), (0.75, 8, 2), (0.9, 9, 3), (1.0, 10, 4))
    assert (total.median, total.largest) == (0, 10)


async def test_photos_are_judged_by_the_table_beside_them(tmp_path: Path) -> None:
    one = photo(4, "evaluation")
    (tmp_path / "boiler.png").write_bytes(encode(one.image, "png"))
    (tmp_path / "boiler.json").write_text(calibration_of(one).model_dump_json(), encoding="utf-8")
    ends = f"{min(one.dial.numerals)},{max(one.dial.numerals)}"
    table = tmp_path / "labels.csv"
    rows = [f"boiler.png,{one.dial.unit},{one.value},0.5,{ends}", f"boiler.png,x,{one.value + 9},0.5,{ends}"]
    rows.append(f"gone.png,bar,1,0.5,{ends}")
    table.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    seen: list[None] = []
    found = await evaluate(
        ModelManager(),
        GaugesOptions(calibration=str(tmp_path / "boiler.json")),
        GaugesTruth(labels=table, images=tmp_path),
        bounds=DEFAULT_BOUNDS,
        progress=lambda: seen.append(None),
    )
    assert isinstance(found.document, dict)
    assert (found.document["read"], found.document["wrong"], len(seen)) == (2, 1, 3)
    assert found.notes[0].startswith("gone.png was not measured: ")
    assert dict(found.rows)["wrong in the surest 100%"] == "1 of 2"


async def test_generated_dials_need_no_photos(tmp_path: Path) -> None:
    curve = tmp_path / "curve.png"
    found = await evaluate(
        ModelManager(),
        GaugesOptions(),
        GaugesTruth(generated=3, curve=curve),
        bounds=DEFAULT_BOUNDS,
        progress=lambda: None,
    )
    assert dict(found.rows)["instruments"] == "3"
    assert isinstance(found.document, dict)
    assert found.document["wrong"] == 0
    assert decode(curve.read_bytes()).width == 720
    with pytest.raises(ValidationError, match="already exists"):
        GaugesTruth(generated=3, curve=curve)


def test_what_is_compared_with_is_said_once(tmp_path: Path) -> None:
    table = tmp_path / "labels.csv"
    table.write_text(HEAD, encoding="utf-8")
    both = {"labels": table, "images": tmp_path}
    for given in (
        {},
        {"images": tmp_path},
        {"generated": 0},
        both | {"generated": 3},
        both | {"by": "sight"},
        both | {"of": "crowded"},
        {"generated": 3, "of": "crowded", "curve": tmp_path / "curve.png"},
    ):
        with pytest.raises(ValidationError):
            GaugesTruth.model_validate(given)


async def test_a_calibration_that_generated_dials_would_not_use_is_refused() -> None:
    with pytest.raises(InputError, match="of their own"):
        await evaluate(
            ModelManager(),
            GaugesOptions(calibration="boiler.json"),
            GaugesTruth(generated=1),
            bounds=DEFAULT_BOUNDS,
            progress=lambda: None,
        )
