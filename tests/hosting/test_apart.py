"""A call in a process of its own: whatever becomes of it is told by name, and no process stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from siseon.contracts import FailureCode, InputError, SiseonError
from siseon.hosting.apart import Apart


def told(what: str) -> object:
    """In the other process."""
    match what:
        case "value":
            return {"pid": os.getpid()}
        case "failure":
            raise InputError("no", hint="yes", code=FailureCode.corrupt_image)
        case "exception":
            raise KeyError("x")
        case "exit":
            os._exit(3)
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(600)
    return None


def test_what_it_returns_comes_as_json_from_another_process():
    assert Apart("a test", told, "value").result(60)["pid"] != os.getpid()


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("failure", FailureCode.corrupt_image),
        ("exception", FailureCode.stage_failed),
        ("exit", FailureCode.worker_died),
        ("kill", FailureCode.worker_died),
    ],
)
def test_what_goes_wrong_is_named(what, code):
    with pytest.raises(SiseonError) as caught:
        Apart("a test", told, what).result(60)
    assert caught.value.code is code


def test_one_that_does_not_end_is_killed_at_its_time_and_when_it_is_stopped():
    late = Apart("a test", told, "sleep")
    with pytest.raises(SiseonError) as caught:
        late.result(0.5)
    assert caught.value.code is FailureCode.deadline_exceeded
    assert late._process.exitcode is not None
    stopped = Apart("a test", told, "sleep")
    threading.Timer(0.5, stopped.stop).start()
    with pytest.raises(SiseonError) as caught:
        stopped.result()
    assert caught.value.code is FailureCode.cancelled
    assert stopped._process.exitcode is not None


def test_it_ends_with_the_process_that_started_it(tmp_path: Path):
    script = tmp_path / "parent.py"
    script.write_text(
        "import os, sys, threading, time\n"
        "from siseon.hosting.apart import Apart\n"
        "if __name__ == '__main__':\n"
        "    one = Apart('a test', time.sleep, 600)\n"
        "    threading.Thread(target=one.result, daemon=True).start()\n"
        "    while one._process.pid is None: time.sleep(0.01)\n"
        "    time.sleep(2)\n"
        "    print(one._process.pid, flush=True)\n"
        "    time.sleep(600)\n"
    )
    parent = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    for _ in range(1000):
        if not Path(f"/proc/{child}").exists():
            break
        time.sleep(0.01)
    assert not Path(f"/proc/{child}").exists()
