"""Bodies, headers and addresses made by a seeded generator, over every operation: none is a fault of the service.

In CI 2,400 of them; ``SISEON_GENERATED=200000 pytest tests/service/test_generated.py`` searches for longer.
"""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from typing import Any
from urllib.parse import quote

import httpx

from siseon.service.app import create_app

COUNT = int(os.environ.get("SISEON_GENERATED", "2400"))
OURS = {500, 501, 502}
"""Statuses that no caller may be able to cause here."""
ODD_NUMBERS = (0, 1, -1, 3, 2**31, 2**63, 10**20, -(10**20), 1e308, 0.5, True, None)
ODD_TEXTS = (
    "", "a", "\0", "a\0b", "../../etc/passwd", "x" * 300, "é", "\u202e", "😀", "inspection", "fixed-boxes",
    "main-colour", "http://", "http://127.0.0.1/x", "http://[::1", "data:,x", "FP32", "BYTES",
    "image", "NaN", "1" * 5000,
)  # fmt: skip
ODD_TYPES = (
    "application/json", "application/json; charset=undefined", "multipart/form-data", "image/png", "text/plain",
    "multipart/form-data; boundary=x; charset=undefined", "application/octet-stream", "",
)  # fmt: skip
KEYS = (
    "urls", "items", "url", "base64", "name", "inputs", "outputs", "shape", "datatype", "data", "parameters", "id",
    "binary_data_size", "timeout", "ready", "warm_up", "iterations", "detector", "classifier", "min_score",
    "application", "options", "pictures", "priority", "webhook", "folder", "artifact",
)  # fmt: skip
FORM_PIECES = (
    b"--x\r\n", b"Content-Disposition: form-data; name=", b'"file"', b'; filename="\0"', b"\r\n\r\n", b"--x--",
    b"a" * 50, b"Content-Type: image/png; charset=undefined\r\n", b'"card"', b"a.a.a=1",
)  # fmt: skip


class Generator:
    """Everything from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def value(self, depth: int = 0) -> Any:
        kind = self.random.randrange(8 if depth < 4 else 4)
        if kind < 2:
            return self.random.choice(ODD_NUMBERS)
        if kind < 4:
            return self.random.choice(ODD_TEXTS)
        if kind < 6:
            return [self.value(depth + 1) for _ in range(self.random.randrange(4))]
        return {self.random.choice(KEYS): self.value(depth + 1) for _ in range(self.random.randrange(5))}

    def tensors(self) -> dict[str, Any]:
        """Nearly a request of the inference protocol."""
        choose = self.random.choice
        tensor = {
            "name": choose(("pixels", "image", *ODD_TEXTS)),
            "shape": [choose(ODD_NUMBERS) for _ in range(self.random.randrange(5))],
            "datatype": choose(("FP32", "BYTES", "INT64", "FP16", "BOOL", *ODD_TEXTS)),
            "data": choose(([], [0], [1.5, "a"], [[[]]], ["a"], self.value())),
            "parameters": choose(({}, {"binary_data_size": choose(ODD_NUMBERS)}, self.value())),
        }
        for key in self.random.sample(sorted(tensor), self.random.randrange(3)):
            del tensor[key]
        return {"inputs": [tensor] * self.random.randrange(3), "id": choose(ODD_TEXTS)}

    def job(self) -> dict[str, Any]:
        """Nearly a request for a job."""
        choose = self.random.choice
        job = {
            "application": choose(("inspection", "inspection", *ODD_TEXTS)),
            "urls": choose(([], ["http://127.0.0.1/x"], [choose(ODD_TEXTS)], self.value())),
            "inputs": choose(
                ([], [{"base64": "eA==", "name": choose(ODD_TEXTS)}], [{"folder": ".."}], self.value())
            ),
            "options": choose(({}, {"min_score": choose(ODD_NUMBERS)}, self.value())),
            "priority": choose((0, *ODD_NUMBERS)),
            "webhook": choose((None, *ODD_TEXTS)),
        }
        for key in self.random.sample(sorted(job), self.random.randrange(3)):
            del job[key]
        return job

    def body(self) -> bytes:
        kind = self.random.randrange(9)
        if kind >= 7:
            return json.dumps(self.job()).encode()
        if kind == 0:
            return self.random.randbytes(self.random.randrange(200))
        if kind == 1:
            return b"[" * self.random.randrange(3000) + b"{" * self.random.randrange(10)
        if kind == 2:
            parts = FORM_PIECES
            return b"".join(self.random.choices(parts, k=self.random.randrange(12)))
        made = json.dumps(self.tensors() if kind < 5 else self.value()).encode()
        return made[: self.random.randrange(len(made) + 1)] if kind == 6 else made

    def headers(self, length: int) -> list[tuple[bytes, bytes]]:
        choose = self.random.choice
        headers = [(b"host", b"localhost"), (b"content-type", choose(ODD_TYPES).encode())]
        if self.random.random() < 0.3:
            text = choose(("0", str(length), str(length + 1), "-1", "9" * 5000, "²", "1e3", ""))
            headers.append((b"inference-header-content-length", text.encode("latin-1")))
        if self.random.random() < 0.1:
            headers.append((b"idempotency-key", choose((b"a", b"\xff", b"x" * 300, b""))))
            headers.append((b"last-event-id", choose((b"0", b"-1", b"9" * 40, b"\xb2", b"x"))))
        if self.random.random() < 0.2:
            headers.append((b"x-request-timeout", choose((b"0", b"nan", b"1e400", b"-1", b"5", b"x"))))
        if self.random.random() < 0.2:
            headers.append((b"accept", choose((b"image/png", b"nonsense", b"*/*;q=x", b"application/json"))))
        if self.random.random() < 0.1:
            headers.append(
                (b"traceparent", choose((b"00-" + b"0" * 32, b"\xff", b"00-" + b"a" * 32 + b"-b-01")))
            )
        return headers


async def test_no_generated_request_is_a_fault_of_the_service(host, tmp_path):
    app = create_app(host(cache_dir=tmp_path / "cache"))
    operations = [
        (method.upper(), path) for path, methods in app.openapi()["paths"].items() for method in methods
    ]
    seen: Counter[int] = Counter()
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            for seed in range(COUNT):
                generator = Generator(seed)
                method, path = operations[seed % len(operations)]
                for name in ("{name}", "{model}", "{version}", "{job}", "{number}"):
                    path = path.replace(name, quote(generator.random.choice(ODD_TEXTS)[:250], safe=""))
                if generator.random.random() < 0.2:
                    path += (
                        "?"
                        + quote(generator.random.choice(ODD_TEXTS))
                        + "="
                        + quote(str(generator.value())[:500])
                    )
                body = generator.body()
                answer = await client.request(
                    method,
                    path,
                    content=body if method != "GET" else b"",
                    headers=generator.headers(len(body)),
                )
                seen[answer.status_code] += 1
                assert answer.status_code not in OURS, (
                    seed,
                    method,
                    path[:200],
                    body[:300],
                    answer.text[:500],
                )
                if answer.status_code >= 400:
                    assert answer.json()["code"], (seed, answer.text[:300])
    assert seen[200] > 20, seen
    assert seen[400] > COUNT // 10, seen
