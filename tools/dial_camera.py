"""Cameras over HTTP before dials that do not exist: for tests of the console, and its pictures.

python tools/dial_camera.py --port 0        # prints its address; ADDRESS/1 is a camera (MJPEG) before dial 1

`ADDRESS/1?share=0.9` turns the needle of dial 1 to nine tenths of its scale, and answers nothing; without a share the
needle of a dial sways slowly. `ADDRESS/1/off` and `/on` draw the camera's cable, and plug it in again.
"""

from __future__ import annotations

import argparse
import math
import re
import time
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from siseon.applications.gauges.generated import photo
from siseon.media.encode import encode

FPS = 5
STEPS = 24
"""Places of a needle that sways."""
PATH = re.compile(r"/(\d{1,3})(/on|/off)?")
SPLIT = "evaluation"

shares: dict[int, float] = {}
off: set[int] = set()


@lru_cache(maxsize=400)
def picture(dial: int, step: int) -> bytes:
    """JPEG of a dial, its needle at ``step`` of ``STEPS``."""
    numerals = photo(dial, SPLIT).dial.numerals
    low, high = min(numerals), max(numerals)
    return encode(photo(dial, SPLIT, value=low + (high - low) * step / STEPS).image, "jpeg", quality=90)


def step_now(dial: int) -> int:
    """Where its needle is."""
    sway = 0.5 + 0.32 * math.sin(time.time() / 15 + dial)
    return round(STEPS * shares.get(dial, sway))


class Camera(BaseHTTPRequestHandler):
    """All of them."""

    def do_GET(self) -> None:
        """A camera, or what is done to one."""
        asked = urlsplit(self.path)
        found = PATH.fullmatch(asked.path)
        if found is None or (found[2] is None and int(found[1]) in off and not asked.query):
            self.send_error(404)
            return
        dial, deed, query = int(found[1]), found[2], parse_qs(asked.query)
        if deed or query:
            if deed:
                (off.add if deed == "/off" else off.discard)(dial)
            if "share" in query:
                shares[dial] = float(query["share"][0])
            self.send_response(204)
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        try:
            while dial not in off:
                jpeg = picture(dial, step_now(dial))
                head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
                self.wfile.write(head.encode() + jpeg + b"\r\n")
                time.sleep(1 / FPS)
        except OSError:
            return

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


def main() -> None:
    """Serve until it is ended."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--port", type=int, default=0)
    server = ThreadingHTTPServer(("127.0.0.1", parser.parse_args().port), Camera)
    server.daemon_threads = True
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
