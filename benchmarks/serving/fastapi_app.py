"""FastAPI at its best, by hand. Run: ``python fastapi_app.py SETTING --ports N,M``; ``POST /detect``, a multipart form.

What an experienced team writes instead of the textbook's service: a uvicorn process a core, each with ONNX Runtime
sessions of one thread that do not spin, answers encoded by orjson. Each process has a port of its own, so that the
load generator can spread its keep-alive connections evenly, as a balancer in front of them would (two uvicorn workers
behind one port take connections as they come, five and three of eight say).
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
from concurrent.futures import ThreadPoolExecutor

import orjson
import uvicorn
from by_hand import Inspector
from fastapi import FastAPI, HTTPException, Response, UploadFile


def create_app(*, thread: bool, limit: int | None) -> FastAPI:
    """``thread``: compute beside the event loop; ``limit``: requests that may wait or run, 503 beyond."""
    app = FastAPI()
    inspect = Inspector()
    beside = ThreadPoolExecutor(1) if thread else None
    held = 0

    @app.post("/detect")
    async def detect(file: UploadFile) -> Response:
        nonlocal held
        if limit is not None and held >= limit:
            raise HTTPException(503, "overloaded")
        held += 1
        try:
            upload = await file.read()
            if beside is None:
                (answer,) = inspect([upload])
            else:
                (answer,) = await asyncio.get_running_loop().run_in_executor(beside, inspect, [upload])
        finally:
            held -= 1
        return Response(orjson.dumps(answer), media_type="application/json")

    return app


SETTINGS: dict[str, tuple[bool, int | None]] = {
    "2 processes, in the event loop": (False, None),
    "2 processes, a thread each": (True, None),
    "2 processes, a thread each, 6 held": (True, 6),
    "2 processes, a thread each, 8 held": (True, 8),
    "2 processes, a thread each, 10 held": (True, 10),
}


def serve(setting: str, port: int) -> None:
    thread, limit = SETTINGS[setting]
    app = create_app(thread=thread, limit=limit)
    uvicorn.run(app, port=port, loop="uvloop", http="httptools", log_level="warning", access_log=False)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("setting", choices=SETTINGS)
    parser.add_argument("--ports", required=True)
    options = parser.parse_args()
    first, *others = map(int, options.ports.split(","))
    spawn = multiprocessing.get_context("spawn")
    for port in others:
        spawn.Process(target=serve, args=(options.setting, port), daemon=True).start()
    serve(options.setting, first)


if __name__ == "__main__":
    main()
