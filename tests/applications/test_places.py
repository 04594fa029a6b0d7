"""Stages go where the settings say; a name that there is not is not a silent default."""

from __future__ import annotations

import pytest

from siseon.applications.places import put_in_place
from siseon.contracts import InputError
from siseon.engine import Pipeline, Stage
from siseon.engine.placement.processes import Processes
from siseon.settings import Settings, read_settings


class Pass(Stage[int, int]):
    def process(self, batch):
        return list(batch)


class Two(Pipeline[int, int]):
    def __init__(self) -> None:
        self.decode, self.classify = Pass(), Pass()

    async def run(self, item: int) -> int:
        return await self.classify(await self.decode(item))


def placed(placement: object) -> set[str]:
    """Which stages of ``inspection`` are in worker processes."""
    pipeline = Two()
    put_in_place("inspection", pipeline, Settings(placement=placement))
    return {name for name, stage in pipeline.stages().items() if isinstance(stage.placement, Processes)}


@pytest.mark.parametrize(
    ("placement", "there"),
    [
        ("threads", set()),
        ("processes", {"decode", "classify"}),
        ({}, set()),
        ({"text": "processes"}, set()),
        ({"inspection": "processes", "text": "threads"}, {"decode", "classify"}),
        ({"inspection": {"classify": "processes"}}, {"classify"}),
        ({"inspection": {"classify": "threads", "decode": "processes"}}, {"decode"}),
    ],
)
def test_all_of_a_pipeline_or_single_stages(placement, there):
    assert placed(placement) == there


def test_the_default_is_threads():
    assert Settings().placement == "threads"


def test_stages_of_one_pipeline_share_their_memory():
    pipeline = Two()
    put_in_place("inspection", pipeline, Settings(placement="processes"))
    assert pipeline.decode.placement is pipeline.classify.placement


@pytest.mark.parametrize(
    ("placement", "text", "hint"),
    [
        ({"inspektion": "processes"}, "no pipeline called 'inspektion'", "inspection"),
        ({"inspection": {"clasify": "processes"}}, "no stage 'clasify'", "decode, classify"),
    ],
)
def test_what_there_is_not_is_named(placement, text, hint):
    with pytest.raises(InputError, match=text) as refused:
        placed(placement)
    assert hint in refused.value.hint


def test_file_environment_and_option_say_it(tmp_path, monkeypatch):
    config = tmp_path / "siseon.toml"
    config.write_text('[placement.inspection]\nclassify = "processes"\n')
    monkeypatch.setenv("SISEON_CONFIG", str(config))
    assert read_settings().placement == {"inspection": {"classify": "processes"}}
    monkeypatch.setenv("SISEON_PLACEMENT", "threads")
    assert read_settings().placement == "threads"
    assert read_settings(placement="processes").placement == "processes"
    with pytest.raises(InputError, match="placement"):
        read_settings(placement="rays")
