"""Paths of the disk are for the owner of a service to state."""

from __future__ import annotations

import pytest

from siseon.applications.registry import find
from siseon.contracts import InputError
from siseon.service.owners import refuse_paths


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("people", {"consent": "/etc/passwd"}),
        ("people", {"corrections": "..\\secret.toml"}),
        ("oilspill", {"sidecar": "../flight.csv"}),
        ("oilspill", {"templates": ["all", "/etc/shadow.toml"]}),
        ("translation", {"edits": "./edits"}),
        ("translation", {"glossary": "/root/words.json"}),
    ],
)
def test_a_client_cannot_have_a_pipeline_read_a_file(name, changes):
    with pytest.raises(InputError, match="path of the service's disk") as refused:
        refuse_paths(find(name), changes)
    assert refused.value.code == "forbidden"


def test_all_else_may_be_changed():
    refuse_paths(find("people"), {"detector": "yolox-nano@2", "rate": 4, "pose": None})
    refuse_paths(find("translation"), {"terms": ["km/h=km/h"], "glossary": {"a/b": "c/d"}})
    refuse_paths(find("translation"), {"translator_url": "http://127.0.0.1:11434/v1/chat/completions"})


async def test_the_service_says_so(client):
    answer = await client.patch("/v1/pipelines/inspection", json={"detector": "../../etc/passwd"})
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
