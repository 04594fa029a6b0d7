"""What Pillow and the libraries under it have to say about a file goes into the failure, not to somebody's stderr."""

from __future__ import annotations

import io
import subprocess
import sys

from PIL import Image as PillowImage

DECODE = """
import sys
from siseon.contracts import SiseonError
from siseon.media.decode import decode
try:
    decode(sys.stdin.buffer.read())
except SiseonError as error:
    print(error.code)
"""


def _decoded(data: bytes) -> tuple[str, str]:
    """What a program of its own says, without pytest's handlers of logs: stdout and stderr."""
    done = subprocess.run([sys.executable, "-c", DECODE], input=data, capture_output=True, timeout=60)
    return done.stdout.decode().strip(), done.stderr.decode()


def test_what_libtiff_says_of_damaged_rows_is_not_on_stderr() -> None:
    stream = io.BytesIO()
    PillowImage.effect_noise((64, 64), 90).save(stream, "TIFF", compression="tiff_adobe_deflate")
    data = stream.getvalue()
    rows = data.find(b"\x78")  # the head of zlib's stream
    broken = data[: rows + 8] + b"\xff" * 64 + data[rows + 72 :]
    code, said = _decoded(broken)
    assert code == "corrupt_image"
    assert said == ""


def test_what_pillow_logs_of_a_file_that_lies_is_not_on_stderr() -> None:
    """Python prints what is logged where nobody has said how."""
    stream = io.BytesIO()
    PillowImage.new("RGB", (8, 8)).save(stream, "TIFF")
    data = stream.getvalue()
    entry = data.find((277).to_bytes(2, "little") + (3).to_bytes(2, "little"))  # SamplesPerPixel, a SHORT
    assert entry > 0
    lying = data[: entry + 8] + (60000).to_bytes(2, "little") + data[entry + 10 :]
    code, said = _decoded(lying)
    assert code in ("corrupt_image", "unsupported_media")
    assert said == ""
