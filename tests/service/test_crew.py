"""A change of models is refused where it would reach one process of several."""

from __future__ import annotations

import re

import pytest

from siseon.contracts import InputError
from siseon.service.app import create_app
from siseon.service.crew import Alone, check_change

COMPUTES = re.compile(
    r"/v1/pipelines/[a-z]+(/batch)?|/detect(_batch)?|/v2/models/.*/infer|/v2/repository/index"
)
"""Operations that change no models: each process answers them for itself."""
OF_STREAMS = ("/v1/streams", "/v1/alarms", "/v1/tickets", "/v1/jobs")
"""Where several processes serve, none runs streams: each of these says so itself. Jobs are in the one database."""


def test_every_operation_either_changes_nothing_or_is_refused_in_one_process_of_several(host):
    several = Alone()
    several.size = 2
    seen = 0
    for path, operations in create_app(host()).openapi()["paths"].items():
        for method in (method.upper() for method in operations):
            if (
                method == "GET"
                or path.startswith(OF_STREAMS)
                or (method == "POST" and COMPUTES.fullmatch(path))
            ):
                check_change(several, method, path)
                continue
            seen += 1
            with pytest.raises(InputError, match="2 worker processes"):
                check_change(several, method, path)
            check_change(Alone(), method, path)
    assert seen >= 7
