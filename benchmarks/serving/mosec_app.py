"""The service in mosec. Run: ``python mosec_app.py SETTING --port N``; ``POST /detect``, multipart ``file``.

As its documentation advises: ``append_worker`` with a process a core, ``max_batch_size`` and ``max_wait_time`` for
dynamic batches. Its own way of refusing is ``capacity``, the requests that it holds (429 beyond), and ``timeout``
(408). Its HTTP side is written in Rust and hands a worker the bare body, so the form is taken apart here.
"""

from __future__ import annotations

import sys

import orjson
from by_hand import Answer, Inspector
from mosec import Server, Worker

WAIT_MS = 5
"""Beside what is waiting already, as in the other peers."""
PATIENT_S, UNLIMITED = 60, 1024


class Inspection(Worker):
    """A request at a time."""

    def __init__(self) -> None:
        super().__init__()
        self._inspect = Inspector()

    def deserialize(self, data: bytes) -> bytes:
        """The one file of the form."""
        begin = data.index(b"\r\n\r\n") + 4
        return data[begin : data.rindex(b"\r\n--", 0, len(data) - 4)]

    def serialize(self, data: Answer) -> bytes:
        return orjson.dumps(data)

    def forward(self, data: bytes) -> Answer:
        return self._inspect([data])[0]


class BatchedInspection(Inspection):
    """Several requests at once."""

    def forward(self, data: list[bytes]) -> list[Answer]:
        return self._inspect(data)


SETTINGS: dict[str, tuple[int, int, float]] = {
    "2 workers": (1, UNLIMITED, PATIENT_S),
    "2 workers, batches of 4": (4, UNLIMITED, PATIENT_S),
    "2 workers, batches of 8": (8, UNLIMITED, PATIENT_S),
    "2 workers, capacity 12, timeout 0.45 s": (1, 12, 0.45),
    "2 workers, capacity 16, timeout 0.45 s": (1, 16, 0.45),
    "2 workers, batches of 4, capacity 16, timeout 0.45 s": (4, 16, 0.45),
}
"""Largest batch, requests held, seconds a request may take."""


def main() -> None:
    batch, capacity, timeout_s = SETTINGS[sys.argv[1]]
    # mosec reads its own options from the command line.
    sys.argv[1:] = [
        *sys.argv[2:],
        *("--address", "127.0.0.1", "--log-level", "error", "--capacity", str(capacity)),
        *("--timeout", str(round(timeout_s * 1000))),
    ]
    server = Server()
    if batch == 1:
        server.append_worker(Inspection, num=2, route="/detect")
    else:
        server.append_worker(
            BatchedInspection, num=2, max_batch_size=batch, max_wait_time=WAIT_MS, route="/detect"
        )
    server.run()


if __name__ == "__main__":
    main()
