"""How its two networks run can be said by the same names everywhere: command line, HTTP, siseon.toml."""

from __future__ import annotations

import pytest

from siseon.applications.build import build, options
from siseon.applications.registry import find
from siseon.contracts import InputError
from siseon.settings import Settings, read_settings

SAID = {
    "detect_batch": 2,
    "detect_replicas": 3,
    "detect_threads": 2,
    "classify_batch": 5,
    "classify_window_ms": 7.5,
    "classify_replicas": 4,
    "classify_threads": 1,
}


def stages_of(networks, settings: Settings, words: dict[str, str]):
    application = find("inspection")
    names = {"detector": networks.detector([(0, 0, 1, 1)]), "classifier": networks.classifier()}
    stated = options("inspection", application, settings, names | words)
    return build("inspection", application, settings, stated, networks.manager()).stages()


async def check(stages) -> None:
    detect, classify = stages["detect"], stages["classify"]
    async with detect, classify:
        assert (detect.max_batch, detect.replicas) == (2, 3)
        assert (classify.max_batch, classify.replicas, classify.linger_ms) == (5, 4, 7.5)


async def test_words_of_the_command_line(networks):
    await check(stages_of(networks, Settings(), {name: str(value) for name, value in SAID.items()}))


async def test_a_table_of_siseon_toml(networks, tmp_path, monkeypatch):
    lines = [f"{name} = {value}" for name, value in SAID.items()]
    (tmp_path / "siseon.toml").write_text("\n".join(["[pipelines.inspection]", *lines]))
    monkeypatch.chdir(tmp_path)
    await check(stages_of(networks, read_settings(), {}))


async def test_a_change_over_http(host, start, networks, tmp_path):
    made = host(cache_dir=tmp_path)
    client = await start(made)
    threads = await client.patch("/v1/pipelines/inspection", json={"detect_threads": 2})
    assert (threads.status_code, threads.json()["code"]) == (409, "model_in_use")  # loaded for another number
    changes = {name: value for name, value in SAID.items() if not name.endswith("threads")}
    answer = await client.patch("/v1/pipelines/inspection", json=changes)
    assert answer.status_code == 200, answer.text
    stages = made["inspection"].pipeline.stages()
    assert (stages["detect"].max_batch, stages["classify"].replicas) == (2, 4)
    assert answer.json()["parameters"]["classify_window_ms"] == 7.5


@pytest.mark.parametrize(
    "word", [("detect_batch", "0"), ("classify_window_ms", "-1"), ("classify_threads", "x")]
)
def test_what_cannot_be_is_refused_by_name(networks, word):
    with pytest.raises(InputError, match=word[0]):
        stages_of(networks, Settings(), dict([word]))
