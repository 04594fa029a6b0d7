"""Over HTTP: the same pipeline, as JSON or as a picture; its key is nobody's to see."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import httpx
from PIL import Image as PillowImage

from siseon.hosting.host import Host
from siseon.service.app import create_app
from siseon.settings import Settings

SIGN = Path(__file__).parents[3] / "examples" / "sign.png"
KEY = "sk-not-to-be-told"
TERMS = {"target": "es", "terms": "Please ring twice=Llame dos veces"}


async def test_one_picture_over_http_is_answered_as_json_or_as_a_picture(tmp_path):
    options = {"translator": "none", "translator_key": KEY}
    host = Host(Settings(pipelines={"translation": options}, cache_dir=tmp_path))
    app = create_app(host)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://localhost") as client,
    ):
        while (await client.get("/readyz")).status_code != 200:
            await asyncio.sleep(0.05)
        answer = await client.post(
            "/v1/pipelines/translation",
            params=TERMS,
            content=SIGN.read_bytes(),
            headers={"content-type": "image/png"},
        )
        picture = await client.post(
            "/v1/pipelines/translation",
            params=TERMS,
            content=SIGN.read_bytes(),
            headers={"content-type": "image/png", "accept": "image/png"},
        )
        listed = await client.get("/v1/pipelines")
        changed = await client.patch("/v1/pipelines/translation", json={"target": "ko"})

        assert changed.status_code == 200
        assert host["translation"].options.translator_key.get_secret_value() == KEY

    regions = answer.json()["data"]["regions"]
    assert "Llame dos veces" in [region["translated"] for region in regions]
    assert PillowImage.open(io.BytesIO(picture.content)).size == (982, 634)
    assert picture.content != SIGN.read_bytes()
    assert KEY not in listed.text + changed.text
