"""The service in LitServe. Run: ``python litserve_app.py SETTING --port N``; ``POST /detect``, multipart ``file``.

As its documentation advises: a ``LitAPI`` with ``setup``, ``decode_request``, ``predict``, ``encode_response``;
``workers_per_device`` processes; batching by ``max_batch_size`` and ``batch_timeout``; ``fast_queue`` for the
hand-over between processes. Batching takes whole requests, so the crops of a batch are classified together. Its way
of refusing is ``timeout``: a request that has waited so long for a worker gets 504.
"""

import argparse
from collections.abc import Callable
from functools import partial

import litserve as ls
from by_hand import Answer, Inspector
from starlette.requests import Request

BATCH_TIMEOUT_S = 0.005


class Inspection(ls.LitAPI):
    """A request at a time in each worker."""

    def __init__(self, threads: int, *, max_batch_size: int = 1, batch_timeout: float = 0.0) -> None:
        super().__init__(max_batch_size=max_batch_size, batch_timeout=batch_timeout, api_path="/detect")
        self._threads = threads

    def setup(self, device: str) -> None:
        self._inspect = Inspector(self._threads)

    # LitServe parses the form for an argument of this name and type (which must not be a string).
    def decode_request(self, request: Request) -> bytes:
        return request["file"].file.read()

    def predict(self, x: bytes) -> Answer:
        return self._inspect([x])[0]

    def encode_response(self, output: Answer) -> Answer:
        return output


class BatchedInspection(Inspection):
    """Several requests at once in each worker."""

    def batch(self, inputs: list[bytes]) -> list[bytes]:
        return inputs

    def predict(self, x: list[bytes]) -> list[Answer]:
        return self._inspect(x)

    def unbatch(self, output: list[Answer]) -> list[Answer]:
        return output


BATCHES_OF_4 = partial(BatchedInspection, 1, max_batch_size=4, batch_timeout=BATCH_TIMEOUT_S)
BATCHES_OF_8 = partial(BatchedInspection, 2, max_batch_size=8, batch_timeout=BATCH_TIMEOUT_S)
SETTINGS: dict[str, tuple[int, Callable[[], Inspection], float | bool]] = {
    "2 workers": (2, partial(Inspection, threads=1), False),
    "2 workers, batches of 4": (2, BATCHES_OF_4, False),
    "1 worker, batches of 8, 2 threads": (1, BATCHES_OF_8, False),
    "2 workers, timeout 0.25 s": (2, partial(Inspection, threads=1), 0.25),
    "2 workers, timeout 0.35 s": (2, partial(Inspection, threads=1), 0.35),
    "2 workers, batches of 4, timeout 0.25 s": (2, BATCHES_OF_4, 0.25),
}
"""Worker processes, the API that they run, and how long a request may wait for a worker (504 beyond)."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("setting", choices=SETTINGS)
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    workers, api, timeout = SETTINGS[options.setting]
    server = ls.LitServer(
        api(), accelerator="cpu", workers_per_device=workers, fast_queue=True, timeout=timeout
    )
    server.run(
        host="127.0.0.1",
        port=options.port,
        num_api_servers=1,
        log_level="warning",
        generate_client_file=False,
    )


if __name__ == "__main__":
    main()
