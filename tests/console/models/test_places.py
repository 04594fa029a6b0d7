from __future__ import annotations

import pytest
from fastapi import FastAPI, Request
from pydantic import BaseModel

from siseon.console.api import Api
from siseon.console.models.places import Place, places


class Options(BaseModel):
    detector: str = "yolox-nano"
    classifier: str = "none-of-these"
    most: int = 3


@pytest.mark.asyncio
async def test_places_are_options_that_have_the_name_of_a_model() -> None:
    app = FastAPI()

    @app.get("/v1/pipelines")
    async def pipelines() -> list[dict[str, object]]:
        return [
            {"name": "one", "parameters": {}},
            {"name": "other", "parameters": {"detector": "dfine-n@2", "most": 1}},
            {"name": "strange", "parameters": {}},
        ]

    for name in ("one", "other"):

        @app.patch(f"/v1/pipelines/{name}")
        async def change(request: Request, options: Options) -> None: ...

    api = Api(app, None)
    found = await places(api, {"yolox-nano", "dfine-n"})
    assert found == [Place("one", "detector", "yolox-nano"), Place("other", "detector", "dfine-n@2")]
